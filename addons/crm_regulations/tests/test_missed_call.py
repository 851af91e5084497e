from datetime import timedelta

from odoo.tests import tagged

from .common import MONDAY_9, RegulationsCommon, instant

NUMBER = "+380442453118"


@tagged("post_install", "-at_install")
class TestMissedCall(RegulationsCommon):
    """The shipped draft, in force, fed by the telephone exchange."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.regulation = cls.env["crm.regulation"].search(
            [("company_id", "=", cls.company.id), ("code", "=", "missed_call")]
        )
        cls.regulation.write({"mode": "remind", "owner_id": cls.coordinator.id})
        cls.regulation.action_publish()
        cls.technician = cls._user("technician", "sales_team.group_sale_salesman")
        cls.env["crm.duty"].create(
            {
                "user_id": cls.technician.id,
                "date_from": "2026-05-01 00:00:00",
                "company_id": cls.company.id,
            }
        )
        cls.customer.phone = NUMBER
        for number, user in (("101", cls.sales), ("102", cls.manager)):
            cls.env["crm.phone.extension"].create(
                {
                    "extension": number,
                    "user_id": user.id,
                    "company_id": cls.company.id,
                }
            )

    def _report(self, at=MONDAY_9, **values):
        """What the telephone exchange reports of a call."""
        with self._at(at):
            door = self.env(user=self.integration)["crm.interaction"]
            said = door.log(
                {
                    "type": "call",
                    "phone": NUMBER,
                    "date": at,
                    "company_id": self.company.id,
                    **values,
                }
            )
            self._commit()
        return self.env["crm.interaction"].browse(said["id"])

    def _missed(self, at=MONDAY_9, **values):
        return self._report(at, **{"outcome": "missed", "state": "ended", **values})

    def _answered(self, at, **values):
        return self._report(at, **{"outcome": "answered", "state": "ended", **values})

    def _all(self):
        return self._owed(self.regulation)

    def test_who_owes_it_until_when(self):
        call = self._missed(extension="101")
        owed = self._all()
        self.assertEqual((owed.res_model, owed.res_id), (call._name, call.id))
        self.assertEqual(owed.partner_id, self.customer)
        self.assertEqual(owed.user_id, self.technician, "not whose phone rang")
        self.assertEqual(str(owed.date_due), "2026-05-04 09:30:00")

    def test_half_an_hour_of_working_time(self):
        self._missed("2026-05-04 16:45:00")
        self.assertEqual(str(self._all().date_due), "2026-05-05 08:15:00")

    def test_any_colleague_calls_back(self):
        self._missed()
        back = self._answered(
            "2026-05-04 09:12:00", direction="out", user_id=self.manager.id
        )
        owed = self._all()
        self.assertEqual((owed.state, owed.evidence_grade), ("done_on_time", "system"))
        self.assertEqual(owed.evidence_res_id, back.id)
        self.assertEqual(str(owed.date_done), "2026-05-04 09:12:00")

    def test_the_customer_calls_again(self):
        self._missed()
        self._answered("2026-05-04 09:40:00", direction="in")
        self.assertEqual(self._all().state, "done_late")

    def test_tries_do_not_count(self):
        self._missed()
        for minute, outcome in ((5, "missed"), (10, "busy"), (15, "voicemail")):
            self._report(
                f"2026-05-04 09:{minute:02}:00",
                outcome=outcome,
                state="ended",
                direction="out",
            )
        # It rings at the customer's, and one of which nobody says how it ended.
        self._report("2026-05-04 09:20:00", state="ringing", direction="out")
        self._report("2026-05-04 09:22:00", state="ended", direction="out")
        self.assertEqual(self._all().state, "open")

    def test_a_typed_call_is_a_person_s_word(self):
        self._missed()
        call = self.env.ref("crm_segmentation.interaction_type_call")
        with self._at("2026-05-04 09:20:00"):
            self._talk(type_id=call.id, direction="out", date="2026-05-04 09:15:00")
        owed = self._all()
        self.assertEqual(
            (owed.state, owed.evidence_grade), ("done_on_time", "attested")
        )

    def test_a_letter_is_no_call(self):
        self._missed()
        with self._at("2026-05-04 09:10:00"):
            self._write_to(self.customer, partner_ids=self.customer.ids)
        self.assertEqual(self._all().state, "open")

    def test_other_customers_and_earlier_calls(self):
        self._answered("2026-05-04 08:50:00", direction="out")
        self._missed()
        self._answered("2026-05-04 09:10:00", phone="+380441112233", direction="out")
        self.assertEqual(self._all().state, "open")

    # --- unknown numbers ------------------------------------------------------

    def _unknown(self, at=MONDAY_9, **values):
        return self._missed(at, phone="+380671234567", **values)

    def test_unknown_number(self):
        self._unknown()
        owed = self._all()
        self.assertFalse(owed.partner_id)
        self.assertEqual((owed.state, owed.user_id), ("open", self.technician))
        # Nobody knows either who picks up when we call that number.
        self._answered("2026-05-04 09:10:00", phone="+380671234567", direction="out")
        self.assertEqual((owed.state, owed.evidence_grade), ("done_on_time", "system"))

    def test_same_digits_typed_otherwise(self):
        self.company.country_id = self.env.ref("base.ua")
        self._unknown()
        self._answered("2026-05-04 09:10:00", phone="067 123-45-67", direction="out")
        self.assertEqual(self._all().state, "done_on_time")

    def test_another_unknown_number_is_somebody_else(self):
        self._unknown()
        self._answered("2026-05-04 09:10:00", phone="+380671234568", direction="out")
        self.assertEqual(self._all().state, "open")

    def test_withheld_numbers_are_nobody_s(self):
        self._missed(phone="", hidden=True)
        self._missed("2026-05-04 09:00:10", phone="", hidden=True)
        self.assertEqual(len(self._all()), 2)
        self._answered("2026-05-04 09:10:00", phone="", hidden=True, direction="out")
        self.assertEqual(set(self._all().mapped("state")), {"open"})

    def test_identified_later(self):
        call = self._unknown()
        owed = self._all()
        dialog = self.env["crm.interaction.assign"].with_user(self.sales)
        with self._at("2026-05-04 09:05:00"):
            dialog.create(
                {"interaction_ids": call.ids, "partner_id": self.customer.id}
            ).action_assign()
            self._commit()
        self.assertEqual(self._all(), owed, "the same promise")
        self.assertEqual(owed.partner_id, self.customer)
        self.assertEqual(owed.commercial_partner_id, self.customer)
        self.assertEqual(str(owed.date_due), "2026-05-04 09:30:00")
        known = owed.event_ids.filtered(lambda e: e.kind == "identified")
        self.assertEqual(known.note, "Clinic")
        # Now any call with the customer answers it, whatever the number.
        self._answered("2026-05-04 09:20:00", direction="out")
        self.assertEqual(owed.state, "done_on_time")

    def test_answered_before_it_was_identified(self):
        call = self._unknown()
        self._answered("2026-05-04 09:10:00", direction="out")
        owed = self._all()
        self.assertEqual(owed.state, "open")
        call.partner_id = self.customer
        self._commit()
        self.assertEqual(owed.state, "done_on_time")
        self.assertEqual(owed.partner_id, self.customer)

    def test_identified_wrongly_and_corrected(self):
        call = self._unknown()
        other = self._partner("Pharmacy")
        for partner in (other, self.customer, other):
            call.partner_id = partner
            self._commit()
            self.assertEqual(self._all().partner_id, partner)

    def test_a_closed_promise_keeps_its_customer(self):
        call = self._unknown()
        owed = self._all()
        owed.fulfil("Called")
        call.partner_id = self.customer
        self._commit()
        self.assertFalse(owed.partner_id)

    def test_a_lead_is_made_of_the_caller(self):
        call = self._unknown()
        with self._at("2026-05-04 09:05:00"):
            call.with_user(self.sales).action_new_lead()
            self._commit()
        self.assertEqual(self._all().lead_id, call.lead_id)
        self.assertTrue(call.lead_id)

    # --- ring groups ----------------------------------------------------------

    def test_one_call_on_several_phones(self):
        """The exchange reports each phone as a call of its own."""
        first = self._missed(external_ref="a", extension="101")
        self._missed("2026-05-04 09:00:20", external_ref="b", extension="102")
        self._missed("2026-05-04 09:00:40", external_ref="c")
        owed = self._all()
        self.assertEqual(owed.res_id, first.id)
        self._answered("2026-05-04 09:10:00", direction="out")
        self.assertEqual(owed.state, "done_on_time")

    def test_one_reference_rings_everywhere(self):
        for extension, state in (("101", "ringing"), ("102", "ringing")):
            self._report(external_ref="a", extension=extension, state=state)
        self.assertFalse(self._all(), "it still rings")
        self._missed(external_ref="a")
        self.assertEqual(len(self._all()), 1)

    def test_a_colleague_answered(self):
        self._answered("2026-05-04 09:00:10", external_ref="a", extension="101")
        self._missed(external_ref="b", extension="102")
        self.assertFalse(self._all())

    def test_a_colleague_answered_and_it_is_told_later(self):
        for at in ("2026-05-04 08:59:40", "2026-05-04 09:00:25"):
            with self.subTest(at=at):
                self._missed(external_ref=f"missed {at}", extension="102")
                owed = self._all()[-1]
                self.assertEqual(owed.state, "open")
                self._answered(at, external_ref=f"answered {at}", extension="101")
                self.assertEqual(owed.state, "cancelled", "it was no missed call")
                log = owed.event_ids.filtered(lambda e: e.kind == "cancelled")
                self.assertIn("colleague", log.note)
                self.env["crm.interaction"].search(
                    [("company_id", "=", self.company.id)]
                ).unlink()

    def test_the_call_itself_was_answered_after_all(self):
        self._missed(external_ref="a")
        owed = self._all()
        self._answered("2026-05-04 09:00:30", external_ref="a")
        self.assertEqual(owed.state, "cancelled")

    def test_minutes_later_is_another_call(self):
        self._missed(external_ref="a")
        self._missed("2026-05-04 09:05:00", external_ref="b")
        self.assertEqual(len(self._all()), 2)
        self._answered("2026-05-04 09:08:00", direction="in", external_ref="c")
        self.assertEqual(set(self._all().mapped("state")), {"done_on_time"})

    def test_reported_twice(self):
        for _time in range(2):
            self._missed(external_ref="a")
        self.assertEqual(len(self._all()), 1)

    def test_the_night_tells_the_same(self):
        """What no signal has told, the nightly reading tells in the same way."""
        with self._at(MONDAY_9):
            calls = self.env["crm.interaction"].create(
                [
                    {
                        "type_id": self.env.ref(
                            "crm_segmentation.interaction_type_call"
                        ).id,
                        "phone": NUMBER,
                        "company_id": self.company.id,
                        "outcome": outcome,
                        "origin": "call_log",
                        "date": date,
                    }
                    for outcome, date in (
                        ("missed", "2026-05-04 08:00:00"),
                        ("missed", "2026-05-04 08:00:30"),
                        ("missed", "2026-05-04 08:30:00"),
                        ("answered", "2026-05-04 08:30:10"),
                    )
                ]
            )
            self._commit()
            before = self._all()
            self.assertEqual(before.mapped("res_id"), calls[:1].ids)
            before.unlink()
            self.regulation.sudo().date_published = "2026-05-04 00:00:00"
            rule = self.regulation._rule_of(self.regulation)
            self.regulation.sudo()._read_until(
                rule, instant(MONDAY_9), timedelta(days=1)
            )
        self.assertEqual(self._all().mapped("res_id"), calls[:1].ids)

    # --- companies ------------------------------------------------------------

    def test_second_company(self):
        """The same number at another company of ours answers nothing here."""
        other = self.env["res.company"].create({"name": "South Med"})
        robot = self._user("robot2", "crm_segmentation.group_crm_integration", other)
        self._unknown()
        with self._at("2026-05-04 09:10:00"):
            env = self.env(user=robot, context={"allowed_company_ids": other.ids})
            env["crm.interaction"].log(
                {
                    "type": "call",
                    "phone": "+380671234567",
                    "direction": "out",
                    "outcome": "answered",
                    "date": "2026-05-04 09:10:00",
                }
            )
            self._commit()
        self.assertEqual(self._all().state, "open")
