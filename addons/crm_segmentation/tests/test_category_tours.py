from odoo import Command, fields
from odoo.tests import HttpCase, tagged
from odoo.tools.date_utils import add


@tagged("post_install", "-at_install")
class TestCategoryTours(HttpCase):
    """A person asks why, and sets a category by hand."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("en_US")
        company = cls.env.ref("base.main_company")
        cls.env["crm.segmentation"].search([]).filtered(
            lambda s: s.state == "published"
        ).action_archive_segmentation()
        admin = cls.env.ref("base.user_admin")
        admin.write(
            {"lang": "en_US", "company_id": company.id, "company_ids": company.ids}
        )
        cls.partner = cls.env["res.partner"].create(
            {
                "name": "Clinic of the tour",
                "is_company": True,
                "counterparty_type_ids": cls.env.ref(
                    "crm_segmentation.type_client"
                ).ids,
            }
        )
        cls.env["crm.turnover.line"].create(
            {
                "partner_id": cls.partner.id,
                "date": add(fields.Date.today().replace(day=1), days=-1),
                "amount": 1000,
                "company_id": company.id,
                "currency_id": company.currency_id.id,
            }
        )
        metric = cls.env["crm.metric"].search([("code", "=", "turnover_month_avg")])
        condition = {"metric_id": metric.id, "value_enter": 5000}
        cls.segmentation = cls.env["crm.segmentation"].create(
            {
                "name": "Clients of the tour",
                "company_id": company.id,
                "segment_ids": [
                    Command.create(
                        {
                            "code": "A",
                            "name": "Key",
                            "criterion_ids": [Command.create(condition)],
                        }
                    ),
                    Command.create({"code": "C", "name": "Rest", "is_default": True}),
                ],
            }
        )
        cls.segmentation.action_publish()

    def test_why(self):
        self.start_tour(
            f"/odoo/counterparties/{self.partner.id}",
            "crm_segmentation_why",
            login="admin",
        )

    def test_override(self):
        self.start_tour(
            f"/odoo/counterparties/{self.partner.id}",
            "crm_segmentation_override",
            login="admin",
        )
        movements = self.env["crm.segment.movement"].search(
            [("partner_id", "=", self.partner.id)], order="id"
        )
        self.assertEqual(
            movements.mapped("cause"), ["publish", "override", "override_end"]
        )
        self.assertEqual(self.partner.own_segment_ids.code, "C")
