"""Live queries of stages 2, 3 and 7: goals, their tasks, plan figures."""

from odoo.tools.translate import LazyTranslate

from ..core import goals as rule
from .queries import LiveQuery, register

_lt = LazyTranslate(__name__)


class _GoalShare(LiveQuery):
    """Share of the goals that the success rests on which satisfy ``_is_met``."""

    unit = "%"

    def values(self, rollouts):
        goals = {rollout: rollout.sudo()._counted_goals() for rollout in rollouts}
        return {
            rollout: 100 * len(own.filtered(self._is_met)) / len(own) if own else None
            for rollout, own in goals.items()
        }

    def offenders(self, rollout):
        failing = (
            rollout.sudo()
            ._counted_goals()
            .filtered(lambda goal: not self._is_met(goal))
        )
        return "crm.rollout.goal", [("id", "in", failing.ids)]

    @staticmethod
    def _is_met(goal):
        raise NotImplementedError


@register
class GoalsCompletePercent(_GoalShare):
    """Goals that have a baseline, a target, a date and an owner."""

    code = "goals_complete_percent"
    label = _lt("Goals with baseline, target, date and owner, %")

    @staticmethod
    def _is_met(goal):
        return goal.is_complete


@register
class GoalsWithTaskPercent(_GoalShare):
    """Goals that at least one task serves."""

    code = "goals_with_task_percent"
    label = _lt("Goals with a task, %")

    @staticmethod
    def _is_met(goal):
        return bool(goal.task_ids)


@register
class GoalsReachedPercent(_GoalShare):
    """Goals that are reached."""

    code = "goals_reached_percent"
    label = _lt("Goals reached, %")

    @staticmethod
    def _is_met(goal):
        return goal.verdict == rule.REACHED


@register
class GoalsExplainedPercent(_GoalShare):
    """Goals whose result is known and, unless reached, explained."""

    code = "goals_explained_percent"
    label = _lt("Goals reached, or missed with the cause named, %")

    @staticmethod
    def _is_met(goal):
        return goal.verdict == rule.REACHED or bool(goal.cause and goal.has_actual)


class _Tasks(LiveQuery):
    """Base of the queries about the tasks that the company has planned."""

    def _tasks(self, rollouts):
        """``{rollout: project.task records}``; one search for all."""
        tasks = rollouts.env["project.task"].sudo().search(rollouts._task_domain())
        by_project = tasks.grouped("project_id")
        return {
            rollout: by_project.get(rollout.sudo().project_id, tasks.browse())
            for rollout in rollouts
        }


@register
class OrphanTasks(_Tasks):
    """How many tasks serve no goal."""

    code = "orphan_tasks"
    label = _lt("Tasks without a goal")

    def values(self, rollouts):
        return {
            rollout: len(tasks.filtered(lambda task: not task.crm_goal_ids))
            for rollout, tasks in self._tasks(rollouts).items()
        }

    def offenders(self, rollout):
        return "project.task", list(rollout._orphan_domain())


@register
class TasksCompletePercent(_Tasks):
    """Share of the tasks that have an owner, a date and a measure."""

    code = "tasks_complete_percent"
    label = _lt("Tasks with owner, date and measure, %")
    unit = "%"

    def values(self, rollouts):
        return {
            rollout: 100 * len(tasks.filtered(self._is_complete)) / len(tasks)
            if tasks
            else None
            for rollout, tasks in self._tasks(rollouts).items()
        }

    def offenders(self, rollout):
        tasks = self._tasks(rollout)[rollout]
        missing = tasks.filtered(lambda task: not self._is_complete(task))
        return "project.task", [("id", "in", missing.ids)]

    @staticmethod
    def _is_complete(task):
        return bool(task.user_ids and task.date_deadline and task._crm_has_measure())


@register
class PlanLines(LiveQuery):
    """How many plan figures of the running month and later the company has."""

    code = "plan_lines"
    label = _lt("Plan figures from this month on")

    def _by_company(self, companies):
        groups = companies.env["crm.plan.line"]._read_group(
            [("company_id", "in", companies.ids), *self._ahead()],
            ["company_id"],
            ["__count"],
        )
        counts = {company.id: count for company, count in groups}
        return {company.id: counts.get(company.id, 0) for company in companies}

    def offenders(self, rollout):
        return "crm.plan.line", [
            ("company_id", "=", rollout.company_id.id),
            "!",
            "&",
            *self._ahead(),
        ]

    @staticmethod
    def _ahead():
        return [("source", "=", "plan"), ("month", ">=", "today =1d")]
