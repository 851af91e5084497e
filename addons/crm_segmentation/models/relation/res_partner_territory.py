from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import sql


class ResPartner(models.Model):
    _inherit = "res.partner"

    territory_id = fields.Many2one(
        "crm.territory",
        compute="_compute_territory_id",
        store=True,
        readonly=False,
        recursive=True,
        index="btree_not_null",
        ondelete="set null",
        help="By the address, unless it was set by hand. A contact has the territory "
        "of its company.",
    )
    territory_manual = fields.Boolean(
        string="Territory set by hand",
        help="The territory stays when the address or the rules change.",
    )

    def _auto_init(self):
        # There are no territories yet, so nobody has one: a million counterparties
        # need not be computed at installation.
        if not sql.column_exists(self.env.cr, self._table, "territory_id"):
            sql.create_column(self.env.cr, self._table, "territory_id", "int4")
        return super()._auto_init()

    @api.depends(
        "country_id",
        "state_id",
        "zip",
        "company_id",
        "is_company",
        "parent_id.territory_id",
        "territory_manual",
    )
    def _compute_territory_id(self):
        where = self.env["crm.territory"]._map()
        for partner in self:
            if partner._follows_parent():
                partner.territory_id = partner.parent_id.territory_id
            elif partner.territory_manual:
                partner.territory_id = partner.territory_id
            else:
                partner.territory_id = where.find(
                    partner.company_id.id,
                    partner.country_id.id,
                    partner.state_id.id,
                    partner.zip,
                )

    def _follows_parent(self):
        """Whether the partner is a contact, which has its company's territory."""
        return bool(self.parent_id) and not self.is_company

    @api.model_create_multi
    def create(self, vals_list):
        vals_list = [self._territory_vals(vals) for vals in vals_list]
        partners = super().create(vals_list)
        partners._check_territory_by_hand(
            [bool(vals.get("territory_manual")) for vals in vals_list]
        )
        partners._salesperson_from_territory()
        return partners

    def write(self, vals):
        vals = self._territory_vals(vals)
        result = super().write(vals)
        if vals.get("territory_manual"):
            self._check_territory_by_hand([True] * len(self))
        return result

    @api.model
    def _territory_vals(self, vals):
        """Whoever writes a territory sets it by hand, and without one takes it back."""
        if "territory_id" not in vals:
            return vals
        by_hand = vals.get("territory_manual", bool(vals["territory_id"]))
        vals = {**vals, "territory_manual": by_hand}
        if not by_hand:
            del vals["territory_id"]
        return vals

    def _check_territory_by_hand(self, flags):
        for partner, by_hand in zip(self, flags, strict=True):
            territory = partner.territory_id.sudo()
            if not by_hand or not (partner.territory_manual and territory):
                continue
            if partner._follows_parent():
                raise ValidationError(
                    self.env._(
                        "crm_segmentation.territory_of_contact: %(partner)s has the "
                        "territory of %(company)s. Set it there.",
                        partner=partner.display_name,
                        company=partner.parent_id.display_name,
                    )
                )
            if territory.company_id and territory.company_id != partner.company_id:
                raise ValidationError(
                    self.env._(
                        "crm_segmentation.territory_company: “%(territory)s” is for "
                        "counterparties of %(company)s only, and %(partner)s is not "
                        "one of them. Choose a shared territory, or set the "
                        "counterparty's company.",
                        territory=territory.name,
                        company=territory.company_id.name,
                        partner=partner.display_name,
                    )
                )

    def _salesperson_from_territory(self):
        """New counterparties without a salesperson get the territory's, if told to."""
        for partner in self.filtered("territory_id"):
            company = (partner.company_id or self.env.company).sudo()
            responsible = partner.territory_id.sudo().user_id
            if company.territory_salesperson and responsible and not partner.user_id:
                partner.user_id = responsible
