from datetime import date, timedelta

from dateutil.relativedelta import relativedelta
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ..core.metrics import Window, code_from, is_code, parse_window

# A busy machine is no reason to fail.
_patient = settings(
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)
_days = st.dates(date(1990, 1, 1), date(2100, 1, 1))


@tagged("post_install", "-at_install")
class TestWindow(BaseCase):
    def test_what_is_a_window(self):
        for text, window in (
            ("all", Window("all")),
            ("12 months", Window("months", 12)),
            ("1 month", Window("months", 1)),
            ("90 days", Window("days", 90)),
            ("1200 months", Window("months", 1200)),
        ):
            with self.subTest(text=text):
                self.assertEqual(parse_window(text), window)

    def test_what_is_none(self):
        for text in (
            "0 months", "-3 months", "1.5 months", "12", "months", "", "ever",
            "12 years", "1201 months", "99999999 days", " all", "12  months",
            "12 months\n", None, False, 12, ["all"],
        ):  # fmt: skip
            with self.subTest(text=text):
                self.assertIsNone(parse_window(text))

    def test_bounds(self):
        today = date(2026, 5, 20)
        for text, start, end in (
            ("all", None, date(2026, 5, 21)),
            ("12 months", date(2025, 5, 1), date(2026, 5, 1)),
            ("5 months", date(2025, 12, 1), date(2026, 5, 1)),
            ("1 days", date(2026, 5, 20), date(2026, 5, 21)),
            ("90 days", date(2026, 2, 20), date(2026, 5, 21)),
        ):
            with self.subTest(text=text):
                self.assertEqual(parse_window(text).bounds(today), (start, end))

    @_patient
    @given(_days, st.integers(1, 1000))
    def test_months_are_whole(self, today, number):
        start, end = Window("months", number).bounds(today)
        self.assertEqual((start.day, end.day), (1, 1))
        self.assertEqual(end, today.replace(day=1))
        self.assertEqual(start + relativedelta(months=number), end)

    @_patient
    @given(_days, st.integers(1, 3000))
    def test_days_end_with_today(self, today, number):
        start, end = Window("days", number).bounds(today)
        self.assertEqual(end - timedelta(days=1), today)
        self.assertEqual((end - start).days, number)

    @_patient
    @given(st.sampled_from(["months", "days"]), st.integers(1, 1200))
    def test_written_and_read_again(self, unit, number):
        window = Window(unit, number)
        self.assertEqual(parse_window(str(window)), window)


@tagged("post_install", "-at_install")
class TestCode(BaseCase):
    def test_codes_from_names(self):
        for name, taken, code in (
            ("Visits in half a year", set(), "visits_in_half_a_year"),
            ("Visits", {"visits"}, "visits_2"),
            ("Visits", {"visits", "visits_2"}, "visits_3"),
            ("Épargne (€)", set(), "epargne"),
            ("Визиты", set(), "metric_1"),
            ("Визиты", {"metric_1"}, "metric_2"),
            ("6 visits", set(), "metric_1"),
            ("", set(), "metric_1"),
        ):
            with self.subTest(name=name):
                self.assertEqual(code_from(name, taken), code)

    @_patient
    @given(st.text(max_size=80), st.sets(st.sampled_from(["metric_1", "a", "a_2"])))
    def test_a_made_up_code_is_one_and_free(self, name, taken):
        code = code_from(name, taken)
        self.assertTrue(is_code(code), code)
        self.assertNotIn(code, taken)

    def test_what_is_no_code(self):
        for text in (
            "",
            "A",
            "1a",
            "a-b",
            "a b",
            "a:share",
            "ä",
            "a" * 41,
            None,
            7,
            "a\n",
        ):
            with self.subTest(text=text):
                self.assertFalse(is_code(text))
