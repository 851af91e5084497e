from odoo import fields, models
from odoo.exceptions import UserError


class CrmRolloutImprovement(models.Model):
    """Something for later; the list lives on after the act and starts the next."""

    _name = "crm.rollout.improvement"
    _inherit = ["crm.rollout.record"]
    _description = "Improvement for the Next CRM Project"
    _order = "rollout_id, sequence, id"

    _stage_number = 7
    _guarded_fields = frozenset({"next_rollout_id"})
    _people_fields = ("user_id",)

    sequence = fields.Integer(default=10)
    name = fields.Char(string="Improvement", required=True)
    description = fields.Text(string="What it would bring")
    user_id = fields.Many2one(
        "res.users",
        string="Proposed by",
        default=lambda self: self.env.user,
        ondelete="restrict",
    )
    about_customers = fields.Boolean(
        default=True, help="A customer would notice the difference."
    )
    next_rollout_id = fields.Many2one(
        "crm.rollout",
        string="Taken into",
        readonly=True,
        copy=False,
        ondelete="set null",
        index="btree_not_null",
    )

    def _check_not_history(self):
        """Ideas come after the end, too."""


class CrmRollout(models.Model):
    """The records of stage 7, and the way from one CRM project to the next."""

    _inherit = "crm.rollout"

    act_ids = fields.One2many(
        "crm.rollout.act",
        "rollout_id",
    )
    handover_ids = fields.One2many(
        "crm.rollout.handover", "rollout_id", string="Hand-Over"
    )
    improvement_ids = fields.One2many(
        "crm.rollout.improvement", "rollout_id", string="Improvements"
    )
    taken_improvement_ids = fields.One2many(
        "crm.rollout.improvement", "next_rollout_id", string="From the Last CRM Project"
    )
    date_review = fields.Date(
        string="Next Review",
        tracking=True,
        help="When the company looks again whether it still works. The coordinator "
        "gets an activity for this day.",
    )
    previous_id = fields.Many2one(
        "crm.rollout",
        string="Continues",
        readonly=True,
        copy=False,
        ondelete="set null",
        index="btree_not_null",
    )
    next_ids = fields.One2many(
        "crm.rollout", "previous_id", string="Continued by", readonly=True
    )

    @property
    def _guarded_fields(self):
        return super()._guarded_fields | {"previous_id"}

    def write(self, vals):
        done = super().write(vals)
        if {"date_review", "coordinator_id"} & vals.keys():
            self._plan_review()
        return done

    def _plan_review(self):
        """One activity for the next review, where the coordinator finds it."""
        kind = "mail.mail_activity_data_meeting"
        for rollout in self:
            rollout.activity_unlink([kind])
            if rollout.date_review:
                rollout.activity_schedule(
                    kind,
                    rollout.date_review,
                    user_id=rollout.coordinator_id.id,
                    summary=self.env._("Review: does the CRM still work as agreed?"),
                )

    def action_open_act(self):
        """Open the act of acceptance; the first time it is made."""
        self.ensure_one()
        if not self.act_ids:
            self.env["crm.rollout.act"].create({"rollout_id": self.id})
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Act of acceptance"),
            "res_model": "crm.rollout.act",
            "res_id": self.act_ids.id,
            "views": [(False, "form")],
        }

    def next_rollout(self):
        """Make the next CRM project of the improvements that nobody has taken yet.

        It has the same template, people and company, and is a draft.

        :return: the id of the new ``crm.rollout``
        :raises UserError: this CRM project has not ended, or nothing is left to improve
        """
        self.ensure_one()
        self.check_access("write")
        if self.state != "done":
            raise UserError(
                self.env._(
                    "crm_project_rollout.not_done: “%(rollout)s” is not done yet. "
                    "The next CRM project starts after the last gate of this one.",
                    rollout=self.name,
                )
            )
        left = self.improvement_ids.filtered(lambda line: not line.next_rollout_id)
        if not left:
            raise UserError(
                self.env._(
                    "crm_project_rollout.nothing_to_improve: No improvement of "
                    "“%(rollout)s” is left. Write down what should become better.",
                    rollout=self.name,
                )
            )
        following = self.create(
            {
                "name": self.env._("%(name)s: next round", name=self.name),
                "company_id": self.company_id.id,
                "template_id": self.template_id.id,
                "coordinator_id": self.coordinator_id.id,
                "sponsor_id": self.sponsor_id.id,
            }
        )
        following._unguarded().previous_id = self.id
        left._unguarded().next_rollout_id = following.id
        following._take_over(left)
        return following.id

    def action_next_rollout(self):
        """Make the next CRM project and open it."""
        return {
            "type": "ir.actions.act_window",
            "res_model": "crm.rollout",
            "res_id": self.next_rollout(),
            "views": [(False, "form")],
        }
