from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from ..engine.backtest import Backtest
from ..engine.repair import Repair
from ..engine.rules import Rule
from .common import MONDAY_9, RegulationsCommon, instant


@tagged("post_install", "-at_install")
class TestCategoryLimits(RegulationsCommon):
    """Everybody has 4 working hours; the customer's category may have another limit."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.scheme = cls._by_turnover()
        cls.scheme.action_publish()
        cls.a, cls.c = cls.scheme.segment_ids
        cls.key = cls._partner("Key clinic")
        cls.scheme.set_override(cls.key.id, cls.a.id, reason="Test")

    def _lines(self, *lines):
        return {
            "limit_ids": [
                Command.create({"segment_codes": line[0], "limit_value": line[1]})
                if isinstance(line, tuple)
                else Command.create(line)
                for line in lines
            ]
        }

    def _by_category(self, *lines, **values):
        return self._regulation(self._lines(*lines), **values)

    def _due(self, regulation, customer):
        with self._at(MONDAY_9):
            self._talk(partner_id=customer.id)
        owed = self._owed(regulation).filtered(lambda o: o.partner_id == customer)
        return [str(o.date_due) for o in owed]

    def test_a_limit_of_a_category(self):
        regulation = self._by_category(("A", 2))
        self.assertEqual(self._due(regulation, self.key), ["2026-05-04 11:00:00"])
        self.assertEqual(self._due(regulation, self.customer), ["2026-05-04 14:00:00"])

    def test_a_ladder_of_a_category(self):
        """Late A is told to the owner at once, of all others after two hours."""
        rung = {"basis": "after", "unit": "work_hour", "whom": "owner"}
        ladder = [
            {**rung, "value": 2},
            {**rung, "value": 0, "segment_codes": "a"},
            {**rung, "basis": "percent", "value": 50, "segment_codes": "A"},
        ]
        regulation = self._regulation(
            {"rung_ids": [Command.create(line) for line in ladder], "warn_percent": 0},
            mode="escalate",
        )
        with self._at(MONDAY_9):
            self._talk(partner_id=self.key.id)
            self._talk(partner_id=self.customer.id)
        told = {"2026-05-04 11:01:00": [1, 0], "2026-05-04 14:01:00": [2, 0],
                "2026-05-04 16:01:00": [2, 1]}  # fmt: skip
        owed = self._owed(regulation)
        mine = [owed.filtered(lambda o, c=c: o.partner_id == c)
                for c in (self.key, self.customer)]  # fmt: skip
        for instant_, counts in told.items():
            self._sweep(instant_)
            events = [
                o.event_ids.filtered(lambda e: e.kind == "escalated") for o in mine
            ]
            self.assertEqual([len(found) for found in events], counts, instant_)
        self.assertIn("for A: as soon as it is late", regulation.sentence)

    def test_not_owed(self):
        regulation = self._by_category({"segment_codes": "C, P", "is_owed": False})
        self.assertEqual(self._due(regulation, self.customer), [])
        self.assertEqual(self._due(regulation, self.key), ["2026-05-04 14:00:00"])

    def test_every_later_look_knows_it(self):
        """Settling, the sweep, the countdown, the explanation and the repair."""
        regulation = self._by_category(("A", 2))
        with self._at(MONDAY_9):
            self._talk(partner_id=self.key.id)
        owed = self._owed(regulation)
        with self._at("2026-05-04 10:00:00"):
            owed.pause("Waits")
        with self._at("2026-05-04 10:30:00"):
            owed.resume()
            self._commit()
        self.assertEqual(str(owed.date_due), "2026-05-04 11:30:00")
        with self._at("2026-05-04 11:10:00"):
            self.assertEqual(owed.explain()["limit"], "within 2 working hours")
            self.assertEqual(owed.countdown["due"], "2026-05-04 11:30:00")
        self._sweep("2026-05-04 11:40:00")
        self.assertEqual(owed.state, "breached")
        with self._at("2026-05-04 12:00:00"):
            end = instant("2026-05-05 00:00:00")
            found = Repair(regulation, instant(MONDAY_9), end).findings()
        self.assertEqual(found, ([], []))

    def test_the_repair_does_not_miss_what_is_not_owed(self):
        regulation = self._by_category({"segment_codes": "C", "is_owed": False})
        self._due(regulation, self.customer)
        with self._at("2026-05-04 12:00:00"):
            end = instant("2026-05-05 00:00:00")
            found = Repair(regulation, instant(MONDAY_9), end).findings()
        self.assertEqual(found, ([], []))

    def test_a_rhythm_keeps_it(self):
        regulation = self._regulation(
            {
                "recurrence": "rhythm", "every_value": 1, "every_unit": "week",
                **self._lines(("A", 2)),
            }
        )  # fmt: skip
        self.assertEqual(self._due(regulation, self.key), ["2026-05-04 11:00:00"])
        self._sweep("2026-05-11 09:30:00")
        self.assertEqual(
            sorted(str(o.date_due) for o in self._owed(regulation)),
            ["2026-05-04 11:00:00", "2026-05-11 11:00:00"],
        )

    def test_a_category_that_changes_later_changes_nothing(self):
        regulation = self._by_category(("A", 2))
        self._due(regulation, self.key)
        self.scheme.set_override(self.key.id, self.c.id, reason="Gone")
        owed = self._owed(regulation)
        owed.is_stale = True
        self._sweep("2026-05-04 09:30:00")
        self.assertEqual(str(owed.date_due), "2026-05-04 11:00:00")

    def test_a_code_that_open_promises_go_by_stays(self):
        self._by_category(("A", 2))
        self._due(self.env["crm.regulation"], self.key)
        with self.assertRaisesRegex(UserError, "^crm_regulations.category_code"):
            self.a.code = "Z"
        self.a.code = "a"
        self.c.code = "D"
        self.assertEqual(self.c.code, "D", "nobody of it is promised anything")
        self.env["crm.obligation"].search([("segment_id", "=", self.a.id)]).fulfil("Ok")
        self.a.code = "Z"
        self.assertEqual(self.a.code, "Z")

    def test_open_promises_move_to_a_new_limit(self):
        regulation = self._by_category(("A", 3))
        self._due(regulation, self.key)
        self._due(regulation, self.customer)
        with self._at("2026-05-04 09:30:00"):
            after = regulation.browse(regulation.action_new_version()["res_id"])
            after.step_ids.limit_ids.write({"limit_value": 2})
            self.company.crm_regulation_approval = False
            after.action_publish(open_obligations="retarget")
        dues = {o.partner_id: str(o.date_due) for o in self._owed(after)}
        self.assertEqual(
            dues,
            {self.key: "2026-05-04 11:00:00", self.customer: "2026-05-04 14:00:00"},
        )

    def test_the_trial_on_the_past_is_the_same(self):
        draft = self._draft(self._lines(("A", 2), {"segment_codes": "C", "is_owed": 0}))
        with self._at(MONDAY_9):
            self._talk(partner_id=self.key.id)
            self._talk(partner_id=self.customer.id)
        rule = Rule.of(draft, draft._compile())
        with self._at("2026-05-05 09:00:00"):
            trial = Backtest(
                self.env, rule, instant(MONDAY_9), instant("2026-05-05 00:00:00")
            )
            (outcomes,) = trial.outcomes().values()
        self.assertEqual([str(o.due) for o in outcomes], ["2026-05-04 11:00:00"])

    def test_in_words(self):
        step = self._draft(
            self._lines(("a, zz", 2), {"segment_codes": "P", "is_owed": False})
        ).step_ids
        self.assertEqual(
            step.limit_text,
            "within 4 working hours, for A or ZZ within 2 working hours, not for P",
        )
        self.assertEqual(step.limit_ids[0].unknown_codes, "ZZ")

    def test_versions_tell_it(self):
        regulation = self._by_category(("A", 3))
        after = regulation.browse(regulation.action_new_version()["res_id"])
        self.assertEqual(after.step_ids.limit_ids.segment_codes, "A", "copied")
        after.step_ids.limit_ids.limit_value = 2
        self.assertIn("for A within 2 working hours", str(after.difference))

    # --- wrong input ----------------------------------------------------------

    def test_wrong_lines(self):
        for lines, code in (
            ([("", 2)], "limit_category"),
            ([(" , ", 2)], "limit_category"),
            ([("A", 2), ("B, a", 3)], "limit_twice"),
        ):
            with (
                self.subTest(lines=lines),
                self.assertRaisesRegex(ValidationError, f"^crm_regulations.{code}"),
            ):
                self._draft(self._lines(*lines))

    def test_both_kinds_of_time(self):
        line = {"segment_codes": "A", "limit_value": 2, "limit_unit": "hour"}
        draft = self._draft(self._lines(line))
        with self.assertRaisesRegex(UserError, "^crm_regulations.limit_mixed"):
            draft.action_publish()
        draft.step_ids.limit_ids.is_owed = False
        draft.action_publish()
        self.assertEqual(draft.state, "published")

    def test_fixed_when_in_force(self):
        regulation = self._by_category(("A", 2))
        line = regulation.step_ids.limit_ids
        for act in (
            lambda: line.write({"limit_value": 9}),
            line.unlink,
            lambda: line.copy({"segment_codes": "B"}),
        ):
            with self.assertRaisesRegex(UserError, "^crm_regulations.published"):
                act()

    def test_roles(self):
        line = self._draft(self._lines(("A", 2))).step_ids.limit_ids
        line.with_user(self.coordinator).limit_value = 3
        for user in (self.sales, self.manager, self.integration):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                line.with_user(user).write({"limit_value": 1})
