from odoo.tests import tagged

from .common import RegulationsCommon


@tagged("post_install", "-at_install")
class TestPanel(RegulationsCommon):
    """The button and the lines on the pages of what promises are about."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["crm.regulation"].search([("state", "=", "published")])._retire()
        cls.env.registry.clear_cache()

    def _figures(self, record):
        record.invalidate_recordset()
        record = record.with_user(self.sales)
        return record.obligation_open_count, record.obligation_late_count

    def test_lead_partner_and_interaction(self):
        with self._at("2026-05-04 10:00:00"):
            owed = self._promise(self._regulation())
            about_leads = self._on_leads()
            lead = self._lead()
            on_lead = self._owed(about_leads)
            talk = self.env[owed.res_model].browse(owed.res_id)
            self.assertEqual(self._figures(lead), (1, 0))
            self.assertEqual(self._figures(talk), (1, 0))
            self.assertEqual(self._figures(self.customer), (2, 0))
            self.assertEqual(lead.open_obligation_ids, on_lead)
            self.assertEqual(talk.open_obligation_ids, owed)
        with self._at("2026-05-04 14:00:00"):
            self.assertEqual(self._figures(talk), (1, 0))  # at the very instant
        with self._at("2026-05-04 14:00:01"):
            self.assertEqual(self._figures(talk), (1, 1))
            # Who excuses it until later takes the red away.
            owed.with_user(self.manager).excuse("Power cut", "2026-05-05 12:00:00")
            self.assertEqual(self._figures(talk), (1, 0))
            owed.with_user(self.sales).fulfil("By phone")
            self.assertEqual(self._figures(talk), (0, 0))
            self.assertFalse(talk.open_obligation_ids)

    def test_order(self):
        regulation = self._regulation(
            trigger_kind="order_confirmed", res_model="sale.order"
        )
        order = self.env["sale.order"].create(
            {
                "partner_id": self.customer.id,
                "user_id": self.sales.id,
                "company_id": self.company.id,
            }
        )
        order.action_confirm()
        self._commit()
        self.assertEqual(len(self._owed(regulation)), 1)
        self.assertEqual(self._figures(order), (1, 0))
        action = order.with_user(self.sales).action_open_obligations()
        found = self.env["crm.obligation"].search(action["domain"])
        self.assertEqual(found, self._owed(regulation))

    def test_new_records_have_none(self):
        self._on_leads()
        self._lead(partner_id=False)
        new = self.env["res.partner"].new({"name": "Not saved"})
        self.assertEqual(new.obligation_open_count, 0)
        self.assertFalse(self.env["crm.lead"].new({}).open_obligation_ids)

    def test_only_the_own_ones(self):
        other = self._user("second", "sales_team.group_sale_salesman")
        with self._at("2026-05-04 10:00:00"):
            self._promise(self._regulation())
            self.assertEqual(self._figures(self.customer), (1, 0))
            there = self.customer.with_user
            self.assertEqual(there(other).obligation_open_count, 0)
            self.assertEqual(there(self.manager).obligation_open_count, 1)

    def test_query_counts(self):
        """Many promises and many records cost no more queries than few."""
        regulation = self._regulation()

        def read(partners):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            partners.with_user(self.sales).web_read(
                {
                    "obligation_open_count": {},
                    "obligation_late_count": {},
                    "open_obligation_ids": {
                        "fields": {
                            "countdown": {},
                            "name": {},
                            "user_id": {"fields": {"display_name": {}}},
                        }
                    },
                }
            )
            return self.env.cr.sql_log_count - before

        def cost(partners):
            """What it costs when the process knows the rules and who is who."""
            read(partners)
            return read(partners)

        others = self.env["res.partner"]
        for number in range(5):
            others |= self._partner(f"Clinic {number}")
        with self._at("2026-05-04 10:00:00"):
            self._promise(regulation)
            few = cost(self.customer)
            for partner in self.customer | others:
                for _number in range(6):
                    self._typed(partner_id=partner.id)
            self._commit()
            self.assertEqual(cost(self.customer), few)
            self.assertEqual(cost(others | self.customer), few)
        self.assertLessEqual(few, 16)
