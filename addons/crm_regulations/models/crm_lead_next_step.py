from odoo import api, fields, models


class CrmLead(models.Model):
    """Whether somebody has planned what comes next in a deal."""

    _inherit = "crm.lead"

    crm_has_next_step = fields.Boolean(
        string="Has a next step",
        compute="_compute_crm_has_next_step",
        store=True,
        help="An activity is planned. The reminder of a promise is none.",
    )

    @api.depends("activity_ids.active", "activity_ids.obligation_id")
    def _compute_crm_has_next_step(self):
        for lead in self:
            planned = lead.activity_ids.filtered(lambda a: not a.sudo().obligation_id)
            lead.crm_has_next_step = bool(planned)
