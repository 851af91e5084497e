"""What hurt the demo company, who takes part, with which money and which risks.

Through the same methods as a real CRM project; only the dates are put into the past.
"""

from datetime import timedelta

from odoo import Command, fields

# Name, where, what it costs in a year, how estimated, about customers, kind.
PROBLEMS = (
    ("One request for materials in five is never answered", "Phone to mail box",
     90_000, "3 lost clinics of 30,000 each", "yes", "crm"),
    ("Service requests wait until somebody remembers them", "Service desk",
     45_000, "Two contracts not renewed", "yes", "crm"),
    ("Best clinics are visited as rarely as all others", "Planning of visits",
     60_000, "A tenth of their turnover", "yes", "crm"),
    ("When a representative leaves, the doctors are lost", "Hand-over",
     40_000, "One territory last year", "yes", "crm"),
    ("Price lists come too late from purchasing", "Purchasing",
     15_000, "Corrected offers", "partly", "logistics"),
)  # fmt: skip
SCORES = {"crm": ("3", "2", "2", "3"), "logistics": ("1", "0", "1"),
          "accounting": ("1", "1", "0"), "other": ("0", "1")}  # fmt: skip
# Purpose, planned, spent.
BUDGET = (("Set-up and data", 6_000, 5_400), ("Coordinator, half time", 18_000, 9_200),
          ("Training", 4_000, 900), ("Consultant", 5_000, 4_100))  # fmt: skip
# Number of the stage, days from today on which its gate was planned.
PLANNED = ((1, -144), (2, -120), (3, -90), (4, -40), (5, 12), (6, 60), (7, 95))
OPENED_DAYS_AGO = 124
HOURS = (60, 30, 20)


def load(rollout, sponsor, opened):
    """Stages 1 and 2, before their gates are decided.

    :param rollout: the running ``crm.rollout``, as its coordinator
    :param sponsor: who decides
    :param opened: when it started
    """
    _plan(rollout)
    _write_problems(rollout)
    decision = rollout.with_user(sponsor).decide_fit(
        "is_crm", "Four of five problems are about how we treat customers."
    )
    rollout.env["crm.rollout.decision"].browse(decision)._unguarded().date = (
        opened + timedelta(days=12)
    )
    _name_people(rollout)
    rollout.budget_ids = [
        Command.create({"name": name, "planned": planned})
        for name, planned, _spent in BUDGET
    ]
    _open_in_public(rollout, sponsor)


def go_on(rollout):
    """After gate 2: the deputy is found, money is spent, risks are watched."""
    deputy = rollout.member_ids.filtered(lambda line: line.role == "deputy")
    deputy.user_id = rollout.env.ref("crm_segmentation.demo_user_sales")
    for line, (_name, _planned, spent) in zip(rollout.budget_ids, BUDGET, strict=True):
        line.spent = spent
    for risk in rollout.risk_ids[:-2]:
        risk.owner_id = rollout.coordinator_id


def _plan(rollout):
    days = dict(PLANNED)
    today = fields.Date.today()
    for stage in rollout.stage_ids:
        day = today + timedelta(days=days[stage.number])
        kept = {"date_promised": day} if stage.number <= 2 else {}
        stage._unguarded().write({"date_planned": day, **kept})


def _write_problems(rollout):
    rollout.problem_ids = [
        Command.create(
            {
                "name": name,
                "place": place,
                "cost_year": cost,
                "cost_basis": basis,
                "about_customers": about,
                "kind": kind,
                "owner_id": rollout.coordinator_id.id,
            }
        )
        for name, place, cost, basis, about, kind in PROBLEMS
    ]
    for kind, scores in SCORES.items():
        lines = rollout.fit_ids.filtered(lambda line, kind=kind: line.kind == kind)
        for line, score in zip(lines, scores, strict=False):
            line.score = score


def _name_people(rollout):
    """Every department of the company is in scope, its people give hours."""
    departments = rollout.env["hr.department"].search(
        [("company_id", "=", rollout.company_id.id)]
    )
    rollout.department_line_ids = [
        Command.create({"department_id": department.id}) for department in departments
    ]
    template = rollout.member_ids.filtered(lambda line: line.role == "expert")
    template.unlink()
    people = departments.sudo().member_ids.user_id - rollout.sponsor_id
    people -= rollout.coordinator_id
    experts = zip(people, HOURS, strict=False)
    rollout.member_ids = [
        Command.create(
            {
                "role": "expert" if not position else "member",
                "user_id": user.id,
                "department_id": departments[:1].id,
                "hours_planned": hours,
                "hours_entered": hours / 2,
            }
        )
        for position, (user, hours) in enumerate(experts)
    ]


def _open_in_public(rollout, sponsor):
    start = fields.Datetime.now() - timedelta(days=OPENED_DAYS_AGO)
    meeting = rollout.env["crm.rollout.kickoff"].create(
        {
            "rollout_id": rollout.id,
            "date_start": start.replace(hour=9, minute=0, second=0, microsecond=0),
            "speaker_id": sponsor.id,
            "location": "Hall of the office",
            "agenda": "Why now\nGoals and dates\nWho does what\nQuestions",
            "importance": "We lose clinics because we answer late, not by price.",
            "goals": "Seven clinics of ten buy again within a quarter.",
            "tasks": "Everybody logs calls and visits from the first day.",
        }
    )
    meeting.action_invite_scope()
    meeting.attendee_ids.attended = True
    meeting.decisions = "Service and sales share one list of requests from next month."
