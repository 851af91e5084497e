from odoo import api, fields, models

from ...core.stability import PRESETS


class CrmSegment(models.Model):
    """A category in one sentence that can be read aloud."""

    _inherit = "crm.segment"

    @api.depends(
        "is_default", "match", "criterion_ids.display_name", "criterion_ids.sequence",
        "on_ladder", "grace_days", "min_stay_days",
    )  # fmt: skip
    @api.depends_context("lang")
    def _compute_rule(self):
        for segment in self:
            segment.rule = segment._sentence()

    def _sentence(self):
        """“at least 100,000 € a month and more than 5 years with us; kept for …”."""
        if self.is_default:
            return self.env._("everybody else")
        conditions = self.criterion_ids.sorted("sequence").mapped("display_name")
        if not conditions:
            return self.env._("conditions are missing")
        return "; ".join([self._joined(conditions), *self._stays()])

    def _joined(self, conditions):
        word = self.env._(" and ") if self.match == "all" else self.env._(" or ")
        return word.join(conditions)

    def _stays(self):
        """What stability adds, said only where there is some."""
        if not self.on_ladder:
            return
        if self.grace_days:
            yield self.env._(
                "left after %(days)s days of lower numbers", days=self.grace_days
            )
        if self.min_stay_days:
            yield self.env._("kept at least %(days)s days", days=self.min_stay_days)


class CrmSegmentation(models.Model):
    """What the chosen stability does, in words."""

    _inherit = "crm.segmentation"

    stability_text = fields.Text(compute="_compute_stability_text")

    @api.depends("stability", "promotion", "one_step", "demote_on")
    @api.depends_context("lang")
    def _compute_stability_text(self):
        for segmentation in self:
            segmentation.stability_text = " ".join(segmentation._stability_words())

    def _stability_words(self):
        if self.promotion == "confirmed":
            yield self.env._(
                "A better category waits until the coordinator or a sales manager "
                "confirms it."
            )
        else:
            yield self.env._("A better category comes at once.")
        preset = PRESETS[self.stability or "immediate"]
        if preset["grace_days"] or preset["min_stay_days"]:
            yield self.env._(
                "A category is kept at least %(stay)s days, and until the numbers have "
                "been too low for %(grace)s days.",
                stay=preset["min_stay_days"],
                grace=preset["grace_days"],
            )
        if self.one_step:
            yield self.env._("Then it goes down one step at a time.")
        if self.demote_on == "month_start":
            yield self.env._("A worse category comes on the first of a month only.")
        else:
            yield self.env._("A worse category comes on the day the numbers say so.")
