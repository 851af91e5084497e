from datetime import timedelta

from odoo import fields, models
from odoo.tools import SQL

from ..engine.coverage_sql import norms, touches

DEFAULT_DAYS = 90
LONGEST_DAYS = 3660


class CrmCoverage(models.Model):
    """Who was reached in a period: one row per counterparty.

    The id of a row is the id of its counterparty, so that types and categories are
    those of the counterparty and can be grouped by. The period are the last
    ``coverage_days`` days of the context, 90 without it.
    """

    _name = "crm.coverage"
    _description = "Coverage of Counterparties"
    _auto = False
    _order = "talks, id"
    _rec_name = "partner_id"
    _depends = {
        "crm.contact.norm": [
            "active", "company_id", "counterparty_type_id", "every_days",
            "interaction_type_id", "segment_id",
        ],
        "crm.interaction": [
            "commercial_partner_id", "company_id", "date_end", "direction", "outcome",
            "partner_id", "type_id",
        ],
        "crm.interaction.type": ["is_talk"],
        "crm.segment.membership": ["partner_id", "segment_id"],
        "res.partner": [
            "active", "company_id", "counterparty_type_ids", "country_id", "is_company",
            "state_id", "territory_id", "user_id",
        ],
    }  # fmt: skip

    partner_id = fields.Many2one("res.partner", string="Counterparty", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    counterparty_type_ids = fields.Many2many(
        "crm.counterparty.type",
        relation="crm_counterparty_type_partner_rel",
        column1="partner_id",
        column2="type_id",
        string="Counterparty Types",
        readonly=True,
    )
    segment_ids = fields.Many2many(
        "crm.segment",
        relation="crm_segment_membership",
        column1="partner_id",
        column2="segment_id",
        string="Categories",
        readonly=True,
    )
    territory_id = fields.Many2one("crm.territory", readonly=True)
    country_id = fields.Many2one("res.country", readonly=True)
    state_id = fields.Many2one("res.country.state", string="Region", readonly=True)
    user_id = fields.Many2one("res.users", string="Salesperson", readonly=True)
    is_company = fields.Boolean(readonly=True)
    touches = fields.Integer(
        string="Interactions",
        readonly=True,
        help="In the period, from us or from them, that took place.",
    )
    talks = fields.Integer(
        readonly=True, help="Interactions in which both sides had their say."
    )
    last_date = fields.Datetime(string="Last talk in the period", readonly=True)
    reached = fields.Integer(
        readonly=True,
        help="Counterparties with at least one talk in the period.",
    )
    reached_percent = fields.Float(
        string="Reached, %", readonly=True, aggregator="avg", digits=(5, 1)
    )
    planned = fields.Float(
        string="Planned talks",
        readonly=True,
        digits=(12, 1),
        help="The period divided by the days of the contact norm.",
    )
    counted = fields.Integer(
        string="Counterparties", readonly=True, help="1 for each; sums count them."
    )

    @property
    def _table_query(self):
        days = self._coverage_days()
        companies = self.env.companies.ids
        since = fields.Date.context_today(self) - timedelta(days=days)
        return SQL(
            """
            SELECT partner.id, partner.id AS partner_id, partner.company_id,
                   partner.territory_id, partner.country_id, partner.state_id,
                   partner.user_id, partner.is_company,
                   COALESCE(touch.touches, 0) AS touches,
                   COALESCE(touch.talks, 0) AS talks,
                   touch.last_talk AS last_date,
                   (touch.talks > 0)::int AS reached,
                   CASE WHEN touch.talks > 0 THEN 100.0 ELSE 0.0 END
                       AS reached_percent,
                   COALESCE(plan.planned, 0) AS planned,
                   1 AS counted
              FROM res_partner AS partner
              LEFT JOIN (SELECT owner_id, SUM(touches) AS touches, SUM(talks) AS talks,
                                MAX(last_talk) AS last_talk
                           FROM (%(touches)s) AS by_company
                          WHERE type_id = 0
                          GROUP BY owner_id) AS touch
                ON touch.owner_id = partner.id
              LEFT JOIN (SELECT partner_id, SUM(%(days)s / every_days::float8)
                                    AS planned
                           FROM (%(norms)s) AS norm
                          GROUP BY partner_id) AS plan
                ON plan.partner_id = partner.id
             WHERE partner.active
               AND (partner.company_id IS NULL OR partner.company_id = ANY(%(all)s))
               AND (EXISTS (SELECT FROM crm_counterparty_type_partner_rel AS typed
                             WHERE typed.partner_id = partner.id)
                    OR EXISTS (SELECT FROM crm_segment_membership AS member
                                WHERE member.partner_id = partner.id
                                  AND member.company_id = ANY(%(all)s)))
            """,
            days=days,
            touches=touches(companies, since),
            norms=norms(companies),
            all=companies,
        )

    def _coverage_days(self):
        days = self.env.context.get("coverage_days")
        if type(days) is not int or not 1 <= days <= LONGEST_DAYS:
            return DEFAULT_DAYS
        return days

    def action_open_partner(self):
        """The counterparty of the row."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "res.partner",
            "res_id": self.partner_id.id,
            "view_mode": "form",
        }
