"""Which KPIs there are, and what each of them is asked.

Another addon adds a KPI with :func:`register` and a ``crm.rollout.kpi`` of its code.
"""

from odoo import fields
from odoo.tools import SQL

REGISTRY = {}


def register(kpi_class):
    """Class decorator: make a KPI known under its code."""
    REGISTRY[kpi_class.code] = kpi_class()
    return kpi_class


class Kpi:
    """Base of the computed KPIs.

    ``by_category`` says whether it can be asked for the customers of one category,
    ``is_present_only`` whether the system keeps no history of it.
    """

    code = None
    by_category = False
    is_present_only = False
    #: Models whose unsaved changes would be missed by the statement.
    reads = ()

    def months(self, company, first_month, last_month, category=None):
        """Measure.

        :param company: one ``res.company`` with full rights
        :param first_month: first day of a month
        :param last_month: first day of the same or a later month
        :param category: a ``crm.segment`` with full rights, for KPIs ``by_category``
        :return: ``{month: number or None}`` for every month, None when there is
            nothing to measure
        """
        env = company.env
        for model in self.reads:
            env[model].flush_model()
        rows = env.execute_query(
            SQL(
                """SELECT month::date, figure.value::float8
                     FROM generate_series(%(first)s::date, %(last)s::date,
                                          interval '1 month') AS month
                     LEFT JOIN (%(figures)s) AS figure USING (month)""",
                first=first_month,
                last=last_month,
                figures=self._figures(company, first_month, last_month, category),
            )
        )
        return dict(rows)

    def _figures(self, company, first_month, last_month, category):
        """SQL of rows (month as a timestamp, value)."""
        raise NotImplementedError


def until(last_month):
    """The day after the last month, or tomorrow: nothing later has happened."""
    tomorrow = SQL("%s::date + 1", fields.Date.today())
    return SQL("LEAST(%s::date + interval '1 month', %s)", last_month, tomorrow)
