from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import AccountingCommon


@tagged("post_install", "-at_install")
class TestTypeSuggestion(AccountingCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.supplier = cls.env.ref("crm_segmentation.type_supplier")
        cls.buyer = cls._plain("Buyer")
        cls._bought(cls.buyer, "2026-04-15", 10)
        cls.invoiced = cls._plain("Invoiced")
        cls._invoice(cls.invoiced, "2026-04-15", 10)
        cls.seller = cls._plain("Seller")
        cls._invoice(cls.seller, "2026-04-15", 10, move_type="in_invoice")
        cls.unknown = cls._plain("Unknown")
        cls.all = cls.buyer | cls.invoiced | cls.seller | cls.unknown

    @classmethod
    def _plain(cls, name, **values):
        return cls._partner(name, counterparty_type_ids=False, **values)

    def _untyped(self, partners):
        return self.env["res.partner"].search(
            [("is_untyped", "=", True), ("id", "in", partners.ids)]
        )

    def _wizard(self):
        types = self.env["crm.counterparty.type"].with_user(self.coordinator)
        action = types.action_suggest()
        wizard = self.env[action["res_model"]].browse(action["res_id"])
        return wizard.with_user(self.coordinator)

    def test_who_needs_no_type(self):
        address = self._plain("Store", parent_id=self.buyer.id, type="delivery")
        address.is_company = False
        portal = self.env["res.users"].create(
            {
                "name": "Portal",
                "login": "seg_portal",
                "group_ids": self.env.ref("base.group_portal").ids,
            }
        )
        left_out = (
            address
            | portal.partner_id
            | self.sales.partner_id
            | self.company.partner_id
            | self._plain("Gone", active=False)
            | self._partner("Typed")
        )
        self.assertFalse(self._untyped(left_out))
        self.assertFalse(any(left_out.mapped("is_untyped")))
        self.assertEqual(self._untyped(self.all), self.all)
        self.assertTrue(all(self.all.mapped("is_untyped")))
        negative = self.env["res.partner"].search(
            [("is_untyped", "=", False), ("id", "in", (self.all | left_out).ids)]
        )
        self.assertFalse(negative & self.all)

    def test_suggestions_and_reasons(self):
        self.assertEqual(self.buyer.suggested_type_ids, self.client)
        self.assertEqual(self.invoiced.suggested_type_ids, self.client)
        self.assertEqual(self.seller.suggested_type_ids, self.supplier)
        self.assertFalse(self.unknown.suggested_type_ids)
        self.assertIn("1", self.seller.suggestion_reasons)
        draft = self._plain("Draft")
        self._invoice(draft, "2026-04-15", 10, post=False)
        self.assertFalse(draft.suggested_type_ids)

    def test_apply_twice(self):
        wizard = self._wizard()
        client = wizard.line_ids.filtered(lambda line: line.type_id == self.client)
        names = self.env["res.partner"].search(client.action_open_names()["domain"])
        self.assertEqual(names & self.all, self.buyer | self.invoiced)
        self.assertEqual(client.count, len(names))
        wizard.action_apply()
        self.env.invalidate_all()
        self.assertEqual(self.buyer.counterparty_type_ids, self.client)
        self.assertEqual(self.seller.counterparty_type_ids, self.supplier)
        self.assertEqual(self._untyped(self.all), self.unknown)
        again = self._wizard()
        self.assertFalse(again.line_ids)
        with self.assertRaisesRegex(UserError, "crm_segmentation.nothing_chosen"):
            again.action_apply()

    def test_a_further_type(self):
        self.buyer.counterparty_type_ids = self.dealer
        wizard = self._wizard()
        domain = [("id", "=", self.buyer.id)]
        partners = self.env["res.partner"]
        self.assertFalse(partners.search(wizard._domain(self.client) + domain))
        wizard.only_untyped = False
        self.assertTrue(partners.search(wizard._domain(self.client) + domain))

    def test_whoever_lacks_what_blocks_is_left_out(self):
        self.env["crm.counterparty.requirement"].create(
            {"type_id": self.client.id, "field_name": "vat", "level": "block"}
        )
        self.invoiced.vat = "X1"
        self._wizard().action_apply()
        self.env.invalidate_all()
        self.assertFalse(self.buyer.counterparty_type_ids)
        self.assertEqual(self.invoiced.counterparty_type_ids, self.client)

    def test_other_companies_documents_say_nothing(self):
        other = self.env["res.company"].create({"name": "South Med"})
        foreign = self._user("coord3", "crm_segmentation.group_crm_coordinator", other)
        context = {**self.env.context, "allowed_company_ids": other.ids}
        theirs = self.buyer.with_env(self.env(user=foreign, context=context))
        self.assertFalse(theirs.suggested_type_ids)

    def test_many_at_once(self):
        """The number of queries does not grow with the number of counterparties."""
        counts = []
        for number in (1, 1, 60):
            partners = self.env["res.partner"].create(
                [{"name": "Many", "is_company": True}] * number
            )
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            self.client.with_user(self.coordinator)._give(partners)
            counts.append(self.env.cr.sql_log_count - before)
            self.assertEqual(partners.counterparty_type_ids, self.client)
        self.assertEqual(counts[1], counts[2])
