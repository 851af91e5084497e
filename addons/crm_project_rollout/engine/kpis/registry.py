"""Which KPIs there are, and how any of them are read in one statement.

Another addon adds a KPI with :func:`register` and a ``crm.rollout.kpi`` of its code.
"""

from odoo import fields
from odoo.tools import SQL

from ...core.goals import month_range

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
        """Measure this KPI alone: see :func:`read`.

        :return: ``{month: number or None}`` for every month, None when there is
            nothing to measure
        """
        return read([self], company, first_month, last_month, category)[self]

    def figures(self, reading):
        """SQL of rows (month as a timestamp, value).

        :param reading: the :class:`Reading` that it becomes a part of
        """
        raise NotImplementedError


class Reading:
    """One statement about some months of a company.

    :param company: one ``res.company`` with full rights
    :param first: first day of a month
    :param last: first day of the same or a later month
    :param category: a ``crm.segment`` with full rights, for KPIs ``by_category``
    """

    def __init__(self, company, first, last, category=None):
        self.company = company
        self.first = first
        self.last = last
        self.category = category
        self._tables = {}

    @property
    def tomorrow(self):
        """SQL: the first day of which nothing has happened yet."""
        return SQL("%s::date + 1", fields.Date.today())

    @property
    def until(self):
        """SQL: the day after the last month, or tomorrow."""
        return SQL("LEAST(%s::date + interval '1 month', %s)", self.last, self.tomorrow)

    @property
    def months(self):
        """SQL of a table of the months, ``month`` as a timestamp."""
        return SQL(
            "generate_series(%s::timestamp, %s::timestamp, interval '1 month')",
            self.first,
            self.last,
        )

    def table(self, label, query):
        """Name a query that is needed more than once; PostgreSQL runs it once for all.

        :param label: what the name begins with
        :param query: SQL; the same query has the same name
        :return: SQL of the name
        """
        key = query.code, repr(query.params)
        name = f"{label}_{len(self._tables)}"
        return SQL.identifier(self._tables.setdefault(key, (name, query))[0])

    def run(self, kpis):
        """Rows (place of the KPI in the list, month, value)."""
        parts = [
            SQL(
                "SELECT %s AS kpi, month, value::float8 FROM (%s) AS figure",
                number,
                kpi.figures(self),
            )
            for number, kpi in enumerate(kpis)
        ]
        tables = [
            SQL("%s AS (%s)", SQL.identifier(name), query)
            for name, query in self._tables.values()
        ]
        shared = SQL("WITH %s", SQL(", ").join(tables)) if tables else SQL("")
        figures = SQL(" UNION ALL ").join(parts)
        return self.company.env.execute_query(
            SQL(
                """%s SELECT kpi, month::date, value
                        FROM (%s) AS figure WHERE month >= %s AND month <= %s""",
                shared,
                figures,
                self.first,
                self.last,
            )
        )


def read(kpis, company, first_month, last_month, category=None):
    """Measure some KPIs by one statement; what they share is read once.

    :param kpis: values of :data:`REGISTRY`
    :param company: one ``res.company`` with full rights
    :param first_month: first day of a month
    :param last_month: first day of the same or a later month
    :param category: a ``crm.segment`` with full rights, for KPIs ``by_category``
    :return: ``{kpi: {month: number or None}}`` for every month, None when there is
        nothing to measure
    """
    kpis = list(kpis)
    env = company.env
    for model in {model for kpi in kpis for model in kpi.reads}:
        env[model].flush_model()
    every = month_range(first_month, last_month)
    values = {kpi: dict.fromkeys(every) for kpi in kpis}
    if kpis:
        # PostgreSQL would compile the statement for longer than that saves.
        env.cr.execute("SET LOCAL jit TO off")
        reading = Reading(company, first_month, last_month, category)
        for number, month, value in reading.run(kpis):
            values[kpis[number]][month] = value
    return values
