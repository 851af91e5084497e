from odoo import fields, models


class ResPartner(models.Model):
    _inherit = "res.partner"

    counterparty_type_ids = fields.Many2many(
        "crm.counterparty.type",
        relation="crm_counterparty_type_partner_rel",
        column1="partner_id",
        column2="type_id",
        string="Counterparty Types",
        help="What the counterparty is to us; it may be several things at once.",
    )
    customer_since = fields.Date(
        help="The day the relationship began, also before Odoo. Without it the first "
        "purchase counts.",
    )
