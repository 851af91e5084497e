"""Who is on duty."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Duty:
    """One row of the roster.

    :param id: its number; of equal rows the later one counts
    :param user_id: who is on duty
    :param begin: from when on, naive UTC
    :param end: until when; None until further notice
    :param process: for which process; empty for all
    :param code: for which regulation, whatever its version; empty for all
    """

    id: int
    user_id: int
    begin: datetime
    end: datetime | None = None
    process: str = ""
    code: str = ""

    def covers(self, instant: datetime, process: str, code: str) -> bool:
        """Whether it says who is on duty at an instant."""
        return (
            self.begin <= instant
            and (self.end is None or instant < self.end)
            and self.process in ("", process)
            and self.code in ("", code)
        )


def on_duty(
    roster: Iterable[Duty], instant: datetime, process: str, code: str
) -> list[int]:
    """Who is on duty, those first who are meant most.

    A row for the regulation goes before one for its process, and that before one for
    everything; of these the one that began last, so that a week's stand-in goes before
    whoever is on duty until further notice.

    :param roster: rows of one company
    :param instant: naive UTC
    :param process: process of the regulation
    :param code: code of the regulation
    :return: ids of users
    """
    found = [duty for duty in roster if duty.covers(instant, process, code)]
    found.sort(
        key=lambda d: (bool(d.code), bool(d.process), d.begin, d.id), reverse=True
    )
    return [duty.user_id for duty in found]
