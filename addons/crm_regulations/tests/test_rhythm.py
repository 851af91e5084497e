from datetime import date, timedelta
from statistics import median

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ..core.rhythm import (
    first_that_matters,
    late_day,
    late_silences,
    silences,
    usual_gap,
)

DAY = timedelta(days=1)
FIRST = date(2024, 2, 29)

_factors = st.one_of(st.sampled_from([1.0, 1.5, 1.15, 2.0]), st.floats(0.1, 5))
_gaps = st.lists(st.integers(1, 500), max_size=40)
_busy_gaps = st.lists(st.integers(1, 30), max_size=40)


def days_of(*gaps):
    """Days of purchase from the gaps between them."""
    days = [FIRST]
    for gap in gaps:
        days.append(days[-1] + gap * DAY)
    return days


_days = st.one_of(_gaps, _busy_gaps).map(lambda gaps: days_of(*gaps))


@tagged("post_install", "-at_install")
class TestRhythm(BaseCase):
    def test_usual_gap(self):
        for gaps, usual in (
            ((), None),
            ((30,), None),
            ((30, 30), 30),
            ((30, 40), 35),
            ((30, 400, 20), 30),  # a long holiday
            ((700, 30), 365),
            ((701, 30), None),  # the first purchase is 24 months ago
            ((700, 10, 20), 20),
        ):
            self.assertEqual(usual_gap(days_of(*gaps)), usual, gaps)

    def test_24_months(self):
        """The day 24 months ago is out, the one after it is in."""
        last = date(2026, 2, 28)
        for first, known in ((date(2024, 2, 28), False), (date(2024, 2, 29), True)):
            days = [first, date(2025, 1, 1), last]
            self.assertEqual(usual_gap(days) is not None, known)
        days = [date(2022, 2, 28), date(2023, 1, 1), date(2024, 2, 29)]
        self.assertIsNone(usual_gap(days))
        days[0] += DAY
        self.assertIsNotNone(usual_gap(days))

    def test_late_day(self):
        for usual, factor, days in (
            (30, 1.5, 46),  # 45 days are in time
            (15, 1.5, 23),  # 22.5 days: the 22nd is in time
            (20, 1.15, 24),  # 23 days, whatever computers make of it
            (1, 1, 2),
        ):
            self.assertEqual(late_day(FIRST, usual, factor), FIRST + days * DAY)

    def test_late(self):
        days = days_of(10, 10, 16, 10, 15)
        # After 10 days as usual, 15 are in time and 16 are not.
        last = days[-1]
        told = [s.last for s in late_silences(days, 1.5, last)]
        self.assertEqual(told, [days[2]])
        told = [s.last for s in late_silences(days, 1.5, last + 15 * DAY)]
        self.assertEqual(told, [days[2]])
        told = [s.last for s in late_silences(days, 1.5, last + 16 * DAY)]
        self.assertEqual(told, [days[2], last])

    @given(_days, _factors)
    def test_one_pass_says_the_same(self, days, factor):
        expected = []
        for place, day in enumerate(days):
            recent = days[: place + 1]
            usual = usual_gap(recent)
            if usual is not None:
                expected.append((day, usual, late_day(day, usual, factor)))
        found = [(s.last, s.usual, s.late) for s in silences(days, factor)]
        self.assertEqual(found, expected)

    @given(_days)
    def test_the_median(self, days):
        recent = [d for d in days if d > days[-1].replace(day=28) - 731 * DAY]
        usual = usual_gap(days)
        if usual is not None:
            gaps = [(b - a).days for a, b in zip(days, days[1:], strict=False)]
            self.assertLessEqual(min(gaps), usual)
            self.assertLessEqual(usual, max(gaps))
            if recent == days and days[-1] - days[0] < 700 * DAY:
                self.assertEqual(usual, median(gaps))

    @settings(deadline=None)  # it looks at every day anew
    @given(_days, _factors, st.integers(0, 2000))
    def test_it_was_told_at_the_time(self, days, factor, later):
        """What is late from today's view was late on its day, and the other way round.

        Purchases made afterwards change nothing about it.
        """
        today = FIRST + later * DAY
        now = {(s.last, s.late) for s in late_silences(days, factor, today)}
        then = set()
        for silence in silences(days, factor):
            if silence.late <= today:
                # In the first moment of that day, nothing of the day was known.
                known = [day for day in days if day < silence.late]
                for told in late_silences(known, factor, silence.late):
                    if told.late == silence.late:
                        then.add((told.last, told.late))
        self.assertEqual(now, then)

    def test_the_oldest_purchase_matters(self):
        days = days_of(365, 365)
        late = late_day(days[-1], 365, 3)
        (silence,) = late_silences(days, 3, late)
        self.assertEqual(silence.late, late)
        self.assertLessEqual(first_that_matters(late, 3), days[0])

    @given(_days, _factors, st.integers(-100, 3000))
    def test_what_does_not_matter(self, days, factor, later):
        first = FIRST + later * DAY
        today = first + 100 * DAY
        needed = [d for d in days if d >= first_that_matters(first, factor)]
        full = [s for s in late_silences(days, factor, today) if s.late >= first]
        self.assertEqual(list(late_silences(days, factor, today, first)), full)
        self.assertEqual(list(late_silences(needed, factor, today, first)), full)
