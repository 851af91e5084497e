from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ..core.ringing import GAP, Ring, answered_calls, missed_calls
from .core_common import SECOND, at, examples

_rings = st.lists(
    st.builds(
        Ring,
        id=st.integers(1, 10_000),
        caller=st.sampled_from(["anna", "boris"]),
        begin=st.integers(0, 1800).map(lambda s: at("9:00") + s * SECOND),
        is_answered=st.booleans(),
    ),
    max_size=12,
    unique_by=lambda ring: ring.id,
)


@tagged("post_install", "-at_install")
class TestRinging(BaseCase):
    def _ring(self, id_, seconds, is_answered=False, caller="anna"):
        return Ring(id_, caller, at("9:00") + seconds * SECOND, is_answered)

    def test_alone(self):
        self.assertEqual(missed_calls([self._ring(5, 0)]), {5: 5})
        self.assertEqual(missed_calls([self._ring(5, 0, True)]), {})

    def test_several_phones(self):
        rings = [self._ring(7, 0), self._ring(3, 20), self._ring(9, 40)]
        self.assertEqual(missed_calls(rings), {7: 3, 3: 3, 9: 3})
        self.assertEqual(answered_calls(rings), set())

    def test_one_of_them_answered(self):
        rings = [self._ring(1, 0), self._ring(2, 15, True), self._ring(3, 30)]
        self.assertEqual(missed_calls(rings), {})
        self.assertEqual(answered_calls(rings), {1, 3})

    def test_the_gap(self):
        gap = int(GAP.total_seconds())
        self.assertEqual(
            missed_calls([self._ring(1, 0), self._ring(2, gap)]), {1: 1, 2: 1}
        )
        apart = [self._ring(1, 0), self._ring(2, gap + 1)]
        self.assertEqual(missed_calls(apart), {1: 1, 2: 2})
        later = [self._ring(1, 0), self._ring(2, gap + 1, True)]
        self.assertEqual(missed_calls(later), {1: 1})

    def test_callers_apart(self):
        rings = [self._ring(1, 0), self._ring(2, 1, True, caller="boris")]
        self.assertEqual(missed_calls(rings), {1: 1})

    @given(_rings, st.randoms())
    @examples(200)
    def test_any_order(self, rings, random):
        """Whatever the order, each ring is missed, answered or answered elsewhere."""
        told = missed_calls(rings)
        shuffled = list(rings)
        random.shuffle(shuffled)
        self.assertEqual(told, missed_calls(shuffled))
        answered = {ring.id for ring in rings if ring.is_answered}
        elsewhere = answered_calls(rings)
        self.assertEqual(told.keys() | answered | elsewhere, {r.id for r in rings})
        self.assertFalse(told.keys() & elsewhere)
        # A call is named by its first ring, which names itself.
        self.assertTrue(all(told[first] == first <= id_ for id_, first in told.items()))

    @given(_rings)
    @examples(200)
    def test_against_each_pair(self, rings):
        """A naive reading: rings are one call when a chain of short gaps joins them."""
        mine = {ring.id: {ring.id} for ring in rings}
        for _round in rings:
            for a in rings:
                for b in rings:
                    near = abs(a.begin - b.begin) <= timedelta(seconds=120)
                    if a.caller == b.caller and near:
                        mine[a.id] |= mine[b.id]
        answered = {ring.id for ring in rings if ring.is_answered}
        naive = {id_: min(group) for id_, group in mine.items() if not group & answered}
        self.assertEqual(missed_calls(rings), naive)
