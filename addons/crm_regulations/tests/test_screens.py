from odoo.tests import HttpCase, tagged

from .common import RegulationsCommon


@tagged("post_install", "-at_install")
class TestScreens(HttpCase, RegulationsCommon):
    def test_salesperson_fulfils(self):
        regulation = self._regulation({"limit_unit": "hour"}, mode="silent")
        self._talk(date=self.env.cr.now())
        self.start_tour(
            "/odoo/my-promises", "crm_regulations_fulfil", login=self.sales.login
        )
        owed = self._owed(regulation)
        self.assertEqual(owed.state, "done_on_time")
        self.assertEqual(owed.note, "Handed over at the clinic")

    def test_coordinator_publishes(self):
        self.start_tour(
            "/odoo/regulations", "crm_regulations_publish", login=self.coordinator.login
        )
        regulation = self.env["crm.regulation"].search(
            [("name", "=", "Answer every request")]
        )
        self.assertEqual(regulation.state, "published")
        self.assertEqual(regulation.spec["steps"][0]["limit_value"], 3)
        self.assertEqual(regulation.company_id, self.company)
