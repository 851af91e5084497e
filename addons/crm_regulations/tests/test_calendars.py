from datetime import datetime, timedelta

import pytz
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from ..core.case import Heard
from ..core.judge import judge
from ..core.limit import OPENING, Clock, Limit
from ..core.step import PAUSE, RESUME, START, Step
from ..core.worktime import WindowTooShort
from ..engine.calendars import Calendars
from .common import RegulationsCommon, instant
from .core_common import zone_names

# Both changes of the clock of 2026 in every time zone, and the weeks between.
_start = st.integers(0, 300 * 96).map(
    lambda quarters: datetime(2026, 2, 20) + timedelta(minutes=15 * quarters)
)
# From, to, from, to in hours of the day.
_shift = st.sampled_from(
    [
        (8, 12, 13, 17),
        (9, 13),
        (0, 24),
        (6, 14, 14, 22),
        (22, 24),
        (0, 6, 22, 24),  # nights
        (0.5, 2.5, 3.25, 3.5),  # when clocks are changed
        (10, 10.5),
        (8.33, 16.1),
    ]
)
_week = st.dictionaries(st.integers(0, 6), _shift, min_size=1)
_leave = st.tuples(_start, st.integers(1, 9 * 24) | st.integers(400, 2500))
_calendar = st.fixed_dictionaries(
    {
        "tz": zone_names,
        "weeks": st.lists(_week, min_size=1, max_size=2),
        "is_shared": st.booleans(),
        "leaves": st.lists(st.tuples(_leave, st.booleans()), max_size=3),
        "of_others": st.lists(_leave, max_size=2),
    }
)


