from odoo import api, fields, models

from odoo.addons.crm_segmentation.models.wire_json import WireJson

from ..engine.countdowns import Countdowns


class CrmObligation(models.Model):
    """The time left, for screens that count it down."""

    _inherit = "crm.obligation"

    countdown = WireJson(
        string="Countdown",
        compute="_compute_countdown",
        help="When it is due and in which working time until then, for screens and "
        "programs that count down.",
    )

    @api.depends("date_due", "date_end", "date_grace", "date_paused", "date_warn")
    def _compute_countdown(self):
        told = Countdowns(self.sudo(), fields.Datetime.now()).told()
        for obligation in self:
            obligation.countdown = told.get(obligation.id)
