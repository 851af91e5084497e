from odoo import fields
from odoo.tests import HttpCase, tagged

from .common import COORDINATOR, RolloutCommon


@tagged("post_install", "-at_install")
class TestNeedScreens(RolloutCommon, HttpCase):
    def test_not_a_crm_project(self):
        """In the browser: write a problem, score, decide that it is no CRM project."""
        boss = self.new_user("rt_boss", COORDINATOR)
        rollout = self.new_rollout(name="Tour need", sponsor_id=boss.id)
        keep = rollout.fit_ids.filtered(lambda line: line.kind in ("crm", "logistics"))
        keep = (
            keep.filtered(lambda line: line.kind == "crm")[:1]
            | keep.filtered(lambda line: line.kind == "logistics")[:1]
        )
        (rollout.fit_ids - keep)._unguarded().unlink()
        self.start_tour("/odoo/crm-rollouts", "crm_rollout_not_crm", login="rt_boss")
        self.assertEqual(rollout.state, "not_crm")
        self.assertEqual(rollout.problem_ids.name, "The stock is never right")
        self.assertEqual(rollout.fit_decision_id.user_id, boss)
        self.assertEqual(rollout.fit_verdict, "elsewhere")

    def test_team_and_opening(self):
        """In the browser: name a deputy, tick who came, write the minutes."""
        deputy = self.new_user("rt_deputy", "base.group_user")
        rollout = self.new_rollout(name="Tour team")
        rollout.member_ids.filtered(
            lambda line: line.role not in ("sponsor", "coordinator", "deputy")
        ).unlink()
        self.env["crm.rollout.kickoff"].create(
            {
                "rollout_id": rollout.id,
                "name": "Opening in the hall",
                "date_start": fields.Datetime.add(fields.Datetime.now(), minutes=-1),
                "speaker_id": self.sponsor.id,
            }
        )
        self.start_tour(
            "/odoo/crm-rollouts", "crm_rollout_team", login="rt_coordinator"
        )
        named = rollout.member_ids.filtered(lambda line: line.role == "deputy")
        self.assertEqual(named.user_id, deputy)
        meeting = rollout.kickoff_ids
        self.assertEqual(meeting.decisions, "We begin on Monday")
        self.assertEqual(meeting.invited_count, 3)
        self.assertEqual(meeting.attended_count, 1)
