from odoo import fields, models

TASK_STATES = {"done": "1_done", "cancelled": "1_canceled"}


class CrmCorrectiveAction(models.Model):
    """While a CRM project runs, what has to be put right is a task of its project."""

    _inherit = "crm.corrective.action"

    task_id = fields.Many2one(
        "project.task",
        readonly=True,
        copy=False,
        ondelete="set null",
        index="btree_not_null",
        help="The task of the CRM project that ran when this was opened.",
    )

    def _follow_up(self):
        result = super()._follow_up()
        projects = self._running_projects()
        actions = self.sudo().filtered(
            lambda action: not action.task_id and action.company_id in projects
        )
        tasks = self.env["project.task"].sudo()
        tasks = tasks.create(
            [action._task_values(projects[action.company_id]) for action in actions]
        )
        for action, task in zip(actions, tasks, strict=True):
            action.task_id = task
        return result

    def _running_projects(self):
        """The project of the CRM project that runs, the newest one, by company."""
        rollouts = self.env["crm.rollout"].sudo()
        running = rollouts.search(
            [
                ("state", "=", "running"),
                ("company_id", "in", self.company_id.ids),
                ("project_id", "!=", False),
            ],
            order="id",
        )
        return {rollout.company_id: rollout.project_id for rollout in running}

    def _task_values(self, project):
        return {
            "name": self.env._(
                "Put right: %(regulation)s (%(whose)s)",
                regulation=self.regulation_id.name,
                whose=self._whose(),
            ),
            "project_id": project.id,
            "company_id": self.company_id.id,
            "user_ids": [fields.Command.set(self.owner_id.ids)],
            "date_deadline": fields.Datetime.to_datetime(self.date_due),
        }

    def write(self, vals):
        written = super().write(vals)
        if vals.get("state") in TASK_STATES:
            self.sudo().task_id.state = TASK_STATES[vals["state"]]
        return written
