"""Promises of people who are away: handed over at the beginning, returned at the end.

What should be is compared with what is, so it does not matter what has happened to an
absence meanwhile, nor how often this is done.
"""

from collections import defaultdict

from odoo.fields import Domain

from .presence import Presence


def keep(env, now):
    """Give open promises to whoever does the work now.

    :param env: superuser environment
    :param now: naive UTC instant
    """
    presence = Presence(env, now)
    _return(env, presence)
    if presence.away:
        _hand_over(env, presence, now)


def _return(env, presence):
    """Back to those who are there again."""
    owed = env["crm.obligation"].search(
        [("absent_user_id", "!=", False), ("date_end", "=", False)]
    )
    for debtor, some in owed.grouped("absent_user_id").items():
        if debtor.id in presence.away:
            continue
        able = some.filtered(lambda o, d=debtor: presence.able(d, o.company_id))
        # Whoever has left meanwhile gets nothing back.
        (some - able).absent_user_id = False
        note = env._("%(name)s is back.", name=debtor.name)
        able._pass_to(debtor, note)


def _hand_over(env, presence, now):
    """What is due before the return, to whoever stands in."""
    returns = _returns(env, now)
    owed = env["crm.obligation"].search(
        Domain("date_end", "=", False)
        & Domain.OR(
            [("user_id", "=", user_id), ("date_due", "<", end)]
            for user_id, end in returns.items()
        )
    )
    passed = defaultdict(lambda: env["crm.obligation"])
    for obligation in owed:
        owner = obligation.regulation_id.owner_id
        deputy = presence.stand_in(obligation.user_id, obligation.company_id, owner)
        if deputy != obligation.user_id:
            passed[obligation.user_id, deputy] |= obligation
    for (absent, deputy), some in passed.items():
        # Of a deputy who goes away, too, it stays whose it was at first.
        for debtor, theirs in some.grouped("absent_user_id").items():
            note = env._(
                "%(absent)s is away; %(deputy)s keeps it meanwhile.",
                absent=absent.name,
                deputy=deputy.name,
            )
            whose = debtor or absent
            theirs._pass_to(deputy, note, whose if whose != deputy else debtor[:0])


def _returns(env, now):
    """Who is away now → when that person comes back."""
    returns = {}
    for user_id, spans in env["crm.absence"]._roster().items():
        ends = [end for start, end, _deputy in spans if start <= now < end]
        if ends:
            returns[user_id] = max(ends)
    return returns
