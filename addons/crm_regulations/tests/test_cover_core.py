from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ..core.cover import (
    ALWAYS_LATE,
    NEVER_FIRED,
    NO_PROOF,
    UNREAD,
    Covering,
    Row,
    cells,
    contradicting,
    paper,
    shadowed,
)
from ..core.scope import Scope
from .core_common import examples

A, B, C = 1, 2, 3


def _rule(id_, segments=(), types=(), kinds=(), others=(), **values):
    values = {"process": "sales", "occasion": "call", "promise": id_, **values}
    scope = Scope(*map(frozenset, (types, segments, kinds, others)))
    return Covering(id_, scope=scope, **values)


@tagged("post_install", "-at_install")
class TestCoverCore(BaseCase):
    def test_cells(self):
        everybody, only_a = _rule(1), _rule(2, [A])
        dealers = _rule(3, types=[7])
        money = _rule(4, process="finance", departments=frozenset({9}))
        own = _rule(5, process="finance", is_internal=True, departments=frozenset({8}))
        for row, process, expected in (
            (Row("segment", A), "sales", [1, 2, 3]),
            (Row("segment", B), "sales", [1, 3]),
            # The category of clients has nothing to do with dealers.
            (Row("segment", A, frozenset({8})), "sales", [1, 2]),
            (Row("segment", B), "finance", [4]),
            (Row("segment", B), "marketing", []),
            (Row("department", 9), "finance", [4]),
            (Row("department", 8), "finance", [5]),
            (Row("department", 9), "sales", []),
            (Row("sale_kind", 5), "sales", [1, 2, 3]),
        ):
            with self.subTest(row=row, process=process):
                found = cells(
                    [row], [process], [everybody, only_a, dealers, money, own]
                )
                self.assertEqual(found, {(row, process): expected})
        self.assertEqual(
            cells([Row("sale_kind", 5)], ["sales"], [_rule(1, kinds=[6])]),
            {(Row("sale_kind", 5), "sales"): []},
        )

    def test_shadowed(self):
        for rules, expected in (
            # A and B have their own, so nothing is left.
            ([_rule(1, [A, B]), _rule(2, [A]), _rule(3, [B])], {1: [2, 3]}),
            ([_rule(1, [A, B]), _rule(2, [A])], {}),
            # Of everybody something is always left.
            ([_rule(1), _rule(2, [A]), _rule(3, [B])], {}),
            ([_rule(1, [A, B]), _rule(2, [A]), _rule(3, [B], occasion="mail")], {}),
            ([_rule(1, [A, B]), _rule(2, [A]), _rule(3, [B], is_additional=True)], {}),
            # A narrower filter leaves some over.
            ([_rule(1, [A]), _rule(2, [A], others=["x"])], {}),
            ([_rule(1, [A, B], [7]), _rule(2, [A], [7]), _rule(3, [B], [7])],
             {1: [2, 3]}),
        ):  # fmt: skip
            with self.subTest(expected=expected):
                self.assertEqual(shadowed(rules), expected)

    def test_contradicting(self):
        for one, other, expected in (
            (_rule(1, [A]), _rule(2, [A]), [(1, 2)]),
            (_rule(1, [A]), _rule(2, [B]), []),
            (_rule(1, [A]), _rule(2, [A, B]), []),
            (_rule(1, [A], promise="x"), _rule(2, [A], promise="x"), []),
            (_rule(1, [A]), _rule(2, [A], occasion="mail"), []),
            (_rule(1, [A]), _rule(2, [A], is_additional=True), []),
        ):
            with self.subTest(expected=expected):
                self.assertEqual(contradicting([one, other]), expected)

    def test_paper(self):
        for given_, expected in (
            ((29, {}, 0, 5, 0), []),
            ((30, {}, 0, 5, 5), [NEVER_FIRED]),
            ((30, {"open": 3}, 0, 0, 0), []),
            ((30, {"done_on_time": 3}, 0, 5, 4), [NO_PROOF, UNREAD]),
            ((30, {"done_on_time": 3}, 1, 5, 5), []),
            ((30, {"done_late": 3}, 1, 5, 5), [ALWAYS_LATE]),
            ((30, {"breached": 1}, 0, 0, 0), [NO_PROOF, ALWAYS_LATE]),
            ((30, {"excused": 1}, 0, 0, 0), []),
        ):
            with self.subTest(given_):
                self.assertEqual(paper(*given_), expected)

    @examples(150)
    @given(
        st.lists(
            st.builds(
                Scope,
                st.frozensets(st.integers(1, 2)),
                st.frozensets(st.integers(1, 3)),
                st.frozensets(st.integers(1, 2)),
            ),
            max_size=6,
        )
    )
    def test_shadowed_never_win(self, scopes):
        """No customer of one value each is left to a shadowed regulation."""
        rules = [
            Covering(number, "sales", scope, occasion=1)
            for number, scope in enumerate(scopes)
        ]
        found = shadowed(rules)
        for rule in rules:
            everybody = product((0, 1, 2), (0, 1, 2, 3), (0, 1, 2))
            left = [one for one in everybody if _wins(rule, one, rules)]
            if rule.id in found:
                self.assertFalse(left)


def _wins(rule, customer, rules):
    """Whether a regulation applies to a customer and no narrower one does."""

    def fits(scope):
        choices = (scope.types, scope.segments, scope.sale_kinds)
        return all(
            not chosen or value in chosen
            for chosen, value in zip(choices, customer, strict=True)
        )

    return fits(rule.scope) and not any(
        other.scope.is_narrower(rule.scope) and fits(other.scope) for other in rules
    )
