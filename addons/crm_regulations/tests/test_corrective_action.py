from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .control_common import BoardCommon


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
