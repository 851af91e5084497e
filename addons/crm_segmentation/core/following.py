"""When a counterparty's own setting follows its category, and when it is a person's."""

from __future__ import annotations


def follows(own: int | None, given_before: int | None) -> bool:
    """Whether a setting may be replaced by what the new category gives.

    It may if it is empty, or still what the category left behind gave. Anything else
    was chosen by a person and stays.

    :param own: id of what the counterparty has, such as its pricelist
    :param given_before: id of what the category that it left gives
    """
    return own is None or own == given_before


def new_setting(
    own: int | None, given_before: int | None, given_now: int | None
) -> int | None:
    """What the counterparty has after a change of category.

    :param own: id of what it has
    :param given_before: id of what the category that it left gives, None for nothing
    :param given_now: id of what the new category gives, None for nothing
    """
    if given_before == given_now:
        return own
    return given_now if follows(own, given_before) else own
