from odoo import models


class CrmCategorized(models.AbstractModel):
    """A document or a report that shows the categories of its counterparty.

    The model declares ``segment_ids``, related along :attr:`_segment_path` and read as
    the user, who sees the categories of the own companies only.
    """

    _name = "crm.categorized"
    _description = "Document with a Category"

    # How the categories are reached; the last step is ``own_segment_ids``.
    _segment_path = "partner_id.commercial_partner_id.own_segment_ids"

    def _read_group_groupby(self, alias, groupby_spec, query):
        # The ORM groups by related fields only if they are read by the superuser.
        if groupby_spec == "segment_ids":
            groupby_spec = self._segment_path
        return super()._read_group_groupby(alias, groupby_spec, query)

    def action_explain_category(self):
        """Why the counterparty has its category, in a dialog."""
        self.ensure_one()
        return self.partner_id.action_explain_category()
