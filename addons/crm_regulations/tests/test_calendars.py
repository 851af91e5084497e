from datetime import datetime, timedelta

import pytz
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from ..core.limit import Limit
from ..engine.calendars import Calendars
from .common import RegulationsCommon, instant

ZONES = ("UTC", "Europe/Kyiv", "America/New_York", "Asia/Kolkata", "Pacific/Auckland")
# The weeks around both changes of the clock of 2026, and some between.
_start = st.integers(0, 300 * 96).map(
    lambda quarters: datetime(2026, 2, 20) + timedelta(minutes=15 * quarters)
)
_shift = st.sampled_from(
    [(8, 12, 13, 17), (9, 13), (0, 24), (6, 14, 14, 22), (22, 24), (10, 10.5)]
)
_calendar = st.fixed_dictionaries(
    {
        "tz": st.sampled_from(ZONES),
        "days": st.sets(st.integers(0, 6), min_size=1),
        "shift": _shift,
        "odd_weeks_free": st.booleans(),
        "leaves": st.lists(
            st.tuples(_start, st.integers(1, 9 * 24), st.booleans()), max_size=3
        ),
    }
)


@tagged("post_install", "-at_install")
class TestCalendars(RegulationsCommon):
    def _due(self, start, hours=4, calendar=None, company=None):
        reader = Calendars(self.env, company or self.company)
        limit = Limit(hours, "work_hour")
        return reader.due(limit, calendar or self.calendar, instant(start))

    def _leave(self, start, end, calendar=None, company=None, **values):
        leaves = self.env["resource.calendar.leaves"]
        return leaves.with_company(company or self.company).create(
            {
                "name": "Holiday",
                "date_from": start,
                "date_to": end,
                "calendar_id": calendar.id if calendar else False,
                **values,
            }
        )

    @settings(
        max_examples=40,
        deadline=None,
        suppress_health_check=[
            HealthCheck.too_slow,
            HealthCheck.function_scoped_fixture,
        ],
    )
    @given(_calendar, _start, st.integers(1, 30 * 4))
    def test_agrees_with_odoo(self, setup, start, quarters):
        calendar = self._make(setup)
        for when, hours, on_calendar in setup["leaves"]:
            end = when + timedelta(hours=hours)
            self._leave(when, end, calendar if on_calendar else None)
        # Both from the same instant, and the second from a window read already.
        reader = Calendars(self.env, self.company)
        for moment in (start, start - timedelta(days=9)):
            # Not to closing time: where Odoo's day ends a microsecond early, it plans
            # into the next one.
            hours = quarters / 4 + 7 / 60
            odoo = calendar.plan_hours(hours, pytz.utc.localize(moment), True)
            if not odoo or odoo > pytz.utc.localize(moment + timedelta(days=1000)):
                continue
            ours = reader.due(Limit(hours, "work_hour"), calendar, moment)
            expected = odoo.astimezone(pytz.utc).replace(tzinfo=None)
            # Odoo's sums of hours are floats.
            self.assertLess(abs((ours - expected).total_seconds()), 1)
        self.env["resource.calendar.leaves"].search(
            [("company_id", "=", self.company.id)]
        ).unlink()

    def _make(self, setup):
        shift = setup["shift"]
        weeks = ("0", "1") if setup["odd_weeks_free"] else (False,)
        lines = [
            {
                "name": "Work",
                "dayofweek": str(day),
                "hour_from": shift[place],
                "hour_to": shift[place + 1],
                "day_period": "morning" if place == 0 else "afternoon",
                "week_type": week,
            }
            for week in weeks[:1]
            for day in sorted(setup["days"])
            for place in range(0, len(shift), 2)
        ]
        return self.env["resource.calendar"].create(
            {
                "name": "Random",
                "tz": setup["tz"],
                "company_id": self.company.id,
                "two_weeks_calendar": setup["odd_weeks_free"],
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
        other = self.env["res.company"].create({"name": "South Med"})
        leave = self._leave("2026-05-05 00:00:00", "2026-05-05 23:59:59", company=other)
        self.assertEqual(leave.company_id, other)
        self.assertEqual(
            self._due("2026-05-04 16:00:00", 2), instant("2026-05-05 09:00:00")
        )

    def test_one_person_s_leave_is_no_holiday(self):
        person = self.env["resource.resource"].create(
            {"name": "Iryna", "company_id": self.company.id}
        )
        self._leave("2026-05-05 00:00:00", "2026-05-05 23:59:59", resource_id=person.id)
        self.assertEqual(
            self._due("2026-05-04 16:00:00", 2), instant("2026-05-05 09:00:00")
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
        with self.assertQueryCount(10):
            for days in range(700):
                reader.due(limit, self.calendar, first + timedelta(days=days - 350))

    def test_flexible_hours_are_refused(self):
        calendar = self.env["resource.calendar"].create(
            {"name": "Free", "schedule_type": "flexible", "company_id": self.company.id}
        )
        self.assertTrue(calendar.flexible_hours)
        with self.assertRaisesRegex(
            UserError, "^crm_regulations.working_hours: .*Free"
        ):
            self._due("2026-05-04 08:00:00", calendar=calendar)

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
