"""The CRM project of the demo company: four gates behind it, in the fifth stage.

It goes through the same methods as a real one, as the people who would do it; only the
dates are then put into the past, relative to today.
"""

import base64
from dataclasses import dataclass
from datetime import timedelta

from odoo import fields

from . import goals_demo, need_demo, system_demo

START_DAYS_AGO = 160
CONDITION_CLOSED_AFTER = timedelta(days=9)


@dataclass(frozen=True)
class Stage:
    """The story of one stage; ``left_open`` numbers the ticks that are not set."""

    answers: tuple
    decided_days_ago: int = 0
    reason: str = ""
    conditions: tuple = ()
    left_open: tuple = ()
    document: str = ""


STORY = {
    1: Stage(
        answers=(
            "Requests for materials get lost between the phone and the mail box: one "
            "in five is never answered. Doctors complain to our representatives; we "
            "estimate 3 lost clinics a year.",
            "The first call, the request for materials and the service request. Each "
            "must have one responsible person and a limit from the first minute.",
            "Yes. A clinic would get its documents the same day and would not have to "
            "explain itself twice.",
        ),
        decided_days_ago=142,
        reason="The trouble is in how we treat requests of customers, not in stock or "
        "accounting. Worth the money.",
    ),
    2: Stage(
        answers=(
            "Share of clinics that buy again within a quarter: from 61 % to 70 % by "
            "the end of next year. Cost of sales management: minus 10 %.",
            "Sales 6 hours a week, service 3, marketing 2. The budget covers set-up "
            "and a half-time coordinator for a year.",
            "Success: both goals reached at 80 % or more. Failure: after three months "
            "fewer than half of the calls are logged.",
            "The CRM coordinator; the head of service stands in.",
        ),
        decided_days_ago=118,
        reason="The goals are measurable and the head of sales stands behind them. The "
        "deputy is still to be found.",
        conditions=("Name a deputy coordinator and an expert for the warehouse",),
        left_open=(4,),
        document="Project charter: goals, rule of success, budget, team, calendar.",
    ),
    3: Stage(
        answers=(
            "One base of doctors, clinics and pharmacies; promises with limits; a "
            "weekly report of requests by age.",
            "Each task names a figure: share of requests answered in time, share of "
            "counterparties with a type, number of logged calls.",
            "Requests by age (from logged calls), reached doctors by territory (from "
            "visits), turnover by category (from invoices).",
        ),
        decided_days_ago=83,
        reason="Every goal has its tasks, and every task somebody who answers for it.",
    ),
    4: Stage(
        answers=(
            "Clinics monthly, pharmacies every two weeks, doctors once a quarter, "
            "dealers when prices change.",
            "Clinics and pharmacies buy. Heads of departments and leading doctors "
            "decide what is bought without ever paying an invoice.",
            "The best category has a named representative, an answer within two hours "
            "and a visit every month.",
            "Speciality and institution of a doctor for invitations; tax number and "
            "payment terms of a buyer for orders; territory of a dealer for prices.",
        ),
        decided_days_ago=37,
        reason="The categories agree with what our people know about their customers.",
    ),
    5: Stage(
        answers=(
            "Materials within two hours after the talk; a first reaction of service "
            "within four working hours.",
            "Service yes. Materials only if a second person can send them: to be "
            "arranged before autumn.",
            "",
        ),
    ),
}


def load(env):
    """Make the CRM project of the demo company.

    :param env: an environment with full rights
    :return: the ``crm.rollout``
    """
    company = env.ref("crm_segmentation.demo_company")
    coordinator = env.ref("crm_segmentation.demo_user_coordinator")
    sponsor = env.ref("crm_segmentation.demo_user_manager")
    env = env(context={**env.context, "allowed_company_ids": company.ids})
    Rollout = env["crm.rollout"].with_user(coordinator)
    rollout = Rollout.browse(
        Rollout.create_from_template(
            env.ref("crm_project_rollout.template_light").id,
            {
                "name": "CRM: every request answered in time",
                "sponsor_id": sponsor.id,
                "company_id": company.id,
            },
        )
    )
    goals_demo.load(rollout)
    opened = _days_ago(START_DAYS_AGO)
    rollout._unguarded().date_start = opened
    need_demo.load(rollout, sponsor, opened)
    for stage in rollout.stage_ids.sorted("number")[: len(STORY)]:
        stage._unguarded().date_open = opened
        opened = _play(stage, STORY[stage.number], sponsor, opened)
    system_demo.prepare(rollout)
    system_demo.begin_elsewhere(env, rollout.template_id)
    need_demo.go_on(rollout)
    return rollout


def _play(stage, story, sponsor, opened):
    """Work on a stage and decide at its gate; return the time of the decision."""
    decided = _days_ago(story.decided_days_ago)
    worked = opened + (decided - opened) / 2
    for question, answer in zip(stage.question_ids, story.answers, strict=True):
        question.answer = answer
    stage.question_ids.filtered("is_answered")._unguarded().date_answered = worked
    _confirm(stage, story, sponsor, worked)
    if story.reason:
        _decide(stage.with_user(sponsor), story, decided)
    return decided


def _confirm(stage, story, sponsor, worked):
    for position, criterion in enumerate(stage.criterion_ids, start=1):
        if position in story.left_open or criterion.kind == "query":
            continue
        if criterion.kind == "tick":
            criterion.ticked = True
        elif story.document:
            text = base64.b64encode(story.document.encode())
            criterion.write(
                {"document": text, "document_name": f"stage_{stage.number}.txt"}
            )
            criterion.with_user(sponsor).action_approve()
        criterion._unguarded().date_confirmed = worked


def _decide(stage, story, decided):
    """Go if the gate is open; what is missing becomes conditions, soon closed."""
    conditions = story.conditions or stage._gate().unmet
    decision = "conditional" if conditions else "go"
    record = stage._decide(decision, story.reason, conditions, decided)
    coordinator = stage.rollout_id.coordinator_id
    for condition in record.condition_ids.with_user(coordinator):
        condition._close(
            decided + CONDITION_CLOSED_AFTER, "minutes of the weekly meeting"
        )


def _days_ago(days):
    return fields.Datetime.now() - timedelta(days=days)
