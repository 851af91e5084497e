"""May the gate of a stage open? Which requirements are unmet? How ready is it?

Everything that a person may argue about at a gate is decided here, from plain values.
"""

import math
from dataclasses import dataclass

GO, CONDITIONAL, HOLD, STOP = "go", "conditional", "hold", "stop"
DECISIONS = (GO, CONDITIONAL, HOLD, STOP)
LAST_STAGE = 7

_COMPARE = {
    ">=": lambda value, threshold: value >= threshold,
    ">": lambda value, threshold: value > threshold,
    "<=": lambda value, threshold: value <= threshold,
    "<": lambda value, threshold: value < threshold,
}
OPERATORS = tuple(_COMPARE)


@dataclass(frozen=True)
class Requirement:
    """One thing that must hold before a stage is passed."""

    name: str
    met: bool
    required: bool = True


@dataclass(frozen=True)
class Gate:
    """The gate of one stage as it stands now.

    ``open_conditions`` are the names of conditions of earlier gates that nobody has
    closed yet.
    """

    requirements: tuple = ()
    open_conditions: tuple = ()

    @property
    def unmet(self):
        """Names of the required requirements that do not hold, in order."""
        return tuple(r.name for r in self.requirements if r.required and not r.met)

    @property
    def is_open(self):
        """Whether "go" may be decided."""
        return not self.unmet and not self.open_conditions

    @property
    def readiness(self):
        """Percent of the required requirements that hold, 0 to 100, rounded down.

        100 means all of them and nothing less; a gate that asks for nothing is ready.
        """
        required = [r for r in self.requirements if r.required]
        if not required:
            return 100
        return 100 * sum(r.met for r in required) // len(required)


@dataclass(frozen=True)
class Refusal:
    """Why a decision may not be taken: a stable code and the names it is about."""

    code: str
    names: tuple = ()


@dataclass(frozen=True)
class Outcome:
    """What a decision does: to the stage, to the rollout, and which stage is next."""

    passes: bool
    rollout_state: str
    next_number: int = 0


def refusal(gate, number, decision, reason, conditions):
    """Say why a decision may not be taken at a gate.

    :param gate: the :class:`Gate` as it stands
    :param number: the number of the stage, 1 to 7
    :param decision: one of :data:`DECISIONS`
    :param reason: the decider's words
    :param conditions: names of the conditions set with the decision
    :return: a :class:`Refusal`, or None when the decision is possible
    """
    if decision not in DECISIONS:
        return Refusal("unknown_decision", (str(decision),))
    if not (reason or "").strip():
        return Refusal("reason_missing")
    if conditions and decision != CONDITIONAL:
        return Refusal("conditions_unexpected", tuple(conditions))
    if decision in (GO, CONDITIONAL) and gate.open_conditions:
        return Refusal("conditions_open", gate.open_conditions)
    if decision == GO and gate.unmet:
        return Refusal("criteria_unmet", gate.unmet)
    if decision == CONDITIONAL and number == LAST_STAGE:
        return Refusal("conditional_at_last_gate", gate.unmet)
    if decision == CONDITIONAL and not conditions:
        return Refusal("conditions_missing", gate.unmet)
    return None


def outcome(decision, number):
    """Say what a decision that was not refused does.

    :param decision: one of :data:`DECISIONS`
    :param number: the number of the decided stage, 1 to 7
    :return: an :class:`Outcome`
    """
    if decision == STOP:
        return Outcome(passes=False, rollout_state="stopped")
    if decision == HOLD:
        return Outcome(passes=False, rollout_state="running")
    if number == LAST_STAGE:
        return Outcome(passes=True, rollout_state="done")
    return Outcome(passes=True, rollout_state="running", next_number=number + 1)


def reaches(value, operator, threshold):
    """Whether a measured value satisfies a threshold.

    :param value: a number, or None when there is nothing to measure yet
    :param operator: one of :data:`OPERATORS`
    :param threshold: a number
    """
    return value is not None and _COMPARE[operator](value, threshold)


def shown(value, operator):
    """A value with one decimal, rounded to the unfavourable side of its threshold.

    A figure that misses its threshold must not look as if it reached it.

    >>> shown(69.96, ">="), shown(2.01, "<="), shown(5, ">=")
    (69.9, 2.1, 5.0)
    """
    away = math.floor if operator in (">=", ">") else math.ceil
    # The inner rounding takes out binary noise: 100 * 0.07 is 7.000000000000001.
    return away(round(value * 10, 6)) / 10
