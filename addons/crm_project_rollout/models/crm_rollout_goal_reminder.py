from odoo import api, fields, models

from ..core import goals as rule


class CrmRolloutGoal(models.Model):
    """The monthly figures that somebody has to enter, and those that Odoo keeps."""

    _inherit = "crm.rollout.goal"

    @api.model
    def _cron_figures(self):
        """Remind owners of missing entries; keep figures without a history.

        Only for goals of CRM projects that run. Twice a day is once: whoever has an
        open reminder gets no second one.
        """
        goals = self.search(
            [("rollout_id.state", "=", "running"), ("replaced_by_id", "=", False)]
        )
        for kpi, same in goals.grouped("kpi_id").items():
            if kpi._is_present_only():
                self.env["crm.rollout.kpi.entry"]._keep_present(kpi, same.company_id)
        goals._remind()

    def _remind(self):
        """Ask the owner for last month's value where nobody knows it."""
        month = rule.shifted(rule.month_of(fields.Date.context_today(self)), -1)
        for goal in self._without_value(month):
            user = goal.user_id or goal.rollout_id.coordinator_id
            goal.activity_schedule(
                "mail.mail_activity_data_todo",
                user_id=user.id,
                summary=goal.with_context(lang=user.lang).env._(
                    "Enter “%(kpi)s” for %(month)s",
                    kpi=goal.kpi_id.with_context(lang=user.lang).name,
                    month=f"{month:%m/%Y}",
                ),
            )

    def _without_value(self, month):
        """Goals on entered KPIs without an entry of a month and without a reminder."""
        entered = self.filtered(
            lambda goal: not goal.kpi_id.is_computed and not goal.activity_ids
        )
        there = self.env["crm.rollout.kpi.entry"]._read_group(
            [("month", "=", month), ("kpi_id", "in", entered.kpi_id.ids)],
            ["kpi_id", "company_id"],
        )
        return entered.filtered(
            lambda goal: (goal.kpi_id, goal.company_id) not in there
        )
