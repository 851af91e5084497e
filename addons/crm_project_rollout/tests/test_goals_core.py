from datetime import date, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase

from odoo.addons.crm_project_rollout.core import goals as rule
from odoo.addons.crm_project_rollout.core.goals import Goal

START, DUE = date(2026, 1, 31), date(2026, 12, 31)
patient = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
NUMBERS = st.floats(-1e6, 1e6).map(lambda value: round(value, 2))
DAYS = st.dates(date(2020, 1, 1), date(2030, 12, 31))


def goal(direction="raise", baseline=100.0, target=200.0, **changes):
    values = {"start": START, "due": DUE, **changes}
    return Goal(direction, baseline, target, **values)


class TestGoalsCore(BaseCase):
    def test_what_is_wrong(self):
        for wrong, expected in (
            (goal(), ""),
            (goal("lower", target=50.0), ""),
            (goal("keep", target=100.0), ""),
            (goal("keep", target=95.0), ""),
            (goal("keep", target=105.0, better="lower"), ""),
            (goal(baseline=None), ""),
            (goal(target=None), ""),
            (goal(target=100.0), "target_is_baseline"),
            (goal("lower", target=100.0), "target_is_baseline"),
            (goal(target=99.0), "target_wrong_way"),
            (goal("lower", target=101.0), "target_wrong_way"),
            (goal("keep", target=101.0), "keep_is_better"),
            (goal("keep", target=99.0, better="lower"), "keep_is_better"),
            (goal(due=START), "date_before_start"),
            (goal(due=date(2025, 12, 31)), "date_before_start"),
        ):
            with self.subTest(goal=wrong):
                self.assertEqual(rule.problem(wrong), expected)

    def test_progress(self):
        for which, actual, expected in (
            (goal(), 100.0, 0.0),
            (goal(), 150.0, 50.0),
            (goal(), 200.0, 100.0),
            (goal(), 250.0, 150.0),
            (goal(), 50.0, -50.0),
            (goal("lower", target=50.0), 75.0, 50.0),
            (goal("keep", target=95.0), 95.0, 100.0),
            (goal("keep", target=95.0), 94.9, 0.0),
            (goal("keep", target=105.0, better="lower"), 106.0, 0.0),
            (goal(), None, None),
            (goal(target=None), 150.0, None),
            (goal(baseline=None), 150.0, None),
        ):
            with self.subTest(goal=which, actual=actual):
                self.assertEqual(rule.progress(which, actual), expected)

    def test_verdict(self):
        half = date(2026, 7, 17)
        for which, actual, expected, today, verdict in (
            (goal(), None, 300.0, half, "unknown"),
            (goal(target=None), 150.0, 300.0, half, "unknown"),
            (goal(due=None), 150.0, 300.0, half, "unknown"),
            (goal(), 200.0, None, half, "reached"),
            (goal(), 150.0, 200.0, half, "on_course"),
            (goal(), 150.0, 199.0, half, "off_course"),
            # Without a forecast the way is compared with the time.
            (goal(), 160.0, None, half, "on_course"),
            (goal(), 120.0, None, half, "off_course"),
            (goal(baseline=None), 120.0, None, half, "unknown"),
            # The day itself is not over.
            (goal(), 199.0, 210.0, DUE, "on_course"),
            (goal(), 199.0, 210.0, DUE + timedelta(days=1), "missed"),
            (goal(), 200.0, None, DUE + timedelta(days=1), "reached"),
            # What is kept has to be kept until the end.
            (goal("keep", target=95.0), 99.0, 97.0, half, "on_course"),
            (goal("keep", target=95.0), 99.0, 94.0, half, "off_course"),
            (goal("keep", target=95.0), 99.0, None, half, "on_course"),
            (goal("keep", target=95.0), 90.0, None, half, "off_course"),
            (goal("keep", target=95.0), 99.0, 0.0, date(2027, 1, 1), "reached"),
        ):
            with self.subTest(goal=which, actual=actual, today=today):
                self.assertEqual(rule.verdict(which, actual, expected, today), verdict)

    def test_forecast(self):
        for values, ahead, expected in (
            ([], 3, None),
            ([1, None, 3], 3, None),
            ([5, 5, 5], 12, 5.0),
            ([1, 2, 3], 0, 3.0),
            ([1, 2, 3], 1, 3.9),
            ([1, 2, 3], 2, 4.71),
            ([1, None, 3, 4], 1, 4.9),
            # A month without a value at the end is bridged by the trend.
            ([1, 2, 3, None], 0, 4.0),
            ([3, 2, 1], 1, 0.1),
        ):
            with self.subTest(values=values, ahead=ahead):
                found = rule.forecast(values, ahead)
                if expected is None:
                    self.assertIsNone(found)
                else:
                    self.assertAlmostEqual(found, expected)

    def test_only_the_last_months_make_the_trend(self):
        old = [1000.0] * 20
        recent = [float(n) for n in range(rule.MOST_MONTHS)]
        self.assertAlmostEqual(rule.forecast(old + recent, 3), rule.forecast(recent, 3))

    def test_project_verdict(self):
        for goals, how, threshold, expected in (
            ([], "all", 100, "unknown"),
            ([(1, "reached"), (1, "reached")], "all", 100, "reached"),
            ([(1, "reached"), (1, "missed")], "all", 100, "missed"),
            ([(1, "reached"), (1, "on_course")], "all", 100, "on_course"),
            ([(1, "reached"), (1, "off_course")], "all", 100, "off_course"),
            ([(1, "reached"), (1, "unknown")], "all", 100, "unknown"),
            ([(4, "reached"), (1, "missed")], "weighted", 80, "reached"),
            ([(3, "reached"), (1, "missed")], "weighted", 80, "missed"),
            ([(3, "on_course"), (1, "off_course")], "weighted", 75, "on_course"),
            ([(3, "on_course"), (1, "off_course")], "weighted", 76, "off_course"),
            ([(3, "off_course"), (1, "unknown")], "weighted", 80, "off_course"),
            ([(0.1, "reached")] * 3 + [(0.1, "missed")], "weighted", 75, "reached"),
        ):
            with self.subTest(goals=goals, how=how, threshold=threshold):
                found = rule.project_verdict(goals, how, threshold)
                self.assertEqual(found, expected)

    def test_months(self):
        self.assertEqual(rule.last_full_month(date(2026, 1, 31)), date(2026, 1, 1))
        self.assertEqual(rule.last_full_month(date(2026, 1, 30)), date(2025, 12, 1))
        self.assertEqual(rule.shifted(date(2026, 1, 1), -1), date(2025, 12, 1))
        self.assertEqual(
            rule.month_range(date(2025, 12, 1), date(2026, 2, 1)),
            [date(2025, 12, 1), date(2026, 1, 1), date(2026, 2, 1)],
        )
        self.assertEqual(rule.month_range(date(2026, 2, 1), date(2026, 1, 1)), [])
        self.assertEqual(rule.mean([1, None, 3]), 2)
        self.assertIsNone(rule.mean([None]))

    @patient
    @given(NUMBERS, NUMBERS, NUMBERS, st.sampled_from(["raise", "lower"]))
    def test_full_progress_is_reached(self, baseline, target, actual, direction):
        which = goal(direction, baseline, target)
        if rule.problem(which):
            return
        after = DUE + timedelta(days=1)
        done = rule.progress(which, actual)
        how = rule.verdict(which, actual, None, after)
        if abs(actual - target) > 1e-6:
            self.assertEqual(done > 100, how == "reached")
        self.assertEqual(rule.progress(which, baseline), 0)
        self.assertEqual(rule.verdict(which, target, None, after), "reached")

    @patient
    @given(st.lists(st.one_of(st.none(), NUMBERS), max_size=30), st.integers(0, 24))
    def test_forecast_of_the_mirror_is_the_mirror(self, values, ahead):
        mirror = [None if value is None else -value for value in values]
        found, other = rule.forecast(values, ahead), rule.forecast(mirror, ahead)
        if found is None:
            self.assertIsNone(other)
            self.assertLess(sum(value is not None for value in values), 3)
        else:
            self.assertAlmostEqual(found, -other, delta=1e-3)

    @patient
    @given(
        st.lists(
            st.tuples(st.integers(1, 100), st.sampled_from(rule.VERDICTS)), max_size=5
        ),
        st.integers(1, 100),
    )
    def test_better_goals_never_make_a_worse_project(self, goals, threshold):
        order = ("missed", "off_course", "unknown", "on_course", "reached")
        for position, (weight, _how) in enumerate(goals):
            better = [*goals]
            better[position] = (weight, "reached")
            before = rule.project_verdict(goals, "weighted", threshold)
            after = rule.project_verdict(better, "weighted", threshold)
            self.assertGreaterEqual(order.index(after), order.index(before))

    @patient
    @given(DAYS)
    def test_the_last_full_month_is_over(self, day):
        month = rule.last_full_month(day)
        end = rule.shifted(month, 1)
        self.assertLessEqual(end, day + timedelta(days=1))
        self.assertGreater(rule.shifted(end, 1), day + timedelta(days=1))
