from odoo import fields, models


class CrmRegulationReject(models.TransientModel):
    """The dialog of :meth:`crm.regulation.action_reject`."""

    _name = "crm.regulation.reject"
    _description = "Send a Regulation Back"

    regulation_id = fields.Many2one(
        "crm.regulation",
        required=True,
        ondelete="cascade",
        default=lambda self: self.env.context.get("active_id"),
    )
    reason = fields.Text(
        string="What is to be changed?",
        required=True,
        help="It is kept in the chatter of the regulation, with your name.",
    )

    def action_reject(self):
        """Send it back to its author."""
        self.ensure_one()
        self.regulation_id.action_reject(self.reason)
        return {"type": "ir.actions.act_window_close"}
