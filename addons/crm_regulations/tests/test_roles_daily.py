from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import RegulationsCommon, instant

NINE_THIRTY = "2026-05-04 09:30:00"
#: Who may say what of a promise that “seller” owes, seller and head being people of
#: the same department, the director above it.
MAY = {
    "fulfil": {"seller", "head", "director", "manager", "coordinator", "admin"},
    "pause": {"seller", "head", "director", "manager", "coordinator", "admin"},
    "resume": {"seller", "head", "director", "manager", "coordinator", "admin"},
    "excuse": {"head", "director", "manager", "coordinator", "admin"},
    "cancel": {"head", "director", "manager", "coordinator", "admin"},
    "explain": {
        "seller", "head", "director", "manager", "coordinator", "admin", "robot",
    },
}  # fmt: skip
#: Who may excuse a time, and whose promises that excuses: all, the department's, none.
EXCUSES = {
    "seller": None, "colleague": None, "clerk": None, "robot": None,
    "head": "department", "director": "department", "other_head": "nothing",
    "manager": "all", "coordinator": "all", "admin": "all",
}  # fmt: skip
ACTS = {
    "fulfil": lambda owed: owed.fulfil("Done"),
    "pause": lambda owed: owed.pause("Waits"),
    "resume": lambda owed: owed.resume(),
    "excuse": lambda owed: owed.excuse("Power cut"),
    "cancel": lambda owed: owed.cancel("A mistake"),
    "explain": lambda owed: owed.explain(),
}


