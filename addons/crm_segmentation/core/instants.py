"""Instants as they come over the wire."""

from __future__ import annotations

from datetime import datetime, timezone

# Beyond them an offset or a limit would leave the calendar.
FIRST_YEAR, LAST_YEAR = 1900, 2200


def parse_instant(text: str | datetime) -> datetime:
    """An instant from ISO 8601 text.

    :param text: ``2026-05-04 10:00:00``, with ``T`` and with or without an offset
        (``Z``, ``+03:00``); without one it is UTC
    :return: a naive datetime in UTC, whole seconds, as Odoo stores it
    :raises ValueError: the text is not an instant, or of another time than
        ``FIRST_YEAR`` to ``LAST_YEAR``
    """
    if isinstance(text, datetime):
        moment = text
    else:
        # Python 3.10 does not know the suffix Z.
        moment = datetime.fromisoformat(str(text).strip().replace("Z", "+00:00"))
    if not FIRST_YEAR <= moment.year <= LAST_YEAR:
        raise ValueError(f"{text!r} is not of our time")
    if moment.tzinfo is not None:
        moment = moment.astimezone(timezone.utc).replace(tzinfo=None)
    return moment.replace(microsecond=0)
