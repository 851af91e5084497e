"""The windows of the built-in metrics, each named exactly once.

Days are days of Odoo's server clock (UTC), as everywhere in a classification.
"""

from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo.tools import SQL

WINDOW_MONTHS = 12


def window(today):
    """The last twelve full calendar months; the running month does not count.

    :param today: the day of the computation
    :return: (first day of the window, first day after it)
    """
    end = today.replace(day=1)
    return end - relativedelta(months=WINDOW_MONTHS), end


def last_year(today):
    """The last twelve months up to and including today.

    :param today: the day of the computation
    :return: (first day of the window, first day after it)
    """
    tomorrow = today + timedelta(days=1)
    return tomorrow - relativedelta(months=WINDOW_MONTHS), tomorrow


def only_partners(column, partner_ids):
    """SQL that limits a source to some owners, empty for everybody.

    :param column: SQL of the owner's column
    :param partner_ids: ids of the owners; None for everybody
    """
    if partner_ids is None:
        return SQL("")
    return SQL("AND %s = ANY(%s)", column, list(partner_ids))
