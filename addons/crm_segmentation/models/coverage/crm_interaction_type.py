from odoo import fields, models


class CrmInteractionType(models.Model):
    _inherit = "crm.interaction.type"

    is_talk = fields.Boolean(
        string="Both sides talk",
        help="A call, a meeting, a visit: the counterparty is reached by it whoever "
        "began. A letter from us reaches nobody until it is answered.",
    )
