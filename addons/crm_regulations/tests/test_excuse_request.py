from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .people_common import PeopleCommon, instant


@tagged("post_install", "-at_install")
class TestExcuseRequest(PeopleCommon):
    """Who owes something asks to be excused; who may excuse it answers."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.department.parent_id = cls.env["hr.department"].create(
            {
                "name": "Company",
                "manager_id": cls.director.employee_id.id,
                "company_id": cls.company.id,
            }
        )
        cls.head.employee_id.department_id = cls.department
        cls.manager = cls._user("asked_manager", "sales_team.group_sale_manager")
        cls.regulation = cls._regulation(mode="remind")

    def setUp(self):
        super().setUp()
        self.owed = self._open(self.regulation)

    def ask(self, owed=None, user=None, at="2026-05-04 10:00:00", **values):
        owed = self.owed if owed is None else owed
        with self._at(at):
            owed.with_user(user or self.sales).ask_excuse(
                values.pop("reason", "Power cut"), **values
            )
        return owed.request_ids.sorted("id")[-1:]

    def requests(self, user, domain=()):
        requests = self.env["crm.excuse.request"].with_user(user)
        requests = requests.with_context(allowed_company_ids=user.company_ids.ids)
        return requests.search(list(domain))

    # --- asking -----------------------------------------------------------------

    def test_asking_stops_no_clock(self):
        request = self.ask(reason=" Power cut ")
        self.assertEqual(
            (request.user_id, request.reason, request.state, request.date_until),
            (self.sales, "Power cut", "waiting", False),
        )
        self.assertEqual(request.date_asked, instant("2026-05-04 10:00:00"))
        self.assertEqual((self.owed.state, self.owed.date_paused), ("open", False))
        self.assertEqual(self._kinds(self.owed), ["opened", "asked"])
        self.assertEqual(self._notes(self.owed, "asked"), ["Power cut"])
        self._sweep("2026-05-04 14:00:01")
        self.assertEqual(self.owed.state, "breached")
        self.assertTrue(request.is_open, "what is overdue can still be excused")

    def test_asked_twice_is_once_and_the_newest_reason_counts(self):
        request = self.ask()
        for minute in (1, 2):
            again = self.ask(reason="Stocktaking", at=f"2026-05-04 10:0{minute}:00")
            self.assertEqual(again, request)
        self.assertEqual(request.reason, "Stocktaking")
        self.assertEqual(self._notes(self.owed, "asked"), ["Power cut", "Stocktaking"])

    def test_asked_for_several_at_once(self):
        both = self.owed | self._open(self.regulation, at="2026-05-04 09:30:00")
        self.ask(both)
        self.assertEqual(len(both.request_ids), 2)
        self._sweep("2026-05-04 10:05:00")
        mail = self._mails(self.head)
        self.assertEqual(mail.subject, "2 promises need your attention")
        self.assertEqual(mail.body_html.count(f"{self.sales.name}: Power cut"), 2)

    def test_what_cannot_be_asked(self):
        ask = self.owed.with_user(self.sales).ask_excuse
        for code, values in (
            ("reason", {"reason": ""}),
            ("reason", {"reason": "  "}),
            ("reason", {"reason": 5}),
            ("reason", {"reason": {"a": 1}}),
            ("until", {"reason": "Why", "until": "2020-01-01 00:00:00"}),
            ("until", {"reason": "Why", "until": "soon"}),
            ("until", {"reason": "Why", "until": 7}),
        ):
            with (
                self.subTest(**values),
                self._at("2026-05-04 10:00:00"),
                self.assertRaisesRegex(UserError, f"crm_regulations.{code}: "),
            ):
                ask(**values)
        self.assertFalse(self.owed.request_ids)

    def test_what_is_kept_or_taken_back_needs_no_excuse(self):
        done, dropped = self.owed, self._open(self.regulation, at="2026-05-04 09:30:00")
        with self._at("2026-05-04 10:00:00"):
            done.fulfil("Called")
            dropped.cancel("By mistake")
        for owed in (done, dropped, done | self._open(self.regulation)):
            with self.assertRaisesRegex(UserError, "crm_regulations.step_closed: "):
                self.ask(owed)
        self.assertFalse((done | dropped).request_ids)

    def test_what_was_done_late_gets_an_excuse_but_no_more_time(self):
        self._sweep("2026-05-04 14:00:01")
        with self._at("2026-05-04 15:00:00"):
            self.owed.fulfil("Called")
        self.assertEqual(self.owed.state, "done_late")
        with self.assertRaisesRegex(UserError, "crm_regulations.step_closed: "):
            self.ask(at="2026-05-04 15:01:00", until="2026-05-05 10:00:00")
        request = self.ask(at="2026-05-04 15:01:00")
        with self._at("2026-05-04 15:30:00"):
            request.with_user(self.head).grant()
        self.assertEqual((self.owed.state, request.state), ("excused", "granted"))

    def test_others_do_not_ask(self):
        for user in (self.deputy, self.leader):
            with self.subTest(user.login), self.assertRaises(AccessError):
                self.ask(user=user)

    # --- who is asked and told ----------------------------------------------------

    def test_the_head_is_told_and_the_asker_hears_the_answer(self):
        request = self.ask()
        self.assertEqual(
            (request.obligation_id.notice_ids.kind, self.owed.notice_ids.user_id),
            ("asked", self.head),
            "the team's leader may not excuse",
        )
        for minute in (5, 6):
            self._sweep(f"2026-05-04 10:0{minute}:00")
        mail = self._mails(self.head)
        self.assertEqual(mail.subject, f"{self.sales.name} asks to be excused: Answer")
        for words in (f"{self.sales.name}: Power cut", "/odoo/excuse-requests"):
            self.assertIn(words, mail.body_html)
        with self._at("2026-05-04 10:30:00"):
            request.with_user(self.head).decline("The office had power")
        for minute in (31, 32):
            self._sweep(f"2026-05-04 10:{minute}:00")
        mail = self._mails(self.sales)
        self.assertEqual(mail.subject, "Not excused: Answer (Clinic)")
        self.assertIn(
            f"{self.head.name} has not excused it: The office had power",
            mail.body_html,
        )

    def test_told_although_the_clock_stands(self):
        with self._at("2026-05-04 09:30:00"):
            self.owed.pause("The customer is away")
        self.ask()
        self._sweep("2026-05-04 10:05:00")
        self.assertEqual(len(self._mails(self.head)), 1)

    def test_told_in_working_hours(self):
        self.ask(at="2026-05-04 12:30:00")
        self.assertEqual(self.owed.notice_ids.date_send, instant("2026-05-04 13:00:00"))

    def test_what_is_answered_meanwhile_is_not_told(self):
        request = self.ask()
        with self._at("2026-05-04 10:01:00"):
            request.with_user(self.sales).withdraw()
        self._sweep("2026-05-04 10:05:00")
        self.assertFalse(self._mails())

    def test_what_is_done_meanwhile_is_not_asked_any_more(self):
        request = self.ask()
        with self._at("2026-05-04 10:01:00"):
            self.owed.with_user(self.sales).fulfil("Called")
        self.assertFalse(request.is_open)
        self.assertFalse(self.owed.asked_reason)
        self.assertFalse(self.requests(self.manager, [("is_open", "=", True)]))
        self._sweep("2026-05-04 10:05:00")
        self.assertFalse(self._mails())
        with self.assertRaisesRegex(UserError, "crm_regulations.step_closed: "):
            request.with_user(self.manager).grant()

    def test_the_head_s_own_is_decided_above(self):
        owed = self.owed
        owed._pass_to(self.head)
        self.ask(user=self.head)
        self.assertEqual(owed.notice_ids.filtered("request_id").user_id, self.director)

    def test_whoever_leads_the_team_and_may_excuse_is_the_nearest(self):
        self.team.user_id = self.manager
        self.ask()
        self.assertEqual(self.owed.notice_ids.user_id, self.manager)

    def test_away_so_the_next_one_is_told(self):
        self._away(
            self.head, self.director, "2026-05-04 08:00:00", "2026-05-06 08:00:00"
        )
        self.ask()
        self.assertEqual(self.owed.notice_ids.user_id, self.director)

    def test_nobody_to_tell(self):
        """It is asked all the same, and stands in the list."""
        self.department.manager_id = False
        self.employee.parent_id = False
        group = self.env.ref("crm_segmentation.group_crm_coordinator")
        group.user_ids = False
        request = self.ask()
        self.assertTrue(request.is_open)
        self.assertNotIn(self.leader, self.owed.notice_ids.user_id)

    # --- answering --------------------------------------------------------------

    def test_granted(self):
        request = self.ask()
        with self._at("2026-05-04 11:00:00"):
            self.assertIs(request.with_user(self.head).grant(), True)
        self.assertEqual((self.owed.state, self.owed.note), ("excused", "Power cut"))
        self.assertEqual(
            (request.state, request.answered_by_id, request.date_answered),
            ("granted", self.head, instant("2026-05-04 11:00:00")),
        )
        self._sweep("2026-05-04 11:05:00")
        mail = self._mails(self.sales)
        self.assertEqual(mail.subject, "Excused: Answer (Clinic)")

    def test_granted_as_asked_otherwise_or_for_good(self):
        owed = self.owed
        request = self.ask(until="2026-05-05 10:00:00")
        with self._at("2026-05-04 11:00:00"):
            request.with_user(self.manager).grant()
        self.assertEqual(owed.date_grace, instant("2026-05-05 10:00:00"))
        self.assertEqual((owed.state, owed.date_end), ("excused", False))
        other = self._open(self.regulation, at="2026-05-04 09:30:00")
        request = self.ask(other, until="2026-05-05 10:00:00")
        with self._at("2026-05-04 11:00:00"):
            request.with_user(self.manager).grant(until="2026-05-04 17:00:00")
        self.assertEqual(other.date_grace, instant("2026-05-04 17:00:00"))
        third = self._open(self.regulation, at="2026-05-04 09:40:00")
        request = self.ask(third, until="2026-05-05 10:00:00")
        with self._at("2026-05-04 11:00:00"):
            request.with_user(self.manager).grant(until=False)
        self.assertTrue(third.date_end)

    def test_the_time_asked_for_has_passed(self):
        request = self.ask(until="2026-05-04 16:00:00")
        with self._at("2026-05-04 17:00:00"):
            with self.assertRaisesRegex(UserError, "crm_regulations.ask_passed: "):
                request.with_user(self.manager).grant()
            request.with_user(self.manager).grant(until=False)
        self.assertEqual(self.owed.state, "excused")

    def test_hundreds_with_few_reasons_are_granted_together(self):
        owed = self.owed
        for minute in range(10, 30):
            owed |= self._open(self.regulation, at=f"2026-05-04 09:{minute}:00")
        self.ask(owed[:10])
        self.ask(owed[10:], reason="Stocktaking")
        with self._at("2026-05-04 11:00:00"):
            owed.request_ids.with_user(self.manager).grant()
        self.assertEqual(set(owed.mapped("state")), {"excused"})
        self.assertEqual(owed.mapped("note"), ["Power cut"] * 10 + ["Stocktaking"] * 11)

    def test_an_excuse_answers_wherever_it_is_given(self):
        request = self.ask()
        with self._at("2026-05-04 15:00:00"):
            self.env["crm.obligation"].with_user(self.manager).excuse_window(
                "2026-05-04 13:00:00", "2026-05-04 15:00:00", "Power cut in town"
            )
        self.assertEqual(
            (request.state, request.answered_by_id), ("granted", self.manager)
        )
        self.assertEqual(self.owed.note, "Power cut in town")

    def test_an_answer_is_final(self):
        request = self.ask()
        ours = request.with_user(self.manager)
        ours.decline("No")
        self.assertEqual(self._kinds(self.owed), ["opened", "asked", "declined"])
        for call in (
            ours.grant,
            lambda: ours.decline("Still no"),
            ours.withdraw,
            request.with_user(self.sales).withdraw,
        ):
            with self.assertRaisesRegex(UserError, "crm_regulations.ask_answered: "):
                call()
        for user in (self.sales, self.manager, self.coordinator):
            for call in (
                lambda mine: mine.write({"state": "waiting"}),
                lambda mine: mine.unlink(),
                lambda mine: mine.copy(),
            ):
                with self.assertRaises(AccessError):
                    call(request.with_user(user))
        again = self.ask(reason="The whole district was dark")
        self.assertNotEqual(again, request)
        self.assertEqual(self.owed.asked_reason, "The whole district was dark")

    def test_declining_needs_a_reason(self):
        request = self.ask()
        for reason in ("", "  ", False, 7, ["No"]):
            with (
                self.subTest(reason=reason),
                self.assertRaisesRegex(UserError, "crm_regulations.reason: "),
            ):
                request.with_user(self.manager).decline(reason)
        self.assertTrue(request.is_open)

    # --- roles ------------------------------------------------------------------

    def test_who_answers(self):
        request = self.ask()
        for user in (self.sales, self.leader):
            for call in ("grant", "decline"):
                with self.subTest(user.login), self.assertRaises(AccessError):
                    getattr(request.with_user(user), call)(*["No"][: call == "decline"])
        with self.assertRaises(AccessError):
            request.with_user(self.deputy).withdraw()
        self.assertEqual(request.state, "waiting")

    def test_who_sees_it(self):
        request = self.ask()
        elsewhere = self.env["res.company"].create({"name": "Elsewhere"})
        stranger = self._user("far", "sales_team.group_sale_manager", elsewhere)
        for user, sees in (
            (self.sales, True),
            (self.head, True),
            (self.director, True),
            (self.leader, True),
            (self.manager, True),
            (self.deputy, False),
            (stranger, False),
        ):
            with self.subTest(user.login):
                found = self.requests(user, [("id", "=", request.id)])
                self.assertEqual(bool(found), sees)

    def test_buttons_for_those_who_can_use_them(self):
        self.assertTrue(self.owed.with_user(self.sales).may_ask)
        self.assertFalse(self.owed.with_user(self.manager).may_ask)
        request = self.ask()
        self.assertFalse(self.owed.with_user(self.sales).may_ask)
        self.assertTrue(request.with_user(self.head).may_answer)
        self.assertFalse(request.with_user(self.sales).may_answer)

    def test_dialogs(self):
        action = self.owed.with_user(self.sales).action_ask_excuse()
        dialog = self.env["crm.obligation.excuse"].with_user(self.sales)
        with self._at("2026-05-04 10:00:00"):
            dialog.with_context(**action["context"]).create(
                {"reason": "Power cut"}
            ).action_ask()
        request = self.owed.request_ids
        action = request.with_user(self.head).action_decline()
        dialog = self.env["crm.excuse.decline"].with_user(self.head)
        dialog.with_context(**action["context"]).create(
            {"reason": "The office had power"}
        ).action_decline()
        self.assertEqual(
            (request.state, request.answer), ("declined", "The office had power")
        )

    def test_as_many_queries_for_many(self):
        owed = self.owed
        for minute in range(10, 14):
            owed |= self._open(self.regulation, at=f"2026-05-04 09:{minute}:00")
        self.ask(owed[:1])
        counts = []
        for some in (owed[1:2], owed[2:]):
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            self.ask(some)
            counts.append(self.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0] + 3, counts)
