from odoo import api, fields, models

from ..core.roster import on_duty
from ..engine.duties import row_of


class CrmRegulationStep(models.Model):
    """A step that whoever is on duty owes."""

    _inherit = "crm.regulation.step"

    responsible_kind = fields.Selection(
        selection_add=[("duty", "Who is on duty")],
        ondelete={"duty": "set default"},
        help="If there is no such person, the next of these owes it: the person named "
        "below, the customer's salesperson, who talked to the customer, the owner of "
        "the regulation. Who is on duty stands in the duty roster; it is looked up "
        "when the promise begins.",
    )
    duty_user_id = fields.Many2one(
        "res.users",
        string="On duty now",
        compute="_compute_duty_user_id",
        help="According to the duty roster, which can be changed at any time without a "
        "new version of the regulation.",
    )

    @api.depends("responsible_kind", "regulation_id.process", "regulation_id.code")
    def _compute_duty_user_id(self):
        now, roster = fields.Datetime.now(), {}
        rows = self.env["crm.duty"].sudo()
        for company in self.company_id:
            found = rows.search([("company_id", "=", company.id)])
            roster[company] = [row_of(row) for row in found]
        for step in self:
            regulation = step.regulation_id
            is_duty = step.responsible_kind == "duty"
            ids = is_duty and on_duty(
                roster.get(step.company_id, ()),
                now,
                regulation.process or "",
                regulation.code or "",
            )
            step.duty_user_id = ids[0] if ids else False
