from odoo import api, models

# Whose records regulations are made for, and by which field.
_FIELDS = {
    "crm.segment": "segment_ids",
    "crm.counterparty.type": "counterparty_type_ids",
}


class CrmWhereUsed(models.AbstractModel):
    """Regulations that are made for a category or a type."""

    _inherit = "crm.where.used"

    def _where_used(self):
        """One that is retired is history; its frozen text does not need the record.

        A draft forbids the deletion, too: without its only category it would promise
        the same to everybody.
        """
        uses = super()._where_used()
        field = _FIELDS.get(self._name)
        if not field:
            return uses
        regulations = self.env["crm.regulation"].sudo()
        found = regulations.search([(field, "in", self.ids)])
        retired = found.filtered(lambda regulation: regulation.state == "retired")
        added = [
            self._use(
                "crm.regulation",
                [("id", "in", (found - retired).ids)],
                True,
                self.env._("Regulations"),
            ),
            self._use(
                "crm.regulation",
                [("id", "in", retired.ids)],
                False,
                self.env._("Retired regulations"),
            ),
        ]
        return uses + [use for use in added if use["count"]]

    @api.model
    def _not_listed(self):
        listed = {f"crm.regulation.{field}" for field in _FIELDS.values()}
        listed.add("crm.handover.line.segment_id")
        return super()._not_listed() | listed
