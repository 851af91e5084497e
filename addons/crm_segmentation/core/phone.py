"""Telephone numbers that no library understands, compared by their last digits."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

# The digits of a subscriber's number without area code. Fewer would fit too many.
TAIL_DIGITS = 7
LONGEST_ADDRESS = 2000  # characters; signed addresses of recordings are long


def digits(number: object) -> str:
    """The digits 0 to 9 of a text, in order; empty for what is no text."""
    return re.sub("[^0-9]", "", number) if isinstance(number, str) else ""


def tail(number: object) -> str:
    """The last seven digits, by which an index finds similar numbers.

    :param number: a number as people type it
    :return: empty if it has fewer than seven digits
    """
    found = digits(number)
    return found[-TAIL_DIGITS:] if len(found) >= TAIL_DIGITS else ""


def may_be_same(one: object, other: object) -> bool:
    """Whether two numbers may be one, written with and without their prefixes.

    So they may if the shorter one, without the zeros that are dialled inside a country
    or to leave it, is the end of the longer one and has at least seven digits:
    ``(044) 245-31-18`` and ``+380 44 245 31 18``.

    :param one: a number as people type it
    :param other: another one
    """
    short, long = sorted((digits(one).lstrip("0"), digits(other).lstrip("0")), key=len)
    return len(short) >= TAIL_DIGITS and long.endswith(short)


def is_web_address(text: object) -> bool:
    """Whether a text is an address of a page or a file on the web.

    :param text: anything
    :return: True for ``http`` and ``https`` with a host and without blanks
    """
    if not isinstance(text, str) or len(text) > LONGEST_ADDRESS:
        return False
    if not text.isprintable() or any(character.isspace() for character in text):
        return False
    try:
        parts = urlsplit(text)
        return parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        return False
