from odoo import fields, models


class CrmRolloutDecideFit(models.TransientModel):
    """The dialog in which the sponsor says whether this is a CRM project."""

    _name = "crm.rollout.decide.fit"
    _inherit = ["crm.rollout.dialog"]
    _about = "rollout_id"
    _description = "Decide on Fit"

    rollout_id = fields.Many2one("crm.rollout", required=True, readonly=True)
    fit_summary = fields.Text(related="rollout_id.fit_summary", related_sudo=False)
    decision = fields.Selection(
        [
            ("is_crm", "Yes: go on with stage 1"),
            ("not_crm", "No: close it here, the trouble lies elsewhere"),
        ],
        required=True,
        default="is_crm",
    )
    reason = fields.Text(
        help="One or two sentences that will still be understood in a year."
    )

    def action_decide(self):
        """Record the decision."""
        self.ensure_one()
        self.rollout_id.decide_fit(self.decision, self.reason)
        return {"type": "ir.actions.client", "tag": "soft_reload"}
