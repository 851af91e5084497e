import base64

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import RolloutCommon


@tagged("post_install", "-at_install")
class TestDecisions(RolloutCommon):
    def test_go_opens_the_next_stage(self):
        self.meet(1)
        self.assertEqual(self.rollout.readiness, 100)
        made = self.stage(1).decide("go", "Everybody agrees")
        self.assertIsInstance(made, int)
        self.assertEqual(self.stage(1).state, "passed")
        self.assertEqual(self.stage(2).state, "open")
        self.assertEqual(self.rollout.stage_id, self.stage(2))
        self.assertEqual(self.stage(1).task_id.sudo().state, "1_done")
        decision = self.env["crm.rollout.decision"].browse(made)
        self.assertEqual(decision.user_id, self.sponsor)
        self.assertEqual(decision.readiness, 100)
        self.assertEqual(len(decision.protocol["questions"]), 3)
        self.assertIn("Everybody agrees", self.rollout.message_ids[0].body)

    def test_go_names_what_is_unmet(self):
        stage = self.stage(1)
        with self.assertRefused("criteria_unmet", UserError) as caught:
            stage.decide("go", "Let us begin")
        for line in stage.criterion_ids:
            self.assertIn(line.name, str(caught.exception))
        for line in stage.question_ids:
            self.assertIn(line.question, str(caught.exception))
        self.assertEqual(stage.state, "open")
        self.assertFalse(stage.decision_ids)

    def test_optional_question_and_criterion_do_not_count(self):
        self.meet(1)
        stage = self.stage(1, self.admin).sudo()
        stage.question_ids[0].write({"answer": False, "required": False})
        stage.criterion_ids[0].write({"threshold": 99, "required": False})
        self.assertEqual(stage.readiness, 100)
        self.stage(1).decide("go", "The rest is optional")

    def test_blank_answer_is_no_answer(self):
        self.meet(1)
        self.stage(1, self.coordinator).question_ids[0].answer = " \n "
        with self.assertRefused("criteria_unmet", UserError):
            self.stage(1).decide("go", "ok")

    def test_wrong_input(self):
        table = [
            ("unknown_decision", "maybe", "ok", ()),
            ("unknown_decision", False, "ok", ()),
            ("reason_missing", "hold", "", ()),
            ("reason_missing", "stop", False, ()),
            ("conditions_missing", "conditional", "ok", ()),
            ("conditions_unexpected", "hold", "ok", ["x"]),
            ("wrong_condition", "conditional", "ok", "do it"),
            ("wrong_condition", "conditional", "ok", [5]),
            ("wrong_condition", "conditional", "ok", [" "]),
            ("wrong_condition", "conditional", "ok", [{"date": "2030-01-01"}]),
            ("wrong_condition", "conditional", "ok", [{"name": "x", "who": 1}]),
            ("wrong_condition", "conditional", "ok", [{"name": "x", "date": "soon"}]),
            (
                "condition_in_the_past",
                "conditional",
                "ok",
                [{"name": "x", "date": "2001-01-01"}],
            ),
            ("unknown_user", "conditional", "ok", [{"name": "x", "user_id": 10**9}]),
        ]
        for code, decision, reason, conditions in table:
            with (
                self.subTest(code=code, conditions=conditions),
                self.assertRefused(code, UserError),
            ):
                self.stage(1).decide(decision, reason, conditions)
        self.assertEqual(self.stage(1).state, "open")
        self.assertFalse(self.rollout.decision_ids)

    def test_hold_changes_nothing_but_the_log(self):
        self.stage(1).decide("hold", "Come back in May")
        self.assertEqual(self.rollout.state, "running")
        self.assertEqual(self.stage(1).state, "open")
        self.assertEqual(self.rollout.decision_ids.decision, "hold")

    def test_stages_cannot_be_skipped(self):
        for number in (2, 5, 7):
            self.meet(number)
            with (
                self.subTest(number=number),
                self.figures_reached(),
                self.assertRefused("stage_not_open", UserError),
            ):
                self.stage(number).decide("go", "Faster")
        self.pass_stages(1)
        with self.assertRefused("stage_not_open", UserError):
            self.stage(1).decide("go", "Once more")

    def test_all_seven_gates(self):
        self.pass_stages(7)
        self.assertEqual(self.rollout.state, "done")
        self.assertTrue(self.rollout.date_end)
        self.assertEqual(set(self.rollout.stage_ids.mapped("state")), {"passed"})
        decisions = self.rollout.decision_ids
        self.assertEqual(decisions.mapped("decision").count("go"), 7)
        self.assertEqual(decisions.mapped("decision").count("is_crm"), 1)
        self.assertEqual(self.rollout.passed_count, 7)
        with self.assertRefused("not_running", UserError):
            self.stage(7).decide("hold", "Too late")

    def test_last_gate_has_no_conditions(self):
        self.pass_stages(6)
        with self.assertRefused("conditional_at_last_gate", UserError):
            self.stage(7).decide("conditional", "Nearly", ["Sign the act"])

    def test_stop(self):
        self.assertIs(
            self.rollout.with_user(self.sponsor).action_stop("No money"), True
        )
        self.assertEqual(self.rollout.state, "stopped")
        self.assertEqual(self.rollout.decision_ids.decision, "stop")
        for call in (
            lambda: self.stage(1).decide("hold", "ok"),
            lambda: self.rollout.action_start(),
            lambda: self.rollout.action_stop("again"),
        ):
            with self.assertRefused("not_running", UserError):
                call()
        with self.assertRefused("stage_is_closed", UserError):
            self.rollout.question_ids[0].answer = "Too late"

    def test_not_a_crm_project(self):
        rollout = self.rollout.with_user(self.sponsor)
        with self.assertRefused("reason_missing", UserError):
            rollout.action_not_crm("")
        self.assertIs(rollout.action_not_crm("It is about the warehouse"), True)
        self.assertEqual(rollout.state, "not_crm")
        self.assertEqual(rollout.decision_ids.decision, "not_crm")

    def test_not_a_crm_project_only_in_stage_1(self):
        self.pass_stages(1)
        with self.assertRefused("need_already_decided", UserError):
            self.rollout.with_user(self.sponsor).action_not_crm("Now we see")

    def test_nothing_can_be_written_around_the_gate(self):
        """Not even by an administrator, and whatever the context says."""
        stage = self.stage(1).decide("hold", "wait") and self.stage(2, self.admin)
        rollout = self.rollout.with_user(self.admin)
        admin = self.env["res.users"].browse(self.admin.id)
        admin.group_ids = [
            Command.link(self.env.ref("crm_segmentation.group_crm_coordinator").id)
        ]
        decision = rollout.decision_ids
        attempts = [
            (rollout, {"state": "done"}),
            (rollout, {"stage_id": stage.id}),
            (rollout, {"date_end": "2020-01-01 00:00:00"}),
            (rollout, {"template_id": self.template.copy().id}),
            (rollout, {"project_id": False}),
            (rollout, {"company_id": self.other_company.id}),
            (rollout, {"stage_ids": [Command.update(stage.id, {"state": "passed"})]}),
            (rollout, {"stage_ids": [Command.clear()]}),
            (stage, {"state": "passed"}),
            (stage, {"state": "open"}),
            (stage, {"number": 1}),
            (stage, {"rollout_id": self.new_rollout().id}),
            (stage, {"date_passed": "2020-01-01 00:00:00"}),
            (stage, {"decision_ids": [Command.clear()]}),
            (stage.criterion_ids, {"is_approved": True}),
            (stage.criterion_ids, {"is_frozen": True, "met_at_gate": True}),
            (stage.criterion_ids, {"confirmed_by_id": self.sponsor.id}),
            (stage.criterion_ids, {"is_current": True}),
            (stage.criterion_ids, {"rollout_id": False}),
            (stage.question_ids, {"is_answered": True}),
            (stage.question_ids, {"answered_by_id": self.sponsor.id}),
        ]
        for records, vals in attempts:
            for context in ({}, {"crm_rollout_token": True}):
                with (
                    self.subTest(model=records._name, vals=vals),
                    self.assertRefused("field_is_guarded", AccessError),
                    self.env.cr.savepoint(),
                ):
                    records.with_context(**context).write(vals)
        with self.assertRaises(AccessError):
            decision.unlink()
        with self.assertRefused("decision_is_final", AccessError):
            decision.sudo().unlink()
        for records in (decision, decision.sudo()):
            with self.assertRefused("decision_is_final", AccessError):
                records.write({"reason": "nicer"})
        with self.assertRefused("field_is_guarded", AccessError):
            stage.sudo().unlink()
        for model, vals in (
            ("crm.rollout.stage", {"rollout_id": rollout.id, "number": 1, "name": "x"}),
            (
                "crm.rollout.decision",
                {
                    "stage_id": stage.id,
                    "decision": "go",
                    "reason": "x",
                    "user_id": self.admin.id,
                    "date": "2020-01-01 00:00:00",
                },
            ),
        ):
            with self.assertRefused("field_is_guarded", AccessError):
                self.env[model].create(vals)

    def test_defaults_do_not_get_past_the_guard(self):
        """Neither those of the context nor those that a user sets for himself."""
        context = {
            "default_state": "done",
            "default_date_end": "2026-01-01 00:00:00",
            "default_is_approved": True,
            "default_is_frozen": True,
            "default_met_at_gate": True,
            "default_is_signed": True,
            "default_signed_by_id": self.sponsor.id,
            "default_final": {"verdict": "reached"},
            "default_replaced_by_id": 1,
        }
        field = self.env["ir.model.fields"]._get("crm.rollout.criterion", "is_approved")
        self.env["ir.default"].with_user(self.coordinator).create(
            {
                "field_id": field.id,
                "json_value": "true",
                "user_id": self.coordinator.id,
            }
        )
        Rollout = self.env["crm.rollout"].with_user(self.coordinator)
        Rollout = Rollout.with_context(**context)
        values = {"sponsor_id": self.sponsor.id}
        for rollout in (
            Rollout.browse(Rollout.create_from_template(self.template.id, values)),
            Rollout.create({"name": "Typed", "template_id": self.template.id}),
            Rollout.browse(Rollout.name_create("Quick")[0]),
        ):
            rollout = rollout.with_env(self.env(user=self.coordinator))
            self.assertIn(rollout.state, ("draft", "running"))
            self.assertFalse(rollout.date_end)
            criteria = rollout.stage_ids.criterion_ids
            self.assertFalse(any(criteria.mapped("is_approved")))
            self.assertFalse(any(criteria.mapped("is_frozen")))
        act = Rollout.env["crm.rollout.act"].create({"rollout_id": self.rollout.id})
        self.assertFalse(act.is_signed)
        kpi = self.env.ref("crm_project_rollout.kpi_turnover")
        goal = Rollout.env["crm.rollout.goal"].create(
            {"rollout_id": self.rollout.id, "kpi_id": kpi.id}
        )
        self.assertFalse(goal.final or goal.replaced_by_id)

    def test_papers_are_not_changed_behind_the_gate(self):
        self.pass_stages(2)
        paper = self.stage(2, self.coordinator).criterion_ids.filtered("has_document")
        file = self.env["ir.attachment"].search(
            [
                ("res_model", "=", "crm.rollout.criterion"),
                ("res_field", "=", "document"),
                ("res_id", "=", paper.id),
            ]
        )
        self.assertTrue(file)
        evil = {"datas": base64.b64encode(b"other words")}
        for user in (self.coordinator, self.admin):
            for call in (
                lambda mine: mine.write(evil),
                lambda mine: mine.write({"res_field": False}),
                lambda mine: mine.unlink(),
                lambda mine: mine.create(
                    {
                        **evil,
                        "name": "Second",
                        "res_model": "crm.rollout.criterion",
                        "res_field": "document",
                        "res_id": paper.id,
                    }
                ),
            ):
                with self.assertRaises(AccessError):
                    call(file.with_user(user))
        self.assertEqual(base64.b64decode(paper.document), b"paper")

    def test_dialogs_show_nothing_to_strangers(self):
        goal = self.env["crm.rollout.goal"].create(
            {
                "rollout_id": self.rollout.id,
                "kpi_id": self.env.ref("crm_project_rollout.kpi_turnover").id,
            }
        )
        clerk = self.new_user("rt_clerk", "base.group_user")
        for user in (self.stranger, clerk):
            for model, values in (
                ("decide", {"stage_id": self.rollout.stage_id.id, "decision": "go"}),
                ("decide.fit", {"rollout_id": self.rollout.id}),
                ("gaps", {"rollout_id": self.rollout.id}),
                ("goal.replace", {"goal_id": goal.id, "reason": "Curious"}),
            ):
                with self.subTest(model), self.assertRaises(AccessError):
                    self.env[f"crm.rollout.{model}"].with_user(user).create(values)
            for model in ("trial", "improvement"):
                with self.subTest(model), self.assertRaises(AccessError):
                    self.env[f"crm.rollout.{model}"].with_user(user).create(
                        {"rollout_id": self.rollout.id, "name": "From outside"}
                    )

    def test_history_of_a_passed_stage_stays(self):
        self.pass_stages(1)
        stage = self.stage(1, self.admin).sudo()
        for records, vals in (
            (stage.question_ids[0], {"answer": "Something nicer"}),
            (stage.question_ids[0], {"question": "Something easier?"}),
            (stage.criterion_ids[0], {"ticked": False}),
            (stage.criterion_ids[0], {"threshold": 0}),
            (stage, {"name": "Another"}),
        ):
            with (
                self.subTest(vals=vals),
                self.assertRefused("stage_is_closed", UserError),
            ):
                records.sudo().write(vals)
        with self.assertRefused("stage_is_closed", UserError):
            stage.criterion_ids[0].sudo().unlink()
        with self.assertRefused("stage_is_closed", UserError):
            stage.criterion_ids.sudo().create({"stage_id": stage.id, "name": "New"})

    def test_decision_dialog(self):
        action = self.rollout.with_user(self.sponsor).action_decide()
        wizard = (
            self.env["crm.rollout.decide"]
            .with_user(self.sponsor)
            .with_context(**action["context"])
            .create({"decision": "conditional", "reason": "Nearly there"})
        )
        self.assertEqual(len(wizard.condition_ids), 6)
        wizard.condition_ids[1:].unlink()
        wizard.action_decide()
        self.assertEqual(self.stage(1).state, "passed")
        self.assertEqual(len(self.rollout.condition_ids), 1)

    def test_decision_dialog_not_crm(self):
        wizard = self.env["crm.rollout.decide"].with_user(self.sponsor)
        wizard = wizard.create(
            {
                "stage_id": self.stage(1).id,
                "decision": "not_crm",
                "reason": "It is about the warehouse",
            }
        )
        wizard.action_decide()
        self.assertEqual(self.rollout.state, "not_crm")

    def test_request_for_a_decision(self):
        self.rollout.action_request_decision()
        self.rollout.action_request_decision()
        asked = self.rollout.activity_ids
        self.assertEqual(asked.user_id, self.sponsor)
        self.assertEqual(len(asked), 1)
        self.stage(1).decide("hold", "I have seen it")
        self.assertFalse(self.rollout.activity_ids)
