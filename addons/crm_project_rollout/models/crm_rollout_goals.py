from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from ..core import goals as rule


class CrmRollout(models.Model):
    """The goals of a CRM project and its rule of success."""

    _inherit = "crm.rollout"

    goal_ids = fields.One2many("crm.rollout.goal", "rollout_id", string="Goals")
    verdict_rule = fields.Selection(
        [
            ("all", "Every goal is reached"),
            ("weighted", "Enough of the goals by weight"),
        ],
        string="Rule of Success",
        required=True,
        default="all",
        help="Decided before anybody knows the result: signed with stage 2.",
    )
    verdict_threshold = fields.Float(
        string="Of the Weight, %",
        default=80.0,
        digits=(5, 1),
        help="So much of the weight of all goals has to be reached.",
    )
    verdict_rule_text = fields.Char(compute="_compute_verdict_rule_text")
    goals_verdict = fields.Selection(
        [
            ("reached", "Reached"),
            ("on_course", "On course"),
            ("off_course", "Off course"),
            ("missed", "Missed"),
            ("unknown", "Not known"),
        ],
        string="The CRM Project Is",
        compute="_compute_goals_verdict",
    )
    goals_frozen = fields.Boolean(compute="_compute_goals_frozen")
    # A person who only takes part need not see the tasks of others.
    orphan_task_count = fields.Integer(
        string="Tasks without a Goal", compute="_compute_orphan_task_count"
    )

    @api.depends("verdict_rule", "verdict_threshold")
    @api.depends_context("lang")
    def _compute_verdict_rule_text(self):
        for rollout in self:
            rollout.verdict_rule_text = rollout._verdict_rule_text()

    @api.depends("goal_ids", "verdict_rule", "verdict_threshold")
    def _compute_goals_verdict(self):
        for rollout in self:
            rollout.goals_verdict = rollout._goals_verdict()

    @api.depends("stage_ids.state", "state")
    def _compute_goals_frozen(self):
        for rollout in self:
            stage = rollout._goal_stage()
            rollout.goals_frozen = bool(stage) and stage._is_locked()

    def _compute_orphan_task_count(self):
        counts = dict(
            self.env["project.task"]
            .sudo()
            ._read_group(self._orphan_domain(), ["project_id"], ["__count"])
        )
        for rollout in self:
            rollout.orphan_task_count = counts.get(rollout.project_id.sudo(), 0)

    def _goal_stage(self):
        return self.sudo().stage_ids.filtered(lambda stage: stage.number == 2)

    def _counted_goals(self):
        """The goals that the success rests on."""
        return self.sudo().goal_ids.filtered(
            lambda goal: not goal.is_watched and not goal.replaced_by_id
        )

    def _goals_verdict(self):
        self.ensure_one()
        return rule.project_verdict(
            [(goal.weight, goal.verdict) for goal in self._counted_goals()],
            self.verdict_rule,
            self.verdict_threshold,
        )

    def _task_domain(self):
        """The tasks that the company has planned; the template's own are none."""
        return Domain("project_id", "in", self.project_id.ids) & Domain(
            [
                ("parent_id", "=", False),
                ("state", "!=", "1_canceled"),
                ("id", "not in", self.sudo().stage_ids.task_id.ids),
            ]
        )

    def _orphan_domain(self):
        return self._task_domain() & Domain("crm_goal_ids", "=", False)

    @api.constrains("verdict_threshold")
    def _check_verdict_threshold(self):
        for rollout in self:
            if not 0 < rollout.verdict_threshold <= 100:
                raise ValidationError(
                    self.env._(
                        "crm_project_rollout.wrong_threshold: %(value)g %% of the "
                        "weight is no rule of success. Give more than 0 and at most "
                        "100.",
                        value=rollout.verdict_threshold,
                    )
                )

    def write(self, vals):
        if {"verdict_rule", "verdict_threshold"} & vals.keys():
            if not self._is_unguarded():
                self._check_rule_open()
        return super().write(vals)

    def _check_rule_open(self):
        for rollout in self:
            stage = rollout._goal_stage()
            if stage and stage._is_locked():
                stage._refuse_closed()

    # --- what other files ask ----------------------------------------------------

    def _verdict_rule_text(self):
        self.ensure_one()
        if self.verdict_rule == rule.ALL:
            return self.env._(
                "The CRM project has succeeded if every goal is reached on its date."
            )
        return self.env._(
            "The CRM project has succeeded if goals with at least %(percent)g %% of "
            "the weight are reached on their dates.",
            percent=self.verdict_threshold,
        )

    def _verdict_proposal(self):
        self.ensure_one()
        goals = self._counted_goals()
        if not goals:
            return super()._verdict_proposal()
        how = self._goals_verdict()
        if how == rule.REACHED:
            return "reached"
        if rule.REACHED in goals.mapped("verdict"):
            return "partly"
        return "missed" if how == rule.MISSED else False

    def _goal_lines(self):
        self.ensure_one()
        goals = self.sudo().goal_ids.filtered(lambda goal: not goal.replaced_by_id)
        lines = [
            {
                "name": goal.name,
                "unit_code": goal.unit,
                "baseline": goal.has_baseline and round(goal.baseline, 2),
                "target": goal._has_target() and round(goal.target, 2),
                "actual": goal.has_actual and round(goal.actual, 2),
                "date": goal.date and fields.Date.to_string(goal.date) or "",
                "verdict_code": goal.verdict,
                "cause": goal.cause or "",
                "is_watched": goal.is_watched,
            }
            for goal in goals
        ]
        return self._goal_lines_in_words(lines)

    def _goal_lines_in_words(self, lines):
        """Unit and verdict in the reader's language, also of lines that were kept.

        :param lines: of :meth:`_goal_lines`; old ones have words and no codes
        """
        self.ensure_one()
        verdicts = dict(
            self.env["crm.rollout.goal"]
            ._fields["verdict"]
            ._description_selection(self.env)
        )
        units = dict(
            self.env["crm.rollout.kpi"]._fields["unit"]._description_selection(self.env)
        )
        units |= {"number": "", "money": self.company_id.currency_id.symbol}
        return [
            {
                **line,
                "unit": units.get(line.get("unit_code"), line.get("unit", "")),
                "verdict": verdicts.get(
                    line.get("verdict_code"), line.get("verdict", "")
                ),
            }
            for line in lines
        ]

    def goal_tree(self):
        """From goal to task to measure, with what hangs loose.

        :return: ``{"goals": [{"id", "name", "verdict", "tasks": [{"id", "name",
            "measure"}]}], "goals_without_task": [ids], "tasks_without_goal": [{"id",
            "name", "measure"}]}``
        """
        self.ensure_one()
        self.check_access("read")
        goals = self._counted_goals()
        orphans = self.env["project.task"].sudo().search(self._orphan_domain())
        return {
            "goals": [
                {
                    "id": goal.id,
                    "name": goal.name,
                    "verdict": goal.verdict,
                    "tasks": [task._crm_line() for task in goal.task_ids],
                }
                for goal in goals
            ],
            "goals_without_task": goals.filtered(lambda goal: not goal.task_ids).ids,
            "tasks_without_goal": [task._crm_line() for task in orphans],
        }

    def action_open_goals(self):
        """The goals in a list of their own."""
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_project_rollout.action_crm_rollout_goal"
        )
        return {
            **action,
            "domain": [("rollout_id", "=", self.id)],
            "context": {"default_rollout_id": self.id},
        }

    def action_open_orphans(self):
        """The tasks that serve no goal."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Tasks without a goal"),
            "res_model": "project.task",
            "view_mode": "list,kanban,form",
            "domain": list(self._orphan_domain()),
            "context": {"default_project_id": self.project_id.id},
            "help": self.env._(
                "<p class='o_view_nocontent_smiling_face'>Every task serves a goal</p>"
            ),
        }


class CrmRolloutStage(models.Model):
    _inherit = "crm.rollout.stage"

    def _end_rollout(self, state, when):
        result = super()._end_rollout(state, when)
        if state != "running":
            self.rollout_id.sudo().goal_ids._freeze_result()
        return result
