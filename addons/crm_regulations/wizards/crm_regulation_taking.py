from odoo import fields, models

from ..models.crm_regulation_library import FAILED, IN_USE, TAKEN


class CrmRegulationTaking(models.TransientModel):
    """What became of the ready regulations that were ticked."""

    _name = "crm.regulation.taking"
    _description = "Taken into Use"

    line_ids = fields.One2many("crm.regulation.taking.line", "taking_id", readonly=True)


class CrmRegulationTakingLine(models.TransientModel):
    """One of them."""

    _name = "crm.regulation.taking.line"
    _description = "Ready Regulation Taken into Use"

    taking_id = fields.Many2one(
        "crm.regulation.taking", required=True, ondelete="cascade"
    )
    code = fields.Char()
    name = fields.Char(string="Regulation")
    status = fields.Selection(
        [(TAKEN, "Done"), (IN_USE, "In use already"), (FAILED, "Not possible")],
        string="Result",
    )
    message = fields.Char(string="What it means")
