"""Whether a saved filter names a category."""

from __future__ import annotations

from collections.abc import Collection


def names_category(
    domain: object, paths: Collection[str], id_: int, code: str, name: str
) -> bool:
    """Whether a domain names a category by its id, its code or its name.

    :param domain: a domain as lists and tuples; anything else names nothing
    :param paths: names of the fields that lead to categories
    :param id_: the category's id
    :param code: its short sign
    :param name: its name
    """
    if not isinstance(domain, list | tuple):
        return False
    return any(
        _leaf_names(leaf, paths, id_, code, name)
        for leaf in domain
        if isinstance(leaf, list | tuple) and len(leaf) == 3
    )


def _leaf_names(
    leaf: list | tuple, paths: Collection[str], id_: int, code: str, name: str
) -> bool:
    field, operator, value = leaf
    steps = str(field).split(".")
    if operator in ("any", "not any"):
        inside = ("id", "code", "name") if steps[-1] in paths else ()
        return names_category(value, (*paths, *inside), id_, code, name)
    if not any(step in paths for step in steps):
        return False
    values = value if isinstance(value, list | tuple) else [value]
    if steps[-1] == "code":
        return code in values
    # A text is looked for in the code and the name, as the search bar does.
    return any(
        one == id_
        if isinstance(one, int) and not isinstance(one, bool)
        else isinstance(one, str) and one and one in (code, name, f"{code} · {name}")
        for one in values
    )
