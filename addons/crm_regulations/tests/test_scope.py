from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase

from ..core.scope import Scope
from .core_common import examples

_SETS = st.frozensets(st.integers(1, 4), max_size=4)
_SCOPES = st.builds(
    Scope, _SETS, _SETS, _SETS, st.frozensets(st.sampled_from("ab"), max_size=2)
)
_PEOPLE = st.tuples(
    *[st.frozensets(st.integers(1, 4))] * 3, st.frozensets(st.sampled_from("ab"))
)


def _fits(scope, person):
    types, segments, sale_kinds, others = person
    return (
        (not scope.types or scope.types & types)
        and (not scope.segments or scope.segments & segments)
        and (not scope.sale_kinds or scope.sale_kinds & sale_kinds)
        and scope.others <= others
    )


class TestScope(BaseCase):
    def test_cases(self):
        everybody, key = Scope(), Scope(segments=frozenset([1]))
        both = Scope(segments=frozenset([1, 2]))
        for one, other, narrower in (
            (key, everybody, True),
            (everybody, key, False),
            (key, key, False),
            (key, both, True),
            (both, key, False),
            (Scope(types=frozenset([1])), key, False),
            (key, Scope(types=frozenset([1])), False),
            (Scope(frozenset([1]), frozenset([1])), key, True),
            (Scope(others=frozenset("a")), everybody, True),
            (Scope(others=frozenset("a")), Scope(others=frozenset("b")), False),
        ):
            with self.subTest(one=one, other=other):
                self.assertEqual(one.is_narrower(other), narrower)

    @examples(100)
    @given(_SCOPES, _SCOPES, _PEOPLE)
    def test_whoever_fits_the_narrower_fits_the_other(self, one, other, person):
        if one.is_within(other) and _fits(one, person):
            self.assertTrue(_fits(other, person))

    @examples(100)
    @given(_SCOPES, _SCOPES, _SCOPES)
    def test_an_order(self, one, other, third):
        self.assertTrue(one.is_within(one))
        self.assertFalse(one.is_narrower(other) and other.is_narrower(one))
        if one.is_narrower(other) and other.is_narrower(third):
            self.assertTrue(one.is_narrower(third))
