from odoo import fields, models


class CrmAffiliationRole(models.Model):
    _name = "crm.affiliation.role"
    _description = "Role in an Organization"
    _order = "sequence, name, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
