from datetime import date

from freezegun import freeze_time

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.crm_project_rollout.engine import queries

from .common import SALESPERSON, RolloutCommon

MANAGER = "sales_team.group_sale_manager"


@tagged("post_install", "-at_install")
@freeze_time("2026-06-20 09:00:00")
class TestPlan(RolloutCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = cls.new_user("rt_manager", MANAGER)
        cls.colleague = cls.new_user("rt_colleague", SALESPERSON)
        cls.categ = cls.env["product.category"].create({"name": "Reagents"})
        cls.territory = cls.env["crm.territory"].create(
            {"name": "South", "code": "plan_south", "company_id": cls.company.id}
        )
        cls.lines = cls.env["crm.plan.line"].with_user(cls.manager)

    def row(self, **values):
        return {
            "month": "2026-06",
            "amount": 1000,
            "product_categ_id": self.categ.id,
            "territory_id": self.territory.id,
            "user_id": self.salesperson.id,
            **values,
        }

    def test_load_twice_is_once(self):
        rows = [
            self.row(quantity=3),
            self.row(month="2026-07-15"),
            self.row(source="sell_out", user_id=False),
            {"month": "2026-06", "amount": 5},
        ]
        none = {"created": 0, "updated": 0, "unchanged": 0}
        self.assertEqual(self.lines.load_lines(rows), {**none, "created": 4})
        self.assertEqual(self.lines.load_lines(rows), {**none, "unchanged": 4})
        rows[0]["amount"] = 1200
        self.assertEqual(
            self.lines.load_lines(rows), {**none, "updated": 1, "unchanged": 3}
        )
        found = self.lines.search([("company_id", "=", self.company.id)])
        self.assertEqual(sum(found.mapped("amount")), 3205)
        self.assertEqual(
            set(found.mapped("month")), {date(2026, 6, 1), date(2026, 7, 1)}
        )
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaisesRegex(ValidationError, "^crm_segmentation.not_unique: "),
        ):
            self.lines.create({"month": "2026-06-30", "amount": 9})

    def test_one_wrong_row_loads_nothing(self):
        for wrong, words in (
            ({"month": "2026-13"}, "month has to be"),
            ({"month": 202606}, "month has to be"),
            ({"month": None}, "month has to be"),
            ({"amount": "1000"}, "amount has to be a number"),
            ({"amount": float("nan")}, "amount has to be a number"),
            ({"quantity": True}, "quantity has to be a number"),
            ({"source": "guess"}, "source has to be"),
            ({"user_id": 99_999_999}, "user_id cannot be"),
            ({"user_id": "5"}, "user_id cannot be"),
            ({"territory_id": True}, "territory_id cannot be"),
            ({"company_id": self.other_company.id}, "company_id cannot be"),
            ({"price": 5, 7: 1}, "7, price cannot be given"),
            ({"amount": 7}, "the same as row 1"),
        ):
            with self.subTest(wrong=wrong):
                with self.assertRaises(ValidationError) as caught:
                    self.lines.load_lines([self.row(), {**self.row(), **wrong}])
                message = str(caught.exception)
                self.assertTrue(
                    message.startswith("crm_project_rollout.rows_refused: ")
                )
                self.assertIn(f"row 2: {words}", message)
        self.assertFalse(self.lines.search([("company_id", "=", self.company.id)]))
        for rows in ([], {}, "x", None, [1], [[]]):
            with self.assertRefused("wrong_rows", ValidationError):
                self.lines.load_lines(rows)

    def test_who_sees_what(self):
        self.lines.load_lines([self.row(), self.row(user_id=self.colleague.id)])
        Plan = self.env["crm.plan.line"]
        own = [("company_id", "=", self.company.id)]
        for user, count in (
            (self.salesperson, 1),
            (self.manager, 2),
            (self.coordinator, 2),
        ):
            with self.subTest(user=user.login):
                self.assertEqual(Plan.with_user(user).search_count(own), count)
                fact = self.env["crm.plan.fact"].with_user(user)
                self.assertEqual(fact.search_count(own), count)
        self.assertFalse(Plan.with_user(self.stranger).search(own))
        for user in (self.sponsor, self.salesperson):
            with self.assertRaises(AccessError):
                Plan.with_user(user).load_lines([self.row()])

    def test_plan_and_fact(self):
        partner = self.env["res.partner"].create(
            {
                "name": "Clinic",
                "user_id": self.salesperson.id,
                "company_id": self.company.id,
            }
        )
        partner.territory_id = self.territory
        self.env["crm.turnover.line"].create(
            {
                "partner_id": partner.id,
                "company_id": self.company.id,
                "currency_id": self.company.currency_id.id,
                "date": "2026-06-05",
                "amount": 700,
                "product_categ_id": self.categ.id,
            }
        )
        self.lines.load_lines(
            [self.row(quantity=10), self.row(source="sell_out", amount=450, quantity=4)]
        )
        fact = self.env["crm.plan.fact"].search([("company_id", "=", self.company.id)])
        self.assertRecordValues(
            fact,
            [
                {
                    "month": date(2026, 6, 1),
                    "territory_id": self.territory.id,
                    "product_categ_id": self.categ.id,
                    "user_id": self.salesperson.id,
                    "plan_amount": 1000,
                    "fact_amount": 700,
                    "difference": -300,
                    "sell_out_amount": 450,
                    "plan_quantity": 10,
                    "sell_out_quantity": 4,
                }
            ],
        )

    def test_plan_figures_are_counted_from_this_month(self):
        rollout = self.rollout.sudo()
        query = queries.REGISTRY["plan_lines"]
        self.assertEqual(query.values(rollout), {rollout: 0})
        self.lines.load_lines(
            [
                self.row(month="2026-05"),
                self.row(),
                self.row(month="2026-07"),
                self.row(month="2026-07", source="sell_out"),
            ]
        )
        self.assertEqual(query.values(rollout), {rollout: 2})
        model, domain = query.offenders(self.rollout)
        self.assertEqual(self.env[model].search_count(domain), 2)

    def test_excel_import(self):
        """Odoo's own import, by names, as from a file."""
        found = self.lines.with_company(self.company).load(
            ["month", "product_categ_id", "territory_id", "amount", "source"],
            [
                ["2026-06-01", "Reagents", "South", "1500", "Plan"],
                ["2026-07-01", "Reagents", "South", "1600", "Plan"],
            ],
        )
        self.assertFalse([m for m in found["messages"] if m["type"] == "error"])
        self.assertEqual(len(found["ids"]), 2)
