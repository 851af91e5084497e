"""How numbers and days are written on a page, in the language of the reader."""

from odoo.tools import format_date
from odoo.tools.misc import formatLang


def page_words(env):
    """Functions for a template; False and None become a dash.

    :param env: an environment in the reader's language
    :return: dictionary of functions: ``percent``, ``number``, ``day``, ``month``
    """
    return {
        "percent": lambda value: _or_dash(value, lambda: number(env, value, 0) + " %"),
        "number": lambda value: _or_dash(value, lambda: number(env, value)),
        "day": lambda value: _or_dash(value, lambda: format_date(env, value)),
        "month": lambda value: format_date(env, f"{value}-01", date_format="LLLL y"),
    }


def number(env, value, decimals=2):
    """A number as the reader writes it: 1,777,686.67 or 1 777 686,67.

    :param env: an environment in the reader's language
    :param decimals: how many there may be; zeros at the end are left out
    """
    shown = round(value, decimals)
    needed = next(n for n in range(decimals + 1) if shown == round(shown, n))
    return formatLang(env, shown, digits=needed)


def _or_dash(value, written):
    return "–" if value is False or value is None else written()
