from odoo import fields, models


class CrmDealRole(models.Model):
    _name = "crm.deal.role"
    _description = "Role in a Deal"
    _order = "sequence, name, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(
        required=True,
        help="Short name without spaces for integrations, such as “competitor”.",
    )
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    is_rival = fields.Boolean(
        string="Rival",
        help="Wants the deal for itself, so that it may win it from us.",
    )
    counterparty_type_ids = fields.Many2many(
        "crm.counterparty.type",
        relation="crm_deal_role_type_rel",
        column1="role_id",
        column2="type_id",
        string="Suggested types",
        help="Counterparties of these types are suggested for the role. Empty: "
        "everybody.",
    )

    _code_unique = models.UniqueIndex("(code)", "Another role has this code already.")
