"""From evidence to kept promises."""

from odoo.fields import Domain

from .facts import PROOFS
from .guard import guarded

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

    A step whose filter fails becomes an incident, and its obligations stay open.

    :param obligations: open crm.obligation records, superuser environment
    """
    for step, group in obligations.grouped("step_id").items():
        if PROOFS[step.evidence_kind].IS_FOUND:
            guarded(step.regulation_id, group, _prove)


def _prove(obligations):
    """Prove obligations of one step."""
    kind = obligations.step_id.evidence_kind
    domain = Domain(obligations._evidence_domain())
    obligations._fulfil_by(PROOFS[kind].evidence(obligations, domain))


def _still_open(kind):
    return Domain([("state", "in", OPEN_STATES), ("evidence_kind", "=", kind)])
