from unittest.mock import patch

from odoo.tests import tagged
from odoo.tools import mute_logger

from ..engine import morning_letters
from .common import MONDAY_9, RegulationsCommon

_TUESDAY_9 = "2026-05-05 09:00:00"


@tagged("post_install", "-at_install")
class TestMorning(RegulationsCommon):
    """On Monday at nine a request came; four working hours are promised."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.company"].search([]).crm_morning_summary = False
        cls.company.crm_morning_summary = True
        cls.env["crm.control.letter"].search([]).unlink()

    def _owe(self, **values):
        regulation = self._regulation({"name": "Send the list"}, mode="silent")
        with self._at(MONDAY_9):
            self._talk(**values)
        return self._owed(regulation)

    def _run(self, now):
        mails = self.env["mail.mail"]
        before = mails.search([])
        with self._at(now), self.enter_registry_test_mode():
            self.env.ref(
                "crm_regulations.ir_cron_control_letter"
            ).method_direct_trigger()
        self.env.invalidate_all()
        return mails.search([]) - before

    def test_once_when_work_has_begun(self):
        self._owe()
        self.assertFalse(self._run("2026-05-04 06:00:00"), "before work")
        [mail] = self._run("2026-05-04 09:10:00")
        self.assertEqual(mail.recipient_ids, self.sales.partner_id)
        self.assertEqual(mail.subject, "Today: 1 due, 0 overdue")
        self.assertIn("Send the list", mail.body_html)
        self.assertIn(self.customer.name, mail.body_html)
        self.assertIn("/odoo/today", mail.body_html)
        self.assertFalse(self._run("2026-05-04 11:00:00"), "twice is once")
        [mail] = self._run(_TUESDAY_9)
        self.assertEqual(mail.subject, "Today: 0 due, 1 overdue")
        self.assertFalse(self._run("2026-05-09 09:00:00"), "Saturday")

    def test_who_owes_nothing_gets_none(self):
        self._owe().fulfil("Done")
        self.assertFalse(self._run(_TUESDAY_9))

    def test_meetings_that_wait_for_a_word(self):
        event = self.env["calendar.event"].create(
            {
                "name": "Demonstration",
                "start": "2026-05-04 10:00:00",
                "stop": "2026-05-04 11:00:00",
                "user_id": self.sales.id,
                "partner_ids": [(6, 0, (self.sales.partner_id | self.customer).ids)],
            }
        )
        [mail] = self._run(_TUESDAY_9)
        self.assertIn("whether they were held: 1", mail.body_html)
        event.outcome = "held"
        self.env["crm.control.letter"].search([]).unlink()
        self.assertFalse(self._run(_TUESDAY_9))

    def test_long_lists_are_cut(self):
        self._owe()
        with self._at(MONDAY_9):
            self._talk()
            self._talk()
        with patch.object(morning_letters, "MOST_LINES", 2):
            [mail] = self._run(_TUESDAY_9)
        self.assertEqual(mail.body_html.count("/odoo/promises/"), 2)
        self.assertIn("And 1 more.", mail.body_html)

    def test_switched_off(self):
        self._owe()
        self.sales.with_user(self.sales).crm_morning_summary = False
        self.assertFalse(self._run(_TUESDAY_9))
        self.sales.crm_morning_summary = True
        self.company.crm_morning_summary = False
        self.assertFalse(self._run(_TUESDAY_9))

    def test_who_is_away_gets_none(self):
        self._owe()
        self.env["crm.absence"].create(
            {
                "user_id": self.sales.id,
                "deputy_id": self.manager.id,
                "date_from": "2026-05-05 00:00:00",
                "date_until": "2026-05-15 00:00:00",
            }
        )
        mails = self._run(_TUESDAY_9)
        self.assertNotIn(self.sales.partner_id, mails.recipient_ids)

    def test_in_the_language_of_the_reader(self):
        self.env["res.lang"]._activate_lang("ru_RU")
        self.env.ref("base.module_crm_regulations")._update_translations(["ru_RU"])
        self.sales.lang = "ru_RU"
        self._owe()
        [mail] = self._run(_TUESDAY_9)
        self.assertEqual(mail.subject, "Сегодня: к сроку — 0, просрочено — 1")

    def test_a_letter_that_fails_hurts_nobody(self):
        """A promise whose name breaks its owner's letter: the others get theirs."""
        self._owe()
        self._owe(user_id=self.manager.id)
        tell = morning_letters.InternalLetters.tell

        def broken(letters, user, *rest):
            if user == self.sales:
                raise ValueError("no letter")
            return tell(letters, user, *rest)

        with (
            patch.object(morning_letters.InternalLetters, "tell", broken),
            mute_logger("odoo.addons.crm_regulations.models.crm_control_letter"),
        ):
            [mail] = self._run(_TUESDAY_9)
        self.assertEqual(mail.recipient_ids, self.manager.partner_id)
        [mail] = self._run("2026-05-05 09:20:00")
        self.assertEqual(mail.recipient_ids, self.sales.partner_id, "tried again")

    def test_into_the_inbox(self):
        self._owe()
        self.sales.notification_type = "inbox"
        self.assertFalse(self._run(_TUESDAY_9))
        message = self.env["mail.message"].search(
            [("partner_ids", "in", self.sales.partner_id.ids)], limit=1
        )
        self.assertIn("overdue", message.subject)