@tagged("post_install", "-at_install")
class TestCalendars(RegulationsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.south = cls.env["res.company"].create({"name": "South Med"})
        cls.iryna = cls.env["resource.resource"].create(
            {"name": "Iryna", "company_id": cls.company.id}
        )

    def _due(self, start, hours=4, calendar=None, company=None):
        reader = Calendars(self.env, company or self.company)
        limit = Limit(hours, "work_hour")
        return reader.due(limit, calendar or self.calendar, instant(start))

    def _leave(self, start, end, calendar=None, company=None, **values):
        leaves = self.env["resource.calendar.leaves"]
        leave = leaves.with_company(company or self.company).create(
            {
                "name": "Holiday",
                "date_from": start,
                "date_to": end,
                "calendar_id": calendar.id if calendar else False,
                **values,
            }
        )
        # Whoever asks first decides on the company.
        self.assertTrue(leave.company_id)
        return leave

    @settings(
        max_examples=25,
        deadline=None,
        suppress_health_check=[
            HealthCheck.too_slow,
            HealthCheck.function_scoped_fixture,
        ],
    )
    @given(_calendar, _start, st.integers(1, 60 * 4))
    def test_agrees_with_odoo(self, setup, start, quarters):
        self.env["resource.calendar.leaves"].search([]).unlink()
        calendar = self._make(setup)
        for (when, hours), on_calendar in setup["leaves"]:
            end = when + timedelta(hours=hours)
            self._leave(when, end, calendar if on_calendar else None)
        moments = (start, start - timedelta(days=9), start + timedelta(days=45))
        # Not to closing time: where Odoo's day ends a microsecond early, it plans
        # into the next one.
        hours = quarters / 4 + 7 / 60
        planned = [
            calendar.plan_hours(hours, pytz.utc.localize(moment), True)
            for moment in moments
        ]
        # Odoo does not leave these out by itself.
        for when, length in setup["of_others"]:
            end = when + timedelta(hours=length)
            self._leave(when, end, company=self.south)
            self._leave(when, end, resource_id=self.iryna.id, calendar_id=calendar.id)
        # All from one reader, which has read some of it already.
        reader = Calendars(self.env, self.company)
        for moment, odoo in zip(moments, planned, strict=True):
            if not odoo or odoo > pytz.utc.localize(moment + timedelta(days=1000)):
                continue
            ours = reader.due(Limit(hours, "work_hour"), calendar, moment)
            expected = odoo.astimezone(pytz.utc).replace(tzinfo=None)
            # Odoo's sums of hours are floats.
            self.assertLess(abs((ours - expected).total_seconds()), 1)

    def _make(self, setup):
        weeks = setup["weeks"]
        lines = [
            {
                "name": "Work",
                "dayofweek": str(day),
                "hour_from": shift[place],
                "hour_to": shift[place + 1],
                "day_period": "morning" if place == 0 else "afternoon",
                "week_type": str(number) if len(weeks) > 1 else False,
            }
            for number, week in enumerate(weeks)
            for day, shift in week.items()
            for place in range(0, len(shift), 2)
        ]
        return self.env["resource.calendar"].create(
            {
                "name": "Random",
                "company_id": not setup["is_shared"] and self.company.id,
                "tz": setup["tz"],
                "two_weeks_calendar": len(weeks) > 1,
                "attendance_ids": [Command.clear(), *map(Command.create, lines)],
            }
        )

    def test_both_changes_of_the_clock(self):
        kyiv = self._working_hours(
            "Kyiv", days=range(7), hours=((0, 24),), tz="Europe/Kyiv"
        )
        # The night of 29 March has 23 hours, that of 25 October 25.
        self.assertEqual(
            self._due("2026-03-28 22:00:00", 23, kyiv), instant("2026-03-29 21:00:00")
        )
        self.assertEqual(
            self._due("2026-10-24 21:00:00", 25, kyiv), instant("2026-10-25 22:00:00")
        )

    def test_holidays_are_skipped(self):
        self._leave("2026-05-05 00:00:00", "2026-05-05 23:59:59")
        self._leave("2026-05-06 08:00:00", "2026-05-06 12:00:00", self.calendar)
        self.assertEqual(
            self._due("2026-05-04 16:00:00", 2), instant("2026-05-06 14:00:00")
        )

    def test_holiday_of_another_company_does_not_move_ours(self):
        holiday = "2026-05-05 00:00:00", "2026-05-05 23:59:59"
        leave = self._leave(*holiday, company=self.south)
        self.assertEqual(leave.company_id, self.south)
        expected = instant("2026-05-05 09:00:00")
        self.assertEqual(self._due("2026-05-04 16:00:00", 2), expected)
        theirs = self._due("2026-05-04 16:00:00", 2, company=self.south)
        self.assertEqual(theirs, instant("2026-05-06 09:00:00"))
        # Nor on a calendar that both use.
        self.calendar.company_id = False
        self._leave(*holiday, self.calendar, self.south)
        self.assertEqual(self._due("2026-05-04 16:00:00", 2), expected)

    def test_one_person_s_leave_is_no_holiday(self):
        self._leave(
            "2026-05-05 00:00:00", "2026-05-05 23:59:59", resource_id=self.iryna.id
        )
        self.assertEqual(
            self._due("2026-05-04 16:00:00", 2), instant("2026-05-05 09:00:00")
        )

    def test_training_is_no_holiday(self):
        self._leave("2026-05-05 00:00:00", "2026-05-05 23:59:59", time_type="other")
        self.assertEqual(
            self._due("2026-05-04 16:00:00", 2), instant("2026-05-05 09:00:00")
        )

    def test_the_last_second_of_a_holiday_is_no_working_day(self):
        always = self._working_hours("Always", days=range(7), hours=((0, 24),))
        self._leave("2026-05-05 00:00:00", "2026-05-06 23:59:59", always)
        reader = Calendars(self.env, self.company)
        limit = Limit(1, "work_day", ends_with_day=True)
        self.assertEqual(
            reader.due(limit, always, instant("2026-05-04 10:00:00")),
            instant("2026-05-08 00:00:00"),
        )

    def test_a_long_limit_reads_a_longer_window(self):
        self.assertEqual(
            self._due("2026-05-04 08:00:00", 8 * 5 * 30), instant("2026-11-27 17:00:00")
        )

    def test_calendar_is_read_once(self):
        reader = Calendars(self.env, self.company)
        limit = Limit(4, "work_hour")
        first = instant("2026-05-04 10:00:00")
        reader.due(limit, self.calendar, first)
        # Seven readings of attendances and leaves; by hours, so nearly all differ.
        with self.assertQueryCount(14):
            for hours in range(1000):
                reader.due(
                    limit, self.calendar, first + timedelta(hours=17 * (hours - 500))
                )

    def test_a_window_is_read_once(self):
        reader = Calendars(self.env, self.company)
        start, end = instant("2026-05-04 10:00:00"), instant("2027-05-04 10:00:00")
        reader.clock(self.calendar, start, end)
        self.env.invalidate_all()
        with self.assertQueryCount(0):
            clock = reader.clock(self.calendar, start, end)
            for minutes in range(1000):
                Limit(minutes, "minute").due(start, clock)
        other = self._working_hours("Mornings", hours=((8, 12),))
        mornings = reader.clock(other, start, end)
        self.assertEqual(mornings.hours_per_day, 4)
        self.assertNotEqual(mornings.work.total, clock.work.total)

    def test_clock(self):
        kyiv = self._working_hours("Kyiv", hours=((9, 15),), tz="Europe/Kyiv")
        start, end = instant("2026-05-04 10:00:00"), instant("2026-05-08 10:00:00")
        clock = Calendars(self.env, self.company).clock(kyiv, start, end)
        self.assertEqual(clock.hours_per_day, 6)
        self.assertEqual(clock.work.zone, pytz.timezone("Europe/Kyiv"))
        # From 9 to 15 in Kyiv is from 6 to 12 by UTC.
        self.assertEqual(clock.work.between(start, end), 3600 * (2 + 3 * 6 + 4))
        for outside in (start - timedelta(seconds=1), end + timedelta(days=40)):
            with self.assertRaises(WindowTooShort):
                clock.work.opened(outside)
        self.assertEqual(
            Calendars(self.env, self.company).clock(None, start, end), Clock()
        )

    def test_judged_with_longer_and_longer_windows(self):
        # Two days, of which three months were paused; then it had to wait for Monday.
        step = Step(Limit(48, "hour", outside=OPENING, opening_minutes=30))
        facts = [
            Heard(instant("2026-05-04 10:00:00"), START, "a"),
            Heard(instant("2026-05-05 10:00:00"), PAUSE, "b"),
            Heard(instant("2026-08-07 10:00:00"), RESUME, "c"),
        ]
        windows = []

        def work(clock):
            windows.append(clock.work.until)
            return judge(step, facts, clock, instant("2026-08-07 12:00:00"))

        reader = Calendars(self.env, self.company)
        (case,) = reader.judged(self.calendar, facts[0].date, work)
        self.assertEqual(case.due, instant("2026-08-10 08:30:00"))
        self.assertEqual(len(windows), 2)
        self.assertLess(windows[0], windows[1])
        # Whoever says what is known needs one window.
        del windows[:]
        reader = Calendars(self.env, self.company)
        now = instant("2026-08-07 12:00:00")
        cases = reader.judged(self.calendar, facts[0].date, work, end=now)
        self.assertEqual(cases, (case,))
        self.assertEqual(len(windows), 1)

    def test_judged_by_the_clock(self):
        reader = Calendars(self.env, self.company)
        self.assertEqual(
            reader.judged(None, instant("2026-05-04 08:00:00"), str), str(Clock())
        )

    def test_judged_about_something_earlier(self):
        start = instant("2026-05-04 08:00:00")
        before = start - timedelta(days=90)
        reader = Calendars(self.env, self.company)
        worked = reader.judged(
            self.calendar, start, lambda clock: clock.work.between(before, start)
        )
        self.assertEqual(worked, 13 * 5 * 8 * 3600 - 8 * 3600)

    def test_no_room_within_three_years(self):
        self._leave("2026-05-04 00:00:00", "2029-04-01 00:00:00")
        self.assertEqual(
            self._due("2026-05-04 08:00:00", 4), instant("2029-04-02 12:00:00")
        )
        self._leave("2029-04-01 00:00:00", "2034-01-01 00:00:00")
        with self.assertRaisesRegex(UserError, "^crm_regulations.no_working_hours: "):
            self._due("2026-05-04 08:00:00", 4)

    def test_hours_that_are_not_fixed_are_refused(self):
        cases = [("schedule_type", "flexible"), ("flexible_hours", True)]
        for name, value in [*cases, ("duration_based", True)]:
            calendar = self._working_hours("Free", **{name: value})
            self.assertEqual(calendar.flexible_hours, name != "duration_based")
            with (
                self.subTest(field=name),
                self.assertRaisesRegex(
                    UserError, "^crm_regulations.working_hours: .*Free.*nobody can say"
                ),
            ):
                self._due("2026-05-04 08:00:00", calendar=calendar)
        reader = Calendars(self.env, self.company)
        self.assertEqual(reader.problem(self.calendar), "")

    def test_no_calendar_is_refused(self):
        reader = Calendars(self.env, self.company)
        with self.assertRaisesRegex(UserError, "^crm_regulations.working_hours:"):
            reader.due(
                Limit(1, "work_hour"),
                self.env["resource.calendar"],
                instant("2026-05-04 08:00:00"),
            )

    def test_calendar_without_hours_is_refused(self):
        empty = self._working_hours("Empty", days=())
        with self.assertRaisesRegex(
            UserError, "^crm_regulations.no_working_hours: .*Empty"
        ):
            self._due("2026-05-04 08:00:00", calendar=empty)

    def test_clock_hours_need_no_calendar(self):
        reader = Calendars(self.env, self.company)
        due = reader.due(Limit(2, "hour"), None, instant("2026-05-03 23:00:00"))
        self.assertEqual(due, instant("2026-05-04 01:00:00"))

    def test_part_of_the_limit(self):
        reader = Calendars(self.env, self.company)
        start = instant("2026-05-04 10:00:00")
        limit = Limit(4, "work_hour")
        self.assertEqual(
            reader.due(limit, self.calendar, start, percent=75),
            instant("2026-05-04 14:00:00"),
        )
