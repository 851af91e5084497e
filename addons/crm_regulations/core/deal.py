"""When a deal is won or lost.

Odoo calls a lead lost if it is archived *and* its probability is 0. Archiving an
opportunity in the list ends it as well, only without a word: it is gone from the
pipeline and nobody asks why. So it counts as lost, too, unless it was won. A mere lead
that is archived was no deal yet; it is lost if Odoo says so.
"""

from __future__ import annotations

from collections.abc import Mapping

#: Fields that decide.
NAMES = ("active", "type", "won_status")


def is_won(values: Mapping) -> bool | None:
    """Whether a lead with these values is won.

    :param values: field → value; None is the answer if a value that decides is missing
    """
    if "won_status" not in values:
        return None
    return values["won_status"] == "won"


def is_lost(values: Mapping) -> bool | None:
    """Whether a lead with these values is lost.

    :param values: field → value; None is the answer if a value that decides is missing
    """
    if any(name not in values for name in NAMES):
        return None
    if values["won_status"] in ("won", "lost"):
        return values["won_status"] == "lost"
    return not values["active"] and values["type"] == "opportunity"
