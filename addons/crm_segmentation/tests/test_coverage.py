from datetime import date

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .common import SegmentationCommon

TODAY = "2026-05-20"


@freeze_time(TODAY)
class CoverageCommon(SegmentationCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.types = {
            kind.code: kind for kind in cls.env["crm.interaction.type"].search([])
        }
        cls.big = cls._partner("Big", user_id=cls.sales.id)
        cls.small = cls._partner("Small")
        cls._bought(cls.big, "2026-04-16", 12000)
        cls._bought(cls.small, "2026-04-16", 90)
        cls.segmentation = cls._by_turnover(code="coverage")
        cls.segmentation.action_publish()
        cls.category = {s.code: s for s in cls.segmentation.segment_ids}

    @classmethod
    def _talk(cls, partner, day, kind="call", **values):
        return cls.env["crm.interaction"].create(
            {
                "type_id": cls.types[kind].id,
                "partner_id": partner.id,
                "date": f"{day} 09:00:00",
                "company_id": cls.company.id,
                "direction": "out",
                **values,
            }
        )

    @classmethod
    def _norm(cls, days, category=None, kind=None, interaction=None):
        return cls.env["crm.contact.norm"].create(
            {
                "company_id": cls.company.id,
                "segment_id": category and cls.category[category].id,
                "counterparty_type_id": kind and kind.id,
                "interaction_type_id": interaction and cls.types[interaction].id,
                "every_days": days,
            }
        )

    def _plan(self, partner):
        self.env["crm.contact.plan"].invalidate_model()
        rows = self.env["crm.contact.plan"].search([("partner_id", "=", partner.id)])
        return rows.sorted("every_days")


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestContactPlan(CoverageCommon):
    def test_the_most_specific_norm_counts(self):
        by_type = self._norm(10, kind=self.client)
        self.assertEqual(self._plan(self.big).norm_id, by_type)
        by_category = self._norm(30, category="A")
        self.assertEqual(self._plan(self.big).norm_id, by_category)
        self.assertEqual(self._plan(self.small).norm_id, by_type)
        both = self._norm(90, category="A", kind=self.client)
        self.assertEqual(self._plan(self.big).norm_id, both)
        both.active = False
        self.assertEqual(self._plan(self.big).norm_id, by_category)

    def test_norms_of_several_interactions_stand_side_by_side(self):
        self._norm(14, category="A")
        self._norm(30, category="A", interaction="visit")
        self._talk(self.big, "2026-05-18")
        self._talk(self.big, "2026-04-01", "visit")
        call, visit = self._plan(self.big)
        self.assertEqual((call.state, call.due_date), ("kept", date(2026, 6, 1)))
        self.assertEqual((visit.state, visit.days_late), ("late", 19))

    def test_what_counts_as_a_talk(self):
        self._norm(30, category="A")
        contact = self._doctor(self.big)
        for partner, day, values, expected in (
            (self.big, "2026-01-10", {}, date(2026, 2, 9)),
            # A letter from us reaches nobody; one from them does.
            (self.big, "2026-02-01", {"kind": "email"}, date(2026, 2, 9)),
            (
                self.big,
                "2026-02-02",
                {"kind": "email", "direction": "in"},
                date(2026, 3, 4),
            ),
            (self.big, "2026-03-01", {"outcome": "missed"}, date(2026, 3, 4)),
            # A talk with a contact is one with the company.
            (contact, "2026-05-12", {}, date(2026, 6, 11)),
        ):
            with self.subTest(day=day):
                self._talk(partner, day, **values)
                self.assertEqual(self._plan(self.big).due_date, expected)

    def test_states_and_money(self):
        self._norm(30, category="A")
        for day, state, late in (
            ("2026-04-19", "late", 1),
            ("2026-04-20", "soon", 0),
            ("2026-04-27", "soon", 0),
            ("2026-04-28", "kept", 0),
        ):
            with self.subTest(day=day):
                self._talk(self.big, day)
                self.assertRecordValues(
                    self._plan(self.big),
                    [{"state": state, "days_late": late, "turnover": 1000}],
                )

    def test_counts_of_a_norm(self):
        norm = self._norm(30, kind=self.client)
        self._talk(self.big, "2026-05-18")
        self._talk(self.small, "2026-01-01")
        self.assertEqual((norm.partner_count, norm.late_count), (2, 1))
        plan = self.env["crm.contact.plan"].search(norm.action_open_plan()["domain"])
        self.assertEqual(plan.partner_id, self.big + self.small)

    def test_wrong_norms_are_refused(self):
        for days, category, kind in (
            (0, "A", None), (-3, "A", None), (5000, "A", None), (30, None, None),
        ):  # fmt: skip
            with (
                self.subTest(days=days),
                self.assertRaisesRegex(
                    ValidationError, "^crm_segmentation.contact_norm: "
                ),
                self.env.cr.savepoint(),
            ):
                self._norm(days, category, kind)

    def test_norms_are_proposed_once(self):
        norms = self.env["crm.contact.norm"].with_user(self.coordinator)
        action = norms.action_propose()
        proposed = norms.with_context(active_test=False).search(action["domain"])
        self.assertEqual(
            [(n.segment_id.code, n.every_days, n.active) for n in proposed],
            [("A", 30, False), ("C", 180, False)],
        )
        with self.assertRaisesRegex(UserError, "^crm_segmentation.no_proposal: "):
            norms.action_propose()
        with self.assertRaises(AccessError):
            norms.with_user(self.sales).action_propose()

    def test_roles_and_companies(self):
        self._norm(30, category="A")
        plan = self.env["crm.contact.plan"]
        self.assertTrue(
            plan.with_user(self.sales).search([("user_id", "=", self.sales.id)])
        )
        other = self.env["res.company"].create({"name": "South Med"})
        stranger = self._user("stranger", "sales_team.group_sale_salesman", other)
        strange = plan.with_user(stranger).with_context(allowed_company_ids=other.ids)
        self.assertFalse(strange.search([("partner_id", "=", self.big.id)]))
        with self.assertRaises(AccessError):
            plan.with_user(self.integration).search([])
        with self.assertRaises(AccessError):
            self._norm(20, category="C").with_user(self.sales).every_days = 1


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestCoverage(CoverageCommon):
    def _coverage(self, days, groupby):
        rows = (
            self.env["crm.coverage"]
            .with_user(self.sales)
            .with_context(coverage_days=days)
            ._read_group(
                [("partner_id", "in", (self.big + self.small).ids)],
                [groupby],
                ["counted:sum", "reached:sum", "reached_percent:avg", "talks:sum"],
            )
        )
        return {group.display_name: tuple(values) for group, *values in rows}

    def test_reached_in_a_period(self):
        self._talk(self.big, "2026-05-01")
        self._talk(self.big, "2026-05-02")
        self._talk(self.small, "2026-03-20")
        self._talk(self.small, "2026-05-03", "email")
        category = "segment_ids"
        self.assertEqual(
            self._coverage(30, category),
            {"A · Category A": (1, 1, 100, 2), "C · Category C": (1, 0, 0, 0)},
        )
        self.assertEqual(
            self._coverage(90, category),
            {"A · Category A": (1, 1, 100, 2), "C · Category C": (1, 1, 100, 1)},
        )
        self.assertEqual(
            self._coverage(30, "counterparty_type_ids"), {"Client": (2, 1, 50, 2)}
        )

    def test_planned_talks(self):
        self._norm(30, category="A")
        row = (
            self.env["crm.coverage"].with_context(coverage_days=90).browse(self.big.id)
        )
        self.assertEqual(row.planned, 3)

    def test_who_was_not_reached(self):
        self._talk(self.big, "2026-05-01")
        rows = self.env["crm.coverage"].search(
            [("reached", "=", 0), ("partner_id", "in", (self.big + self.small).ids)]
        )
        self.assertEqual(rows.partner_id, self.small)
        self.assertEqual(rows.action_open_partner()["res_id"], self.small.id)

    def test_a_strange_period_is_ninety_days(self):
        self._talk(self.big, "2026-03-01")
        for days in (None, 0, -5, "x", 10**9, [1], True):
            with self.subTest(days=days):
                self.assertEqual(
                    self._coverage(days, "segment_ids")["A · Category A"][3], 1
                )

    def test_others_do_not_count(self):
        other = self.env["res.company"].create({"name": "South Med"})
        self.env.user.company_ids = [Command.link(other.id)]
        self.env["crm.interaction"].sudo().with_company(other).create(
            {
                "type_id": self.types["call"].id,
                "partner_id": self.big.id,
                "company_id": other.id,
                "date": "2026-05-01 09:00:00",
            }
        )
        self.assertEqual(self._coverage(90, "segment_ids")["A · Category A"][3], 0)
        with self.assertRaises(AccessError):
            self.env["crm.coverage"].with_user(self.integration).search([])
