"""A script that can be followed while talking: what is wrong with it, what is said.

A script is a list of lines. Each answer to a line leads to another line, by its code,
or ends the talk with a result.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

#: What stands in a text for a name, in braces.
PLACES = ("customer", "company", "me", "us")

_PLACE = re.compile(r"\{([^{}]*)\}")

# What can be wrong with a script.
NO_LINES = "no_lines"
TWICE = "twice"
NO_ANSWERS = "no_answers"
NOWHERE = "nowhere"
UNKNOWN = "unknown"
BOTH = "both"
ENDLESS = "endless"
UNREACHED = "unreached"
PLACE = "place"


@dataclass(frozen=True)
class Answer:
    """What the other side may answer.

    :param name: the answer in words
    :param goto: code of the line that follows, or empty
    :param result: how the talk ends, or empty
    """

    name: str
    goto: str = ""
    result: str = ""


@dataclass(frozen=True)
class Line:
    """What is said, and what may be answered.

    :param code: its name in the script
    :param text: what is said, with places
    :param answers: at least one
    """

    code: str
    text: str
    answers: tuple[Answer, ...] = ()


@dataclass(frozen=True)
class Problem:
    """What is wrong, and where.

    :param kind: one of the constants of this module
    :param line: code of the line
    :param detail: the answer, code or place that is meant
    """

    kind: str
    line: str = ""
    detail: str = ""


def problem(lines: Iterable[Line]) -> Problem | None:
    """What is wrong with a script, the first thing only; None if nothing is.

    :param lines: in their order; the talk begins with the first
    """
    lines = tuple(lines)
    if not lines:
        return Problem(NO_LINES)
    known = {}
    for line in lines:
        if line.code in known:
            return Problem(TWICE, line.code)
        known[line.code] = line
    found = (_wrong(line, known) for line in lines)
    first = next(filter(None, found), None)
    return first or _lost(lines, known)


def _wrong(line, known):
    """What is wrong with one line by itself."""
    strange = next((p for p in _PLACE.findall(line.text) if p not in PLACES), None)
    if strange is not None:
        return Problem(PLACE, line.code, strange)
    if not line.answers:
        return Problem(NO_ANSWERS, line.code)
    for answer in line.answers:
        if answer.goto and answer.result:
            return Problem(BOTH, line.code, answer.name)
        if not answer.goto and not answer.result:
            return Problem(NOWHERE, line.code, answer.name)
        if answer.goto and answer.goto not in known:
            return Problem(UNKNOWN, line.code, answer.goto)
    return None


def _lost(lines, known):
    """A line from which no talk ever ends, or to which none ever comes."""
    ending = {line.code for line in lines if any(a.result for a in line.answers)}
    grown = True
    while grown:
        more = {
            line.code
            for line in lines
            if line.code not in ending
            and any(answer.goto in ending for answer in line.answers)
        }
        ending |= more
        grown = bool(more)
    for line in lines:
        if line.code not in ending:
            return Problem(ENDLESS, line.code)
    reached, todo = set(), [lines[0].code]
    while todo:
        code = todo.pop()
        if code not in reached:
            reached.add(code)
            todo += [answer.goto for answer in known[code].answers if answer.goto]
    for line in lines:
        if line.code not in reached:
            return Problem(UNREACHED, line.code)
    return None


def filled(text: str, names: Mapping[str, str]) -> str:
    """What is really said: the names in their places.

    :param text: with places such as ``{customer}``; nothing in it is evaluated
    :param names: place → name; a place without a name becomes an ellipsis
    """
    return _PLACE.sub(lambda found: names.get(found[1]) or "…", text)
