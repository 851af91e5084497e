from datetime import datetime, timedelta

from hypothesis import assume, given
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ..core.duration import parts
from ..core.judge import next_check, on_time_percent, verdict
from ..core.limit import UNITS, Limit, WindowTooShort
from ..core.worktime import WorkTime

MONDAY = datetime(2026, 5, 4)


def at(text):
    """Monday's “9:30”, or “+1 9:30” for Tuesday's."""
    day, _space, clock = text.rpartition(" ")
    hours, minutes = map(int, clock.split(":"))
    return MONDAY + timedelta(days=int(day or 0), hours=hours, minutes=minutes)


OFFICE = WorkTime(
    [(at(f"+{d} {a}"), at(f"+{d} {b}")) for d in range(5) for a, b in (("8:00",
    "12:00"), ("13:00", "17:00"))] )  # fmt: skip

_second = st.integers(0, 14 * 86400)
_instant = _second.map(lambda s: MONDAY + timedelta(seconds=s))
_interval = st.tuples(_instant, st.integers(1, 2 * 86400)).map(
    lambda pair: (pair[0], pair[0] + timedelta(seconds=pair[1]))
)
_intervals = st.lists(_interval, max_size=8)


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
        self.assertIsNone(OFFICE.plus(at("+4 17:00"), 0))

    def test_window_too_short(self):
        self.assertIsNone(OFFICE.plus(at("+4 16:00"), 3601))
        self.assertIsNone(WorkTime([]).plus(MONDAY, 1))
        self.assertEqual(WorkTime([]).total, 0)

    def test_overlapping_and_touching_are_one(self):
        pieces = WorkTime(
            [
                (at("10:00"), at("12:00")),
                (at("8:00"), at("10:00")),
                (at("9:00"), at("11:00")),
                (at("9:15"), at("9:20")),
            ]
        )
        self.assertEqual(pieces.total, 4 * 3600)
        self.assertEqual(pieces.plus(at("8:00"), 4 * 3600), at("12:00"))

    def test_between(self):
        self.assertEqual(OFFICE.between(at("11:00"), at("14:00")), 2 * 3600)
        self.assertEqual(OFFICE.between(at("14:00"), at("11:00")), 0)

    @given(_intervals, _instant, st.integers(1, 20 * 86400))
    def test_plus_is_the_inverse_of_between(self, intervals, start, seconds):
        work = WorkTime(intervals)
        due = work.plus(start, seconds)
        if due is None:
            self.assertLess(work.total - work.position(start), seconds)
        else:
            self.assertEqual(work.between(start, due), seconds)
            before = due - timedelta(seconds=1)
            self.assertLess(work.between(start, before), seconds, "not the first")

    @given(_intervals, _interval, _instant, st.integers(0, 86400))
    def test_more_work_is_never_due_later(self, intervals, more, start, seconds):
        due = WorkTime(intervals).plus(start, seconds)
        assume(due is not None)
        self.assertLessEqual(WorkTime([*intervals, more]).plus(start, seconds), due)

    @given(_intervals, _instant, st.integers(1, 86400), st.integers(1, 86400))
    def test_more_time_is_never_due_earlier(self, intervals, start, one, other):
        work = WorkTime(intervals)
        due = work.plus(start, one + other)
        assume(due is not None)
        self.assertGreaterEqual(due, work.plus(start, one))

    @given(_intervals)
    def test_total_is_the_seconds_that_some_interval_covers(self, intervals):
        borders = sorted({border for interval in intervals for border in interval})
        covered = sum(
            (high - low).total_seconds()
            for low, high in zip(borders, borders[1:], strict=False)
            if any(start <= low and high <= end for start, end in intervals)
        )
        self.assertEqual(WorkTime(intervals).total, covered)


@tagged("post_install", "-at_install")
class TestLimit(BaseCase):
    def test_every_unit(self):
        cases = [
            (30, "minute", "11:45", "13:15"),
            (2, "hour", "16:30", "18:30"),
            (2, "work_hour", "16:30", "+1 9:30"),
            (1, "work_day", "10:00", "+1 10:00"),
            (3, "day", "10:00", "+3 10:00"),
            (0.5, "hour", "10:00", "10:30"),
        ]
        self.assertEqual({unit for _value, unit, *_rest in cases}, set(UNITS))
        for value, unit, start, due in cases:
            with self.subTest(value=value, unit=unit):
                self.assertEqual(Limit(value, unit).after(at(start), OFFICE), at(due))

    def test_a_working_day_is_as_long_as_the_calendar_says(self):
        due = Limit(1, "work_day").after(at("8:00"), OFFICE, hours_per_day=6)
        self.assertEqual(due, at("15:00"))

    def test_part_of_the_limit(self):
        limit = Limit(4, "work_hour")
        self.assertEqual(limit.after(at("10:00"), OFFICE, percent=75), at("14:00"))

    def test_clock_units_need_no_working_time(self):
        for unit in ("hour", "day"):
            self.assertFalse(Limit(1, unit).in_working_time)
            self.assertGreater(Limit(1, unit).after(MONDAY, None), MONDAY)

    def test_short_window_is_said(self):
        with self.assertRaises(WindowTooShort):
            Limit(41, "work_hour").after(at("8:00"), OFFICE)


@tagged("post_install", "-at_install")
class TestJudge(BaseCase):
    def test_verdict(self):
        due = at("12:00")
        cases = [
            (at("11:59"), at("15:00"), "done_on_time"),
            (at("12:00"), at("15:00"), "done_on_time"),  # at the very instant
            (at("12:01"), at("15:00"), "done_late"),
            (None, at("11:59"), "open"),
            (None, at("12:00"), "open"),
            (None, at("12:01"), "breached"),
        ]
        for done, now, state in cases:
            with self.subTest(done=done, now=now):
                self.assertEqual(verdict(due, done, now), state)

    def test_next_check(self):
        warn, due = at("11:00"), at("12:00")
        self.assertEqual(next_check("open", warn, due, at("10:00")), warn)
        self.assertEqual(next_check("open", warn, due, at("11:00")), due)
        self.assertEqual(next_check("open", None, due, at("10:00")), due)
        self.assertEqual(next_check("open", at("13:00"), due, at("10:00")), due)
        for state in ("breached", "done_on_time", "done_late", "excused", "cancelled"):
            self.assertIsNone(next_check(state, warn, due, at("10:00")))

    def test_on_time_percent(self):
        self.assertEqual(on_time_percent(3, 1, 0), 75)
        self.assertEqual(on_time_percent(0, 1, 3), 0)
        self.assertIsNone(on_time_percent(0, 0, 0))

    def test_duration(self):
        self.assertEqual(parts(59), (0, 0, 0))
        self.assertEqual(parts(-3 * 3600 - 61), (0, 3, 1))
        self.assertEqual(parts(86400 + 2 * 3600 + 300), (1, 2, 0))
