"""Goals, tasks, plan figures and entered values of the demo company's CRM project."""

from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo import Command, fields

# Goal, KPI, direction, target from baseline, weight.
GOALS = (
    ("Clinics go on buying", "repeat_purchase_share", "keep", lambda b: b - 4, 2),
    (
        "Sales management costs less",
        "sales_management_cost",
        "lower",
        lambda b: b * 0.9,
        1,
    ),
    (
        "Every customer is reached",
        "counterparty_coverage",
        "raise",
        lambda b: b + (100 - b) / 2,
        2,
    ),
    ("More turnover", "turnover", "raise", lambda b: b * 1.12, 1),
)
# Numbers of the problems that each goal solves.
SOLVES = ((0, 1, 3), (), (2,), (0,))
WATCHED = (("New customers", "new_customers"),)
# Task, numbers of the goals, measure, days from today, live query.
TASKS = (
    (
        "Put all doctors, clinics and pharmacies into one base",
        (0, 2),
        "No counterparty without a type",
        -75,
        "untyped_partners_percent",
    ),
    (
        "Promises with limits for requests, meetings and service",
        (0, 3),
        "Promises kept on time",
        20,
        "regulation_on_time_percent",
    ),
    (
        "Weekly report: who was reached, by territory",
        (2,),
        "Opened in the Monday meeting",
        10,
        False,
    ),
    ("Plan and fact by region and person", (3,), "Plan of the year", 15, "plan_lines"),
    (
        "Half of the paper reports of sales are dropped",
        (1,),
        "Hours of sales heads on reports",
        40,
        False,
    ),
)
# What sales management cost in the last months, oldest first.
COSTS = (61_500, 62_300, 60_900, 61_800, 60_200, 58_700, 57_900, 57_100, 56_400)


def load(rollout):
    """Set goals and tasks, enter costs, load a plan.

    :param rollout: the ``crm.rollout``, as its coordinator
    """
    today = fields.Date.context_today(rollout)
    this_month = today.replace(day=1)
    _enter_costs(rollout, this_month)
    goals = _set_goals(rollout, this_month)
    _plan_tasks(rollout, goals)
    _load_plan(rollout, this_month)


def solve(rollout):
    """Say which problems the goals are to solve; the last one belongs to nobody."""
    problems = rollout.problem_ids.sorted("sequence")
    for goal, numbers in zip(rollout.goal_ids, SOLVES, strict=False):
        goal.problem_ids = [Command.link(problems[number].id) for number in numbers]
    in_force = [("company_id", "=", rollout.company_id.id), ("state", "=", "published")]
    base, promises, report, plan, _paper = rollout.goal_ids.task_ids.sorted("id")
    regulations = rollout.env["crm.regulation"].search(in_force)
    segments = rollout.env["crm.segmentation"].search(in_force).segment_ids
    promises.crm_regulation_ids = [Command.set(regulations.ids)]
    (base | report | plan).crm_segment_ids = [Command.set(segments.ids)]


def _enter_costs(rollout, this_month):
    kpi = rollout.env.ref("crm_project_rollout.kpi_sales_management_cost")
    rollout.env["crm.rollout.kpi.entry"].create(
        [
            {
                "kpi_id": kpi.id,
                "company_id": rollout.company_id.id,
                "month": this_month - relativedelta(months=back),
                "value": value,
                "note": "Wages of sales heads and their reports, from accounting",
            }
            for back, value in zip(range(len(COSTS), 0, -1), COSTS, strict=True)
        ]
    )


def _set_goals(rollout, this_month):
    Goal = rollout.env["crm.rollout.goal"]
    common = {
        "rollout_id": rollout.id,
        "baseline_from": this_month - relativedelta(months=8),
        "baseline_to": this_month - relativedelta(months=6),
        "user_id": rollout.sponsor_id.id,
        "date": this_month + relativedelta(months=8, days=-1),
    }

    def kpi(code):
        return rollout.env.ref(f"crm_project_rollout.kpi_{code}").id

    goals = Goal.create(
        [
            {
                **common,
                "name": name,
                "kpi_id": kpi(code),
                "direction": direction,
                "weight": weight,
            }
            for name, code, direction, _target, weight in GOALS
        ]
    )
    for goal, (_name, _code, _way, target, _weight) in zip(goals, GOALS, strict=True):
        goal.target = round(target(goal.baseline), 1)
    Goal.create(
        [
            {**common, "name": name, "kpi_id": kpi(code), "is_watched": True}
            for name, code in WATCHED
        ]
    )
    rollout.write({"verdict_rule": "weighted", "verdict_threshold": 80})
    return goals


def _plan_tasks(rollout, goals):
    now = fields.Datetime.now()
    rollout.env["project.task"].create(
        [
            {
                "name": name,
                "project_id": rollout.project_id.id,
                "user_ids": [Command.link(rollout.coordinator_id.id)],
                "date_deadline": now + timedelta(days=days),
                "crm_goal_ids": [Command.link(goals[number].id) for number in served],
                "crm_measure": measure,
                "crm_query_code": code,
            }
            for name, served, measure, days, code in TASKS
        ]
    )


def _load_plan(rollout, this_month):
    """A plan by territory and person, a little above what is sold."""
    fact = rollout.env["crm.plan.fact"].sudo()
    start = this_month - relativedelta(months=6)
    rows = fact._read_group(
        [
            ("company_id", "=", rollout.company_id.id),
            ("month", ">=", start),
            ("month", "<", this_month),
        ],
        ["product_categ_id", "territory_id", "user_id"],
        ["fact_amount:sum"],
    )
    rollout.env["crm.plan.line"].load_lines(
        [
            {
                "month": f"{start + relativedelta(months=number):%Y-%m}",
                "amount": round(amount / 6 * (1 + 0.01 * number), -1),
                "product_categ_id": categ.id,
                "territory_id": territory.id,
                "user_id": user.id,
                "company_id": rollout.company_id.id,
            }
            for categ, territory, user, amount in rows
            for number in range(12)
            if amount > 0
        ]
    )
