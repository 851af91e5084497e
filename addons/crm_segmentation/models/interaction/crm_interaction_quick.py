from odoo import models
from odoo.exceptions import UserError


class CrmInteraction(models.Model):
    """The quick dialog: a talk is logged in three clicks."""

    _inherit = "crm.interaction"

    def _quick_dialog(self, **context):
        call = self.env.ref(
            "crm_segmentation.interaction_type_call", raise_if_not_found=False
        )
        view = self.env.ref("crm_segmentation.crm_interaction_view_quick")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Log a talk"),
            "res_model": "crm.interaction",
            "views": [[view.id, "form"]],
            "target": "new",
            "context": {
                "default_type_id": call.id if call and call.active else False,
                "default_direction": "out",
                "default_outcome": "answered",
                **{name: value for name, value in context.items() if value},
            },
        }

    def action_plan_next(self):
        """After the dialog is saved: Odoo's dialog for the next activity."""
        self.ensure_one()
        record = self.lead_id or self.partner_id
        if not record:
            raise UserError(
                self.env._(
                    "crm_segmentation.no_counterparty: Say with whom you talked, then "
                    "plan what comes next."
                )
            )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Plan what comes next"),
            "res_model": "mail.activity.schedule",
            "view_mode": "form",
            "target": "new",
            "context": {
                "active_model": record._name,
                "active_id": record.id,
                "active_ids": record.ids,
            },
        }
