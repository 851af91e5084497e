import subprocess
import sys
from bisect import bisect_left
from datetime import datetime, timedelta, timezone
from pathlib import Path
from zoneinfo import ZoneInfo, available_timezones

import pytz
from hypothesis import assume, example, given
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from .. import core
from ..core.duration import parts
from ..core.worktime import (
    WindowTooShort,
    WorkTime,
    by_day,
    day_of,
    instant_of,
    local,
)
from .core_common import MINUTE, MONDAY, OFFICE, SECOND, at, examples, zoned_days

DAY = timedelta(days=1)
ZONES = available_timezones()  # none of them if the machine has no such data
MINUTES_OF_DAY = 24 * 60

_second = st.integers(0, 14 * 86400)
_instant = _second.map(lambda s: MONDAY + timedelta(seconds=s))
_interval = st.tuples(_instant, st.integers(0, 2 * 86400)).map(
    lambda pair: (pair[0], pair[0] + timedelta(seconds=pair[1]))
)
_intervals = st.lists(_interval, max_size=8)


def due_or_none(work, start, seconds):
    try:
        return work.plus(start, seconds)
    except WindowTooShort:
        return None


@tagged("post_install", "-at_install")
class TestWorkTime(BaseCase):
    def test_plus(self):
        cases = [
            ("8:00", 4, "12:00"),  # until lunch, not after it
            ("8:00", 4.5, "13:30"),
            ("10:00", 4, "15:00"),
            ("12:30", 1, "14:00"),  # starts in the lunch break
            ("7:00", 1, "9:00"),
            ("16:00", 1, "17:00"),  # ends at closing time
            ("16:00", 2, "+1 9:00"),
            ("20:00", 8, "+1 17:00"),
            ("8:00", 40, "+4 17:00"),
        ]
        for start, hours, due in cases:
            with self.subTest(start=start, hours=hours):
                self.assertEqual(OFFICE.plus(at(start), hours * 3600), at(due))

    def test_plus_nothing_is_the_next_working_instant(self):
        self.assertEqual(OFFICE.plus(at("9:00"), 0), at("9:00"))
        self.assertEqual(OFFICE.plus(at("12:00"), 0), at("13:00"))
        self.assertEqual(OFFICE.plus(at("17:00"), 0), at("+1 8:00"))

    def test_window_too_short(self):
        empty = WorkTime([])
        self.assertEqual(empty.total, 0)
        known = WorkTime([(at("8:00"), at("9:00"))], until=at("9:00"), since=at("8:00"))
        early, late = at("7:59:59"), at("9:00:01")
        for ask in (
            lambda: OFFICE.plus(at("+4 16:00"), 3601),
            lambda: OFFICE.plus(at("+4 17:00"), 0),
            lambda: OFFICE.end_of_day(at("8:00"), 5),
            lambda: OFFICE.end_of_day(at("+4 17:01"), 0),
            lambda: empty.plus(MONDAY, 1),
            lambda: empty.opening(MONDAY),
            lambda: empty.end_of_day(MONDAY, 1),
            lambda: known.plus(at("8:30"), 1801),
            lambda: known.plus(early, 60),
            lambda: known.plus(late, 60),
            lambda: known.opening(early),
            lambda: known.opening(at("9:00")),
            lambda: known.opened(early),
            lambda: known.opened(late),
            lambda: known.between(early, at("8:30")),
            lambda: known.between(at("8:30"), late),
            lambda: known.end_of_day(early, 0),
            lambda: known.end_of_day(at("8:30"), 0),  # that day may go on
            lambda: list(known.pieces(early, at("8:30"))),
            lambda: list(known.pieces(at("8:30"), late)),
        ):
            with self.assertRaises(WindowTooShort):
                ask()

    def test_the_whole_window_is_known(self):
        known = WorkTime([(at("8:00"), at("9:00"))], until=at("+1 0:00"), since=MONDAY)
        self.assertEqual(known.between(MONDAY, at("+1 0:00")), 3600)
        self.assertEqual(known.plus(MONDAY, 3600), at("9:00"))
        self.assertEqual(known.end_of_day(MONDAY, 0), at("9:00"))
        self.assertIsNone(known.opened(at("+1 0:00")))
        self.assertEqual(
            list(known.pieces(MONDAY, at("+1 0:00"))), [(at("8:00"), at("9:00"))]
        )

    def test_overlapping_and_touching_are_one(self):
        work = WorkTime(
            [
                (at("10:00"), at("12:00")),
                (at("8:00"), at("10:00")),
                (at("9:00"), at("11:00")),
                (at("9:15"), at("9:20")),
                (at("7:00"), at("7:00")),
                (at("6:30"), at("6:00")),
            ]
        )
        self.assertEqual(work.total, 4 * 3600)
        self.assertEqual(work.plus(at("8:00"), 4 * 3600), at("12:00"))
        self.assertEqual(work.opened(at("11:00")), at("8:00"))
        self.assertEqual(work.opening(at("6:00")), at("8:00"), "nothing at 7")

    def test_between(self):
        self.assertEqual(OFFICE.between(at("11:00"), at("14:00")), 2 * 3600)
        self.assertEqual(OFFICE.between(at("14:00"), at("11:00")), 0)

    def test_end_of_day(self):
        cases = [
            ("8:00", 0, "17:00"),
            ("17:00", 0, "17:00"),
            ("17:00:01", 0, "+1 17:00"),
            ("8:00", 1, "+1 17:00"),
            ("20:00", 1, "+1 17:00"),
            ("+1 0:00", 1, "+2 17:00"),
            ("8:00", 4, "+4 17:00"),
        ]
        for start, count, end in cases:
            with self.subTest(start=start, count=count):
                self.assertEqual(OFFICE.end_of_day(at(start), count), at(end))

    def test_the_end_of_a_day_at_midnight(self):
        nights = WorkTime(
            [(at(f"+{day} 22:00"), at(f"+{day + 1} 6:00")) for day in range(5)]
        )
        # Monday has two hours before midnight; Tuesday six after it and two more.
        self.assertEqual(nights.end_of_day(at("22:30"), 0), at("+1 0:00"))
        self.assertEqual(nights.end_of_day(at("+1 5:00"), 0), at("+2 0:00"))
        self.assertEqual(nights.end_of_day(at("22:30"), 5), at("+5 6:00"))

    @examples(100)
    @given(_intervals, _instant, st.integers(1, 20 * 86400))
    def test_plus_is_the_inverse_of_between(self, intervals, start, seconds):
        work = WorkTime(intervals)
        due = due_or_none(work, start, seconds)
        if due is None:
            self.assertLess(work.total - work.position(start), seconds)
        else:
            self.assertEqual(work.between(start, due), seconds)
            before = due - timedelta(seconds=1)
            self.assertLess(work.between(start, before), seconds, "not the first")

    @examples(100)
    @given(_intervals, _interval, _instant, st.integers(0, 86400))
    def test_more_work_is_never_due_later(self, intervals, more, start, seconds):
        due = due_or_none(WorkTime(intervals), start, seconds)
        assume(due is not None)
        self.assertLessEqual(WorkTime([*intervals, more]).plus(start, seconds), due)

    @examples(100)
    @given(_intervals, _instant, st.integers(0, 86400), st.integers(0, 86400))
    def test_more_time_is_never_due_earlier(self, intervals, start, one, other):
        work = WorkTime(intervals)
        due = due_or_none(work, start, one + other)
        assume(due is not None)
        self.assertGreaterEqual(due, work.plus(start, one))

    @examples(100)
    @given(_intervals, _instant, _instant)
    def test_a_longer_window_says_the_same(self, intervals, start, end):
        assume(start <= end)
        inside = [(max(a, start), min(b, end)) for a, b in intervals]
        short = WorkTime(inside, until=end, since=start)
        whole = WorkTime(intervals)
        self.assertEqual(short.between(start, end), whole.between(start, end))
        self.assertEqual(list(short.pieces(start, end)), list(whole.pieces(start, end)))
        for ask in (
            lambda work: work.plus(start, 3600),
            lambda work: work.opening(start),
            lambda work: work.end_of_day(start, 0),
            lambda work: work.end_of_day(start, 2),
        ):
            try:
                answer = ask(short)
            except WindowTooShort:
                continue  # it does not know, but it never says anything wrong
            self.assertEqual(answer, ask(whole))

    def test_core_needs_no_odoo(self):
        folder = Path(core.__file__).parent
        program = (
            "import sys; sys.path.insert(0, sys.argv[1]);"
            f"import {', '.join(f'core.{p.stem}' for p in folder.glob('[a-z]*.py'))};"
            "assert 'odoo' not in sys.modules, 'core imports odoo'"
        )
        words = [sys.executable, "-W", "error", "-c", program, str(folder.parent)]
        done = subprocess.run(words, capture_output=True, text=True, check=False)
        self.assertEqual((done.returncode, done.stderr), (0, ""))

    def test_duration(self):
        self.assertEqual(parts(59), (0, 0, 0))
        self.assertEqual(parts(-3 * 3600 - 61), (0, 3, 1))
        self.assertEqual(parts(86400 + 2 * 3600 + 300), (1, 2, 0))


