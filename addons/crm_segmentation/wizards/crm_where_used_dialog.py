import ast

from odoo import fields, models


class CrmWhereUsedDialog(models.TransientModel):
    _name = "crm.where.used.dialog"
    _description = "Where Used"

    name = fields.Char(readonly=True)
    line_ids = fields.One2many("crm.where.used.line", "dialog_id", readonly=True)


class CrmWhereUsedLine(models.TransientModel):
    _name = "crm.where.used.line"
    _description = "What Refers to a Record"
    _order = "blocks desc, sequence, id"

    dialog_id = fields.Many2one("crm.where.used.dialog", ondelete="cascade")
    sequence = fields.Integer()
    kind = fields.Char(string="Used by", readonly=True)
    count = fields.Integer(string="How many", readonly=True)
    names = fields.Char(string="Which", readonly=True)
    blocks = fields.Boolean(
        string="Forbids deletion",
        readonly=True,
        help="As long as it refers to the record, the record cannot be deleted.",
    )
    model = fields.Char(readonly=True)
    domain = fields.Char(readonly=True)

    def action_open(self):
        """The records that refer to it, as far as the user may see them."""
        self.ensure_one()
        self.env[self.model].check_access("read")
        return {
            "type": "ir.actions.act_window",
            "name": self.kind,
            "res_model": self.model,
            "view_mode": "list,form",
            "views": [(False, "list"), (False, "form")],
            "domain": ast.literal_eval(self.domain),
            "context": {"active_test": False},
        }
