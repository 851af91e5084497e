from datetime import timedelta

from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from .control_common import MAY, BoardCommon


@tagged("post_install", "-at_install")
class TestCorrectiveAction(BoardCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for _number in range(4):
            cls._end("breached")
        cls._end("done_on_time", minutes=5)
        for _number in range(2):
            cls._end("breached", user=cls.manager)
        cls.env["res.company"].search([]).crm_corrective = False
        cls.actions = cls.env["crm.corrective.action"]

    def setUp(self):
        super().setUp()
        self.enterContext(self._at("2026-05-11 09:00:00"))

    def _run(self):
        self.env.flush_all()
        before = self.actions.search([])
        with self.enter_registry_test_mode():
            self.env.ref("crm_regulations.ir_cron_corrective").method_direct_trigger()
        self.env.invalidate_all()
        return self.actions.search([]) - before

    def _opened(self):
        self.company.crm_corrective = True
        return self._run()

    def test_off_until_switched_on(self):
        self.assertFalse(self._run())

    def test_repeated_breaches_open_one(self):
        action = self._opened()
        self.assertEqual(action.user_id, self.sales, "two are not repeated")
        self.assertEqual((action.on_time_before, action.counted_before), (1, 5))
        self.assertEqual(action.owner_id, self.regulation.owner_id)
        self.assertEqual(action.activity_ids.user_id, action.owner_id)
        self.assertFalse(self._run(), "twice is once")

    def test_the_limits_are_the_company_s(self):
        self.company.crm_corrective_percent = 20
        self.assertFalse(self._opened(), "20 % are on time")
        self.company.crm_corrective_percent = 20.5
        self.company.crm_corrective_broken = 5
        self.assertFalse(self._run())
        self.company.crm_corrective_broken = 4
        self.assertTrue(self._run())

    def test_whether_it_helped(self):
        action = self._opened().with_user(self.coordinator)
        with self.assertRaisesRegex(UserError, "crm_regulations.corrective_action"):
            action.action_done()
        action.action = "Called every morning"
        self.assertIs(action.action_done(), True)
        self.assertEqual((action.state, action.verdict), ("done", "wait"))
        self.assertFalse(action.activity_ids)
        for _number in range(5):
            self._end("done_on_time", due="2026-05-13 10:00:00", minutes=5)
        self._end("breached", due="2026-07-13 10:00:00")
        self.assertFalse(self._run(), "it has just been done")
        with self._at("2026-05-25 09:00:00"):
            self.env.invalidate_all()
            self.assertEqual((action.counted_after, action.on_time_after), (5, 5))
            self.assertEqual(action.verdict, "helped")
            with self.assertRaisesRegex(UserError, "crm_regulations.corrective_closed"):
                action.action_cancel()

    def test_too_few_to_say(self):
        action = self._opened()
        action.action = "Talked"
        action.action_done()
        with self._at("2026-06-25 09:00:00"):
            self.env.invalidate_all()
            self.assertEqual(action.verdict, "few")

    def test_by_hand(self):
        values = {"regulation_id": self.regulation.id, "user_id": self.manager.id}
        action = self.actions.with_user(self.manager).create(values)
        self.assertEqual((action.on_time_before, action.counted_before), (0, 2))
        self.assertEqual(action.activity_ids.user_id, self.manager)
        with (
            self.assertRaises(IntegrityError),
            mute_logger("odoo.sql_db"),
            self.env.cr.savepoint(),
        ):
            self.actions.with_user(self.manager).create(values)
        action.action_cancel()
        self.assertEqual(action.state, "cancelled")

    # --- departments ----------------------------------------------------------------

    def _colleague(self, broken=1):
        user = self._user("colleague", "sales_team.group_sale_salesman")
        self._employee(user, department_id=self.department.id)
        for _number in range(broken):
            self._end("breached", user=user)
        return user

    def test_a_department_is_asked_when_two_of_it_break(self):
        self.company.crm_corrective_department = True
        self.assertEqual(self._opened().user_id, self.sales, "one of it breaks them")
        self._colleague()
        action = self._run()
        self.assertEqual(action.department_id, self.department)
        self.assertFalse(action.user_id)
        self.assertEqual((action.on_time_before, action.counted_before), (1, 6))
        self.assertEqual(action.owner_id, self.head, "who heads the department")
        self.assertIn("Sales", action.activity_ids.summary)
        self.assertFalse(self._run(), "twice is once")

    def test_departments_only_if_wanted(self):
        self._colleague()
        self.assertEqual(self._opened().user_id, self.sales)

    def test_whether_it_helped_a_department(self):
        action = self.actions.with_user(self.coordinator).create(
            {"regulation_id": self.regulation.id, "department_id": self.department.id,
             "action": "A meeting every morning"}
        )  # fmt: skip
        self.assertEqual((action.on_time_before, action.counted_before), (1, 5))
        action.action_done()
        colleague = self._colleague(0)
        for user in (self.sales, colleague, self.manager):
            for _number in range(3):
                self._end("done_on_time", user, "2026-05-13 10:00:00", minutes=5)
        with self._at("2026-05-26 09:00:00"):
            self.env.invalidate_all()
            self.assertEqual((action.counted_after, action.on_time_after), (6, 6))
            self.assertEqual(action.verdict, "helped")

    def test_of_everybody(self):
        values = {"regulation_id": self.regulation.id}
        action = self.actions.with_user(self.manager).create(values)
        self.assertEqual((action.on_time_before, action.counted_before), (1, 7))
        for wrong in (
            values,
            {**values, "user_id": self.sales.id, "department_id": self.department.id},
            {**values, "user_id": self.sales.id, "date_from": "2026-06-01 00:00:00"},
        ):
            with (
                self.assertRaises(IntegrityError),
                mute_logger("odoo.sql_db"),
                self.env.cr.savepoint(),
            ):
                self.actions.with_user(self.manager).create(wrong)

    def test_queries_do_not_grow(self):
        actions = self.actions
        for user in (self.sales, self.manager, self.leader, self.director):
            actions += actions.create(
                {"regulation_id": self.regulation.id, "user_id": user.id,
                 "action": "Talked"}
            )  # fmt: skip
        actions.action_done()
        counts = []
        for some in (actions[:1], actions[:1], actions):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            some.mapped("verdict")
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[1], counts[2])

    # --- from the board -------------------------------------------------------------

    def _from_board(self, group_by="person", row=None, user=None, **values):
        rows = self.rows.with_user(user or self.manager)
        asked = {**MAY, "group_by": group_by, "row_id": (row or self.sales).id}
        return rows.corrective_action(**{**asked, **values})

    def test_a_row_of_the_board(self):
        other = self._regulation(
            mode="silent", name="Another", interaction_type_ids=self.materials.ids
        )
        other_step = {"regulation_id": other.id, "step_id": other.step_ids.id}
        self._end("breached", **other_step)
        for group_by, row, about in (
            ("person", self.sales, {"user_id": self.sales.id}),
            ("department", self.department, {"department_id": self.department.id}),
            ("regulation", self.regulation, {}),
            ("regulation", other, {}),
        ):
            with self.subTest(group_by=group_by, row=row):
                action = self._from_board(group_by, row)
                self.assertFalse(action["res_id"])
                asked = action["context"]
                rule = other if row == other else self.regulation
                expected = {"regulation_id": rule.id, "company_id": self.company.id}
                for name, value in (expected | about).items():
                    self.assertEqual(asked[f"default_{name}"], value)
                self.assertEqual(asked["default_date_to"], "2026-05-11 09:00:00")
        form = self.actions.with_user(self.manager).with_context(**asked)
        made = form.create({})
        self.assertEqual(self._from_board("regulation", other)["res_id"], made.id)

    def test_the_board_says_who_may(self):
        for user, may in ((self.manager, True), (self.coordinator, True),
                          (self.sales, False), (self.head, False)):  # fmt: skip
            self.assertIs(self._board(user=user)["may_correct"], may)
            if not may:
                with self.assertRaises(AccessError):
                    self._from_board(user=user)
        self.assertIs(self._board(group_by="category")["may_correct"], False)

    def test_wrong_rows(self):
        for values, code in (
            ({"row_id": "7"}, "row"),
            ({"row_id": True}, "row"),
            ({"row_id": None}, "row"),
            ({"row_id": 10**9}, "row"),
            ({"group_by": "category"}, "row"),
            ({"group_by": ["person"]}, "row"),
            ({"date_from": "2026-05-12", "date_to": "2026-05-20"}, "row"),
        ):
            with (
                self.subTest(values),
                self.assertRaisesRegex(
                    UserError, f"^crm_regulations.corrective_{code}"
                ),
            ):
                self._from_board(**values)
        with self.assertRaisesRegex(UserError, "^crm_regulations.board_day"):
            self._from_board(date_from="soon")

    def test_roles_of_a_department(self):
        action = self.actions.create(
            {"regulation_id": self.regulation.id, "department_id": self.department.id,
             "owner_id": self.coordinator.id}
        )  # fmt: skip
        self.assertTrue(
            action.with_user(self.head).read(["action"]), "it is about hers"
        )
        with self.assertRaises(AccessError), mute_logger("odoo.models"):
            action.with_user(self.head).cause = "Holidays"
        with self.assertRaises(AccessError), mute_logger("odoo.models"):
            action.with_user(self.sales).read(["cause"])

    def test_roles(self):
        action = self._opened()
        about = action.with_user(self.sales)
        self.assertEqual(about.counted_before, 5, "it is about this person")
        other = self._user("colleague", "sales_team.group_sale_salesman")
        south = self.env["res.company"].create({"name": "South Med"})
        boss = self._user("boss", "sales_team.group_sale_manager", south)
        for act in (
            lambda: about.write({"cause": "Me"}),
            lambda: about.action_cancel(),
            lambda: action.with_user(other).read(["cause"]),
            lambda: self.actions.with_user(self.sales).create(
                {"regulation_id": self.regulation.id, "user_id": other.id}
            ),
            lambda: action.with_user(boss).with_context(
                allowed_company_ids=south.ids
            ).read(["cause"]),
        ):  # fmt: skip
            with self.assertRaises(AccessError), mute_logger("odoo.models"):
                act()
        for user in (self.manager, self.coordinator):
            action.with_user(user).cause = "Too many calls"


@tagged("post_install", "-at_install")
class TestCorrectiveScreen(HttpCase, BoardCommon):
    def test_from_the_board_to_the_end(self):
        due = self.env.cr.now().replace(microsecond=0) - timedelta(minutes=1)
        for _number in range(5):
            self._end("breached", due=due)
        self.env.flush_all()
        self.start_tour(
            "/odoo/control-board", "crm_corrective_action", login=self.manager.login
        )
        action = self.env["crm.corrective.action"].search(
            [("user_id", "=", self.sales.id)]
        )
        self.assertEqual((action.state, action.counted_before), ("done", 5))
        self.assertEqual(action.owner_id, self.manager)
