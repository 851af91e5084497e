from odoo import api, fields, models
from odoo.exceptions import AccessError


class CrmRolloutStageLine(models.AbstractModel):
    """What a question and a criterion of a stage have in common.

    Answers and confirmations may be given until the stage is passed. What the gate asks
    for may be changed until the stage opens; from then on only by the decider, because
    nobody should move the goal that he is running for.
    """

    _name = "crm.rollout.stage.line"
    _inherit = ["crm.rollout.guarded"]
    _description = "Line of a Stage of a CRM Project"

    _definition_fields = frozenset()

    stage_id = fields.Many2one(
        "crm.rollout.stage", required=True, ondelete="cascade", index=True
    )
    rollout_id = fields.Many2one(
        related="stage_id.rollout_id", store=True, index=True, string="CRM Project"
    )
    company_id = fields.Many2one(related="stage_id.company_id", store=True, index=True)
    is_current = fields.Boolean(
        compute="_compute_is_current",
        store=True,
        help="Whether the stage of this line is the open one.",
    )

    is_definable = fields.Boolean(
        compute="_compute_is_definable",
        help="Whether you may change what is asked for.",
    )

    @api.depends("stage_id.state", "rollout_id.state", "rollout_id.can_decide")
    @api.depends_context("uid")
    def _compute_is_definable(self):
        for line in self:
            stage = line.sudo().stage_id
            is_locked = stage and stage._is_locked()
            line.is_definable = not is_locked and not line._is_fixed(stage)

    @api.depends("stage_id.state")
    def _compute_is_current(self):
        for line in self:
            line.is_current = line.stage_id.state == "open"

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines._check_editable(is_definition=True)
        return lines

    def write(self, vals):
        self._check_editable(bool(self._definition_fields & vals.keys()))
        done = super().write(vals)
        if "stage_id" in vals:
            self._check_editable(is_definition=True)
        return done

    @api.ondelete(at_uninstall=False)
    def _unlink_except_fixed(self):
        self._check_editable(is_definition=True)

    def _check_editable(self, is_definition):
        if self._is_unguarded():
            return
        for stage in self.sudo().stage_id:
            if stage._is_locked():
                stage._refuse_closed()
            if is_definition and self._is_fixed(stage):
                self._refuse_fixed(stage)

    @staticmethod
    def _is_fixed(stage):
        """Whether the stage is being worked on by somebody who does not decide."""
        is_running = stage.rollout_id.state == "running" and stage.state == "open"
        return is_running and not stage.rollout_id.can_decide

    def _refuse_fixed(self, stage):
        if stage.rollout_id._may_decide():
            stage._refuse_own_judge()
        raise AccessError(
            self.env._(
                "crm_project_rollout.gate_is_fixed: Stage %(stage)s is open, and what "
                "its gate asks for can now be changed only by the sponsor "
                "%(sponsor)s. Ask for a conditional decision, or change the gates of "
                "later stages.",
                stage=stage.display_name,
                sponsor=stage.rollout_id.sponsor_id.sudo().name,
            )
        )
