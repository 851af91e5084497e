from datetime import date

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from odoo.addons.crm_project_rollout.engine import queries

from .common import RolloutCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-06-20 09:00:00")
class TestGoals(RolloutCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.client = cls.env["res.partner"].create({"name": "Client"})
        # From May 2025 on: 100, 110, 120 … 230 in June 2026, which is not over.
        cls.env["crm.turnover.line"].create(
            [
                {
                    "partner_id": cls.client.id,
                    "company_id": cls.company.id,
                    "currency_id": cls.company.currency_id.id,
                    "date": date(2025 + (4 + n) // 12, (4 + n) % 12 + 1, 15),
                    "amount": 100 + 10 * n,
                }
                for n in range(14)
            ]
        )
        cls.owner = cls.new_user("rt_owner", "base.group_user")
        cls.turnover = cls.env.ref("crm_project_rollout.kpi_turnover")
        cls.own_kpi = (
            cls.env["crm.rollout.kpi"]
            .with_user(cls.coordinator)
            .create(
                {
                    "name": "Complaints",
                    "code": "complaints",
                    "direction": "lower",
                    "company_id": cls.company.id,
                }
            )
        )

    def goal(self, user=None, **values):
        values = {
            "rollout_id": self.rollout.id,
            "kpi_id": self.turnover.id,
            "target": 300,
            "date": "2026-12-31",
            "user_id": self.owner.id,
            **values,
        }
        Goal = self.env["crm.rollout.goal"].with_user(user or self.coordinator)
        return Goal.create(values)

    def frozen(self, **values):
        goal = self.goal(**values)
        self.pass_stages(2)
        goal.invalidate_recordset()
        return goal

    def entry(self, month, value, user=None, **values):
        Entry = self.env["crm.rollout.kpi.entry"].with_user(user or self.coordinator)
        return Entry.create(
            {
                "kpi_id": self.own_kpi.id,
                "company_id": self.company.id,
                "month": month,
                "value": value,
                **values,
            }
        )

    def test_baseline_exists_on_day_one(self):
        goal = self.goal()
        # March, April, May.
        self.assertEqual((goal.has_baseline, goal.baseline), (True, 210))
        self.assertEqual(goal.baseline_kind, "measured")
        self.assertEqual((goal.actual, goal.progress), (210, 0))
        self.assertEqual((goal.is_complete, goal.missing_text), (True, ""))

    def test_forecast_and_verdict(self):
        goal = self.goal(baseline_from="2025-08-05", baseline_to="2025-10-20")
        self.assertEqual(goal.baseline_from, date(2025, 8, 1))
        self.assertEqual((goal.baseline, goal.actual), (140, 210))
        # Ten more each month, a tenth less of it from month to month.
        self.assertAlmostEqual(
            goal.forecast, 210 + 10 * sum(0.9**n for n in range(1, 8)), places=2
        )
        self.assertEqual(goal.verdict, "off_course")
        goal.target = 257
        self.assertEqual(goal.verdict, "off_course")
        goal.target = 256
        self.assertEqual(goal.verdict, "on_course")
        goal.target = 250
        self.assertAlmostEqual(goal.progress, 100 * 70 / 110, places=1)
        goal.date = "2027-12-31"
        self.assertEqual(goal.verdict, "on_course")
        goal.target = 205
        self.assertEqual((goal.verdict, goal.progress_bar), ("reached", 100))

    def test_after_its_date_the_value_stands_still(self):
        self.rollout._unguarded().date_start = "2025-08-01 09:00:00"
        goal = self.goal(
            baseline_from="2025-05-01",
            baseline_to="2025-07-31",
            date="2025-12-31",
            target=160,
        )
        self.assertEqual((goal.actual, goal.verdict), (160, "reached"))
        goal.target = 161
        self.assertEqual(goal.verdict, "missed")

    def test_unknown_baseline(self):
        goal = self.goal(kpi_id=self.own_kpi.id, target=5)
        self.assertFalse(goal.has_baseline or goal.is_complete or goal.has_actual)
        self.assertEqual((goal.missing_text, goal.verdict), ("baseline", "unknown"))
        for month, value in ((3, 9), (4, 8), (5, 10)):
            self.entry(f"2026-{month:02}-17", value)
        self.assertIs(goal.action_measure(), True)
        self.assertEqual((goal.baseline, goal.actual), (9, 9))
        self.assertTrue(goal.is_complete)

    def test_typed_baseline(self):
        goal = self.goal(baseline=120)
        self.assertEqual((goal.baseline_kind, goal.baseline), ("typed", 120))
        goal.baseline_kind = "measured"
        self.assertEqual(goal.baseline, 210)
        goal.baseline = 150
        self.assertEqual((goal.baseline_kind, goal.baseline), ("typed", 150))

    def test_incomplete_is_allowed_until_the_gate(self):
        goal = self.goal(target=0, date=False, user_id=False)
        self.assertEqual(goal.missing_text, "target, date, owner")
        watched = self.goal(target=0, date=False, is_watched=True)
        self.assertTrue(watched.is_complete)
        self.assertEqual(watched.verdict, "unknown")
        zero = self.goal(kpi_id=self.own_kpi.id, baseline=4, target=0, to_zero=True)
        self.assertTrue(zero.is_complete)

    def test_wrong_goals(self):
        for code, values in (
            ("target_is_baseline", {"target": 210}),
            ("target_wrong_way", {"target": 200}),
            ("target_wrong_way", {"direction": "lower"}),
            ("keep_is_better", {"direction": "keep"}),
            ("date_before_start", {"date": "2026-05-31"}),
            # After the baseline, but before the CRM project.
            ("date_before_start", {"date": "2026-06-19"}),
            (
                "wrong_baseline",
                {"baseline_from": "2026-05-01", "baseline_to": "2026-04-01"},
            ),
            ("wrong_baseline", {"baseline_to": "2027-01-01"}),
            ("wrong_baseline", {"baseline_to": False}),
            ("person_outside", {"user_id": self.stranger.id}),
        ):
            with (
                self.subTest(code=code, values=values),
                self.assertRefused(code, ValidationError),
                self.env.cr.savepoint(),
            ):
                self.goal(**values)
            if "direction" in values:
                continue
            goal = self.goal()
            with (
                self.subTest(code=code, written=values),
                self.assertRefused(code, ValidationError),
                self.env.cr.savepoint(),
            ):
                goal.write(values)
        other = self.own_kpi.sudo().copy(
            {"code": "other", "company_id": self.other_company.id}
        )
        with self.assertRefused("kpi_other_company", ValidationError):
            self.goal(kpi_id=other.id)
        # To keep something, its baseline is the target unless another is given.
        self.assertEqual(self.goal(direction="keep", target=0).target, 210)

    def test_signed_with_stage_2(self):
        goal = self.frozen()
        self.assertTrue(goal.is_frozen)
        for user in (self.coordinator, self.admin):
            for values in (
                {"baseline": 1},
                {"target": 250},
                {"date": "2027-12-31"},
                {"weight": 9},
                {"kpi_id": self.own_kpi.id},
                {"is_watched": True},
                {"baseline_from": "2026-01-01"},
                {"name": "Easier"},
                {"criterion": "Nothing"},
            ):
                with (
                    self.subTest(values=values, user=user.login),
                    self.assertRefused("goal_is_frozen", UserError),
                ):
                    goal.with_user(user).sudo().write(values)
            with self.assertRefused("goal_is_frozen", UserError):
                goal.with_user(user).sudo().unlink()
            with self.assertRefused("goal_is_frozen", UserError):
                goal.with_user(user).sudo().action_measure()
            for values in ({"verdict_rule": "weighted"}, {"verdict_threshold": 1}):
                with self.assertRefused("stage_is_closed", UserError):
                    self.rollout.with_user(user).sudo().write(values)
            with (
                self.assertRefused("goals_are_signed", UserError),
                self.env.cr.savepoint(),
            ):
                self.goal(name="Late")
        goal.write({"user_id": self.coordinator.id, "cause": "Two clinics closed"})
        with self.assertRefused("goal_owner_missing", UserError):
            goal.user_id = False
        extra = self.goal(is_watched=True, target=0)
        extra.user_id = False
        with self.assertRefused("goal_is_frozen", UserError):
            extra.is_watched = False
        extra.unlink()

    def test_what_only_methods_write(self):
        goal = self.goal()
        for values in (
            {"has_baseline": False},
            {"final": {"verdict": "reached"}},
            {"replaced_by_id": goal.id},
            {"rollout_id": self.new_rollout().id},
        ):
            with self.assertRefused("field_is_guarded", AccessError):
                goal.write(values)
        with (
            self.assertRefused("field_is_guarded", AccessError),
            self.env.cr.savepoint(),
        ):
            self.goal(final={"verdict": "reached"})

    def test_the_sponsor_replaces_a_goal(self):
        goal = self.frozen()
        task = self._task(crm_goal_ids=[Command.link(goal.id)])
        values = {"target": 280, "date": "2027-03-31"}
        with self.assertRefused("not_decider", AccessError):
            goal.replace(values, "The market fell")
        ours = goal.with_user(self.sponsor)
        for code, error, args in (
            ("reason_missing", UserError, (values, " ")),
            ("unknown_values", ValidationError, ({"baseline": 1}, "Why")),
            ("unknown_values", ValidationError, ([], "Why")),
            ("target_wrong_way", ValidationError, ({"target": 20}, "Why")),
            ("date_before_start", ValidationError, ({"date": "2026-01-01"}, "Why")),
            ("replacement_incomplete", ValidationError, ({"date": False}, "Why")),
            ("replacement_incomplete", ValidationError, ({"target": 0}, "Why")),
        ):
            with (
                self.subTest(code=code),
                self.assertRefused(code, error),
                self.env.cr.savepoint(),
            ):
                ours.replace(*args)
        new = goal.browse(ours.replace(values, "The market fell"))
        self.assertEqual((new.target, new.baseline), (280, 210))
        self.assertEqual(new.replaces_id, goal)
        self.assertEqual((goal.replaced_by_id, goal.target), (new, 300))
        self.assertEqual(goal.replace_reason, "The market fell")
        self.assertEqual(task.crm_goal_ids, goal + new)
        self.assertEqual(self.rollout._counted_goals(), new.sudo())
        with self.assertRefused("not_replaceable", UserError):
            ours.replace(values, "Again")
        with self.assertRefused("goal_is_frozen", UserError):
            new.target = 260
        wizard = (
            self.env["crm.rollout.goal.replace"]
            .with_user(self.sponsor)
            .create({"goal_id": new.id, "target": 270, "reason": "Once more"})
        )
        action = wizard.action_replace()
        self.assertEqual(goal.browse(action["res_id"]).target, 270)

    def test_not_replaced_before_it_is_signed(self):
        with self.assertRefused("not_replaceable", UserError):
            self.goal().with_user(self.sponsor).replace({"target": 280}, "Why")

    def test_result_is_kept_when_the_project_ends(self):
        goal = self.frozen()
        self.rollout.with_user(self.sponsor).action_stop("No money left")
        before = (goal.actual, goal.verdict, goal.forecast)
        self.env["crm.turnover.line"].create(
            {
                "partner_id": self.client.id,
                "company_id": self.company.id,
                "currency_id": self.company.currency_id.id,
                "date": "2026-05-20",
                "amount": 5000,
            }
        )
        goal.invalidate_recordset()
        self.assertEqual((goal.actual, goal.verdict, goal.forecast), before)
        for what, call in (
            ("write", lambda: goal.write({"cause": "Later"})),
            ("explain", lambda: goal.explain("Later")),
            ("unlink", lambda: goal.unlink()),
            ("watch another", lambda: self.goal(is_watched=True)),
        ):
            with (
                self.subTest(what),
                self.assertRaisesRegex(UserError, "not_running|goal_is_frozen"),
                self.env.cr.savepoint(),
            ):
                call()

    def test_the_owner_explains(self):
        goal = self.frozen()
        self.assertIs(goal.with_user(self.owner).explain(" Two clinics closed "), True)
        self.assertEqual(goal.cause, "Two clinics closed")
        with self.assertRefused("cause_no_text", ValidationError):
            goal.with_user(self.owner).explain(5)
        with self.assertRaises(AccessError):
            goal.with_user(self.owner).write({"cause": "Directly"})
        with self.assertRaises(AccessError):
            goal.with_user(self.salesperson).explain("I was not asked")

    def test_who_reads(self):
        goal = self.goal()
        Goal = self.env["crm.rollout.goal"]
        own = [("id", "=", goal.id)]
        for user, sees in (
            (self.coordinator, True),
            (self.sponsor, True),
            (self.owner, True),
            (self.salesperson, False),
            (self.stranger, False),
        ):
            with self.subTest(user=user.login):
                self.assertEqual(bool(Goal.with_user(user).search(own)), sees)
        self.assertEqual(goal.with_user(self.owner).actual, 210)
        with self.assertRaises(AccessError):
            self.goal(user=self.sponsor)

    def test_series(self):
        goal = self.goal()
        found = goal.with_user(self.sponsor).series()
        self.assertEqual(found["months"][0], "2026-03")
        self.assertEqual(found["months"][-1], "2026-12")
        self.assertEqual(found["actual"][:4], [200, 210, 220, False])
        self.assertEqual(found["forecast"][:3], [False, False, 210])
        self.assertAlmostEqual(found["forecast"][-1], goal.forecast, places=2)
        self.assertEqual((found["baseline"], found["target"]), (210, 300))
        self.assertEqual(len(found["forecast"]), len(found["months"]))
        self.assertNotIn(None, found["actual"] + found["forecast"])
        watched = self.goal(is_watched=True, target=0, date=False)
        self.assertIs(watched.series()["target"], False)

    def test_rule_of_success(self):
        rollout = self.rollout
        self.assertEqual(rollout.goals_verdict, "unknown")
        self.assertIs(rollout._verdict_proposal(), False)
        first = self.goal(target=220, weight=3)
        second = self.goal(target=9000, weight=1)
        self.goal(is_watched=True, target=0)
        self.assertEqual(rollout.goals_verdict, "off_course")
        first.baseline = 100
        first.target = 150
        rollout.invalidate_recordset()
        self.assertEqual((first.verdict, second.verdict), ("reached", "off_course"))
        self.assertEqual(rollout._verdict_proposal(), "partly")
        rollout.write({"verdict_rule": "weighted", "verdict_threshold": 75})
        self.assertEqual(rollout.goals_verdict, "reached")
        self.assertEqual(rollout._verdict_proposal(), "reached")
        self.assertIn("75 %", rollout._verdict_rule_text())
        for value in (0, 101, -5):
            with (
                self.assertRefused("wrong_threshold", ValidationError),
                self.env.cr.savepoint(),
            ):
                rollout.verdict_threshold = value
        lines = rollout._goal_lines()
        self.assertEqual([line["is_watched"] for line in lines], [False, False, True])
        self.assertEqual(lines[0]["verdict"], "Reached")
        self.assertFalse([line for line in lines if None in line.values()])

    # --- goal → task → measure --------------------------------------------------

    def _task(self, user=None, **values):
        values = {
            "name": "Build it",
            "project_id": self.rollout.project_id.id,
            **values,
        }
        return (
            self.env["project.task"].with_user(user or self.coordinator).create(values)
        )

    def figure(self, code):
        return queries.REGISTRY[code].values(self.rollout.sudo())[self.rollout.sudo()]

    def offenders(self, code):
        model, domain = queries.REGISTRY[code].offenders(self.rollout)
        return self.env[model].search(domain)

    def test_tree_and_orphans(self):
        self.assertIsNone(self.figure("goals_complete_percent"))
        self.assertIsNone(self.figure("tasks_complete_percent"))
        self.assertEqual(self.figure("orphan_tasks"), 0)
        goal, alone = self.goal(), self.goal(date=False)
        task = self._task(
            crm_goal_ids=[Command.link(goal.id)],
            crm_measure="Report",
            user_ids=[Command.link(self.coordinator.id)],
            date_deadline="2026-08-01",
        )
        orphan = self._task(name="Nice to have")
        self.assertEqual(self.figure("goals_complete_percent"), 50)
        self.assertEqual(self.offenders("goals_complete_percent"), alone)
        self.assertEqual(self.figure("goals_with_task_percent"), 50)
        self.assertEqual(self.offenders("goals_with_task_percent"), alone)
        self.assertEqual(self.figure("orphan_tasks"), 1)
        self.assertEqual(self.offenders("orphan_tasks"), orphan)
        self.assertEqual(self.rollout.orphan_task_count, 1)
        self.assertEqual(self.figure("tasks_complete_percent"), 50)
        self.assertEqual(self.offenders("tasks_complete_percent"), orphan)
        self.assertEqual(self.figure("goals_reached_percent"), 0)
        self.assertEqual(self.figure("goals_explained_percent"), 0)
        alone.cause = "Nobody minded"
        self.assertEqual(self.figure("goals_explained_percent"), 50)
        tree = self.rollout.with_user(self.sponsor).goal_tree()
        self.assertEqual(
            tree,
            {
                "goals": [
                    {
                        "id": goal.id,
                        "name": "Turnover",
                        "verdict": goal.verdict,
                        "tasks": [
                            {"id": task.id, "name": "Build it", "measure": "Report"}
                        ],
                    },
                    {
                        "id": alone.id,
                        "name": "Turnover",
                        "verdict": "unknown",
                        "tasks": [],
                    },
                ],
                "goals_without_task": [alone.id],
                "tasks_without_goal": [
                    {"id": orphan.id, "name": "Nice to have", "measure": ""}
                ],
            },
        )
        action = self.rollout.action_open_orphans()
        found = self.env["project.task"].search(action["domain"])
        self.assertEqual(found, orphan)
        orphan.state = "1_canceled"
        self.assertEqual(self.figure("orphan_tasks"), 0)

    def test_a_measure_tells_its_value(self):
        task = self._task(
            crm_kpi_ids=[Command.link(self.turnover.id)],
            crm_query_code="coordinator_named",
        )
        self.assertIn("Turnover", task.crm_measure_now)
        self.assertIn("220", task.crm_measure_now)
        self.assertTrue(task.crm_measure_now.endswith(": 1"))
        self.assertTrue(task._crm_has_measure())

    def test_goal_of_another_project(self):
        other = self.new_rollout(name="Other")
        goal = self.goal(rollout_id=other.id)
        with self.assertRefused("goal_other_project", ValidationError):
            self._task(crm_goal_ids=[Command.link(goal.id)])
        with self.assertRefused("goal_other_project", ValidationError):
            goal.task_ids = self._task()

    def test_example(self):
        rollout = self.rollout
        self.assertIs(rollout.action_fill_example(), True)
        self.assertEqual(len(rollout.goal_ids), 3)
        self.assertEqual(rollout.goal_ids[2].target, 241.5)
        self.assertEqual(self.figure("goals_with_task_percent"), 100)
        self.assertEqual(self.figure("orphan_tasks"), 0)
        self.assertEqual(self.figure("tasks_complete_percent"), 100)
        with self.assertRefused("goals_are_there", UserError):
            rollout.action_fill_example()
        with self.assertRaises(AccessError):
            self.new_rollout().with_user(self.sponsor).action_fill_example()

    # --- KPIs and entries --------------------------------------------------------

    def test_kpis_are_kept_sound(self):
        Kpi = self.env["crm.rollout.kpi"].with_user(self.coordinator)
        for code in ("Has Blank", "UPPER", "1st", "", "ж"):
            with (
                self.subTest(code=code),
                self.assertRefused("wrong_code", ValidationError),
                self.env.cr.savepoint(),
            ):
                Kpi.create({"name": "Wrong", "code": code})
        with self.assertRefused("kpi_is_shipped", UserError):
            self.turnover.with_user(self.coordinator).unlink()
        for values in ({"code": "other"}, {"company_id": False}):
            with self.assertRefused("kpi_identity", UserError):
                self.own_kpi.write(values)
        self.own_kpi.write({"code": "complaints", "name": "All complaints"})
        measured = Kpi.search([("is_computed", "=", True)])
        self.assertIn(self.turnover, measured)
        self.assertNotIn(self.own_kpi, measured)
        self.assertIn(self.own_kpi, Kpi.search([("is_computed", "=", False)]))
        # A company's own KPI is never one of the measured ones.
        fake = Kpi.create(
            {"name": "Mine", "code": "turnover", "company_id": self.company.id}
        )
        self.assertFalse(fake.is_computed)
        self.assertFalse(
            self.own_kpi.with_user(self.stranger).search([("id", "=", self.own_kpi.id)])
        )

    def test_entries(self):
        entry = self.entry("2026-05-31", 7, user_id=self.owner.id, is_kept=True)
        self.assertEqual(entry.month, date(2026, 5, 1))
        self.assertEqual((entry.user_id, entry.is_kept), (self.coordinator, False))
        with self.assertRefused("month_ahead", ValidationError):
            self.entry("2026-07-01", 7)
        with self.assertRaises(AccessError):
            self.entry("2026-04-01", 7, user=self.owner)
        self.goal(kpi_id=self.own_kpi.id, baseline=9, target=5)
        self.entry("2026-04-01", 7, user=self.owner)
        with self.assertRaises(AccessError):
            self.entry("2026-03-01", 7, user=self.salesperson)
        with self.assertRefused("kpi_other_company", ValidationError):
            self.entry(
                "2026-02-01", 7, company_id=self.other_company.id, user=self.admin
            )

    def test_an_entry_fills_what_nobody_knows(self):
        self.entry("2024-03-01", 55, kpi_id=self.turnover.id)
        self.entry("2026-05-01", 1, kpi_id=self.turnover.id)
        found = self.turnover._months(self.company, date(2024, 3, 1), date(2026, 5, 1))
        self.assertEqual(found[date(2024, 3, 1)], 55)
        self.assertEqual(found[date(2026, 5, 1)], 220)

    def test_reminder_of_an_entry(self):
        cron = self.env["crm.rollout.goal"].sudo()
        goal = self.goal(kpi_id=self.own_kpi.id, baseline=9, target=5)
        measured = self.goal()
        for _twice in range(2):
            cron._cron_figures()
        self.assertFalse(measured.activity_ids)
        self.assertEqual(len(goal.sudo().activity_ids), 1)
        self.assertEqual(goal.sudo().activity_ids.user_id, self.owner)
        self.assertIn("05/2026", goal.sudo().activity_ids.summary)
        goal.sudo().activity_ids.unlink()
        self.entry("2026-05-01", 7)
        cron._cron_figures()
        self.assertFalse(goal.sudo().activity_ids)

    def test_present_only_is_kept_for_goals(self):
        kpi = self.env.ref("crm_project_rollout.kpi_data_completeness")
        self.client.counterparty_type_ids = self.env.ref("crm_segmentation.type_client")
        Entry = self.env["crm.rollout.kpi.entry"]
        kept = [("kpi_id", "=", kpi.id), ("company_id", "=", self.company.id)]
        self.env["crm.rollout.goal"].sudo()._cron_figures()
        self.assertFalse(Entry.search(kept))
        goal = self.goal(kpi_id=kpi.id, baseline=10, target=90)
        self.env["crm.rollout.goal"].sudo()._cron_figures()
        self.assertEqual(Entry.search(kept).month, date(2026, 6, 1))
        self.assertTrue(goal.has_actual)

    def test_figures_of_many_goals_are_few(self):
        """One statement per KPI, however many goals are about it."""
        few = self.goal() + self.goal(target=400)
        many = few + few.browse([self.goal(target=500 + n).id for n in range(6)])

        def count(goals):
            self.env.flush_all()
            self.env.invalidate_all()
            goals.sudo().mapped("verdict")
            before = self.env.cr.sql_log_count
            self.env.invalidate_all()
            goals.sudo().mapped("verdict")
            return self.env.cr.sql_log_count - before

        self.assertEqual(count(few), count(many))
