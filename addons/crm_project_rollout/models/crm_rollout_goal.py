from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from odoo.addons.crm_segmentation.core.wire import is_text, words
from odoo.addons.crm_segmentation.models.wire_json import WireJson

from ..core import goals as rule
from ..engine import goal_figures

BASELINE_MONTHS = 3


class CrmRolloutGoal(models.Model):
    """What is to become of a KPI through the CRM project, or what is only watched.

    Baseline, target and date are frozen when stage 2 is passed; from then on the
    sponsor may replace a goal by another one, and both stay visible.
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
    cause = fields.Text(
        string="Why It Differs",
        help="Why the result is better or worse than planned; shown on the act.",
    )
    replaces_id = fields.Many2one("crm.rollout.goal", readonly=True)
    replaced_by_id = fields.Many2one(
        "crm.rollout.goal", readonly=True, index="btree_not_null", ondelete="set null"
    )
    replace_reason = fields.Text(string="Why Replaced", readonly=True)
    task_ids = fields.Many2many(
        "project.task",
        "crm_rollout_goal_task_rel",
        "goal_id",
        "task_id",
        string="Tasks",
        domain="[('project_id.crm_rollout_ids', 'in', rollout_id)]",
    )
    task_count = fields.Integer(compute="_compute_task_count")
    final = WireJson(readonly=True, help="The result when the CRM project ended.")

    is_frozen = fields.Boolean(
        compute="_compute_is_frozen",
        help="Stage 2 is passed: baseline, target and date stay as they are.",
    )
    can_replace = fields.Boolean(compute="_compute_is_frozen")
    is_complete = fields.Boolean(
        compute="_compute_is_complete",
        help="It has a baseline, a target, a date and an owner.",
    )
    missing_text = fields.Char(string="Still Missing", compute="_compute_is_complete")
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

    _weight_positive = models.Constraint(
        "CHECK(weight > 0)", "The weight of a goal is above zero."
    )

    def _default_month(self, back):
        today = fields.Date.context_today(self)
        return rule.shifted(rule.month_of(today), -back)

    # --- what is shown ----------------------------------------------------------

    @api.depends("task_ids")
    def _compute_task_count(self):
        for goal in self:
            goal.task_count = len(goal.sudo().task_ids)

    @api.depends("rollout_id.stage_ids.state", "rollout_id.state", "replaced_by_id")
    @api.depends_context("uid")
    def _compute_is_frozen(self):
        for goal in self:
            goal.is_frozen = goal._is_frozen()
            rollout = goal.sudo().rollout_id
            goal.can_replace = (
                goal.is_frozen
                and not goal.replaced_by_id
                and rollout.state == "running"
                and rollout.with_env(self.env)._may_decide()
            )

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

    def _window(self):
        """How many months the baseline, and so the value now, is the mean of."""
        if not self.baseline_from or not self.baseline_to:
            return 1
        return max(rule.months_between(self.baseline_from, self.baseline_to) + 1, 1)

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

    # --- keeping it sound -------------------------------------------------------

    @api.onchange("kpi_id")
    def _onchange_kpi_id(self):
        if self.kpi_id:
            self.name = self.name or self.kpi_id.name
            self.direction = self.kpi_id.direction
            if not self.kpi_id.by_category:
                self.segment_id = False

    @api.onchange("kpi_id", "segment_id", "baseline_from", "baseline_to")
    def _onchange_baseline(self):
        if self.baseline_kind == "measured" and self.kpi_id and self.rollout_id:
            self.baseline = self._measured() or 0.0

    @api.model_create_multi
    def create(self, vals_list):
        vals_list = [self._prepare(vals) for vals in vals_list]
        goals = super().create(vals_list)
        goals._check_may_be_added()
        goals._check_windows()
        goals._measure()
        goals._check_sound()
        return goals

    def write(self, vals):
        vals = self._normal(vals)
        if not self._is_unguarded() and not vals.keys() <= self._living_fields:
            self._check_not_frozen()
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

    @api.ondelete(at_uninstall=False)
    def _unlink_except_frozen(self):
        if not self._is_unguarded():
            self.filtered(lambda goal: not goal.is_watched)._check_not_frozen()

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

    def _check_not_history(self):
        """A goal lives until the CRM project ends; what is frozen is told apart."""
        if self._is_unguarded():
            return
        for rollout in self.sudo().rollout_id:
            if rollout.state not in ("draft", "running"):
                rollout._refuse_not_running()

    def _is_frozen(self):
        stage = self._stage()
        return bool(stage) and stage._is_locked()

    def _check_not_frozen(self):
        for goal in self:
            if goal._is_frozen():
                raise UserError(
                    self.env._(
                        "crm_project_rollout.goal_is_frozen: “%(goal)s” was signed "
                        "with stage 2: KPI, baseline, target, date and weight stay as "
                        "they are. If the goal has to change, its sponsor replaces it "
                        "and says why.",
                        goal=goal.name,
                    )
                )

    def _check_may_be_added(self):
        if self._is_unguarded():
            return
        for goal in self:
            if goal._is_frozen() and not goal.is_watched:
                raise UserError(
                    self.env._(
                        "crm_project_rollout.goals_are_signed: Stage 2 is passed, and "
                        "the goals are signed. “%(goal)s” can only be watched, without "
                        "a target; or the sponsor replaces another goal by it.",
                        goal=goal.name,
                    )
                )

    def _check_sound(self):
        self._check_windows()
        for goal in self:
            goal._check_belongs()
            code = "" if goal.is_watched else rule.problem(goal._goal())
            if code:
                getattr(goal, f"_refuse_{code}")()

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

    # --- what people do ---------------------------------------------------------

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

    def replace(self, values, reason):
        """Replace a signed goal by another one. Only the sponsor may.

        :param values: what is different: ``name``, ``target`` (or ``to_zero``),
            ``date``, ``weight``, ``criterion``, ``user_id``; KPI and baseline stay
        :param reason: why; it stays with the old goal
        :return: the id of the new goal
        """
        self.ensure_one()
        self.check_access("read")
        rollout = self.rollout_id
        rollout._check_running()
        if not rollout._may_decide():
            raise AccessError(
                self.env._(
                    "crm_project_rollout.not_decider: At the gates of “%(rollout)s” "
                    "its sponsor %(sponsor)s decides, not you. Ask the sponsor for the "
                    "decision.",
                    rollout=rollout.name,
                    sponsor=rollout.sponsor_id.sudo().name,
                )
            )
        self._check_replacement(values, reason)
        goal = self._unguarded()
        new = goal.create({**goal._copied(), **values, "replaces_id": self.id})
        new._check_replacement_complete()
        goal.write({"replaced_by_id": new.id, "replace_reason": words(reason)})
        return new.id

    _replaceable = (
        "name",
        "target",
        "to_zero",
        "date",
        "weight",
        "criterion",
        "user_id",
    )

    def _check_replacement_complete(self):
        """What gate 2 asked of the old goal is asked of the new one."""
        if not self.is_complete:
            raise ValidationError(
                self.env._(
                    "crm_project_rollout.replacement_incomplete: “%(goal)s” replaces a "
                    "signed goal and needs everything that one had. Still missing: "
                    "%(missing)s.",
                    goal=self.name,
                    missing=self.missing_text,
                )
            )

    def _check_replacement(self, values, reason):
        if not self._is_frozen() or self.replaced_by_id or self.is_watched:
            raise UserError(
                self.env._(
                    "crm_project_rollout.not_replaceable: “%(goal)s” needs no "
                    "replacement: it is not signed yet, is only watched or has been "
                    "replaced already. Change that goal itself.",
                    goal=self.name,
                )
            )
        if not words(reason):
            raise UserError(
                self.env._(
                    "crm_project_rollout.reason_missing: A decision needs a reason. "
                    "Write one or two sentences that will still be understood in a "
                    "year."
                )
            )
        if not isinstance(values, dict) or set(values) - set(self._replaceable):
            raise ValidationError(
                self.env._(
                    "crm_project_rollout.unknown_values: %(unknown)s cannot be given. "
                    "Possible are: %(known)s.",
                    unknown=repr(values)[:80],
                    known=", ".join(self._replaceable),
                )
            )

    def _copied(self):
        return {
            "rollout_id": self.rollout_id.id,
            "name": self.name,
            "kpi_id": self.kpi_id.id,
            "segment_id": self.segment_id.id,
            "direction": self.direction,
            # As it was signed, also if the database tells another one today.
            "baseline_kind": "typed",
            "baseline_from": self.baseline_from,
            "baseline_to": self.baseline_to,
            "baseline": self.baseline,
            "target": self.target,
            "to_zero": self.to_zero,
            "date": self.date,
            "user_id": self.user_id.id,
            "weight": self.weight,
            "criterion": self.criterion,
            "task_ids": [Command.set(self.task_ids.ids)],
        }

    def action_replace(self):
        """Open the dialog in which the sponsor replaces the goal."""
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Replace the goal"),
            "res_model": "crm.rollout.goal.replace",
            "view_mode": "form",
            "target": "new",
            "context": {"default_goal_id": self.id},
        }

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
