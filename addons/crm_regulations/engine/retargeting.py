"""Open promises move to the new version of their regulation.

The time that has passed since they began counts. Whatever would be overdue at once by
the new limit stays with the version under which it was promised: nobody breaks his word
because a document was changed.
"""

from odoo import fields

from . import bulk
from .clocks import Clocks
from .settling import settle


def retarget(obligations, rule):
    """Measure open promises by a new version.

    :param obligations: crm.obligation records of earlier versions, superuser
        environment
    :param rule: the :class:`~.rules.Rule` of the new version, in force
    :return: the crm.obligation records that have moved
    """
    env = obligations.env
    steps = {step.spec["code"]: step for step in rule.steps}
    clocks = Clocks(env, env["res.company"].browse(rule.company_id))
    now = fields.Datetime.now()
    free = _free(obligations, rule, steps)
    moved = {}
    for obligation in free.filtered(lambda o: o.state == "open"):
        step = steps[obligation.step_id.code].limited(obligation.segment_id)
        calendar = clocks.calendar(step, obligation.user_id)
        due = _due(obligation, step, clocks, calendar)
        if due > now:
            moved[obligation] = {
                "id": obligation.id,
                "regulation_id": rule.regulation_id,
                "process": rule.process,
                "step_id": step.id,
                "evidence_kind": step.spec["evidence_kind"],
                "calendar_id": calendar.id or None,
                "date_due": due,
                # So that what comes by itself is counted anew.
                "is_stale": True,
            }
    _log(moved)
    bulk.update(env, "crm.obligation", list(moved.values()))
    owed = obligations.union(*moved)
    settle(owed)
    return owed


def _free(obligations, rule, steps):
    """Those that have a place in the new version that nothing else has taken."""
    taken = obligations.search(
        [
            ("step_id", "in", [step.id for step in rule.steps]),
            "|",
            ("fact_key", "in", obligations.mapped("fact_key")),
            ("date_end", "=", False),
        ]
    )
    keys = {(o.step_id.code, o.fact_key) for o in taken}
    running = {(o.step_id.code, o.serial_key) for o in taken if not o.date_end}
    return obligations.filtered(
        lambda o: (
            o.step_id.code in steps
            and steps[o.step_id.code].is_owed(o.segment_id)
            and (o.step_id.code, o.fact_key) not in keys
            and not (o.serial_key and (o.step_id.code, o.serial_key) in running)
        )
    )


def _due(obligation, step, clocks, calendar):
    """When the new limit has passed since the clock has started."""
    start, paused = obligation.date_start, obligation.paused_seconds

    def due(clock):
        return step.judged.limit.due(start, clock, paused)

    return clocks.judged(step, calendar, start, due)


def _log(moved):
    """Keep in the log what was promised before."""
    for obligation, values in moved.items():
        obligation._log(
            "retargeted",
            key=str(values["regulation_id"]),
            note=obligation.env._(
                "From version %(version)s; it was due %(before)s (UTC).",
                version=obligation.regulation_id.version,
                before=obligation.date_due,
            ),
        )
