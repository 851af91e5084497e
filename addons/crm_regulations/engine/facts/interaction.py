"""An interaction was logged: it may start a promise or prove one."""

from odoo.fields import Domain

from .fact import Evidence, Fact

MODEL = "crm.interaction"


def facts(records):
    """One fact per interaction; the clock starts at the end of the talk."""
    return [Fact(f"interaction:{r.id}", MODEL, r.id, r.date_end) for r in records]


def signalled(interactions):
    """The open obligations that new interactions may prove.

    :param interactions: crm.interaction records
    :return: domain on crm.obligation, without state and kind of evidence
    """
    return Domain(
        "commercial_partner_id", "in", interactions.commercial_partner_id.ids
    )


def evidence(obligations, domains):
    """The first interaction from us with each customer after the promise began.

    :param obligations: crm.obligation records
    :param domains: obligation id → further domain on the interaction
    :return: obligation id → :class:`~.fact.Evidence`
    """
    found = {}
    candidates = obligations.env[MODEL].search(
        [
            ("commercial_partner_id", "in", obligations.commercial_partner_id.ids),
            ("direction", "=", "out"),
            ("date", ">=", min(obligations.mapped("date_fact"))),
        ],
        order="date, id",
    )
    for obligation in obligations:
        fitting = candidates.filtered(
            lambda i, o=obligation: i.commercial_partner_id == o.commercial_partner_id
            and i.date >= o.date_fact
            and (o.res_model, o.res_id) != (MODEL, i.id)
        ).filtered_domain(domains[obligation.id])[:1]
        if fitting:
            found[obligation.id] = Evidence(
                fitting.date_end, "attested", MODEL, fitting.id
            )
    return found
