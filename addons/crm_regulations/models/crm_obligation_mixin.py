from odoo import fields, models


class CrmObligationMixin(models.AbstractModel):
    """The smart button of a record that promises are about."""

    _name = "crm.obligation.mixin"
    _description = "Promises about a Record"

    obligation_open_count = fields.Integer(
        string="Open promises", compute="_compute_obligation_open_count"
    )

    def _obligation_field(self):
        """The field of crm.obligation that points here."""
        raise NotImplementedError

    def _obligation_id(self):
        """What the field must hold for a record."""
        return self.id

    def _obligation_domain(self):
        """The obligations that are shown on the pages of these records."""
        ids = [record._obligation_id() for record in self]
        return [(self._obligation_field(), "in", ids)]

    def _compute_obligation_open_count(self):
        # A form that is read right after it was saved shows what the save began.
        self.env["crm.changes"]._dispatch_pending()
        groups = self.env["crm.obligation"]._read_group(
            [*self._obligation_domain(), ("date_end", "=", False)],
            [self._obligation_field()],
            ["__count"],
        )
        counts = {getattr(key, "id", key): count for key, count in groups}
        for record in self:
            record.obligation_open_count = counts.get(record._obligation_id(), 0)

    def action_open_obligations(self):
        """The promises about this record, those that are most urgent first."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_regulations.action_obligation"
        )
        return {**action, "domain": self._obligation_domain(), "context": {}}
