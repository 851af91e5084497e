from datetime import date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ..core.touch import (
    done_at,
    is_automatic_mail,
    minutes_between,
    origin_of_message,
    plugin_direction,
)

_WORDS = st.text("no-: autё", max_size=12)
_MOMENTS = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1))


@tagged("post_install", "-at_install")
class TestTouch(BaseCase):
    """What is a touch, without a database."""

    def test_robots_and_people(self):
        table = [
            ({}, "Price list", False),
            ({}, "", False),
            ({}, None, False),
            ({"Auto-Submitted": "auto-replied"}, "Re: Price list", True),
            ({"auto-submitted": "auto-generated; owner=x"}, "", True),
            ({"Auto-Submitted": "no"}, "Price list", False),
            ({"Auto-Submitted": "No (a person)"}, "Price list", False),
            ({"Precedence": "bulk"}, "News", True),
            ({"Precedence": "first-class"}, "Price list", False),
            ({"X-Autoreply": "yes"}, "", True),
            ({"List-Unsubscribe": "<mailto:x@y.example>"}, "News", True),
            ({"Subject": "out of office"}, "Price list", False),
            ({}, "Automatic reply: Price list", True),
            ({}, "Out of Office: back on Monday", True),
            ({}, "Автоответ: прайс", True),
            ({}, "Автоматична відповідь: прайс", True),
            ({}, "The automatic reply does not work", False),
            ({}, "Automatic analysers", False),
        ]
        for headers, subject, expected in table:
            with self.subTest(headers=headers, subject=subject):
                self.assertEqual(is_automatic_mail(headers, subject), expected)

    @given(
        st.dictionaries(
            st.sampled_from(["Auto-Submitted", "Precedence", "Subject", ""]), _WORDS
        ),
        _WORDS,
    )
    def test_any_header_is_survived(self, headers, subject):
        self.assertIn(is_automatic_mail(headers, subject), (True, False))

    def test_which_messages_are_touches(self):
        table = [
            # message_type, mark, note, author → origin
            ("email", "", False, "theirs", "mail_in"),
            ("email", "", False, "unknown", "mail_in"),
            ("email", "", False, "ours", "mail_out"),
            ("email", "", True, "theirs", None),
            ("comment", "", False, "ours", "mail_out"),
            ("comment", "", False, "theirs", "mail_in"),
            ("comment", "", False, "unknown", None),
            ("comment", "", True, "ours", None),
            ("notification", "", False, "ours", None),
            ("email_outgoing", "", False, "ours", None),
            ("auto_comment", "", False, "ours", None),
            ("out_of_office", "", False, "ours", None),
            ("user_notification", "", False, "ours", None),
            ("email", "automatic", False, "theirs", None),
            ("notification", "plugin", True, "ours", "plugin"),
            ("notification", "plugin", True, "theirs", None),
        ]
        for message_type, mark, is_note, author, expected in table:
            with self.subTest(type=message_type, mark=mark, note=is_note, by=author):
                self.assertEqual(
                    origin_of_message(message_type, mark, is_note, author), expected
                )

    def test_who_wrote_what_the_plugin_logged(self):
        own = ["Mia@ours.example", False]
        table = [
            ("From: dr.green@clinic.example To: mia@ours.example", "in"),
            ("From: MIA@OURS.EXAMPLE To: dr.green@clinic.example", "out"),
            ("No address at all", "in"),
            ("", "in"),
            (None, "in"),
        ]
        for text, expected in table:
            with self.subTest(text=text):
                self.assertEqual(plugin_direction(text, own), expected)

    def test_when_it_was_done(self):
        written = datetime(2026, 5, 20, 9, 30)
        table = [
            (None, written),
            (date(2026, 5, 20), written),
            (date(2026, 5, 21), written),
            (date(2026, 5, 18), datetime(2026, 5, 18, 12)),
        ]
        for day, expected in table:
            with self.subTest(day=day):
                self.assertEqual(done_at(day, written), expected)

    @given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), _MOMENTS)
    def test_never_after_it_was_saved(self, day, written):
        self.assertLessEqual(done_at(day, written), written)

    @given(_MOMENTS, st.integers(-(10**5), 10**5))
    def test_minutes_are_never_negative(self, start, minutes):
        stop = start + timedelta(minutes=minutes)
        self.assertEqual(minutes_between(start, stop, False), max(minutes, 0))
        self.assertEqual(minutes_between(start, stop, True), 0)
