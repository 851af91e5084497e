"""When a category follows its rule: at once, after a while, step by step, confirmed.

The rule says what a counterparty's numbers deserve today. Stability says whether the
category follows. Pure: :meth:`Stability.decide` is the rule for one counterparty;
``engine/stability_sql.py`` is the same for all of them, and tests hold them equal.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

Rule = Callable[["int | None"], "int | None"]

# What the presets mean. Calm suits customers who order by the quarter: half a year in
# a category, a quarter of low numbers, and a person confirms who rises. Normal gives
# two months to come back. Immediate follows the numbers every day.
PRESETS = {
    "calm": {
        "promotion": "confirmed",
        "one_step": True,
        "demote_on": "month_start",
        "grace_days": 90,
        "min_stay_days": 180,
    },
    "normal": {
        "promotion": "at_once",
        "one_step": True,
        "demote_on": "month_start",
        "grace_days": 60,
        "min_stay_days": 90,
    },
    "immediate": {
        "promotion": "at_once",
        "one_step": False,
        "demote_on": "any_day",
        "grace_days": 0,
        "min_stay_days": 0,
    },
}


@dataclass(frozen=True)
class Step:
    """What stability knows of a category.

    :param id: id of the category
    :param on_ladder: whether it is a step between better and worse; the others, such
        as *new* or *sleeping*, are entered and left at once
    :param grace_days: days for which numbers must be too low before it is left
    :param min_stay_days: days that one stays at least
    """

    id: int
    on_ladder: bool = True
    grace_days: int = 0
    min_stay_days: int = 0


@dataclass(frozen=True)
class Standing:
    """Where a counterparty is.

    :param category: id of its category by the rule, None for none yet
    :param since: the day from which it has had it
    :param wanted: id of the category that is held back, if any
    :param wanted_since: the day from which the rule has wanted to go that way
    """

    category: int | None = None
    since: date | None = None
    wanted: int | None = None
    wanted_since: date | None = None


@dataclass(frozen=True)
class Stability:
    """How the categories of one segmentation follow its rule.

    :param steps: categories in their order, the best first
    :param promotion: ``at_once`` or ``confirmed``
    :param one_step: whether one falls by one step of the ladder at a time
    :param demote_on: ``any_day`` or ``month_start``
    """

    steps: tuple[Step, ...]
    promotion: str = "at_once"
    one_step: bool = False
    demote_on: str = "any_day"

    @property
    def is_idle(self) -> bool:
        """Whether categories simply follow the rule."""
        return (
            self.promotion == "at_once"
            and not self.one_step
            and self.demote_on == "any_day"
            and not any(s.grace_days or s.min_stay_days for s in self.ladder)
        )

    @property
    def ladder(self) -> tuple[Step, ...]:
        """The steps between better and worse."""
        return tuple(step for step in self.steps if step.on_ladder)

    def decide(self, standing: Standing, rule: Rule, today: date) -> Standing:
        """Where a counterparty is after today's computation.

        :param standing: where it was
        :param rule: from the id of the category one is in to the one that the rule
            gives, as thresholds to leave depend on it; None for not covered
        :param today: the day of the computation
        :return: where it is now, with what is held back
        """
        target = rule(standing.category)
        places = {step.id: place for place, step in enumerate(self.ladder)}
        here, there = places.get(standing.category), places.get(target)
        if here is None or there is None:
            return self._follow(standing, target, today)
        if here == there:
            return Standing(standing.category, standing.since)
        if there < here:
            if self.promotion == "at_once":
                return Standing(target, today)
            return self._hold(standing, target, today, places)
        held = self._hold(standing, target, today, places)
        if today < self.due(held):
            return held
        if not self.one_step or there == here + 1:
            return Standing(target, today)
        # Asked again, so that another run on the same day finds nothing to do.
        stepped = self.ladder[here + 1].id
        wanted = rule(stepped)
        if wanted == stepped:
            return Standing(stepped, today)
        return Standing(stepped, today, wanted, today)

    def due(self, held: Standing) -> date:
        """The first day on which a demotion that is held back may happen.

        The later of the end of the grace and the end of the stay, moved on to the next
        first of a month if demotions wait for it. A night without a run changes
        nothing: the demotion happens in the next one.

        :param held: where the counterparty is, with what is held back
        """
        step = next(step for step in self.ladder if step.id == held.category)
        # One step at a time is at most one a day, however often it is computed.
        stay = max(step.min_stay_days, 1 if self.one_step else 0)
        day = max(
            held.wanted_since + timedelta(days=step.grace_days),
            (held.since or held.wanted_since) + timedelta(days=stay),
        )
        if self.demote_on == "month_start" and day.day > 1:
            return (day.replace(day=28) + timedelta(days=4)).replace(day=1)
        return day

    def _follow(self, standing, target, today):
        if target == standing.category:
            return Standing(target, standing.since)
        return Standing(target, today if target is not None else None)

    def _hold(self, standing, target, today, places):
        """Stay; the clock goes on if the rule has wanted the same direction before."""
        here, before = places[standing.category], places.get(standing.wanted)
        goes_on = (
            before is not None
            and standing.wanted_since
            and (before < here) == (places[target] < here)
        )
        since = standing.wanted_since if goes_on else today
        return Standing(standing.category, standing.since, target, since)

    def to_json(self) -> dict:
        """Plain dictionaries, for a frozen version."""
        return {
            "promotion": self.promotion,
            "one_step": self.one_step,
            "demote_on": self.demote_on,
            "steps": [
                {
                    "id": step.id,
                    "on_ladder": step.on_ladder,
                    "grace_days": step.grace_days,
                    "min_stay_days": step.min_stay_days,
                }
                for step in self.steps
            ],
        }

    @classmethod
    def from_json(cls, data: Mapping | None, categories=()) -> Stability:
        """What :meth:`to_json` wrote.

        :param data: the dictionary; None for a rule that was published before
            stability existed: its categories follow at once
        :param categories: ids of the categories in order, for such a rule
        """
        if not data:
            return cls(tuple(Step(category) for category in categories))
        steps = tuple(Step(**row) for row in data["steps"])
        return cls(steps, data["promotion"], data["one_step"], data["demote_on"])
