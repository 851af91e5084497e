from odoo import api, fields, models
from odoo.exceptions import UserError

from ..core.wire import is_id
from ..engine.preview import insert_moves


class CrmSegmentationPreview(models.TransientModel):
    """The matrix now → after, and everybody who would move, before publishing."""

    _name = "crm.segmentation.preview"
    _description = "What Publishing Would Change"

    segmentation_id = fields.Many2one(
        "crm.segmentation", required=True, ondelete="cascade", readonly=True
    )
    token = fields.Char(
        readonly=True, help="Changes when the rule, the day or the numbers do."
    )
    is_outdated = fields.Boolean(
        readonly=True, help="Publishing was asked for, but something had changed."
    )
    matrix = fields.Json(
        readonly=True, help="Counterparties and monthly turnover now → after."
    )
    move_ids = fields.One2many("crm.segmentation.preview.move", "preview_id")
    moved = fields.Integer(string="Would move", readonly=True)
    stay = fields.Integer(string="Would stay", readonly=True)
    by_hand = fields.Integer(
        compute="_compute_apart",
        help="Their category was set by hand and stays, although the rule says "
        "something else.",
    )
    waited = fields.Integer(
        compute="_compute_apart",
        help="Grace, minimum stay, single steps or a missing confirmation hold them "
        "back now. Publishing a rule decides at once.",
    )

    @api.depends("segmentation_id.name")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for preview in self:
            preview.display_name = self.env._(
                "Preview of %(name)s", name=preview.segmentation_id.name
            )

    @api.depends("move_ids.kind")
    def _compute_apart(self):
        counts = {
            (preview, kind): count
            for preview, kind, count in self.env[
                "crm.segmentation.preview.move"
            ]._read_group(
                [("preview_id", "in", self.ids), ("kind", "!=", "moves")],
                ["preview_id", "kind"],
                ["__count"],
            )
        }
        for preview in self:
            preview.by_hand = counts.get((preview, "by_hand"), 0)
            preview.waited = counts.get((preview, "waited"), 0)

    # --- buttons --------------------------------------------------------------

    def action_publish(self):
        """Publish what was looked at, unless it has changed since.

        :return: an action that opens the published segmentation, or the preview anew
            with the new numbers if rule, day or data are not what was shown
        """
        self.ensure_one()
        segmentation = self.segmentation_id
        now = segmentation.preview()
        if now["token"] != self.token:
            return self._make(segmentation, now, is_outdated=True)._open()
        segmentation.action_publish()
        return {
            "type": "ir.actions.act_window",
            "res_model": "crm.segmentation",
            "res_id": segmentation.id,
            "view_mode": "form",
            "views": [(False, "form")],
            "target": "main",
        }

    def action_open_moves(self, from_id=None, to_id=None):
        """The counterparties behind a cell of the matrix, to search and to export.

        :param from_id: id of the category now; False for none; omitted: whatever
        :param to_id: id of the category after; False for none; omitted: whatever
        :return: an action with the list
        :raises UserError: an id that is none
        """
        self.ensure_one()
        domain = [("preview_id", "=", self.id)]
        for field, given in (("from_segment_id", from_id), ("to_segment_id", to_id)):
            if given is None:
                continue
            if given is not False and not is_id(given):
                raise UserError(
                    self.env._(
                        "crm_segmentation.no_category: A category is asked for by its "
                        "id, or False for none; %(given)s is neither.",
                        given=repr(given)[:100],
                    )
                )
            domain.append((field, "=", given))
        return self._moves_action(domain)

    def action_open_by_hand(self):
        """Those who keep a category that was set by hand."""
        self.ensure_one()
        return self._moves_action(
            [("preview_id", "=", self.id), ("kind", "=", "by_hand")]
        )

    def action_open_waited(self):
        """Those whom stability has held back until now."""
        self.ensure_one()
        return self._moves_action(
            [("preview_id", "=", self.id), ("kind", "=", "waited")]
        )

    # --- inside ---------------------------------------------------------------

    @api.model
    def _make(self, segmentation, told, is_outdated=False):
        """A preview of a segmentation as it stands.

        :param segmentation: one crm.segmentation
        :param told: the answer of its ``preview()``
        :param is_outdated: whether it replaces one that has become wrong
        :return: the new record
        """
        rows = told["rows"]
        moved = sum(r["count"] for r in rows if r["from_id"] != r["to_id"])
        preview = self.create(
            {
                "segmentation_id": segmentation.id,
                "token": told["token"],
                "is_outdated": is_outdated,
                "matrix": self._matrix(segmentation, rows),
                "moved": moved,
                "stay": sum(row["count"] for row in rows) - moved,
            }
        )
        self.env.flush_all()
        rule = segmentation._compile()
        insert_moves(
            segmentation.sudo()._classification(rule, at_once=True), preview.id
        )
        preview.invalidate_recordset(["move_ids"])
        return preview

    def _matrix(self, segmentation, rows):
        """What the widget draws: the categories, and the figures of each cell."""
        categories = segmentation.segment_ids.sorted("sequence")
        used = {row[side] for row in rows for side in ("from_id", "to_id")}
        # A category that left the rule still has people in it.
        categories |= self.env["crm.segment"].browse(sorted(filter(None, used)))
        return {
            "currency_id": segmentation.company_id.currency_id.id,
            "categories": [
                {"id": category.id, "code": category.code, "name": category.name}
                for category in categories
            ],
            "rows": rows,
        }

    def _open(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("What publishing would change"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "views": [(False, "form")],
        }

    def _moves_action(self, domain):
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_segmentation.action_preview_move"
        )
        return {**action, "domain": domain}


class CrmSegmentationPreviewMove(models.TransientModel):
    """A counterparty that would move, or stays by hand against the rule.

    The rows are written by one statement, see ``engine/preview.py``.
    """

    _name = "crm.segmentation.preview.move"
    _description = "One Move of a Preview"
    _order = "amount desc, id"
    _rec_name = "partner_id"

    preview_id = fields.Many2one(
        "crm.segmentation.preview", required=True, ondelete="cascade", index=True
    )
    partner_id = fields.Many2one(
        "res.partner", string="Counterparty", required=True, ondelete="cascade"
    )
    from_segment_id = fields.Many2one("crm.segment", string="Now", ondelete="cascade")
    to_segment_id = fields.Many2one("crm.segment", string="After", ondelete="cascade")
    rule_segment_id = fields.Many2one(
        "crm.segment", string="By the rule", ondelete="cascade"
    )
    kind = fields.Selection(
        [
            ("moves", "Moves"),
            ("waited", "Was held back until now"),
            ("by_hand", "Stays: set by hand"),
        ],
        string="How",
        required=True,
    )
    amount = fields.Monetary(string="Monthly turnover", currency_field="currency_id")
    currency_id = fields.Many2one(
        related="preview_id.segmentation_id.company_id.currency_id"
    )
    user_id = fields.Many2one(related="partner_id.user_id", string="Salesperson")

    def action_open_partner(self):
        """The counterparty's own page."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "res.partner",
            "res_id": self.partner_id.id,
            "view_mode": "form",
            "views": [(False, "form")],
        }
