from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..core import goals as rule


class CrmRolloutGoal(models.Model):
    """A goal that cannot be reached or measured is refused, and why."""

    _inherit = "crm.rollout.goal"

    def _check_sound(self):
        self._check_windows()
        for goal in self:
            goal._check_belongs()
            code = "" if goal.is_watched else rule.problem(goal._goal())
            if code:
                getattr(goal, f"_refuse_{code}")()
            goal._check_date()

    @api.constrains("task_ids", "rollout_id")
    def _check_tasks(self):
        """The same rule as when the goal is chosen on the task."""
        self.sudo().task_ids._check_crm_goals()

    def _check_belongs(self):
        company = self.company_id
        other = self.kpi_id.sudo().company_id
        if other and other != company:
            raise ValidationError(
                self.env._(
                    "crm_project_rollout.kpi_other_company: The KPI “%(kpi)s” belongs "
                    "to %(company)s. Choose one of %(own)s or a shared one.",
                    kpi=self.kpi_id.name,
                    company=other.name,
                    own=company.name,
                )
            )
        category = self.segment_id.sudo()
        if category and (
            category.segmentation_id.company_id != company
            or not self.kpi_id.by_category
        ):
            raise ValidationError(
                self.env._(
                    "crm_project_rollout.no_such_category: “%(kpi)s” cannot be "
                    "measured for the category %(value)s: it is no category of "
                    "%(company)s, or this KPI does not go by category.",
                    kpi=self.kpi_id.name,
                    value=category.display_name,
                    company=company.name,
                )
            )

    def _check_date(self):
        """Due on a day of the CRM project, not before it."""
        start = self.rollout_id.sudo().date_start
        if self.date and start and self.date < start.date():
            raise ValidationError(
                self.env._(
                    "crm_project_rollout.date_before_start: “%(goal)s” is due on "
                    "%(date)s, but “%(rollout)s” started on %(start)s. Choose that day "
                    "or a later one.",
                    goal=self.name,
                    date=fields.Date.to_string(self.date),
                    rollout=self.rollout_id.name,
                    start=fields.Date.to_string(start),
                )
            )

    def _refuse_date_before_start(self):
        raise ValidationError(
            self.env._(
                "crm_project_rollout.date_before_start: “%(goal)s” is due on %(date)s, "
                "before its baseline ends (%(start)s). Choose a later date or an "
                "earlier baseline.",
                goal=self.name,
                date=self.date,
                start=self._goal().start,
            )
        )

    def _refuse_target_is_baseline(self):
        raise ValidationError(
            self.env._(
                "crm_project_rollout.target_is_baseline: The target of “%(goal)s” is "
                "its baseline, %(baseline)s: nothing would have to change. Choose "
                "another target, or the direction “Keep”.",
                goal=self.name,
                baseline=self.kpi_id._text(self.baseline, self.company_id),
            )
        )

    def _refuse_target_wrong_way(self):
        raise ValidationError(
            self.env._(
                "crm_project_rollout.target_wrong_way: “%(goal)s”: from %(baseline)s "
                "to %(target)s is not what its direction says (%(direction)s). Change "
                "the target or the direction.",
                goal=self.name,
                baseline=self.kpi_id._text(self.baseline, self.company_id),
                target=self.kpi_id._text(self.target, self.company_id),
                direction=dict(
                    self._fields["direction"]._description_selection(self.env)
                )[self.direction],
            )
        )

    def _refuse_keep_is_better(self):
        raise ValidationError(
            self.env._(
                "crm_project_rollout.keep_is_better: “%(goal)s” is to be kept, but "
                "%(target)s is better than the baseline %(baseline)s. Give the worst "
                "value that is still accepted, or the direction “Raise” or “Lower”.",
                goal=self.name,
                target=self.kpi_id._text(self.target, self.company_id),
                baseline=self.kpi_id._text(self.baseline, self.company_id),
            )
        )
