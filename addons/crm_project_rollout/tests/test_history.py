import base64

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .common import RolloutCommon


@tagged("post_install", "-at_install")
class TestHistory(RolloutCommon):
    """What was signed or has ended cannot be changed from behind, either."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ours = cls.env(user=cls.coordinator)
        cls.kpi = cls.ours["crm.rollout.kpi"].create(
            {"name": "Own", "code": "test_history", "unit": "percent"}
        )
        cls.goal = cls.ours["crm.rollout.goal"].create(
            {
                "rollout_id": cls.rollout.id,
                "kpi_id": cls.kpi.id,
                "baseline_kind": "typed",
                "baseline": 10,
                "target": 20,
                "date": "2031-12-31",
                "user_id": cls.coordinator.id,
            }
        )
        cls.task, cls.other_task = cls.ours["project.task"].create(
            [
                {"name": name, "project_id": cls.rollout.project_id.id}
                for name in ("Serves", "Serves not")
            ]
        )
        cls.task.crm_goal_ids = cls.goal

    def stop(self):
        self.rollout.with_user(self.sponsor).action_stop("Enough")

    def test_tasks_of_goals_stay_after_the_end(self):
        self.stop()
        for call in (
            lambda: self.task.write({"crm_goal_ids": [Command.clear()]}),
            lambda: self.other_task.write({"crm_goal_ids": self.goal.ids}),
            lambda: self.goal.write({"task_ids": [Command.clear()]}),
            lambda: self.task.copy({"crm_goal_ids": self.goal.ids}),
            lambda: self.task.unlink(),
        ):
            with self.assertRefused("not_running", UserError):
                call()
        # Work on the tasks themselves goes on.
        self.task.write({"name": "Still served", "crm_goal_ids": self.goal.ids})
        self.other_task.unlink()
        self.assertEqual(self.goal.task_ids, self.task)

    def test_kpi_of_a_signed_goal(self):
        self.kpi.unit = "number"
        self.kpi.unit = "percent"
        self.pass_stages(2)
        for vals in ({"unit": "days"}, {"direction": "lower"}):
            with self.assertRefused("kpi_is_signed", UserError):
                self.kpi.write(vals)
        self.kpi.write({"unit": "percent", "name": "Own, renamed"})
        self.assertEqual(self.kpi.name, "Own, renamed")

    def test_proofs_are_frozen_with_the_problem(self):
        proof = self.ours["ir.attachment"].create(
            {"name": "letter.txt", "raw": b"lost", "res_model": "crm.rollout.problem"}
        )
        problem = self.ours["crm.rollout.problem"].create(
            {
                "rollout_id": self.rollout.id,
                "name": "Letters get lost",
                "owner_id": self.coordinator.id,
                "attachment_ids": proof.ids,
            }
        )
        proof.name = "letter of May.txt"
        self.pass_stages(1)
        for call in (
            lambda: proof.write({"datas": base64.b64encode(b"another")}),
            lambda: proof.write({"name": "another.txt"}),
            lambda: proof.unlink(),
        ):
            with self.assertRefused("stage_is_closed", UserError):
                call()
        self.assertEqual(problem.attachment_ids.raw, b"lost")

    def test_opening_after_the_end(self):
        meeting = self.ours["crm.rollout.kickoff"].create(
            {
                "rollout_id": self.rollout.id,
                "date_start": self.rollout.date_start,
                "speaker_id": self.sponsor.id,
                "decisions": "Everybody logs calls.",
            }
        )
        meeting.attendee_ids = [
            Command.create({"partner_id": user.partner_id.id})
            for user in (self.coordinator, self.sponsor)
        ]
        meeting.with_user(self.sponsor).action_acknowledge()
        self.assertTrue(meeting.can_acknowledge)
        self.stop()
        self.env.invalidate_all()
        self.assertFalse(meeting.can_acknowledge)
        for method in ("action_schedule", "action_ask_absentees", "action_acknowledge"):
            with self.assertRefused("not_running", UserError):
                getattr(meeting, method)()
        # Who has read them has: said again it changes nothing.
        self.assertTrue(meeting.with_user(self.sponsor).action_acknowledge())
        self.assertFalse(meeting.event_id)

    def test_conditions_after_the_end(self):
        conditions = [{"name": "Name a deputy"}]
        self.stage(1).decide("conditional", "Go on", conditions)
        condition = self.rollout.condition_ids.with_user(self.coordinator)
        condition.note = "Asked two"
        self.stop()
        with self.assertRefused("not_running", UserError):
            condition.action_close("It is Olena")
        with self.assertRefused("not_running", UserError):
            condition.note = "It is Olena"
        self.assertFalse(condition.is_closed)

    def test_people_after_the_end(self):
        self.stop()
        for sponsor in (self.coordinator, self.rollout.sponsor_id.browse()):
            with self.assertRefused("sponsor_is_fixed", AccessError):
                self.rollout.sponsor_id = sponsor
        as_admin = self.rollout.with_user(self.admin).sudo()
        with self.assertRefused("sponsor_missing", ValidationError):
            as_admin.sponsor_id = False
        as_admin.sponsor_id = self.salesperson
        # Somebody has to come to the next review; the team is as it was.
        self.rollout.coordinator_id = self.new_user(
            "rt_next", "crm_segmentation.group_crm_coordinator"
        )
        leaders = self.rollout.sudo().member_ids.filtered(
            lambda line: line.role in ("sponsor", "coordinator")
        )
        self.assertEqual(leaders.user_id, self.sponsor | self.coordinator)

    def test_who_leads_neither_lowers_the_bar_nor_accepts(self):
        self.pass_stages(6)
        self.assertTrue(self.goal.with_user(self.sponsor).can_replace)
        self.rollout.with_user(self.admin).sudo().sponsor_id = self.coordinator
        act = self.ours["crm.rollout.act"].create(
            {"rollout_id": self.rollout.id, "verdict": "reached"}
        )
        criterion = self.stage(7, self.coordinator).criterion_ids[0]
        self.assertFalse(self.goal.can_replace or act.can_sign)
        self.assertFalse(criterion.is_definable)
        for call in (
            lambda: self.goal.replace({"target": 11}, "It is easier"),
            lambda: criterion.write({"required": False}),
            lambda: act.action_sign(),
        ):
            with self.assertRefused("own_judge", AccessError):
                call()
