from odoo import Command, fields
from odoo.tests import HttpCase, tagged

from .common import COORDINATOR, RolloutCommon


@tagged("post_install", "-at_install")
class TestSystemScreens(RolloutCommon, HttpCase):
    def test_from_the_load_to_the_signed_act(self):
        """In the browser: sign a load, note attendance, do a step, sign the act."""
        boss = self.new_user("rt_boss", COORDINATOR)
        self.rollout = self.new_rollout(name="Tour of the system", sponsor_id=boss.id)
        self.sponsor = boss
        self.pass_stages(5)
        ours = {"rollout_id": self.rollout.id}
        env = self.env(user=self.coordinator)
        load = env["crm.rollout.load"].create(
            {
                **ours,
                "name": "Everybody",
                "source": "Table",
                "expected_count": 1,
                "note": "New ones have come",
                "user_id": boss.id,
            }
        )
        training = env["crm.rollout.training"].create(
            {
                **ours,
                "name": "The first call",
                "participant_ids": [Command.create({"user_id": self.salesperson.id})],
            }
        )
        step = env["crm.rollout.cutover"].create(
            {
                **ours,
                "name": "Switch",
                "user_id": boss.id,
                "date": fields.Datetime.now(),
                "check": "It rings",
                "way_back": "Switch back",
            }
        )
        self.start_tour("/odoo/crm-rollouts", "crm_rollout_system", login="rt_boss")
        self.assertEqual(load.signed_by_id, boss)
        self.assertEqual(training.attended_count, 1)
        self.assertTrue(step.is_done)
        with self.figures_reached():
            self.meet(6)
            self.stage(6).decide("go", "Everybody is ready")
        self.start_tour("/odoo/crm-rollouts", "crm_rollout_acceptance", login="rt_boss")
        act = self.rollout.act_ids
        self.assertEqual((act.verdict, act.is_signed), ("reached", True))
