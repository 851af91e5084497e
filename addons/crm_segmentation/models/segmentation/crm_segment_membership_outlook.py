from odoo import api, fields, models

from ...core.scheme import Scheme
from ...core.spec import AMOUNT
from ...engine.classification import Classification
from ...engine.explanation import metric_formatter
from ...engine.metrics.plan import metric_column_name


class CrmSegmentMembership(models.Model):
    """What stands behind an outlook: today's numbers beside the thresholds.

    Measured when the list is read, for the rows that are read, by the statement that
    classifies; nothing is stored.
    """

    _inherit = "crm.segment.membership"

    currency_id = fields.Many2one(related="company_id.currency_id")
    user_id = fields.Many2one(related="partner_id.user_id")
    territory_id = fields.Many2one(related="partner_id.territory_id")
    turnover = fields.Monetary(
        string="Turnover a month",
        compute="_compute_outlook_numbers",
        help="Average monthly turnover as of today.",
    )
    outlook_words = fields.Char(
        string="What counts",
        compute="_compute_outlook_numbers",
        help="Today's numbers, in brackets what the better category needs (close to "
        "promotion) or what this one needs to be kept (at risk).",
    )

    @api.depends("partner_id", "segmentation_id")
    @api.depends_context("lang")
    def _compute_outlook_numbers(self):
        self.turnover, self.outlook_words = 0, False
        for segmentation, memberships in self.grouped("segmentation_id").items():
            if segmentation.state == "published":
                memberships._measure(segmentation.sudo())

    def _measure(self, segmentation):
        engine = Classification(
            self.env,
            segmentation.id,
            segmentation.spec,
            fields.Date.today(),
            partner_ids=self.partner_id.ids,
        )
        self.env.flush_all()
        rows = {
            row["partner_id"]: {
                key: row[metric_column_name(key)] for key in engine.keys
            }
            for row in self.env.execute_query_dict(engine.verdicts())
        }
        text = metric_formatter(segmentation)
        metrics = self.env["crm.metric"].with_context(active_test=False)
        names = {m.code: m.name for m in metrics.search_fetch([])}
        for membership in self:
            values = rows.get(membership.partner_id.id)
            if not values:
                continue
            membership.turnover = values[AMOUNT] or 0
            membership.outlook_words = "; ".join(
                self.env._(
                    "%(metric)s: %(value)s (%(threshold)s)",
                    metric=names.get(part.metric, part.metric),
                    value=text(part.metric, values.get(part.key)),
                    threshold=text(part.metric, part.threshold(staying)),
                )
                for part, staying in membership._what_counts(engine.scheme)
            )

    def _what_counts(self, scheme: Scheme):
        """The comparisons that decide on the outlook, and whether one is inside."""
        here = scheme.place(self.computed_segment_id.id)
        if here is None or not self.outlook:
            return []
        place = here - 1 if self.outlook == "close" else here
        rule = scheme.categories[max(place, 0)].rule
        if not rule:
            return []
        return [(part, place == here) for part in rule.comparisons()]

    def action_open_partner(self):
        """The counterparty."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "res.partner",
            "res_id": self.partner_id.id,
            "view_mode": "form",
        }
