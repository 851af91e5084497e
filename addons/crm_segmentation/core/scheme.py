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
from dataclasses import dataclass, replace

OPERATORS = {
    ">=": operator.ge,
    ">": operator.gt,
    "<=": operator.le,
    "<": operator.lt,
}

RISING = (">=", ">")
# How a value is looked at: as it is, as its place in the turnover of all, or as its
# place among all.
VALUE, SHARE, QUANTILE = BASES = ("value", "share", "quantile")

Values = Mapping[str, "float | None"]


def value_key(metric: str, basis: str = VALUE) -> str:
    """The name of a measured number: the metric's code, and how it is looked at.

    :param metric: code of the metric
    :param basis: one of :data:`BASES`
    :return: ``code``, ``code:share`` or ``code:quantile``
    """
    return metric if basis == VALUE else f"{metric}:{basis}"


@dataclass(frozen=True)
class Comparison:
    """One metric against its thresholds.

    :param metric: code of the metric
    :param operator: one of :data:`OPERATORS`
    :param enter: threshold for those outside the category
    :param leave: threshold for those already in it; None means the same as ``enter``
    :param basis: one of :data:`BASES`. ``share`` is the percentage of the total of
        the metric held by those with a bigger value, ``quantile`` the percentage of
        the ranked counterparties that are worse
    """

    metric: str
    operator: str
    enter: float
    leave: float | None = None
    basis: str = VALUE

    @property
    def key(self) -> str:
        """The name of the number that is compared, see :func:`value_key`."""
        return value_key(self.metric, self.basis)

    @property
    def is_rising(self) -> bool:
        """Whether more is better for the comparison."""
        return self.operator in RISING

    def threshold(self, staying: bool) -> float:
        """The number that counts, given whether the partner is in the category."""
        return self.leave if staying and self.leave is not None else self.enter

    def evaluate(self, values: Values, staying: bool) -> bool:
        """Whether the comparison holds; a metric without a value never does."""
        value = values.get(self.key)
        if value is None:
            return False
        return OPERATORS[self.operator](value, self.threshold(staying))

    def distance(self, values: Values, staying: bool) -> float | None:
        """How much is missing until the comparison holds: 0 when it does.

        :return: a positive number in the metric's unit; None without a value
        """
        value = values.get(self.key)
        if value is None:
            return None
        if self.evaluate(values, staying):
            return 0.0
        return abs(self.threshold(staying) - value)

    def comparisons(self) -> Iterator[Comparison]:
        yield self

    def moved(self, percent: float) -> Comparison:
        """The same comparison, easier to meet by a percentage of its thresholds.

        :param percent: how much easier; negative for harder
        """
        sign = -1 if self.is_rising else 1

        def shifted(number):
            return number + sign * abs(number) * percent / 100

        leave = None if self.leave is None else shifted(self.leave)
        return replace(self, enter=shifted(self.enter), leave=leave)

    def implies(self, other: Comparison) -> bool:
        """Whether whoever meets this one to get in also meets the other one."""
        if (self.key, self.is_rising) != (other.key, other.is_rising):
            return False
        if self.enter == other.enter:
            return self.operator == other.operator or "=" in other.operator
        return (self.enter > other.enter) is self.is_rising

    def excludes(self, other: Comparison) -> bool:
        """Whether nobody can meet both to get in."""
        if self.key != other.key or self.is_rising == other.is_rising:
            return False
        low, high = (self, other) if self.is_rising else (other, self)
        both_equal = low.operator == ">=" and high.operator == "<="
        return low.enter > high.enter or (low.enter == high.enter and not both_equal)


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

    def moved(self, percent: float) -> Group:
        """The same group with every comparison easier by a percentage."""
        return replace(self, parts=tuple(part.moved(percent) for part in self.parts))


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

    def comparisons(self) -> Iterator[Comparison]:
        """All comparisons of all categories, in order."""
        for category in self.categories:
            if category.rule is not None:
                yield from category.rule.comparisons()

    def metrics(self) -> list[str]:
        """Codes of the metrics in use, each once, in order."""
        return list(dict.fromkeys(part.metric for part in self.comparisons()))

    def relative(self) -> list[tuple[str, str]]:
        """What is compared with all others: (metric, basis), each once, in order."""
        return list(
            dict.fromkeys(
                (part.metric, part.basis)
                for part in self.comparisons()
                if part.basis != VALUE
            )
        )

    def place(self, category_id: int | None) -> int | None:
        """How good a category is: 0 for the first; None when it is not in the rule."""
        return next(
            (n for n, c in enumerate(self.categories) if c.id == category_id), None
        )

    def moved(self, percent: float) -> Scheme:
        """The same scheme with every threshold easier by a percentage.

        :param percent: how much easier; negative for harder
        """
        return Scheme(
            tuple(
                replace(category, rule=category.rule and category.rule.moved(percent))
                for category in self.categories
            )
        )

    def outlook(
        self, values: Values, current: int | None, margin: float, ladder
    ) -> str | None:
        """Whether a partner is about to rise or to fall.

        It is when thresholds moved by the margin would put it elsewhere on the ladder.

        :param values: metric code → value
        :param current: id of the category that the partner has
        :param margin: percent of each threshold that counts as close
        :param ladder: ids of the categories that are steps of the ladder
        :return: ``risk``, ``close`` or None; who is both is at risk
        """
        if current not in ladder or not margin:
            return None
        here = self.place(current)
        lower = self.moved(-margin).decide(values, current)
        if lower in ladder and self.place(lower) > here:
            return "risk"
        higher = self.moved(margin).decide(values, current)
        if higher in ladder and self.place(higher) < here:
            return "close"
        return None

    def flaws(self) -> list[tuple[str, Category, Category]]:
        """Categories that nobody can ever get into.

        Rules may overlap: the first match wins. What is wrong is a category whose
        every counterparty an earlier one takes, or whose conditions exclude each
        other.

        :return: list of (``same``, ``hidden`` or ``impossible``, the category that
            takes everybody, the one that is never reached)
        """
        found = []
        ruled = [category for category in self.categories if category.rule is not None]
        for number, category in enumerate(ruled):
            if _is_impossible(category.rule):
                found.append(("impossible", category, category))
                continue
            for earlier in ruled[:number]:
                if _implies(category.rule, earlier.rule):
                    same = _implies(earlier.rule, category.rule)
                    found.append(("same" if same else "hidden", earlier, category))
                    break
        return found

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


