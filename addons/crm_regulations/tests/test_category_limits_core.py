from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase

from ..core.category_limits import (
    codes_of,
    exempt_codes,
    named_twice,
    same_time,
    steps_by_code,
)
from ..core.limit import Limit
from ..core.step import Step
from .core_common import examples

_CODES = st.lists(st.sampled_from("ABCDE"), min_size=1, max_size=3, unique=True)


def _line(codes, value=1, unit="work_hour", is_owed=True):
    return {"codes": codes, "value": value, "unit": unit, "is_owed": is_owed}


class TestCategoryLimits(BaseCase):
    def test_codes(self):
        for text, codes in (
            ("A", ("A",)),
            ("a, b", ("A", "B")),
            ("A;B C", ("A", "B", "C")),
            ("B, A, b", ("B", "A")),
            (" , ", ()),
            ("", ()),
            ("vip", ("VIP",)),
        ):
            with self.subTest(text=text):
                self.assertEqual(codes_of(text), codes)

    def test_twice(self):
        self.assertEqual(named_twice([("A", "B"), ("C",)]), [])
        self.assertEqual(named_twice([("A", "B"), ("B",), ("B", "A")]), ["B", "B", "A"])

    def test_same_time(self):
        for one, other, same in (
            ("minute", "work_day", True),
            ("work_hour", "minute", True),
            ("hour", "day", True),
            ("hour", "work_hour", False),
            ("day", "work_day", False),
            # What comes from another addon is its own business.
            ("fortnight", "hour", True),
        ):
            with self.subTest(one=one, other=other):
                self.assertEqual(same_time(one, other), same)
                self.assertEqual(same_time(other, one), same)

    def test_only_the_limit_is_another(self):
        step = Step(Limit(4, "work_hour"), warn_percents=(75,))
        found = steps_by_code(step, [_line(["A"], 2), _line(["P"], is_owed=False)])
        self.assertEqual(found, {"A": Step(Limit(2, "work_hour"), warn_percents=(75,))})
        self.assertEqual(
            exempt_codes([_line(["A"]), _line(["P"], is_owed=False)]), {"P"}
        )

    @examples(100)
    @given(st.lists(st.tuples(_CODES, st.booleans()), max_size=4))
    def test_each_category_has_a_limit_or_is_exempt(self, lines):
        frozen = [_line(codes, is_owed=is_owed) for codes, is_owed in lines]
        if named_twice(codes for codes, _owed in lines):
            return
        named = {code for codes, _owed in lines for code in codes}
        limited = set(steps_by_code(Step(Limit(1, "hour")), frozen))
        exempt = exempt_codes(frozen)
        self.assertEqual(limited | exempt, named)
        self.assertFalse(limited & exempt)
