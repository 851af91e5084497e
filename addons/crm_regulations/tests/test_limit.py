from datetime import datetime, timedelta

import pytz
from hypothesis import assume, given
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ..core.limit import LEAVE, OPENING, UNITS, Clock, Limit
from ..core.step import AGAIN, EACH, Every, Rung, Step
from ..core.worktime import WindowTooShort, WorkTime
from .core_common import (
    MONDAY,
    OFFICE,
    OFFICE_HOURS,
    SECOND,
    at,
    examples,
    zoned_days,
)

BY_CLOCK = Clock()

values = st.integers(1, 60) | st.sampled_from([0.5, 0.25, 1.5, 2.5, 7.75])
starts = st.integers(0, 9 * 86400).map(lambda s: MONDAY + timedelta(seconds=s))


@st.composite
def limits(draw):
    """Any limit; one that needs no more than a month."""
    unit = draw(st.sampled_from(UNITS))
    value = draw(values)
    if unit in ("day", "work_day"):
        value = min(value, 15)
    minutes = draw(st.sampled_from([0, 0, 1, 60, 600]))
    outside = draw(st.sampled_from([LEAVE, OPENING]))
    return Limit(value, unit, draw(st.booleans()), outside, minutes)


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
                limit = Limit(value, unit)
                self.assertEqual(limit.due(at(start), OFFICE_HOURS), at(due))

    def test_a_working_day_is_as_long_as_the_calendar_says(self):
        clock = Clock(OFFICE, hours_per_day=6)
        self.assertEqual(Limit(1, "work_day").due(at("8:00"), clock), at("15:00"))

    def test_clock_units_need_no_working_time(self):
        for unit in ("hour", "day"):
            self.assertFalse(Limit(1, unit).needs_calendar)
            self.assertGreater(Limit(1, unit).due(MONDAY, BY_CLOCK), MONDAY)
            self.assertTrue(Limit(1, unit, outside=OPENING).needs_calendar)
        for unit in ("minute", "work_hour", "work_day"):
            self.assertTrue(Limit(1, unit).needs_calendar)
            self.assertFalse(Limit(1, unit, outside=OPENING).moves_to_opening)

    def test_short_window_is_said(self):
        cases = [
            Limit(41, "work_hour"),
            Limit(6, "work_day"),
            Limit(5, "work_day", ends_with_day=True),
            Limit(6, "day", outside=OPENING),
        ]
        for limit in cases:
            with self.subTest(limit=limit), self.assertRaises(WindowTooShort):
                limit.due(at("8:00"), Clock(OFFICE))

    def test_ends_with_the_working_day(self):
        cases = [
            (1, "10:00", 0, "+1 17:00"),
            (1, "20:00", 0, "+1 17:00"),
            (1, "+4 10:00", 0, "+7 17:00"),  # Friday to Monday
            (2, "+5 12:00", 0, "+8 17:00"),  # from Saturday: Monday, Tuesday
            (1.5, "10:00", 0, "+2 17:00"),  # part of a day is a day
            (0.5, "10:00", 0, "+1 17:00"),
            # What was paused is added in days, rounded up, however often it was.
            (1, "10:00", 1, "+2 17:00"),
            (1, "10:00", 8 * 3600, "+2 17:00"),
            (1, "10:00", 8 * 3600 + 1, "+3 17:00"),
        ]
        for value, start, paused, due in cases:
            with self.subTest(value=value, start=start, paused=paused):
                limit = Limit(value, "work_day", ends_with_day=True)
                self.assertEqual(limit.due(at(start), OFFICE_HOURS, paused), at(due))
        self.assertEqual(
            Limit(2, "hour", ends_with_day=True).due(at("10:00"), BY_CLOCK),
            at("12:00"),
            "only working days end so",
        )

    def test_a_pause_of_a_day_that_ends_at_midnight(self):
        always = Clock(WorkTime([(MONDAY, MONDAY + timedelta(days=9))]), 24)
        limit = Limit(1, "work_day", ends_with_day=True)
        due = limit.due(at("10:00"), always, 24 * 3600)
        self.assertEqual(due, at("+3 0:00"), "Wednesday's end")

    def test_outside_hours(self):
        cases = [
            # (start, hours, due when left, due an hour after opening)
            ("9:00", 2, "11:00", "11:00"),
            ("10:00", 2, "12:00", "12:00"),  # at the beginning of the lunch break
            ("11:00", 1.5, "12:30", "14:00"),  # in it
            ("11:00", 2.5, "13:30", "14:00"),  # not earlier than one shorter
            ("11:00", 4, "15:00", "15:00"),
            ("16:00", 1, "17:00", "17:00"),  # at closing time
            ("16:30", 1, "17:30", "+1 9:00"),
            ("20:00", 2, "22:00", "+1 9:00"),
            ("20:00", 12.25, "+1 8:15", "+1 9:00"),
            ("20:00", 14, "+1 10:00", "+1 10:00"),
            ("7:30", 0.5, "8:00", "9:00"),  # as the office opens
            ("+4 16:30", 2, "+4 18:30", "+7 9:00"),
            ("+5 10:00", 48, "+7 10:00", "+7 10:00"),
        ]
        for start, hours, left, moved in cases:
            with self.subTest(start=start, hours=hours):
                leave = Limit(hours, "hour")
                opening = Limit(hours, "hour", outside=OPENING, opening_minutes=60)
                self.assertEqual(leave.due(at(start), OFFICE_HOURS), at(left))
                self.assertEqual(opening.due(at(start), OFFICE_HOURS), at(moved))

    def test_opening_in_minutes(self):
        cases = [(0, "+1 8:00"), (0.5, "+1 8:00:30"), (300, "+1 14:00")]
        for minutes, due in cases:
            with self.subTest(minutes=minutes):
                limit = Limit(1, "day", outside=OPENING, opening_minutes=minutes)
                self.assertEqual(limit.due(at("7:00"), OFFICE_HOURS), at(due))

    def test_measure(self):
        lunch = at("11:00"), at("14:00")
        self.assertEqual(Limit(1, "work_hour").measure(*lunch, OFFICE_HOURS), 7200)
        self.assertEqual(Limit(1, "hour").measure(*lunch, BY_CLOCK), 3 * 3600)
        for unit in ("hour", "minute"):
            backwards = Limit(1, unit).measure(at("9:00"), at("8:00"), OFFICE_HOURS)
            self.assertEqual(backwards, 0)

    def test_resumed(self):
        opening = {"outside": OPENING, "opening_minutes": 60}
        cases = [
            # (limit, start, due before, pause, due after)
            ((4, "work_hour"), {}, "9:00", "14:00", ("10:00", "11:00"), "15:00"),
            ((4, "work_hour"), {}, "9:00", "14:00", ("11:30", "13:30"), "15:00"),
            ((4, "work_hour"), {}, "9:00", "14:00", ("12:00", "13:00"), "14:00"),
            # Nothing was left: it is due as the clock goes on, not in the pause.
            ((8, "work_hour"), {}, "8:00", "17:00", ("17:00", "20:00"), "20:00"),
            ((4, "hour"), {}, "9:00", "13:00", ("10:00", "11:30"), "14:30"),
            ((2, "hour"), opening, "16:30", "+1 9:00", ("17:00", "20:00"), "+1 9:00"),
            # What was left of Monday's hours does not count, only the clock does.
            (
                (48, "hour"),
                opening,
                "10:00",
                "+2 10:00",
                ("+1 10:00", "+4 10:00"),
                "+7 9:00",
            ),
            # Within the hour after the opening: half of it is left.
            (
                (2, "hour"),
                opening,
                "16:30",
                "+1 9:00",
                ("+1 8:30", "+1 11:00"),
                "+1 11:30",
            ),
        ]
        for limit, more, start, before, pause, after in cases:
            limit = Limit(*limit, **more)
            pause = tuple(map(at, pause))
            with self.subTest(limit=limit, pause=pause):
                self.assertEqual(limit.due(at(start), OFFICE_HOURS), at(before))
                paused = limit.measure(*pause, OFFICE_HOURS)
                due = limit.resumed(at(start), at(before), pause, OFFICE_HOURS, paused)
                self.assertEqual(due, at(after))

    def test_part_of_the_limit(self):
        opening = {"outside": OPENING, "opening_minutes": 60}
        early, late = [(at("9:30"), at("10:30"))], [(at("14:00"), at("15:00"))]
        cases = [
            ((4, "work_hour"), {}, "10:00", [], 75, "14:00"),
            ((4, "work_hour"), {}, "9:00", early, 50, "12:00"),
            ((8, "work_hour"), {}, "8:00", late, 50, "12:00"),  # before the pause
            ((8, "work_hour"), {}, "8:00", late, 75, "16:00"),  # after it
            ((4, "hour"), {}, "9:00", early, 50, "12:00"),
            ((4, "hour"), {}, "9:00", early, 10, "9:24"),
            ((1, "work_day"), {"ends_with_day": True}, "13:00", [], 50, "+1 10:00"),
            # Of the working time: half an hour on Monday and one on Tuesday.
            ((2, "hour"), opening, "16:30", [], 50, "+1 8:15"),
            # By the clock where nothing is worked meanwhile.
            ((1, "hour"), {"outside": OPENING}, "+5 10:00", [], 50, "+6 9:00"),
        ]
        for limit, more, start, pauses, percent, instant in cases:
            limit = Limit(*limit, **more)
            with self.subTest(limit=limit, percent=percent, pauses=pauses):
                paused = sum(limit.measure(*pause, OFFICE_HOURS) for pause in pauses)
                due = limit.due(at(start), OFFICE_HOURS, paused)
                part = limit.part(percent, at(start), due, OFFICE_HOURS, pauses)
                self.assertEqual(part, at(instant))
                whole = limit.part(100, at(start), due, OFFICE_HOURS, pauses)
                self.assertEqual(whole, due)

    # --- properties -----------------------------------------------------------

    @examples(300)
    @given(limits(), values, starts)
    def test_a_longer_limit_is_never_due_earlier(self, limit, more, start):
        longer = Limit(
            limit.value + more,
            limit.unit,
            limit.ends_with_day,
            limit.outside,
            limit.opening_minutes,
        )
        assume(longer.value <= 61)
        self.assertLessEqual(
            limit.due(start, OFFICE_HOURS), longer.due(start, OFFICE_HOURS)
        )

    @examples(300)
    @given(limits(), starts, st.integers(0, 99999), st.integers(0, 99999))
    def test_more_paused_is_never_due_earlier(self, limit, start, paused, more):
        due = limit.due(start, OFFICE_HOURS, paused)
        self.assertLessEqual(due, limit.due(start, OFFICE_HOURS, paused + more))
        self.assertGreaterEqual(due, start)
        self.assertEqual(due.microsecond, 0)

    @examples(300)
    @given(limits(), starts, st.integers(0, 100), st.integers(0, 100))
    def test_parts_come_in_order(self, limit, start, one, other):
        due = limit.due(start, OFFICE_HOURS)
        parts = [
            limit.part(percent, start, due, OFFICE_HOURS)
            for percent in sorted((one, other))
        ]
        self.assertEqual([start, *parts, due], sorted([start, *parts, due]))

    @examples(200)
    @given(limits(), starts, st.data())
    def test_due_is_in_hours_or_just_left(self, limit, start, data):
        due = limit.due(start, OFFICE_HOURS)
        work = OFFICE_HOURS.work
        if limit.needs_calendar:
            self.assertIsNotNone(work.opened(due))
        if limit.in_working_time and not limit.ends_with_day:
            length = round(limit.seconds(8))
            self.assertEqual(work.between(start, due), length)
            self.assertEqual(work.between(start, due - SECOND), length - 1)


