"""core.completeness: the decisions about what is missing, without a database."""

from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ..core.completeness import (
    Facts,
    Requirement,
    band,
    completeness,
    is_filled,
    missing,
    refused_at,
    refused_change,
)


def _asked(field="vat", **values):
    values.setdefault("id", 1)
    values.setdefault("type_id", 1)
    return Requirement(field=field, **values)


def _known(*filled, types=(1,), passed=(), is_company=True):
    return Facts(frozenset(types), is_company, frozenset(filled), frozenset(passed))


_FIELDS = ("vat", "phone", "email")
_requirements = st.lists(
    st.builds(
        Requirement,
        id=st.integers(1, 50),
        type_id=st.integers(1, 3),
        field=st.sampled_from(_FIELDS),
        level=st.sampled_from(("advise", "warn", "block")),
        weight=st.integers(1, 9),
        moment=st.sampled_from(
            ("assigned", "emptied", "activated", "first_order", "first_bill")
        ),
        enforced=st.booleans(),
        applies_to=st.sampled_from(("all", "company", "person")),
    ),
    unique_by=lambda one: one.id,
    max_size=6,
)
_facts = st.builds(
    Facts,
    types=st.frozensets(st.integers(1, 3)),
    is_company=st.booleans(),
    filled=st.frozensets(st.sampled_from(_FIELDS)),
    passed=st.frozensets(st.sampled_from(("activated", "first_order", "first_bill"))),
)


@tagged("post_install", "-at_install")
class TestCompletenessCore(BaseCase):
    def test_percent(self):
        vat, phone = _asked(id=1, weight=3), _asked("phone", id=2, weight=1)
        for facts, percent in (
            (_known("vat", "phone"), 100),
            (_known("vat"), 75),
            (_known("phone"), 25),
            (_known(), 0),
            (_known("vat", types=()), None),
            (_known(types=(2,)), 100),
        ):
            with self.subTest(facts=facts):
                self.assertEqual(completeness([vat, phone], facts), percent)

    def test_percent_is_rounded_down(self):
        """Only who lacks nothing is complete."""
        asked = [_asked(weight=1), _asked("phone", id=2, weight=999)]
        self.assertEqual(completeness(asked, _known("phone")), 99)

    def test_a_field_of_two_types_counts_once(self):
        asked = [_asked(weight=1), _asked(id=2, type_id=2, weight=3),
                 _asked("phone", id=3, weight=1)]  # fmt: skip
        self.assertEqual(completeness(asked, _known("phone", types=(1, 2))), 25)
        self.assertEqual(completeness(asked, _known("phone")), 50)

    def test_companies_and_people(self):
        asked = [_asked(applies_to="company")]
        self.assertEqual(completeness(asked, _known()), 0)
        self.assertEqual(completeness(asked, _known(is_company=False)), 100)

    def test_bands(self):
        for percent, name in ((0, "low"), (49, "low"), (50, "medium"), (79, "medium"),
                              (80, "high"), (99, "high"), (100, "full"),
                              (None, None)):  # fmt: skip
            self.assertEqual(band(percent), name, percent)

    def test_filled(self):
        for kind, value, is_there in (
            ("text", "x", True), ("text", " \t\n", False), ("text", False, False),
            ("text", "0", True), ("number", 0.0, False), ("number", 0.1, True),
            ("number", -1, True), ("any", True, True), ("any", False, False),
        ):  # fmt: skip
            self.assertIs(is_filled(kind, value), is_there, (kind, value))

    def test_what_blocks_stands_first(self):
        asked = [
            _asked("email", id=1, weight=9),
            _asked("phone", id=2, level="warn"),
            _asked("vat", id=3, level="block"),
        ]
        names = [one.field for one in missing(asked, _known())]
        self.assertEqual(names, ["vat", "phone", "email"])

    def test_refused_changes(self):
        """(moment, before, after, refused)"""
        new = Facts()
        for moment, before, after, refused in (
            # The type is given.
            ("assigned", new, _known(), True),
            ("assigned", new, _known("vat"), False),
            ("assigned", _known(types=()), _known(), True),
            ("assigned", _known("vat"), _known(), True),
            ("assigned", _known(), _known(), False),
            ("assigned", _known(types=(2,)), _known(types=(2,)), False),
            # The work together begins.
            ("activated", new, _known(), False),
            ("activated", _known(), _known(passed=["activated"]), True),
            ("activated", _known(), _known("vat", passed=["activated"]), False),
            ("activated", new, _known(passed=["activated"]), True),
            ("activated", _known("vat"), _known(), False),
            # Documents: neither the type nor a save is refused, only emptying is.
            ("first_order", new, _known(passed=["first_order"]), False),
            (
                "first_order",
                _known("vat", passed=["first_order"]),
                _known(passed=["first_order"]),
                True,
            ),
            ("first_order", _known("vat"), _known(), False),
            ("first_bill", _known(), _known(passed=["first_bill"]), False),
            # It must not be emptied again.
            ("emptied", new, _known(), False),
            ("emptied", _known("vat"), _known(), True),
            ("emptied", _known("vat"), _known(types=()), False),
            ("emptied", _known("vat", types=()), _known(), False),
        ):
            asked = [_asked(level="block", moment=moment)]
            with self.subTest(moment=moment, before=before, after=after):
                found = refused_change(asked, before, after)
                self.assertEqual(bool(found), refused)

    def test_first_document(self):
        asked = [_asked(level="block", moment="first_order")]
        self.assertTrue(refused_at(asked, _known(), "first_order"))
        self.assertFalse(refused_at(asked, _known("vat"), "first_order"))
        self.assertFalse(refused_at(asked, _known(), "first_bill"))
        again = _known(passed=["first_order"])
        self.assertFalse(refused_at(asked, again, "first_order"))

    @given(_requirements, _facts)
    def test_properties_of_percent(self, asked, facts):
        percent = completeness(asked, facts)
        lacks = missing(asked, facts)
        if percent is None:
            self.assertFalse(facts.types)
        else:
            self.assertEqual(percent == 100, not lacks)
            self.assertTrue(0 <= percent <= 100)
            more = Facts(facts.types, facts.is_company, frozenset(_FIELDS))
            self.assertEqual(completeness(asked, more), 100)
        fields = [one.field for one in lacks]
        self.assertEqual(len(fields), len(set(fields)))
        self.assertFalse(facts.filled.intersection(fields))

    @given(_requirements, _facts, _facts)
    def test_properties_of_refusals(self, asked, before, after):
        """Doing nothing is never refused, nor is what does not block."""
        self.assertEqual(refused_change(asked, after, after), ())
        for one in refused_change(asked, before, after):
            self.assertTrue(one.blocks)
            self.assertNotIn(one.field, after.filled)
            self.assertIn(one.type_id, after.types)
