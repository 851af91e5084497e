"""Where the stages of a CRM project lie on a line of time, without a database."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Stage:
    """One stage as it was promised and as it went.

    :param promised: day of the gate as promised, or None
    :param opened: day on which the stage was opened, or None
    :param passed: day on which its gate was passed, or None
    """

    promised: object = None
    opened: object = None
    passed: object = None


@dataclass(frozen=True)
class Bar:
    """A piece of the line, in percent of its whole length."""

    left: float
    width: float


@dataclass(frozen=True)
class Row:
    """How a stage is drawn; a bar that is not known is None."""

    promised: Bar | None
    actual: Bar | None
    days_late: int


def draw(stages, start, today):
    """The bars of all stages, and where today is.

    A stage is promised from the gate before it to its own. One that is open lasts
    until today.

    >>> from datetime import date
    >>> done = Stage(date(2026, 1, 11), date(2026, 1, 1), date(2026, 1, 16))
    >>> rows, today = draw([done, Stage(date(2026, 1, 21))], date(2026, 1, 1),
    ...                    date(2026, 1, 17))
    >>> rows[0].promised, rows[0].actual, rows[0].days_late
    (Bar(left=0.0, width=50.0), Bar(left=0.0, width=75.0), 5)
    >>> rows[1].promised, rows[1].actual, today
    (Bar(left=50.0, width=50.0), None, 80.0)

    :param stages: in their order
    :param start: the first day of the line
    :return: list of rows, and the percent at which today is (None: outside)
    """
    stages = list(stages)
    ends = [line.promised for line in stages] + [line.passed for line in stages]
    if any(line.opened and not line.passed for line in stages):
        ends.append(today)
    last = max((end for end in ends if end), default=start)
    length = max((last - start).days, 1)

    def bar(begin, end):
        left = max((begin - start).days, 0)
        # One day at least, or nothing could be seen.
        width = max((end - start).days - left, 1)
        left = min(left, length - 1)
        return Bar(100 * left / length, 100 * min(width, length - left) / length)

    rows, before = [], start
    for line in stages:
        end = line.passed or (today if line.opened else None)
        late = (end - line.promised).days if end and line.promised else 0
        rows.append(
            Row(
                bar(before, line.promised) if line.promised else None,
                bar(line.opened, end) if line.opened else None,
                max(late, 0),
            )
        )
        before = line.promised or before
    place = 100 * (today - start).days / length
    return rows, place if 0 <= place <= 100 else None
