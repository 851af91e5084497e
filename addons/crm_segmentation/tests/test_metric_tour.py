from datetime import timedelta

from odoo import Command, fields
from odoo.tests import HttpCase, new_test_user, tagged


@tagged("post_install", "-at_install")
class TestMetricTour(HttpCase):
    def test_make_an_own_metric(self):
        """A coordinator makes a number without code and tries it on a counterparty."""
        self.env["res.lang"]._activate_lang("en_US")
        company = self.env.ref("base.main_company")
        new_test_user(
            self.env,
            login="metric_tour",
            password="metric_tour",
            groups="base.group_user,crm_segmentation.group_crm_coordinator",
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
            lang="en_US",
        )
        partner = self.env["res.partner"].create(
            {"name": "Clinic of the metric", "is_company": True}
        )
        now = fields.Datetime.now()
        self.env["crm.interaction"].create(
            [
                {
                    "name": f"{days} days ago",
                    "type_id": self.env.ref(
                        "crm_segmentation.interaction_type_call"
                    ).id,
                    "partner_id": partner.id,
                    "company_id": company.id,
                    "date": now - timedelta(days=days),
                }
                for days in (1, 20, 40)
            ]
        )
        self.start_tour(
            "/odoo/crm-metrics", "crm_segmentation_own_metric", login="metric_tour"
        )
        metric = self.env["crm.metric"].search([("name", "=", "Calls of the tour")])
        self.assertRecordValues(
            metric,
            [
                {
                    "code": "calls_of_the_tour",
                    "res_model": "crm.interaction",
                    "partner_path": "partner_id",
                    "date_field": "date",
                    "window": "30 days",
                    "unit": "talks",
                    "state": "ready",
                }
            ],
        )
