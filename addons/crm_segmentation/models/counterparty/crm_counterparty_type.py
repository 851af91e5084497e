from odoo import fields, models


class CrmCounterpartyType(models.Model):
    _name = "crm.counterparty.type"
    _description = "Counterparty Type"
    _order = "sequence, name"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(
        required=True,
        help="Short name without spaces for integrations, such as “dealer”.",
    )
    description = fields.Text(
        translate=True, help="Whom to give this type, in a sentence."
    )
    sequence = fields.Integer(default=10)
    color = fields.Integer()
    active = fields.Boolean(default=True)
    partner_ids = fields.Many2many(
        "res.partner",
        relation="crm_counterparty_type_partner_rel",
        column1="type_id",
        column2="partner_id",
        string="Counterparties",
    )

    _code_unique = models.UniqueIndex(
        "(code)", "Another counterparty type has this code already."
    )
