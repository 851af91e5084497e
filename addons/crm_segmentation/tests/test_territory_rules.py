from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ..core.territory import (
    Claim,
    PostcodeError,
    TerritoryMap,
    conflicts,
    normalize_postcode,
    parse_postcodes,
)

DIGITS = st.text("012", max_size=3)


@st.composite
def some_claim(draw):
    first, last = draw(
        st.one_of(
            st.just(("", "")),
            st.text("012", min_size=1, max_size=3).map(lambda code: (code, code)),
            st.tuples(
                st.text("012", min_size=3, max_size=3),
                st.text("012", min_size=3, max_size=3),
            ).map(sorted),
        )
    )
    country = draw(st.sampled_from((1, 1, 2, None)))
    if country is None:
        first = last = ""
    return Claim(
        territory=draw(st.integers(1, 4)),
        company=draw(st.sampled_from((None, None, 7))),
        country=country,
        state=draw(st.sampled_from((None, 11, 12))) if country else None,
        first=first,
        last=last,
    )


CLAIMS = st.lists(some_claim(), max_size=8)
ADDRESS = st.tuples(
    st.sampled_from((None, 7, 8)),
    st.sampled_from((None, 1, 2, 3)),
    st.sampled_from((None, 11, 12)),
    DIGITS,
)


def candidates(claims, company, country, state, code):
    """The slow and obvious reading: who takes the address, on the best level."""
    for owner in (company, None):
        for land in (country, None):
            found = [
                claim
                for claim in claims
                if (claim.company, claim.country) == (owner, land)
                and claim.state in (None, state)
                and claim.first <= code <= claim.last + "~"
            ]
            if found:
                return found
    return []


def inside(inner, outer):
    """Whether a claim is narrower than another one."""
    if (inner.first, inner.end) == (outer.first, outer.end):
        return inner.state is not None and outer.state is None
    return outer.first <= inner.first and inner.end <= outer.end


@tagged("post_install", "-at_install")
class TestTerritoryRules(BaseCase):
    def test_postcodes(self):
        cases = [
            ("01", [("01", "01")]),
            ("01*", [("01", "01")]),
            ("01, 02;03\n04", [(c, c) for c in ("01", "02", "03", "04")]),
            ("01000-04999", [("01000", "04999")]),
            ("01000 – 04999", [("01000", "04999")]),
            ("00-950", [("00950", "00950")]),
            ("00-95", [("0095", "0095")]),
            ("12345-678", [("12345678", "12345678")]),
            ("sw1a 1..sw1a 9", [("SW1A1", "SW1A9")]),
            (" , ", []),
        ]
        # “12345-678” has two groups of digits, but one is too short for a range.
        for text, expected in cases:
            with self.subTest(text=text):
                self.assertEqual(parse_postcodes(text), expected)

    def test_postcodes_not_understood(self):
        cases = [
            ("01, *", "empty"),
            ("..5", "empty"),
            ("Київ", "empty"),
            ("1" * 21, "long"),
            ("01000..4999", "uneven"),
            ("04999-01000", "backwards"),
            (",".join("1" * 2001), "many"),
            ("12345-67890123", "uneven"),
        ]
        for text, reason in cases:
            with (
                self.subTest(text=text[:20]),
                self.assertRaises(PostcodeError) as caught,
            ):
                parse_postcodes(text)
            self.assertEqual(caught.exception.reason, reason)

    def test_narrowest_wins(self):
        claims = [
            Claim(1, country=1),
            Claim(2, country=1, first="01", last="01"),
            Claim(3, country=1, first="01500", last="01599"),
            Claim(4, country=1, state=11),
            Claim(5, company=7, country=1),
            Claim(6),
            Claim(7, country=2, state=12, first="9", last="9"),
        ]
        self.assertFalse(list(conflicts(claims)))
        where = TerritoryMap(claims)
        cases = [
            ((None, 1, None, "99999"), 1),
            ((None, 1, None, ""), 1),
            ((None, 1, None, None), 1),
            ((None, 1, None, "01400"), 2),
            ((None, 1, None, "01 599"), 3),
            ((None, 1, 11, "99999"), 4),
            ((None, 1, 11, "01599"), 3),
            ((7, 1, 11, "01599"), 5),
            ((8, 1, None, "01599"), 3),
            ((7, 3, None, "1"), 6),
            ((None, None, None, None), 6),
            ((None, 2, None, "9"), 6),
            ((None, 2, 12, "91"), 7),
        ]
        for address, territory in cases:
            with self.subTest(address=address):
                self.assertEqual(where.find(*address), territory)
        self.assertIsNone(TerritoryMap([]).find(None, 1, None, "1"))

    def test_who_collides(self):
        cases = [
            ("the same prefix", ("01", "01", None), ("01", "01", None), True),
            ("the whole country twice", ("", "", None), ("", "", None), True),
            ("ranges that cross", ("10", "30", None), ("20", "40", None), True),
            ("a range inside", ("10", "40", None), ("20", "30", None), False),
            ("side by side", ("10", "19", None), ("20", "29", None), False),
            ("a range and its last code", ("10", "19", None), ("19", "25", None), True),
            ("two states", ("01", "01", 11), ("01", "01", 12), False),
            ("a state inside", ("01", "01", None), ("01", "01", 11), False),
            ("crossing in a state", ("10", "30", 11), ("20", "40", None), True),
        ]
        for name, one, two, collides in cases:
            for left, right in ((one, two), (two, one)):
                claims = [
                    Claim(number, None, 1, state, first, last)
                    for number, (first, last, state) in enumerate((left, right))
                ]
                with self.subTest(name):
                    self.assertEqual(bool(list(conflicts(claims))), collides)
                same = [Claim(5, None, 1, c.state, c.first, c.last) for c in claims]
                self.assertFalse(list(conflicts(same)), "a territory with itself")

    @given(CLAIMS, ADDRESS)
    @settings(max_examples=600, deadline=None)
    def test_no_narrower_claim_loses(self, claims, address):
        """Without conflicts the winner lies inside whatever else takes the address."""
        found = TerritoryMap(claims).find(*address)
        takers = candidates(claims, *address)
        self.assertEqual(found is None, not takers)
        if not takers:
            return
        self.assertIn(found, {claim.territory for claim in takers})
        if not list(conflicts(claims)):
            losers = [
                taker
                for taker in takers
                if taker.territory != found
                and not any(
                    inside(claim, taker) for claim in takers if claim.territory == found
                )
            ]
            self.assertFalse(losers)

    @given(CLAIMS, ADDRESS)
    @settings(max_examples=300, deadline=None)
    def test_order_of_the_rules_does_not_matter(self, claims, address):
        if list(conflicts(claims)):
            self.assertTrue(list(conflicts(reversed(claims))))
        else:
            self.assertEqual(
                TerritoryMap(claims).find(*address),
                TerritoryMap(reversed(claims)).find(*address),
            )

    @given(CLAIMS, ADDRESS, st.text("012", max_size=4))
    @settings(max_examples=300, deadline=None)
    def test_only_the_first_letters_decide(self, claims, address, more):
        """So a territory of many addresses is decided once."""
        where = TerritoryMap(claims)
        company, country, state, code = address
        long = (code + more)[: where.letters]
        self.assertEqual(
            where.find(company, country, state, code + more),
            where.find(company, country, state, long),
        )

    @given(st.text())
    def test_normal_form_is_stable(self, text):
        code = normalize_postcode(text)
        self.assertEqual(normalize_postcode(code), code)
        self.assertTrue(code.isascii())
