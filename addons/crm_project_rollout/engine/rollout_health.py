"""What is known of the health of CRM projects, read for many of them at once."""

from ..core import health


def facts_of(rollouts, today):
    """The facts that the rule in ``core/health.py`` judges.

    :param rollouts: ``crm.rollout`` records with full rights
    :param today: date
    :return: ``{rollout: health.Facts}``
    """
    off_course = rollouts._goals_off_course()
    return {
        rollout: _facts(rollout, today, off_course[rollout]) for rollout in rollouts
    }


def _facts(rollout, today, goals):
    off, total = goals
    return health.Facts(
        slips=_slips(rollout, today),
        conditions=tuple(
            (condition.name, (today - condition.date).days)
            for condition in rollout.condition_ids
            if not condition.is_closed
        ),
        risks=tuple(
            (risk.name, risk.score)
            for risk in rollout.risk_ids
            if risk._is_unanswered(today)
        ),
        budget_percent=rollout.budget_percent if rollout.budget_planned else None,
        goals_off=tuple(off),
        goals_total=total,
        gone=tuple(
            user.name
            for user in rollout.sponsor_id | rollout.coordinator_id
            if not user.active or rollout.company_id not in user.company_ids
        ),
    )


def _slips(rollout, today):
    """The open gate and the last one: what lies between follows from them."""
    stages = rollout.stage_ids.sorted("number")
    shown = stages.filtered(lambda stage: stage.state == "open") | stages[-1:]
    return tuple((stage.display_name, stage._days_late(today)) for stage in shown)
