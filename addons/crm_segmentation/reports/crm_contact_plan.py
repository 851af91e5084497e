from odoo import fields, models
from odoo.tools import SQL

from ..engine.coverage_sql import norms, touches, turnover
from ..engine.metrics.windows import WINDOW_MONTHS, window

SOON_DAYS = 7


class CrmContactPlan(models.Model):
    """Contact norm and fact: when each counterparty is due, and how late we are."""

    _name = "crm.contact.plan"
    _description = "Contact Norm, Plan and Fact"
    _auto = False
    _order = "turnover desc, days_late desc, id"
    _rec_name = "partner_id"
    _depends = {
        "account.move": [
            "amount_untaxed_signed", "commercial_partner_id", "company_id",
            "invoice_date", "move_type", "state",
        ],
        "crm.contact.norm": [
            "active", "company_id", "counterparty_type_id", "every_days",
            "interaction_type_id", "segment_id",
        ],
        "crm.interaction": [
            "commercial_partner_id", "company_id", "date_end", "direction", "outcome",
            "partner_id", "type_id",
        ],
        "crm.interaction.type": ["is_talk"],
        "crm.segment.membership": ["date_from", "partner_id", "segment_id"],
        "crm.turnover.line": [
            "amount_company", "commercial_partner_id", "company_id", "date",
        ],
        "res.partner": [
            "active", "company_id", "counterparty_type_ids", "create_date",
            "territory_id", "user_id",
        ],
    }  # fmt: skip

    partner_id = fields.Many2one("res.partner", string="Counterparty", readonly=True)
    norm_id = fields.Many2one("crm.contact.norm", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    segment_id = fields.Many2one(
        "crm.segment",
        string="Category",
        readonly=True,
        help="The category that the norm is for.",
    )
    interaction_type_id = fields.Many2one("crm.interaction.type", readonly=True)
    user_id = fields.Many2one("res.users", string="Salesperson", readonly=True)
    territory_id = fields.Many2one("crm.territory", readonly=True)
    phone = fields.Char(related="partner_id.phone")
    every_days = fields.Integer(string="Every (days)", readonly=True, aggregator="avg")
    last_date = fields.Datetime(
        string="Last talk",
        readonly=True,
        help="The last interaction in which both sides had their say.",
    )
    due_date = fields.Date(
        readonly=True,
        help="The last talk plus the norm; without a talk, the day the counterparty "
        "was entered plus the norm.",
    )
    days_late = fields.Integer(
        readonly=True, aggregator="avg", help="Days since the due date."
    )
    late = fields.Integer(
        string="Beyond the norm", readonly=True, help="1 if the due date has passed."
    )
    state = fields.Selection(
        [
            ("late", "Beyond the norm"),
            ("soon", "Due within a week"),
            ("kept", "In time"),
        ],
        readonly=True,
    )
    turnover = fields.Monetary(
        string="Turnover a month",
        readonly=True,
        help="Of the last 12 full months, divided by twelve.",
    )

    @property
    def _table_query(self):
        today = fields.Date.context_today(self)
        companies = self.env.companies.ids
        return SQL(
            """
            SELECT norm.id, norm.partner_id, norm.norm_id, norm.company_id,
                   norm.segment_id, NULLIF(norm.type_id, 0) AS interaction_type_id,
                   norm.every_days, partner.user_id, partner.territory_id,
                   touch.last_talk AS last_date,
                   due.date AS due_date,
                   GREATEST(%(today)s::date - due.date, 0) AS days_late,
                   (due.date < %(today)s::date)::int AS late,
                   CASE WHEN due.date < %(today)s::date THEN 'late'
                        WHEN due.date <= %(today)s::date + %(soon)s THEN 'soon'
                        ELSE 'kept' END AS state,
                   COALESCE(sold.turnover, 0) / %(months)s AS turnover
              FROM (%(norms)s) AS norm
              JOIN res_partner AS partner ON partner.id = norm.partner_id
              LEFT JOIN (%(touches)s) AS touch
                ON touch.owner_id = norm.partner_id
               AND touch.company_id = norm.company_id
               AND touch.type_id = norm.type_id
              LEFT JOIN (%(turnover)s) AS sold
                ON sold.owner_id = norm.partner_id
               AND sold.company_id = norm.company_id
             CROSS JOIN LATERAL (
                   SELECT COALESCE(touch.last_talk, partner.create_date)::date
                          + norm.every_days AS date) AS due
            """,
            today=today,
            soon=SOON_DAYS,
            months=WINDOW_MONTHS,
            norms=norms(companies),
            touches=touches(companies),
            turnover=turnover(companies, *window(today)),
        )

    def action_open_partner(self):
        """The counterparty of the row."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "res.partner",
            "res_id": self.partner_id.id,
            "view_mode": "form",
        }
