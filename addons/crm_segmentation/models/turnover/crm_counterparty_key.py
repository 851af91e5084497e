from odoo import fields, models


class CrmCounterpartyKey(models.Model):
    """What another system calls a counterparty, so that it is found again.

    A reference on the partner would not do: it belongs to the people, two systems may
    use the same one, and nothing in the database keeps it unique.
    """

    _name = "crm.counterparty.key"
    _description = "Counterparty's Name in Another System"
    _order = "origin, key, id"
    _rec_name = "key"
    _check_company_auto = True

    origin = fields.Char(
        required=True,
        help="The other system or list: the name of a wholesaler, of the program "
        "before Odoo …",
    )
    key = fields.Char(
        string="Called there",
        required=True,
        help="The customer's number or name in that system.",
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Counterparty",
        required=True,
        ondelete="cascade",
        index=True,
        check_company=True,
    )
    company_id = fields.Many2one(
        "res.company",
        string="Our company",
        required=True,
        ondelete="cascade",
        default=lambda self: self.env.company,
    )

    _key_unique = models.Constraint(
        "UNIQUE(company_id, origin, key)",
        "This name of this system belongs to a counterparty already.",
    )
