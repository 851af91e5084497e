from odoo import fields, models


class ResCompany(models.Model):
    """How many automatic letters a customer may get."""

    _inherit = "res.company"

    crm_contact_cap = fields.Integer(
        string="Automatic letters per customer in 30 days",
        default=4,
        help="Mailings, announcements and letters of regulations together. Who had "
        "that many is left for a call or the next time. 0: any number.",
    )

    _crm_contact_cap_not_negative = models.Constraint(
        "CHECK(crm_contact_cap >= 0)",
        "The number of automatic letters must not be negative; 0 means any number.",
    )


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    crm_contact_cap = fields.Integer(
        related="company_id.crm_contact_cap", readonly=False
    )