def _implies(rule: Comparison | Group, other: Comparison | Group) -> bool:
    """Whether whoever meets a rule surely meets the other one, too."""
    if isinstance(other, Group) and other.match == "all":
        return all(_implies(rule, part) for part in other.parts)
    if isinstance(rule, Group) and rule.match == "any":
        return all(_implies(part, other) for part in rule.parts)
    if isinstance(other, Group):
        return any(_implies(rule, part) for part in other.parts)
    if isinstance(rule, Group):
        return any(_implies(part, other) for part in rule.parts)
    return rule.implies(other)


def _is_impossible(rule: Comparison | Group) -> bool:
    """Whether conditions that must all hold exclude each other."""
    if isinstance(rule, Comparison):
        return False
    if rule.match == "any":
        return all(_is_impossible(part) for part in rule.parts)
    flat = [part for part in rule.parts if isinstance(part, Comparison)]
    return any(
        one.excludes(other) for place, one in enumerate(flat) for other in flat[:place]
    ) or any(_is_impossible(part) for part in rule.parts)


def _rule_to_json(node: Comparison | Group) -> dict:
    if isinstance(node, Group):
        parts = [_rule_to_json(part) for part in node.parts]
        return {"match": node.match, "parts": parts}
    return {
        "metric": node.metric,
        "operator": node.operator,
        "enter": node.enter,
        "leave": node.leave,
        "basis": node.basis,
    }


def _rule_from_json(data: dict | None) -> Comparison | Group | None:
    if not data:
        return None
    if "match" in data:
        parts = tuple(_rule_from_json(part) for part in data["parts"])
        return Group(data["match"], parts)
    return Comparison(**data)
