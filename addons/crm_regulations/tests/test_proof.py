from odoo import Command
from odoo.tests import tagged

from .common import RegulationsCommon, instant


@tagged("post_install", "-at_install")
class TestProof(RegulationsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.regulation = cls._on_requests()
        cls.colleague = cls._partner(
            "Head of laboratory",
            parent_id=cls.customer.id,
            is_company=False,
            email="head@example.com",
        )
        cls.stranger = cls._partner("Somebody else", email="else@example.com")
        cls.sales.email = "seller@example.com"

    def setUp(self):
        super().setUp()
        clock = self._at("2026-05-04 09:30:00")
        clock.__enter__()
        self.addCleanup(clock.__exit__, None, None, None)
        self.talk = self._talk()
        self.owed = self._owed(self.regulation)

    def _assert_done(self, grade, message):
        self.assertEqual(self.owed.state, "done_on_time")
        self.assertEqual(self.owed.evidence_grade, grade)
        self.assertEqual(self.owed.evidence_model, "mail.message")
        self.assertEqual(self.owed.evidence_res_id, message.id)
        self.assertEqual(self.owed.date_done, instant("2026-05-04 09:30:00"))

    # --- what proves ----------------------------------------------------------

    def test_attachment(self):
        message = self._write_to(
            self.customer, attach=True, partner_ids=self.customer.ids
        )
        self._assert_done("system", message)

    def test_link(self):
        message = self._write_to(
            self.customer,
            body='Here: <a href="https://example.com/list">list</a>',
            body_is_html=True,
            partner_ids=self.customer.ids,
        )
        self._assert_done("system", message)

    def test_neither(self):
        self._write_to(self.customer, partner_ids=self.customer.ids)
        self.assertEqual(self.owed.state, "open")

    def test_on_any_page_if_it_goes_to_the_customer(self):
        message = self._write_to(
            self.stranger, attach=True, partner_ids=self.customer.ids
        )
        self._assert_done("system", message)

    def test_to_a_colleague_of_the_customer(self):
        message = self._write_to(
            self.customer, attach=True, partner_ids=self.colleague.ids
        )
        self._assert_done("system", message)

    def test_to_a_follower(self):
        self.talk.message_subscribe(self.customer.ids)
        message = self._write_to(self.talk, attach=True)
        self._assert_done("system", message)

    def test_on_the_customer_s_page_to_nobody(self):
        self._assert_done("attested", self._write_to(self.customer, attach=True))

    def test_on_the_interaction_to_nobody(self):
        self._assert_done("attested", self._write_to(self.talk, attach=True))

    def test_on_the_lead(self):
        self.talk.unlink()
        lead = self._lead()
        self._talk(lead_id=lead.id)
        self.owed = self._owed(self.regulation)[-1]
        self.assertEqual(self.owed.lead_id, lead)
        message = self._write_to(lead, attach=True, partner_ids=self.customer.ids)
        self._assert_done("system", message)

    def test_on_the_lead_that_got_its_customer_later(self):
        regulation = self._on_leads()
        lead = self._lead(partner_id=False)
        self.owed = self._owed(regulation)
        lead.partner_id = self.stranger
        message = self._write_to(lead, partner_ids=self.stranger.ids)
        self._assert_done("system", message)

    def test_somebody_else_of_us_answers(self):
        message = self._write_to(
            self.customer, self.manager, attach=True, partner_ids=self.customer.ids
        )
        self._assert_done("system", message)

    def test_one_letter_proves_all_that_it_answers(self):
        self._talk()
        self._write_to(self.customer, attach=True, partner_ids=self.customer.ids)
        self.assertEqual(
            self._owed(self.regulation).mapped("state"), ["done_on_time"] * 2
        )

    def test_the_first_letter_counts(self):
        first = self._write_to(
            self.customer, attach=True, partner_ids=self.customer.ids
        )
        self._write_to(self.customer, attach=True, partner_ids=self.customer.ids)
        self._assert_done("system", first)

    def test_at_the_very_instant(self):
        with self._at("2026-05-04 11:00:00"):
            self._write_to(self.customer, attach=True, partner_ids=self.customer.ids)
        self.assertEqual(self.owed.state, "done_on_time")

    def test_a_second_later(self):
        with self._at("2026-05-04 11:00:01"):
            self._write_to(self.customer, attach=True, partner_ids=self.customer.ids)
        self.assertEqual(self.owed.state, "done_late")
        self.assertEqual(self.owed.date_done, instant("2026-05-04 11:00:01"))

    def test_the_activity_is_finished(self):
        activity = self.owed.activity_ids
        self._write_to(self.customer, attach=True, partner_ids=self.customer.ids)
        self.assertFalse(activity.active)

    # --- what does not --------------------------------------------------------

    def test_internal_note(self):
        self._write_to(
            self.customer,
            attach=True,
            partner_ids=self.customer.ids,
            subtype_xmlid="mail.mt_note",
        )
        self.assertEqual(self.owed.state, "open")

    def test_automatic_messages(self):
        robot = self.env.ref("base.partner_root")
        for values in (
            {"message_type": "auto_comment", "partner_ids": self.customer.ids},
            {"message_type": "notification"},
            {
                "message_type": "notification",
                "partner_ids": self.customer.ids,
                "author_id": robot.id,
            },
        ):
            with self.subTest(**values):
                self._write_to(self.customer, attach=True, **values)
                self.assertEqual(self.owed.state, "open")

    def test_message_of_a_program_for_a_person(self):
        """Over the wire a message without a type is a notification."""
        self._write_to(
            self.customer,
            attach=True,
            message_type="notification",
            partner_ids=self.customer.ids,
        )
        self.assertEqual(self.owed.evidence_grade, "system")

    def test_incoming_message(self):
        self._write_to(
            self.customer,
            self.env.user,
            attach=True,
            author_id=self.colleague.id,
            message_type="email",
        )
        self._write_to(
            self.talk, self.env.user, attach=True, author_id=self.colleague.id
        )
        self.assertEqual(self.owed.state, "open")

    def test_to_somebody_else(self):
        self._write_to(self.stranger, attach=True, partner_ids=self.stranger.ids)
        self._write_to(self.customer, attach=True, partner_ids=self.stranger.ids)
        self._write_to(self.talk, attach=True, partner_ids=self.manager.partner_id.ids)
        self.assertEqual(self.owed.state, "open")

    def test_closed_ones_stay_as_they_are(self):
        self.owed.with_user(self.manager).excuse("Power cut")
        self._write_to(self.customer, attach=True, partner_ids=self.customer.ids)
        self.assertEqual(self.owed.state, "excused")

    # --- other kinds of proof -------------------------------------------------

    def test_interaction_from_us(self):
        regulation = self._regulation({"evidence_kind": "interaction"})
        self._talk()
        owed = self._owed(regulation)
        self._talk(date="2026-05-04 08:00:00", direction="out")  # before the promise
        self._talk(date="2026-05-04 10:00:00", direction="in")  # the customer again
        self._talk(
            date="2026-05-04 10:00:00", direction="out", partner_id=self.stranger.id
        )
        self.assertEqual(owed.state, "open")
        call = self._talk(
            date="2026-05-04 10:15:00",
            duration=5,
            direction="out",
            partner_id=self.colleague.id,
        )
        self.assertEqual(owed.state, "done_on_time")
        self.assertEqual(owed.evidence_grade, "attested")
        self.assertEqual(owed.evidence_res_id, call.id)
        self.assertEqual(owed.date_done, instant("2026-05-04 10:20:00"))

    def test_interaction_is_no_proof_of_itself(self):
        regulation = self._regulation({"evidence_kind": "interaction"})
        self._talk(direction="out")
        self.assertEqual(self._owed(regulation).state, "open")

    def test_a_person_s_word_only(self):
        regulation = self._regulation({"evidence_kind": "manual"})
        self._talk()
        owed = self._owed(regulation)
        self._write_to(self.customer, attach=True, partner_ids=self.customer.ids)
        self.assertEqual(owed.state, "open")
        owed.with_user(self.sales).fulfil("Handed over")
        self.assertEqual(
            (owed.state, owed.evidence_grade), ("done_on_time", "attested")
        )

    def test_overdue_is_made_good_by_proof_found_late(self):
        """A letter that reached Odoo late, but was written in time."""
        self.owed.write({"state": "breached", "date_breach": self.owed.date_due})
        self.env["mail.message"].create(
            {
                "model": "res.partner",
                "res_id": self.customer.id,
                "message_type": "email_outgoing",
                "subtype_id": self.env.ref("mail.mt_comment").id,
                "author_id": self.sales.partner_id.id,
                "partner_ids": [Command.set(self.customer.ids)],
                "body": '<a href="https://example.com">list</a>',
                "date": "2026-05-04 10:00:00",
            }
        )
        self._commit()
        self.assertEqual(self.owed.state, "done_on_time")
        self.assertFalse(self.owed.date_breach)
