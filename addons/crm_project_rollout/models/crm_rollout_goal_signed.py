from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from odoo.addons.crm_segmentation.core.wire import words


class CrmRolloutGoal(models.Model):
    """A signed goal stays as it is; the sponsor may replace it by another one."""

    _inherit = "crm.rollout.goal"

    replaces_id = fields.Many2one("crm.rollout.goal", readonly=True)
    replaced_by_id = fields.Many2one(
        "crm.rollout.goal", readonly=True, index="btree_not_null", ondelete="set null"
    )
    replace_reason = fields.Text(string="Why Replaced", readonly=True)
    is_frozen = fields.Boolean(
        compute="_compute_is_frozen",
        help="Stage 2 is passed: baseline, target and date stay as they are.",
    )
    can_replace = fields.Boolean(compute="_compute_is_frozen")

    @api.depends(
        "rollout_id.stage_ids.state",
        "rollout_id.state",
        "rollout_id.can_decide",
        "replaced_by_id",
    )
    @api.depends_context("uid")
    def _compute_is_frozen(self):
        for goal in self:
            goal.is_frozen = goal._is_frozen()
            rollout = goal.sudo().rollout_id
            goal.can_replace = (
                goal.is_frozen
                and not goal.replaced_by_id
                and rollout.with_env(self.env).can_decide
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_frozen(self):
        if not self._is_unguarded():
            self.filtered(lambda goal: not goal.is_watched)._check_not_frozen()

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

    def _check_owner_stays(self):
        """The owner of a signed goal may be another one, but not nobody."""
        for goal in self.filtered(lambda goal: goal.user_id and not goal.is_watched):
            if goal._is_frozen():
                raise UserError(
                    self.env._(
                        "crm_project_rollout.goal_owner_missing: “%(goal)s” was signed "
                        "with an owner. Name somebody else who answers for it.",
                        goal=goal.name,
                    )
                )

    def _check_may_be_added(self):
        """A goal that is only watched may come until the CRM project ends."""
        if self._is_unguarded():
            return
        self._check_not_history()
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
        if rollout._judges_own_work():
            rollout.stage_id._refuse_own_judge()
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
