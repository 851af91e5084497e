from collections import defaultdict

from odoo import fields, models


class ResPartner(models.Model):
    """Counterparties without a type, and what their documents say they are."""

    _inherit = "res.partner"

    is_untyped = fields.Boolean(
        string="Without a counterparty type",
        compute="_compute_is_untyped",
        search="_search_is_untyped",
        groups="base.group_user",
        help="A counterparty that nobody has given a type yet. Own companies, "
        "addresses, employees and portal users need none.",
    )
    suggested_type_ids = fields.Many2many(
        "crm.counterparty.type",
        compute="_compute_suggested_type_ids",
        search="_search_suggested_type_ids",
        string="Suggested types",
        help="What its documents say it is, beyond the types it has.",
    )
    suggestion_reasons = fields.Char(
        string="Because of", compute="_compute_suggested_type_ids"
    )

    def _compute_is_untyped(self):
        untyped = self.with_context(active_test=False).search(
            [("id", "in", self._origin.ids), ("is_untyped", "=", True)]
        )
        for partner in self:
            partner.is_untyped = partner._origin in untyped

    def _search_is_untyped(self, operator, value):
        if operator != "in" or len(set(value)) != 1:
            return NotImplemented
        untyped = self.env["crm.counterparty.type"]._evidence().untyped()
        return [("id", "in" if True in value else "not in", untyped)]

    def _compute_suggested_type_ids(self):
        types = self.env["crm.counterparty.type"]
        words = types._evidence_words()
        found = defaultdict(dict)
        asked = self._origin.filtered(lambda p: p.commercial_partner_id == p)
        for id_, type_id, reason, count in types._evidence().reasons(asked.ids):
            found[id_].setdefault(type_id, []).append(f"{words[reason]}: {count}")
        for partner in self:
            lacking = {
                type_id: reasons
                for type_id, reasons in found[partner._origin.id].items()
                if type_id not in partner.counterparty_type_ids.ids
            }
            partner.suggested_type_ids = types.browse(lacking)
            partner.suggestion_reasons = ", ".join(
                reason for reasons in lacking.values() for reason in reasons
            )

    def _search_suggested_type_ids(self, operator, value):
        if operator != "in":
            return NotImplemented
        types = self.env["crm.counterparty.type"]
        wanted = [id_ for id_ in value if id_]
        if False in value or not all(isinstance(id_, int) for id_ in wanted):
            return NotImplemented
        return [("id", "in", types._evidence().suggested(wanted))]

    def action_suggest_types(self):
        """The dialog that gives types to many at once."""
        return self.env["crm.counterparty.suggestion"]._open_new()
