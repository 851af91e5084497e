from odoo.tests import HttpCase, tagged

from .common import RolloutCommon


@tagged("post_install", "-at_install")
class TestGoalScreens(RolloutCommon, HttpCase):
    def test_from_the_example_to_the_chart(self):
        """In the browser: fill with the example, look at a goal, set another one."""
        self.rollout.name = "Goal rollout"
        partner = self.env["res.partner"].create({"name": "Client"})
        start = self.env["crm.rollout.goal"]._default_month(6)
        self.env["crm.turnover.line"].create(
            [
                {
                    "partner_id": partner.id,
                    "company_id": self.company.id,
                    "currency_id": self.company.currency_id.id,
                    "date": start.replace(day=day),
                    "amount": 100,
                }
                for day in (1, 20)
            ]
        )
        self.start_tour(
            "/odoo/crm-rollouts", "crm_rollout_goals", login="rt_coordinator"
        )
        names = self.rollout.goal_ids.mapped("name")
        self.assertEqual(len(names), 4)
        self.assertIn("Fewer complaints", names)
