from odoo import api, fields, models, tools
from odoo.exceptions import ValidationError

from ..core.terms import CREDIT, DEFERRAL, DISCOUNT, PREPAYMENT

_PERCENTS = (PREPAYMENT, DISCOUNT)


class CrmSegmentTerms(models.Model):
    """A financial term of a category: what an order may grant without being asked."""

    _name = "crm.segment.terms"
    _description = "Financial Term of a Category"
    _inherit = ["crm.checked.values"]
    _order = "company_id, segmentation_id, segment_sequence, kind, id"

    segment_id = fields.Many2one(
        "crm.segment", string="Category", required=True, ondelete="cascade", index=True
    )
    segmentation_id = fields.Many2one(related="segment_id.segmentation_id", store=True)
    segment_sequence = fields.Integer(related="segment_id.sequence", store=True)
    company_id = fields.Many2one(
        related="segment_id.segmentation_id.company_id", store=True, index=True
    )
    kind = fields.Selection(
        [
            (PREPAYMENT, "Prepayment, at least"),
            (DEFERRAL, "Payment after, at most"),
            (CREDIT, "Open debt, at most"),
            (DISCOUNT, "Discount, at most"),
        ],
        required=True,
        help="Prepayment: the share due with the order or at once with the invoice, in "
        "per cent. Payment after: the last day of the payment terms, in days. Open "
        "debt: what is invoiced and not paid, what is confirmed and not invoiced, and "
        "the order itself. Discount: the largest discount of a line, in per cent; "
        "discounts inside a price list are not seen. A term that is not named has no "
        "limit.",
    )
    value = fields.Float(string="Limit", required=True)
    unit = fields.Char(compute="_compute_unit")

    _unique_kind = models.Constraint(
        "UNIQUE(segment_id, kind)",
        "This category has a limit of this kind already. Change that one.",
    )

    @api.depends("kind", "company_id.currency_id.symbol")
    @api.depends_context("lang")
    def _compute_unit(self):
        for term in self:
            if term.kind == CREDIT:
                term.unit = term.company_id.currency_id.symbol or ""
            elif term.kind == DEFERRAL:
                term.unit = term.env._("days")
            else:
                term.unit = "%" if term.kind else ""

    @api.constrains("kind", "value")
    def _check_value(self):
        for term in self:
            if term.value < 0 or (term.kind in _PERCENTS and term.value > 100):
                raise ValidationError(
                    term.env._(
                        "crm_regulations.terms_value: Category %(category)s: "
                        "%(value)s is no limit; it must be at least 0, and at most "
                        "100 where it is per cent.",
                        category=term.segment_id.display_name,
                        value=f"{term.value:g}",
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        terms = super().create(vals_list)
        self.env.registry.clear_cache()
        return terms

    def write(self, vals):
        done = super().write(vals)
        self.env.registry.clear_cache()
        return done

    def unlink(self):
        done = super().unlink()
        self.env.registry.clear_cache()
        return done

    @api.model
    @tools.ormcache("company_id")
    def _of_company(self, company_id):
        """The terms of a company, looked up once.

        :return: {id of a category: {kind: limit}}
        """
        found = {}
        for term in self.sudo().search([("company_id", "=", company_id)]):
            found.setdefault(term.segment_id.id, {})[term.kind] = term.value
        return found
