"""Which ready regulations a company still gets, and how its limits are read.

A company gets each of them once: what it has deleted does not come back.
"""

from __future__ import annotations

from collections.abc import Iterable

from .category_limits import codes_of


def _known(given: str | None | bool) -> list[str]:
    return (given or "").split()


def to_give(codes: Iterable[str], given: str | None | bool) -> list[str]:
    """Those of the ready regulations that a company has never got.

    :param codes: codes of all ready regulations
    :param given: what it has got, as :func:`given_with` writes it
    :return: codes in their order
    """
    known = set(_known(given))
    return [code for code in codes if code not in known]


def given_with(codes: Iterable[str], given: str | None | bool) -> str:
    """What a company has got when it has got these, too.

    :return: codes, one a line
    """
    return "\n".join(dict.fromkeys([*_known(given), *codes]))


def without(text: str, code: str) -> str:
    """The categories of a line but one.

    :param text: codes with commas between them
    :return: the others, with commas between them
    """
    return ", ".join(one for one in codes_of(text) if one != code)
