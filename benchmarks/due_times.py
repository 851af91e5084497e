"""Due times in working hours against ``resource.calendar.plan_hours`` in a loop."""

from datetime import datetime, timedelta

import pytz

from odoo.addons.crm_regulations.core.limit import Limit
from odoo.addons.crm_regulations.engine.calendars import Calendars

from bench import ratio

MANY = 100_000
FEW = 100  # plan_hours is too slow for more


def run(env):
    """The same answers, so many times faster."""
    calendar = env.company.resource_calendar_id
    limit = Limit(4, "work_hour")
    begin = datetime(2026, 1, 5, 8)
    end = begin + timedelta(days=210)
    starts = [begin + timedelta(minutes=7 * n % 200_000) for n in range(MANY)]

    def ours():
        # One reading of the calendar serves them all.
        clock = Calendars(env, env.company).clock(calendar, begin, end)
        return [limit.due(start, clock) for start in starts]

    def theirs():
        return [
            calendar.plan_hours(4, pytz.utc.localize(start), compute_leaves=True)
            for start in starts[:FEW]
        ]

    planned = [t.astimezone(pytz.utc).replace(tzinfo=None) for t in theirs()]
    assert ours()[:FEW] == planned
    yield ratio(
        f"{MANY:,} due times in working hours against plan_hours",
        ours,
        theirs,
        goal=1000,
        at_least=True,
        rounds=3,
        scale=MANY // FEW,
    )
