from odoo import Command
from odoo.tests import tagged

from .people_common import PeopleCommon, instant


@tagged("post_install", "-at_install")
class TestLadder(PeopleCommon):
    """Overdue on Monday at 14:00; the rungs come at 15:00, 16:00, …"""

    def _told(self, owed):
        """Who was told by the ladder, in order."""
        return list(self._notices(owed, "escalation").sorted("id").user_id)

    def _climb(self, *roles, **values):
        owed = self._open(self._ladder(*roles, **values))
        self._sweep("2026-05-05 15:00:00")
        return owed

    def test_all_the_way_up(self):
        roles = ("responsible", "deputy", "team_leader", "department_manager",
                 "next_manager", "coordinator")  # fmt: skip
        self.sales.crm_deputy_id = self.deputy
        owed = self._climb(*roles)
        self.assertEqual(
            self._told(owed),
            [self.sales, self.deputy, self.leader, self.head, self.director,
             self.coordinator],
        )  # fmt: skip
        names = [user.name for user in self._told(owed)]
        for name, note in zip(names, self._notes(owed, "escalated"), strict=True):
            self.assertEqual(note, f"{name} is told.")

    def test_each_rung_once(self):
        owed = self._open(self._ladder("team_leader"))
        for minute in (1, 1, 6):
            self._sweep(f"2026-05-04 15:{minute:02}:00")
        self.assertEqual(
            len(owed.notice_ids.filtered(lambda n: n.kind == "escalation")), 1
        )
        self.assertEqual(self._kinds(owed).count("escalated"), 1)

    def test_one_summary_a_day(self):
        regulation = self._ladder("team_leader")
        owed = self._open(regulation) | self._open(regulation, at="2026-05-04 09:30:00")
        self._sweep("2026-05-04 16:00:00")
        self.assertFalse(self._mails(self.leader))
        self.assertEqual(
            set(self._notices(owed, "escalation").mapped("date_send")),
            {instant("2026-05-05 08:00:00")},
        )
        for minute in (0, 5):
            self._sweep(f"2026-05-05 08:0{minute}:00")
        mail = self._mails(self.leader)
        self.assertEqual(mail.subject, "2 promises need your attention")
        for one in owed:
            self.assertIn(f"/odoo/promises/{one.id}", mail.body_html)
        self.assertIn(self.sales.name, mail.body_html)

    def test_at_once_for_the_best(self):
        scheme = self._by_turnover()
        scheme.action_publish()
        best = scheme.segment_ids.filtered(lambda s: s.code == "C")
        best.is_urgent = True
        regulation = self._ladder("team_leader")
        owed = self._open(regulation)
        owed.segment_id = best
        self._sweep("2026-05-04 15:00:01")
        self.assertEqual(len(self._mails(self.leader)), 1)

    def test_the_shipped_best_category_is_urgent(self):
        schemes = self.env["crm.segmentation"].search(
            [("code", "in", ("starter", "method_example"))]
        )
        best = schemes.segment_ids.filtered(lambda s: s.code == "A")
        self.assertTrue(best)
        self.assertEqual(set(best.mapped("is_urgent")), {True})
        self.assertFalse(any((schemes.segment_ids - best).mapped("is_urgent")))

    def test_a_team_of_the_lead_comes_first(self):
        south = self.env["crm.team"].create(
            {"name": "South", "user_id": self.deputy.id, "company_id": self.company.id}
        )
        regulation = self._on_leads(
            {"rung_ids": [Command.create({"value": 1, "whom": "team_leader"})]},
            mode="escalate",
        )
        with self._at("2026-05-04 09:00:00"):
            self._lead(team_id=south.id)
        self._sweep("2026-05-05 15:00:00")
        self.assertEqual(self._told(self._owed(regulation)), [self.deputy])

    def test_a_department_without_manager(self):
        self.department.manager_id = False
        # Odoo takes the head of the department away from its people.
        self.employee.parent_id = self.head.employee_id
        self.assertEqual(self._told(self._climb("department_manager")), [self.head])
        self.employee.parent_id = False
        self.assertEqual(
            self._told(self._climb("department_manager")), [self.coordinator]
        )

    def test_the_department_above(self):
        self.department.write(
            {
                "manager_id": False,
                "parent_id": self.env["hr.department"]
                .create({"name": "All", "manager_id": self.director.employee_id.id})
                .id,
            }
        )
        self.assertEqual(self._told(self._climb("department_manager")), [self.director])

    def test_the_same_person_again(self):
        self.team.user_id = self.head
        owed = self._climb("team_leader", "department_manager")
        self.assertEqual(self._told(owed), [self.head, self.director])

    def test_the_leader_is_the_responsible(self):
        self.team.user_id = self.sales
        self.assertEqual(self._told(self._climb("team_leader")), [self.head])

    def test_managers_of_each_other(self):
        self.director.employee_id.parent_id = self.head.employee_id
        owed = self._climb("department_manager", "next_manager", "next_manager")
        self.assertEqual(self._told(owed), [self.head, self.director, self.coordinator])

    def test_at_last_an_incident(self):
        owed = self._climb("coordinator", "owner")
        self.assertEqual(self._told(owed), [self.coordinator])
        self.assertEqual(
            self._notes(owed, "escalated"),
            [f"{self.coordinator.name} is told.", "There is nobody left to tell."],
        )
        incident = self._incidents(owed.regulation_id)
        self.assertIn("crm_regulations.nobody_to_tell", incident.message)

    def test_nobody_owes_it(self):
        regulation = self._ladder("team_leader")
        owed = self._open(regulation)
        owed.user_id = False
        self._sweep("2026-05-05 15:00:00")
        self.assertEqual(self._told(owed), [self.coordinator])

    def test_who_is_away_is_replaced(self):
        with self._at("2026-05-04 08:00:00"):
            self._away(self.leader, self.deputy, "2026-05-04 08:00:00",
                       "2026-05-09 08:00:00")  # fmt: skip
        self.assertEqual(self._told(self._climb("team_leader")), [self.deputy])

    def test_who_goes_away_before_being_told(self):
        owed = self._open(self._ladder("team_leader"))
        self._sweep("2026-05-04 15:00:01")
        with self._at("2026-05-04 18:00:00"):
            self._away(self.leader, self.manager, "2026-05-05 00:00:00",
                       "2026-05-09 08:00:00")  # fmt: skip
        self._sweep("2026-05-05 08:00:01")
        self.assertFalse(self._mails(self.leader))
        self.assertEqual(len(self._mails(self.manager)), 1)
        self.assertEqual(self._told(owed), [self.manager])

    def test_people_of_another_company_are_left_out(self):
        other = self.env["res.company"].create({"name": "South Med"})
        self.leader.write({"company_id": other.id, "company_ids": [(6, 0, other.ids)]})
        self.assertEqual(self._told(self._climb("team_leader")), [self.head])

    def test_part_of_the_time(self):
        step = {"rung_ids": [Command.create(
            {"basis": "percent", "value": 50, "whom": "responsible"})]}  # fmt: skip
        owed = self._open(self._regulation(step, mode="escalate"))
        self._sweep("2026-05-04 11:00:01")
        self.assertEqual(self._told(owed), [self.sales])
        self.assertEqual(len(self._mails(self.sales)), 1, "the own ones do not wait")

    def test_many_in_few_queries(self):
        regulation = self._ladder("team_leader", "department_manager")
        taken = {}
        for count in (5, 60):
            with self._at("2026-05-04 09:00:00"):
                for _number in range(count):
                    self._typed()
                self._commit()
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            with self._at("2026-05-05 15:00:00") as now:
                while self.env["crm.obligation"]._sweep_batch(now):
                    pass
            taken[count] = self.env.cr.sql_log_count - before
        owed = self._owed(regulation)
        self.assertEqual(len(self._notices(owed, "escalation")), 2 * 65)
        self.assertLessEqual(taken[60], taken[5] + 10)
