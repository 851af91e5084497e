import math

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ..core.proposal import Bucket, cumulative, grid, thin, threshold_at, thresholds

_amount = st.integers(1, 10**7).map(lambda cents: cents / 100)
_number = st.floats(allow_nan=False, allow_infinity=False, width=32)
_examples = settings(max_examples=200, deadline=None, derandomize=True, database=None)


def _curve(values):
    """A curve as the database would build it, one counterparty per value."""
    return cumulative(
        Bucket(
            grid(value),
            1,
            value,
            int(grid(value) == value),
            value * (grid(value) == value),
            max(value, 0),
        )
        for value in values
    )


@tagged("post_install", "-at_install")
class TestProposal(BaseCase):
    def test_grid(self):
        table = [
            (87432, 87000),
            (99999.99, 99000),
            (100000, 100000),
            (1, 1),
            (0.29, 0.29),
            (0.295, 0.29),
            (365, 360),
            (12.34, 12),
            (0, 0),
            (-87432, -88000),
            (-0.5, -0.5),
        ]
        for value, expected in table:
            with self.subTest(value=value):
                self.assertEqual(grid(value), expected)

    @given(_number)
    @_examples
    def test_grid_is_below_and_near(self, value):
        number = grid(value)
        self.assertLessEqual(number, value)
        self.assertLessEqual(value - number, abs(value) * 0.1 + 1e-300)

    @given(st.floats(0.01, 1e12))
    @_examples
    def test_grid_is_readable(self, value):
        """Two digits and zeros, and it stays what it is."""
        digits = f"{grid(value):.15e}".split("e")[0].replace(".", "").rstrip("0")
        self.assertLessEqual(len(digits), 2, grid(value))
        self.assertEqual(grid(grid(value)), grid(value))

    @given(st.lists(_amount, min_size=1, max_size=60), st.integers(1, 100))
    @_examples
    def test_who_crosses_is_inside(self, values, share):
        """A naive reading of sorted values gives the same line, but for rounding."""
        wanted = sum(values) * share / 100
        running = 0.0
        for crossing in sorted(values, reverse=True):
            running += crossing
            if running >= wanted * (1 - 1e-12):
                break
        point = threshold_at(_curve(values), share)
        # Sums of floats in another order may differ in the last digit.
        self.assertLessEqual(point.value, crossing * (1 + 1e-9))
        inside = [value for value in values if value >= point.value]
        self.assertGreaterEqual(sum(inside), wanted * (1 - 1e-9))
        self.assertEqual(point.count, len(inside))
        above = [value for value in values if grid(value) > point.value]
        self.assertLess(sum(above), wanted * (1 + 1e-9))

    @given(st.lists(_amount, max_size=60))
    @_examples
    def test_lines_go_down(self, values):
        for shares in ((70, 90), (50, 80, 95), (10, 11, 12, 13)):
            lines = [point.value for point in thresholds(_curve(values), shares)]
            self.assertEqual(lines, sorted(set(lines), reverse=True))
            self.assertLessEqual(len(lines), len(shares))
            self.assertTrue(all(value > 0 for value in lines))
            self.assertEqual(bool(lines), bool(values))

    def test_thresholds(self):
        table = [
            # One customer brings nearly everything: B is the next one.
            ([1000, 10, 5, 1], (70, 90), [1000, 10]),
            ([1000], (70, 90), [1000]),
            ([100] * 10, (70, 90), [100]),
            ([50, 20, 20, 10], (70, 90), [20, 10]),
            ([60, 10, 10, 10, 10], (70, 90), [10]),
            ([], (70, 90), []),
            ([0, -5], (70, 90), []),
            ([87432, 41999, 100], (60, 90), [87000, 41000]),
        ]
        for values, shares, expected in table:
            with self.subTest(values=values, shares=shares):
                lines = thresholds(_curve(values), shares)
                self.assertEqual([point.value for point in lines], expected)

    @given(st.lists(_amount, min_size=1, max_size=300))
    @_examples
    def test_thin_keeps_the_meaning(self, values):
        points = _curve(values)
        kept = points[len(points) // 2].value
        thinned = thin(points, 20, [kept])
        self.assertLessEqual(len(thinned), 22)
        self.assertTrue(set(thinned) <= set(points))
        self.assertEqual(thinned[-1], points[-1])
        self.assertEqual(thinned[0], points[0])
        self.assertIn(kept, [point.value for point in thinned])

    def test_points_count_exactly(self):
        points = {point.value: point for point in _curve([5, 5, 5.01, 7, 1])}
        self.assertEqual((points[5].count, points[5].tied), (4, 2))
        self.assertEqual(points[1].count, 5)
        self.assertTrue(math.isclose(points[1].total, 23.01))
