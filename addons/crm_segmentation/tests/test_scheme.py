from datetime import datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ..core.instants import parse_instant
from ..core.scheme import (
    Category,
    Comparison,
    Group,
    Scheme,
)

A, B, C = 1, 2, 3


def _scheme(match="all", leave=None):
    """A: at least 100 a month and more than 5 years; B: at least 30; C: the rest."""
    rule = Group(
        match,
        (
            Comparison("turnover", ">=", 100.0, leave),
            Comparison("tenure", ">", 5.0),
        ),
    )
    regular = Group("all", (Comparison("turnover", ">=", 30.0),))
    return Scheme((Category(A, "A", rule), Category(B, "B", regular), Category(C, "C")))


@tagged("post_install", "-at_install")
class TestScheme(BaseCase):
    def test_first_match_wins(self):
        """The categories are tried in order; the default one takes the rest."""
        table = [
            # turnover, tenure, all, any
            (100.0, 5.01, A, A),
            (100.0, 5.0, B, A),
            (99.99, 6.0, B, A),
            (30.0, 0.0, B, B),
            (29.99, 0.0, C, C),
            (29.99, 6.0, C, A),
            (None, None, C, C),
            (None, 6.0, C, A),
            (-5.0, None, C, C),
        ]
        for turnover, tenure, all_of, any_of in table:
            values = {"turnover": turnover, "tenure": tenure}
            with self.subTest(**values):
                self.assertEqual(_scheme("all").decide(values), all_of)
                self.assertEqual(_scheme("any").decide(values), any_of)

    def test_leave_threshold_counts_for_those_inside(self):
        scheme = _scheme(leave=80.0)
        values = {"turnover": 80.0, "tenure": 6.0}
        self.assertEqual(scheme.decide(values), B)
        self.assertEqual(scheme.decide(values, current=B), B)
        self.assertEqual(scheme.decide(values, current=A), A)
        self.assertEqual(scheme.decide({**values, "turnover": 79.9}, current=A), B)

    def test_every_operator(self):
        table = {">=": (5, 6), ">": (6,), "<=": (4, 5), "<": (4,)}
        for sign, holding in table.items():
            for value in (4, 5, 6):
                comparison = Comparison("x", sign, 5)
                with self.subTest(sign=sign, value=value):
                    self.assertIs(
                        comparison.evaluate({"x": value}, False), value in holding
                    )

    def test_distance(self):
        comparison = Comparison("x", ">=", 100.0, 80.0)
        self.assertEqual(comparison.distance({"x": 90.0}, False), 10.0)
        self.assertEqual(comparison.distance({"x": 90.0}, True), 0.0)
        self.assertEqual(comparison.distance({"x": 70.0}, True), 10.0)
        self.assertIsNone(comparison.distance({}, False))

    def test_without_default_nobody_is_forced_in(self):
        scheme = Scheme(_scheme().categories[:2])
        self.assertIsNone(scheme.decide({"turnover": 1.0, "tenure": 1.0}))

    def test_metrics_are_named_once_in_order(self):
        self.assertEqual(_scheme().metrics(), ["turnover", "tenure"])

    @given(
        st.recursive(
            st.builds(
                Comparison,
                st.sampled_from(["x", "y"]),
                st.sampled_from([">=", ">", "<=", "<"]),
                st.floats(-10, 10),
                st.none() | st.floats(-10, 10),
            ),
            lambda parts: st.builds(
                Group,
                st.sampled_from(["all", "any"]),
                st.lists(parts, min_size=1, max_size=3).map(tuple),
            ),
            max_leaves=6,
        )
    )
    @settings(deadline=None, derandomize=True, database=None)
    def test_frozen_rule_reads_back_equal(self, rule):
        scheme = Scheme((Category(A, "A", Group("all", (rule,))), Category(C, "C")))
        self.assertEqual(Scheme.from_json(scheme.to_json()), scheme)


@tagged("post_install", "-at_install")
class TestInstants(BaseCase):
    def test_with_and_without_offset(self):
        ten = datetime(2026, 5, 4, 10, 0)
        for text in (
            "2026-05-04 10:00:00",
            "2026-05-04T10:00:00",
            "2026-05-04T10:00:00Z",
            "2026-05-04T13:00:00+03:00",
            " 2026-05-04T10:00:00.750 ",
            ten,
        ):
            with self.subTest(text=text):
                self.assertEqual(parse_instant(text), ten)

    def test_what_is_no_instant(self):
        for text in ("", "tomorrow", "04.05.2026", "2026-13-01"):
            with self.subTest(text=text), self.assertRaises(ValueError):
                parse_instant(text)
