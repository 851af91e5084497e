from odoo import Command

from odoo.addons.crm_segmentation.tests.common import AccountingCommon

from ..engine.facts import KINDS
from .facts_common import FactsCommon


class DocumentsCommon(FactsCommon, AccountingCommon):
    """Orders, invoices and payments, made as people make them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.product = cls.env["product.product"].create(
            {
                "name": "Service contract",
                "type": "service",
                "invoice_policy": "order",
                "taxes_id": False,
            }
        )
        cls.bank = cls.env["account.journal"].search(
            [("type", "=", "bank"), ("company_id", "=", cls.company.id)], limit=1
        )

    def _order(self, quantity=1, **values):
        values.setdefault("partner_id", self.customer.id)
        values.setdefault("company_id", self.company.id)
        line = {"product_id": self.product.id, "product_uom_qty": quantity}
        return self.env["sale.order"].create(
            {"order_line": [Command.create({**line, "price_unit": 100})], **values}
        )

    def _orders(self, count):
        """So many orders of as many customers, each with its lead."""
        orders = self.env["sale.order"]
        for number in range(count):
            partner = self._partner(f"Clinic {number}")
            lead = self._lead(partner_id=partner.id)
            orders |= self._order(partner_id=partner.id, opportunity_id=lead.id)
        return orders

    def _confirmed(self, **values):
        order = self._order(**values)
        self._commit()
        order.action_confirm()
        self._commit()
        return order

    def _billed(self, orders, post=True):
        """The invoices of orders, each made and posted in steps of their own."""
        invoices = orders._create_invoices()
        self._commit()
        if post:
            invoices.action_post()
            self._commit()
        return invoices

    def _sold(self, partner=None, due="2026-05-10", date="2026-05-01", **values):
        """A posted invoice that did not come from an order."""
        partner = self.customer if partner is None else partner
        values.setdefault("invoice_payment_term_id", False)
        invoice = self.env["account.move"].browse(
            self._invoice(
                partner, date, 100, post=False, invoice_date_due=due, **values
            ).id
        )
        self._commit()
        invoice.action_post()
        self._commit()
        return invoice

    def _pay(self, invoices, **values):
        """The customer pays, by one payment per invoice."""
        payments = self.env["account.payment"]
        for invoice in invoices:
            payments |= (
                self.env["account.payment.register"]
                .with_context(active_model="account.move", active_ids=invoice.ids)
                .create({"journal_id": self.bank.id, **values})
                ._create_payments()
            )
        self._commit()
        return payments

    def _match(self, invoice, amount=None, date="2026-05-20", commit=True):
        """Money in the books is matched with an invoice, as from a bank statement."""
        owed = invoice.line_ids.filtered(
            lambda line: line.display_type == "payment_term"
        )
        amount = invoice.amount_residual if amount is None else amount
        entry = self.env["account.move"].create(
            {
                "move_type": "entry",
                "journal_id": self.bank.id,
                "date": date,
                "line_ids": [
                    Command.create(
                        {
                            "name": "Money",
                            "account_id": self.bank.default_account_id.id,
                            "debit": amount,
                        }
                    ),
                    Command.create(
                        {
                            "name": "Money",
                            "partner_id": invoice.commercial_partner_id.id,
                            "account_id": owed.account_id.id,
                            "credit": amount,
                        }
                    ),
                ],
            }
        )
        entry.action_post()
        (owed | entry.line_ids.filtered("credit")).reconcile()
        if commit:
            self._commit()

    def _credit(self, invoice, date="2026-05-20"):
        """A credit note takes an invoice back."""
        invoice._reverse_moves([{"invoice_date": date, "date": date}], cancel=True)
        self._commit()

    def _forget_tracking(self, records):
        """As if it had never been tracked."""
        messages = self.env["mail.message"].search(
            [("model", "=", records._name), ("res_id", "in", records.ids)]
        )
        messages.sudo().tracking_value_ids.unlink()

    def _kind(self):
        return KINDS[self.kind]

    def _query_count(self, work):
        """How many queries some work takes, in everyday conditions."""
        self._commit()
        work()  # what is cached for good
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        work()
        return self.env.cr.sql_log_count - before
