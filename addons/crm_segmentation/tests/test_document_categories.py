from freezegun import freeze_time

from odoo import Command
from odoo.tests import tagged

from .common import AccountingCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-05-20")
class TestDocumentCategories(AccountingCommon):
    """Orders, invoices and the analyses know the category of their customer."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.segmentation = cls._by_turnover(enter=100)
        cls.big = cls._partner("Doc Big")
        cls.small = cls._partner("Doc Small")
        cls.doctor = cls._doctor(cls.big)
        cls.product = cls.env["product.product"].create(
            {"name": "Gloves", "list_price": 700, "taxes_id": False}
        )
        cls._invoice(cls.big, "2026-04-15", 5000, invoice_user_id=cls.sales.id)
        cls._invoice(cls.small, "2026-04-15", 50, invoice_user_id=cls.sales.id)
        cls.orders = cls.env["sale.order"].create(
            [
                {
                    "partner_id": partner.id,
                    "user_id": cls.sales.id,
                    "company_id": cls.company.id,
                    "order_line": [Command.create({"product_id": cls.product.id})],
                }
                for partner in (cls.big, cls.doctor, cls.small)
            ]
        )
        cls.segmentation.action_publish()
        cls.a, cls.c = cls.segmentation.segment_ids
        # A company of another kind of customers in which nobody here works.
        cls.other_company = cls.env["res.company"].create({"name": "South Med"})
        other = cls._by_turnover(enter=1, company_id=cls.other_company.id, code="south")
        cls._bought(cls.small, "2026-04-15", 10**6, company_id=cls.other_company.id)
        other.with_context(
            allowed_company_ids=cls.other_company.ids
        ).sudo().action_publish()
        cls.env.flush_all()
        cls.env.invalidate_all()

    def _groups(self, model, domain, aggregate="__count", user=None):
        records = self.env[model].with_user(user or self.sales)
        rows = records.formatted_read_group(domain, ["segment_ids"], [aggregate])
        return {
            row["segment_ids"] and row["segment_ids"][1][:1]: row[aggregate]
            for row in rows
        }

    def test_orders(self):
        orders = self.orders.with_user(self.sales)
        self.assertEqual(
            [order.segment_ids.mapped("code") for order in orders],
            [["A"], ["A"], ["C"]],
        )
        ours = [("id", "in", orders.ids)]
        found = orders.search([*ours, ("segment_ids", "=", self.a.id)])
        self.assertEqual(found, orders[:2])
        self.assertEqual(self._groups("sale.order", ours), {"A": 2, "C": 1})

    def test_invoices(self):
        ours = [("partner_id", "in", (self.big + self.small).ids)]
        invoices = self.env["account.move"].with_user(self.sales)
        found = invoices.search([*ours, ("segment_ids.code", "=", "A")])
        self.assertEqual(found.partner_id.name, "Doc Big")
        self.assertEqual(found.segment_ids.mapped("code"), ["A"])
        self.assertEqual(self._groups("account.move", ours), {"A": 1, "C": 1})

    def test_analyses(self):
        ours = [("partner_id", "in", (self.big + self.doctor + self.small).ids)]
        self.assertEqual(
            self._groups("sale.report", ours, "price_subtotal:sum"),
            {"A": 1400, "C": 700},
        )
        clerk = self._user("clerk", "account.group_account_invoice")
        self.assertEqual(
            self._groups("account.invoice.report", ours, "price_subtotal:sum", clerk),
            {"A": 5000, "C": 50},
        )

    def test_can_be_grouped_in_the_client(self):
        for model in (
            "crm.lead",
            "sale.order",
            "account.move",
            "sale.report",
            "account.invoice.report",
        ):
            with self.subTest(model=model):
                known = self.env[model].with_user(self.sales)
                field = known.fields_get(["segment_ids"])["segment_ids"]
                self.assertTrue(field["groupable"])
                self.assertTrue(field["searchable"])

    def test_who_sees_both_companies_sees_both_categories(self):
        both = self.company + self.other_company
        self.sales.company_ids = both
        context = {**self.env.context, "allowed_company_ids": both.ids}
        order = self.orders[2].with_env(self.env(user=self.sales, context=context))
        self.assertEqual(sorted(order.segment_ids.mapped("code")), ["A", "C"])

    def test_export(self):
        self.sales.group_ids += self.env.ref("base.group_allow_export")
        orders = self.orders.with_user(self.sales)
        paths = ["partner_id/name", "segment_ids"]
        rows = orders.export_data(paths)["datas"]
        self.assertEqual(
            rows,
            [
                ["Doc Big", "A · Category A"],
                ["Dr. Green", "A · Category A"],
                ["Doc Small", "C · Category C"],
            ],
        )
        partners = (self.big + self.doctor + self.small).with_user(self.sales)
        rows = partners.export_data(["name", "segment_ids", "segment_ids/code"])
        self.assertEqual(
            [row[:2] for row in rows["datas"]],
            [
                ["Doc Big", "A · Category A"],
                ["Dr. Green", "A · Category A"],
                ["Doc Small", "C · Category C"],
            ],
        )

    def test_a_list_of_orders_asks_once(self):
        orders = self.orders.with_user(self.sales)
        orders.mapped("segment_ids.display_name")
        self.env.invalidate_all()
        with self.assertQueryCount(8):
            orders.mapped("segment_ids.display_name")

    def test_why_from_a_document(self):
        action = self.orders[1].with_user(self.sales).action_explain_category()
        self.assertEqual(action["res_model"], "crm.segment.explanation")
        self.assertEqual(action["context"]["default_partner_id"], self.doctor.id)
