import re
from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import BaseCase, tagged

from odoo.addons.crm_project_rollout.core.adoption import Month, month_of
from odoo.addons.crm_project_rollout.engine import adoption, queries

from .common import COORDINATOR, RolloutCommon


@tagged("post_install", "-at_install")
class TestAdoptionCore(BaseCase):
    def test_month(self):
        for workers, touches, kept, expected in (
            ((), {}, {}, Month()),
            ((1, 2), {1: 3}, {}, Month(2, 1, 3)),
            ((1, 2), {}, {(2, "attested"): 4}, Month(2, 1, 0, 0, 4)),
            ((1,), {1: 1, 9: 5, False: 2}, {(1, "system"): 2}, Month(1, 1, 8, 2)),
        ):
            with self.subTest(touches=touches, kept=kept):
                self.assertEqual(month_of(workers, touches, kept), expected)

    def test_nothing_to_measure_is_no_figure(self):
        self.assertIsNone(Month().active_percent)
        self.assertIsNone(Month().interactions_each)
        self.assertIsNone(Month().proved_percent)
        month = Month(4, 1, 6, 1, 3)
        self.assertEqual((month.active_percent, month.proved_percent), (25, 25))
        self.assertEqual(month.interactions_each, 1.5)


@tagged("post_install", "-at_install")
class TestAcceptance(RolloutCommon):
    """Stage 7, what comes after it, and all CRM projects side by side."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ours = cls.env(user=cls.coordinator)

    def figure(self, code):
        self.env.flush_all()
        rollout = self.rollout.sudo()
        return queries.REGISTRY[code].values(rollout)[rollout]

    def act(self, **vals):
        return self.ours["crm.rollout.act"].create(
            {"rollout_id": self.rollout.id, "verdict": "partly", **vals}
        )

    def handover(self, user=None):
        return self.ours["crm.rollout.handover"].create(
            {
                "rollout_id": self.rollout.id,
                "name": "Care for the categories",
                "user_id": (user or self.salesperson).id,
            }
        )

    def improvement(self, **vals):
        return self.ours["crm.rollout.improvement"].create(
            {"rollout_id": self.rollout.id, "name": "A shop for clinics", **vals}
        )

    def pass_last(self):
        with self.figures_reached():
            self.meet(7)
            self.stage(7).decide("go", "Accepted")

    def touch(self, user, days, company=None):
        self.env["crm.interaction"].create(
            {
                "type_id": self.env.ref("crm_segmentation.interaction_type_call").id,
                "user_id": user.id,
                "company_id": (company or self.company).id,
                "date": fields.Datetime.now() - timedelta(days=days, hours=1),
            }
        )

    # --- adoption ---------------------------------------------------------------

    def test_adoption_by_month_against_a_plain_count(self):
        self.touch(self.salesperson, 0)
        self.touch(self.salesperson, 40)
        self.touch(self.coordinator, 40)
        self.touch(self.admin, 40)
        self.touch(self.stranger, 40, self.other_company)
        rows = self.rollout.adoption(3)
        self.assertEqual(len(rows), 3)
        for row in rows:
            first = fields.Date.to_date(f"{row['month']}-01")
            end = first + relativedelta(months=1)
            touches = self.env["crm.interaction"].search(
                [("company_id", "=", self.company.id)]
            )
            of_month = touches.filtered(
                lambda t, first=first, end=end: first <= t.date.date() < end
            )
            people = of_month.user_id & (self.salesperson + self.coordinator)
            there = (self.salesperson + self.coordinator).filtered(
                lambda user, end=end: user.create_date.date() < end
            )
            self.assertEqual(row["interactions"], len(of_month))
            self.assertEqual(row["active"], len(people & there))
            self.assertEqual(row["workers"], len(there))
        self.assertEqual(rows[0]["active_percent"], False)
        self.assertNotIn(None, [value for row in rows for value in row.values()])

    def test_adoption_costs_the_same_for_any_time(self):
        company = self.rollout.company_id.sudo()

        def count(months):
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            adoption.by_month(company, months)
            return self.env.cr.sql_log_count - before

        count(1)
        self.assertEqual(count(1), count(36))

    def test_wrong_months(self):
        for months in (0, 61, "6", True, None, 2.5):
            with self.assertRefused("wrong_months", ValidationError):
                self.rollout.adoption(months)
        with self.assertRaises(AccessError):
            self.rollout.with_user(self.stranger).adoption()

    # --- act --------------------------------------------------------------------

    def test_sponsor_signs_and_the_figures_stay(self):
        act = self.act(verdict=False)
        self.assertEqual(self.figure("act_signed"), 0)
        with self.assertRefused("act_too_early", UserError):
            act.with_user(self.sponsor).action_sign()
        self.pass_stages(6)
        with self.assertRefused("not_sponsor", AccessError):
            act.action_sign()
        with self.assertRefused("verdict_missing", UserError):
            act.with_user(self.sponsor).action_sign()
        act.verdict = "reached"
        handover = self.handover()
        self.assertIs(act.with_user(self.sponsor).action_sign(), True)
        self.assertEqual(self.figure("act_signed"), 1)
        self.assertEqual(act.signed_by_id, self.sponsor)
        handover.name = "Something else"
        act.invalidate_recordset()
        self.assertIn("Care for the categories", act.content)
        self.assertNotIn("Something else", act.content)
        self.assertNotIn(None, act.read(["snapshot", "verdict"])[0].values())

    def test_signed_act_does_not_change(self):
        self.pass_stages(6)
        act = self.act()
        act.with_user(self.sponsor).action_sign()
        for call in (
            lambda: act.write({"verdict": "reached"}),
            lambda: act.sudo().write({"open_points": "None"}),
            lambda: act.unlink(),
        ):
            with self.assertRefused("act_is_signed", UserError):
                call()
        with self.assertRefused("not_sponsor", AccessError):
            act.action_unsign()
        act.with_user(self.sponsor).action_unsign()
        for call in (
            lambda: act.write({"is_signed": True}),
            lambda: act.write({"snapshot": {"goals": []}}),
        ):
            with self.assertRefused("field_is_guarded", AccessError):
                call()
        act.write({"verdict": "missed", "verdict_reason": "Too few calls"})

    def test_act_is_opened_once(self):
        first = self.rollout.action_open_act()["res_id"]
        self.assertEqual(self.rollout.action_open_act()["res_id"], first)

    # --- hand-over ---------------------------------------------------------------

    def test_new_owner_acknowledges(self):
        self.assertIsNone(self.figure("handover_acknowledged_percent"))
        line = self.handover()
        self.assertEqual(self.figure("handover_acknowledged_percent"), 0)
        with self.assertRefused("not_handed_to_you", AccessError):
            line.action_acknowledge()
        with self.assertRefused("field_is_guarded", AccessError):
            line.is_acknowledged = True
        line.with_user(self.salesperson).action_acknowledge()
        self.assertEqual(self.figure("handover_acknowledged_percent"), 100)
        line.user_id = self.coordinator
        self.assertFalse(line.is_acknowledged)
        with self.assertRefused("person_outside", ValidationError):
            self.handover(self.stranger)

    # --- review and the next round ----------------------------------------------

    def test_review_is_one_activity_of_the_coordinator(self):
        self.assertEqual(self.figure("next_review_set"), 0)
        day = fields.Date.today() + timedelta(days=90)
        self.rollout.date_review = day
        self.assertEqual(self.figure("next_review_set"), 1)
        self.rollout.action_request_decision()
        self.rollout.date_review = day + timedelta(days=5)
        review = self.rollout.activity_ids.filtered(
            lambda activity: activity.user_id == self.coordinator
        )
        self.assertEqual(review.date_deadline, day + timedelta(days=5))
        other = self.new_user("rt_coordinator2", COORDINATOR)
        self.rollout.sudo().coordinator_id = other
        self.assertIn(other, self.rollout.activity_ids.user_id)
        self.rollout.date_review = False
        self.assertEqual(self.rollout.activity_ids.user_id, self.sponsor)

    def test_improvements_become_the_next_rollout(self):
        self.assertEqual(self.figure("improvements_listed"), 0)
        first = self.improvement()
        with self.assertRefused("not_done", UserError):
            self.rollout.next_rollout()
        self.pass_stages(7)
        second = self.improvement(name="Visits by map")
        following = self.rollout.browse(self.rollout.next_rollout())
        self.assertEqual(following.previous_id, self.rollout)
        self.assertEqual(following.taken_improvement_ids, first + second)
        self.assertEqual(following.state, "draft")
        self.assertEqual(
            following.problem_ids.mapped("name"), [first.name, second.name]
        )
        self.assertNotEqual(following.project_id, self.rollout.project_id)
        with self.assertRefused("nothing_to_improve", UserError):
            self.rollout.next_rollout()
        self.improvement(name="One more")
        self.assertNotEqual(self.rollout.next_rollout(), following.id)
        with self.assertRefused("field_is_guarded", AccessError):
            following.previous_id = False
        with self.assertRefused("field_is_guarded", AccessError):
            first.next_rollout_id = self.rollout
        with self.assertRaises(AccessError):
            self.rollout.with_user(self.salesperson).next_rollout()

    def test_nothing_changes_after_the_last_gate(self):
        act, line = self.act(), self.handover()
        self.pass_stages(6)
        act.with_user(self.sponsor).action_sign()
        self.pass_last()
        for call in (
            lambda: act.with_user(self.sponsor).action_unsign(),
            lambda: line.write({"name": "More"}),
            lambda: self.handover(),
            lambda: line.unlink(),
        ):
            with self.assertRefused("stage_is_closed", UserError):
                call()
        line.with_user(self.salesperson).action_acknowledge()
        self.assertTrue(line.is_acknowledged)

    # --- who sees what -------------------------------------------------------------

    def test_who_reads(self):
        act, line, idea = self.act(), self.handover(), self.improvement()
        for user, expected in (
            (self.sponsor, [1, 1, 1, 1]),
            (self.coordinator, [1, 1, 1, 1]),
            (self.salesperson, [0, 1, 0, 0]),
            (self.stranger, [0, 0, 0, 0]),
        ):
            portfolio = self.env["crm.rollout.portfolio"].with_user(user)
            seen = [
                len(records.with_user(user).search([("id", "in", records.ids)]))
                for records in (act, line, idea)
            ]
            seen.append(portfolio.search_count([("id", "=", self.rollout.id)]))
            self.assertEqual(seen, expected, user.name)
        self.assertTrue(self.rollout.with_user(self.sponsor).is_team)
        self.assertFalse(self.rollout.with_user(self.salesperson).is_team)
        mine = [("is_team", "=", True)]
        Rollout = self.env["crm.rollout"]
        self.assertIn(self.rollout, Rollout.with_user(self.sponsor).search(mine))
        self.assertNotIn(self.rollout, Rollout.with_user(self.salesperson).search(mine))
        for user in (self.sponsor, self.salesperson):
            with self.assertRaises(AccessError):
                act.with_user(user).write({"verdict": "reached"})

    # --- portfolio ----------------------------------------------------------------

    def test_portfolio(self):
        self.stage(1).decide("conditional", "The rest follows", ["Name the owners"])
        draft = self.ours["crm.rollout"].create(
            {"name": "Draft", "template_id": self.template.id}
        )
        stage = self.stage(2, self.coordinator)
        stage._unguarded().date_open = fields.Datetime.now() - timedelta(days=12)
        self.rollout.condition_ids._unguarded().date = fields.Date.today() - timedelta(
            days=1
        )
        self.env.flush_all()
        rows = self.ours["crm.rollout.portfolio"].search(
            [("id", "in", (self.rollout + draft).ids)]
        )
        self.assertRecordValues(
            rows,
            [
                {
                    "rollout_id": self.rollout.id,
                    "state": "running",
                    "stage_id": stage.id,
                    "passed_count": 1,
                    "days_in_stage": 12,
                    "condition_count": 1,
                    "overdue_condition_count": 1,
                    "readiness": self.rollout.readiness,
                },
                {
                    "rollout_id": draft.id,
                    "state": "draft",
                    "stage_id": False,
                    "passed_count": 0,
                    "days_in_stage": 0,
                    "condition_count": 0,
                    "overdue_condition_count": 0,
                    "readiness": 0,
                },
            ],
        )
        self.assertEqual(rows[0].action_open()["res_id"], self.rollout.id)

    # --- paper ---------------------------------------------------------------------

    def test_pages_tell_what_is_missing(self):
        report = self.env["ir.actions.report"].with_user(self.coordinator)
        status = report._render_qweb_html(
            "crm_project_rollout.report_status", self.rollout.ids
        )[0].decode()
        for line in self.rollout.criterion_ids:
            self.assertIn(line.name, status)
        self.assertIn(self.sponsor.name, status)
        self.assertIn("Running, since", " ".join(re.sub("<[^>]+>", "", status).split()))
        act = self.act(open_points="The shop")
        page = report._render_qweb_html("crm_project_rollout.report_act", act.ids)
        page = page[0].decode()
        self.assertIn("not signed", page)
        self.assertIn("The shop", page)
        self.env.invalidate_all()
        self.pass_stages(6)
        act.with_user(self.sponsor).action_sign()
        page = report._render_qweb_html("crm_project_rollout.report_act", act.ids)
        self.assertNotIn("not signed", page[0].decode())

    def test_a_signed_act_is_read_in_any_language(self):
        self.env["res.lang"]._activate_lang("uk_UA")
        self.ours["crm.rollout.goal"].create(
            {
                "rollout_id": self.rollout.id,
                "kpi_id": self.env.ref("crm_project_rollout.kpi_turnover").id,
                "baseline_kind": "typed",
                "baseline": 10,
                "target": 20,
                "date": "2031-12-31",
                "user_id": self.coordinator.id,
            }
        )
        act = self.act()
        self.pass_stages(6)
        act.with_user(self.sponsor).action_sign()
        # Somebody else may come later; who has signed has signed.
        self.rollout.sudo().with_user(self.admin).sudo().write(
            {
                "sponsor_id": self.salesperson.id,
                "coordinator_id": self.new_user("rt_successor", COORDINATOR).id,
            }
        )
        label = self.env["ir.model.fields.selection"].search(
            [
                ("field_id.model", "=", "crm.rollout.goal"),
                ("field_id.name", "=", "verdict"),
                ("value", "=", "unknown"),
            ]
        )
        label.with_context(lang="uk_UA").name = "Ще невідомо"
        reading = act.with_context(lang="uk_UA")
        page = reading._page()
        self.assertEqual(page["goals"][0]["verdict"], "Ще невідомо")
        self.assertEqual(page["rule"], reading.rollout_id.sudo()._verdict_rule_text())
        self.assertNotEqual(page["rule"], act.snapshot["rule"])
        self.assertEqual(
            (page["sponsor"], page["coordinator"]),
            (self.sponsor.name, self.coordinator.name),
        )
        # Acts of older versions have words only.
        old = {**act.snapshot, "goals": [{"name": "G", "unit": "%", "verdict": "Yes"}]}
        del old["coordinator"], old["sponsor"]
        act._unguarded().snapshot = old
        page = reading._page()
        self.assertEqual(page["goals"][0]["verdict"], "Yes")
        self.assertEqual(page["sponsor"], self.sponsor.name)

    # --- the consultant --------------------------------------------------------------

    def test_consultant_sees_the_own_tasks_and_nothing_else(self):
        portal = self.new_user("rt_consultant", "base.group_portal")
        action = self.rollout.action_invite_consultant()
        wizard = self.ours[action["res_model"]].with_context(**action["context"])
        mode = action["context"]["default_access_mode"]
        consultant = {"partner_id": portal.partner_id.id, "access_mode": mode}
        wizard.create(
            {
                "res_model": "project.project",
                "res_id": self.rollout.project_id.id,
                "collaborator_ids": [Command.create(consultant)],
            }
        )
        self.assertTrue(self.rollout.project_id.collaborator_ids.limited_access)
        own, other = self.rollout.project_id.task_ids[:2]
        own.sudo().message_subscribe(portal.partner_id.ids)
        tasks = self.env["project.task"].with_user(portal)
        self.assertEqual(tasks.search([]), own)
        own.with_user(portal).write({"state": "02_changes_requested"})
        self.assertEqual(own.state, "02_changes_requested")
        with self.assertRaises(AccessError):
            other.with_user(portal).write({"state": "02_changes_requested"})
        for model in self.env.registry:
            if model.startswith("crm.") and not self.env[model]._abstract:
                with self.subTest(model=model), self.assertRaises(AccessError):
                    self.env[model].with_user(portal).check_access("read")
        with self.assertRaises(AccessError):
            own.with_user(portal).project_id.crm_rollout_ids.mapped("name")
        with self.assertRaises(AccessError):
            self.rollout.with_user(self.salesperson).action_invite_consultant()
