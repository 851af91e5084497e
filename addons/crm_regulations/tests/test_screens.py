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
        self.company.crm_regulation_approval = False
        self.start_tour(
            "/odoo/regulations", "crm_regulations_publish", login=self.coordinator.login
        )
        regulation = self.env["crm.regulation"].search(
            [("name", "=", "Answer every request")]
        )
        self.assertEqual(regulation.state, "published")
        self.assertEqual(regulation.spec["steps"][0]["limit_value"], 3)
        self.assertEqual(regulation.company_id, self.company)

    def test_life_of_a_regulation(self):
        """One job after the other, each by the person whose job it is."""
        for name, user in (("guide", self.coordinator), ("send_back", self.manager)):
            self.start_tour("/odoo", f"crm_regulations_{name}", login=user.login)
        regulation = self.env["crm.regulation"].search(
            [("name", "=", "Materials for key clients")]
        )
        self.assertEqual((regulation.state, regulation.company_id.id),
                         ("draft", self.company.id))  # fmt: skip
        regulation.with_user(self.coordinator).action_submit()
        for name, user in (
            ("approve", self.manager),
            ("put_into_force", self.coordinator),
            ("read", self.sales),
            ("remind", self.manager),
            ("versions", self.coordinator),
        ):
            self.start_tour("/odoo", f"crm_regulations_{name}", login=user.login)
        self.assertEqual((regulation.state, regulation.mode), ("published", "remind"))
        self.assertEqual(regulation.approver_id, self.manager)
        read = regulation.acknowledgement_ids.filtered("date_read")
        self.assertEqual(read.user_id, self.sales)
        self.assertEqual(regulation.step_ids.limit_value, 1)
