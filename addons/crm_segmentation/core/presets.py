"""Ready sets of categories to start from: by amount, by share, by R-F-M.

Each is an ordered list of categories as plain data; names are keys that the wizard puts
into the user's language.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .proposal import LEAVE_RATIO, SHARES, grid
from .scheme import Category, Comparison, Group

TURNOVER = "turnover_month_avg"
SLEEPING_DAYS = 365
NEW_DAYS = 90
# What a share is widened by for those who are in already, in points of percent.
SHARE_SLACK = 5
# Odoo's tag colours, from the best category to the last one.
_COLORS = (10, 4, 3, 7, 2)


@dataclass(frozen=True)
class Preset:
    """One category to be made.

    :param code: short sign
    :param key: what it means, for its name
    :param rules: what must hold; empty for the one that takes the rest
    :param on_ladder: whether it is a step between better and worse
    :param color: number of a tag colour
    """

    code: str
    key: str
    rules: tuple[Comparison, ...] = ()
    on_ladder: bool = True
    color: int = 0

    def to_core(self, number: int) -> Category:
        """The category as the engine reads it.

        :param number: id that stands for the category
        """
        rule = Group("all", self.rules) if self.rules else None
        return Category(number, self.code, rule)


def by_amount(amounts: Sequence[float], apart: bool = True) -> list[Preset]:
    """Categories by average monthly turnover.

    :param amounts: what A, B … need, biggest first
    :param apart: whether new and sleeping customers and prospects are kept apart
    :return: categories in the order in which they are tried
    """
    rules = [
        Comparison(TURNOVER, ">=", amount, grid(amount * LEAVE_RATIO))
        for amount in amounts
    ]
    return _graded(rules, apart)


def by_share(levels: int, apart: bool = True) -> list[Preset]:
    """Categories by the share of turnover that the biggest bring together.

    :param levels: number of categories above the rest, 1 to 4
    :param apart: whether new and sleeping customers and prospects are kept apart
    :return: categories in the order in which they are tried
    """
    rules = [
        Comparison(TURNOVER, "<", share, min(share + SHARE_SLACK, 100), basis="share")
        for share in SHARES[levels]
    ]
    return _graded(rules, apart)


def by_rfm() -> list[Preset]:
    """Categories by how lately, how often and for how much customers buy.

    Each number is a rank: 70 means better than 70 % of the customers.
    """

    def recency(operator, percent):
        return Comparison("days_since_purchase", operator, percent, basis="quantile")

    def frequency(percent):
        return Comparison("document_count", ">=", percent, basis="quantile")

    def money(percent):
        return Comparison("turnover_total", ">=", percent, basis="quantile")

    new = Comparison("days_since_first_purchase", "<", NEW_DAYS)
    bought = Comparison("document_count", ">=", 1)
    return [
        Preset("NEW", "new", (new,), False, 4),
        Preset(
            "CH", "champions", (recency(">=", 70), frequency(70), money(70)), True, 10
        ),
        Preset("LO", "loyal", (recency(">=", 40), frequency(50), money(50)), color=3),
        Preset("RI", "at_risk", (recency("<", 40), money(50)), color=2),
        Preset("SL", "sleeping", (recency("<", 40), bought), color=7),
        Preset("OC", "occasional", (bought,), color=5),
        Preset("P", "prospect", (), False, 0),
    ]


def _graded(rules: Sequence[Comparison], apart: bool) -> list[Preset]:
    """A, B … by the rules, the rest below, the special ones around them."""
    letters = "ABCDE"
    keys = ("key", "regular", "middle", "small")
    graded = [
        Preset(letters[place], keys[place], (rule,), True, _COLORS[place])
        for place, rule in enumerate(rules)
    ]
    rest = letters[len(rules)]
    color = _COLORS[len(rules)]
    if not apart:
        return [*graded, Preset(rest, "other", (), True, color)]
    last = Comparison("days_since_purchase", "<=", SLEEPING_DAYS)
    sleeping = Comparison("days_since_purchase", ">", SLEEPING_DAYS)
    new = Comparison("days_since_first_purchase", "<", NEW_DAYS)
    return [
        Preset("S", "sleeping", (sleeping,), False, 8),
        Preset("N", "new", (new,), False, 9),
        *graded,
        Preset(rest, "other", (last,), True, color),
        Preset("P", "prospect", (), False, 0),
    ]
