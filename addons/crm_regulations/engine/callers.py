"""What becomes known of a call after it has begun a promise."""

from odoo import fields

from ..core.case import Heard
from ..core.step import CANCEL
from .facts.rings import MISSED, answered_elsewhere
from .settling import settle
from .subjects import Subjects

#: What is worth knowing of a call.
WATCHED = {
    "crm.interaction": frozenset({"partner_id", "lead_id", "outcome", "call_state"})
}
_ANSWERED = "answered"


def name_callers(env, changes):
    """Open promises about calls get the customer as soon as somebody says who it was.

    :param env: superuser environment
    :param changes: {id of the interaction: {field: old value}}
    """
    ids = [
        id_ for id_, old in changes.items() if {"partner_id", "lead_id"} & old.keys()
    ]
    owed = _open_about(env, ids) if ids else ()
    subjects = Subjects(env)
    for obligation in owed:
        talk = env["crm.interaction"].browse(obligation.res_id).exists()
        values = _matter(subjects, talk, obligation.company_id)
        told = values["partner_id"], values["lead_id"]
        if not any(told) or told == (obligation.partner_id.id, obligation.lead_id.id):
            continue
        who = subjects.partner(talk) or subjects.lead(talk)
        obligation._log(
            "identified", key=f"{who._name},{who.id}", note=who.display_name
        )
        obligation.write(values)


def end_answered(env, created, changes):
    """A call that another phone of ours answered was not missed after all.

    :param env: superuser environment
    :param created: ids of new interactions
    :param changes: {id of the interaction: {field: old value}}
    """
    told = {"outcome", "call_state"}
    ids = [*created, *(id_ for id_, old in changes.items() if told & old.keys())]
    calls = env["crm.interaction"].browse(ids).exists()
    answered = calls.filtered(
        lambda c: c.direction == "in" and _ANSWERED in (c.outcome, c.call_state)
    )
    late = answered.filtered(lambda c: _was_missed(changes.get(c.id, {})))
    rings = answered_elsewhere(answered) | late
    if not rings:
        return
    owed = _open_about(env, rings.ids).filtered(
        lambda o: o.fact_key.startswith("call_missed:")
    )
    now = fields.Datetime.now()
    settle(
        owed,
        kinds=(),
        told={
            o.id: [Heard(now, CANCEL, _ANSWERED, condition=-1, only=o.fact_key)]
            for o in owed
        },
        note=env._("A colleague answered this very call."),
    )


def _was_missed(old):
    return old.get("outcome") in MISSED


def _open_about(env, ids):
    """The open promises about some interactions."""
    return env["crm.obligation"].search(
        [
            ("res_model", "=", "crm.interaction"),
            ("res_id", "in", ids),
            ("date_end", "=", False),
        ]
    )


def _matter(subjects, talk, company):
    """Columns of a promise that follow from the customer of its talk."""
    partner = subjects.partner(talk)
    family = partner.commercial_partner_id
    segments = family.own_segment_ids.filtered(lambda s: s.company_id == company)
    return {
        "partner_id": partner.id,
        "commercial_partner_id": family.id,
        "lead_id": subjects.lead(talk).id,
        "segment_id": segments[:1].id,
        "territory_id": (partner.territory_id or family.territory_id).id,
    }
