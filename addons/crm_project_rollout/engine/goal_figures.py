"""The figures of many goals at once: one statement per company and category."""

from dataclasses import dataclass, field

from ..core import goals as rule


@dataclass(frozen=True)
class Figures:
    """What is known about one goal today.

    :param actual: the mean of the newest months, as many as the baseline has; on the
        date of the goal they stand still. None if nothing is known.
    :param expected: the forecast for the date of the goal, or None
    :param months: ``{month: number or None}`` up to the last full one
    :param trend: the means of as many months as the baseline has, oldest first
    """

    actual: float | None = None
    expected: float | None = None
    months: dict = field(default_factory=dict)
    trend: list = field(default_factory=list)


def figures(goals, today):
    """Measure goals.

    :param goals: ``crm.rollout.goal`` records with full rights
    :param today: the present day
    :return: ``{goal: Figures}``
    """
    found = {}
    groups = goals.filtered("kpi_id").grouped(
        lambda goal: (goal.company_id, goal.segment_id)
    )
    for (company, category), same in groups.items():
        lasts = {goal: _last_month(goal, today) for goal in same}
        first = min(_first_month(goal, last) for goal, last in lasts.items())
        values = same.kpi_id._values(
            company, first, max(lasts.values()), category or None
        )
        for goal, last in lasts.items():
            found[goal] = _of(goal, values[goal.kpi_id], last, today)
    return {goal: found.get(goal, Figures()) for goal in goals}


def baseline(goal):
    """The mean of the months of the baseline, or None if one of them is unknown."""
    first, last = goal.baseline_from, goal.baseline_to
    values = goal.kpi_id._months(goal.company_id, first, last, goal.segment_id or None)
    return None if None in values.values() else rule.mean(values.values())


def _last_month(goal, today):
    """The last full month, or the running one where the system keeps no history."""
    running = rule.month_of(today)
    return running if goal.kpi_id._is_present_only() else rule.shifted(running, -1)


def _first_month(goal, last):
    begun = goal.baseline_from or last
    return min(begun, last, rule.shifted(last, 1 - rule.MOST_MONTHS - goal._window()))


def _of(goal, values, last, today):
    window = goal._window()
    end = last
    if goal.date and today > goal.date:
        end = min(last, rule.last_full_month(goal.date))
    begun = goal.baseline_from or last
    shown = {month: value for month, value in values.items() if begun <= month <= last}
    windows = [
        [values.get(rule.shifted(end, -back - n)) for n in range(window)]
        for back in reversed(range(rule.MOST_MONTHS))
    ]
    # A window with gaps would bend the trend.
    rolled = [None if None in months else rule.mean(months) for months in windows]
    expected = None
    if goal.date:
        ahead = rule.months_between(end, rule.last_full_month(goal.date))
        expected = rule.forecast(rolled, max(ahead, 0))
    return Figures(rule.mean(windows[-1]), expected, shown, rolled)
