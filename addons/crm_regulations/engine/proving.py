"""From evidence to kept promises."""

from odoo.fields import Domain

from .facts import PROOFS

OPEN_STATES = ("open", "breached")


def prove_by(env, kind, records):
    """Fulfil the open obligations that new records prove.

    :param env: superuser environment
    :param kind: kind of evidence, a key of ``PROOFS``
    :param records: records that may be evidence
    """
    domain = PROOFS[kind].signalled(records)
    if domain.is_false():
        return
    prove(env["crm.obligation"].search(_still_open(kind) & domain))


def prove(obligations):
    """Fulfil those of the obligations for which there is evidence in the history.

    :param obligations: open crm.obligation records, superuser environment
    """
    for kind, group in obligations.grouped("evidence_kind").items():
        domains = {o.id: Domain(o._evidence_domain()) for o in group}
        for res_id, evidence in PROOFS[kind].evidence(group, domains).items():
            obligations.browse(res_id)._fulfil_by(evidence)


def _still_open(kind):
    return Domain([("state", "in", OPEN_STATES), ("evidence_kind", "=", kind)])
