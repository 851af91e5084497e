"""How well promises to a customer were kept, and whether the customer stayed."""

from dataclasses import dataclass
from datetime import date, timedelta

#: With fewer promises that count, a share says nothing.
ENOUGH = 3
#: From these shares on, in percent, promises were kept mostly, or in part.
MOST = 80
SOME = 50
_YEAR = 12
_HALF = 6


def group(on_time, counted):
    """In which group a customer is compared.

    :param on_time: promises done on time
    :param counted: promises done on time, done late or overdue
    :return: ``all``, ``most``, ``some``, ``few``, ``too_few`` or ``nothing``
    """
    if not counted:
        return "nothing"
    if counted < ENOUGH:
        return "too_few"
    if on_time == counted:
        return "all"
    if on_time * 100 >= MOST * counted:
        return "most"
    return "some" if on_time * 100 >= SOME * counted else "few"


def months_before(first, months):
    """The first day of the month some months earlier.

    :param first: first day of a month
    :param months: how many months to go back
    :return: date
    """
    count = first.year * _YEAR + first.month - 1 - months
    return date(count // _YEAR, count % _YEAR + 1, 1)


@dataclass(frozen=True)
class Window:
    """Twelve full months in two halves, and the year before. Ends are not included."""

    end: date

    @classmethod
    def before(cls, today, years=0):
        """The last twelve full months.

        :param today: the running month is left out
        :param years: how many years earlier
        """
        return cls(months_before(today.replace(day=1), _YEAR * years))

    @property
    def start(self):
        return months_before(self.end, _YEAR)

    @property
    def middle(self):
        return months_before(self.end, _HALF)

    @property
    def churn_start(self):
        """Who bought from here to the middle could be lost in the second half."""
        return months_before(self.middle, _YEAR)

    @property
    def start_before(self):
        return months_before(self.start, _YEAR)

    @property
    def last_day(self):
        return self.end - timedelta(days=1)
