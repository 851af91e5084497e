from odoo import api, fields, models

from ..core.campaign import per_piece, returned, share
from ..engine.campaign_effect import campaign_effect


class CrmCampaignEffect(models.Model):
    """What each campaign cost and brought in one of our companies; a query."""

    _name = "crm.campaign.effect"
    _description = "Effect of Campaigns"
    _auto = False
    _order = "date_start desc, id desc"
    _rec_name = "campaign_id"
    _depends = {
        "utm.campaign": ["crm_date_start", "crm_date_end", "user_id"],
        "crm.campaign.cost": ["campaign_id", "company_id", "amount"],
        "mailing.trace": [
            "campaign_id", "mass_mailing_id", "model", "res_id", "sent_datetime",
            "reply_datetime", "links_click_datetime", "trace_status", "is_test_trace",
        ],
        "mailing.mailing": ["user_id"],
        "crm.announcement": ["campaign_id"],
        "crm.announcement.recipient": [
            "announcement_id", "company_id", "partner_id", "date_informed",
        ],
        "crm.interaction": [
            "commercial_partner_id", "company_id", "direction", "date", "outcome",
        ],
        "crm.lead": [
            "campaign_id", "company_id", "user_id", "partner_id", "won_status",
        ],
        "sale.order": [
            "campaign_id", "company_id", "state", "amount_untaxed", "currency_rate",
        ],
        "mailing.contact": ["email_normalized"],
        "res.partner": [
            "active", "company_id", "commercial_partner_id", "email_normalized",
        ],
        "res.users": ["company_id"],
        "res.company": ["currency_id", "crm_campaign_days"],
    }  # fmt: skip

    #: What is added up, as programs get it.
    _figures = (
        "cost", "reached", "responses", "leads", "won_leads", "orders",
        "turnover_orders", "turnover_reached",
    )  # fmt: skip

    campaign_id = fields.Many2one("utm.campaign", readonly=True)
    company_id = fields.Many2one("res.company", string="Our company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    date_start = fields.Date(string="Begins on", readonly=True)
    date_end = fields.Date(string="Ends on", readonly=True)
    cost = fields.Monetary(readonly=True)
    reached = fields.Integer(
        string="Customers reached",
        readonly=True,
        help="Customers to whom a letter of the campaign was sent that did not come "
        "back, or who were told in person.",
    )
    responses = fields.Integer(
        readonly=True,
        help="Of those reached: who answered or clicked, or turned to us in the days "
        "afterwards.",
    )
    leads = fields.Integer(readonly=True, help="Leads that carry the campaign.")
    won_leads = fields.Integer(string="Leads won", readonly=True)
    orders = fields.Integer(
        readonly=True, help="Confirmed orders that carry the campaign."
    )
    turnover_orders = fields.Monetary(
        string="Turnover of the orders",
        readonly=True,
        help="Of the orders that carry the campaign, without tax, in company currency "
        "at the rates of the orders.",
    )
    turnover_reached = fields.Monetary(
        string="Turnover of those reached",
        readonly=True,
        help="What the reached customers bought in the days after the first touch, "
        "whatever made them do it. Who was reached by two campaigns counts for both.",
    )
    response_percent = fields.Float(
        string="Responses, %", digits=(5, 1), compute="_compute_ratios"
    )
    cost_per_lead = fields.Monetary(compute="_compute_ratios")
    cost_per_order = fields.Monetary(compute="_compute_ratios")
    return_ratio = fields.Float(
        string="Turnover per unit of cost",
        digits=(12, 2),
        compute="_compute_ratios",
        help="Turnover of the orders that carry the campaign, divided by its cost.",
    )

    @property
    def _table_query(self):
        return campaign_effect(self.env["crm.purchase"]._table_query)

    @api.depends(*_figures)
    def _compute_ratios(self):
        for row in self:
            row.update(row._ratios(**{name: row[name] for name in row._figures}))

    @api.model
    def _ratios(
        self, cost, responses, reached, leads, orders, turnover_orders, **_more
    ):
        """Figures in relation to each other; False where there is no relation."""
        found = {
            "response_percent": share(responses, reached),
            "cost_per_lead": per_piece(cost, leads),
            "cost_per_order": per_piece(cost, orders),
            "return_ratio": returned(turnover_orders, cost),
        }
        return {n: False if value is None else value for n, value in found.items()}

    def action_open(self):
        """The campaign itself.

        :return: a window action
        """
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "res_model": "utm.campaign",
            "res_id": self.campaign_id.id,
            "view_mode": "form",
            "views": [(False, "form")],
        }
