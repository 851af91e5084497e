"""Is a goal reached, where is it heading, and has the CRM project as a whole succeeded?

Everything that a person may argue about a goal is decided here, from plain numbers and
dates; the same functions serve the form, the gate, the act and the chart.
"""

from dataclasses import dataclass
from datetime import date, timedelta

RAISE, LOWER, KEEP = "raise", "lower", "keep"
REACHED, MISSED = "reached", "missed"
ON_COURSE, OFF_COURSE, UNKNOWN = "on_course", "off_course", "unknown"
VERDICTS = (REACHED, MISSED, ON_COURSE, OFF_COURSE, UNKNOWN)
ALL, WEIGHTED = "all", "weighted"

# Fewer months than this show no trend.
FEWEST_MONTHS = 3
# More months than this are another story.
MOST_MONTHS = 12
# Each month ahead the trend is trusted a little less.
DAMPING = 0.9
# Numbers closer than this are the same number: sums of money carry binary noise.
NOISE = 1e-9


@dataclass(frozen=True)
class Goal:
    """What is to become of a number.

    :param direction: :data:`RAISE`, :data:`LOWER` or :data:`KEEP`
    :param baseline: the number at the beginning; None if nobody knows it
    :param target: the number wanted; with :data:`KEEP` the worst one still accepted;
        None if the number is only watched
    :param start: first day on which the baseline was known
    :param due: the day on which the target counts; None if there is none
    :param better: :data:`RAISE` or :data:`LOWER`: what is good for the number. Only
        read with :data:`KEEP`, where the direction does not say it.
    """

    direction: str
    baseline: float | None
    target: float | None
    start: date | None
    due: date | None
    better: str = RAISE

    @property
    def wants_more(self):
        """Whether a higher number is a better one."""
        side = self.better if self.direction == KEEP else self.direction
        return side == RAISE


def problem(goal):
    """Say what is wrong with a goal.

    :param goal: a :class:`Goal`
    :return: a stable code, or an empty text
    """
    if goal.due and goal.start and goal.due <= goal.start:
        return "date_before_start"
    if goal.baseline is None or goal.target is None:
        return ""
    if goal.direction == KEEP:
        return "keep_is_better" if _ahead(goal, goal.target) > NOISE else ""
    if abs(goal.target - goal.baseline) <= NOISE:
        return "target_is_baseline"
    return "target_wrong_way" if _ahead(goal, goal.target) < 0 else ""


def _ahead(goal, value):
    """How much better a value is than the baseline; below zero if it is worse."""
    change = value - goal.baseline
    return change if goal.wants_more else -change


def is_good_enough(goal, value):
    """Whether a value satisfies the target."""
    gap = value - goal.target
    return gap >= -NOISE if goal.wants_more else gap <= NOISE


def progress(goal, actual):
    """How much of the way is done, in percent.

    0 is the baseline, 100 the target; below 0 it became worse, above 100 better than
    wanted. What is to be kept has 100 as long as it is kept and 0 else.

    :param goal: a :class:`Goal`
    :param actual: the number now, or None
    :return: percent, or None when it cannot be said
    """
    if actual is None or goal.target is None:
        return None
    if goal.direction == KEEP:
        return 100.0 if is_good_enough(goal, actual) else 0.0
    if goal.baseline is None or goal.target == goal.baseline:
        return None
    return 100.0 * (actual - goal.baseline) / (goal.target - goal.baseline)


