from odoo import api, fields, models


class CrmObligationExcuseWindow(models.TransientModel):
    """The dialog of :meth:`crm.obligation.excuse_window`."""

    _name = "crm.obligation.excuse.window"
    _inherit = ["crm.excuse.reason.mixin"]
    _description = "Excuse What Was Due Meanwhile"

    date_from = fields.Datetime(
        string="From", required=True, default=fields.Datetime.now
    )
    date_to = fields.Datetime(string="To", required=True, default=fields.Datetime.now)
    territory_ids = fields.Many2many("crm.territory", string="Territories")
    department_ids = fields.Many2many("hr.department", string="Departments")
    user_ids = fields.Many2many(
        "res.users", string="People", domain=[("share", "=", False)]
    )
    regulation_ids = fields.Many2many("crm.regulation", string="Regulations")
    reason = fields.Text(
        required=True, help="It is kept in the log of every one, with your name."
    )
    count = fields.Integer(string="Promises", compute="_compute_count")

    @api.depends(
        "date_from", "date_to", "territory_ids", "department_ids", "user_ids",
        "regulation_ids",
    )  # fmt: skip
    def _compute_count(self):
        obligations = self.env["crm.obligation"]
        for dialog in self:
            if dialog.date_from and dialog.date_to >= dialog.date_from:
                domain = obligations._window_domain(
                    dialog.date_from, dialog.date_to, dialog._place()
                )
                dialog.count = obligations.search_count(domain)
            else:
                dialog.count = 0

    def _place(self):
        names = ("territory_ids", "department_ids", "user_ids", "regulation_ids")
        return {name: self[name]._origin.ids for name in names}

    def action_excuse(self):
        """Excuse all of them with the same reason."""
        self.ensure_one()
        self.env["crm.obligation"].excuse_window(
            self.date_from, self.date_to, self.reason, self._place()
        )
        return {"type": "ir.actions.act_window_close"}
