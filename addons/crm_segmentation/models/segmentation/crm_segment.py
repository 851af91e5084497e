from odoo import api, fields, models

from ...core.scheme import Category, Group


class CrmSegment(models.Model):
    _name = "crm.segment"
    _description = "Category"
    _order = "segmentation_id, sequence, id"

    name = fields.Char(
        required=True, translate=True, help="What the category is called in full."
    )
    code = fields.Char(required=True, help="The short sign: A, B, C …")
    segmentation_id = fields.Many2one(
        "crm.segmentation", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="segmentation_id.company_id", store=True)
    sequence = fields.Integer(
        default=10, help="Categories are tried in this order; the first match wins."
    )
    is_default = fields.Boolean(
        string="Takes the rest",
        help="Everybody whom no other category takes. It has no conditions.",
    )
    match = fields.Selection(
        [("all", "all conditions"), ("any", "any condition")],
        default="all",
        required=True,
        help="Whether every condition must hold or one is enough.",
    )
    criterion_ids = fields.One2many(
        "crm.segment.criterion", "segment_id", string="Conditions", copy=True
    )
    # Kanban cards hide tags without a colour.
    color = fields.Integer(default=4)
    rule = fields.Text(
        compute="_compute_rule", help="The rule of the category in words."
    )
    membership_ids = fields.One2many("crm.segment.membership", "segment_id")
    partner_count = fields.Integer(
        string="Counterparties", compute="_compute_partner_count"
    )

    _code_unique = models.Constraint(
        "UNIQUE(segmentation_id, code)",
        "Two categories of a segmentation cannot have the same code.",
    )

    @api.depends("code", "name")
    def _compute_display_name(self):
        for segment in self:
            named = segment.name and segment.name != segment.code
            segment.display_name = (
                f"{segment.code} · {segment.name}" if named else segment.code
            )

    @api.depends("is_default", "match", "criterion_ids.display_name")
    @api.depends_context("lang")
    def _compute_rule(self):
        for segment in self:
            if segment.is_default:
                segment.rule = self.env._("everybody else")
                continue
            word = self.env._(" and ") if segment.match == "all" else self.env._(" or ")
            segment.rule = word.join(segment.criterion_ids.mapped("display_name"))

    def _compute_partner_count(self):
        counts = dict(
            self.env["crm.segment.membership"]._read_group(
                [("segment_id", "in", self.ids)], ["segment_id"], ["__count"]
            )
        )
        for segment in self:
            segment.partner_count = counts.get(segment, 0)

    def action_open_partners(self):
        """The counterparties that are in the category now."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_segmentation.action_counterparty"
        )
        return {
            **action,
            "display_name": self.display_name,
            "domain": [("own_segment_ids", "in", self.ids)],
            "context": {},
        }

    def _to_core(self):
        """The frozen category that the engine reads."""
        self.ensure_one()
        if self.is_default:
            return Category(self.id, self.code)
        parts = tuple(criterion._to_core() for criterion in self.criterion_ids)
        return Category(self.id, self.code, Group(self.match, parts))
