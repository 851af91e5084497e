from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase

from ..core.handover import (
    ACTIVITY,
    LEAD,
    NOBODY,
    PARTNER,
    PROMISE,
    QUOTATION,
    SAME,
    STRANGER,
    Choice,
    Item,
    counted,
    shared,
)
from .core_common import examples

LEAVING, ANNA, BORIS = 1, 2, 3
A, B, NONE = 11, 12, 0
_ITEMS = st.lists(
    st.builds(
        Item,
        st.sampled_from([PARTNER, LEAD, QUOTATION, PROMISE, ACTIVITY]),
        st.integers(1, 50),
        st.integers(0, 5),
        st.sampled_from([A, B, NONE]),
        st.integers(0, 9).map(float),
    ),
    unique_by=lambda item: (item.model, item.id),
)


def _item(model=PARTNER, id_=1, customer=1, category=A, amount=0.0):
    return Item(model, id_, customer, category, amount)


class TestHandoverCore(BaseCase):
    def test_successor(self):
        choice = Choice(LEAVING, {A: ANNA, B: 0}, BORIS)
        for category, person in ((A, ANNA), (B, BORIS), (NONE, BORIS), (99, BORIS)):
            with self.subTest(category=category):
                self.assertEqual(choice.successor(category), person)
        self.assertEqual(Choice(LEAVING, {A: ANNA}, 0).successor(B), 0)

    def test_problems(self):
        able = [ANNA, BORIS]
        for by_category, rest, items, problem in (
            ({}, ANNA, [_item()], ("", 0)),
            ({A: ANNA}, 0, [_item()], ("", 0)),
            ({A: ANNA}, 0, [_item(category=B)], (NOBODY, B)),
            ({A: ANNA}, 0, [_item(category=NONE)], (NOBODY, NONE)),
            ({}, 0, [], ("", 0)),
            ({}, LEAVING, [], (SAME, LEAVING)),
            ({A: LEAVING}, ANNA, [], (SAME, LEAVING)),
            ({}, 7, [_item()], (STRANGER, 7)),
            ({A: 7}, ANNA, [_item()], (STRANGER, 7)),
        ):
            with self.subTest(by_category=by_category, rest=rest, items=items):
                choice = Choice(LEAVING, by_category, rest)
                self.assertEqual(choice.problem(able, items), problem)

    def test_a_customer_counts_once(self):
        figures = counted(
            [
                _item(id_=1, customer=1),
                _item(id_=2, customer=1),
                _item(id_=3, customer=3),
                _item(LEAD, 1, amount=50.0),
                _item(LEAD, 2, category=NONE, amount=7.0),
                _item(PROMISE, 1),
            ]
        )
        self.assertEqual(
            figures[A],
            {
                "customers": 2, "leads": 1, "quotations": 0, "promises": 1,
                "activities": 0, "expected": 50.0,
            },
        )  # fmt: skip
        self.assertEqual((figures[NONE]["leads"], figures[NONE]["expected"]), (1, 7.0))

    @given(_ITEMS, st.sampled_from([0, ANNA]), st.sampled_from([0, BORIS]))
    @examples(100)
    def test_everything_goes_to_one(self, items, first, second):
        choice = Choice(LEAVING, {A: first, B: second}, ANNA)
        given_away = [
            (model, id_)
            for records in shared(items, choice).values()
            for model, ids in records.items()
            for id_ in ids
        ]
        self.assertCountEqual(given_away, [(item.model, item.id) for item in items])
        figures = counted(items)
        self.assertEqual(
            sum(f["expected"] for f in figures.values()),
            sum(item.amount for item in items),
        )
