"""What the tests of ``core`` have in common. They need no database."""

from datetime import datetime, timedelta
from functools import cache

import pytz
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from ..core.limit import Clock
from ..core.worktime import WorkTime

MONDAY = datetime(2026, 5, 4)
MINUTE, SECOND = timedelta(minutes=1), timedelta(seconds=1)


def examples(count):
    """So many random examples of a property, however busy the machine is."""
    slow = [HealthCheck.too_slow]
    return settings(max_examples=count, deadline=None, suppress_health_check=slow)


def at(text):
    """Monday's “9:30”, or “+1 9:30” for Tuesday's; seconds may follow."""
    day, _space, clock = text.rpartition(" ")
    hours, minutes, seconds = map(int, f"{clock}:0".split(":")[:3])
    return MONDAY + timedelta(
        days=int(day or 0), hours=hours, minutes=minutes, seconds=seconds
    )


def _office(weeks):
    days = [7 * week + day for week in range(weeks) for day in range(5)]
    shifts = (("8:00", "12:00"), ("13:00", "17:00"))
    return [(at(f"+{day} {a}"), at(f"+{day} {b}")) for day in days for a, b in shifts]


#: A week of eight hours a day, of which no more is known.
OFFICE = WorkTime(_office(1))
#: The same for half a year.
OFFICE_HOURS = Clock(WorkTime(_office(26)))

# Clocks are changed at midnight in some of them, by half an hour in one, and one has
# left out a whole day.
ODD_ZONES = (
    "Africa/Cairo",
    "America/Asuncion",
    "America/Santiago",
    "Asia/Beirut",
    "Asia/Gaza",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
    "Europe/Kyiv",
    "Pacific/Apia",
)
zone_names = st.sampled_from(ODD_ZONES) | st.sampled_from(pytz.all_timezones)


@cache
def changes_of_the_clock(name, year):
    """The days of a year (UTC) on which the clock of a zone is changed."""
    zone = pytz.timezone(name)
    days = [datetime(year, 1, 1) + timedelta(days=day) for day in range(366)]
    offsets = [pytz.utc.localize(day).astimezone(zone).utcoffset() for day in days]
    return [
        day
        for day, before, after in zip(days, offsets, offsets[1:], strict=False)
        if before != after
    ]


@st.composite
def zoned_days(draw):
    """A time zone and a day; mostly one on which its clock is changed."""
    name = draw(zone_names)
    year = draw(st.integers(1974, 2036))
    any_day = datetime(year, 1, 1) + timedelta(days=draw(st.integers(0, 365)))
    changes = changes_of_the_clock(name, year)
    day = draw(st.sampled_from(changes)) if changes else any_day
    return name, draw(st.sampled_from([day, day, any_day]))
