"""The rule by which a counterparty gets its category.

A scheme is an ordered list of categories. The first category whose rule holds wins;
the default one takes the rest. A rule is a tree: comparisons of metrics with
thresholds below groups that want all or any of their parts. The tree has two visitors:
:meth:`evaluate` here, which serves explanations, and ``engine/criteria_sql.py``, which
serves a million partners at once. Tests hold them equal.
"""

from __future__ import annotations

import operator
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

OPERATORS = {
    ">=": operator.ge,
    ">": operator.gt,
    "<=": operator.le,
    "<": operator.lt,
}

Values = Mapping[str, "float | None"]


@dataclass(frozen=True)
class Comparison:
    """One metric against its thresholds.

    :param metric: code of the metric
    :param operator: one of :data:`OPERATORS`
    :param enter: threshold for those outside the category
    :param leave: threshold for those already in it; None means the same as ``enter``
    """

    metric: str
    operator: str
    enter: float
    leave: float | None = None

    def threshold(self, staying: bool) -> float:
        """The number that counts, given whether the partner is in the category."""
        return self.leave if staying and self.leave is not None else self.enter

    def evaluate(self, values: Values, staying: bool) -> bool:
        """Whether the comparison holds; a metric without a value never does."""
        value = values.get(self.metric)
        if value is None:
            return False
        return OPERATORS[self.operator](value, self.threshold(staying))

    def distance(self, values: Values, staying: bool) -> float | None:
        """How much is missing until the comparison holds: 0 when it does.

        :return: a positive number in the metric's unit; None without a value
        """
        value = values.get(self.metric)
        if value is None:
            return None
        if self.evaluate(values, staying):
            return 0.0
        return abs(self.threshold(staying) - value)

    def comparisons(self) -> Iterator[Comparison]:
        yield self


@dataclass(frozen=True)
class Group:
    """Several parts of which all or any must hold.

    :param match: ``all`` or ``any``
    :param parts: comparisons or further groups
    """

    match: str
    parts: tuple[Comparison | Group, ...]

    def evaluate(self, values: Values, staying: bool) -> bool:
        """Whether the group holds."""
        wanted = all if self.match == "all" else any
        return wanted(part.evaluate(values, staying) for part in self.parts)

    def comparisons(self) -> Iterator[Comparison]:
        """All comparisons below the group, in order."""
        for part in self.parts:
            yield from part.comparisons()


@dataclass(frozen=True)
class Category:
    """One category of a scheme.

    :param id: identity that stays over versions
    :param code: short code, such as ``A``
    :param rule: what must hold; None for the default category
    """

    id: int
    code: str
    rule: Group | None = None


@dataclass(frozen=True)
class Scheme:
    """Categories in the order in which they are tried."""

    categories: tuple[Category, ...]

    def decide(self, values: Values, current: int | None = None) -> int | None:
        """The category that a partner gets.

        :param values: metric code → value, None where there is none
        :param current: the category the partner is in now, for leave thresholds
        :return: id of the category; None when no rule holds and none is the default
        """
        for category in self.categories:
            if category.rule is None:
                continue
            if category.rule.evaluate(values, category.id == current):
                return category.id
        return self.default

    @property
    def default(self) -> int | None:
        """The category that takes everybody whom no rule wants."""
        return next((c.id for c in self.categories if c.rule is None), None)

    def metrics(self) -> list[str]:
        """Codes of the metrics in use, each once, in order."""
        found = {
            comparison.metric: None
            for category in self.categories
            if category.rule is not None
            for comparison in category.rule.comparisons()
        }
        return list(found)

    def to_json(self) -> list[dict]:
        """The scheme as plain lists and dictionaries, for a frozen version."""
        return [
            {
                "id": category.id,
                "code": category.code,
                "rule": category.rule and _rule_to_json(category.rule),
            }
            for category in self.categories
        ]

    @classmethod
    def from_json(cls, data: list[dict]) -> Scheme:
        """The scheme that :meth:`to_json` wrote."""
        return cls(
            tuple(
                Category(row["id"], row["code"], _rule_from_json(row["rule"]))
                for row in data
            )
        )


def _rule_to_json(node: Comparison | Group) -> dict:
    if isinstance(node, Group):
        parts = [_rule_to_json(part) for part in node.parts]
        return {"match": node.match, "parts": parts}
    return {
        "metric": node.metric,
        "operator": node.operator,
        "enter": node.enter,
        "leave": node.leave,
    }


def _rule_from_json(data: dict | None) -> Comparison | Group | None:
    if not data:
        return None
    if "match" in data:
        parts = tuple(_rule_from_json(part) for part in data["parts"])
        return Group(data["match"], parts)
    return Comparison(**data)
