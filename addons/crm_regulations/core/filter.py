"""Whether plain values fit a domain, without a record and without a database.

The present can be searched; what a record was like before, only its former values tell.
Some conditions cannot be decided from values alone, for example those that follow a
path or a hierarchy: the answer is then yes, no or unknown (three-valued logic).
"""

from __future__ import annotations

import operator as python
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

_NEGATIVE = {
    "!=": "=",
    "not in": "in",
    "not like": "like",
    "not ilike": "ilike",
    "not =like": "=like",
    "not =ilike": "=ilike",
}
_ORDER = {"<": python.lt, ">": python.gt, "<=": python.le, ">=": python.ge}
_LIKES = ("like", "ilike", "=like", "=ilike")

_NUMBERS = ("integer", "float", "monetary")
_TEXTS = ("char", "text", "html")
_MANY = ("one2many", "many2many")
_RELATIONS = ("many2one", *_MANY)
_DATES = ("date", "datetime")
#: Types of fields whose values tell whether they fit.
TYPES = (*_NUMBERS, *_TEXTS, *_RELATIONS, *_DATES, "boolean", "selection")
# What an empty field counts as when it is compared with something.
_BLANK = {**dict.fromkeys(_NUMBERS, 0), **dict.fromkeys(_TEXTS, ""), "boolean": False}
_YES = ("y", "yes", "1", "true", "t", "on")


@dataclass(frozen=True, eq=False)
class Condition:
    """A condition of a domain.

    :param path: the field, or a path that begins with it
    :param operator: how it is compared
    :param value: with what
    """

    path: str
    operator: str
    value: object

    @property
    def root(self) -> str:
        """The field of the record itself."""
        return self.path.split(".")[0]


class Filter:
    """A domain to which plain values are put.

    The meaning of operators and of empty values is Odoo's. A day that is compared with
    an instant begins at midnight UTC; days relative to today are left open, because
    today they say something else than in the past.

    :param domain: in prefix notation, as a list
    :param types: field → its type in Odoo; fields left out cannot be decided
    :param unaccent: takes the accents from a text before ``ilike`` compares it
    :raises ValueError: the domain is malformed
    """

    def __init__(
        self,
        domain: Iterable,
        types: Mapping[str, str],
        unaccent: Callable[[str], str] = str,
    ):
        self._types = types
        self._unaccent = unaccent
        #: All fields of the record that it depends on.
        self.roots: frozenset[str] = frozenset()
        #: Those whose values decide.
        self.names: frozenset[str] = frozenset()
        #: Conditions that values alone do not decide.
        self.open: tuple[Condition, ...] = ()
        self._node = self._parsed(list(domain))

    def fits(self, values: Mapping) -> bool | None:
        """Whether values fit.

        :param values: field → plain value: id or False for a many2one, a tuple of ids
            for an x2many; also open condition → its answer, if somebody knows it
        :return: None if what is missing in the values decides
        """
        return self._node(values)

    # --- parsing --------------------------------------------------------------

    def _parsed(self, domain: list):
        stack: list = []
        try:
            for item in reversed(domain):
                if item == "!":
                    stack.append(_not(stack.pop()))
                elif item in ("&", "|"):
                    make = _and if item == "&" else _or
                    stack.append(make(stack.pop(), stack.pop()))
                elif isinstance(item, (list, tuple)) and len(item) == 3:
                    stack.append(self._leaf(*item))
                else:
                    raise ValueError(f"{item!r} is no part of a domain")
        except IndexError:
            raise ValueError(f"{domain!r} is not a domain") from None
        node = _constant(True)
        for part in stack:
            node = _and(part, node)
        return node

    def _leaf(self, path, operator, value):
        if not isinstance(path, str):
            return _constant(path == value)
        condition = Condition(path, operator.lower(), value)
        self.roots |= {condition.root}
        test = self._test(condition)
        if test is None:
            self.open += (condition,)
            return lambda values: values.get(condition)
        self.names |= {path}
        return lambda values: test(values[path]) if path in values else None

    def _test(self, condition: Condition):
        """A function that decides a condition from a value; None if there is none."""
        kind = self._types.get(condition.path)
        if kind not in TYPES:
            return None
        positive = _NEGATIVE.get(condition.operator, condition.operator)
        if positive in ("=", "in"):
            test = _equal(kind, _wanted(positive, condition.value))
        elif positive in _ORDER:
            test = _compared(kind, positive, condition.value)
        elif positive in _LIKES:
            test = self._like(kind, positive, condition.value)
        else:
            return None
        if test is None or positive == condition.operator:
            return test
        return lambda plain: not test(plain)

    def _like(self, kind, operator, pattern):
        exact = operator.startswith("=")
        if not pattern:
            if exact:
                return lambda plain: not plain
            return bool if kind in _RELATIONS else lambda plain: True
        if kind in _RELATIONS or exact and not isinstance(pattern, str):
            # It is about the names of other records, or it is nonsense.
            return None
        text = self._folded if operator.endswith("ilike") else _text
        match = _pattern(text(pattern), exact).match
        return lambda plain: bool(match(text(plain)))

    def _folded(self, value) -> str:
        return self._unaccent(str(value).lower()) if value else ""


