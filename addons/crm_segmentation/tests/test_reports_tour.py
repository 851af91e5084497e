from datetime import timedelta

from odoo import Command, fields
from odoo.tests import HttpCase, new_test_user, tagged


@tagged("post_install", "-at_install")
class TestReportsTour(HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("en_US")
        company = cls.env.ref("base.main_company")
        cls.user = new_test_user(
            cls.env,
            login="reports_tour",
            password="reports_tour",
            groups="base.group_user,sales_team.group_sale_salesman",
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
            lang="en_US",
        )
        client = cls.env.ref("crm_segmentation.type_client")
        cls.partner = cls.env["res.partner"].create(
            {
                "name": "Clinic of the flow",
                "is_company": True,
                "user_id": cls.user.id,
                "counterparty_type_ids": [Command.set(client.ids)],
            }
        )
        cls.env["crm.turnover.line"].create(
            {
                "partner_id": cls.partner.id,
                "date": fields.Date.today().replace(day=1) - timedelta(days=1),
                "amount": 5000,
                "company_id": company.id,
                "currency_id": company.currency_id.id,
            }
        )
        cls.segmentation = cls.env["crm.segmentation"].create(
            {
                "name": "Clients of the flow",
                "sequence": 0,
                "company_id": company.id,
                "counterparty_type_ids": [Command.set(client.ids)],
                "segment_ids": [
                    Command.create(
                        {
                            "name": "Key",
                            "code": "A",
                            "sequence": 1,
                            "criterion_ids": [
                                Command.create(
                                    {
                                        "metric_id": cls.env.ref(
                                            "crm_segmentation.metric_turnover_total"
                                        ).id,
                                        "value_enter": 5000,
                                    }
                                )
                            ],
                        }
                    ),
                    Command.create(
                        {"name": "Rest", "code": "C", "sequence": 2, "is_default": True}
                    ),
                ],
            }
        )
        cls.segmentation.action_publish()

    def test_flow_picture(self):
        self.start_tour(
            "/odoo/category-flow", "crm_segmentation_flow", login="reports_tour"
        )

    def test_my_week(self):
        entered = fields.Datetime.now() - timedelta(days=40)
        self.env.cr.execute(
            "UPDATE res_partner SET create_date = %s WHERE id = %s",
            [entered, self.partner.id],
        )
        self.env["crm.contact.norm"].create(
            {
                "segment_id": self.segmentation.segment_ids[0].id,
                "company_id": self.segmentation.company_id.id,
                "every_days": 30,
            }
        )
        self.start_tour(
            "/odoo/my-week", "crm_segmentation_my_week", login="reports_tour"
        )
