from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from odoo.addons.crm_segmentation.core.wire import words


class CrmRegulationGap(models.Model):
    """Why a cell of the coverage needs no regulation, and who says so."""

    _name = "crm.regulation.gap"
    _inherit = ["crm.checked"]
    _description = "Cell without a Regulation"
    _check_company_auto = True
    _order = "process, id"
    _rec_name = "reason"

    company_id = fields.Many2one(
        "res.company",
        required=True,
        readonly=True,
        default=lambda self: self.env.company,
    )
    process = fields.Selection(
        selection=lambda self: self.env["crm.regulation"]._fields["process"].selection,
        required=True,
    )
    segment_id = fields.Many2one(
        "crm.segment", string="Category", ondelete="cascade", check_company=True
    )
    sale_kind_id = fields.Many2one(
        "crm.sale.kind", string="Kind of sale", ondelete="cascade"
    )
    department_id = fields.Many2one(
        "hr.department", ondelete="cascade", check_company=True
    )
    reason = fields.Char(
        string="Not needed because",
        required=True,
        help="In a few words; it stands in the cell with your name.",
    )
    user_id = fields.Many2one(
        "res.users",
        string="Said by",
        default=lambda self: self.env.user,
        readonly=True,
        required=True,
        ondelete="restrict",
    )
    date = fields.Datetime(
        string="On", default=fields.Datetime.now, readonly=True, required=True
    )

    _once = models.UniqueIndex(
        "(company_id, process, COALESCE(segment_id, 0), COALESCE(sale_kind_id, 0), "
        "COALESCE(department_id, 0))",
        "This cell has an explanation already. Change that one.",
    )
    _one_row = models.Constraint(
        "CHECK(num_nonnulls(segment_id, sale_kind_id, department_id) = 1)",
        "Say of one category, one kind of sale or one department.",
    )

    @api.constrains("reason")
    def _check_reason(self):
        for gap in self:
            if not words(gap.reason):
                raise ValidationError(
                    self.env._(
                        "crm_regulations.reason: Say why no regulation is needed, in a "
                        "few words."
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            if not self.env.su:
                vals.update(user_id=self.env.uid, date=fields.Datetime.now())
        return super().create(vals_list)

    def write(self, vals):
        if not self.env.su and vals.keys() - {"reason"}:
            raise UserError(
                self.env._(
                    "crm_regulations.gap: Only the reason can be changed. Delete the "
                    "explanation and explain the other cell."
                )
            )
        if "reason" in vals:
            vals = {**vals, "user_id": self.env.uid, "date": fields.Datetime.now()}
        return super().write(vals)

    def action_save(self):
        """Close the dialog; the row is saved already.

        :return: an action
        """
        return {"type": "ir.actions.act_window_close"}

    def action_remove(self):
        """The cell needs a regulation after all.

        :return: an action
        """
        self.unlink()
        return {"type": "ir.actions.act_window_close"}
