"""How numbers and days are written on a page, in the language of the reader."""

from odoo.tools import format_date


def page_words(env):
    """Functions for a template; False and None become a dash.

    :param env: an environment in the reader's language
    :return: dictionary of functions: ``percent``, ``number``, ``day``, ``month``
    """
    return {
        "percent": lambda value: _or_dash(value, lambda: f"{value:.0f} %"),
        "number": lambda value: _or_dash(value, lambda: f"{value:g}"),
        "day": lambda value: _or_dash(value, lambda: format_date(env, value)),
        "month": lambda value: format_date(env, f"{value}-01", date_format="LLLL y"),
    }


def _or_dash(value, written):
    return "–" if value is False or value is None else written()
