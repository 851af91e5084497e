from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import RegulationsCommon


@tagged("post_install", "-at_install")
class TestMode(RegulationsCommon):
    def test_one_button_each(self):
        regulation = self._regulation(mode="silent")
        for user in (self.coordinator, self.manager):
            acting = regulation.with_user(user)
            for act, mode in (
                (acting.action_remind, "remind"),
                (acting.action_escalate, "escalate"),
                (acting.action_silence, "silent"),
            ):
                self.assertIs(act(), True)
                self.assertEqual(regulation.mode, mode)
        said = " ".join(regulation.message_ids.mapped("body"))
        self.assertIn("From now on: Remind and escalate.", said)
        self.assertIn(self.manager.partner_id, regulation.message_ids.author_id)

    def test_what_is_promised_next_follows(self):
        regulation = self._regulation(mode="silent")
        counted = self._promise(regulation)
        regulation.with_user(self.manager).action_remind()
        told = self._promise(regulation) - counted
        self._sweep("2026-05-04 09:30:00")
        self.assertFalse(counted.activity_ids)
        self.assertTrue(told.activity_ids)

    def test_not_what_is_over(self):
        regulation = self._regulation()
        regulation.action_retire()
        with self.assertRaisesRegex(UserError, "^crm_regulations.wrong_state: "):
            regulation.with_user(self.manager).action_remind()
        self._draft().with_user(self.coordinator).action_escalate()

    def test_nothing_to_tell(self):
        self.assertEqual(
            self._regulation().would_send,
            "In the last 30 days nothing was promised by this regulation, so Odoo "
            "would have told nobody.",
        )

    def test_what_would_have_been_sent(self):
        rung = Command.create({"basis": "after", "value": 1, "unit": "work_hour"})
        step = {"limit_value": 4, "limit_unit": "work_hour", "rung_ids": [rung]}
        with self._at("2026-05-01 08:00:00"):
            regulation = self._regulation(step, mode="silent")
        second = self._user("second", "sales_team.group_sale_salesman")
        with self._at("2026-05-04 09:00:00"):
            self._talk(date="2026-05-04 09:00:00")
            self._talk(date="2026-05-04 09:00:00", user_id=second.id)
        # Warned at 75 % at noon.
        self._sweep("2026-05-04 12:30:00")
        with self._at("2026-05-04 12:30:00"):
            self._owed(regulation)[1].fulfil("Done")
        # Overdue at 14, the ladder an hour later.
        self._sweep("2026-05-04 16:00:00")
        with self._at("2026-05-05 09:00:00"):
            self.env.invalidate_all()
            self.assertEqual(
                regulation.would_send,
                "In the last 30 days Odoo would have sent 4 reminders and "
                "1 escalation to 2 people.",
            )
        self.assertFalse(self._owed(regulation).activity_ids, "it only counts")
        with self._at("2026-06-03 10:00:00"):
            self.env.invalidate_all()
            self.assertEqual(
                regulation.would_send,
                "In the last 30 days Odoo would have sent 2 reminders and "
                "1 escalation to 2 people.",
                "what is promised on the 4th is longer ago, its warning is not",
            )
        with self._at("2026-07-01 10:00:00"):
            self.env.invalidate_all()
            self.assertIn("nothing was promised", regulation.would_send)

    def test_earlier_versions_count(self):
        first = self._regulation(mode="silent")
        with self._at("2026-05-04 09:00:00"):
            self._promise(first)
        other = self._regulation(mode="silent", trigger_kind="call_missed")
        action = first.with_user(self.coordinator).action_new_version()
        second = first.browse(action["res_id"])
        with self._at("2026-05-05 09:00:00"):
            second.action_publish()
            self.assertIn("1 reminder and 0 escalations to 1 person", second.would_send)
            self.assertIn("nothing", other.would_send)

    def test_the_dialog_says_it_first(self):
        regulation = self._regulation(mode="silent")
        dialog = (
            self.env["crm.regulation.switch"]
            .with_user(self.manager)
            .with_context(active_id=regulation.id)
            .create({"mode": "escalate"})
        )
        self.assertEqual(dialog.would_send, regulation.would_send)
        self.assertIn("managers are told what is late", dialog.explanation)
        self.assertEqual(regulation.mode, "silent", "nothing is done yet")
        dialog.action_switch()
        self.assertEqual(regulation.mode, "escalate")

    def test_roles(self):
        regulation = self._regulation(mode="silent")
        for user in (self.sales, self.integration):
            acting = regulation.with_user(user)
            for act in (
                acting.action_remind, acting.action_escalate, acting.action_silence,
                lambda user=user: self.env["crm.regulation.switch"]
                .with_user(user)
                .create({"regulation_id": regulation.id, "mode": "remind"}),
            ):  # fmt: skip
                with self.assertRaises(AccessError), mute_logger("odoo.models"):
                    act()
        other = self.env["res.company"].create({"name": "South Med"})
        stranger = self._user("south", "crm_segmentation.group_crm_coordinator", other)
        env = self.env(user=stranger, context={"allowed_company_ids": other.ids})
        with self.assertRaises(AccessError), mute_logger("odoo.models"):
            regulation.with_env(env).action_remind()
        self.assertEqual(regulation.mode, "silent")
