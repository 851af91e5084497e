from odoo import Command
from odoo.tests import HttpCase, new_test_user, tagged

NUMBER = "+380 44 245 31 18"


@tagged("post_install", "-at_install")
class TestDoorTour(HttpCase):
    """A plain salesperson answers the phone."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("en_US")
        company = cls.env.ref("base.main_company")
        cls.env.user.write(
            {"company_ids": [Command.link(company.id)], "company_id": company.id}
        )
        cls.sales = new_test_user(
            cls.env,
            login="door_seller",
            groups="base.group_user,sales_team.group_sale_salesman",
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
            lang="en_US",
        )
        cls.clinic = cls.env["res.partner"].create(
            {"name": "Clinic of the door", "is_company": True}
        )
        cls.call = cls.env.ref("crm_segmentation.interaction_type_call")

    def test_log_a_call(self):
        self.start_tour(
            f"/odoo/res.partner/{self.clinic.id}",
            "crm_segmentation_log_a_call",
            login="door_seller",
        )
        self.assertRecordValues(
            self.clinic.interaction_ids,
            [
                {
                    "name": "Asked for gloves",
                    "user_id": self.sales.id,
                    "direction": "out",
                    "is_first_contact": True,
                }
            ],
        )
        self.assertEqual(
            self.clinic.utm_source_id,
            self.env.ref("crm_segmentation.utm_source_event"),
        )

    def test_it_is(self):
        talks = self.env["crm.interaction"].create(
            [{"type_id": self.call.id, "phone": NUMBER} for _ in range(2)]
        )
        self.start_tour(
            "/odoo/unmatched-calls", "crm_segmentation_it_is", login="door_seller"
        )
        self.assertEqual(talks.partner_id, self.clinic)
        self.assertEqual(self.clinic.phone_number_ids.number, NUMBER)

    def test_who_is_calling(self):
        self.clinic.phone = NUMBER
        self.start_tour(
            "/odoo/caller?phone=%2B380442453118",
            "crm_segmentation_who_is_calling",
            login="door_seller",
        )
        self.assertRecordValues(
            self.clinic.interaction_ids,
            [{"direction": "in", "phone": "+380442453118", "user_id": self.sales.id}],
        )
