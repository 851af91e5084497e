from odoo import api, fields, models
from odoo.tools import SQL

from ...engine.metrics.plan import MetricPlan


class ResPartner(models.Model):
    _inherit = "res.partner"

    customer_since_effective = fields.Date(
        string="Counts since",
        compute="_compute_customer_since_effective",
        groups="sales_team.group_sale_salesman",
        help="The day from which the relationship counts: the one entered or, without "
        "it, that of the first purchase from the current company.",
    )
    customer_since_origin = fields.Selection(
        [
            ("entered", "as entered"),
            ("company", "as entered for its company"),
            ("purchase", "the first purchase"),
        ],
        string="Which Date Counts",
        compute="_compute_customer_since_effective",
        groups="sales_team.group_sale_salesman",
    )

    @api.depends("customer_since", "commercial_partner_id.customer_since")
    @api.depends_context("company")
    def _compute_customer_since_effective(self):
        asking = self.filtered(lambda partner: not partner._customer_since_entered()[0])
        bought = asking.commercial_partner_id._first_purchases()
        for partner in self:
            since, origin = partner._customer_since_entered()
            if not since:
                since = bought.get(partner.commercial_partner_id._origin.id, False)
                origin = since and "purchase"
            partner.customer_since_effective = since
            partner.customer_since_origin = origin

    def _customer_since_entered(self):
        """The date entered for the partner or its company, and for which of them."""
        if self.customer_since:
            return self.customer_since, "entered"
        since = self.commercial_partner_id.customer_since
        return since, since and "company"

    def _first_purchases(self):
        """When companies first bought from the current one, by one statement.

        :return: id of the commercial partner → date, only of those that ever bought
        """
        ids = self._origin.ids
        if not ids:
            return {}
        plan = MetricPlan(
            self.env,
            {},
            self.env.company.id,
            "commercial_partner_id",
            fields.Date.context_today(self),
            ids,
        )
        self.env["account.move"].flush_model()
        self.env["crm.turnover.line"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """WITH %s SELECT owner_id, first_date FROM purchases
                    WHERE first_date IS NOT NULL""",
                plan.expressions,
            )
        )
        return dict(rows)
