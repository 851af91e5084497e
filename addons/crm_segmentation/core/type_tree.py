"""Types that are kinds of other types: a clinic is a client."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

_LINK, _SET = 4, 6


def ancestors(parents: Mapping[int, int]) -> dict[int, tuple[int, ...]]:
    """What each type is a kind of, nearest first.

    :param parents: id of a type → id of what it is directly a kind of
    :return: id → ids; types that are a kind of nothing are left out
    """
    above: dict[int, tuple[int, ...]] = {}
    for id_ in parents:
        found: list[int] = []
        parent = parents.get(id_)
        while parent and parent not in found and parent != id_:
            found.append(parent)
            parent = parents.get(parent)
        above[id_] = tuple(found)
    return above


def with_ancestors(commands: object, above: Mapping[int, Sequence[int]]) -> object:
    """Commands on a many2many of types that give what the types are kinds of, too.

    Taking a type away takes no other away.

    :param commands: commands of Odoo or a list of ids, which replaces what is there;
        anything else is left as it is, for the ORM to judge
    :param above: see :func:`ancestors`
    :return: the same kind of value
    """
    if not above or not isinstance(commands, list | tuple):
        return commands
    if all(isinstance(one, int) for one in commands):
        return type(commands)(_closed(commands, above))
    given, more = [], []
    for command in commands:
        match command:
            case [code, _any, [*ids]] if code == _SET:
                command = (_SET, 0, _closed(ids, above))
            case [code, int(id_), *_rest] if code == _LINK:
                more += above.get(id_, ())
        given.append(command)
    return [*given, *((_LINK, id_, 0) for id_ in dict.fromkeys(more))]


def _closed(ids: Sequence[int], above: Mapping[int, Sequence[int]]) -> list[int]:
    return list(
        dict.fromkeys([*ids, *(parent for id_ in ids for parent in above.get(id_, ()))])
    )
