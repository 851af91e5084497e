from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ..core.phone import (
    digits,
    international,
    is_international,
    is_web_address,
    may_be_same,
    tail,
)

_numbers = st.text("0123456789", min_size=7, max_size=12).filter(
    lambda number: len(number.lstrip("0")) >= 7
)
# The first draw builds the tables of the strategies; on a busy machine that is slow.
_patient = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


@tagged("post_install", "-at_install")
class TestPhone(BaseCase):
    def test_tail(self):
        table = [
            ("+380 (44) 245-31-18", "2453118"),
            ("245 31 18", "2453118"),
            ("245 31 1", ""),
            ("", ""),
            (None, ""),
            (2453118, ""),
            ("٢٤٥٣١١٨٠", ""),
        ]
        for number, wanted in table:
            with self.subTest(number=number):
                self.assertEqual(tail(number), wanted)

    def test_may_be_same(self):
        table = [
            ("+380 44 245 31 18", "(044) 245-31-18", True),
            ("+380442453118", "2453118", True),
            ("00380442453118", "+380442453118", True),
            ("+380442453118", "+380572453118", False),
            ("+380442453118", "0572453118", False),
            ("453118", "+380442453118", False),
            ("0000000", "0000000", False),
            ("", "", False),
            (False, None, False),
        ]
        for one, other, wanted in table:
            with self.subTest(one=one, other=other):
                self.assertEqual(may_be_same(one, other), wanted)
                self.assertEqual(may_be_same(other, one), wanted)

    @_patient
    @given(_numbers, st.text("0123456789", max_size=5), st.text(" ()-+.", max_size=3))
    def test_prefixes_and_signs_do_not_matter(self, number, prefix, sign):
        typed = sign.join(prefix + number.lstrip("0"))
        self.assertTrue(may_be_same(number, typed))
        # What may be the same has the same tail, so the index finds it.
        self.assertEqual(tail(number.lstrip("0")), tail(typed))

    @_patient
    @given(st.text(), st.text())
    def test_any_text(self, one, other):
        self.assertEqual(may_be_same(one, other), may_be_same(other, one))
        self.assertTrue(digits(one).isdigit() or not digits(one))

    def test_international(self):
        table = [
            ("+380 (44) 245-31-18", 0, "+380442453118"),
            ("00380 44 2453118", 49, "+380442453118"),
            ("044 245 31 18", 380, "+380442453118"),
            ("380442453118", 380, "+380442453118"),
            ("8 (916) 123-45-67", 7, "+79161234567"),
            ("+7 916 123-45-67", 7, "+79161234567"),
            ("044 245 31 18", 0, ""),
            ("245 31 18", 380, ""),
            ("+49 30 1", 49, ""),
            ("+0049301234567", 49, ""),
            ("+49 30 123456789012345", 49, ""),
            ("101", 380, ""),
            ("", 380, ""),
            (False, 380, ""),
        ]
        for number, code, wanted in table:
            with self.subTest(number=number, code=code):
                self.assertEqual(international(number, code), wanted)
                self.assertEqual(is_international(wanted), bool(wanted))

    @_patient
    @given(st.text("0123456789+ ()-", max_size=20), st.integers(0, 999))
    def test_any_number_becomes_one_or_none(self, number, code):
        found = international(number, code)
        self.assertTrue(not found or is_international(found))
        self.assertEqual(international(found, code), found)

    def test_web_address(self):
        table = [
            ("https://pbx.example/r/7.mp3?sig=a%20b", True),
            ("http://10.0.0.1:8080/x", True),
            ("javascript:alert(1)", False),
            ("ftp://pbx.example/x", False),
            ("//pbx.example/x", False),
            ("https://", False),
            ("https://pbx.example/a b", False),
            ("https://pbx.example/\n", False),
            ("https://[::1/x", False),
            ("https://" + "x" * 2000, False),
            (7, False),
            (None, False),
        ]
        for text, wanted in table:
            with self.subTest(text=text):
                self.assertEqual(is_web_address(text), wanted)
