from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..core import goals as rule
from ..engine import queries
from ..engine.page import number


class ProjectTask(models.Model):
    """Which goal of the CRM project a task serves, and what will prove it."""

    _inherit = "project.task"

    crm_rollout_ids = fields.One2many(related="project_id.crm_rollout_ids")
    crm_goal_ids = fields.Many2many(
        "crm.rollout.goal",
        "crm_rollout_goal_task_rel",
        "task_id",
        "goal_id",
        string="Goals",
        copy=False,
        domain="[('rollout_id', 'in', crm_rollout_ids)]",
        help="What the task is good for.",
    )
    crm_measure = fields.Char(
        string="Measure",
        help="What proves that it is done and works: a report, a figure, a paper.",
    )
    crm_kpi_ids = fields.Many2many(
        "crm.rollout.kpi",
        "crm_rollout_kpi_task_rel",
        "task_id",
        "kpi_id",
        string="Measured by KPI",
    )
    crm_query_code = fields.Selection(
        selection="_selection_crm_query_code",
        string="Measured by Figure",
        help="A figure of the system that shows it.",
    )
    crm_measure_now = fields.Char(
        string="Measure Now", compute="_compute_crm_measure_now"
    )

    def _selection_crm_query_code(self):
        return [
            (code, self.env._(query.label)) for code, query in queries.REGISTRY.items()
        ]

    @api.depends("crm_measure", "crm_kpi_ids", "crm_query_code")
    def _compute_crm_measure_now(self):
        month = rule.shifted(rule.month_of(fields.Date.context_today(self)), -1)
        kpis = {}
        for company, tasks in self.sudo().grouped("company_id").items():
            if not company:
                continue
            values = tasks.crm_kpi_ids._values(company, month, month)
            for kpi, months in values.items():
                text = kpi._text(months[month], company)
                kpis[kpi, company] = f"{kpi.name}: {text}"
        figures = self._crm_query_values()
        for task in self:
            company = task.sudo().company_id
            parts = [kpis.get((kpi, company)) for kpi in task.sudo().crm_kpi_ids]
            parts.append(figures.get(task))
            task.crm_measure_now = "; ".join(part for part in parts if part)

    def _crm_query_values(self):
        """``{task: "figure: value"}``, one reading per figure."""
        texts = {}
        labels = dict(self._selection_crm_query_code())
        for code, tasks in self.grouped("crm_query_code").items():
            query = queries.REGISTRY.get(code)
            rollouts = tasks.sudo().project_id.crm_rollout_ids
            if not query or not rollouts:
                continue
            values = query.values(rollouts)
            for task in tasks:
                value = values.get(task.sudo().project_id.crm_rollout_ids[:1])
                shown = "–" if value is None else number(self.env, value)
                shown = f"{shown} {query.unit}".strip()
                texts[task] = f"{labels[code]}: {shown}"
        return texts

    @api.constrains("crm_goal_ids", "project_id")
    def _check_crm_goals(self):
        for task in self.sudo():
            foreign = task.crm_goal_ids.filtered(
                lambda goal, task=task: goal.rollout_id.project_id != task.project_id
            )
            if foreign:
                raise ValidationError(
                    self.env._(
                        "crm_project_rollout.goal_other_project: The task “%(task)s” "
                        "cannot serve “%(goal)s”, which is a goal of another CRM "
                        "project. Choose a goal of the task's own project.",
                        task=task.name,
                        goal=foreign[0].name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        tasks = super().create(vals_list)
        tasks.sudo().crm_goal_ids._check_not_history()
        return tasks

    def write(self, vals):
        if "crm_goal_ids" not in vals:
            return super().write(vals)
        before = {task: task.crm_goal_ids for task in self.sudo()}
        done = super().write(vals)
        for task, goals in before.items():
            changed = (goals | task.crm_goal_ids) - (goals & task.crm_goal_ids)
            changed._check_not_history()
        return done

    @api.ondelete(at_uninstall=False)
    def _unlink_except_crm_history(self):
        """What a CRM project that has ended was reached with stays visible."""
        self.sudo().crm_goal_ids._check_not_history()

    def _crm_has_measure(self):
        return bool(self.crm_measure or self.crm_kpi_ids or self.crm_query_code)

    def _crm_line(self):
        """The task in the tree of goals."""
        self.ensure_one()
        parts = [self.crm_measure, self.crm_measure_now]
        return {
            "id": self.id,
            "name": self.name,
            "measure": "; ".join(part for part in parts if part),
        }
