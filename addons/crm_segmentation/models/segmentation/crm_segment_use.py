import ast

from odoo import api, fields, models

from ...core.naming import names_category

# How a category is reached from the records that have one.
_PATHS = ("segment_ids", "own_segment_ids")


class CrmSegment(models.Model):
    """Where a category is used, and taking it out of the rule."""

    _name = "crm.segment"
    _inherit = ["crm.segment", "crm.where.used"]

    _in_use_code = "category_in_use"

    active = fields.Boolean(
        default=True,
        help="A category that is not active is out of the rule with the next "
        "publishing; its history stays.",
    )

    def _where_used(self):
        return [
            use
            for use in (
                *super()._where_used(),
                self._published_use(),
                *self._history_uses(),
                *self._filter_uses(),
            )
            if use["count"]
        ]

    @api.model
    def _not_listed(self):
        return super()._not_listed() | {
            "res.partner.own_segment_ids",
            "crm.segment.movement.from_segment_id",
            "crm.segment.movement.to_segment_id",
            "crm.segment.membership.segment_id",
            "crm.segment.membership.computed_segment_id",
            "crm.segment.membership.wanted_segment_id",
        }

    def _instead_of_deleting(self):
        return self.env._(
            ", or archive the category and publish: it leaves the rule and its "
            "history stays"
        )

    def _published_use(self):
        """The rule in force, which holds the category's id."""
        rule = (self.segmentation_id.sudo().spec or {}).get("categories", [])
        found = any(row["id"] == self.id for row in rule)
        domain = [("id", "in", self.segmentation_id.ids if found else [])]
        return self._use(
            "crm.segmentation", domain, True, self.env._("Published rule of")
        )

    def _history_uses(self):
        now = [("own_segment_ids", "in", self.ids)]
        ever = [
            "|",
            ("from_segment_id", "in", self.ids),
            ("to_segment_id", "in", self.ids),
        ]
        return [
            self._use("res.partner", now, True, self.env._("Counterparties in it")),
            self._use("crm.segment.movement", ever, True, self.env._("History")),
        ]

    def _filter_uses(self):
        """Saved filters that name the category, as well as this can be read.

        One that is everybody's forbids to delete it; a private one, which the
        coordinator may not even see, does not.
        """
        filters = self.env["ir.filters"].sudo()
        asked = filters.search(
            fields.Domain.OR(fields.Domain("domain", "like", path) for path in _PATHS)
        )
        naming = asked.filtered(self._is_named_by)
        shared = naming.filtered(lambda f: not f.user_ids)
        return [
            self._use(
                "ir.filters",
                [("id", "in", found.ids)],
                blocks,
                self.env._("Saved filters"),
            )
            for found, blocks in ((shared, True), (naming - shared, False))
        ]

    def _is_named_by(self, saved):
        try:
            domain = ast.literal_eval(saved.domain)
        except (ValueError, SyntaxError):
            # It reckons with the day or the user; what it names cannot be told.
            return False
        return names_category(domain, _PATHS, self.id, self.code, self.name)