# --- against a count of every minute ------------------------------------------

# Minutes of a day in the calendar's time zone.
_SHIFTS = {
    "office": [(8 * 60, 12 * 60), (13 * 60, 17 * 60)],
    "short": [(9 * 60, 9 * 60 + 1)],
    "early and late": [(0, 5), (MINUTES_OF_DAY - 5, MINUTES_OF_DAY)],
    "night over midnight": [(0, 6 * 60), (22 * 60, MINUTES_OF_DAY)],
    "always": [(0, MINUTES_OF_DAY)],
    "around the change of the clock": [(30, 2 * 60 + 30), (3 * 60, 3 * 60 + 15)],
}
_weeks = st.fixed_dictionaries(
    {
        "shifts": st.sampled_from(sorted(_SHIFTS)),
        "days": st.sets(st.integers(0, 6), min_size=1),
        "odd_weeks_free": st.booleans(),
    }
)


class _Minutes:
    """A calendar of which every minute is known: whether it is worked, on which day."""

    def __init__(self, zone, start, days, week):
        self.start = start
        shifts = _SHIFTS[week["shifts"]]
        self.worked, self.days = [], []
        for minute in range(days * MINUTES_OF_DAY):
            wall = local(start + minute * MINUTE, zone)
            day, of_day = wall.toordinal(), wall.hour * 60 + wall.minute
            self.days.append(day)
            self.worked.append(
                wall.weekday() in week["days"]
                and not (week["odd_weeks_free"] and (day - 1) // 7 % 2)
                and any(low <= of_day < high for low, high in shifts)
            )
        self.goes_back = self.days != sorted(self.days)
        self.unfinished = local(self.at(len(self.days)), zone).toordinal()

    def at(self, minute):
        return self.start + minute * MINUTE

    def intervals(self):
        return [
            (self.at(minute), self.at(minute + 1))
            for minute, worked in enumerate(self.worked)
            if worked
        ]

    def between(self, low, high):
        return 60 * sum(self.worked[low:high])

    def plus(self, minute, count):
        """The first minute before which so many were worked since the given one."""
        for later in range(minute, len(self.worked)):
            count -= self.worked[later]
            if count <= 0:
                return self.at(later + 1)
        return None

    def opening(self, minute):
        found = (m for m in range(minute, len(self.worked)) if self.worked[m])
        return next((self.at(m) for m in found), None)

    def opened(self, minute):
        if not self.worked[minute] and not (minute and self.worked[minute - 1]):
            return None
        while minute and self.worked[minute - 1]:
            minute -= 1
        return self.at(minute)

    def end_of_day(self, minute, count):
        """Without the day in which the window ends: it may go on."""
        ends = {}
        for m, worked in enumerate(self.worked):
            if worked and self.days[m] < self.unfinished:
                ends[self.days[m]] = m + 1
        today = self.days[minute]
        later = [end for day, end in ends.items() if day > today]
        if count == 0:
            over = [end for day, end in ends.items() if day <= today and end >= minute]
            later = [*over, *later]
            count = 1
        return self.at(later[count - 1]) if len(later) >= count else None

    def pieces(self, low, high):
        found, today = [], None
        for minute in range(low, high):
            if not self.worked[minute]:
                continue
            goes_on = found and found[-1][1] == self.at(minute)
            if goes_on and self.days[minute] <= today:
                found[-1] = (found[-1][0], self.at(minute + 1))
            else:
                today = self.days[minute]
                found.append((self.at(minute), self.at(minute + 1)))
        return found


def _answer(ask, *arguments):
    try:
        return ask(*arguments)
    except WindowTooShort:
        return None


@tagged("post_install", "-at_install")
class TestMinuteByMinute(BaseCase):
    """Working time agrees with a count of every minute, in every time zone."""

    @examples(80)
    @given(zoned_days(), _weeks, st.booleans(), st.data())
    @example(("Africa/Abidjan", datetime(2025, 3, 30)), {
        "shifts": "always", "days": {1}, "odd_weeks_free": False,
    }, False, None)  # fmt: skip
    @example(("America/Santiago", datetime(2024, 9, 8)), {
        "shifts": "early and late", "days": set(range(7)), "odd_weeks_free": False,
    }, True, None)  # fmt: skip
    def test_agrees(self, place, week, from_pytz, data):
        name, day = place
        zone = _zone(name, from_pytz)
        length = 10 if week["odd_weeks_free"] else 5
        start = day - 2 * DAY
        minutes = _Minutes(zone, start, length, week)
        last = len(minutes.worked)
        work = WorkTime(minutes.intervals(), zone, minutes.at(last), start)
        for low, high, count in _questions(data, last):
            self._agree(work, minutes, low, high, count)

    def _agree(self, work, minutes, low, high, count):
        start, end = minutes.at(low), minutes.at(high)
        self.assertEqual(work.between(start, end), minutes.between(low, high))
        self.assertEqual(list(work.pieces(start, end)), minutes.pieces(low, high))
        self.assertEqual(
            _answer(work.plus, start, 60 * count), minutes.plus(low, count)
        )
        self.assertEqual(_answer(work.opening, start), minutes.opening(low))
        self.assertEqual(work.opened(start), minutes.opened(low))
        if not minutes.goes_back:
            for days in (0, 1, count % 5):
                self.assertEqual(
                    _answer(work.end_of_day, start, days),
                    minutes.end_of_day(low, days),
                )

    @examples(100)
    @given(
        st.lists(st.booleans(), min_size=1, max_size=60), st.data(), st.integers(1, 60)
    )
    def test_second_by_second(self, worked, data, count):
        low = data.draw(st.integers(0, len(worked)))
        high = data.draw(st.integers(low, len(worked)))
        moments = [MONDAY + second * SECOND for second in range(len(worked) + 1)]
        spans = zip(moments, moments[1:], worked, strict=False)
        work = WorkTime([(a, b) for a, b, counts in spans if counts])
        self.assertEqual(
            work.between(moments[low], moments[high]), sum(worked[low:high])
        )
        passed = [sum(worked[low:second]) for second in range(low, len(worked) + 1)]
        index = bisect_left(passed, count)
        due = moments[low + index] if index < len(passed) else None
        self.assertEqual(_answer(work.plus, moments[low], count), due)


def _zone(name, from_pytz):
    if from_pytz or name not in ZONES:
        return pytz.timezone(name)
    return ZoneInfo(name)


def _questions(data, last):
    if data is None:
        return [(low, last - 1, 7) for low in range(0, last, 61)]
    minute = st.integers(0, last - 1)
    return data.draw(
        st.lists(
            st.tuples(minute, minute, st.integers(1, 3 * MINUTES_OF_DAY)).map(
                lambda q: (min(q[:2]), max(q[:2]), q[2])
            ),
            min_size=1,
            max_size=4,
        )
    )


@tagged("post_install", "-at_install")
class TestDays(BaseCase):
    """Days and the clock on the wall, in every time zone."""

    @examples(300)
    @given(zoned_days(), st.integers(0, 3 * MINUTES_OF_DAY), st.booleans())
    def test_a_day_ends_when_the_next_begins(self, place, minute, from_pytz):
        name, day = place
        zone = _zone(name, from_pytz)
        start = day - DAY + minute * MINUTE
        end = start + 3 * DAY
        pieces = list(by_day(start, end, zone))
        self.assertEqual(pieces[0][0], start)
        self.assertEqual(pieces[-1][1], end)
        for before, after in zip(pieces, pieces[1:], strict=False):
            self.assertEqual(before[1], after[0])
        for low, high in pieces:
            self.assertLess(low, high)
            moments = [low, low + (high - low) / 2, high - SECOND]
            today = day_of(low, zone)
            self.assertTrue(all(day_of(m, zone) <= today for m in moments))
            if high < end:
                self.assertGreater(day_of(high, zone), today)

    def test_midnights_that_are_changed(self):
        cases = [
            # The night is an hour shorter or longer; the day begins at 1 or twice.
            ("America/Santiago", "2024-09-07 16:00", "2024-09-08 04:00"),
            ("America/Santiago", "2024-04-06 15:00", "2024-04-07 04:00"),
            ("Africa/Cairo", "2024-04-25 10:00", "2024-04-25 22:00"),
            ("Africa/Cairo", "2024-10-31 10:00", "2024-10-31 22:00"),
            ("Asia/Beirut", "2024-03-30 10:00", "2024-03-30 22:00"),
            ("Australia/Lord_Howe", "2024-10-05 15:00", "2024-10-06 13:00"),
            ("Europe/Kyiv", "2026-03-28 23:00", "2026-03-29 21:00"),
            ("Europe/Kyiv", "2026-10-24 22:00", "2026-10-25 22:00"),
            # 30 December 2011 did not exist.
            ("Pacific/Apia", "2011-12-30 05:00", "2011-12-30 10:00"),
            ("Pacific/Apia", "2011-12-30 11:00", "2011-12-31 10:00"),
        ]
        for name, start, midnight in cases:
            with self.subTest(name=name, start=start):
                start, midnight = map(datetime.fromisoformat, (start, midnight))
                pieces = by_day(start, start + 3 * DAY, pytz.timezone(name))
                self.assertEqual(next(pieces), (start, midnight))

    @examples(100)
    @given(zoned_days(), st.integers(0, 3 * MINUTES_OF_DAY), st.booleans())
    def test_the_clock_on_the_wall(self, place, minute, from_pytz):
        name, day = place
        zone = _zone(name, from_pytz)
        instant = day - DAY + minute * MINUTE
        found = instant_of(local(instant, zone), zone)
        self.assertEqual(local(found, zone), local(instant, zone))
        self.assertLessEqual(found, instant, "the first of two")

    def test_a_time_that_the_clock_leaves_out(self):
        kyiv = pytz.timezone("Europe/Kyiv")
        shown = instant_of(datetime(2026, 3, 29, 3, 30), kyiv)
        self.assertEqual(local(shown, kyiv), datetime(2026, 3, 29, 4, 30))
        twice = instant_of(datetime(2026, 10, 25, 3, 30), kyiv)
        self.assertEqual(twice, datetime(2026, 10, 25, 0, 30))
        self.assertEqual(instant_of(MONDAY, timezone.utc), MONDAY)
