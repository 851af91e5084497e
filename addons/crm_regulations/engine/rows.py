"""A promise as the judge sees it, and as the columns of its row."""

from odoo import fields

from ..core.case import BREACHED, EXCUSED, LATE, OPEN, WARN, Pause

# What comes by itself besides what the judge knows of: whoever owes it is told, and the
# next one of a rhythm begins, and actions of the moment that is the key are due.
REMINDED, BEGINS, ACTS = "reminded", "begins", "acts"
#: When the actions of a step come, besides its warning and its breach.
OPENED, FULFILLED = "opened", "fulfilled"


def case_values(case, coming):
    """The columns of a row that follow from the verdict.

    :param case: a :class:`~..core.case.Case`
    :param coming: (instant, kind, key) of what comes by itself, in order
    :return: dictionary of column values, None for empty
    """
    proof = case.proof
    warned = [date for date, kind, _key in coming if kind == WARN]
    return {
        "fact_key": case.key,
        "date_start": case.start,
        "date_warn": warned[0] if warned else None,
        "date_due": case.due,
        "date_done": case.done,
        "date_breach": case.due if case.state in (BREACHED, LATE) else None,
        "date_end": case.end,
        "date_paused": case.pauses[-1].start if case.is_paused else None,
        "paused_seconds": case.paused,
        "date_grace": case.grace,
        "pauses": [
            [fields.Datetime.to_string(instant) or None for instant in (p.start, p.end)]
            for p in case.pauses
        ],
        "series_number": case.number,
        "state": case.state,
        "evidence_grade": proof.grade if proof else "none",
        "evidence_model": proof.source[0] or None if proof else None,
        "evidence_res_id": proof.source[1] or None if proof else None,
        **coming_values(coming),
    }


def judged_values(obligation, case, coming):
    """The columns of a row that is there already, as it was judged anew.

    What time alone has broken is left to the sweep, which tells of it.
    """
    values = case_values(case, coming)
    for name in ("fact_key", "series_number"):
        del values[name]
    by_time = case.state == BREACHED and not case.end
    if by_time and obligation.state in (OPEN, EXCUSED):
        values.update(state=obligation.state, date_breach=None)
    return values


def coming_values(coming):
    """The columns of what comes by itself.

    :param coming: (instant, kind, key) triples, in order
    """
    return {
        "alarms": [
            [fields.Datetime.to_string(date), kind, key] for date, kind, key in coming
        ],
        "next_check": coming[0][0] if coming else None,
    }


def pauses_of(obligation):
    """The pauses of an obligation since its clock was last set, from its row."""
    return tuple(
        Pause(*(fields.Datetime.to_datetime(instant) or None for instant in pause))
        for pause in obligation.pauses or ()
    )


def coming_of(obligation):
    """What comes by itself to an obligation, from its row.

    :return: list of (instant, kind, key) triples, in order
    """
    return [
        (fields.Datetime.to_datetime(date), kind, key)
        for date, kind, key in obligation.alarms or ()
    ]


def triples(alarms):
    """Alarms of the judge as (instant, kind, key)."""
    return [(alarm.date, alarm.kind, alarm.key) for alarm in alarms]
