"""How is the CRM project? Green, yellow or red, with the reasons.

Nobody types it. What is told apart here: late, and so late that somebody has to act.
"""

from dataclasses import dataclass

GREEN, YELLOW, RED = "green", "yellow", "red"

SLIP_DAYS = 14
CONDITION_DAYS = 7
HIGH_RISK = 12
GRAVE_RISK = 20
BUDGET_PERCENT = 100
BUDGET_RED_PERCENT = 110


@dataclass(frozen=True)
class Facts:
    """What is known of one CRM project.

    ``slips``, ``conditions``: (name, days late) of planned gates and open conditions;
    ``risks``: (name, score) of open risks that nobody answers; ``budget_percent``:
    spent of planned, None without a plan; ``goals_off``: names of goals off course, of
    ``goals_total``; ``gone``: names of sponsor or coordinator who left the company.
    """

    slips: tuple = ()
    conditions: tuple = ()
    risks: tuple = ()
    budget_percent: float | None = None
    goals_off: tuple = ()
    goals_total: int = 0
    gone: tuple = ()


@dataclass(frozen=True)
class Reason:
    """One reason: a stable code, how bad it is, whom or what it is about."""

    code: str
    color: str
    name: str = ""
    number: float = 0


def judge(facts):
    """Say how a CRM project is.

    :param facts: :class:`Facts`
    :return: (color, reasons with the red ones first)
    """
    reasons = [
        *(Reason("gone", RED, name) for name in facts.gone),
        *_late("slip", facts.slips, SLIP_DAYS),
        *_late("condition", facts.conditions, CONDITION_DAYS),
        *(
            Reason("risk", _color(score >= GRAVE_RISK), name, score)
            for name, score in facts.risks
            if score >= HIGH_RISK
        ),
        *_budget(facts.budget_percent),
        *(
            Reason("goal", _color(2 * len(facts.goals_off) > facts.goals_total), name)
            for name in facts.goals_off
        ),
    ]
    # Stable: of equally bad ones the order above stays.
    reasons.sort(key=lambda reason: reason.color != RED)
    return (reasons[0].color if reasons else GREEN), tuple(reasons)


def risk_score(probability, impact):
    """Probability times impact, each 1 to 5."""
    return probability * impact


def risk_level(score):
    """Name the level of a risk.

    >>> [risk_level(score) for score in (1, 5, 6, 11, 12, 25)]
    ['low', 'low', 'medium', 'medium', 'high', 'high']
    """
    if score >= HIGH_RISK:
        return "high"
    return "medium" if score >= 6 else "low"


def _late(code, pairs, most_days):
    return [
        Reason(code, _color(days > most_days), name, days)
        for name, days in pairs
        if days > 0
    ]


def _budget(percent):
    if percent is None or percent <= BUDGET_PERCENT:
        return []
    return [Reason("budget", _color(percent > BUDGET_RED_PERCENT), number=percent)]


def _color(is_bad):
    return RED if is_bad else YELLOW
