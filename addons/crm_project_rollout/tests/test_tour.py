from odoo.tests import HttpCase, tagged

from .common import RolloutCommon


@tagged("post_install", "-at_install")
class TestTour(RolloutCommon, HttpCase):
    def test_from_question_to_decision(self):
        """In the browser: answer, confirm, decide."""
        boss = self.new_user("rt_boss", "crm_segmentation.group_crm_coordinator")
        rollout = self.new_rollout(name="Tour rollout", sponsor_id=boss.id)
        stage = rollout.stage_id.with_user(boss)
        stage.question_ids[1:].unlink()
        stage.criterion_ids.unlink()
        stage.criterion_ids.create({"stage_id": stage.id, "name": "We agree"})
        self.start_tour("/odoo/crm-rollouts", "crm_rollout_gate", login="rt_boss")
        self.assertEqual(rollout.stage_id.number, 2)
        self.assertEqual(rollout.decision_ids.user_id, boss)
        self.assertEqual(stage.question_ids.answer, "Requests get lost")
