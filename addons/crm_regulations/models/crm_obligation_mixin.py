from odoo import fields, models


class CrmObligationMixin(models.AbstractModel):
    """The smart button of a record that promises are about."""

    _name = "crm.obligation.mixin"
    _description = "Obligations of a Record"

    obligation_open_count = fields.Integer(
        string="Open promises", compute="_compute_obligation_open_count"
    )

    def _obligation_field(self):
        """The field of crm.obligation that points here."""
        raise NotImplementedError

    def _compute_obligation_open_count(self):
        field = self._obligation_field()
        counts = dict(
            self.env["crm.obligation"]._read_group(
                [*self._obligation_domain(), ("state", "in", ("open", "breached"))],
                [field],
                ["__count"],
            )
        )
        by_id = {getattr(key, "id", key): count for key, count in counts.items()}
        for record in self:
            record.obligation_open_count = by_id.get(record.id, 0)

    def action_open_obligations(self):
        """The promises about this record, those that are still open first."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_regulations.action_obligation"
        )
        return {
            **action,
            "domain": self._obligation_domain(),
            "context": {"create": False},
        }

    def _obligation_domain(self):
        return [(self._obligation_field(), "in", self.ids)]
