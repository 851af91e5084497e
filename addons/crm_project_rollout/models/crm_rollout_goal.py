from odoo import api, fields, models

from ..core import goals as rule


class CrmRolloutGoal(models.Model):
    """What is to become of a KPI through the CRM project, or what is only watched.

    Baseline, target and date are frozen when stage 2 is passed; from then on the
    sponsor may replace a goal by another one, and both stay visible. The files beside
    this one hold its baseline, its result, what signing it means and what is refused.
    """

    _name = "crm.rollout.goal"
    _inherit = ["mail.thread", "mail.activity.mixin", "crm.rollout.record"]
    _description = "Goal of a CRM Project"
    _order = "rollout_id, is_watched, sequence, id"

    _mail_post_access = "read"
    _stage_number = 2
    _people_fields = ("user_id",)
    _guarded_fields = frozenset(
        {"has_baseline", "replaced_by_id", "replaces_id", "replace_reason", "final"}
    )
    # Written until the CRM project ends; all the rest is frozen at the gate.
    _living_fields = frozenset(
        {
            "sequence",
            "user_id",
            "cause",
            "task_ids",
            "problem_ids",
            "activity_ids",
            "message_ids",
            "message_follower_ids",
            "message_main_attachment_id",
        }
    )

    sequence = fields.Integer(default=10)
    name = fields.Char(
        required=True, help="In words of the company: “Clinics buy again sooner”."
    )
    kpi_id = fields.Many2one(
        "crm.rollout.kpi", string="KPI", required=True, ondelete="restrict", index=True
    )
    segment_id = fields.Many2one(
        "crm.segment",
        string="Category",
        ondelete="restrict",
        domain="[('segmentation_id.company_id', '=', company_id)]",
        help="Only the customers of this category.",
    )
    by_category = fields.Boolean(related="kpi_id.by_category")
    unit = fields.Selection(related="kpi_id.unit")
    direction = fields.Selection(
        [("raise", "Raise"), ("lower", "Lower"), ("keep", "Keep")],
        required=True,
        default="raise",
    )
    is_watched = fields.Boolean(
        string="Only Watched",
        help="An extra result: it has no target and is shown on the act.",
    )
    target = fields.Float(
        digits=(16, 2),
        aggregator=None,
        help="Where the number is to be on the date. To keep a number: the worst value "
        "that is still accepted.",
    )
    to_zero = fields.Boolean(
        string="The Target is Zero", help="Else a target of 0 means: none set yet."
    )
    date = fields.Date(string="Due", help="The day on which the target counts.")
    user_id = fields.Many2one(
        "res.users",
        string="Owner",
        index=True,
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
        help="Answers for the number.",
    )
    weight = fields.Float(
        default=1.0,
        aggregator=None,
        help="How much it counts for the success of the CRM project.",
    )
    criterion = fields.Text(
        string="Success in Words", help="How everybody will see that it worked."
    )
    task_ids = fields.Many2many(
        "project.task",
        "crm_rollout_goal_task_rel",
        "goal_id",
        "task_id",
        string="Tasks",
        domain="[('project_id.crm_rollout_ids', 'in', rollout_id)]",
    )
    task_count = fields.Integer(compute="_compute_task_count")
    is_complete = fields.Boolean(
        compute="_compute_is_complete",
        help="It has a baseline, a target, a date and an owner.",
    )
    missing_text = fields.Char(string="Still Missing", compute="_compute_is_complete")

    _weight_positive = models.Constraint(
        "CHECK(weight > 0)", "The weight of a goal is above zero."
    )

    # --- what is shown ----------------------------------------------------------

    @api.depends("task_ids")
    def _compute_task_count(self):
        for goal in self:
            goal.task_count = len(goal.sudo().task_ids)

    @api.depends(
        "has_baseline", "baseline", "target", "to_zero", "date", "user_id",
        "direction", "is_watched",
    )  # fmt: skip
    def _compute_is_complete(self):
        for goal in self:
            missing = goal._missing()
            goal.is_complete = not missing
            goal.missing_text = ", ".join(missing)

    def _missing(self):
        if self.is_watched:
            return []
        return [
            text
            for is_there, text in (
                (self.has_baseline, self.env._("baseline")),
                (self._has_target(), self.env._("target")),
                (self.date, self.env._("date")),
                (self.user_id, self.env._("owner")),
            )
            if not is_there
        ]

    def _has_target(self):
        """Zero is a target only if somebody says so, because it is also no entry."""
        return not self.is_watched and bool(self.target or self.to_zero)

    def _goal(self):
        """The goal as plain values for the rules in ``core``."""
        self.ensure_one()
        start = self.baseline_to
        return rule.Goal(
            direction=self.direction,
            baseline=self.baseline if self.has_baseline else None,
            target=self.target if self._has_target() else None,
            start=start and fields.Date.subtract(rule.shifted(start, 1), days=1),
            due=self.date or None,
            better=self.kpi_id.direction or rule.RAISE,
        )

    # --- keeping it sound -------------------------------------------------------

    @api.onchange("kpi_id")
    def _onchange_kpi_id(self):
        if self.kpi_id:
            self.name = self.name or self.kpi_id.name
            self.direction = self.kpi_id.direction
            if not self.kpi_id.by_category:
                self.segment_id = False

    @api.model_create_multi
    def create(self, vals_list):
        vals_list = [self._prepare(vals) for vals in vals_list]
        goals = super().create(vals_list)
        goals._check_windows()
        goals._measure()
        goals._check_sound()
        return goals

    def write(self, vals):
        vals = self._normal(vals)
        if not self._is_unguarded() and not vals.keys() <= self._living_fields:
            self._check_not_frozen()
        if "user_id" in vals and not vals["user_id"]:
            self._check_owner_stays()
        if vals.get("baseline") and not self._is_unguarded():
            vals.setdefault("baseline_kind", "typed")
        done = super().write(vals)
        names = {
            "kpi_id", "segment_id", "baseline", "baseline_kind", "baseline_from",
            "baseline_to",
        }  # fmt: skip
        if names & vals.keys() and not self._is_unguarded():
            self._measure()
        if not vals.keys() <= self._living_fields:
            self._check_sound()
        return done

    def _prepare(self, vals):
        vals = self._normal(vals)
        if vals.get("baseline"):
            vals.setdefault("baseline_kind", "typed")
        kpi = self.env["crm.rollout.kpi"].browse(vals.get("kpi_id") or [])
        if kpi:
            vals.setdefault("direction", kpi.direction)
            vals.setdefault("name", kpi.name)
        return vals

    @staticmethod
    def _normal(vals):
        vals = dict(vals)
        for name in ("baseline_from", "baseline_to"):
            if vals.get(name):
                vals[name] = rule.month_of(fields.Date.to_date(vals[name]))
        return vals

    def action_open(self):
        """Open the goal with its chart and its tasks."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.name,
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
        }
