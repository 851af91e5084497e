from odoo import api, fields, models

from ..engine.facts.contract_ways import DATE, INVOICED, PROJECT, has_projects


class ResCompany(models.Model):
    _inherit = "res.company"

    crm_contract_completed_by = fields.Selection(
        [
            (INVOICED, "Everything is delivered and invoiced"),
            (PROJECT, "Its project is done"),
            (DATE, "It has ended by its date"),
        ],
        string="A contract is completed when",
        default=INVOICED,
        required=True,
        help="What a sales order must have come to for regulations about completed "
        "contracts. Delivered and invoiced: all of it, with no invoice still a draft. "
        "Project: every project of the order is complete. Date: the day on which the "
        "contract ends, written on the order, is over.",
    )


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    crm_contract_completed_by = fields.Selection(
        related="company_id.crm_contract_completed_by", readonly=False
    )
    crm_contract_lacks_projects = fields.Boolean(
        compute="_compute_crm_contract_lacks_projects"
    )

    @api.depends("crm_contract_completed_by")
    def _compute_crm_contract_lacks_projects(self):
        for settings in self:
            settings.crm_contract_lacks_projects = (
                settings.crm_contract_completed_by == PROJECT
                and not has_projects(self.env)
            )


class SaleOrder(models.Model):
    _inherit = "sale.order"

    crm_contract_end = fields.Date(
        string="Contract ends on",
        copy=False,
        tracking=True,
        index="btree_not_null",
        help="The last day of the contract. It is completed when this day is over, if "
        "our company counts contracts by their date.",
    )
    crm_contract_completed_by = fields.Selection(
        related="company_id.crm_contract_completed_by"
    )
