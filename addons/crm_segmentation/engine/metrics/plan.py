"""How a set of metrics is measured: which sources are aggregated, joined and read."""

from functools import cached_property

from odoo.tools import SQL

from .built_in import BUILT_IN, SOURCES
from .own import OwnMetric


def metric_column(code):
    """The column that holds a number in the statement of a classification.

    :param code: a metric's code, or that and how it is compared: ``code:share``
    """
    return SQL.identifier(metric_column_name(code))


def metric_column_name(code):
    """The name of that column; a colon could not be a part of it."""
    return f"metric_{code.replace(':', '$')}"


class MetricPlan:
    """The pieces of SQL by which a statement measures its population.

    The statement has a table expression ``population`` with the columns ``id`` and
    ``customer_since``; it takes ``expressions`` into its WITH, ``joins`` after
    ``FROM population`` and ``columns`` into its list. A source is aggregated once,
    and only if one of the metrics reads it; purchases always are.

    :param env: environment whose cursor is used; access is the caller's business
    :param definitions: metric code → frozen definition; None for a built-in metric
    :param company_id: whose documents count, and whose currency
    :param owner: ``commercial_partner_id`` or ``partner_id``: for whom they count
    :param today: the day of the computation
    :param partner_ids: measure these owners only; None for everybody
    """

    def __init__(self, env, definitions, company_id, owner, today, partner_ids=None):
        self.env = env
        self.definitions = definitions
        self.company_id = company_id
        self.owner = owner
        self.today = today
        self.partner_ids = partner_ids

    @property
    def expressions(self):
        """Table expressions for a WITH, each of them ``name AS (…)``."""
        shipped = [
            SQL("%s AS (%s)", SQL.identifier(name), SOURCES[name](*self._scope()))
            for name in self._sources()
        ]
        own = [SQL("%s AS (%s)", m.source, m.expression) for m in self._own.values()]
        return SQL(", ").join([*shipped, *own])

    @property
    def joins(self):
        """The sources joined to ``population``."""
        names = [SQL.identifier(name) for name in self._sources()]
        return SQL(" ").join(
            SQL(
                "LEFT JOIN %(source)s ON %(source)s.owner_id = population.id",
                source=source,
            )
            for source in [*names, *(metric.source for metric in self._own.values())]
        )

    @property
    def columns(self):
        """One double precision column per metric, named by :func:`metric_column`."""
        return SQL(", ").join(
            SQL("%s AS %s", self._column(code), metric_column(code))
            for code in self.definitions
        )

    @property
    def has_bought(self):
        """SQL that tells whether a partner of the population ever bought."""
        return SQL("COALESCE(purchases.documents > 0, FALSE)")

    @cached_property
    def _own(self):
        """Code → the user-made metrics, each with a source of its own."""
        return {
            code: OwnMetric(self.env, code, definition, *self._scope())
            for code, definition in self.definitions.items()
            if definition is not None
        }

    def _scope(self):
        return self.company_id, self.owner, self.today, self.partner_ids

    def _column(self, code):
        own = self._own.get(code)
        return own.column if own else BUILT_IN[code].sql(self.today)

    def _sources(self):
        """Names of the built-in sources, each once."""
        wanted = ["purchases"]
        for code, definition in self.definitions.items():
            if definition is None:
                wanted.extend(BUILT_IN[code].reads)
        return list(dict.fromkeys(wanted))


def measure(env, definitions, company_id, owner, today, partner_ids):
    """The values of some metrics for some partners, covered by a segmentation or not.

    :param definitions: metric code → frozen definition; None for a built-in metric
    :param company_id: whose documents count, and whose currency
    :param owner: ``commercial_partner_id`` or ``partner_id``: for whom they count
    :param today: the day of the computation
    :param partner_ids: ids of the partners
    :return: partner id → metric code → value or None
    """
    plan = MetricPlan(env, definitions, company_id, owner, today, list(partner_ids))
    rows = env.execute_query_dict(
        SQL(
            """
            WITH population AS (SELECT id, customer_since FROM res_partner
                                 WHERE id = ANY(%(partners)s)),
                 %(sources)s
            SELECT population.id AS partner_id, %(metrics)s
              FROM population %(joins)s
            """,
            partners=list(partner_ids),
            sources=plan.expressions,
            metrics=plan.columns,
            joins=plan.joins,
        )
    )
    return {
        row["partner_id"]: {code: row[f"metric_{code}"] for code in definitions}
        for row in rows
    }
