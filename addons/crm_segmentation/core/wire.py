"""Values that came over the wire: anything at all until they are looked at."""

from __future__ import annotations


def is_id(value: object) -> bool:
    """Whether a value can be the id of a record."""
    return type(value) is int and value > 0


def is_text(value: object) -> bool:
    """Whether a value is text that PostgreSQL can keep."""
    return isinstance(value, str) and "\0" not in value


def words(value: object) -> str:
    """Text without blanks around it; empty for what is no text."""
    return value.strip() if is_text(value) else ""
