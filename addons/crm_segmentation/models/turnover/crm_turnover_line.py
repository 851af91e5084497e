from odoo import api, fields, models


class CrmTurnoverLine(models.Model):
    _name = "crm.turnover.line"
    _description = "Turnover Outside Accounting"
    _order = "date desc, id desc"
    _rec_name = "partner_id"
    _check_company_auto = True

    partner_id = fields.Many2one(
        "res.partner",
        string="Counterparty",
        required=True,
        ondelete="restrict",
        index=True,
        check_company=True,
    )
    commercial_partner_id = fields.Many2one(
        related="partner_id.commercial_partner_id", store=True, index=True
    )
    date = fields.Date(required=True, default=fields.Date.context_today, index=True)
    amount = fields.Monetary(
        required=True,
        help="Without tax. A return is a negative amount.",
    )
    currency_id = fields.Many2one(
        "res.currency",
        required=True,
        default=lambda self: self.env.company.currency_id,
    )
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    company_currency_id = fields.Many2one(
        related="company_id.currency_id", string="Company Currency"
    )
    amount_company = fields.Monetary(
        string="In company currency",
        currency_field="company_currency_id",
        compute="_compute_amount_company",
        store=True,
        help="At the rate of the day of the turnover.",
    )
    product_categ_id = fields.Many2one("product.category", string="Product Category")
    origin = fields.Char(
        required=True,
        default="manual",
        help="Where the line comes from: the name of a file, of a wholesaler …",
    )
    external_ref = fields.Char(
        string="Reference",
        help="The line's name in its origin. Loading it again changes nothing.",
    )

    _reference_unique = models.UniqueIndex(
        "(company_id, origin, external_ref) WHERE external_ref IS NOT NULL",
        "This line was loaded already: same company, origin and reference.",
    )
    _crm_changed_idx = models.Index("(write_date)")

    @api.depends("amount", "currency_id", "company_id", "date")
    def _compute_amount_company(self):
        for line in self:
            line.amount_company = (
                line.currency_id._convert(
                    line.amount,
                    line.company_id.currency_id,
                    line.company_id,
                    line.date or fields.Date.context_today(line),
                )
                if line.currency_id
                else line.amount
            )
