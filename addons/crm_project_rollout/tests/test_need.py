from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from odoo.addons.crm_project_rollout.engine import queries

from .common import COORDINATOR, RolloutCommon


@tagged("post_install", "-at_install")
class TestNeed(RolloutCommon):
    """Stage 1: what hurts, and is it a CRM project?"""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.helper = cls.new_user("rt_helper", "base.group_user")
        cls.watcher = cls.new_user("rt_watcher", "base.group_user")
        cls.outsider = cls.new_user("rt_outsider", "base.group_user")
        cls.env["crm.rollout.member"].create(
            [
                {"rollout_id": cls.rollout.id, "role": role, "user_id": user.id}
                for role, user in (("member", cls.helper), ("observer", cls.watcher))
            ]
        )

    def problem(self, user=None, **vals):
        vals = {"rollout_id": self.rollout.id, "name": "Answers are late", **vals}
        Problem = self.env["crm.rollout.problem"]
        return Problem.with_user(user or self.coordinator).create(vals)

    def figure(self, code):
        return queries.REGISTRY[code].values(self.rollout)[self.rollout]

    def offenders(self, code):
        model, domain = queries.REGISTRY[code].offenders(self.rollout)
        return self.env[model].search(domain)

    def score(self, **scores):
        """The same score for all statements of a kind; the others are not true."""
        lines = self.rollout.with_user(self.coordinator).fit_ids
        for line in lines:
            line.score = scores.get(line.kind, "0")
        return self.rollout

    def test_anybody_of_the_team_adds(self):
        for user in (self.coordinator, self.helper):
            problem = self.problem(user)
            problem.cost_year = 10
        own = self.problem(self.coordinator, owner_id=self.helper.id)
        own.with_user(self.helper).cost_basis = "3 clinics"
        foreign = self.problem(self.coordinator)
        with self.assertRaises(AccessError):
            foreign.with_user(self.helper).cost_year = 5
        for user in (
            self.watcher,
            self.outsider,
            self.salesperson,
            self.sponsor,
            self.stranger,
        ):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                if user == self.sponsor:
                    foreign.with_user(
                        user
                    ).name = "The sponsor changes nothing of others"
                else:
                    self.problem(user)

    def test_who_reads(self):
        problem = self.problem()
        Problem = self.env["crm.rollout.problem"]
        own = [("id", "=", problem.id)]
        for user, seen in (
            (self.coordinator, 1),
            (self.sponsor, 1),
            (self.helper, 1),
            (self.watcher, 1),
            (self.outsider, 0),
            (self.salesperson, 0),
            (self.stranger, 0),
        ):
            with self.subTest(user=user.login):
                self.assertEqual(Problem.with_user(user).search_count(own), seen)
        self.assertTrue(self.rollout.with_user(self.helper).is_team)
        self.assertTrue(self.rollout.with_user(self.helper).stage_ids.mapped("name"))
        self.assertFalse(
            self.env["crm.rollout"]
            .with_user(self.outsider)
            .search([("id", "=", self.rollout.id)])
        )
        head = self.new_user("rt_head", "base.group_user")
        department = self.new_department("Service", head)
        self.rollout.department_line_ids = [
            Command.create({"department_id": department.id})
        ]
        self.assertEqual(Problem.with_user(head).search_count(own), 1)

    def test_figures_of_problems(self):
        self.assertEqual(self.figure("problems_with_owner"), 0)
        self.assertIsNone(self.figure("problems_with_owner_percent"))
        owned = self.problem(owner_id=self.helper.id, about_customers="yes")
        lost = self.problem(about_customers="partly")
        self.assertEqual(self.figure("problems_with_owner"), 1)
        self.assertEqual(self.figure("problems_with_owner_percent"), 50)
        self.assertEqual(self.figure("problems_about_customers"), 1)
        self.assertEqual(self.offenders("problems_with_owner_percent"), lost)
        self.assertEqual(self.offenders("problems_about_customers"), lost)
        self.helper.active = False
        self.assertEqual(self.figure("problems_with_owner"), 0)
        self.assertEqual(self.offenders("problems_with_owner"), owned | lost)

    def test_costs(self):
        self.problem(cost_year=100, about_customers="yes")
        self.problem(cost_year=50, about_customers="partly")
        self.problem(cost_year=25, about_customers="no")
        self.assertEqual(self.rollout.problem_count, 3)
        self.assertEqual(self.rollout.problem_cost, 175)
        self.assertEqual(self.rollout.problem_cost_customers, 150)

    def test_owner_works_here(self):
        portal = self.new_user("rt_portal", "base.group_portal")
        left = self.new_user("rt_left", "base.group_user")
        left.active = False
        for code, user in (
            ("person_outside", portal),
            ("person_outside", self.stranger),
            ("person_left", left),
        ):
            with self.subTest(code=code), self.assertRefused(code, ValidationError):
                self.problem(owner_id=user.id)

    def test_recommendation(self):
        rollout = self.rollout
        self.assertTrue(rollout.fit_ids)
        self.assertEqual(rollout.fit_verdict, "nothing")
        self.assertEqual(self.score().fit_verdict, "no_pain")
        self.assertEqual(self.score(crm="3").fit_verdict, "crm")
        self.assertIn("the right cure", rollout.fit_summary)
        self.assertIn(rollout.fit_ids[0].statement, rollout.fit_summary)
        self.assertEqual(self.score(logistics="3", crm="1").fit_verdict, "elsewhere")
        self.assertIn("Logistics", rollout.fit_summary)
        self.assertEqual(self.score(logistics="3", crm="3").fit_verdict, "close")
        rollout.fit_ids.filtered(lambda line: line.kind == "other").score = False
        self.assertEqual(rollout.fit_verdict, "incomplete")
        result = rollout.with_user(self.coordinator).fit_result()
        self.assertEqual(result["percents"]["crm"], 100)
        self.assertEqual((result["verdict"], result["decision"]), ("incomplete", ""))
        self.assertNotIn(None, result.values())

    def test_statements_are_the_templates(self):
        stage = self.rollout.stage_id
        self.assertEqual(
            self.rollout.fit_ids.mapped("statement"),
            self.template.fit_ids.mapped("statement"),
        )
        count = len(self.rollout.fit_ids)
        self.rollout.fit_ids[:2]._unguarded().unlink()
        for _time in range(2):
            self.assertIs(
                self.rollout.with_user(self.coordinator).action_fill_fit(), True
            )
            self.assertEqual(len(self.rollout.fit_ids), count)
        with self.assertRefused("gate_is_fixed", AccessError):
            self.rollout.fit_ids[0].with_user(self.coordinator).weight = 9
        with self.assertRefused("gate_is_fixed", AccessError):
            self.rollout.fit_ids.with_user(self.coordinator).create(
                {"stage_id": stage.id, "statement": "We want a CRM", "kind": "crm"}
            )
        with self.assertRaises(AccessError):
            self.rollout.fit_ids[0].with_user(self.helper).score = "3"

    def test_sponsor_decides_on_fit(self):
        self.assertEqual(self.figure("fit_decided"), 0)
        self.assertEqual(self.offenders("fit_decided"), self.rollout)
        sponsored = self.rollout.with_user(self.sponsor)
        self.assertTrue(sponsored.can_decide_fit)
        for user in (self.coordinator, self.helper):
            with self.assertRefused("not_decider", AccessError):
                self.rollout.with_user(user).decide_fit("is_crm", "I say so")
        with self.assertRefused("reason_missing", UserError):
            sponsored.decide_fit("is_crm", "  ")
        with self.assertRefused("unknown_fit_decision", UserError):
            sponsored.decide_fit("perhaps", "Who knows")
        made = sponsored.decide_fit("is_crm", "Customers notice")
        decision = self.env["crm.rollout.decision"].browse(made)
        self.assertEqual(decision.protocol["problems"], [])
        self.assertEqual(len(decision.protocol["fit"]), len(self.template.fit_ids))
        self.assertEqual(self.rollout.fit_decision_id, decision)
        self.assertEqual(self.figure("fit_decided"), 1)
        self.assertFalse(self.offenders("fit_decided"))
        self.assertEqual(self.rollout.stage_id.number, 1)
        self.assertEqual(self.rollout.state, "running")

    def test_not_a_crm_project(self):
        self.problem(about_customers="no", kind="logistics", cost_year=7)
        self.score(logistics="3")
        made = self.rollout.with_user(self.sponsor).decide_fit("not_crm", "The stock")
        self.assertEqual(self.rollout.state, "not_crm")
        decision = self.env["crm.rollout.decision"].browse(made)
        self.assertEqual(decision.decision, "not_crm")
        self.assertEqual(decision.protocol["problems"][0]["cost"], 7)
        problem = self.rollout.problem_ids
        for call in (
            lambda: problem.with_user(self.coordinator).write({"name": "x"}),
            lambda: problem.with_user(self.admin).sudo().write({"cost_year": 1}),
            lambda: problem.with_user(self.coordinator).unlink(),
            lambda: self.problem(),
            lambda: self.rollout.fit_ids[0].write({"score": "3"}),
        ):
            with self.assertRefused("stage_is_closed", UserError):
                call()

    def test_gate_freezes_the_need(self):
        other = self.new_rollout(name="Other")
        with self.assertRefused("field_is_guarded", AccessError):
            self.problem().rollout_id = other
        self.pass_stages(1)
        problem = self.rollout.problem_ids[0]
        for call in (
            lambda: problem.write({"owner_id": False}),
            lambda: problem.write({"sequence": 5}),
            lambda: problem.unlink(),
            lambda: self.problem(),
            lambda: self.rollout.fit_ids[0].write({"score": "1"}),
            lambda: self.rollout.fit_ids.unlink(),
            lambda: self.rollout.with_user(self.coordinator).action_fill_fit(),
        ):
            with self.assertRefused("stage_is_closed", UserError):
                call()
        with self.assertRefused("fit_already_decided", UserError):
            self.rollout.with_user(self.sponsor).decide_fit("is_crm", "Again")
        with self.assertRefused("fit_already_decided", UserError):
            self.rollout.with_user(self.sponsor).action_decide_fit()

    def test_other_company(self):
        department = self.env["hr.department"].create(
            {"name": "Foreign", "company_id": self.other_company.id}
        )
        with self.assertRaises(UserError):
            self.problem(department_id=department.id)
        with self.assertRaises(AccessError):
            self.problem(self.new_user("rt_coord3", COORDINATOR, self.other_company))

    def test_figures_of_many_rollouts_at_once(self):
        rollouts = self.rollout
        for number in range(3):
            rollouts |= self.new_rollout(name=f"Rollout {number}")
        codes = (
            "problems_with_owner_percent",
            "fit_decided",
            "departments_with_hours_percent",
            "kickoff_reached_percent",
        )
        for code in codes:
            queries.REGISTRY[code].values(rollouts)
        self.env.flush_all()
        counts = []
        for records in (rollouts[:1], rollouts):
            self.env.invalidate_all()
            records = records.browse(records.ids)
            before = self.env.cr.sql_log_count
            for code in codes:
                queries.REGISTRY[code].values(records)
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[0], counts[1])
