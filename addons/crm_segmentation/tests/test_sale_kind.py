from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .common import SegmentationCommon


@tagged("post_install", "-at_install")
class TestSaleKind(SegmentationCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.kinds = {
            code: cls.env.ref(f"crm_segmentation.sale_kind_{code}")
            for code in ("services", "consumables", "equipment")
        }
        cls.goods = cls._category("Goods", sale_kind_id=cls.kinds["consumables"].id)
        cls.reagents = cls._category("Reagents", parent_id=cls.goods.id)
        cls.machines = cls._category(
            "Machines", parent_id=cls.goods.id, sale_kind_id=cls.kinds["equipment"].id
        )
        cls.other = cls._category("Other")
        cls.reagent, cls.machine, cls.thing = cls.env["product.product"].create(
            [
                {"name": category.name, "categ_id": category.id, "list_price": 5}
                for category in (cls.reagents, cls.machines, cls.other)
            ]
        )
        cls.partner = cls._partner()
        cls.lead = cls.env["crm.lead"].create(
            {
                "name": "L",
                "type": "opportunity",
                "partner_id": cls.partner.id,
                "user_id": cls.sales.id,
            }
        )

    @classmethod
    def _category(cls, name, **values):
        return cls.env["product.category"].create({"name": name, **values})

    @classmethod
    def _order(cls, *products, **values):
        return cls.env["sale.order"].create(
            {
                "partner_id": cls.partner.id,
                "company_id": cls.company.id,
                "order_line": [
                    Command.create({"product_id": product.id}) for product in products
                ],
                **values,
            }
        )

    def _codes(self, record):
        return record.sale_kind_ids.sorted("sequence").mapped("code")

    def test_category_inherits_from_above(self):
        cases = [
            (self.reagents, "consumables"),
            (self.machines, "equipment"),
            (self.other, False),
        ]
        for category, code in cases:
            self.assertEqual(category.effective_sale_kind_id.code, code, category.name)
        self.goods.sale_kind_id = self.kinds["services"]
        self.assertEqual(self.reagents.effective_sale_kind_id.code, "services")
        self.assertEqual(self.machines.effective_sale_kind_id.code, "equipment")

    def test_order_has_the_kinds_of_its_products(self):
        order = self._order(self.reagent, self.machine, self.thing)
        self.assertEqual(self._codes(order), ["consumables", "equipment"])
        order.order_line.filtered(lambda line: line.product_id == self.machine).unlink()
        self.assertEqual(self._codes(order), ["consumables"])
        order.order_line = [
            Command.create({"display_type": "line_note", "name": "Note"}),
            Command.create({"product_id": self.machine.id, "is_downpayment": True}),
        ]
        self.assertEqual(self._codes(order), ["consumables"])
        found = self.env["sale.order"].search(
            [("sale_kind_ids.code", "=", "consumables"), ("id", "=", order.id)]
        )
        self.assertEqual(found, order)

    def test_lead_follows_its_orders(self):
        order = self._order(self.reagent, opportunity_id=self.lead.id)
        self._order(self.machine, opportunity_id=self.lead.id)
        self.assertEqual(self._codes(self.lead), ["consumables", "equipment"])
        order.action_cancel()
        self.assertEqual(self._codes(self.lead), ["equipment"])
        groups = self.env["crm.lead"]._read_group(
            [("id", "=", self.lead.id)], ["sale_kind_ids"], ["__count"]
        )
        self.assertEqual(groups, [(self.kinds["equipment"], 1)])

    def test_lead_set_by_hand(self):
        self._order(self.reagent, opportunity_id=self.lead.id)
        with Form(self.lead.with_user(self.sales)) as form:
            form.sale_kind_ids.clear()
            form.sale_kind_ids.add(self.kinds["services"])
        self.assertTrue(self.lead.sale_kind_manual)
        self._order(self.machine, opportunity_id=self.lead.id)
        self.env["crm.sale.kind"].action_apply()
        self.assertEqual(self._codes(self.lead), ["services"])
        copied = self.lead.copy()
        self.assertEqual(self._codes(copied), ["services"])
        self.assertTrue(copied.sale_kind_manual)
        self.lead.sale_kind_ids = False
        self.assertFalse(self.lead.sale_kind_manual)
        self.assertEqual(self._codes(self.lead), ["consumables", "equipment"])
        self.assertFalse(self._codes(self.lead.copy()))
        new = self.env["crm.lead"].create(
            {"name": "N", "sale_kind_ids": self.kinds["services"].ids}
        )
        self.assertTrue(new.sale_kind_manual)

    def test_merged_leads_keep_what_was_set_by_hand(self):
        other = self.env["crm.lead"].create(
            {
                "name": "O",
                "type": "opportunity",
                "partner_id": self.partner.id,
                "sale_kind_ids": self.kinds["services"].ids,
            }
        )
        self._order(self.reagent, opportunity_id=self.lead.id)
        merged = (self.lead + other).merge_opportunity()
        self.assertEqual(self._codes(merged), ["services"])
        self.assertTrue(merged.sale_kind_manual)

    def test_everybody_at_once_agrees_with_each_alone(self):
        orders = self.env["sale.order"].browse()
        for products in (
            (self.reagent,),
            (self.machine, self.reagent),
            (self.thing,),
            (),
        ):
            orders |= self._order(*products, opportunity_id=self.lead.id)
        by_hand = self.lead.copy({"sale_kind_ids": self.kinds["services"].ids})
        cancelled = self.lead.copy()
        self._order(self.machine, opportunity_id=cancelled.id).action_cancel()
        records = [*orders, self.lead, by_hand, cancelled]
        alone = [self._codes(record) for record in records]
        self.env.flush_all()
        self.env.cr.execute("DELETE FROM crm_sale_kind_order_rel")
        self.env.cr.execute(
            """UPDATE crm_sale_kind_lead_rel SET kind_id = %s
                WHERE lead_id = %s AND kind_id = %s""",
            [
                self.kinds["services"].id,
                self.lead.id,
                self.kinds["equipment"].id,
            ],
        )
        self.env.invalidate_all()
        kinds = self.env["crm.sale.kind"].with_user(self.coordinator)
        kinds.action_apply()
        self.assertEqual([self._codes(record) for record in records], alone)
        message = kinds.action_apply()["params"]["message"]
        self.assertTrue(message.startswith("0 orders and 0 leads"), message)

    def test_coordinator_maps_categories(self):
        order = self._order(self.thing, opportunity_id=self.lead.id)
        self.env.flush_all()
        services = self.kinds["services"].with_user(self.coordinator)
        services.product_categ_ids = [Command.link(self.other.id)]
        self.assertEqual(self.other.sale_kind_id.code, "services")
        self.assertFalse(self._codes(order), "not yet")
        with self.enter_registry_test_mode():
            self.env.ref("crm_segmentation.ir_cron_sale_kinds").method_direct_trigger()
        self.assertEqual(self._codes(order), ["services"])
        self.assertEqual(self._codes(self.lead), ["services"])
        services.product_categ_ids = [Command.unlink(self.other.id)]
        self.assertFalse(self.other.sale_kind_id)
        self.env["crm.sale.kind"].action_apply()
        self.assertFalse(self._codes(order))

    def test_queries_do_not_grow(self):
        orders = self.env["sale.order"].browse()
        for number in range(12):
            orders |= self._order(
                self.machine if number % 2 else self.reagent,
                opportunity_id=self.lead.id,
            )
        self.env.flush_all()

        def queries(some):
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.env.add_to_compute(some._fields["sale_kind_ids"], some)
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        queries(orders)
        self.assertEqual(queries(orders), queries(orders[:2]))

    def test_roles(self):
        kinds = self.env["crm.sale.kind"]
        for user in (self.manager, self.sales):
            theirs = kinds.with_user(user)
            self.assertTrue(theirs.search([]))
            with self.assertRaises(AccessError):
                theirs.create({"name": "X", "code": "x"})
            with self.assertRaises(AccessError):
                theirs.browse(self.kinds["services"].id).product_categ_ids = False
            with self.assertRaisesRegex(AccessError, "coordinator_only"):
                theirs.action_apply()
        kinds.with_user(self.coordinator).create({"name": "X", "code": "x"})
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaisesRegex(UserError, "^crm_segmentation.not_unique: "),
        ):
            kinds.create({"name": "X", "code": "services"})
