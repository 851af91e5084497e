from datetime import date, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase

from ..core.figures import (
    SMALL,
    Tally,
    has_helped,
    is_repeated,
    share,
    weeks,
    worst_first,
)
from .core_common import examples

_STATES = ("on_time", "late", "breached", "excused", "cancelled", "open")
_ENDS = st.lists(st.sampled_from(_STATES), max_size=30)


def _tally(ends):
    return Tally(**{state: ends.count(state) for state in _STATES})


class TestFigures(BaseCase):
    def test_cases(self):
        for ends, counted, percent in (
            ([], 0, None),
            (["on_time"] * 4, 4, None),
            (["on_time"] * 5, 5, 100.0),
            (["on_time"] * 3 + ["late", "breached"], 5, 60.0),
            (["on_time"] * 5 + ["excused", "cancelled", "open"] * 9, 5, 100.0),
            (["breached"] * 5 + ["excused"] * 5, 5, 0.0),
        ):
            with self.subTest(ends):
                tally = _tally(ends)
                self.assertEqual((tally.counted, tally.percent), (counted, percent))
        self.assertEqual(share(1, 8), 12.5)
        self.assertIsNone(share(SMALL - 1, SMALL - 1))

    @examples(200)
    @given(_ENDS)
    def test_as_counted_by_hand(self, ends):
        tally = _tally(ends)
        ended = [end for end in ends if end in ("on_time", "late", "breached")]
        kept = [end for end in ended if end == "on_time"]
        self.assertEqual(tally.counted, len(ended))
        self.assertEqual(tally.broken, len(ended) - len(kept))
        if len(ended) < SMALL:
            self.assertIsNone(tally.percent)
        else:
            self.assertAlmostEqual(tally.percent, 100 * len(kept) / len(ended))

    def test_again_and_again(self):
        for on_time, broken, repeated in (
            (0, 3, True), (0, 2, False), (4, 3, True), (5, 3, False), (0, 0, False),
        ):  # fmt: skip
            with self.subTest((on_time, broken)):
                tally = Tally(on_time=on_time, breached=broken)
                self.assertIs(is_repeated(tally, 3, 60), repeated)

    @examples(100)
    @given(st.lists(_ENDS, max_size=6))
    def test_the_worst_first_and_small_ones_last(self, lists):
        tallies = dict(enumerate(map(_tally, lists)))
        order = worst_first(tallies)
        self.assertEqual(sorted(order), sorted(tallies))
        for one, other in pairwise(order):
            before, after = tallies[one].percent, tallies[other].percent
            if before is None:
                self.assertIsNone(after)
            elif after is not None:
                self.assertLessEqual(before, after)

    @examples(100)
    @given(st.dates(date(1980, 1, 1), date(2900, 1, 1)), st.integers(1, 60))
    def test_weeks(self, day, count):
        mondays = weeks(day, count)
        self.assertEqual(len(mondays), count)
        self.assertTrue(all(monday.weekday() == 0 for monday in mondays))
        self.assertEqual({b - a for a, b in pairwise(mondays)} - {timedelta(7)}, set())
        self.assertTrue(mondays[-1] <= day < mondays[-1] + timedelta(7))

    def test_whether_it_has_helped(self):
        bad, good = _tally(["late"] * 6), _tally(["on_time"] * 6)
        self.assertIs(has_helped(bad, good), True)
        self.assertIs(has_helped(good, bad), False)
        self.assertIs(has_helped(good, good), False)
        self.assertIsNone(has_helped(bad, _tally(["on_time"])))