def _text(value) -> str:
    return str(value) if value else ""


# --- logic ------------------------------------------------------------------------


def _constant(value: bool):
    return lambda values: value


def _not(node):
    def evaluate(values):
        found = node(values)
        return None if found is None else not found

    return evaluate


def _and(first, second):
    def evaluate(values):
        found = first(values)
        if found is False:
            return False
        other = second(values)
        return other if found or other is False else None

    return evaluate


def _or(first, second):
    def evaluate(values):
        found = first(values)
        if found:
            return True
        other = second(values)
        return other if found is False or other else None

    return evaluate


# --- equality ---------------------------------------------------------------------


def _wanted(operator: str, value) -> list:
    """The values of which a field must have one."""
    if isinstance(value, (list, tuple, set, frozenset)):
        # An empty list says “not set” to ``=``, and “none of them” to ``in``.
        found = list(value) or ([False] if operator == "=" else [])
    elif operator == "in" and not value:
        found = []
    else:
        found = [value]
    return [False if one is None else one for one in found]


def _equal(kind: str, wanted: list):
    if not wanted:
        return lambda plain: False
    if kind == "boolean":
        answers = {_truth(value) for value in wanted}
        return lambda plain: bool(plain) in answers
    if kind in _DATES:
        return _equal_date(kind, wanted)
    if kind in _RELATIONS and any(isinstance(value, str) for value in wanted):
        return None
    values = frozenset(wanted)
    empty = bool({False, _BLANK.get(kind, False)} & values)
    if kind in _MANY:
        return lambda plain: not values.isdisjoint(plain) or empty and not plain
    if empty:
        return lambda plain: not plain or plain in values
    if kind == "many2one":
        return lambda plain: bool(plain) and plain in values
    return lambda plain: plain in values


def _truth(value) -> bool:
    return value.lower() in _YES if isinstance(value, str) else bool(value)


def _equal_date(kind: str, wanted: list):
    try:
        moments = {_moment(kind, value)[0] for value in wanted if value is not False}
    except ValueError:
        return None
    empty = False in wanted
    whole = _second if kind == "datetime" else _same
    return lambda plain: whole(plain) in moments if plain else empty


def _second(moment: datetime) -> datetime:
    return moment.replace(microsecond=0)


def _same(value):
    return value


def _moment(kind: str, value) -> tuple:
    """What a date field is compared with, and whether only a day was given.

    :raises ValueError: it is no date, or a relative one
    """
    if isinstance(value, str):
        value = (date if len(value) <= 10 else datetime).fromisoformat(value)
    if not isinstance(value, date):
        raise ValueError(value)
    is_day = not isinstance(value, datetime)
    if kind == "date":
        return (value if is_day else value.date()), True
    if is_day:
        return datetime.combine(value, time.min), True
    if value.tzinfo is not None:
        raise ValueError(value)
    return _second(value), False


# --- order ------------------------------------------------------------------------


def _compared(kind: str, operator: str, value):
    if isinstance(value, (list, tuple, set, frozenset)):
        return None
    if kind in _DATES:
        return _compared_dates(kind, operator, value)
    compare = _ORDER[operator]
    if kind in _RELATIONS:
        if isinstance(value, str):
            return None
        if kind == "many2one":
            return lambda plain: bool(plain) and _holds(compare, plain, value)
        return lambda plain: any(_holds(compare, one, value) for one in plain)
    if kind == "selection":
        return lambda plain: bool(plain) and _holds(compare, plain, value)
    blank = _BLANK[kind]
    limit = value or blank
    return lambda plain: _holds(compare, plain or blank, limit)


def _holds(compare, one, other) -> bool:
    try:
        return compare(one, other)
    except TypeError:
        return False


def _compared_dates(kind: str, operator: str, value):
    if not value:
        return lambda plain: False
    try:
        moment, is_day = _moment(kind, value)
    except ValueError:
        return None
    if kind == "datetime" and operator in (">", "<="):
        # The whole day or second belongs to what is compared with.
        operator = ">=" if operator == ">" else "<"
        try:
            moment += timedelta(days=1) if is_day else timedelta(seconds=1)
        except OverflowError:
            return lambda plain: bool(plain) and operator == "<"
    compare = _ORDER[operator]
    return lambda plain: bool(plain) and compare(plain, moment)


# --- patterns ---------------------------------------------------------------------


def _pattern(pattern: str, exact: bool):
    """The regular expression that matches what a pattern of SQL does."""
    parts = ["^" if exact else ".*"]
    escaped = False
    for char in pattern:
        if escaped or char not in "\\%_":
            parts.append(re.escape(char))
            escaped = False
        elif char == "\\":
            escaped = True
        else:
            parts.append(".*" if char == "%" else ".")
    return re.compile("".join(parts) + "$" * exact, re.DOTALL)
