from odoo import api, fields, models

from ...core.scheme import Category, Group
from ...core.stability import PRESETS


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
    on_ladder = fields.Boolean(
        string="Step of the ladder",
        default=True,
        help="Better or worse than its neighbours: grace, minimum stay, single steps "
        "and confirmed promotions count between such categories. Switch it off for a "
        "category that is neither, such as New, Sleeping or Prospect: it is entered "
        "and left at once.",
    )
    grace_days = fields.Integer(
        string="Grace (days)",
        compute="_compute_preset",
        store=True,
        readonly=False,
        help="A counterparty keeps the category until its numbers have been too low "
        "for so many days.",
    )
    min_stay_days = fields.Integer(
        string="Stays at least (days)",
        compute="_compute_preset",
        store=True,
        readonly=False,
        help="Whoever has got into the category keeps it at least so many days; only "
        "a better one comes sooner.",
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

    _days_not_negative = models.Constraint(
        "CHECK(grace_days >= 0 AND min_stay_days >= 0)",
        "Grace and minimum stay are days: 0 or more.",
    )

    @api.depends("segmentation_id.stability")
    def _compute_preset(self):
        for segment in self:
            preset = PRESETS[segment.segmentation_id.stability or "immediate"]
            segment.grace_days = preset["grace_days"]
            segment.min_stay_days = preset["min_stay_days"]

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
