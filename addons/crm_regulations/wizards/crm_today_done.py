from odoo import fields, models


class CrmTodayDone(models.TransientModel):
    """Asks how promises and activities were done."""

    _name = "crm.today.done"
    _description = "Mark as Done with a Note"

    obligation_ids = fields.Many2many("crm.obligation", string="Promises")
    activity_ids = fields.Many2many("mail.activity", string="Activities")
    note = fields.Text(
        string="How was it done?",
        required=True,
        help="A person's word counts as attested; an e-mail that Odoo has sent itself "
        "counts as proved.",
    )

    def action_done(self):
        """Mark them as done with this note."""
        self.ensure_one()
        rows = [2 * id_ for id_ in self.obligation_ids.ids]
        rows += [2 * id_ + 1 for id_ in self.activity_ids.ids]
        self.env["crm.today"].browse(rows).done(self.note)
        return {"type": "ir.actions.act_window_close"}
