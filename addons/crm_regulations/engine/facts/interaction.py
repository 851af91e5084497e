"""An interaction was logged: it may start a promise or prove one."""

from odoo.fields import Domain

from odoo.addons.crm_segmentation.core.touch import NOT_REACHED

from .fact import Evidence, Fact

MODEL = "crm.interaction"
IS_FOUND = True
_LETTERS = ("mail_out", "plugin")


def reached(domain):
    """A try is no touch: nobody answered, the meeting was moved, nobody came.

    :param domain: what an interaction must be like; one that speaks of the outcome
        knows what it wants
    :return: domain to add to it
    """
    if _speaks_of(domain, "outcome"):
        return Domain.TRUE
    return Domain("outcome", "not in", NOT_REACHED)


def starting(domain):
    """What starts a promise: a touch, but not the letter that we wrote ourselves.

    :param domain: what an interaction must be like; one that speaks of the direction
        or the origin knows what it wants
    :return: domain to add to it
    """
    if _speaks_of(domain, "direction", "origin"):
        return reached(domain)
    own_letter = Domain([("origin", "in", _LETTERS), ("direction", "=", "out")])
    return reached(domain) & ~own_letter


def _speaks_of(domain, *names):
    return any(condition.field_expr in names for condition in domain.iter_conditions())


def facts(records):
    """One fact per interaction; the clock starts at the end of the talk."""
    return [Fact(f"interaction:{r.id}", MODEL, r.id, r.date_end) for r in records]


def signalled(interactions):
    """The open obligations that new interactions may prove.

    :param interactions: crm.interaction records
    :return: domain on crm.obligation, without state and kind of evidence
    """
    return Domain("commercial_partner_id", "in", interactions.commercial_partner_id.ids)


def evidence(obligations, domain):
    """The first interaction from us with each customer after the promise began.

    :param obligations: crm.obligation records
    :param domain: what the interaction must be like
    :return: obligation id → :class:`~.fact.Evidence`
    """
    candidates = (
        obligations.env[MODEL]
        .search(
            [
                ("commercial_partner_id", "in", obligations.commercial_partner_id.ids),
                ("direction", "=", "out"),
                ("date", ">=", min(obligations.mapped("date_fact"))),
            ],
            order="date, id",
        )
        .filtered_domain(domain & reached(domain))
        .grouped("commercial_partner_id")
    )
    found = {}
    for obligation in obligations:
        for talk in candidates.get(obligation.commercial_partner_id, ()):
            itself = (obligation.res_model, obligation.res_id) == (MODEL, talk.id)
            if talk.date >= obligation.date_fact and not itself:
                found[obligation.id] = Evidence(
                    talk.date_end, "attested", MODEL, talk.id
                )
                break
    return found
