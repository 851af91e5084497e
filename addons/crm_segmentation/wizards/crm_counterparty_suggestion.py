from collections import Counter

from odoo import Command, api, fields, models
from odoo.exceptions import UserError


class CrmCounterpartySuggestion(models.TransientModel):
    """Types for many counterparties at once, by what their documents say."""

    _name = "crm.counterparty.suggestion"
    _description = "Suggested Counterparty Types"

    only_untyped = fields.Boolean(
        string="Only those without a type",
        default=True,
        help="Off: also a further type for those who have one, such as a client who "
        "sends bills.",
    )
    untyped_count = fields.Integer(
        string="Without a type", compute="_compute_untyped_count"
    )
    unclear_count = fields.Integer(
        string="Nothing is known about",
        compute="_compute_untyped_count",
        help="Without a type, and without a document that suggests one.",
    )
    line_ids = fields.One2many("crm.counterparty.suggestion.line", "suggestion_id")
    result = fields.Text(readonly=True)

    @api.depends("line_ids")
    def _compute_untyped_count(self):
        partners = self.env["res.partner"]
        untyped = partners.search_count([("is_untyped", "=", True)])
        for suggestion in self:
            suggestion.untyped_count = untyped
            types = suggestion.line_ids.type_id
            suggestion.unclear_count = untyped - partners.search_count(
                [
                    ("is_untyped", "=", True),
                    ("suggested_type_ids", "in", types.ids),
                ]
            )

    @api.onchange("only_untyped")
    def _onchange_only_untyped(self):
        self.line_ids = [Command.clear(), *self._lines()]

    @api.model
    def _open_new(self, result=""):
        self.env["crm.counterparty.type"]._check_coordinator()
        suggestion = self.create({"result": result})
        suggestion.line_ids = suggestion._lines()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Suggest counterparty types"),
            "res_model": self._name,
            "res_id": suggestion.id,
            "view_mode": "form",
            "views": [(False, "form")],
            "target": "new",
        }

    def action_apply(self):
        """Give the chosen types.

        :return: the dialog again, with what was done and what is left
        """
        self.ensure_one()
        types = self.env["crm.counterparty.type"]
        types._check_coordinator()
        lines = self.line_ids.filtered("is_chosen")
        if not lines:
            raise UserError(
                self.env._(
                    "crm_segmentation.nothing_chosen: No suggestion is ticked. Tick "
                    "the types that are to be given."
                )
            )
        # All are found first: who has got one type is without a type no more.
        found = [(line.type_id, self._partners(line.type_id)) for line in lines]
        return self._open_new("\n".join(self._applied(*pair) for pair in found))

    # --- inside ---------------------------------------------------------------

    def _applied(self, type_, partners):
        given, left_out = type_._give(partners)
        words = self.env._(
            "%(type)s: given to %(count)s", type=type_.display_name, count=len(given)
        )
        if left_out:
            words += self.env._(
                "; %(count)s left out, because required information is missing "
                "(%(names)s …)",
                count=len(left_out),
                names=", ".join(left_out[:3].mapped("display_name")),
            )
        return words

    def _domain(self, type_):
        domain = [("suggested_type_ids", "in", type_.ids)]
        return [("is_untyped", "=", True), *domain] if self.only_untyped else domain

    def _partners(self, type_):
        return self.env["res.partner"].search(self._domain(type_))

    def _lines(self):
        types = self.env["crm.counterparty.type"].search_fetch([])
        evidence = types._evidence()
        suggested = types.browse({type_id for type_id, *_rest in evidence.sources})
        lines = []
        for type_ in suggested.sorted():
            ids = self._partners(type_).ids
            if ids:
                lines.append(
                    Command.create(
                        {
                            "type_id": type_.id,
                            "count": len(ids),
                            "reasons": self._reasons(evidence, type_, ids),
                        }
                    )
                )
        return lines

    def _reasons(self, evidence, type_, ids):
        words = self.env["crm.counterparty.type"]._evidence_words()
        counts = Counter(
            reason
            for _id, type_id, reason, _count in evidence.reasons(ids)
            if type_id == type_.id
        )
        return ", ".join(
            f"{words[reason]}: {count}" for reason, count in counts.most_common()
        )


class CrmCounterpartySuggestionLine(models.TransientModel):
    _name = "crm.counterparty.suggestion.line"
    _description = "One Suggested Counterparty Type"

    suggestion_id = fields.Many2one(
        "crm.counterparty.suggestion", required=True, ondelete="cascade"
    )
    type_id = fields.Many2one("crm.counterparty.type", required=True)
    is_chosen = fields.Boolean(string="Give it", default=True)
    count = fields.Integer(string="Counterparties", readonly=True)
    reasons = fields.Char(
        string="Because they have",
        readonly=True,
        help="How many of them have which documents.",
    )

    def action_open_names(self):
        """The names, as a list that can be looked through and exported."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_segmentation.action_counterparty_suggested"
        )
        return {
            **action,
            "domain": self.suggestion_id._domain(self.type_id),
            "name": self.type_id.display_name,
        }
