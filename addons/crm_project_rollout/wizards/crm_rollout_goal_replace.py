from odoo import api, fields, models


class CrmRolloutGoalReplace(models.TransientModel):
    """The sponsor replaces a signed goal."""

    _name = "crm.rollout.goal.replace"
    _inherit = ["crm.rollout.dialog"]
    _about = "goal_id"
    _description = "Replace a Goal"

    goal_id = fields.Many2one("crm.rollout.goal", required=True, readonly=True)
    name = fields.Char(
        required=True,
        compute="_compute_values",
        compute_sudo=False,
        store=True,
        precompute=True,
        readonly=False,
    )
    target = fields.Float(
        digits=(16, 2),
        compute="_compute_values",
        compute_sudo=False,
        store=True,
        precompute=True,
        readonly=False,
    )
    date = fields.Date(
        string="Due",
        required=True,
        compute="_compute_values",
        compute_sudo=False,
        store=True,
        precompute=True,
        readonly=False,
    )
    reason = fields.Text(required=True, help="It stays with the old goal.")

    @api.depends("goal_id")
    def _compute_values(self):
        for wizard in self:
            goal = wizard.goal_id
            wizard.update({"name": goal.name, "target": goal.target, "date": goal.date})

    def action_replace(self):
        """Replace it and show the new goal.

        :return: the action that opens it
        """
        self.ensure_one()
        values = {"name": self.name, "target": self.target, "date": self.date}
        # Over the wire a date is text, and so it is here.
        values["date"] = fields.Date.to_string(self.date)
        new_id = self.goal_id.replace(values, self.reason)
        return self.env["crm.rollout.goal"].browse(new_id).action_open()
