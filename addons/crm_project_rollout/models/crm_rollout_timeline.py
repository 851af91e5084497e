from odoo import api, fields, models

from ..core import timeline
from ..engine.page import page_words


class CrmRollout(models.Model):
    """The stages and the money of a CRM project as pictures."""

    _inherit = "crm.rollout"

    timeline_html = fields.Html(
        string="Timeline", compute="_compute_timeline_html", sanitize=False
    )
    budget_html = fields.Html(
        string="Budget in Bars", compute="_compute_budget_html", sanitize=False
    )

    @api.depends(
        "date_start",
        "stage_ids.date_planned",
        "stage_ids.date_promised",
        "stage_ids.date_open",
        "stage_ids.date_passed",
        "stage_ids.name",
    )
    @api.depends_context("lang", "tz")
    def _compute_timeline_html(self):
        for rollout in self:
            page = rollout._timeline()
            rollout.timeline_html = page and self.env["ir.qweb"]._render(
                "crm_project_rollout.timeline", {"page": page}
            )

    @api.depends("budget_ids.name", "budget_ids.planned", "budget_ids.spent")
    @api.depends_context("lang")
    def _compute_budget_html(self):
        for rollout in self:
            page = rollout._budget_bars()
            rollout.budget_html = page and self.env["ir.qweb"]._render(
                "crm_project_rollout.budget_bars", {"page": page}
            )

    def _timeline(self):
        """What the picture of the stages shows; empty before the start."""
        self.ensure_one()
        if not self.date_start:
            return {}
        stages = self.sudo().stage_ids.sorted("number")
        rows, today = timeline.draw(
            [
                timeline.Stage(
                    stage.date_promised or stage.date_planned or None,
                    self._day(stage.date_open),
                    self._day(stage.date_passed),
                )
                for stage in stages
            ],
            self._day(self.date_start),
            fields.Date.context_today(self),
        )
        return {
            "rows": list(zip(stages, rows, strict=True)),
            "today": today if self.state == "running" else None,
            **page_words(self.env),
        }

    def _day(self, moment):
        """The day of an instant for whoever reads; None without one."""
        if not moment:
            return None
        return fields.Datetime.context_timestamp(self, moment).date()

    def _budget_bars(self):
        """What the picture of the money shows; empty without a budget."""
        self.ensure_one()
        lines = self.budget_ids
        largest = max((max(line.planned, line.spent) for line in lines), default=0)
        if not largest:
            return {}
        return {
            "rows": [
                {
                    "name": line.name,
                    "planned": self._money(line.planned),
                    "spent": self._money(line.spent),
                    "planned_width": 100 * line.planned / largest,
                    "spent_width": 100 * max(line.spent, 0) / largest,
                    "is_over": line.spent > line.planned,
                }
                for line in lines
            ]
        }
