"""The calls of a number: which of them are one, and which were missed before."""

from datetime import timedelta

from odoo.fields import Domain

from ...core.ringing import GAP, Ring, answered_calls, missed_calls

#: Outcomes of calls that reached nobody of us.
MISSED = ("missed", "voicemail", "busy")
# Somebody who redials without end is one caller as long as this; then it is looked at
# no further.
_LONGEST = 10 * GAP
# A missed call is answered within this, or by nobody.
_REMEMBERED = timedelta(days=35)
_FIELDS = ["phone_key", "company_id", "date", "outcome", "call_state"]


def first_rings(calls):
    """The missed calls, each only once and none that somebody answered.

    :param calls: crm.interaction records that were missed
    :return: those of them that stand alone, and the first ring of each of the others
    """
    numbered = calls.filtered("phone_key")
    if not numbered:
        return calls
    first = missed_calls(_rings_near(numbered))
    ids = [
        first.get(id_) if call.phone_key else id_
        for id_, call in zip(calls.ids, calls, strict=True)
    ]
    return calls.browse(dict.fromkeys(filter(None, ids)))


def answered_elsewhere(calls):
    """The unanswered rings of calls that one of us answered.

    :param calls: crm.interaction records from counterparties
    :return: crm.interaction records
    """
    numbered = calls.filtered("phone_key")
    if not numbered:
        return calls.browse()
    return calls.browse(sorted(answered_calls(_rings_near(numbered))))


def missed_before(talks):
    """The missed calls of the numbers with which somebody talked.

    :param talks: crm.interaction records
    :return: {talk: crm.interaction records of the same number and company}
    """
    numbered = talks.filtered(
        lambda talk: talk.phone_key and talk.outcome not in MISSED
    )
    if not numbered:
        return {}
    missed = numbered.search_fetch(
        [
            *_of_numbers(numbered),
            ("outcome", "in", MISSED),
            ("date", ">=", min(numbered.mapped("date")) - _REMEMBERED),
            ("date", "<=", max(numbered.mapped("date"))),
        ],
        _FIELDS,
    )
    by_caller = missed.grouped(_caller)
    return {
        talk: by_caller[_caller(talk)]
        for talk in numbered
        if _caller(talk) in by_caller
    }


def of_same_number(env, ids):
    """Domain of the interactions with the numbers of some.

    :param env: superuser environment
    :param ids: ids of interactions
    """
    talks = env["crm.interaction"].search_fetch(
        [("id", "in", ids), ("phone_key", "!=", False)], ["phone_key"]
    )
    keys = sorted(set(talks.mapped("phone_key")))
    return Domain("phone_key", "in", keys) if keys else Domain.FALSE


def _rings_near(calls):
    """All rings of these callers about the time of their calls."""
    near = calls.search_fetch(
        [
            *_of_numbers(calls),
            ("date", ">=", min(calls.mapped("date")) - _LONGEST),
            ("date", "<=", max(calls.mapped("date")) + _LONGEST),
        ],
        _FIELDS,
    )
    return [
        Ring(
            call.id,
            _caller(call),
            call.date,
            call.outcome == "answered" or call.call_state == "answered",
        )
        for call in near
        if call.outcome in (*MISSED, "answered") or call.call_state == "answered"
    ]


def _of_numbers(calls):
    return [
        ("direction", "=", "in"),
        ("phone_key", "in", sorted(set(calls.mapped("phone_key")))),
        ("company_id", "in", calls.company_id.ids),
    ]


def _caller(call):
    return call.phone_key, call.company_id.id
