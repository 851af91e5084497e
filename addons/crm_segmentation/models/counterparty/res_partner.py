from odoo import api, fields, models
from odoo.exceptions import ValidationError


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

    @api.constrains("customer_since")
    def _check_customer_since(self):
        today = fields.Date.today()
        for partner in self.filtered("customer_since"):
            if partner.customer_since > today:
                raise ValidationError(
                    self.env._(
                        "crm_segmentation.customer_since: %(partner)s cannot be a "
                        "customer since %(day)s: that day is still to come.",
                        partner=partner.display_name,
                        day=partner.customer_since,
                    )
                )
