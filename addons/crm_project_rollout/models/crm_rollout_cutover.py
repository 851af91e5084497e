from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.crm_segmentation.core.wire import words


class CrmRolloutCutover(models.Model):
    """One step of the plan for the first day, with its check and its way back."""

    _name = "crm.rollout.cutover"
    _inherit = ["crm.rollout.record"]
    _description = "Step of the First Day"
    _order = "rollout_id, sequence, id"

    _guarded_fields = frozenset({"is_done", "done_by_id", "date_done", "proof"})
    _people_fields = ("user_id",)

    sequence = fields.Integer(default=10)
    name = fields.Char(string="Step", required=True)
    user_id = fields.Many2one(
        "res.users",
        string="Owner",
        ondelete="restrict",
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
    )
    date = fields.Datetime(string="When")
    check = fields.Char(
        string="How we see that it worked", help="Something that one can look at."
    )
    way_back = fields.Char(help="What we do if it did not work.")
    is_ready = fields.Boolean(
        string="Complete",
        compute="_compute_is_ready",
        store=True,
        help="Owner, time, check and way back are all there.",
    )
    is_done = fields.Boolean(string="Done", readonly=True, copy=False)
    done_by_id = fields.Many2one(
        "res.users", readonly=True, copy=False, ondelete="restrict"
    )
    date_done = fields.Datetime(string="Done On", readonly=True, copy=False)
    proof = fields.Char(string="What the check showed", readonly=True, copy=False)

    @api.depends("user_id", "date", "check", "way_back")
    def _compute_is_ready(self):
        for step in self:
            texts = (step.check or "").strip() and (step.way_back or "").strip()
            step.is_ready = bool(step.user_id and step.date and texts)

    def action_done(self, proof=False):
        """Note that a step was done. Steps that are done stay as they are.

        :param proof: what the check showed
        :return: True
        :raises UserError: the step is not complete
        :raises AccessError: the caller is neither its owner nor the coordinator
        """
        self.check_access("read")
        for step in self.filtered(lambda step: not step.is_done):
            step._check_may_act(step.user_id)
            step._check_not_history()
            if not step.is_ready:
                step._refuse_incomplete()
            step._unguarded().write(
                {
                    "is_done": True,
                    "done_by_id": self.env.uid,
                    "date_done": fields.Datetime.now(),
                    "proof": words(proof),
                }
            )
        return True

    def _refuse_incomplete(self):
        raise UserError(
            self.env._(
                "crm_project_rollout.step_incomplete: “%(step)s” needs an owner, a "
                "time, a check and a way back before it can be done.",
                step=self.name,
            )
        )


class CrmRollout(models.Model):
    """The records of stage 6 on the form of a CRM project."""

    _inherit = "crm.rollout"

    load_ids = fields.One2many("crm.rollout.load", "rollout_id", string="Data Loads")
    trial_ids = fields.One2many("crm.rollout.trial", "rollout_id", string="Trial Run")
    cutover_ids = fields.One2many(
        "crm.rollout.cutover", "rollout_id", string="First Day"
    )
