from odoo import fields, models


class CrmLead(models.Model):
    _inherit = "crm.lead"

    interaction_ids = fields.One2many("crm.interaction", "lead_id", copy=False)

    # For the look-up of callers.
    _caller_tail_idx = models.Index(
        "(RIGHT(REGEXP_REPLACE(phone, '[^0-9]', '', 'g'), 7)) WHERE phone IS NOT NULL"
    )

    def action_log_interaction(self):
        """The quick dialog for a talk about this lead."""
        self.ensure_one()
        return self.env["crm.interaction"]._quick_dialog(
            default_lead_id=self.id, default_partner_id=self.partner_id.id
        )