def forecast(values, ahead):
    """Where a number will stand, by a damped linear trend.

    A line of least squares is laid through the last known months; its slope is
    followed into the future, each month by a tenth less than the one before (E. S.
    Gardner and E. McKenzie, "Forecasting trends in time series", Management Science
    31, 1985: undamped trends overshoot).

    :param values: the numbers of consecutive months, oldest first, None where unknown
    :param ahead: so many months after the last of them, 0 or more
    :return: a number, or None if fewer than three months are known
    """
    known = [(x, y) for x, y in enumerate(values) if y is not None][-MOST_MONTHS:]
    if len(known) < FEWEST_MONTHS:
        return None
    last = len(values) - 1
    mean_x = sum(x for x, _y in known) / len(known)
    mean_y = sum(y for _x, y in known) / len(known)
    spread = sum((x - mean_x) ** 2 for x, _y in known)
    slope = sum((x - mean_x) * (y - mean_y) for x, y in known) / spread
    level = mean_y + slope * (last - mean_x)
    return level + slope * sum(DAMPING**step for step in range(1, ahead + 1))


def verdict(goal, actual, expected, today):
    """Say how a goal stands.

    On its date and after it, it is reached or missed. Before it, a target that is
    already there is reached, except that what is to be kept has to be kept until the
    end. Else it is on course if the forecast reaches the target; without a forecast,
    if the part of the way that is done is no smaller than the part of the time.

    :param goal: a :class:`Goal`
    :param actual: the number now (on the date of the goal, if that has passed), or None
    :param expected: the forecast for the date of the goal, or None
    :param today: the present day
    :return: one of :data:`VERDICTS`
    """
    if actual is None or goal.target is None or goal.due is None:
        return UNKNOWN
    good = is_good_enough(goal, actual)
    if today > goal.due:
        return REACHED if good else MISSED
    if good and goal.direction != KEEP:
        return REACHED
    if expected is not None:
        return ON_COURSE if is_good_enough(goal, expected) else OFF_COURSE
    return _by_time(goal, actual, today)


def _by_time(goal, actual, today):
    done = progress(goal, actual)
    if done is None:
        return UNKNOWN
    if goal.direction == KEEP or not goal.start:
        return ON_COURSE if done > 0 else OFF_COURSE
    elapsed = (today - goal.start).days / max((goal.due - goal.start).days, 1)
    return ON_COURSE if done >= 100 * elapsed else OFF_COURSE


def project_verdict(goals, rule, threshold=100.0):
    """Say how the CRM project stands by its rule of success.

    :param goals: ``(weight, verdict)`` of each goal that has a target
    :param rule: :data:`ALL`: every goal has to be reached; :data:`WEIGHTED`: goals
        with at least ``threshold`` percent of the weight
    :param threshold: percent of the weight; only read with :data:`WEIGHTED`
    :return: one of :data:`VERDICTS`
    """
    weights = dict.fromkeys(VERDICTS, 0.0)
    for weight, how in goals:
        weights[how] += weight
    total = sum(weights.values())
    if not total:
        return UNKNOWN
    needed = total if rule == ALL else total * threshold / 100
    needed -= NOISE * total
    reached = weights[REACHED]
    if reached >= needed:
        return REACHED
    if total - weights[MISSED] < needed:
        return MISSED
    if weights[UNKNOWN] and reached + weights[ON_COURSE] < needed:
        could = reached + weights[ON_COURSE] + weights[UNKNOWN]
        return UNKNOWN if could >= needed else OFF_COURSE
    return ON_COURSE if reached + weights[ON_COURSE] >= needed else OFF_COURSE


def month_of(day):
    """The first day of the month of a day."""
    return day.replace(day=1)


def shifted(month, count):
    """The first day of the month so many months later (earlier if negative)."""
    number = month.year * 12 + month.month - 1 + count
    return date(number // 12, number % 12 + 1, 1)


def months_between(first, last):
    """How many months lie from one month to another; negative if it is earlier."""
    return (last.year - first.year) * 12 + last.month - first.month


def month_range(first, last):
    """The first days of all months from one to another, both included."""
    return [shifted(first, n) for n in range(months_between(first, last) + 1)]


def last_full_month(day):
    """The newest month that is over when a day ends."""
    return shifted(month_of(day + timedelta(days=1)), -1)


def mean(values):
    """The mean of the known values; None if none is known."""
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else None
