from odoo import Command, fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from odoo.addons.crm_project_rollout.engine import queries

from .common import RolloutCommon


@tagged("post_install", "-at_install")
class TestTeam(RolloutCommon):
    """Stage 2: who takes part, with which hours and which money."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.expert = cls.new_user("rt_expert", "base.group_user")
        cls.consultant = cls.env["res.partner"].create({"name": "Adviser Ltd"})
        cls.service = cls.new_department("Service")
        cls.line = cls.env["crm.rollout.department"].create(
            {"rollout_id": cls.rollout.id, "department_id": cls.service.id}
        )

    def member(self, role, user=None, **vals):
        vals = {"rollout_id": self.rollout.id, "role": role, **vals}
        if user:
            vals["user_id"] = user.id
        return self.env["crm.rollout.member"].with_user(self.coordinator).create(vals)

    def figure(self, code):
        return queries.REGISTRY[code].values(self.rollout)[self.rollout]

    def offenders(self, code):
        model, domain = queries.REGISTRY[code].offenders(self.rollout)
        return self.env[model].search(domain)

    def roles(self, role):
        return self.rollout.member_ids.filtered(lambda line: line.role == role)

    def test_template_brings_roles_and_leaders(self):
        self.assertEqual(self.roles("sponsor").user_id, self.sponsor)
        self.assertEqual(self.roles("coordinator").user_id, self.coordinator)
        self.assertEqual(self.roles("coordinator").hours_planned, 240)
        self.assertEqual(self.roles("sponsor").raci_1, "a")
        self.assertFalse(self.roles("deputy").is_named)
        self.assertIn("to be named", self.roles("deputy").display_name)

    def test_leaders_follow_the_crm_project(self):
        other = self.new_user("rt_boss", "base.group_user")
        self.rollout.with_user(self.sponsor).sudo().sponsor_id = other
        self.assertEqual(self.roles("sponsor").user_id, other)
        with self.assertRefused("leader_differs", ValidationError):
            self.roles("sponsor").with_user(self.coordinator).user_id = self.expert
        self.roles("coordinator")._unguarded().unlink()
        self.rollout.coordinator_id = self.coordinator
        self.assertEqual(self.roles("coordinator").user_id, self.coordinator)

    def test_wrong_people(self):
        left = self.new_user("rt_left", "base.group_user")
        left.active = False
        portal = self.new_user("rt_portal", "base.group_portal")
        adviser = self.consultant.id
        for code, role, user, vals in (
            ("person_left", "expert", left, {}),
            ("person_outside", "expert", portal, {}),
            ("person_outside", "member", self.stranger, {}),
            ("outsider_role", "expert", None, {"partner_id": adviser}),
            ("outsider_role", "sponsor", None, {"partner_id": adviser}),
            ("leader_differs", "coordinator", self.expert, {}),
            ("deputy_is_coordinator", "deputy", self.coordinator, {}),
            ("consultant_decides", "consultant", self.sponsor, {}),
            ("two_answer", "member", self.expert, {"raci_1": "a"}),
        ):
            with (
                self.subTest(code=code, role=role),
                self.assertRefused(code, ValidationError),
                self.env.cr.savepoint(),
            ):
                if role in ("sponsor", "coordinator"):
                    self.roles(role)._unguarded().unlink()
                self.member(role, user, **vals)

    def test_who_left_neither_leads_nor_decides(self):
        self.expert.active = False
        for name in ("coordinator_id", "sponsor_id"):
            with self.assertRefused("person_left", ValidationError):
                self.rollout.sudo().with_user(self.admin).sudo()[name] = self.expert
        with self.assertRefused("person_left", ValidationError):
            self.new_rollout(coordinator_id=self.expert.id)
        # The owner of a condition is the coordinator unless another one is named.
        self.coordinator.active = False
        with self.assertRefused("person_left", ValidationError):
            self.stage(1).decide("conditional", "Go on", ["Name a deputy"])

    def test_consultant_neither_decides_nor_keeps_regulations(self):
        self.member("consultant", self.expert)
        self.member("consultant", partner_id=self.consultant.id)
        with self.assertRefused("consultant_decides", ValidationError):
            self.rollout.sudo().with_user(self.admin).sudo().sponsor_id = self.expert
        regulation = self.env["crm.regulation"].search(
            [("company_id", "=", self.company.id)], limit=1
        )
        with self.assertRefused("consultant_keeps", ValidationError):
            regulation.owner_id = self.expert
        self.roles("consultant").unlink()
        regulation.owner_id = self.expert
        with self.assertRefused("consultant_keeps", ValidationError):
            self.member("consultant", self.expert)
        self.rollout.with_user(self.sponsor).action_stop("Enough")
        self.assertEqual(regulation.owner_id, self.expert)

    def test_figures_of_people(self):
        self.assertEqual(self.figure("deputy_named"), 0)
        self.assertEqual(self.offenders("deputy_named"), self.roles("deputy"))
        self.roles("deputy").with_user(self.coordinator).user_id = self.expert
        self.assertEqual(self.figure("deputy_named"), 1)
        self.expert.active = False
        self.assertEqual(self.figure("deputy_named"), 0)
        self.expert.active = True

        for code in ("departments_with_hours_percent", "experts_percent"):
            self.assertEqual(self.figure(code), 0)
            self.assertEqual(self.offenders(code), self.line)
        member = self.member("expert", self.expert, department_id=self.service.id)
        self.assertEqual(self.figure("experts_percent"), 100)
        self.assertEqual(self.figure("departments_with_hours_percent"), 0)
        member.hours_planned = 12
        self.assertEqual(self.figure("departments_with_hours_percent"), 100)
        self.assertFalse(self.offenders("departments_with_hours_percent"))
        self.assertEqual(self.line.hours_planned, 12)
        self.assertEqual(self.line.expert_names, self.expert.name)
        member.role = "observer"
        self.assertEqual(self.figure("departments_with_hours_percent"), 0)
        self.line.unlink()
        self.assertIsNone(self.figure("experts_percent"))

    def test_hours(self):
        planned = self.rollout.hours_planned
        member = self.member("member", self.expert, hours_planned=8, hours_entered=3)
        self.assertEqual(self.rollout.hours_planned, planned + 8)
        Line = self.env["account.analytic.line"]
        if "employee_id" not in Line._fields:
            self.assertEqual(member.hours_done, 3)
            self.assertEqual(self.rollout.hours_done, 3)
            return
        # Who keeps timesheets has them counted, and no hour twice.
        self.member("expert", self.expert)
        employee = self.env["hr.employee"].search([("user_id", "=", self.expert.id)])
        employee = employee or self.new_employee(self.expert, self.service)
        employee.hourly_cost = 10
        project = self.rollout.project_id
        Line.create(
            [
                {
                    "name": "Interviews",
                    "project_id": project.id,
                    "task_id": project.task_ids[0].id,
                    "employee_id": employee.id,
                    "unit_amount": hours,
                    "date": date,
                }
                for hours, date in ((2, "2026-05-31"), (2.5, "2026-06-01"))
            ]
        )
        self.env.invalidate_all()
        self.assertEqual(member.hours_done, 4.5)
        self.assertEqual(self.rollout.hours_done, 4.5)
        # The money of these hours is not the money of the budget.
        self.assertEqual(self.rollout.budget_source, "entered")

    def test_money_entered_and_from_the_analytic_account(self):
        Budget = self.env["crm.rollout.budget"].with_user(self.coordinator)
        self.assertIsNone(self.figure("budget_spent_percent"))
        line = Budget.create(
            {"rollout_id": self.rollout.id, "name": "Set-up", "planned": 200}
        )
        line.spent = 50
        self.assertEqual(self.rollout.budget_percent, 25)
        self.assertEqual(self.rollout.budget_source, "entered")
        plan, _others = self.env["account.analytic.plan"]._get_all_plans()
        account = self.env["account.analytic.account"].create(
            {"name": "CRM", "plan_id": plan.id, "company_id": self.company.id}
        )
        self.rollout.project_id.account_id = account
        self.env["account.analytic.line"].create(
            [
                {
                    "name": name,
                    "account_id": account.id,
                    "amount": amount,
                    "company_id": self.company.id,
                }
                for name, amount in (("Licence", -120), ("Refund of a customer", 30))
            ]
        )
        self.env.invalidate_all()
        self.assertEqual(self.rollout.budget_source, "analytic")
        self.assertEqual(self.rollout.budget_spent, 120)
        self.assertEqual(self.figure("budget_spent_percent"), 60)

    def test_a_consultant_may_come_after_gate_two(self):
        """Else nothing would keep that person from regulations and decisions."""
        self.pass_stages(2)
        late = self.member("consultant", partner_id=self.consultant.id)
        self.assertEqual(late.rollout_id, self.rollout)
        with self.assertRefused("stage_is_closed", UserError):
            self.member("consultant", self.expert, hours_planned=8)
        self.stage(3).decide("stop", "No money")
        with self.assertRefused("not_running", UserError):
            self.member("observer", self.expert)

    def test_gate_two_freezes_plans_not_life(self):
        member = self.member("expert", self.expert, hours_planned=8)
        budget = self.env["crm.rollout.budget"].with_user(self.coordinator)
        budget = budget.create(
            {"rollout_id": self.rollout.id, "name": "a", "planned": 9}
        )
        self.pass_stages(2)
        helper = self.new_user("rt_helper", "base.group_user")
        for call in (
            lambda: member.write({"hours_planned": 1}),
            lambda: member.write({"role": "observer", "user_id": helper.id}),
            lambda: member.unlink(),
            lambda: budget.write({"planned": 99}),
            lambda: budget.write({"planned": 99, "spent": 1}),
            lambda: budget.unlink(),
            lambda: self.line.with_user(self.coordinator).unlink(),
            lambda: self.line.sudo().write({"note": "x"}),
            lambda: self.member("expert", helper),
        ):
            with self.assertRefused("stage_is_closed", UserError):
                call()
        member.user_id = helper
        budget.spent = 5
        self.assertEqual((budget.planned, budget.spent), (9, 5))
        with self.assertRaises(AccessError):
            budget.with_user(self.expert).spent = 6
        with self.assertRefused("person_outside", ValidationError):
            member.user_id = self.stranger
        self.rollout.with_user(self.sponsor).action_stop("Enough")
        with self.assertRefused("not_running", UserError):
            budget.spent = 7

    def test_other_company_sees_nothing(self):
        self.member("expert", self.expert)
        for model in ("member", "department", "budget", "kickoff", "fit", "risk"):
            found = self.env[f"crm.rollout.{model}"].with_user(self.stranger).search([])
            self.assertFalse(found, model)


@tagged("post_install", "-at_install")
class TestKickoff(RolloutCommon):
    """The opening: who was reached."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.people = [
            cls.new_user(f"rt_person{number}", "base.group_user") for number in range(4)
        ]
        cls.service = cls.new_department("Service")
        for user in cls.people:
            cls.new_employee(user, cls.service)
        cls.env["crm.rollout.department"].create(
            {"rollout_id": cls.rollout.id, "department_id": cls.service.id}
        )
        cls.meeting = (
            cls.env["crm.rollout.kickoff"]
            .with_user(cls.coordinator)
            .create(
                {
                    "rollout_id": cls.rollout.id,
                    "date_start": fields.Datetime.add(
                        fields.Datetime.now(), minutes=-5
                    ),
                    "speaker_id": cls.sponsor.id,
                    "agenda": "Why <now>\nQuestions",
                }
            )
        )

    def line(self, user):
        return self.meeting.attendee_ids.filtered(
            lambda line: line.partner_id == user.partner_id
        )

    def figure(self, code):
        return queries.REGISTRY[code].values(self.rollout)[self.rollout]

    def test_invite_everybody_in_scope_once(self):
        # Four of the department, sponsor and coordinator of the team.
        self.assertEqual(self.meeting.action_invite_scope(), 6)
        self.assertEqual(self.meeting.action_invite_scope(), 0)
        self.assertEqual(self.meeting.invited_count, 6)

    def test_calendar(self):
        with self.assertRefused("nobody_invited", UserError):
            self.meeting.action_schedule()
        self.meeting.action_invite_scope()
        made = self.meeting.action_schedule()
        event = self.env["calendar.event"].browse(made)
        self.assertEqual(len(event.partner_ids), 6)
        self.assertIn("Why &lt;now&gt;", event.description)
        self.meeting.location = "Hall"
        self.assertEqual(self.meeting.action_schedule(), made)
        self.assertEqual(event.location, "Hall")
        with self.assertRefused("field_is_guarded", AccessError):
            self.meeting.event_id = False

    def test_attendance_and_minutes(self):
        first, second, third, stranger = self.people
        self.assertIsNone(self.figure("kickoff_attendance_percent"))
        self.meeting.attendee_ids = [
            Command.create({"partner_id": user.partner_id.id})
            for user in (first, second, third, stranger)
        ]
        self.line(first).attended = True
        self.assertEqual(self.meeting.attendance, 25)
        own = self.meeting.with_user(second)
        self.assertFalse(own.can_acknowledge)
        with self.assertRefused("no_minutes", UserError):
            own.action_acknowledge()
        with self.assertRefused("no_minutes", UserError):
            self.meeting.action_ask_absentees()
        self.meeting.decisions = "We begin."
        self.assertEqual(self.meeting.action_ask_absentees(), 3)
        self.assertEqual(self.meeting.action_ask_absentees(), 0)
        self.assertTrue(own.can_acknowledge)
        for _time in range(2):
            self.assertIs(own.action_acknowledge(), True)
        self.assertTrue(self.line(second).is_acknowledged)
        self.assertFalse(own.can_acknowledge)
        self.assertNotIn(second, self.meeting.activity_ids.user_id)
        self.assertEqual(self.figure("kickoff_attendance_percent"), 25)
        self.assertEqual(self.figure("kickoff_reached_percent"), 50)
        model, domain = queries.REGISTRY["kickoff_reached_percent"].offenders(
            self.rollout
        )
        self.assertEqual(
            self.env[model].search(domain), self.line(third) | self.line(stranger)
        )
        with self.assertRefused("field_is_guarded", AccessError):
            self.line(third).is_acknowledged = True
        with self.assertRaises(AccessError):
            self.meeting.with_user(self.salesperson).action_acknowledge()
        with self.assertRefused("not_invited", AccessError):
            self.meeting.with_user(self.sponsor).action_acknowledge()
        with self.assertRefused("not_keeper", AccessError):
            own.action_invite_scope()

    def test_a_person_counts_once_over_meetings(self):
        again = self.meeting.copy()
        partner = self.people[0].partner_id
        for meeting in self.meeting | again:
            meeting.attendee_ids = [Command.create({"partner_id": partner.id})]
        again.attendee_ids.attended = True
        self.assertEqual(self.figure("kickoff_attendance_percent"), 100)

    def test_wrong_dates(self):
        with self.assertRefused("date_before_start", ValidationError):
            self.meeting.date_start = "2020-01-01 10:00:00"
        self.meeting.date_start = fields.Datetime.add(fields.Datetime.now(), days=3)
        self.meeting.attendee_ids = [
            Command.create({"partner_id": self.people[0].partner_id.id})
        ]
        with self.assertRefused("not_held_yet", ValidationError):
            self.meeting.attendee_ids.attended = True

    def test_gate_two_freezes_the_attendance(self):
        self.meeting.action_invite_scope()
        self.meeting.decisions = "We begin."
        self.pass_stages(2)
        with self.assertRefused("stage_is_closed", UserError):
            self.meeting.attendee_ids[0].attended = True
        with self.assertRefused("stage_is_closed", UserError):
            self.meeting.date_start = fields.Datetime.now()
        # Nor by somebody who came to the opening of another CRM project.
        other = self.meeting.create(
            {
                "rollout_id": self.new_rollout(name="Second").id,
                "date_start": fields.Datetime.now(),
                "speaker_id": self.sponsor.id,
            }
        )
        other.action_invite_scope()
        with self.assertRefused("field_is_guarded", AccessError):
            other.attendee_ids[0].kickoff_id = self.meeting
        with self.assertRefused("stage_is_closed", UserError):
            self.meeting.attendee_ids = [Command.link(other.attendee_ids[0].id)]
        # Who was not there may still read the minutes.
        self.assertIs(self.meeting.with_user(self.people[1]).action_acknowledge(), True)
