"""Values that came over the wire: anything at all until they are looked at."""

from __future__ import annotations


def is_id(value: object) -> bool:
    """Whether a value can be the id of a record."""
    return type(value) is int and value > 0


LONGEST_LINE = 255  # characters of a name or a reference; indexes take no more
LONGEST_TEXT = 100_000  # characters of a note


def is_text(value: object, longest: int = LONGEST_TEXT) -> bool:
    """Whether a value is text that PostgreSQL can keep.

    :param value: anything
    :param longest: so many characters at most
    """
    if not isinstance(value, str) or "\0" in value or len(value) > longest:
        return False
    # Half of a surrogate pair is valid in JSON, but no character.
    return not any("\ud800" <= character <= "\udfff" for character in value)


def words(value: object) -> str:
    """Text without blanks around it; empty for what is no text."""
    return value.strip() if is_text(value) else ""
