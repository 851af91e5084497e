"""Which territory an address belongs to: the narrowest claim wins.

A claim says: this territory takes these postcodes of this state of this country.
Postcodes are intervals of texts, so that “everything that begins with 01” and “01000 to
04999” are the same kind of thing, and one may lie inside the other.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

# Sorts after every letter and digit: “01~” is the end of all that begins with 01.
END = "~"
LONGEST_POSTCODE = 20
MOST_PARTS = 2000

_PLAIN_RANGE = re.compile(r"(\d{4,})\s*[-–]\s*(\d{4,})")


class PostcodeError(ValueError):
    """A list of postcodes that is not understood.

    :param reason: ``empty``, ``long``, ``many``, ``uneven`` or ``backwards``
    :param part: the part that is wrong
    """

    def __init__(self, reason: str, part: str):
        super().__init__(reason, part)
        self.reason = reason
        self.part = part


def normalize_postcode(text: str | None) -> str:
    """A postcode without blanks and hyphens, in capitals; others leave no letter.

    :param text: as people type it
    :return: the Latin letters and digits in it
    """
    return re.sub(r"[^A-Za-z0-9]", "", text or "").upper()


def parse_postcodes(text: str) -> list[tuple[str, str]]:
    """What is written in a rule, as intervals.

    ``01`` or ``01*`` is every postcode that begins with 01; ``01000..04999`` (for
    digits also ``01000-04999``) is a range of which both ends belong to it. Parts are
    parted by commas, semicolons or new lines.

    :param text: the postcodes of a rule
    :return: pairs (first, last); a postcode that begins with the last belongs to it
    :raises PostcodeError: a part is not understood
    """
    parts = [part.strip() for part in re.split(r"[,;\n]", text) if part.strip()]
    if len(parts) > MOST_PARTS:
        raise PostcodeError("many", str(len(parts)))
    return [_parse_part(part) for part in parts]


def _parse_part(part: str) -> tuple[str, str]:
    plain = _PLAIN_RANGE.fullmatch(part)
    ends = plain.groups() if plain else part.split("..", 1)
    first, last = normalize_postcode(ends[0]), normalize_postcode(ends[-1])
    if not first or not last:
        raise PostcodeError("empty", part)
    if max(len(first), len(last)) > LONGEST_POSTCODE:
        raise PostcodeError("long", part)
    if len(first) != len(last):
        raise PostcodeError("uneven", part)
    if first > last:
        raise PostcodeError("backwards", part)
    return first, last


@dataclass(frozen=True)
class Claim:
    """One interval of postcodes that a territory takes.

    :param territory: id of the territory
    :param company: id of the company whose counterparties it is for; None for all
    :param country: id; None for every country
    :param state: id; None for the whole country
    :param first: the first postcode; empty for all
    :param last: the last postcode; empty for all
    """

    territory: int
    company: int | None = None
    country: int | None = None
    state: int | None = None
    first: str = ""
    last: str = ""

    @property
    def end(self) -> str:
        """The text after all that belongs to the claim."""
        return self.last + END

    def takes(self, state: int | None, postcode: str) -> bool:
        """Whether an address of the claim's company and country belongs to it."""
        return self.state in (None, state) and self.first <= postcode <= self.end

    def order(self) -> tuple:
        """Sorts a claim after all that lie around it."""
        # Strings cannot be sorted backwards, so the wider claim is found by negation.
        return (self.first, _Backwards(self.end), self.state or 0)


class _Backwards(str):
    """Text that sorts the other way round."""

    __slots__ = ()

    def __lt__(self, other: str) -> bool:
        return str.__gt__(self, other)


class TerritoryMap:
    """All claims, arranged so that an address finds its territory quickly.

    A company's own territories come before the shared ones, a country's before those of
    every country. Then the claim with the narrowest postcodes wins, then the one that
    names the state.

    :param claims: the claims, free of :func:`conflicts`
    """

    def __init__(self, claims: Iterable[Claim]):
        groups = defaultdict(list)
        for claim in claims:
            groups[claim.company, claim.country].append(claim)
        self._claims = {
            key: sorted(group, key=Claim.order) for key, group in groups.items()
        }
        self._firsts = {
            key: [claim.first for claim in group] for key, group in self._claims.items()
        }
        self.letters = max(
            (len(claim.last) for group in self._claims.values() for claim in group),
            default=0,
        )

    def __bool__(self) -> bool:
        return bool(self._claims)

    def find(
        self,
        company: int | None,
        country: int | None,
        state: int | None,
        postcode: str | None,
    ) -> int | None:
        """The territory of an address.

        :param company: id of the counterparty's company, None when it is shared
        :param country: id or None
        :param state: id or None
        :param postcode: as it is written
        :return: id of the territory, None where nobody is responsible
        """
        code = normalize_postcode(postcode)
        for key in dict.fromkeys(
            (owner, land) for owner in (company, None) for land in (country, None)
        ):
            claims = self._claims.get(key)
            if claims:
                place = bisect_right(self._firsts[key], code)
                # Backwards, because claims stand behind those around them.
                for claim in reversed(claims[:place]):
                    if claim.takes(state, code):
                        return claim.territory
        return None


def conflicts(claims: Iterable[Claim]) -> Iterator[tuple[Claim, Claim]]:
    """Pairs of territories that claim the same addresses equally.

    One claim inside another is no conflict: the narrower one wins. Two that are equal,
    or that overlap without one lying inside the other, are.

    :param claims: all claims
    :return: pairs of conflicting claims
    """
    groups = defaultdict(list)
    for claim in claims:
        groups[claim.company, claim.country].append(claim)
    for group in groups.values():
        around: list[Claim] = []
        for claim in sorted(group, key=Claim.order):
            around = [other for other in around if other.end >= claim.first]
            for other in around:
                if _collide(other, claim):
                    yield other, claim
            around.append(claim)


def _collide(other: Claim, claim: Claim) -> bool:
    """Whether neither is narrower; they overlap, and ``other`` begins first."""
    if other.territory == claim.territory:
        return False
    if None not in (other.state, claim.state) and other.state != claim.state:
        return False
    if (other.first, other.end) == (claim.first, claim.end):
        return other.state == claim.state
    return claim.end > other.end
