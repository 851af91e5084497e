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


def is_international(number: object) -> bool:
    """Whether a text is a number in E.164, such as ``+380442453118``."""
    return isinstance(number, str) and bool(re.fullmatch(r"\+[1-9][0-9]{6,14}", number))


def international(number: object, dial_code: int = 0) -> str:
    """A number in E.164 as far as its prefix tells, without a library's knowledge.

    It asks for no plan of numbers, so it also accepts numbers that nobody has; two ways
    of writing one number give the same text.

    :param number: a number as people type it
    :param dial_code: of the country where it is dialled, 380; 0 if unknown
    :return: empty if the prefix does not tell the country
    """
    found, code = digits(number), str(dial_code or "")
    if isinstance(number, str) and number.strip().startswith("+"):
        whole = found
    elif found.startswith("00"):
        whole = found[2:]
    elif code == "7" and len(found) == 11 and found[0] == "8":
        # Dialled inside Russia and Kazakhstan.
        whole = code + found[1:]
    elif code and found.startswith("0"):
        whole = code + found[1:]
    elif code and found.startswith(code) and len(found) >= 11:
        whole = found
    else:
        return ""
    return f"+{whole}" if is_international(f"+{whole}") else ""


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
