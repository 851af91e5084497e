from odoo import api, fields, models

from ...core.stability import PRESETS, Stability, Step


class CrmSegmentation(models.Model):
    """How categories follow the numbers, and who is about to move."""

    _inherit = "crm.segmentation"

    stability = fields.Selection(
        [("calm", "Calm"), ("normal", "Normal"), ("immediate", "Immediate")],
        default="immediate",
        required=True,
        help="Calm: rises are confirmed by a person; a category is kept at least 180 "
        "days and until the numbers have been too low for 90; then one step down on "
        "the first of a month. For customers who order by the quarter. Normal: rises "
        "at once; kept at least 90 days and through 60 days of low numbers; then one "
        "step down on the first of a month. Immediate: categories follow the numbers "
        "every day. Publishing a rule decides at once what was held back.",
    )
    promotion = fields.Selection(
        [("at_once", "At once"), ("confirmed", "When a person confirms it")],
        compute="_compute_preset",
        store=True,
        readonly=False,
        required=True,
        precompute=True,
        help="Whether a better category is given by itself, or waits in “Promotions to "
        "confirm” for the coordinator or a sales manager.",
    )
    one_step = fields.Boolean(
        string="One step down at a time",
        compute="_compute_preset",
        store=True,
        readonly=False,
        precompute=True,
        help="Whoever falls, falls to the next category only; grace begins anew there.",
    )
    demote_on = fields.Selection(
        [("any_day", "On any day"), ("month_start", "On the first of a month")],
        string="Worse category comes",
        compute="_compute_preset",
        store=True,
        readonly=False,
        required=True,
        precompute=True,
        help="On the first of a month, salespeople can rely on the categories for a "
        "whole month. If that night's run is missed, the next one makes up for it.",
    )
    outlook_margin = fields.Float(
        string="Close is within (%)",
        default=10.0,
        help="Close to promotion, or at risk, is who would move if every threshold "
        "were so many percent lower or higher. 0: nobody is marked.",
    )

    _outlook_margin_percent = models.Constraint(
        "CHECK(outlook_margin >= 0 AND outlook_margin < 100)",
        "The margin is a percentage from 0 to below 100.",
    )

    @api.depends("stability")
    def _compute_preset(self):
        for segmentation in self:
            preset = PRESETS[segmentation.stability or "immediate"]
            segmentation.promotion = preset["promotion"]
            segmentation.one_step = preset["one_step"]
            segmentation.demote_on = preset["demote_on"]

    def _stability(self):
        """The frozen stability that the engine reads."""
        self.ensure_one()
        steps = tuple(
            Step(s.id, s.on_ladder, s.grace_days, s.min_stay_days)
            for s in self.segment_ids.sorted("sequence")
        )
        return Stability(steps, self.promotion, self.one_step, self.demote_on)