class DepartmentCommon(RegulationsCommon):
    """A department of sales with a head, below a director's; and another one."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        seller = "sales_team.group_sale_salesman"
        cls.seller = cls.sales
        cls.colleague = cls._user("colleague", seller)
        cls.head = cls._user("head", seller)
        cls.director = cls._user("director", "base.group_user")
        cls.other_head = cls._user("other_head", seller)
        cls.clerk = cls._user("clerk", "base.group_user")
        cls.robot = cls.integration
        cls.admin = cls._user("boss", "base.group_system")
        # Administrators of Odoo are coordinators by the group's own list.
        cls.admin.group_ids += cls.env.ref("crm_segmentation.group_crm_coordinator")
        cls.board = cls._department("Board", cls.director)
        cls.department = cls._department("Sales", cls.head, parent_id=cls.board.id)
        cls._employee(cls.seller, cls.department)
        cls.other = cls._department("Warehouse", cls.other_head)
        cls._employee(cls.colleague, cls.other)
        cls.regulation = cls._regulation()

    @classmethod
    def _department(cls, name, head, **values):
        department = cls.env["hr.department"].create(
            {"name": name, "company_id": cls.company.id, **values}
        )
        department.manager_id = cls._employee(head, department)
        return department

    @classmethod
    def _employee(cls, user, department, company=None):
        return cls.env["hr.employee"].create(
            {
                "name": user.name,
                "user_id": user.id,
                "company_id": (company or cls.company).id,
                "department_id": department.id,
            }
        )


@tagged("post_install", "-at_install")
class TestRolesDaily(DepartmentCommon):
    def _people(self):
        return {name: getattr(self, name) for name in EXCUSES}

    def _fresh(self, user=None):
        number = len(self._owed(self.regulation))
        self._talk(
            user_id=(user or self.seller).id,
            date=f"2026-05-04 09:00:{number % 60:02}",
        )
        return self._owed(self.regulation)[-1]

    def test_every_method_by_every_role(self):
        for act, allowed in MAY.items():
            for name, user in self._people().items():
                with self.subTest(act=act, role=name), self._at(NINE_THIRTY):
                    owed = self._fresh()
                    if act == "resume":
                        owed.pause("Waits")
                    before = owed.state, owed.date_paused
                    mine = owed.with_user(user)
                    if name in allowed:
                        self.assertTrue(ACTS[act](mine))
                        continue
                    with self.assertRaises(AccessError), mute_logger("odoo.models"):
                        ACTS[act](mine)
                    self.assertEqual((owed.state, owed.date_paused), before)

    def test_excuse_a_time_by_every_role(self):
        for name, user in self._people().items():
            with self.subTest(role=name), self._at(NINE_THIRTY):
                theirs, others = self._fresh(), self._fresh(self.manager)
                excuse = self.env["crm.obligation"].with_user(user).excuse_window
                window = (
                    "2026-05-04 12:00:00", "2026-05-04 18:00:00", "Power cut",
                    {"regulation_ids": self.regulation.ids},
                )  # fmt: skip
                if EXCUSES[name] is None:
                    with self.assertRaises(AccessError):
                        excuse(*window)
                else:
                    excuse(*window)
                excused = {owed for owed in theirs | others if owed.state == "excused"}
                self.assertEqual(
                    excused,
                    {
                        "all": {theirs, others},
                        "department": {theirs},
                    }.get(EXCUSES[name], set()),
                )
                (theirs | others).filtered(lambda o: not o.date_end).fulfil("Done")

    def test_what_everybody_sees(self):
        owed = {
            name: self._fresh(user)
            for name, user in self._people().items()
            if name not in ("robot", "clerk", "admin")
        }
        everything = self.env["crm.obligation"].union(*owed.values())
        sees = {
            "seller": {"seller"},
            "colleague": {"colleague"},
            "head": {"head", "seller"},
            "director": {"director", "head", "seller"},
            "other_head": {"other_head", "colleague"},
            "clerk": set(),
        }
        for name, user in self._people().items():
            with self.subTest(role=name):
                wanted = sees.get(name, set(owed))
                mine = everything.with_user(user)
                found = mine.search([("id", "in", everything.ids)])
                self.assertEqual(
                    found, everything.browse(sorted(owed[n].id for n in wanted))
                    .sorted(lambda o: (o.date_due, o.id)),
                )  # fmt: skip
                self.assertEqual(found.event_ids.obligation_id, found)
                events = self.env["crm.obligation.event"].with_user(user)
                about = events.search([("obligation_id", "in", everything.ids)])
                self.assertEqual(set(about.obligation_id.ids), set(found.ids))
                names = ("name", "partner_id", "user_id", "remaining", "state")
                found.web_read({field: {} for field in names})
                hidden = everything - found
                if hidden:
                    with self.assertRaises(AccessError), mute_logger("odoo.models"):
                        hidden[0].with_user(user).web_read({"state": {}})

    def test_nobody_s_promises_are_the_managers(self):
        owed = self._fresh()
        owed._pass_to(self.env["res.users"])
        for name in ("seller", "head", "director"):
            found = owed.with_user(getattr(self, name)).search([("id", "=", owed.id)])
            self.assertFalse(found, name)
        self.assertTrue(owed.with_user(self.manager).state)

    def test_nobody_excuses_the_own_ones(self):
        """A head does, of what the people owe; the own ones are the director's."""
        owed = self._fresh(self.head)
        with self._at(NINE_THIRTY):
            with self.assertRaisesRegex(AccessError, "crm_regulations.manager_only"):
                owed.with_user(self.head).excuse("I was busy")
            both = (owed | self._fresh()).with_user(self.head)
            with self.assertRaises(AccessError):
                both.excuse("We were busy")
            owed.with_user(self.director).excuse("The head was ill")
        self.assertEqual(owed.state, "excused")

    def test_nobody_writes_past_the_methods(self):
        owed = self._fresh()
        for name, user in self._people().items():
            mine = owed.with_user(user)
            for act in (
                lambda mine=mine: mine.write({"state": "excused"}),
                lambda mine=mine: mine.write({"user_id": self.clerk.id}),
                lambda mine=mine: mine.unlink(),
                lambda mine=mine: mine.create({"state": "done_on_time"}),
            ):
                with (
                    self.subTest(role=name),
                    self.assertRaises(AccessError),
                    mute_logger("odoo.models"),
                ):
                    act()

    def test_the_dialogs_of_a_head(self):
        owed, others = self._fresh(), self._fresh(self.manager)
        action = owed.with_user(self.head).action_excuse_dialog()
        dialog = self.env[action["res_model"]].with_user(self.head)
        with self._at(NINE_THIRTY):
            dialog.with_context(**action["context"]).create(
                {"reason": "Power cut"}
            ).action_excuse()
            self.assertEqual(owed.state, "excused")
            with self.assertRaises(AccessError), mute_logger("odoo.models"):
                dialog.create(
                    {"reason": "Mine", "obligation_ids": [Command.set(others.ids)]}
                ).action_excuse()
            self.assertEqual(others.state, "open")
            with self.assertRaises(AccessError), mute_logger("odoo.models"):
                self._fresh().with_user(self.colleague).action_excuse_dialog()

    # --- who is a head --------------------------------------------------------

    def _sees(self, user):
        owed = self._owed(self.regulation)
        return bool(owed.with_user(user).search([("id", "in", owed.ids)]))

    def test_heads_change(self):
        self._fresh()
        self.assertTrue(self._sees(self.head))
        self.assertFalse(self._sees(self.other_head))
        self.department.manager_id = self.other.manager_id
        self.assertFalse(self._sees(self.head))
        self.assertTrue(self._sees(self.other_head))
        self.department.manager_id = False
        self.assertFalse(self._sees(self.other_head))
        self.assertTrue(self._sees(self.director))
        self.board.manager_id.user_id = False
        self.assertFalse(self._sees(self.director))

    def test_today_of_their_people(self):
        owed = self._fresh()
        rows = self.env["crm.today"]
        for user, sees in (
            (self.head, True), (self.director, True), (self.other_head, False),
            (self.clerk, False), (self.seller, True),
        ):  # fmt: skip
            found = rows.with_user(user).search([("obligation_id", "=", owed.id)])
            self.assertEqual(bool(found), sees, user.name)

    def test_people_move(self):
        self._fresh()
        employee = self.seller.employee_ids
        employee.department_id = self.other
        self.assertFalse(self._sees(self.head))
        self.assertTrue(self._sees(self.other_head))
        self.other.parent_id = self.department
        self.assertTrue(self._sees(self.head))

    def test_helper(self):
        self.assertTrue(self.head._is_department_head())
        self.assertTrue(self.head._is_department_head(self.company))
        self.assertFalse(self.seller._is_department_head())
        south = self.env["res.company"].create({"name": "South Med"})
        self.assertFalse(self.head._is_department_head(south))
        self.department.company_id = False
        self.assertTrue(self.head._is_department_head(south))
        self.assertEqual(
            self.director._headed_people(),
            {self.company.id: sorted((self.seller | self.head).ids)},
        )
        self.assertEqual(self.seller._headed_people(), {})

    def test_head_of_somebody_in_two_companies(self):
        """What the person owes in the other company is not the head's business."""
        south = self.env["res.company"].create({"name": "South Med"})
        for user in (self.seller, self.head, self.env.user):
            user.company_ids += south
        there = self.env["hr.department"].create(
            {"name": "South", "company_id": south.id}
        )
        self._employee(self.seller, there, south)
        here = self._fresh()
        env = self.env(context={"allowed_company_ids": (self.company | south).ids})
        regulation = self._draft(company_id=south.id)
        regulation.action_publish()
        self._talk(company_id=south.id)
        elsewhere = self._owed(regulation)
        self.assertEqual(elsewhere.user_id, self.seller)
        both = (here | elsewhere).with_env(env).with_user(self.head)
        self.assertEqual(both.search([("id", "in", both.ids)]).ids, here.ids)

    def test_second_company(self):
        """A head of a department there sees nothing here."""
        south = self.env["res.company"].create({"name": "South Med"})
        stranger = self._user("south", "sales_team.group_sale_salesman", south)
        employee = self.env["hr.employee"].create(
            {"name": "Head", "user_id": stranger.id, "company_id": south.id}
        )
        self.env["hr.department"].create(
            {"name": "South", "company_id": south.id, "manager_id": employee.id}
        )
        owed = self._fresh()
        env = self.env(user=stranger, context={"allowed_company_ids": south.ids})
        self.assertFalse(env["crm.obligation"].search([]))
        for name, act in ACTS.items():
            with (
                self.subTest(act=name),
                self.assertRaises(AccessError),
                mute_logger("odoo.models"),
            ):
                act(owed.with_env(env))
        self.assertEqual(
            env["crm.obligation"].excuse_window(
                "2026-05-04 00:00:00", "2026-05-05 00:00:00", "Power cut"
            ),
            {"excused": 0},
        )

    # --- the price ------------------------------------------------------------

    def test_who_heads_nothing_pays_nothing(self):
        self._fresh()
        mine = self.env["crm.obligation"].with_user(self.seller)
        mine.search_fetch([], ["date_due"])
        self.env.invalidate_all()
        with self.assertQueryCount(1):
            mine.search_fetch([], ["date_due"])

    def test_a_head_pays_the_same_for_many(self):
        def count(number):
            for _talk in range(number):
                self._fresh()
            mine = self.env["crm.obligation"].with_user(self.head)
            mine.search_fetch([], ["date_due"])
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            found = mine.search([])
            found.web_read({"date_due": {}, "state": {}, "is_of_my_people": {}})
            return self.env.cr.sql_log_count - before

        few, many = count(3), count(20)
        self.assertEqual(few, many)
        self.assertLess(many, 12)

    def test_when_it_was(self):
        self.assertEqual(self._fresh().date_fact, instant("2026-05-04 09:00:00"))
