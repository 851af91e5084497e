from odoo import fields, models


class CrmLead(models.Model):
    _inherit = "crm.lead"

    segment_ids = fields.Many2many(
        related="partner_id.commercial_partner_id.own_segment_ids",
        related_sudo=False,
        string="Categories",
        help="The categories of the customer.",
    )

    def _read_group_groupby(self, alias, groupby_spec, query):
        # The ORM groups by related fields only if they are read by the superuser.
        if groupby_spec == "segment_ids":
            groupby_spec = "partner_id.commercial_partner_id.own_segment_ids"
        return super()._read_group_groupby(alias, groupby_spec, query)