@tagged("post_install", "-at_install")
class TestStep(BaseCase):
    def test_rhythm(self):
        cases = [
            (1, "month", "2026-01-31 09:00", ["2026-02-28 09:00", "2026-03-31 09:00"]),
            (3, "month", "2026-11-30 09:00", ["2027-02-28 09:00", "2027-05-30 09:00"]),
            (1, "month", "2027-12-29 09:00", ["2028-01-29 09:00", "2028-02-29 09:00"]),
            (2, "week", "2026-01-01 09:00", ["2026-01-15 09:00", "2026-01-29 09:00"]),
            (10, "day", "2026-02-20 09:00", ["2026-03-02 09:00", "2026-03-12 09:00"]),
        ]
        for value, unit, first, rest in cases:
            with self.subTest(value=value, unit=unit):
                every = Every(value, unit)
                times = [
                    every.times(datetime.fromisoformat(first), count)
                    for count in (1, 2)
                ]
                self.assertEqual(times, list(map(datetime.fromisoformat, rest)))

    def test_rhythm_keeps_the_time_of_the_day(self):
        kyiv = pytz.timezone("Europe/Kyiv")
        # 31 January, 0:00 in Kyiv; in summer it is an hour earlier by UTC.
        first = datetime(2026, 1, 30, 22)
        monthly = Every(1, "month")
        self.assertEqual(monthly.times(first, 1, kyiv), datetime(2026, 2, 27, 22))
        self.assertEqual(monthly.times(first, 2, kyiv), datetime(2026, 3, 30, 21))

    @examples(100)
    @given(
        zoned_days(),
        st.integers(0, 86399),
        st.builds(Every, st.integers(1, 40), st.sampled_from(["day", "week", "month"])),
    )
    def test_a_rhythm_goes_on(self, place, second, every):
        name, day = place
        zone, start = pytz.timezone(name), day + timedelta(seconds=second)
        times = [every.times(start, count, zone) for count in range(5)]
        self.assertEqual(times, sorted(times))
        # Where the calendar leaves out a day, two may come together.
        self.assertGreaterEqual(len(set(times)), 4)

    def test_of_a_specification(self):
        spec = {
            "limit_value": 2,
            "limit_unit": "hour",
            "outside": "opening",
            "opening_minutes": 30,
            "warn_percent": 75,
            "rungs": [
                {"key": "1", "basis": "percent", "value": 50},
                {"key": "2", "basis": "after", "value": 4, "unit": "work_hour"},
            ],
            "recurrence": "again",
            "every_value": 3,
            "every_unit": "month",
            "conditions": [{"role": "fulfil"}, {"role": "fulfil", "times": 3}],
        }
        step = Step(
            limit=Limit(2, "hour", False, OPENING, 30),
            warn_percents=(75,),
            rungs=(Rung("1", percent=50), Rung("2", after=Limit(4, "work_hour"))),
            recurrence=AGAIN,
            every=Every(3, "month"),
            times={1: 3},
        )
        self.assertEqual(Step.of(spec), step)

    def test_of_a_short_specification(self):
        for never in (0, 100):
            spec = {"limit_value": 2, "limit_unit": "day", "warn_percent": never}
            step = Step.of(spec)
            self.assertEqual(step, Step(Limit(2, "day"), recurrence=EACH))
            self.assertFalse(step.needs_calendar)

    def test_needs_calendar(self):
        later = Rung("1", after=Limit(1, "work_hour"))
        self.assertTrue(Step(Limit(1, "work_day")).needs_calendar)
        self.assertTrue(Step(Limit(1, "hour"), rungs=(later,)).needs_calendar)
        self.assertFalse(
            Step(Limit(1, "hour"), rungs=(Rung("1", percent=50),)).needs_calendar
        )
