from odoo import Command
from odoo.tests import tagged

from .common import MONDAY_9, RegulationsCommon, instant


@tagged("post_install", "-at_install")
class TestAutofill(RegulationsCommon):
    """Interactions that Odoo notices start and prove promises, each once."""

    def setUp(self):
        super().setUp()
        at = self._at(MONDAY_9)
        at.__enter__()
        self.addCleanup(at.__exit__, None, None, None)
        self.meeting_type = self.env.ref("crm_segmentation.interaction_type_meeting")

    def _meeting(self, **values):
        return self.env["calendar.event"].create(
            {
                "name": "New ward",
                "start": instant("2026-05-04 07:00:00"),
                "stop": instant("2026-05-04 07:45:00"),
                "user_id": self.sales.id,
                "partner_ids": [
                    Command.set((self.sales.partner_id | self.customer).ids)
                ],
                **values,
            }
        )

    def _letter(self, **values):
        return self.customer.with_user(self.sales).message_post(
            body="Our price list",
            partner_ids=self.customer.ids,
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            **values,
        )

    def test_a_promise_runs_from_the_end_of_the_meeting(self):
        regulation = self._regulation(
            {"limit_value": 2, "limit_unit": "hour"},
            interaction_type_ids=[Command.set(self.meeting_type.ids)],
        )
        meeting = self._meeting()
        meeting.action_meeting_held()
        self._commit()
        owed = self._owed(regulation)
        self.assertEqual(owed.date_start, instant("2026-05-04 07:45:00"))
        self.assertEqual(owed.date_due, instant("2026-05-04 09:45:00"))
        meeting.action_meeting_held()
        self._commit()
        self.assertEqual(self._owed(regulation), owed)

    def test_nobody_came_and_was_held_after_all(self):
        regulation = self._regulation(
            interaction_type_ids=[Command.set(self.meeting_type.ids)]
        )
        meeting = self._meeting()
        for press in (meeting.action_meeting_no_show, meeting.action_meeting_moved):
            press()
            self._commit()
            self.assertFalse(self._owed(regulation))
        meeting.action_meeting_held()
        self._commit()
        self.assertEqual(len(self._owed(regulation)), 1)

    def test_a_regulation_may_ask_for_the_outcome(self):
        regulation = self._regulation(
            interaction_type_ids=[Command.set(self.meeting_type.ids)],
            trigger_domain='[("outcome", "=", "no_show")]',
        )
        meeting = self._meeting()
        meeting.action_meeting_no_show()
        self._commit()
        self.assertEqual(len(self._owed(regulation)), 1)

    def test_a_meeting_nobody_came_to_proves_nothing(self):
        regulation = self._regulation({"evidence_kind": "interaction"})
        self._talk()
        owed = self._owed(regulation)
        moved = self._meeting(
            start=instant(MONDAY_9), stop=instant("2026-05-04 09:30:00")
        )
        moved.action_meeting_no_show()
        self._commit()
        self.assertEqual(owed.state, "open")
        moved.action_meeting_held()
        self._commit()
        self.assertNotEqual(owed.state, "open")

    def test_one_letter_one_proof(self):
        regulation = self._on_requests()
        self._talk()
        owed = self._owed(regulation)
        letter = self._letter(attachments=[("price.txt", b"1 EUR")])
        self._commit()
        noticed = self.env["crm.interaction"].search(
            [("source_model", "=", "mail.message"), ("source_id", "=", letter.id)]
        )
        self.assertEqual(len(noticed), 1)
        self.assertEqual(self._owed(regulation), owed, "a letter is no request")
        self.assertEqual(
            (owed.evidence_grade, owed.evidence_model, owed.evidence_res_id),
            ("system", "mail.message", letter.id),
        )

    def test_our_own_letter_starts_no_promise(self):
        email = self.env.ref("crm_segmentation.interaction_type_email")
        everything = self._regulation()
        letters = self._regulation(interaction_type_ids=[Command.set(email.ids)])
        sent = self._regulation(trigger_domain='[("direction", "=", "out")]')
        self._letter()
        self._commit()
        self.assertFalse(self._owed(everything | letters))
        self.assertEqual(len(self._owed(sent)), 1)
        self.customer.message_post(
            body="What does it cost?",
            author_id=self.customer.id,
            message_type="email",
            subtype_xmlid="mail.mt_comment",
        )
        self._commit()
        self.assertEqual(len(self._owed(everything)), 1)
        self.assertEqual(len(self._owed(letters)), 1)

    def test_the_past_starts_no_promise(self):
        regulation = self._regulation(
            interaction_type_ids=[
                Command.set(self.env["crm.interaction.type"].search([]).ids)
            ]
        )
        meeting = self._meeting(outcome="held")
        self._commit()
        self.env["crm.interaction"].search(
            [("source_model", "=", "calendar.event"), ("source_id", "=", meeting.id)]
        ).unlink()
        before = self._owed(regulation)
        wizard = self.env["crm.interaction.backfill"].with_user(self.coordinator)
        wizard.create({"date_from": "2026-05-01"}).action_fill()
        self._commit()
        self.assertEqual(self._owed(regulation), before)
