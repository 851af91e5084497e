from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo import Command, fields, models
from odoo.exceptions import UserError
from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)

# The case of the published method: a distributor of medicines. Goal: name, KPI, what is
# added to the baseline (points of percent) or by what it is multiplied, success.
GOALS = (
    (
        _lt("Doctors and pharmacies are reached"),
        "counterparty_coverage",
        lambda baseline: min(baseline + 20, 95),
        _lt("Every representative sees on Monday whom nobody has visited."),
    ),
    (
        _lt("Customers buy again"),
        "repeat_purchase_share",
        lambda baseline: min(baseline + 10, 95),
        _lt("A customer who bought once is offered what belongs to it."),
    ),
    (
        _lt("Turnover grows"),
        "turnover",
        lambda baseline: baseline * 1.15,
        _lt("Plan and fact are compared by region every month."),
    ),
)
# Task, numbers of the goals it serves, what proves it, days from today, live query.
TASKS = (
    (
        _lt("One base of 50,000 doctors, clinics and pharmacies"),
        (0,),
        _lt("Counted after loading: no duplicates, a type for everybody"),
        60,
        "untyped_partners_percent",
    ),
    (
        _lt("Report: who was reached, by territory and representative"),
        (0,),
        _lt("The report is opened in the Monday meeting"),
        75,
        False,
    ),
    (
        _lt("Effect of marketing: cost, answers, leads and turnover per campaign"),
        (1, 2),
        _lt("Each campaign has a result ten days after its end"),
        90,
        False,
    ),
    (
        _lt("Plan and fact by month, region, product category and person"),
        (2,),
        _lt("Plan figures of the year are loaded, sell-out every month"),
        90,
        "plan_lines",
    ),
)


class CrmRollout(models.Model):
    """The case of the method as an example to start from."""

    _inherit = "crm.rollout"

    def action_fill_example(self):
        """Fill goals and tasks with the example of a distributor of medicines.

        :return: True
        :raises UserError: there are goals already, or stage 2 is passed
        """
        self.ensure_one()
        self.check_access("write")
        if self.goal_ids or self.goals_frozen:
            raise UserError(
                self.env._(
                    "crm_project_rollout.goals_are_there: “%(rollout)s” has goals of "
                    "its own already. The example is only for a CRM project that has "
                    "none.",
                    rollout=self.name,
                )
            )
        goals = self.env["crm.rollout.goal"].create(self._example_goals())
        for goal, (_name, _code, target, _words) in zip(goals, GOALS, strict=True):
            if goal.has_baseline and target(goal.baseline) > goal.baseline:
                goal.target = round(target(goal.baseline), 1)
        self.env["project.task"].create(self._example_tasks(goals))
        return True

    def _example_goals(self):
        today = fields.Date.context_today(self)
        return [
            {
                "rollout_id": self.id,
                "name": self.env._(name),
                "kpi_id": self.env.ref(f"crm_project_rollout.kpi_{code}").id,
                "date": today + relativedelta(years=1, month=12, day=31),
                "user_id": self.coordinator_id.id,
                "criterion": self.env._(text),
                "sequence": 10 * number,
            }
            for number, (name, code, _target, text) in enumerate(GOALS, start=1)
        ]

    def _example_tasks(self, goals):
        now = fields.Datetime.now()
        return [
            {
                "name": self.env._(name),
                "project_id": self.project_id.id,
                "user_ids": [Command.link(self.coordinator_id.id)],
                "date_deadline": now + timedelta(days=days),
                "crm_goal_ids": [Command.link(goals[number].id) for number in served],
                "crm_measure": self.env._(measure),
                "crm_query_code": code,
            }
            for name, served, measure, days, code in TASKS
        ]
