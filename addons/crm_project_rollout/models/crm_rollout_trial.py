from odoo import api, fields, models
from odoo.exceptions import UserError


class CrmRolloutTrial(models.Model):
    """Something that somebody found while trying the system before the first day."""

    _name = "crm.rollout.trial"
    _inherit = ["crm.rollout.record"]
    _description = "Finding of the Trial Run"
    _order = "rollout_id, severity, id"

    _guarded_fields = frozenset({"task_id", "closed_by_id", "date_closed"})
    _people_fields = ("user_id", "found_by_id")

    name = fields.Char(string="What happened", required=True)
    description = fields.Text(string="How to see it again")
    found_by_id = fields.Many2one(
        "res.users",
        string="Found by",
        required=True,
        default=lambda self: self.env.user,
        ondelete="restrict",
    )
    date = fields.Date(required=True, default=fields.Date.context_today)
    severity = fields.Selection(
        [
            ("1_blocker", "Stops the work"),
            ("2_major", "Hinders the work"),
            ("3_minor", "A blemish"),
        ],
        required=True,
        default="2_major",
        help="What stops the work keeps the gate closed.",
    )
    user_id = fields.Many2one(
        "res.users",
        string="Mends it",
        ondelete="restrict",
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
    )
    state = fields.Selection(
        [("open", "Open"), ("solved", "Solved"), ("dropped", "Left as it is")],
        required=True,
        default="open",
        index=True,
    )
    solution = fields.Char(help="What was done, or why it may stay as it is.")
    task_id = fields.Many2one(
        "project.task", readonly=True, copy=False, ondelete="set null"
    )
    closed_by_id = fields.Many2one(
        "res.users", readonly=True, copy=False, ondelete="restrict"
    )
    date_closed = fields.Datetime(string="Closed On", readonly=True, copy=False)

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        records._note_closing()
        return records

    def write(self, vals):
        done = super().write(vals)
        if {"state", "solution"} & vals.keys():
            self._note_closing()
        return done

    def _note_closing(self):
        """Whoever closes says how; a blocker cannot be left as it is."""
        if self._is_unguarded():
            return
        for trial in self:
            is_closed = trial.state != "open"
            if is_closed and not (trial.solution or "").strip():
                trial._refuse_without_solution()
            if trial.state == "dropped" and trial.severity == "1_blocker":
                trial._refuse_dropped_blocker()
            if is_closed != bool(trial.date_closed):
                trial._unguarded().write(
                    {
                        "closed_by_id": is_closed and self.env.uid,
                        "date_closed": is_closed and fields.Datetime.now(),
                    }
                )

    def _refuse_without_solution(self):
        raise UserError(
            self.env._(
                "crm_project_rollout.trial_unsolved: Say what was done about "
                "“%(trial)s”, or why it may stay as it is, before you close it.",
                trial=self.name,
            )
        )

    def _refuse_dropped_blocker(self):
        raise UserError(
            self.env._(
                "crm_project_rollout.blocker_dropped: “%(trial)s” stops the work "
                "and cannot be left as it is. Solve it, or judge it less severe.",
                trial=self.name,
            )
        )

    def action_make_task(self):
        """Make a task of it in the project; the same task when asked again.

        :return: an action that opens the task
        """
        self.ensure_one()
        self.check_access("write")
        if not self.task_id:
            self._check_not_history()
            self._unguarded().task_id = self.env["project.task"].create(
                {
                    "name": self.name,
                    "project_id": self.rollout_id.project_id.id,
                    "user_ids": [fields.Command.set(self.user_id.ids)],
                    "description": self.description,
                }
            )
        return {
            "type": "ir.actions.act_window",
            "res_model": "project.task",
            "res_id": self.task_id.id,
            "views": [(False, "form")],
        }
