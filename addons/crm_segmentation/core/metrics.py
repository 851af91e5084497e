"""What a user-made metric may be called and over which time it may look."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, timedelta

# Together with the prefixes and endings of columns still a name for PostgreSQL.
LONGEST_CODE = 40
_CODE = re.compile(rf"[a-z][a-z0-9_]{{0,{LONGEST_CODE - 1}}}")
_WINDOW = re.compile(r"([0-9]{1,6}) (month|day)s?")
# How else people and programs write it.
_SPELLING = re.compile(
    r"(?:last )?([0-9]{1,6}) ?(?:full |calendar )*"
    r"(d|days?|w|weeks?|m|mo|months?|q|quarters?|y|years?)"
)
_UNITS = {
    "d": (1, "days"), "w": (7, "days"),
    "m": (1, "months"), "q": (3, "months"), "y": (12, "months"),
}  # fmt: skip
# A bare number up to two years can only be months, from a quarter on only days;
# between them its unit must be said.
_BARE_MONTHS = 24
_BARE_DAYS = 90
# A century: longer than any history, short enough for every calendar.
_LONGEST = {"months": 1200, "days": 36525}


@dataclass(frozen=True)
class Window:
    """The time over which documents count.

    :param unit: ``all``, ``months`` (full calendar months before the running one) or
        ``days`` (up to and including today)
    :param number: how many of them; 0 for ``all``
    """

    unit: str
    number: int = 0

    def __str__(self) -> str:
        return "all" if self.unit == "all" else f"{self.number} {self.unit}"

    def bounds(self, today: date) -> tuple[date | None, date]:
        """The first day that counts and the first one after the window.

        :param today: the day of the computation
        :return: (first day or None for no limit, day after the last one)
        """
        tomorrow = today + timedelta(days=1)
        if self.unit == "days":
            return tomorrow - timedelta(days=self.number), tomorrow
        if self.unit == "months":
            months = today.year * 12 + today.month - 1 - self.number
            return date(months // 12, months % 12 + 1, 1), today.replace(day=1)
        return None, tomorrow


def parse_window(text: object) -> Window | None:
    """A window as it is written: ``all``, ``12 months``, ``90 days``.

    :param text: anything
    :return: the window; None if it is not one, or none of at least a day and at most a
        century
    """
    if text == "all":
        return Window("all")
    found = _WINDOW.fullmatch(text) if isinstance(text, str) else None
    if not found:
        return None
    unit, number = f"{found[2]}s", int(found[1])
    return Window(unit, number) if 1 <= number <= _LONGEST[unit] else None


def spelled_window(value: object) -> object:
    """A window as it is kept, however it was written.

    :param value: such as ``"12 Months"``, ``"1 year"``, ``"365d"``, ``12`` (full
        calendar months, up to 24), ``365`` (days, from 90 on), and nothing for ``all``
    :return: such as ``"12 months"``; what is not understood comes back as it is, for
        :func:`parse_window` to refuse
    """
    if value in ("", None) or value is False:
        return "all"
    if isinstance(value, bool) or not isinstance(value, str | int):
        return value
    text = " ".join(str(value).lower().replace("_", " ").split())
    if text in ("all", "ever", "all time"):
        return "all"
    if text.isdecimal() and 1 <= int(text) <= _BARE_MONTHS:
        return f"{int(text)} months"
    if text.isdecimal() and int(text) >= _BARE_DAYS:
        return f"{int(text)} days"
    found = _SPELLING.fullmatch(text)
    if not found:
        return value
    times, unit = _UNITS[found[2][0]]
    return f"{int(found[1]) * times} {unit}"


def is_code(text: object) -> bool:
    """Whether a text may be the code of a metric: it names columns and JSON keys."""
    return isinstance(text, str) and bool(_CODE.fullmatch(text))


def code_from(name: str, taken: frozenset[str] | set[str]) -> str:
    """A free code made from a name.

    :param name: what people call the metric, in any script
    :param taken: codes that are in use
    :return: such as ``visits_in_half_a_year``, or ``metric_7`` where the name has no
        Latin letter
    """
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    words = re.sub(r"[^a-z0-9]+", "_", plain.lower()).strip("_")
    base = words if words[:1].isalpha() else "metric"
    base = base[: LONGEST_CODE - 6].rstrip("_")
    if base != "metric" and base not in taken:
        return base
    number = 2 if base != "metric" else 1
    while f"{base}_{number}" in taken:
        number += 1
    return f"{base}_{number}"
