from odoo import api, fields, models
from odoo.exceptions import UserError


class ResPartner(models.Model):
    _inherit = "res.partner"

    own_segment_ids = fields.Many2many(
        "crm.segment",
        relation="crm_segment_membership",
        column1="partner_id",
        column2="segment_id",
        string="Own Categories",
        readonly=True,
        copy=False,
        # One that is taken out of the rule is in force until the next publishing.
        context={"active_test": False},
        help="The categories of this counterparty itself.",
    )
    segment_ids = fields.Many2many(
        related="commercial_partner_id.own_segment_ids",
        # Read as the user, who sees the categories of the own companies only.
        related_sudo=False,
        string="Categories",
        help="The categories of the counterparty or, for a contact, of its company.",
    )
    membership_ids = fields.One2many(
        "crm.segment.membership", "partner_id", string="Category Details", copy=False
    )

    def _read_group_groupby(self, alias, groupby_spec, query):
        # The ORM groups by related fields only if they are read by the superuser.
        if groupby_spec == "segment_ids":
            groupby_spec = "commercial_partner_id.own_segment_ids"
        return super()._read_group_groupby(alias, groupby_spec, query)

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_categories_untouched(vals)
        return super().create(vals_list)

    def write(self, vals):
        self._check_categories_untouched(vals)
        return super().write(vals)

    def _check_categories_untouched(self, vals):
        if {"own_segment_ids", "segment_ids", "membership_ids"} & vals.keys():
            raise UserError(
                self.env._(
                    "crm_segmentation.category_is_computed: A category is computed "
                    "from the segmentation's rule. To set another one, use “Set by "
                    "hand” with a reason (crm.segmentation, set_override)."
                )
            )
