"""How a set of metrics is measured: which sources are aggregated, joined and read."""

from odoo.tools import SQL

from .built_in import BUILT_IN, SOURCES


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
        scope = (self.company_id, self.owner, self.today, self.partner_ids)
        return SQL(", ").join(
            SQL("%s AS (%s)", SQL.identifier(name), SOURCES[name](*scope))
            for name in self._sources()
        )

    @property
    def joins(self):
        """The sources joined to ``population``."""
        return SQL(" ").join(
            SQL(
                "LEFT JOIN %(source)s ON %(source)s.owner_id = population.id",
                source=SQL.identifier(name),
            )
            for name in self._sources()
        )

    @property
    def columns(self):
        """One double precision column per metric, named by :func:`metric_column`."""
        return SQL(", ").join(
            SQL("%s AS %s", BUILT_IN[code].sql(self.today), metric_column(code))
            for code in self.definitions
        )

    @property
    def has_bought(self):
        """SQL that tells whether a partner of the population ever bought."""
        return SQL("COALESCE(purchases.documents > 0, FALSE)")

    def _sources(self):
        """Names of the built-in sources, each once."""
        wanted = ["purchases"]
        for code, definition in self.definitions.items():
            if definition is None:
                wanted.extend(BUILT_IN[code].reads)
        return list(dict.fromkeys(wanted))
