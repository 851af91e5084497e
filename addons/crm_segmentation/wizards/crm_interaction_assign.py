from odoo import api, fields, models
from odoo.exceptions import UserError


class CrmInteractionAssign(models.TransientModel):
    """It is …: says who was at the other end of unmatched calls."""

    _name = "crm.interaction.assign"
    _description = "Say Who Called"

    interaction_ids = fields.Many2many(
        "crm.interaction", string="Interactions", required=True
    )
    partner_id = fields.Many2one(
        "res.partner", string="It is", required=True, help="Who called or wrote."
    )
    candidate_ids = fields.Many2many(
        "res.partner",
        string="May be",
        compute="_compute_candidates",
        help="Those who have this number or one that ends alike.",
    )
    phones = fields.Char(string="Number", compute="_compute_candidates")
    same_count = fields.Integer(
        string="Interactions of this caller", compute="_compute_candidates"
    )
    remember = fields.Boolean(
        string="Remember the number",
        default=True,
        help="Keeps it as a further number of the counterparty, which is then known "
        "when it calls again.",
    )
    label = fields.Char(help="Whose or where the number is: mobile, reception …")

    @api.depends("interaction_ids")
    def _compute_candidates(self):
        for dialog in self:
            talks = dialog.interaction_ids._origin
            numbers = sorted({talk.phone for talk in talks if talk.phone})
            dialog.phones = ", ".join(numbers)
            dialog.same_count = len(talks._same_caller()) if talks else 0
            first = talks[:1]
            dialog.candidate_ids = first._callers().found if first else False

    def action_assign(self):
        """Assign all unmatched interactions of the same numbers."""
        self.ensure_one()
        talks = self.interaction_ids
        talks.check_access("write")
        if not self.partner_id:
            raise UserError(
                self.env._("crm_segmentation.no_counterparty: Say who it was.")
            )
        talks._check_unmatched()
        if self.remember:
            talks._remember_numbers(self.partner_id, self.label)
        talks._same_caller().write({"partner_id": self.partner_id.id})
        return {"type": "ir.actions.act_window_close"}
