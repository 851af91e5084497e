from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase

from ..core.terms import (
    APPROVED,
    BEYOND,
    KINDS,
    PREPAYMENT,
    WITHIN,
    Deviation,
    deviations,
    strictest,
    verdict,
)
from .core_common import examples

_LIMITS = st.dictionaries(st.sampled_from(KINDS), st.integers(0, 100))
_GRANTED = st.fixed_dictionaries({kind: st.integers(0, 100) for kind in KINDS})
_EASY = {"prepayment": 100, "deferral": 0, "credit": 0, "discount": 0}


class TestTerms(BaseCase):
    def test_one_term(self):
        for kind, limit, granted, is_beyond in (
            ("discount", 15, 15, False),
            ("discount", 15, 15.01, True),
            ("discount", 15, 15.001, False),
            ("discount", 0, 1, True),
            ("deferral", 30, 31, True),
            ("credit", 1000, 999.99, False),
            ("credit", 1000, 1000.01, True),
            ("prepayment", 50, 50, False),
            ("prepayment", 50, 49.99, True),
            ("prepayment", 0, 0, False),
        ):
            with self.subTest(kind=kind, limit=limit, granted=granted):
                found = deviations({kind: limit}, {**_EASY, kind: granted})
                expected = (Deviation(kind, limit, granted),) if is_beyond else ()
                self.assertEqual(found, expected)

    def test_an_approval_holds_for_as_much_and_for_less(self):
        terms = {"discount": 10, "prepayment": 50}
        granted = {**_EASY, "discount": 20, "prepayment": 30}
        approved = {"discount": 20, "prepayment": 30}
        for change, expected in (
            ({}, APPROVED),
            ({"discount": 19}, APPROVED),
            ({"discount": 21}, BEYOND),
            ({"prepayment": 29}, BEYOND),
            ({"prepayment": 40, "discount": 20}, APPROVED),
            ({"discount": 10, "prepayment": 50}, WITHIN),
        ):
            with self.subTest(change=change):
                found = deviations(terms, {**granted, **change})
                self.assertEqual(verdict(found, approved), expected)
        self.assertEqual(verdict(deviations(terms, granted), {}), BEYOND)

    @examples(100)
    @given(st.lists(_LIMITS, max_size=3), _GRANTED)
    def test_the_strictest_is_all_of_them(self, many, granted):
        together = {one.kind for one in deviations(strictest(many), granted)}
        apart = {one.kind for terms in many for one in deviations(terms, granted)}
        self.assertEqual(together, apart)

    @examples(100)
    @given(_LIMITS, _GRANTED, st.integers(0, 100))
    def test_granting_less_is_never_worse(self, terms, granted, change):
        before = {one.kind for one in deviations(terms, granted)}
        for kind in KINDS:
            better = max if kind == PREPAYMENT else min
            less = {**granted, kind: better(granted[kind], change)}
            self.assertLessEqual({one.kind for one in deviations(terms, less)}, before)
