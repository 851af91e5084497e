from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..core.goals import MISSED, OFF_COURSE


class CrmRolloutGoal(models.Model):
    """Which problems a goal is to solve, and where its tasks stand."""

    _inherit = "crm.rollout.goal"

    project_id = fields.Many2one(related="rollout_id.project_id")

    problem_ids = fields.Many2many(
        "crm.rollout.problem",
        "crm_rollout_goal_problem_rel",
        "goal_id",
        "problem_id",
        string="Solves",
        domain="[('rollout_id', '=', rollout_id)]",
        help="The problems that are gone when the goal is reached.",
    )

    @api.constrains("problem_ids", "rollout_id")
    def _check_problems(self):
        for goal in self:
            strange = goal.problem_ids.filtered(
                lambda problem, goal=goal: problem.rollout_id != goal.rollout_id
            )
            if strange:
                raise ValidationError(
                    self.env._(
                        "crm_project_rollout.problem_elsewhere: “%(problem)s” is a "
                        "problem of another CRM project than the goal “%(goal)s”. "
                        "Choose one of “%(rollout)s”.",
                        problem=strange[0].name,
                        goal=goal.name,
                        rollout=goal.rollout_id.name,
                    )
                )


class CrmRolloutProblem(models.Model):
    """Which goals are to solve a problem; said on the goals, which come later."""

    _inherit = "crm.rollout.problem"

    goal_ids = fields.Many2many(
        "crm.rollout.goal",
        "crm_rollout_goal_problem_rel",
        "problem_id",
        "goal_id",
        string="Solved by",
        readonly=True,
    )


class CrmRollout(models.Model):
    """Problems, goals and tasks know each other."""

    _inherit = "crm.rollout"

    def _goals_off_course(self):
        found = super()._goals_off_course()
        for rollout in self:
            goals = rollout._counted_goals()
            off = goals.filtered(lambda goal: goal.verdict in (OFF_COURSE, MISSED))
            found[rollout] = tuple(off.mapped("name")), len(goals)
        return found

    def _take_over(self, improvements):
        result = super()._take_over(improvements)
        self.env["crm.rollout.problem"].create(
            [
                {
                    "rollout_id": self.id,
                    "name": improvement.name,
                    "process_wanted": improvement.description,
                    "about_customers": "yes" if improvement.about_customers else "no",
                }
                for improvement in improvements
            ]
        )
        return result

    def _chain_records(self):
        return {
            **super()._chain_records(),
            "problem": ("crm.rollout.problem", self.problem_ids),
            "goal": ("crm.rollout.goal", self._counted_goals()),
        }

    def _chain_links(self):
        links = super()._chain_links()
        for goal in self._counted_goals():
            node = ("goal", goal.id)
            links += [(("problem", id_), node) for id_ in goal.problem_ids.ids]
            links += [(node, ("task", id_)) for id_ in goal.task_ids.ids]
        return links

    def _chain_models(self):
        return {
            "problem": "crm.rollout.problem",
            "goal": "crm.rollout.goal",
            **super()._chain_models(),
        }
