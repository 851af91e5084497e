from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools.misc import formatLang

from ..engine.metrics.plan import measure


class CrmMetricTry(models.TransientModel):
    """What a metric says of one counterparty, before any category rests on it."""

    _name = "crm.metric.try"
    _description = "Try a Metric"

    metric_id = fields.Many2one("crm.metric", required=True, ondelete="cascade")
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    partner_id = fields.Many2one("res.partner", string="Counterparty")
    result = fields.Char(
        compute="_compute_result",
        help="The number as a segmentation would have it today.",
    )

    @api.depends("metric_id", "company_id", "partner_id")
    def _compute_result(self):
        for trial in self:
            trial.result = trial._words_for(trial._value()) if trial.partner_id else ""

    def _value(self):
        """The number of the counterparty today; None without one."""
        metric = self.metric_id
        # A company is measured with its contacts, a contact by itself.
        partner = self.partner_id
        alone = partner == partner.commercial_partner_id
        self.env.flush_all()
        values = measure(
            self.env,
            self.env["crm.metric"]._definitions([metric.code]),
            self.company_id.id,
            "commercial_partner_id" if alone else "partner_id",
            fields.Date.today(),
            partner.ids,
        )
        return values[partner.id][metric.code]

    def _words_for(self, value):
        metric = self.metric_id
        if value is None:
            return self.env._("No number: a condition on it would not hold.")
        if metric.is_money:
            return formatLang(self.env, value, currency_obj=self.company_id.currency_id)
        number = formatLang(self.env, value, digits=0 if value == int(value) else 2)
        return f"{number} {metric.unit or ''}".strip()

    def action_documents(self):
        """Open the documents behind the number."""
        self.ensure_one()
        if not self.partner_id:
            raise UserError(
                self.env._("crm_segmentation.no_partner: Choose a counterparty first.")
            )
        return self.metric_id._action_documents(
            self.partner_id, self.company_id, fields.Date.today()
        )
