"""What differs between two documents that are told in words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

CHANGED, ADDED, REMOVED, MOVED = "changed", "added", "removed", "moved"


@dataclass(frozen=True)
class Line:
    """A property in words.

    :param key: its name, the same in every document
    :param label: how people call it
    :param text: its value in words; empty for none
    """

    key: str
    label: str
    text: str


@dataclass(frozen=True)
class Told:
    """A document, or a part of one, in words.

    :param key: by which the same part is found again in another version
    :param kind: what it is, for people: “Step”
    :param name: its title
    :param lines: its properties
    :param parts: what it consists of, in order
    """

    key: str
    kind: str
    name: str
    lines: tuple[Line, ...] = ()
    parts: tuple[Told, ...] = ()


@dataclass(frozen=True)
class Change:
    """One difference.

    :param kind: ``changed``, ``added``, ``removed`` or ``moved``
    :param place: titles of the parts in which it is, from the outside
    :param part: the part that was added, removed or moved, else None
    :param key: name of the property that has changed, else empty
    :param label: how people call it
    :param before: its former value in words
    :param after: its new value in words
    """

    kind: str
    place: tuple[str, ...] = ()
    part: Told | None = None
    key: str = ""
    label: str = ""
    before: str = ""
    after: str = ""


def difference(before: Told, after: Told) -> list[Change]:
    """What has changed from one version to the next, in the order of the later one.

    :param before: the earlier version
    :param after: the later version
    :return: nothing if both say the same
    """
    return list(_changes(before, after, ()))


def _changes(before: Told, after: Told, place: tuple[str, ...]) -> Iterator[Change]:
    old = {line.key: line for line in before.lines}
    new = {line.key: line for line in after.lines}
    for key in dict.fromkeys([*new, *old]):
        was = old[key].text if key in old else ""
        is_now = new[key].text if key in new else ""
        if was != is_now:
            label = (new.get(key) or old[key]).label
            yield Change(CHANGED, place, None, key, label, was, is_now)
    yield from _changes_of_parts(before.parts, after.parts, place)


def _changes_of_parts(
    before: Sequence[Told], after: Sequence[Told], place: tuple[str, ...]
) -> Iterator[Change]:
    old, new = _numbered(before), _numbered(after)
    kept = [key for key in old if key in new]
    stays = _longest_in_order([list(new).index(key) for key in kept])
    in_order = {kept[number] for number in stays}
    for key, part in new.items():
        if key not in old:
            yield Change(ADDED, place, part)
            continue
        if key not in in_order:
            yield Change(MOVED, place, part)
        yield from _changes(old[key], part, (*place, part.name))
    for key, part in old.items():
        if key not in new:
            yield Change(REMOVED, place, part)


def _numbered(parts: Sequence[Told]) -> dict[tuple[str, int], Told]:
    """Parts by their key; those of the same key by their number, too."""
    seen: Counter[str] = Counter()
    found = {}
    for part in parts:
        found[part.key, seen[part.key]] = part
        seen[part.key] += 1
    return found


def _longest_in_order(places: Sequence[int]) -> list[int]:
    """Which of some places can stay so that the fewest are said to have moved.

    :param places: the new place of each, in the old order
    :return: numbers of those that stay, ascending
    """
    best: list[list[int]] = []
    for number, place in enumerate(places):
        before = [run for run in best if places[run[-1]] < place]
        best.append([*max(before, key=len, default=[]), number])
    return max(best, key=len, default=[])
