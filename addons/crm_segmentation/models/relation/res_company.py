from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    territory_salesperson = fields.Boolean(
        string="Salesperson by territory",
        help="New leads and counterparties without a salesperson get the person "
        "responsible for their territory.",
    )


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    territory_salesperson = fields.Boolean(
        related="company_id.territory_salesperson", readonly=False
    )
