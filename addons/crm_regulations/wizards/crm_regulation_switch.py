from odoo import api, fields, models


class CrmRegulationSwitch(models.TransientModel):
    """Says what would have been sent before people are told anything."""

    _name = "crm.regulation.switch"
    _description = "Switch What Odoo Does"

    regulation_id = fields.Many2one(
        "crm.regulation",
        required=True,
        ondelete="cascade",
        default=lambda self: self.env.context.get("active_id"),
    )
    mode = fields.Selection(
        selection=lambda self: (
            self.env["crm.regulation"]._fields["mode"]._description_selection(self.env)
        ),
        string="What Odoo does",
        required=True,
        default="remind",
    )
    would_send = fields.Text(related="regulation_id.would_send")
    explanation = fields.Text(compute="_compute_explanation")

    @api.depends("mode")
    def _compute_explanation(self):
        said = {
            "silent": self.env._(
                "From now on promises are measured and nobody is told."
            ),
            "remind": self.env._(
                "From now on whoever owes something is reminded of it."
            ),
            "escalate": self.env._(
                "From now on whoever owes something is reminded of it, and managers "
                "are told what is late."
            ),
        }
        for dialog in self:
            dialog.explanation = said.get(dialog.mode, "")

    def action_switch(self):
        """Do it."""
        self.ensure_one()
        act = {
            "silent": self.regulation_id.action_silence,
            "remind": self.regulation_id.action_remind,
            "escalate": self.regulation_id.action_escalate,
        }
        act[self.mode]()
        return {"type": "ir.actions.act_window_close"}
