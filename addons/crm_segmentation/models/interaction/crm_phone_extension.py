from odoo import fields, models


class CrmPhoneExtension(models.Model):
    """Who of us sits at which extension of the telephone exchange."""

    _name = "crm.phone.extension"
    _description = "Phone Extension"
    _order = "company_id, extension"
    _rec_name = "extension"

    extension = fields.Char(
        required=True, help="What colleagues dial, such as 101 or a SIP name."
    )
    user_id = fields.Many2one(
        "res.users",
        string="Our person",
        required=True,
        ondelete="cascade",
        index=True,
        help="Owes what the calls of this extension promise.",
    )
    company_id = fields.Many2one(
        "res.company",
        string="Our company",
        required=True,
        ondelete="cascade",
        default=lambda self: self.env.company,
    )

    _extension_unique = models.UniqueIndex(
        "(company_id, extension)", "This extension belongs to somebody already."
    )

    def _user_of(self, company_id, extension):
        """The id of who sits there, False for nobody we know."""
        found = self.sudo().search(
            [("company_id", "=", company_id), ("extension", "=", extension.strip())]
        )
        return found.user_id.id or False
