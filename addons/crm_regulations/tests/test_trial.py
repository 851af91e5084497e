from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase

from ..core.case import BREACHED, CANCELLED, LATE, ON_TIME, OPEN
from ..core.trial import (
    Outcome,
    length_met_by,
    rounded_up,
    shares_within,
    tallies,
    tally,
)
from .core_common import examples

_START = datetime(2026, 5, 4, 9)


def outcome(state, taken=None):
    due = _START + timedelta(hours=4)
    done = None if taken is None else _START + timedelta(seconds=taken)
    return Outcome(state, _START, due, done, taken, 4 * 3600.0)


_OUTCOMES = st.lists(
    st.one_of(
        st.builds(lambda s: outcome(ON_TIME, s), st.integers(0, 14400)),
        st.builds(lambda s: outcome(LATE, s), st.integers(14401, 90000)),
        st.sampled_from([outcome(BREACHED), outcome(OPEN), outcome(CANCELLED)]),
    ),
    max_size=30,
)


class TestTrialFigures(BaseCase):
    def test_tally(self):
        some = [outcome(ON_TIME, 10), outcome(ON_TIME, 20), outcome(LATE, 20000)]
        some += [outcome(BREACHED), outcome(OPEN), outcome(CANCELLED)]
        total = tally(some)
        self.assertEqual(
            (total.on_time, total.late, total.never, total.open, total.cancelled),
            (2, 1, 1, 1, 1),
        )
        self.assertEqual(total.percent, 50)
        self.assertIsNone(tally([outcome(OPEN)]).percent)
        self.assertEqual(tallies(some, lambda o: o.state)[OPEN].count, 1)

    def test_shares(self):
        some = [outcome(ON_TIME, 60), outcome(ON_TIME, 120), outcome(BREACHED)]
        some += [outcome(OPEN), outcome(LATE, 86400)]
        self.assertEqual(shares_within(some, [59, 60, 3600, 86400]), [0, 25, 50, 75])
        self.assertEqual(shares_within([outcome(OPEN)], [60]), [None])

    def test_proposed(self):
        some = [outcome(ON_TIME, minutes * 60) for minutes in range(1, 11)]
        self.assertEqual(length_met_by(some, 80), 480)
        self.assertEqual(length_met_by(some, 90), 540)
        self.assertEqual(length_met_by([*some, outcome(BREACHED)], 90), 600)
        self.assertIsNone(length_met_by([*some, *3 * [outcome(BREACHED)]], 80))
        self.assertIsNone(length_met_by([outcome(OPEN)], 80))

    def test_round(self):
        day = 8 * 3600
        for seconds, expected in (
            (0, (5, "minute")),
            (300, (5, "minute")),
            (301, (10, "minute")),
            (3600, (1, "hour")),
            (5400, (90, "minute")),
            (4 * 3600 + 1, (5, "hour")),
            (day, (1, "day")),
            (day + 1, (2, "day")),
        ):
            with self.subTest(seconds=seconds):
                self.assertEqual(rounded_up(seconds, day), expected)

    @examples(100)
    @given(_OUTCOMES, st.integers(1, 100))
    def test_a_proposed_length_is_met(self, some, percent):
        length = length_met_by(some, percent)
        if length is not None:
            (share,) = shares_within(some, [length])
            self.assertGreaterEqual(share, percent - 1e-9)
            (less,) = shares_within(some, [length - 1])
            self.assertLess(less, percent)

    @examples(100)
    @given(_OUTCOMES, st.floats(0, 1e7), st.floats(0, 1e7))
    def test_a_longer_time_is_met_by_more(self, some, one, other):
        shares = shares_within(some, sorted([one, other]))
        if shares[0] is not None:
            self.assertLessEqual(shares[0], shares[1])

    @examples(100)
    @given(st.floats(0, 1e7), st.floats(60, 86400))
    def test_rounding_is_up(self, seconds, day):
        value, unit = rounded_up(seconds, day)
        length = value * {"minute": 60, "hour": 3600, "day": day}[unit]
        self.assertGreaterEqual(length, seconds - 1e-6)
