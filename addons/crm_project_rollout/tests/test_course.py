from datetime import timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.crm_project_rollout.engine import queries, rollout_notices

from .common import RolloutCommon

MONDAY = "2026-05-04 10:00:00"


@tagged("post_install", "-at_install")
class TestCourse(RolloutCommon):
    """Dates, risks, health, and what the coordinator is told."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with freeze_time(MONDAY):
            cls.rollout = cls.new_rollout(name="Course")

    def later(self, **delta):
        start = fields.Datetime.to_datetime(MONDAY)
        return freeze_time(start + timedelta(**delta))

    def health(self):
        self.env.invalidate_all()
        return self.rollout.health, self.rollout.health_reasons.splitlines()

    def test_dates_from_the_template(self):
        stages = self.rollout.stage_ids
        self.assertEqual(stages[0].date_planned, fields.Date.to_date("2026-05-18"))
        self.assertEqual(stages[1].date_planned, fields.Date.to_date("2026-06-08"))
        self.assertEqual(stages[0].date_promised, stages[0].date_planned)
        self.assertTrue(stages[1].date_promised)
        self.assertFalse(stages[2].date_promised)

    def test_milestone_per_gate(self):
        stage = self.rollout.stage_ids[0]
        self.assertEqual(len(self.rollout.project_id.milestone_ids), 7)
        self.assertEqual(stage.milestone_id.deadline, stage.date_planned)
        self.assertEqual(stage.task_id.milestone_id, stage.milestone_id)
        stage.with_user(self.coordinator).date_planned = "2026-05-20"
        self.assertEqual(str(stage.milestone_id.deadline), "2026-05-20")
        self.pass_stages(1)
        self.assertTrue(stage.milestone_id.is_reached)

    def test_dates_in_order(self):
        first, second = self.rollout.stage_ids[:2].with_user(self.coordinator)
        for stage, date in ((first, "2026-05-03"), (second, "2026-05-10")):
            with self.assertRefused("date_before_start", ValidationError):
                stage.date_planned = date
        with self.assertRefused("field_is_guarded", AccessError):
            first.date_promised = "2026-12-31"
        self.pass_stages(1)
        with self.assertRefused("stage_is_closed", UserError):
            first.date_planned = "2026-05-19"

    def test_moving_the_plan_hides_no_slip(self):
        first = self.rollout.stage_ids[0].with_user(self.coordinator)
        with self.later(days=1):
            first.date_planned = "2026-05-25"
            self.assertEqual(first.days_late, 7)
        with self.later(days=20), freeze_time("2026-05-28 10:00:00"):
            self.env.invalidate_all()
            self.assertEqual(first.days_late, 10)

    def test_dates_of_later_gates_are_promised_at_gate_two(self):
        third = self.rollout.stage_ids[2].with_user(self.coordinator)
        with self.later(days=1):
            third.date_planned = third.date_planned + timedelta(days=5)
            self.assertEqual(third.days_late, 0)
            self.pass_stages(2)
            self.assertEqual(third.date_promised, third.date_planned)

    def test_risks(self):
        Risk = self.env["crm.rollout.risk"].with_user(self.coordinator)
        self.assertEqual(
            sorted(self.rollout.risk_ids.mapped("name")),
            sorted(self.template.risk_ids.mapped("name")),
        )
        self.rollout.risk_ids.with_user(self.coordinator).unlink()
        risk = Risk.create(
            {
                "rollout_id": self.rollout.id,
                "name": "Nobody logs",
                "probability": "4",
                "impact": "3",
            }
        )
        self.assertEqual((risk.score, risk.level), (12, "high"))
        query = queries.REGISTRY["high_risks_unanswered"]
        self.assertEqual(query.values(self.rollout)[self.rollout], 1)
        self.assertEqual(query.offenders(self.rollout)[1], [("id", "in", risk.ids)])
        with self.later(days=1):
            self.assertEqual(self.health()[0], "yellow")
            risk.write({"owner_id": self.coordinator.id, "response": "Count silently"})
            self.assertEqual(self.health(), ("green", []))
            self.assertEqual(query.values(self.rollout)[self.rollout], 0)
            risk.date_due = "2026-05-06"
        with self.later(days=4):
            self.assertEqual(self.health()[0], "yellow")
            risk.state = "handled"
            self.assertEqual(self.health()[0], "green")
        with self.assertRefused("date_before_start", ValidationError):
            risk.date_due = "2026-01-01"
        with self.assertRaisesRegex(ValidationError, "^crm_segmentation.bad_value: "):
            risk.probability = "9"
        self.rollout.with_user(self.sponsor).action_stop("Enough")
        with self.assertRefused("stage_is_closed", UserError):
            risk.response = "Too late"

    def test_health_names_its_reasons(self):
        self.rollout.risk_ids.with_user(self.coordinator).unlink()
        with self.later(days=1):
            self.assertEqual(self.health(), ("green", []))
        with self.later(days=20):
            color, reasons = self.health()
            self.assertEqual(color, "yellow")
            self.assertIn("6 days late", reasons[0])
        with self.later(days=40):
            self.assertEqual(self.health()[0], "red")
        with self.later(days=1):
            self.coordinator.active = False
            color, reasons = self.health()
            self.assertEqual(color, "red")
            self.assertIn(self.coordinator.name, reasons[0])
            self.coordinator.active = True
            self.coordinator.write(
                {
                    "company_id": self.other_company.id,
                    "company_ids": [Command.set(self.other_company.ids)],
                }
            )
            self.env.invalidate_all()
            self.assertEqual(self.rollout.sudo().health, "red")
            self.assertIn(self.coordinator.name, self.rollout.sudo().health_reasons)
        draft = self.rollout.sudo().copy({"coordinator_id": self.sponsor.id})
        self.assertFalse(draft.health or draft.health_reasons)

    def test_overdue_condition_and_budget(self):
        self.rollout.risk_ids.with_user(self.coordinator).unlink()
        with self.later(days=0):
            self.rollout.stage_id.with_user(self.sponsor).decide(
                "conditional",
                "Nearly",
                [{"name": "Name a deputy", "date": "2026-05-08"}],
            )
        self.env["crm.rollout.budget"].create(
            {"rollout_id": self.rollout.id, "name": "a", "planned": 100, "spent": 105}
        )
        with self.later(days=6):
            color, reasons = self.health()
            self.assertEqual(color, "yellow")
            self.assertIn("Name a deputy", reasons[0])
            self.assertIn("105 %", reasons[1])

    def test_told_once_in_working_hours(self):
        self.rollout.risk_ids.with_user(self.coordinator).unlink()
        self.assertTrue(self.rollout.tells_coordinator)
        due = rollout_notices.due
        env = self.env(su=True)
        with self.later(days=15):  # a Tuesday, 10 o'clock
            now = fields.Datetime.now()
            self.assertEqual(due(env, self.rollout.sudo(), now), self.rollout.sudo())
            rollout_notices.send(self.rollout.sudo(), now)
            told = self.env["crm.rollout.notice"].search(
                [("rollout_id", "=", self.rollout.id)]
            )
            self.assertEqual(len(told), 1)
            letters = self.letters()
            self.assertEqual(len(letters), 1)
            self.assertIn("1 days late", letters.body_html)
            rollout_notices.send(self.rollout.sudo(), now)
            self.assertEqual(self.letters(), letters)
        with self.later(days=18):
            rollout_notices.send(self.rollout.sudo(), fields.Datetime.now())
            self.assertEqual(self.letters(), letters)
        with self.later(days=33):  # so late that it is red: that is news
            rollout_notices.send(self.rollout.sudo(), fields.Datetime.now())
            self.assertEqual(len(self.letters()), 2)
        with self.later(days=13, hours=12):  # a Sunday, 22 o'clock
            self.assertFalse(due(env, self.rollout.sudo(), fields.Datetime.now()))
        self.coordinator.active = False
        with self.later(days=15):
            self.assertFalse(due(env, self.rollout.sudo(), fields.Datetime.now()))

    def test_a_goal_that_slips_is_told_once_each_time(self):
        """Once while it lasts, not when it is right, and anew when it slips again."""
        # Only the goal: no dates, no risks.
        self.rollout.risk_ids.with_user(self.coordinator).unlink()
        self.rollout.stage_ids._unguarded().write(
            {"date_planned": False, "date_promised": False}
        )
        Kpi = self.env["crm.rollout.kpi"].with_user(self.coordinator)
        with self.later(days=0):
            kpi = Kpi.create({"name": "Calls", "code": "rt_calls"})
            entry = kpi.entry_ids.create(
                {"kpi_id": kpi.id, "month": "2026-04-01", "value": 10}
            )
            goal = self.env["crm.rollout.goal"].create(
                {"rollout_id": self.rollout.id, "kpi_id": kpi.id, "name": "More calls"}
                | {"baseline": 10, "target": 20, "date": "2026-05-10"}
                | {"baseline_from": "2026-04-01", "baseline_to": "2026-04-01"}
            )
        table = [  # day, value, letters in all
            (1, 25, 0),
            (8, 10, 1),
            (9, 10, 1),
            (15, 25, 1),
            (16, 10, 1),  # to and fro is no news
            (17, 25, 1),
            (29, 25, 1),
            (30, 10, 2),
            (31, 10, 2),
        ]
        for day, value, count in table:
            entry.value = value
            self.env.flush_all()
            self.env.invalidate_all()
            with self.subTest(day=day), self.later(days=day):
                rollout_notices.send(self.rollout.sudo(), fields.Datetime.now())
                self.assertEqual(len(self.letters()), count, goal.verdict)
        self.assertIn("“More calls” is off course", self.letters()[0].body_html)

    def test_a_letter_that_failed_is_written_later(self):
        """What was noted as told goes with the letter, or not at all."""
        Notice = self.env["crm.rollout.notice"]

        def fails(*args):
            raise ValueError("no letter today")

        with self.later(days=15):
            now = fields.Datetime.now()
            with (
                patch.object(rollout_notices, "_body", fails),
                mute_logger(
                    "odoo.addons.crm_project_rollout.models.crm_rollout_health"
                ),
            ):
                self.rollout.sudo()._tell(now)
            self.assertFalse(Notice.search([("rollout_id", "=", self.rollout.id)]))
            self.rollout.sudo()._tell(now)
            self.assertTrue(Notice.search([("rollout_id", "=", self.rollout.id)]))
        self.assertEqual(len(self.letters()), 1)

    def letters(self):
        return self.env["mail.mail"].search(
            [("recipient_ids", "in", self.coordinator.partner_id.ids)]
        )

    def test_cron_tells_only_who_wants_it(self):
        silent = self.new_rollout(name="Silent")
        silent.sudo().tells_coordinator = False
        with self.later(days=15), self.enter_registry_test_mode():
            self.env.ref(
                "crm_project_rollout.ir_cron_rollout_health"
            ).method_direct_trigger()
        Notice = self.env["crm.rollout.notice"]
        self.assertTrue(Notice.search([("rollout_id", "=", self.rollout.id)]))
        self.assertFalse(Notice.search([("rollout_id", "=", silent.id)]))
