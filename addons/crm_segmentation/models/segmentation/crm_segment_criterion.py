from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools.misc import formatLang

from ...core.scheme import BASES, VALUE, Comparison

# What a comparison is called in a sentence.
_WORDS = {">=": "≥", ">": ">", "<=": "≤", "<": "<"}


class CrmSegmentCriterion(models.Model):
    _name = "crm.segment.criterion"
    _description = "Condition of a Category"
    _order = "sequence, id"

    segment_id = fields.Many2one(
        "crm.segment", string="Category", required=True, ondelete="cascade", index=True
    )
    sequence = fields.Integer(default=10)
    metric_id = fields.Many2one("crm.metric", required=True, ondelete="restrict")
    unit = fields.Char(related="metric_id.unit")
    operator = fields.Selection(
        [
            (">=", "at least"),
            (">", "more than"),
            ("<=", "at most"),
            ("<", "less than"),
        ],
        default=">=",
        required=True,
    )
    basis = fields.Selection(
        [
            ("value", "the number itself"),
            ("share", "% of the total held by bigger ones"),
            ("quantile", "% of all that are worse"),
        ],
        compute="_compute_basis",
        store=True,
        readonly=False,
        required=True,
        precompute=True,
        help="The number itself: 100,000 a month. Share: who makes the first 80 % of "
        "the total is “less than 80”; the one who crosses the line is inside. Rank: "
        "“at least 80” is better than 80 % of all.",
    )
    value_enter = fields.Float(
        string="Threshold",
        required=True,
        help="The number a customer needs to get into the category.",
    )
    value_leave = fields.Float(
        string="Stays until",
        help="A customer who is in the category stays until the number passes this "
        "one, so that nobody hops in and out. Used only when the switch is on.",
    )
    has_leave = fields.Boolean(
        string="Leaves elsewhere",
        help="Leave the category at another number than the one to get in.",
    )

    @api.depends("segment_id.segmentation_id.method")
    def _compute_basis(self):
        for criterion in self:
            method = criterion.segment_id.segmentation_id.method
            criterion.basis = method if method in BASES else VALUE

    @api.constrains("basis", "value_enter", "value_leave", "has_leave")
    def _check_percent(self):
        for criterion in self.filtered(lambda c: c.basis != VALUE):
            numbers = [criterion.value_enter]
            if criterion.has_leave:
                numbers.append(criterion.value_leave)
            if any(not 0 <= number <= 100 for number in numbers):
                raise ValidationError(
                    self.env._(
                        "crm_segmentation.percent: Category %(category)s, %(metric)s: "
                        "a share or a rank is a percentage from 0 to 100, not "
                        "%(number)s.",
                        category=criterion.segment_id.code,
                        metric=criterion.metric_id.name,
                        number=", ".join(map(str, numbers)),
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([self._with_switch(vals) for vals in vals_list])

    def write(self, vals):
        return super().write(self._with_switch(vals))

    def _with_switch(self, vals):
        """A program that gives a threshold to leave means it to be used."""
        return {"has_leave": True, **vals} if vals.get("value_leave") else vals

    @api.constrains("operator", "value_enter", "value_leave", "has_leave")
    def _check_leave(self):
        for criterion in self.filtered("has_leave"):
            rising = criterion.operator in (">=", ">")
            gap = criterion.value_enter - criterion.value_leave
            if gap < 0 if rising else gap > 0:
                raise ValidationError(
                    self.env._(
                        "crm_segmentation.leave_threshold: Category %(category)s, "
                        "%(metric)s: one enters at %(enter)s but would leave at "
                        "%(leave)s, so a customer could never stay. Choose a number "
                        "that is easier to hold than to reach.",
                        category=criterion.segment_id.code,
                        metric=criterion.metric_id.name,
                        enter=criterion.value_enter,
                        leave=criterion.value_leave,
                    )
                )

    @api.depends(
        "metric_id.name", "operator", "value_enter", "value_leave", "has_leave",
        "basis",
    )  # fmt: skip
    def _compute_display_name(self):
        for criterion in self:
            criterion.display_name = criterion._sentence()

    def _sentence(self):
        """The condition in words, such as “Average monthly turnover ≥ 100,000”."""
        words = (
            f"{self.metric_id.name} {_WORDS.get(self.operator, '')} "
            f"{self._format(self.value_enter)}"
        )
        if self.has_leave:
            words += self.env._(
                " (stays to %(leave)s)", leave=self._format(self.value_leave)
            )
        return words

    def _format(self, number):
        return formatLang(self.env, number, digits=0 if number % 1 == 0 else 2)

    def _to_core(self):
        """The frozen comparison that the engine reads."""
        self.ensure_one()
        return Comparison(
            self.metric_id.code,
            self.operator,
            self.value_enter,
            self.value_leave if self.has_leave else None,
            self.basis,
        )
