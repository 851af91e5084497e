from odoo import api, fields, models
from odoo.exceptions import ValidationError

from odoo.addons.crm_segmentation.core.wire import is_text, words
from odoo.addons.crm_segmentation.models.wire_json import WireJson

from ..core import goals as rule
from ..engine import goal_figures


class CrmRolloutGoal(models.Model):
    """What has become of the number: value now, progress, forecast, verdict, chart."""

    _inherit = "crm.rollout.goal"

    cause = fields.Text(
        string="Why It Differs",
        help="Why the result is better or worse than planned; shown on the act.",
    )
    final = WireJson(readonly=True, help="The result when the CRM project ended.")
    actual = fields.Float(
        string="Now", digits=(16, 2), compute="_compute_result", aggregator=None
    )
    has_actual = fields.Boolean(compute="_compute_result")
    progress = fields.Float(
        string="Progress, %",
        digits=(16, 1),
        compute="_compute_result",
        aggregator=None,
        help="0 is the baseline, 100 the target.",
    )
    progress_bar = fields.Integer(
        string="Progress", compute="_compute_result", aggregator=None
    )
    forecast = fields.Float(
        digits=(16, 2),
        compute="_compute_result",
        aggregator=None,
        help="Where the trend of the last months leads by the date.",
    )
    has_forecast = fields.Boolean(compute="_compute_result")
    verdict = fields.Selection(
        [
            ("reached", "Reached"),
            ("on_course", "On course"),
            ("off_course", "Off course"),
            ("missed", "Missed"),
            ("unknown", "Not known"),
        ],
        compute="_compute_result",
    )
    chart = fields.Boolean(
        compute="_compute_chart", help="Baseline, target, months and forecast."
    )

    def _compute_chart(self):
        self.chart = True

    @api.depends(
        "kpi_id", "segment_id", "direction", "has_baseline", "baseline", "target",
        "to_zero", "date", "baseline_from", "baseline_to", "is_watched", "final",
    )  # fmt: skip
    def _compute_result(self):
        results = self._results()
        for goal in self:
            result = results[goal]
            goal.actual = result["actual"] or 0.0
            goal.has_actual = result["actual"] is not None
            goal.forecast = result["forecast"] or 0.0
            goal.has_forecast = result["forecast"] is not None
            goal.progress = result["progress"] or 0.0
            goal.progress_bar = min(max(round(goal.progress), 0), 100)
            goal.verdict = result["verdict"]

    def _results(self):
        """``{goal: {"actual", "forecast", "progress", "verdict"}}``."""
        today = fields.Date.context_today(self)
        ended = self.filtered("final")
        live = goal_figures.figures((self - ended).sudo(), today)
        results = {goal.with_env(self.env): goal.final for goal in ended}
        for goal, known in live.items():
            results[goal.with_env(self.env)] = goal._result(known, today)
        return results

    def _result(self, known, today):
        goal = self._goal()
        return {
            "actual": known.actual,
            "forecast": known.expected,
            "progress": rule.progress(goal, known.actual),
            "verdict": rule.verdict(goal, known.actual, known.expected, today),
        }

    def series(self):
        """The months of the goal for a chart.

        :return: ``{"name", "unit", "months": ["2026-01", …], "actual": […],
            "forecast": […], "baseline", "target", "verdict"}``; False where nothing is
            known
        """
        self.ensure_one()
        self.check_access("read")
        today = fields.Date.context_today(self)
        known = goal_figures.figures(self.sudo(), today)[self.sudo()]
        months = sorted(known.months)
        actual = [known.months[month] for month in months]
        ahead = []
        if self.date and months:
            end = rule.last_full_month(self.date)
            ahead = rule.month_range(rule.shifted(months[-1], 1), end)
        expected = [rule.forecast(known.trend, n) for n in range(1, len(ahead) + 1)]
        join = [known.actual] if months else []
        return _without_none(
            {
                "name": self.name,
                "unit": self.kpi_id.unit,
                "months": [f"{month:%Y-%m}" for month in [*months, *ahead]],
                "actual": actual + [None] * len(ahead),
                "forecast": [None] * (len(months) - len(join)) + join + expected,
                "baseline": self.baseline if self.has_baseline else None,
                "target": self.target if self._has_target() else None,
                "verdict": self.verdict,
            }
        )

    def explain(self, cause):
        """Say why the result differs from the plan; its owner may, too.

        :param cause: in words
        :return: True
        """
        self.ensure_one()
        self.check_access("read")
        self._check_not_history()
        self._check_may_act(self.user_id)
        if not is_text(cause):
            raise ValidationError(
                self.env._(
                    "crm_project_rollout.cause_no_text: Say in words why “%(goal)s” "
                    "differs from the plan.",
                    goal=self.name,
                )
            )
        self._unguarded().cause = words(cause)
        return True

    def _freeze_result(self):
        """Keep the result of today for good, because the CRM project ends."""
        for goal, result in self._results().items():
            if not goal.final:
                goal._unguarded().final = result


def _without_none(value):
    if isinstance(value, dict):
        return {key: _without_none(part) for key, part in value.items()}
    if isinstance(value, list):
        return [_without_none(part) for part in value]
    return False if value is None else value
