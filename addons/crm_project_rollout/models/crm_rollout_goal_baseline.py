from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..core import goals as rule
from ..engine import goal_figures

BASELINE_MONTHS = 3


class CrmRolloutGoal(models.Model):
    """The number at the beginning: measured from the database or entered."""

    _inherit = "crm.rollout.goal"

    baseline_kind = fields.Selection(
        [("measured", "Measured"), ("typed", "Entered")],
        string="Baseline is",
        required=True,
        default="measured",
    )
    baseline_from = fields.Date(
        default=lambda self: self._default_month(BASELINE_MONTHS),
        help="First month of the baseline. The value now is the mean of as many "
        "months.",
    )
    baseline_to = fields.Date(
        string="Baseline Until",
        default=lambda self: self._default_month(1),
        help="Last month of the baseline.",
    )
    baseline = fields.Float(digits=(16, 2), aggregator=None)
    has_baseline = fields.Boolean(string="Baseline Known", readonly=True)

    def _default_month(self, back):
        today = fields.Date.context_today(self)
        return rule.shifted(rule.month_of(today), -back)

    @api.onchange("kpi_id", "segment_id", "baseline_from", "baseline_to")
    def _onchange_baseline(self):
        if self.baseline_kind == "measured" and self.kpi_id and self.rollout_id:
            self.baseline = self._measured() or 0.0

    def _measure(self):
        """Read the baselines that are not entered by hand."""
        for goal in self:
            value = goal.baseline
            if goal.baseline_kind == "measured":
                value = goal._measured()
            vals = {"baseline": value or 0.0, "has_baseline": value is not None}
            if goal.direction == rule.KEEP and not goal.target:
                vals["target"] = vals["baseline"]
            goal._unguarded().write(vals)

    def _measured(self):
        if not self.baseline_from or not self.baseline_to:
            return None
        if self.baseline_from > self.baseline_to:
            # Half-way through the form; saving refuses it.
            return None
        return goal_figures.baseline(self.sudo())

    def _window(self):
        """How many months the baseline, and so the value now, is the mean of."""
        if not self.baseline_from or not self.baseline_to:
            return 1
        return max(rule.months_between(self.baseline_from, self.baseline_to) + 1, 1)

    def _check_windows(self):
        for goal in self:
            goal._check_window()

    def _check_window(self):
        today = fields.Date.context_today(self)
        first, last = self.baseline_from, self.baseline_to
        if first and last and first <= last and last <= today:
            return
        if not first and not last and self.baseline_kind == "typed":
            return
        raise ValidationError(
            self.env._(
                "crm_project_rollout.wrong_baseline: The months of the baseline of "
                "“%(goal)s” cannot be %(first)s to %(last)s. Give the first and the "
                "last month of it, both not in the future.",
                goal=self.name,
                first=f"{first:%Y-%m}" if first else "–",
                last=f"{last:%Y-%m}" if last else "–",
            )
        )

    def action_measure(self):
        """Read the baseline anew.

        :return: True
        """
        self.check_access("write")
        self._check_not_history()
        self._check_not_frozen()
        self._measure()
        self._check_sound()
        return True
