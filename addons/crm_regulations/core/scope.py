"""For whom a regulation is, and which of two is the more special one."""

from __future__ import annotations

from dataclasses import dataclass, fields


@dataclass(frozen=True)
class Scope:
    """For whom a regulation is; an empty dimension means everybody.

    :param types: counterparty types, one of them
    :param segments: categories, one of them
    :param sale_kinds: kinds of sale, one of them
    :param others: further conditions on the counterparty, each of them
    """

    types: frozenset = frozenset()
    segments: frozenset = frozenset()
    sale_kinds: frozenset = frozenset()
    others: frozenset = frozenset()

    def is_within(self, other: Scope) -> bool:
        """Whether everybody here surely belongs to the other one, too.

        :param other: another scope
        :return: True for the same scope as well; False if one cannot tell
        """
        choices = all(
            not theirs or (ours and ours <= theirs)
            for ours, theirs in (
                (getattr(self, field.name), getattr(other, field.name))
                for field in fields(self)
                if field.name != "others"
            )
        )
        # Of conditions all must hold, so more of them mean fewer counterparties.
        return choices and other.others <= self.others

    def is_narrower(self, other: Scope) -> bool:
        """Whether this is a real part of the other one.

        :param other: another scope
        :return: True if it is more special
        """
        return self.is_within(other) and not other.is_within(self)
