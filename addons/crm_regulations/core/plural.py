"""Which form of a noun follows a number in “within 2 hours”."""

from __future__ import annotations

# Languages whose nouns follow a preposition in the genitive: 21 часа, 22 часов.
_GENITIVE = ("ru", "uk", "be")


def is_single(number: float, lang: str) -> bool:
    """Whether the noun after “within” and a number stands in the singular.

    :param number: how many, not negative
    :param lang: code of a language such as ``ru_RU``
    """
    if lang[:2] not in _GENITIVE:
        return number == 1
    if number != int(number):
        # 2,5 часа
        return True
    return int(number) % 10 == 1 and int(number) % 100 != 11
