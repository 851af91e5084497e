from odoo import api, fields, models


class CrmRegulationPublish(models.TransientModel):
    """Asks what becomes of what is still open; shown only if something is."""

    _name = "crm.regulation.publish"
    _description = "Put a Regulation into Force"

    regulation_id = fields.Many2one("crm.regulation", required=True, ondelete="cascade")
    open_count = fields.Integer(compute="_compute_open_count")
    open_obligations = fields.Selection(
        selection=lambda self: (
            self.env["crm.regulation"]
            ._fields["open_obligations"]
            ._description_selection(self.env)
        ),
        string="What becomes of them",
        default="keep",
        required=True,
        help="Measured by the new version: the time that has passed counts; whatever "
        "would be overdue at once keeps its old time.",
    )

    @api.depends("regulation_id")
    def _compute_open_count(self):
        for dialog in self:
            dialog.open_count = dialog.regulation_id._count_open_before()

    def action_publish(self):
        """Publish with what was chosen.

        :return: an action that closes the dialog
        """
        self.ensure_one()
        self.regulation_id.action_publish(open_obligations=self.open_obligations)
        return {"type": "ir.actions.act_window_close"}
