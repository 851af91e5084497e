from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .common import RegulationsCommon, instant

NOON = "2026-05-04 11:30:00"


class MeetingCommon(RegulationsCommon):
    """The shipped draft in force, and a meeting with a clinic."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.regulation = cls.env["crm.regulation"].search(
            [("company_id", "=", cls.company.id), ("code", "=", "after_meeting")]
        )
        cls.regulation.write({"mode": "remind", "owner_id": cls.coordinator.id})
        cls.regulation.action_publish()
        cls.sales.email = "seller@example.com"
        cls.doctor = cls._doctor(cls.customer)
        cls.doctor.write({"email": "doctor@example.com", "lang": "en_US"})
        cls.nurse = cls._partner("Nurse", parent_id=cls.customer.id, is_company=False)
        cls.nurse.email = "nurse@example.com"
        cls.pharmacy = cls._partner("Pharmacy", email="pharmacy@example.com")
        cls.lead = cls.env["crm.lead"].create(
            {
                "name": "Analyser",
                "partner_id": cls.customer.id,
                "user_id": cls.sales.id,
                "company_id": cls.company.id,
            }
        )

    def _meeting(self, *partners, **values):
        people = self.sales.partner_id.union(*partners)
        return (
            self.env["calendar.event"]
            .with_context(no_mail_to_attendees=True)
            .create(
                {
                    "name": "New ward",
                    "start": "2026-05-04 10:00:00",
                    "stop": "2026-05-04 11:00:00",
                    "user_id": self.sales.id,
                    "partner_ids": [Command.set(people.ids)],
                    **values,
                }
            )
        )

    def _held(self, *partners, at=NOON, **values):
        event = self._meeting(*partners, **values)
        with self._at(at):
            event.with_user(self.sales).action_meeting_held()
            self._commit()
        return event

    def _all(self):
        return self._owed(self.regulation)

    def _minutes(self, event, *lines, user=None, notes="<p>Wants two</p>"):
        """The dialog as a person fills it in."""
        action = event.with_user(user or self.sales).action_meeting_minutes()
        dialog = self.env[action["res_model"]].with_user(user or self.sales)
        form = Form(dialog.with_context(**action["context"]))
        form.notes = notes
        for name, values in lines:
            with form.line_ids.new() as line:
                line.name = name
                for field, value in values.items():
                    line[field] = value
        return form.save()

    def _composer(self, action, user=None):
        return Form(
            self.env[action["res_model"]]
            .with_user(user or self.sales)
            .with_context(**action["context"], mail_notify_force_send=False)
        )

    def _send(self, action, user=None):
        composer = self._composer(action, user).save()
        composer._action_send_mail()
        self._commit()


@tagged("post_install", "-at_install")
class TestAfterMeeting(MeetingCommon):
    # --- who owes what to whom ------------------------------------------------

    def test_one_company_one_promise(self):
        self._held(self.doctor, self.nurse)
        owed = self._all()
        self.assertEqual(len(owed), 1)
        self.assertEqual(owed.commercial_partner_id, self.customer)
        self.assertEqual(str(owed.date_start), "2026-05-04 11:00:00")
        self.assertEqual(str(owed.date_due), "2026-05-05 11:00:00")
        self.assertEqual(owed.fact_note, "New ward")

    def test_two_companies_two_promises(self):
        self._held(self.doctor, self.nurse, self.pharmacy)
        owed = self._all()
        self.assertEqual(len(owed), 2)
        self.assertEqual(owed.commercial_partner_id, self.customer | self.pharmacy)

    def test_who_organized_it_owes_it(self):
        self.customer.user_id = self.doctor.user_id = self.manager
        self._held(self.doctor)
        self.assertEqual(self._all().user_id, self.sales)
        event = self._meeting(self.pharmacy, user_id=False)
        event.outcome = "held"
        self.pharmacy.user_id = self.manager
        self._commit()
        self.assertEqual(self._all()[-1].user_id, self.manager, "nobody organized it")

    def test_the_customer_of_the_lead(self):
        self._held(opportunity_id=self.lead.id)
        self.assertEqual(self._all().commercial_partner_id, self.customer)

    def test_no_promise(self):
        self._held(self.manager.partner_id)
        self._held(self.doctor, privacy="private")
        declined = self._meeting(self.doctor, self.pharmacy)
        declined.attendee_ids.filtered(
            lambda a: a.partner_id == self.pharmacy
        ).do_decline()
        for outcome in ("moved", "no_show"):
            self._meeting(self.doctor).outcome = outcome
        self._commit()
        self.assertFalse(self._all())
        declined.action_meeting_held()
        self._commit()
        self.assertEqual(self._all().commercial_partner_id, self.customer)

    def test_held_twice_is_once(self):
        event = self._held(self.doctor)
        for _time in range(2):
            event.action_meeting_undo()
            self._commit()
            event.action_meeting_held()
            self._commit()
        self.assertEqual(len(self._all()), 1)

    def test_of_another_company_of_ours(self):
        """A customer whom two companies share is promised something by one."""
        other = self.env["res.company"].create({"name": "South Med"})
        stranger = self._user("south", "sales_team.group_sale_salesman", other)
        self._held(self.doctor)
        event = self._meeting(self.doctor, user_id=stranger.id)
        event.outcome = "held"
        self._commit()
        self.assertEqual(len(self._all()), 1)

    # --- the dialog -----------------------------------------------------------

    def test_notes_and_agreements(self):
        event = self._meeting(self.doctor, opportunity_id=self.lead.id)
        with self._at(NOON):
            minutes = self._minutes(
                event,
                ("Send the offer", {}),
                (
                    "Call about delivery",
                    {
                        "user_id": self.manager,
                        "date_deadline": fields.Date.to_date("2026-05-11"),
                    },
                ),
            )
            self.assertEqual(event.outcome, "held", "one tap said so")
            minutes.action_save()
            self._commit()
        self.assertIn("Wants two", event.notes)
        talk = self.env["crm.interaction"].search(
            [("source_model", "=", "calendar.event"), ("source_id", "=", event.id)]
        )
        self.assertEqual(talk.note, "Wants two")
        offer, call = event.agreement_ids
        self.assertEqual(offer.user_id, self.sales)
        self.assertEqual(str(offer.date_deadline), "2026-05-07")
        self.assertEqual(offer.partner_id, self.doctor)
        self.assertEqual(offer.company_id, self.company)
        self.assertEqual(
            (call.activity_id.res_model, call.activity_id.res_id),
            ("crm.lead", self.lead.id),
        )
        self.assertEqual(call.activity_id.user_id, self.manager)
        self.assertEqual(str(call.activity_id.date_deadline), "2026-05-11")
        self.assertEqual(call.activity_id.summary, "Call about delivery")

    def test_without_a_lead_on_the_customer(self):
        event = self._held(self.doctor, self.pharmacy)
        with self._at(NOON):
            self._minutes(
                event, ("Send", {}), ("Deliver", {"partner_id": self.pharmacy})
            ).action_save()
        places = [
            (a.activity_id.res_model, a.activity_id.res_id)
            for a in event.agreement_ids.sorted("id")
        ]
        self.assertEqual(
            places,
            [("res.partner", self.doctor.id), ("res.partner", self.pharmacy.id)],
        )

    def test_a_colleague_who_may_not_see_the_lead(self):
        """The activity is where its person can do it."""
        colleague = self._user("colleague", "sales_team.group_sale_salesman")
        event = self._held(self.doctor, opportunity_id=self.lead.id)
        with self._at(NOON):
            self._minutes(event, ("Help", {"user_id": colleague})).action_save()
        activity = event.agreement_ids.activity_id
        self.assertEqual((activity.res_model, activity.res_id),
                         ("res.partner", self.doctor.id))  # fmt: skip

    def test_save_twice_agree_once(self):
        event = self._held(self.doctor)
        with self._at(NOON):
            minutes = self._minutes(event, ("Send the offer", {}))
            minutes.action_save()
            minutes.action_save()
        self.assertEqual(len(event.agreement_ids), 1)
        self.assertEqual(
            self.env["mail.activity"].search_count(
                [("summary", "=", "Send the offer"), ("user_id", "=", self.sales.id)]
            ),
            1,
        )

    def test_open_it_again(self):
        event = self._held(self.doctor)
        with self._at(NOON):
            self._minutes(event, ("Send the offer", {})).action_save()
            action = event.with_user(self.sales).action_meeting_minutes()
            dialog = self.env[action["res_model"]].with_user(self.sales)
            form = Form(dialog.with_context(**action["context"]))
            self.assertIn("Wants two", form.notes)
            self.assertEqual(len(form.line_ids), 0)
            again = form.save()
            self.assertEqual(again.agreement_ids.mapped("name"), ["Send the offer"])
            again.action_save()
        self.assertEqual(len(event.agreement_ids), 1)

    def test_not_begun_yet(self):
        event = self._meeting(self.doctor)
        with (
            self._at("2026-05-04 09:00:00"),
            self.assertRaisesRegex(UserError, "crm_segmentation.meeting_not_begun"),
        ):
            event.with_user(self.sales).action_meeting_minutes()

    def test_an_agreement_without_words(self):
        event = self._held(self.doctor)
        minutes = self.env["crm.meeting.minutes"].create({"event_id": event.id})
        minutes.line_ids = [Command.create({"name": "  "})]
        with self.assertRaisesRegex(UserError, "crm_regulations.agreement"):
            minutes.action_save()

    # --- agreement and activity -----------------------------------------------

    def _agreed(self):
        event = self._held(self.doctor)
        with self._at(NOON):
            self._minutes(event, ("Send the offer", {})).action_save()
        return event.agreement_ids

    def test_done_follows_the_activity(self):
        agreement = self._agreed()
        self.assertFalse(agreement.is_done)
        with self._at("2026-05-06 09:00:00"):
            agreement.activity_id.with_user(self.sales).action_feedback("Sent")
        self.assertTrue(agreement.is_done)
        self.assertEqual(str(agreement.date_done), "2026-05-06")

    def test_the_activity_follows_the_agreement(self):
        agreement = self._agreed()
        with self._at("2026-05-06 09:00:00"):
            agreement.with_user(self.sales).action_done()
            agreement.with_user(self.sales).action_done()
        self.assertFalse(agreement.activity_id.active)
        self.assertEqual(str(agreement.date_done), "2026-05-06")
        done = self.env["crm.agreement"].search([("is_done", "=", True)])
        self.assertIn(agreement, done)

    def test_a_deleted_activity_leaves_the_agreement(self):
        agreement = self._agreed()
        agreement.activity_id.unlink()
        self.assertFalse(agreement.is_done)
        agreement.with_user(self.sales).action_done()
        self.assertTrue(agreement.is_done)

    def test_late(self):
        agreement = self._agreed()
        for day, late in (("2026-05-07", False), ("2026-05-08", True)):
            with self._at(f"{day} 09:00:00"):
                agreement.invalidate_recordset(["is_late"])
                self.assertEqual(agreement.is_late, late)

    # --- the letter -----------------------------------------------------------

    def test_the_letter_proves_it(self):
        event = self._held(self.doctor, self.nurse, opportunity_id=self.lead.id)
        with self._at("2026-05-04 12:00:00"):
            minutes = self._minutes(event, ("Send the offer", {}))
            action = minutes.action_save_and_write()
            composer = self._composer(action)
            self.assertEqual(composer.partner_ids[:], self.doctor | self.nurse)
            self.assertEqual(composer.subject, "Thank you for the meeting: New ward")
            for words in ("Thank you", "Send the offer", "05/07/2026"):
                self.assertIn(words, composer.body)
        self.assertEqual(self._all().state, "open", "a draft is no letter")
        with self._at("2026-05-04 13:30:00"):
            composer.save()._action_send_mail()
            self._commit()
        owed = self._all()
        self.assertEqual((owed.state, owed.evidence_grade), ("done_on_time", "system"))
        self.assertEqual(str(owed.date_done), "2026-05-04 13:30:00")
        message = self.env["mail.message"].browse(owed.evidence_res_id)
        self.assertEqual(message.partner_ids, self.doctor | self.nurse)

    def test_each_company_must_be_written_to(self):
        event = self._held(self.doctor, self.pharmacy)
        with self._at("2026-05-04 12:00:00"):
            self._write_to(event, partner_ids=self.doctor.ids)
        of_clinic, of_pharmacy = (
            self._all().filtered(lambda o, p=p: o.commercial_partner_id == p)
            for p in (self.customer, self.pharmacy)
        )
        self.assertEqual((of_clinic.state, of_pharmacy.state), ("done_on_time", "open"))

    def test_both_by_one_letter(self):
        event = self._held(self.doctor, self.pharmacy)
        with self._at("2026-05-04 12:00:00"):
            self._send(event.with_user(self.sales).action_write_letter())
        self.assertEqual(self._all().mapped("state"), ["done_on_time"] * 2)

    def test_what_does_not_prove_it(self):
        event = self._held(self.doctor, opportunity_id=self.lead.id)
        with self._at("2026-05-04 09:30:00"):
            self._write_to(self.lead, partner_ids=self.doctor.ids)
        with self._at("2026-05-04 12:00:00"):
            self._write_to(event, partner_ids=self.pharmacy.ids)
            self._write_to(event, subtype_xmlid="mail.mt_note")
            self._write_to(event, partner_ids=self.manager.partner_id.ids)
        self.assertEqual(self._all().state, "open")

    def test_in_the_customer_s_language(self):
        self.env["res.lang"]._activate_lang("ru_RU")
        template = self.env.ref("crm_regulations.mail_template_after_meeting")
        body = template.body_html.replace("Thank you for your time", "Спасибо за время")
        template.with_context(lang="ru_RU").write({"body_html": body})
        self.doctor.lang = "ru_RU"
        event = self._held(self.doctor)
        self.assertEqual(event.customer_lang, "ru_RU")
        with self._at(NOON):
            self._minutes(event, ("Прислать", {})).action_save()
            composer = self._composer(event.with_user(self.sales).action_write_letter())
        self.assertIn("Спасибо за время", composer.body)
        self.assertIn("07.05.2026", composer.body, "dates, too")

    def test_without_agreements(self):
        event = self._held(self.doctor)
        composer = self._composer(event.with_user(self.sales).action_write_letter())
        self.assertIn("Thank you", composer.body)
        self.assertNotIn("we agreed", composer.body)

    def test_a_deleted_template(self):
        self.env.ref("crm_regulations.mail_template_after_meeting").unlink()
        event = self._held(self.doctor)
        composer = self._composer(event.with_user(self.sales).action_write_letter())
        self.assertEqual(composer.subject, "New ward")
        self.assertEqual(composer.partner_ids[:], self.doctor)

    # --- roles ----------------------------------------------------------------

    def test_who_sees_agreements(self):
        agreement = self._agreed()
        colleague = self._user("colleague", "sales_team.group_sale_salesman")
        for user, sees in (
            (self.sales, True), (self.manager, True), (self.coordinator, True),
            (colleague, False), (self.integration, False),
        ):  # fmt: skip
            found = agreement.with_user(user).search([("id", "=", agreement.id)])
            self.assertEqual(bool(found), sees, user.login)
        with self.assertRaises(AccessError), mute_logger("odoo.models"):
            agreement.with_user(colleague).action_done()
        with self.assertRaisesRegex(UserError, "crm_regulations.agreement"):
            event = agreement.event_id
            event.partner_ids += colleague.partner_id
            agreement.with_user(colleague).action_done()
        agreement.with_user(self.manager).action_done()

    def test_second_company(self):
        agreement = self._agreed()
        other = self.env["res.company"].create({"name": "South Med"})
        stranger = self._user("south", "crm_segmentation.group_crm_coordinator", other)
        env = self.env(user=stranger, context={"allowed_company_ids": other.ids})
        self.assertFalse(env["crm.agreement"].search([]))
        with self.assertRaises(AccessError), mute_logger("odoo.models"):
            agreement.with_env(env).action_done()

    def test_only_people_of_sales_say_how_it_ended(self):
        clerk = self._user("clerk", "base.group_user")
        event = self._meeting(self.doctor, user_id=clerk.id)
        with (
            self._at(NOON),
            self.assertRaisesRegex(AccessError, "crm_segmentation.meeting_rights"),
        ):
            event.with_user(clerk).action_meeting_minutes()

    def test_it_is_known_when_it_ended(self):
        event = self._held(self.doctor)
        self.assertEqual(self._all().date_fact, instant("2026-05-04 10:00:00"))
        self.assertEqual(event.stop, self._all().date_start)
