"""The limit and the escalation of a step for customers of some categories."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

from .limit import UNITS, Limit
from .step import Rung, Step, rung_of

_BETWEEN = re.compile(r"[\s,;]+")


def codes_of(text: str) -> tuple[str, ...]:
    """The categories that a text names.

    :param text: codes with commas or blanks between them: “A, B”
    :return: each once, in capitals, in their order
    """
    return tuple(dict.fromkeys(filter(None, _BETWEEN.split(text.upper()))))


def named_twice(many: Iterable[Iterable[str]]) -> list[str]:
    """Codes that stand in more than one line, in their order."""
    seen: set[str] = set()
    twice = []
    for codes in many:
        twice += [code for code in codes if code in seen]
        seen |= set(codes)
    return twice


def same_time(one: str, other: str) -> bool:
    """Whether two units count the same kind of time.

    What counts by the clock for some and in working time for others could be told in no
    figure.

    :param one: a unit of :mod:`core.limit`
    """
    if one not in UNITS or other not in UNITS:
        return True
    return Limit(1, one).in_working_time == Limit(1, other).in_working_time


def steps_by_code(
    step: Step, lines: Iterable[Mapping], rungs: Collection[Mapping] = ()
) -> dict[str, Step]:
    """The step as it is owed to categories with a limit or a ladder of their own.

    :param step: the step as it is owed to everybody else
    :param lines: frozen lines, see ``crm.regulation.step.limit._compile``
    :param rungs: the frozen ladder, see ``crm.regulation.rung._compile``
    :return: code of a category → step
    """
    found = {}
    for line in lines:
        if line["is_owed"]:
            limit = replace(step.limit, value=line["value"], unit=line["unit"])
            found.update(dict.fromkeys(line["codes"], replace(step, limit=limit)))
    for code in {code for rung in rungs for code in _codes(rung)}:
        found[code] = replace(found.get(code, step), rungs=_ladder(code, rungs))
    return found


def _ladder(code: str, rungs: Collection[Mapping]) -> tuple[Rung, ...]:
    """The ladder of a category: its own rungs, and what they leave of the others.

    A rung of a category stands for the one that tells the same people of everybody
    else's promises in the same way, so that nobody is told twice.
    """
    told = {(rung["basis"], rung["whom"]) for rung in rungs if code in _codes(rung)}
    return tuple(
        rung_of(rung)
        for rung in rungs
        if code in _codes(rung)
        or (not _codes(rung) and (rung["basis"], rung["whom"]) not in told)
    )


def _codes(rung: Mapping) -> Collection[str]:
    """The only categories for which a frozen rung is meant; none: for all."""
    return rung.get("codes") or ()


def exempt_codes(lines: Iterable[Mapping]) -> frozenset[str]:
    """The categories to which nothing is owed."""
    return frozenset(
        code for line in lines if not line["is_owed"] for code in line["codes"]
    )
