"""Who gets what when a salesperson hands over customers and work."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

PARTNER, LEAD, QUOTATION = "res.partner", "crm.lead", "sale.order"
PROMISE, ACTIVITY = "crm.obligation", "mail.activity"

SAME, STRANGER, NOBODY = "same", "stranger", "nobody"


@dataclass(frozen=True, slots=True)
class Item:
    """One record that somebody has.

    :ivar model: name of its model
    :ivar id: its id
    :ivar customer: id of the customer's company; 0: it has none
    :ivar category: id of the customer's category; 0: it has none
    :ivar amount: what an open lead is expected to bring
    """

    model: str
    id: int
    customer: int
    category: int
    amount: float


@dataclass(frozen=True, slots=True)
class Choice:
    """Who gets the customers of which category.

    :ivar leaving: id of the person who hands over
    :ivar by_category: id of the category (0: without one) → id of the successor
    :ivar rest: id of the successor for all others; 0: nobody was chosen
    """

    leaving: int
    by_category: Mapping[int, int]
    rest: int

    def successor(self, category: int) -> int:
        """Who gets a category; 0 if nobody was chosen."""
        return self.by_category.get(category) or self.rest

    def problem(self, able: Iterable[int], items: Iterable[Item]) -> tuple[str, int]:
        """What is wrong with it.

        :param able: ids of the users who can be successors in this company
        :param items: what is handed over
        :return: a kind, and the id of the person or of the category that it is about;
            an empty kind if nothing is wrong
        """
        people = [*filter(None, [self.rest, *self.by_category.values()])]
        if self.leaving in people:
            return SAME, self.leaving
        able = set(able)
        for person in people:
            if person not in able:
                return STRANGER, person
        for item in items:
            if not self.successor(item.category):
                return NOBODY, item.category
        return "", 0


def shared(items: Iterable[Item], choice: Choice) -> dict[int, dict[str, list[int]]]:
    """What each successor gets.

    :return: id of the successor → model → ids, in the order of the items
    """
    shares: dict[int, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    for item in items:
        shares[choice.successor(item.category)][item.model].append(item.id)
    return shares


def counted(items: Iterable[Item]) -> dict[int, dict[str, float]]:
    """How much there is of each category.

    A customer counts once, however many of its contacts are handed over with it.

    :return: id of the category → ``customers``, ``leads``, ``quotations``,
        ``promises``, ``activities`` and ``expected`` money of the leads
    """
    names = {
        PARTNER: "customers",
        LEAD: "leads",
        QUOTATION: "quotations",
        PROMISE: "promises",
        ACTIVITY: "activities",
    }
    figures: dict[int, dict[str, float]] = {}
    seen = set()
    for item in items:
        figure = figures.setdefault(
            item.category, {**dict.fromkeys(names.values(), 0), "expected": 0.0}
        )
        figure["expected"] += item.amount
        if item.model == PARTNER and item.customer in seen:
            continue
        if item.model == PARTNER:
            seen.add(item.customer)
        figure[names[item.model]] += 1
    return figures
