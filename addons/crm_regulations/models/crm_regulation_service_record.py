from odoo import fields, models


class CrmRegulation(models.Model):
    """Whether customers see how a regulation was kept."""

    _inherit = "crm.regulation"

    on_service_record = fields.Boolean(
        string="On the service record",
        default=True,
        help="Its promises stand on the service record that is printed for a customer. "
        "Switch it off for what is only our own work, such as the analysis of a "
        "refusal. May be changed while the regulation is in force.",
    )
