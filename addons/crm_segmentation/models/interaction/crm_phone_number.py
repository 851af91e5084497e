from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...core.phone import digits, international, is_international, tail


class CrmPhoneNumber(models.Model):
    """Further numbers of a counterparty; Odoo's own field holds one."""

    _name = "crm.phone.number"
    _description = "Further Phone Number"
    _order = "partner_id, id"
    _rec_name = "number"

    partner_id = fields.Many2one(
        "res.partner",
        string="Counterparty",
        required=True,
        ondelete="cascade",
        index=True,
    )
    number = fields.Char(required=True, help="As you dial it.")
    label = fields.Char(help="Whose or where it is: mobile, reception, ward …")
    phone_key = fields.Char(
        string="Compared as",
        compute="_compute_phone_key",
        store=True,
        index="btree_not_null",
        help="The number in the international form, or its digits alone.",
    )
    phone_tail = fields.Char(
        string="Last digits",
        compute="_compute_phone_key",
        store=True,
        index="btree_not_null",
        help="Finds numbers that were written without their prefixes.",
    )

    _number_unique = models.UniqueIndex(
        "(partner_id, phone_key)", "The counterparty has this number already."
    )

    @api.depends("number", "partner_id.country_id", "partner_id.company_id")
    def _compute_phone_key(self):
        for line in self:
            partner = line.partner_id
            country = partner.country_id or partner.company_id.country_id
            line.phone_key = self._key(line.number, country) or False
            line.phone_tail = tail(line.number) or False

    @api.constrains("number")
    def _check_number(self):
        for line in self:
            if not digits(line.number):
                raise ValidationError(
                    self.env._(
                        "crm_segmentation.phone_number: “%(number)s” is not a phone "
                        "number; write it with digits, such as +380 44 245 31 18.",
                        number=line.number,
                    )
                )

    @api.model
    def _key(self, number, country=None):
        """By what numbers are compared.

        :param number: a number as people type it
        :param country: where it is dialled; the company's country by default
        :return: the number in E.164, its bare digits if Odoo cannot read it, or an
            empty text
        """
        country = country or self.env.company.country_id
        found = number and self.env["res.partner"]._phone_format(
            number=number, country=country
        )
        # Without its library Odoo returns the number as it was typed.
        if is_international(found):
            return found
        return international(number, country.phone_code) or digits(number)

    @api.model
    def _remember(self, partner, number, label=False):
        """Add a number to a counterparty that does not have it yet."""
        key = self._key(number, partner.country_id)
        numbers = self.sudo()
        known = numbers.search_count(
            [("partner_id", "=", partner.id), ("phone_key", "=", key)], limit=1
        )
        same = key == self._key(partner.phone, partner.country_id)
        if key and not known and not same:
            numbers.create({"partner_id": partner.id, "number": number, "label": label})
