from datetime import datetime

from freezegun import freeze_time

from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from .common import SegmentationCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-05-20 09:00:00")
class TestInteraction(SegmentationCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.partner = cls._partner()
        cls.door = cls.env["crm.interaction"].with_user(cls.sales)

    def _logged(self, result):
        return self.env["crm.interaction"].browse(result["id"])

    # --- logging --------------------------------------------------------------

    def test_everything_that_may_be_said(self):
        lead = self.env["crm.lead"].create(
            {"name": "Reagents", "user_id": self.sales.id}
        )
        result = self.door.log(
            {
                "type": "materials_request",
                "partner_id": self.partner.id,
                "lead_id": lead.id,
                "user_id": self.manager.id,
                "company_id": self.company.id,
                "date": "2026-05-20T10:00:00+03:00",
                "duration": 12.5,
                "direction": "out",
                "external_ref": "pbx-7",
                "name": "Price list",
                "note": "By Friday",
                "phone": "+49 30 1",
                "email": "doctor@clinic.example",
            }
        )
        self.assertEqual(result["status"], "created")
        self.assertRecordValues(
            self._logged(result),
            [
                {
                    "partner_id": self.partner.id,
                    "commercial_partner_id": self.partner.id,
                    "lead_id": lead.id,
                    "user_id": self.manager.id,
                    "company_id": self.company.id,
                    "date": datetime(2026, 5, 20, 7, 0),
                    "date_end": datetime(2026, 5, 20, 7, 12, 30),
                    "direction": "out",
                    "external_ref": "pbx-7",
                    "name": "Price list",
                }
            ],
        )

    def test_what_is_not_said(self):
        logged = self._logged(self.door.log({"type": "call"}))
        self.assertRecordValues(
            logged,
            [
                {
                    "partner_id": False,
                    "user_id": self.sales.id,
                    "company_id": self.company.id,
                    "date": datetime(2026, 5, 20, 9, 0),
                    "direction": "in",
                    "external_ref": False,
                }
            ],
        )

    def test_same_reference_updates(self):
        values = {
            "type": "call",
            "external_ref": "pbx-1",
            "date": "2026-05-20 08:00:00",
        }
        first = self.door.log(values)
        self.assertEqual(
            self.door.log(values), {"id": first["id"], "status": "unchanged"}
        )
        late = {**values, "duration": 3, "partner_id": self.partner.id}
        self.assertEqual(self.door.log(late), {"id": first["id"], "status": "updated"})
        self.assertEqual(self._logged(first).duration, 3.0)
        self.assertEqual(self.door.log(late)["status"], "unchanged")
        # What is not said any more stays.
        self.assertEqual(self.door.log(values)["status"], "unchanged")
        self.assertEqual(self._logged(first).partner_id, self.partner)

    def test_same_reference_in_another_company_is_another_one(self):
        other = self.env["res.company"].create({"name": "South Med"})
        both = self.env["crm.interaction"].with_context(
            allowed_company_ids=(self.company | other).ids
        )
        values = {"type": "call", "external_ref": "pbx-1"}
        first = both.log(values)
        second = both.log({**values, "company_id": other.id})
        self.assertEqual(second["status"], "created")
        self.assertNotEqual(first["id"], second["id"])

    def test_partner_of_the_lead(self):
        lead = self.env["crm.lead"].create(
            {"name": "x", "partner_id": self.partner.id, "user_id": self.sales.id}
        )
        logged = self._logged(self.door.log({"type": "call", "lead_id": lead.id}))
        self.assertEqual(logged.partner_id, self.partner)

    def test_lead_for_an_unknown_caller(self):
        values = {"type": "call", "phone": "+49 30 1", "external_ref": "pbx-1"}
        first = self.door.log(values, create_lead=True)
        lead = self._logged(first).lead_id
        self.assertRecordValues(
            lead, [{"phone": "+49 30 1", "company_id": self.company.id}]
        )
        self.assertEqual(self.door.log(values, create_lead=True)["status"], "unchanged")
        known = {"type": "call", "partner_id": self.partner.id}
        self.assertFalse(self._logged(self.door.log(known, create_lead=True)).lead_id)

    def test_what_is_wrong_is_said_and_nothing_is_logged(self):
        other = self.env["res.company"].create({"name": "South Med"})
        foreign = self._partner("Theirs", company_id=other.id)
        gone = self._partner("Gone")
        gone.unlink()
        table = [
            ("text", "the values must be a dictionary"),
            ({}, "say the type; known codes are call, meeting"),
            ({"type": "telepathy"}, "say the type; known codes are call, meeting"),
            ({"type_id": 10**8}, "say the type"),
            (
                {"type": "call", "colour": 1},
                "“colour” is not known; known are at, company",
            ),
            ({"type": "call", "stage": "x", "id": 1}, "“id, stage” is not known"),
            ({"type": "call", "date": "tomorrow"}, "“tomorrow” is not an instant"),
            ({"type": "call", "date": 5}, "“5” is not an instant"),
            ({"type": "call", "direction": "up"}, "the direction is “in” or “out”"),
            ({"type": "call", "partner_id": gone.id}, "partner_id: there is no record"),
            ({"type": "call", "partner_id": "Clinic"}, "partner_id: .*is not an id"),
            ({"type": "call", "partner_id": [4]}, "partner_id: .*is not an id"),
            ({"type": "call", "partner_id": True}, "partner_id: .*is not an id"),
            ({"type": "call", "lead_id": 10**8}, "lead_id: there is no record"),
            ({"type": "call", "user_id": 10**8}, "user_id: there is no record"),
            ({"type": "call", "company_id": other.id}, "you do not work for the comp"),
            ({"type": "call", "company_id": 10**8}, "company_id: there is no record"),
            (
                {"type": "call", "duration": "long"},
                "duration: “long” is not a number of min",
            ),
            ({"type": "call", "duration": -1}, "duration: “-1” is not a number of min"),
            ({"type": "call", "name": {"a": 1}}, "name: .*is not a text"),
            ({"type": "call", "external_ref": 7}, "external_ref: .*is not a text"),
            ({"type": "call", "partner_id": foreign.id}, "partner_id: there is no rec"),
            ({"type": "call", "external_ref": "x" * 300}, "a text of at most 255"),
            ({"type": "call", "name": "\ud800"}, "name: .*is not a text"),
        ]
        before = self.env["crm.interaction"].search_count([])
        for values, problem in table:
            with (
                self.subTest(values=values),
                self.assertRaisesRegex(UserError, problem) as raised,
            ):
                self.door.log(values)
            self.assertRegex(
                str(raised.exception), r"^crm_segmentation\.interaction: The inter"
            )
        self.assertEqual(self.env["crm.interaction"].search_count([]), before)

    def test_many_rows_one_by_one(self):
        results = self.door.log_many(
            [
                {"type": "call", "external_ref": "pbx-1"},
                {"type": "telepathy"},
                {"type": "call", "external_ref": "pbx-1"},
                {"type": "call", "partner_id": "nobody"},
                "text",
                {"type": "visit", "partner_id": self.partner.id},
            ]
        )
        self.assertEqual(
            [result.get("status", "error") for result in results],
            ["created", "error", "unchanged", "error", "error", "created"],
        )
        self.assertTrue(
            results[1]["error"].startswith("crm_segmentation.interaction: ")
        )

    def test_many_rows_must_be_a_list(self):
        with self.assertRaisesRegex(UserError, "a list of dictionaries"):
            self.door.log_many({"type": "call"})

    # --- in the client --------------------------------------------------------

    def test_form(self):
        lead = self.env["crm.lead"].create(
            {"name": "x", "partner_id": self.partner.id, "user_id": self.sales.id}
        )
        form = Form(self.door)
        form.type_id = self.env.ref("crm_segmentation.interaction_type_visit")
        form.lead_id = lead
        self.assertEqual(form.partner_id, self.partner)
        visit = form.save()
        self.assertEqual(visit.display_name, "Visit: Clinic")
        visit.name = "New ward"
        self.assertEqual(visit.display_name, "Visit: Clinic: New ward")

    def test_counts_with_those_of_the_contacts(self):
        contact = self._partner(
            "Dr. Green", parent_id=self.partner.id, is_company=False
        )
        for partner in (self.partner, contact):
            self.door.log({"type": "call", "partner_id": partner.id})
        self.assertEqual(self.partner.interaction_count, 2)
        action = self.partner.with_user(self.sales).action_open_interactions()
        self.assertEqual(self.door.search_count(action["domain"]), 2)
        action = contact.with_user(self.sales).action_open_interactions()
        self.assertEqual(self.door.search_count(action["domain"]), 2)
        self.assertEqual(contact.interaction_count, 2)

    def test_nobody_is_told(self):
        logged = self._logged(
            self.door.log({"type": "call", "partner_id": self.partner.id})
        )
        self.assertFalse(logged.message_ids)
        self.assertFalse(logged.message_follower_ids)
