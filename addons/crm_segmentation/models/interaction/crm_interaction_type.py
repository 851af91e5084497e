from odoo import fields, models


class CrmInteractionType(models.Model):
    _name = "crm.interaction.type"
    _description = "Interaction Type"
    _order = "sequence, name"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(
        required=True,
        help="Short name without spaces for integrations, such as “call”.",
    )
    sequence = fields.Integer(default=10)
    icon = fields.Char(
        default="fa-comment", help="A Font Awesome icon, such as fa-phone."
    )
    active = fields.Boolean(default=True)

    _code_unique = models.UniqueIndex(
        "(code)", "Another interaction type has this code already."
    )
