from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged

from .common import RolloutCommon


@tagged("post_install", "-at_install")
class TestCreation(RolloutCommon):
    def test_created_complete_and_running(self):
        rollout = self.rollout
        self.assertEqual(rollout.state, "running")
        self.assertEqual(rollout.stage_ids.mapped("number"), [1, 2, 3, 4, 5, 6, 7])
        self.assertEqual(rollout.stage_ids.mapped("state"), ["open"] + ["pending"] * 6)
        self.assertEqual(rollout.stage_id.number, 1)
        self.assertEqual(rollout.company_id, self.company)
        self.assertEqual(rollout.coordinator_id, self.coordinator)
        for stage in rollout.stage_ids:
            self.assertTrue(stage.question_ids and stage.criterion_ids)
            self.assertEqual(
                stage.origin, "method" if stage.number <= 5 else "completion"
            )
        self.assertEqual(rollout.project_id.company_id, self.company)
        self.assertEqual(len(rollout.project_id.task_ids), 7)
        self.assertEqual(rollout.readiness, 0)

    def test_returns_an_id(self):
        Rollout = self.env["crm.rollout"].with_user(self.coordinator)
        values = {"sponsor_id": self.sponsor.id}
        made = Rollout.create_from_template(self.template.id, values)
        self.assertIsInstance(made, int)
        self.assertTrue(Rollout.browse(made).name)
        self.assertIs(Rollout.browse(made).action_start(), True)

    def test_template_changes_do_not_reach_a_rollout(self):
        question = self.template.stage_ids[0].question_ids[0]
        before = self.rollout.question_ids[0].question
        question.question = "Something else?"
        self.assertEqual(self.rollout.question_ids[0].question, before)

    def test_wrong_input(self):
        portal = self.new_user("rt_portal", "base.group_portal")
        foreign = self.env["project.project"].create(
            {"name": "Foreign", "company_id": self.other_company.id}
        )
        sponsor = {"sponsor_id": self.sponsor.id}
        light = self.template.id
        table = [
            ("unknown_template", 0, sponsor),
            ("unknown_template", 10**9, sponsor),
            ("unknown_template", "light", sponsor),
            ("unknown_template", False, sponsor),
            ("unknown_template", True, sponsor),
            ("wrong_value", light, None),
            ("wrong_value", light, [1]),
            ("wrong_value", light, {**sponsor, "name": 5}),
            ("unknown_values", light, {**sponsor, "state": "done"}),
            ("unknown_values", light, {**sponsor, "colour": "red"}),
            ("sponsor_missing", light, {}),
            ("sponsor_missing", light, {"sponsor_id": False}),
            ("unknown_user", light, {"sponsor_id": 10**9}),
            ("unknown_user", light, {"sponsor_id": "boss"}),
            ("unknown_company", light, {**sponsor, "company_id": 10**9}),
            (
                "unknown_company",
                light,
                {**sponsor, "company_id": self.other_company.id},
            ),
            ("unknown_project", light, {**sponsor, "project_id": 10**9}),
            ("unknown_project", light, {**sponsor, "project_id": foreign.id}),
            ("project_taken", light, {**sponsor, "project_id": self.project_id}),
            ("person_not_internal", light, {"sponsor_id": portal.id}),
            ("person_other_company", light, {"sponsor_id": self.stranger.id}),
        ]
        Rollout = self.env["crm.rollout"].with_user(self.coordinator)
        count = Rollout.sudo().search_count([])
        for code, template_id, values in table:
            with (
                self.subTest(code=code, values=values),
                self.assertRefused(code, ValidationError),
                self.env.cr.savepoint(),
            ):
                Rollout.create_from_template(template_id, values)
        self.assertEqual(Rollout.sudo().search_count([]), count)

    @property
    def project_id(self):
        return self.rollout.project_id.id

    def test_template_must_have_seven_stages(self):
        template = self.template.copy()
        template.stage_ids.filtered(lambda stage: stage.number == 6).unlink()
        Rollout = self.env["crm.rollout"].with_user(self.coordinator)
        values = {"sponsor_id": self.sponsor.id}
        with self.assertRefused("template_incomplete", ValidationError):
            Rollout.create_from_template(template.id, values)

    def test_template_of_another_company(self):
        template = self.template.copy({"company_id": self.other_company.id})
        Rollout = self.env["crm.rollout"].with_user(self.coordinator)
        with self.assertRefused("unknown_template", ValidationError):
            Rollout.create_from_template(template.id, {"sponsor_id": self.sponsor.id})
        with self.assertRefused("template_other_company", ValidationError):
            self.env["crm.rollout"].create(
                {
                    "name": "x",
                    "company_id": self.company.id,
                    "coordinator_id": self.coordinator.id,
                    "template_id": template.id,
                }
            )

    def test_own_project_is_taken_over(self):
        project = self.env["project.project"].create(
            {"name": "Ours", "company_id": self.company.id}
        )
        rollout = self.new_rollout(project_id=project.id)
        self.assertEqual(rollout.project_id, project)

    def test_form_makes_a_draft_that_is_started(self):
        form = Form(self.env["crm.rollout"].with_user(self.coordinator))
        form.name = "By hand"
        rollout = form.save()
        self.assertEqual(rollout.state, "draft")
        self.assertEqual(len(rollout.stage_ids), 7)
        self.assertTrue(rollout.project_id)
        with self.assertRefused("sponsor_missing", ValidationError):
            rollout.action_start()
        with self.assertRefused("not_running", UserError):
            rollout.action_stop("never began")
        # A draft's gates are still being thought about.
        rollout.stage_ids[0].criterion_ids[0].unlink()
        rollout.sponsor_id = self.sponsor
        rollout.action_start()
        rollout.action_start()
        self.assertEqual(rollout.stage_id, rollout.stage_ids[0])

    def test_one_call_creates_many(self):
        vals = {"name": "x", "template_id": self.template.id}
        made = self.env["crm.rollout"].with_user(self.coordinator).create([vals, vals])
        self.assertEqual(len(made.stage_ids), 14)
        self.assertEqual(len(made.project_id), 2)

    def test_rpc_create_cannot_begin_further_on(self):
        Rollout = self.env["crm.rollout"].with_user(self.coordinator)
        base = {"name": "x", "sponsor_id": self.sponsor.id}
        for extra in (
            {"state": "done"},
            {"stage_id": 1},
            {"date_start": "2020-01-01 00:00:00"},
            {"stage_ids": [Command.create({"number": 1, "name": "x"})]},
        ):
            with (
                self.subTest(extra=extra),
                self.assertRefused("field_is_guarded", AccessError),
            ):
                Rollout.create({**base, **extra})

    def test_continues_only_what_has_ended(self):
        values = {"template_id": self.template.id, "name": "Pretends to continue"}
        with self.assertRefused("field_is_guarded", AccessError):
            self.rollout.create({**values, "previous_id": self.rollout.id})

    def test_copy_starts_anew(self):
        self.pass_stages(1)
        copy = self.rollout.copy()
        self.assertEqual(copy.state, "draft")
        self.assertEqual(len(copy.stage_ids), 7)
        self.assertNotEqual(copy.project_id, self.rollout.project_id)
        self.assertFalse(copy.decision_ids)

    def test_copied_lines_start_anew(self):
        """A copy of what was confirmed is not confirmed, and is not refused either."""
        criterion = self.stage(4, self.coordinator).criterion_ids.filtered(
            lambda line: line.kind == "tick"
        )[0]
        criterion.ticked = True
        copy = criterion.copy()
        self.assertEqual(copy.confirmed_by_id, self.coordinator)
        paper = self.stage(2, self.coordinator).criterion_ids.filtered(
            lambda line: line.kind == "document"
        )
        paper.with_user(self.sponsor).sudo().document = b"cGFwZXI="
        paper.with_user(self.sponsor).action_approve()
        self.assertFalse(paper.sudo().copy({"stage_id": self.stage(3).id}).is_approved)
        with self.assertRefused("field_is_guarded", AccessError):
            paper.copy({"is_approved": True})

    def test_deleting(self):
        project = self.rollout.project_id
        with self.assertRefused("project_has_rollout", UserError):
            project.unlink()
        self.meet(2)
        attachments = self.env["ir.attachment"].search(
            [
                ("res_model", "=", "crm.rollout.criterion"),
                ("res_field", "=", "document"),
                ("res_id", "in", self.stage(2).criterion_ids.ids),
            ]
        )
        self.assertTrue(attachments)
        self.rollout.unlink()
        self.assertFalse(attachments.exists())
        self.assertTrue(project.exists())
        project.unlink()

    def test_deleting_after_a_decision(self):
        self.stage(1).decide("hold", "Not yet")
        with self.assertRefused("rollout_has_decisions", UserError):
            self.rollout.unlink()
        with self.assertRefused("project_has_rollout", UserError):
            self.rollout.project_id.unlink()
