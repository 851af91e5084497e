from datetime import timedelta

from odoo import models
from odoo.fields import Domain

from ...core.touch import NOT_REACHED
from ...engine.metrics.built_in import BUILT_IN
from ...engine.metrics.payments import LONG_OVERDUE_DAYS
from ...engine.metrics.windows import last_year, window

_INVOICES = ("out_invoice", "out_receipt")


class CrmMetric(models.Model):
    """The documents behind a number."""

    _inherit = "crm.metric"

    def _action_documents(self, partner, company, today, owner=None):
        """Open the documents that made a counterparty's number.

        The reader sees those of them that Odoo shows him anywhere else, too.

        :param partner: record of res.partner
        :param company: record of res.company, whose documents counted
        :param today: the day of the computation
        :param owner: ``commercial_partner_id`` or ``partner_id``: for whom documents
            count; by default the former for companies and persons without one
        :return: an act_window action
        """
        self.ensure_one()
        if not owner:
            alone = partner == partner.commercial_partner_id
            owner = "commercial_partner_id" if alone else "partner_id"
        if self.is_built_in:
            source = BUILT_IN[self.code].reads[-1]
            find = getattr(self, f"_documents_of_{source}")
            model, domain, views = find(partner, company, today, owner)
        else:
            own = self._own_metric(company, owner, today)
            model, domain, views = self.res_model, own.counted_domain(partner), []
        return {
            "type": "ir.actions.act_window",
            "name": f"{self.name}: {partner.display_name}",
            "res_model": model,
            "view_mode": "list,form",
            "views": views or [(False, "list"), (False, "form")],
            "domain": list(domain),
            "context": {"create": False, "active_test": not self.is_built_in},
            "target": "current",
        }

    def _documents_of_purchases(self, partner, company, today, owner):
        domain = (
            Domain(owner, "=", partner.id)
            & Domain("company_id", "=", company.id)
            & Domain("date", "<=", today)
        )
        if self.code == "turnover_month_avg":
            start, end = window(today)
            domain &= Domain("date", ">=", start) & Domain("date", "<", end)
        return "crm.purchase", domain, [(False, "list")]

    def _documents_of_payments(self, partner, company, today, owner):
        """The invoices are looked up here: a salesperson reads no journal items."""
        due = today
        if self.code == "overdue_share_of_month":
            due -= timedelta(days=LONG_OVERDUE_DAYS)
        line = Domain("display_type", "=", "payment_term") & Domain("balance", ">", 0)
        if self.code == "payment_delay_days":
            start, end = last_year(today)
            paid = Domain("max_date", ">=", start)
            settled = Domain("payment_state", "!=", "reversed")
            line &= Domain("reconciled", "=", True)
            line &= Domain("matched_credit_ids", "any", paid)
            late = Domain("max_date", ">=", end)
            line &= Domain("matched_credit_ids", "not any", late)
        else:
            settled = Domain("payment_state", "!=", "in_payment")
            line &= Domain("date_maturity", "<", due)
            line &= Domain("amount_residual", ">", 0)
        moves = (
            self.env["account.move"]
            .sudo()
            .search(
                Domain(owner, "=", partner.id)
                & Domain("company_id", "=", company.id)
                & Domain("state", "=", "posted")
                & Domain("move_type", "in", _INVOICES)
                & settled
                & Domain("line_ids", "any", line)
            )
        )
        invoices = self.env.ref("account.view_out_invoice_tree", False)
        views = [(invoices.id if invoices else False, "list"), (False, "form")]
        return "account.move", Domain("id", "in", moves.ids), views

    def _documents_of_deals(self, partner, company, today, owner):
        path = "partner_id"
        if owner == "commercial_partner_id":
            path = "partner_id.commercial_partner_id"
        domain = (
            Domain(path, "=", partner.id)
            & Domain("won_status", "=", "won")
            & Domain("company_id", "in", [company.id, False])
        )
        return "crm.lead", domain, []

    def _documents_of_interactions(self, partner, company, today, owner):
        domain = (
            Domain(owner, "=", partner.id)
            & Domain("company_id", "=", company.id)
            & Domain("date", "<", today + timedelta(days=1))
            & Domain("outcome", "not in", NOT_REACHED)
        )
        if self.code == "interaction_count":
            domain &= Domain("date", ">=", last_year(today)[0])
        return "crm.interaction", domain, []

    def action_try(self):
        """Ask for a counterparty and show its number."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Try “%(name)s”", name=self.name),
            "res_model": "crm.metric.try",
            "view_mode": "form",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_metric_id": self.id},
        }
