"""Whom a request for an excuse goes to, and who hears of the answer."""

from .ladder import Ladder
from .presence import Presence
from .telling import ANSWERED, ASKED, ToTell, note

# From here upwards somebody is asked; who owes it and the deputy cannot excuse it.
_LOWEST = "team_leader"


def tell_deciders(requests, now):
    """Note that the nearest one who may excuse is to be told.

    :param requests: crm.excuse.request records, superuser environment
    :param now: naive UTC instant
    """
    people = _deciders(requests, Presence(requests.env, now))
    rows = [
        ToTell(r.obligation_id, people[r], ASKED, str(r.id), request=r)
        for r in requests
        if people[r]
    ]
    note(requests.env, rows, now)


def tell_askers(requests, now):
    """Note that those who asked are to be told of the answer.

    :param requests: crm.excuse.request records, superuser environment
    :param now: naive UTC instant
    """
    presence = Presence(requests.env, now)
    rows = [
        ToTell(r.obligation_id, r.user_id, ANSWERED, str(r.id), request=r)
        for r in requests
        if presence.able(r.user_id, r.company_id) and r.user_id != r.answered_by_id
    ]
    note(requests.env, rows, now)


def _deciders(requests, presence):
    """Who decides: the leader, the head of the department, who is above, …

    :return: crm.excuse.request record → a res.users record, nobody if nobody is left
    """
    ladder = Ladder(requests.obligation_id, presence)
    return {request: _decider(ladder, request) for request in requests}


def _decider(ladder, request):
    """The nearest one who is there and may excuse the promise."""
    promise = request.obligation_id
    # Nobody answers the own request.
    passed = {request.user_id.id, promise.user_id.id}
    while person := ladder.person(promise, _LOWEST, passed):
        if promise.with_user(person).sudo().may_manage:
            return person
        passed.add(person.id)
    return person
