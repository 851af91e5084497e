from dateutil.relativedelta import relativedelta

from odoo import Command, fields
from odoo.tests import HttpCase, tagged

from .common import RolloutCommon


@tagged("post_install", "-at_install")
class TestTourWholeChain(RolloutCommon, HttpCase):
    def test_from_a_client_to_the_gate(self):
        """In the browser: client, category and why, promise and its proof, rollout."""
        ours = self.env(user=self.coordinator)
        client = self._client(ours)
        self._in_force(ours["crm.segmentation"], "method_example")
        self._in_force(ours["crm.regulation"], "materials_2h")
        ours["crm.interaction"].create(
            {
                "type_id": self.env.ref(
                    "crm_segmentation.interaction_type_materials_request"
                ).id,
                "partner_id": client.id,
                "name": "Price list of reagents",
            }
        )
        self.env.cr.flush()
        self.rollout.name = "Rollout of the chain"
        self.pass_stages(3)

        self.start_tour(
            "/odoo/counterparties", "crm_whole_chain", login="rt_coordinator"
        )

        owed = self.env["crm.obligation"].search([("partner_id", "=", client.id)])
        self.assertEqual((owed.state, owed.note), ("done_on_time", "Sent by courier"))
        self.assertEqual(owed.segment_id, client.own_segment_ids)
        self.assertEqual(owed.segment_id.code, "A")

    def _client(self, env):
        """With us for nine years and 120,000 in each of the last twelve months."""
        today = fields.Date.today()
        client = env["res.partner"].create(
            {
                "name": "Clinic of the chain",
                "is_company": True,
                "company_id": self.company.id,
                "customer_since": today - relativedelta(years=9),
                "counterparty_type_ids": [
                    Command.link(self.env.ref("crm_segmentation.type_client").id)
                ],
            }
        )
        env["crm.turnover.line"].create(
            [
                {
                    "partner_id": client.id,
                    "date": today.replace(day=1) - relativedelta(months=month),
                    "amount": 120_000,
                }
                for month in range(1, 13)
            ]
        )
        return client

    def _in_force(self, model, code):
        """Publish the company's own copy of what is shipped as a draft."""
        domain = [("company_id", "=", self.company.id), ("code", "=", code)]
        model.search(domain).action_publish()
