from odoo import fields, models


class CrmObligationFulfil(models.TransientModel):
    _name = "crm.obligation.fulfil"
    _description = "Mark a Promise as Done"

    obligation_id = fields.Many2one(
        "crm.obligation",
        required=True,
        default=lambda self: self.env.context.get("active_id"),
        ondelete="cascade",
    )
    note = fields.Text(
        string="How was it done?",
        required=True,
        help="A person's word counts as attested; an e-mail that Odoo has sent itself "
        "counts as proved.",
    )

    def action_fulfil(self):
        """Mark it as done with this note."""
        self.obligation_id.fulfil(self.note)
        return {"type": "ir.actions.act_window_close"}
