from datetime import datetime, timedelta
from unittest.mock import patch

from odoo.tests import tagged

from ..core.countdown import MOST_INTERVALS, countdown
from ..core.limit import Clock, Limit
from ..core.worktime import WorkTime
from .common import RegulationsCommon


@tagged("post_install", "-at_install")
class TestCountdown(RegulationsCommon):
    def test_in_working_time(self):
        with self._at("2026-05-04 10:00:00"):
            owed = self._promise(self._regulation({"limit_value": 8}))
            self.assertEqual(
                owed.with_user(self.sales).countdown,
                {
                    "kind": "work",
                    "now": "2026-05-04 10:00:00",
                    "due": "2026-05-05 09:00:00",
                    "warn": "2026-05-04 16:00:00",
                    "seconds": 7 * 3600,
                    "hours": [
                        ["2026-05-04 10:00:00", "2026-05-04 12:00:00"],
                        ["2026-05-04 13:00:00", "2026-05-04 17:00:00"],
                        ["2026-05-05 08:00:00", "2026-05-05 09:00:00"],
                    ],
                    "rest": 0,
                    "grace": False,
                },
            )

    def test_by_the_clock(self):
        with self._at("2026-05-04 16:00:00"):
            owed = self._promise(
                self._regulation({"limit_unit": "hour"}), date="2026-05-04 16:00:00"
            )
            told = owed.countdown
            self.assertEqual(
                (told["kind"], told["seconds"], told["hours"]), ("clock", 4 * 3600, [])
            )

    def test_late_and_ended(self):
        with self._at("2026-05-04 10:00:00"):
            owed = self._promise()
        with self._at("2026-05-04 15:00:00"):
            owed.invalidate_recordset()
            self.assertEqual(owed.countdown["seconds"], 0)
            self.assertEqual(owed.countdown["due"], "2026-05-04 14:00:00")
            owed.fulfil()
            owed.invalidate_recordset()
            self.assertEqual(owed.countdown["kind"], "ended")
            self.assertEqual(owed.countdown["seconds"], -3600)

    def test_unusable_working_hours(self):
        with self._at("2026-05-04 10:00:00"):
            owed = self._promise()
            self.calendar.flexible_hours = True
            self._commit()
            owed.invalidate_recordset()
            self.assertEqual(owed.countdown["kind"], "clock")
            self.assertEqual(owed.countdown["seconds"], 4 * 3600)

    def test_each_calendar_is_read_once(self):
        other = self._working_hours("Evening", hours=((13, 20),))
        fixed = {"calendar_kind": "fixed", "calendar_id": other.id}
        with self._at("2026-05-04 10:00:00"):
            regulations = self._regulation({"limit_value": 6})
            regulations |= self._regulation({"limit_value": 6, **fixed})
            for _number in range(10):
                self._typed()
            self._commit()
            owed = self._owed(regulations)
            self.assertEqual(len(owed), 20)
            self.env.registry.clear_cache()
            self.env.invalidate_all()
            calendars, read = type(self.calendar), []
            real = calendars._work_intervals_batch

            def reading(calendar, *args, **kwargs):
                read.append(calendar.name)
                return real(calendar, *args, **kwargs)

            with patch.object(calendars, "_work_intervals_batch", reading):
                owed.mapped("countdown")
            self.assertEqual(sorted(read), ["Evening", "Office"])

    def test_query_counts(self):
        with self._at("2026-05-04 10:00:00"):
            regulation = self._regulation()
            taken = []
            for count in (3, 40):
                for _number in range(count):
                    self._typed()
                self._commit()
                owed = self._owed(regulation)
                owed.mapped("countdown")
                self.env.invalidate_all()
                before = self.env.cr.sql_log_count
                owed.mapped("countdown")
                taken.append(self.env.cr.sql_log_count - before)
            self.assertEqual(*taken)
            self.assertLessEqual(taken[0], 6)

    # --- the pure part --------------------------------------------------------

    def _clock(self, *spans):
        return Clock(WorkTime([tuple(map(_at, span)) for span in spans]))

    def test_intervals_are_bounded(self):
        day = datetime(2026, 5, 4)
        spans = [
            (day + timedelta(days=n, hours=8), day + timedelta(days=n, hours=12))
            for n in range(40)
        ]
        end, clock = day + timedelta(days=40), Clock(WorkTime(spans))
        told = countdown(Limit(100, "work_hour"), day, end, clock)
        self.assertEqual(len(told.hours), MOST_INTERVALS)
        self.assertEqual(told.seconds, 40 * 4 * 3600)
        self.assertEqual(told.rest, (40 - MOST_INTERVALS) * 4 * 3600)

    def test_a_night_shift_is_one_interval(self):
        clock = self._clock(("04 22:00", "05 06:00"))
        told = countdown(Limit(4, "work_hour"), _at("04 20:00"), _at("05 02:00"), clock)
        self.assertEqual(told.hours, ((_at("04 22:00"), _at("05 02:00")),))
        self.assertEqual(told.seconds, 4 * 3600)

    def test_nothing_is_left(self):
        clock = self._clock(("04 08:00", "04 12:00"))
        for unit in ("work_hour", "hour", "day", "minute", "work_day"):
            told = countdown(Limit(1, unit), _at("04 10:00"), _at("04 09:00"), clock)
            self.assertEqual((told.seconds, told.hours, told.rest), (0, (), 0))


def _at(text):
    return datetime.strptime(f"2026-05-{text}", "%Y-%m-%d %H:%M")
