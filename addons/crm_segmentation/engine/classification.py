"""Classifying partners: one statement decides for all of them.

The same statement serves the nightly run, the incremental one, the preview before
publishing and the values in an explanation, so that they cannot disagree. It is built
in layers, each of which reads the columns of the one below:

    population + sources  →  measured  →  compared  →  judged  →  decided  →  settled
    who, and what they did   numbers      shares,      what the   what        outlook,
                                          quantiles    rule       stability   what is
                                                       gives      lets pass   in force

``engine/writing.py`` writes what differs.
"""

from dataclasses import replace
from functools import cached_property

from odoo.tools import SQL

from ..core.scheme import SHARE, Scheme, value_key
from ..core.spec import AMOUNT, complete, measured
from ..core.stability import Stability
from .criteria_sql import scheme_to_sql
from .metrics.plan import MetricPlan, metric_column, metric_column_name
from .stability_sql import StabilitySql
from .writing import Writing


class Classification:
    """One computation of one segmentation on one day.

    :param env: environment whose cursor is used; access is the caller's business
    :param segmentation_id: id of the segmentation
    :param spec: the compiled rule, see ``crm.segmentation._compile``
    :param today: the day of the computation
    :param at_once: whether categories follow the rule without grace, stay, steps or
        confirmation, as they do when a rule is published
    :param confirmed: whether a person has confirmed the promotions
    :param partner_ids: only these partners; None for everybody
    """

    def __init__(
        self,
        env,
        segmentation_id,
        spec,
        today,
        at_once=False,
        confirmed=False,
        partner_ids=None,
    ):
        self.env = env
        self.segmentation_id = segmentation_id
        self.spec = complete(spec)
        self.today = today
        self.at_once = at_once
        self.partner_ids = None if partner_ids is None else list(partner_ids)
        self.scheme = Scheme.from_json(self.spec["categories"])
        self.stability = Stability.from_json(self.spec["stability"])
        if confirmed:
            self.stability = replace(self.stability, promotion="at_once")
        self.metrics = measured(self.scheme)

    # --- answers --------------------------------------------------------------

    def matrix(self):
        """Who is where now and would be where, as counts and money.

        :return: list of (id of the category now or None, id after or None, count,
            monthly turnover)
        """
        return self.env.execute_query(
            SQL(
                """
                SELECT segment_id AS now, after_id AS after, COUNT(*), SUM(%(amount)s)
                  FROM (%(verdicts)s) AS verdict
                 GROUP BY now, after
                 ORDER BY now NULLS FIRST, after NULLS LAST
                """,
                amount=metric_column(AMOUNT),
                verdicts=self.verdicts(),
            )
        )

    def values(self, partner_id):
        """The numbers of one partner.

        :return: ``code``, ``code:share`` or ``code:quantile`` → value or None; None
            when the segmentation does not cover the partner
        """
        one = Classification(
            self.env,
            self.segmentation_id,
            self.spec,
            self.today,
            partner_ids=[partner_id],
        )
        one.metrics = self.metrics
        rows = self.env.execute_query_dict(one.verdicts())
        if not rows or not rows[0]["is_covered"]:
            return None
        return {key: rows[0][metric_column_name(key)] for key in one.keys}

    def apply(self, cause, version):
        """Write what differs: memberships, and a movement for each change in force.

        :param cause: why it is computed, kept on the movements
        :param version: version of the segmentation, kept on the movements
        :return: number of partners whose category in force changed
        """
        return Writing(self, cause, version).run()

    # --- the statement --------------------------------------------------------

    @property
    def keys(self):
        """The names of all numbers, see :func:`core.scheme.value_key`."""
        relative = [value_key(*pair) for pair in self.scheme.relative()]
        return [*self.metrics, *relative]

    def verdicts(self):
        """One row per partner that is covered or has a category.

        Columns: ``partner_id``, ``is_covered``, ``is_new`` (has no category yet),
        ``segment_id`` (in force now), ``computed_id``, ``target_id`` (what the rule
        gives), ``next_id`` (what stability lets pass), ``wanted_id`` and
        ``wanted_since`` (what it holds back), ``by_hand``, ``after_id`` (in force
        after), ``outlook``, ``held_…`` and ``old_outlook`` (what is stored) and a
        ``metric_…`` for each number.

        :return: SQL of the statement
        """
        only = SQL("")
        if self.partner_ids is not None:
            only = SQL("AND partner_id = ANY(%s)", self.partner_ids)
        return SQL(
            """
            WITH population AS (%(population)s),
                 membership AS (%(memberships)s),
                 %(sources)s,
                 measured AS (%(measured)s),
                 compared AS (%(compared)s),
                 judged AS (%(judged)s),
                 weighed AS (%(weighed)s),
                 decided AS (%(decided)s)
            SELECT decided.*,
                   CASE WHEN by_hand THEN segment_id ELSE next_id END AS after_id,
                   %(outlook)s AS outlook
              FROM decided
             WHERE (is_covered OR NOT is_new) %(only)s
            """,
            population=self._population(),
            memberships=self._memberships(),
            sources=self._plan.expressions,
            measured=self._measured(),
            compared=self._compared(),
            judged=self._judged(),
            weighed=self._weighed(),
            decided=self._decided(),
            outlook=self._outlook(),
            only=only,
        )

    @cached_property
    def _plan(self):
        return MetricPlan(
            self.env,
            {code: self.spec["metrics"].get(code) for code in self.metrics},
            self.spec["company_id"],
            self._owner(),
            self.today,
            self._measured_ids,
        )

    @property
    def _measured_ids(self):
        """Whom to measure: everybody if anything is compared with all others."""
        return None if self.scheme.relative() else self.partner_ids

    def _memberships(self):
        only = (
            SQL("")
            if self._measured_ids is None
            else SQL("AND partner_id = ANY(%s)", self._measured_ids)
        )
        return SQL(
            """SELECT partner_id, segment_id, computed_segment_id, computed_since,
                      date_from, wanted_segment_id, wanted_since, outlook, origin,
                      override_until
                 FROM crm_segment_membership
                WHERE segmentation_id = %s %s""",
            self.segmentation_id,
            only,
        )

    # OFFSET 0 keeps PostgreSQL from computing an expression again at each mention.

    def _measured(self):
        return SQL(
            """SELECT COALESCE(population.id, membership.partner_id) AS partner_id,
                      population.id IS NOT NULL AND %(covered)s AS is_covered,
                      membership.partner_id IS NULL AS is_new,
                      membership.segment_id,
                      membership.computed_segment_id AS computed_id,
                      COALESCE(membership.computed_since, membership.date_from)
                          AS computed_since,
                      membership.wanted_segment_id AS held_id,
                      membership.wanted_since AS held_since,
                      membership.outlook AS old_outlook,
                      COALESCE(membership.origin = 'manual', FALSE) AS was_by_hand,
                      membership.override_until,
                      %(metrics)s
                 FROM population
                 FULL JOIN membership ON membership.partner_id = population.id
                 %(joins)s
               OFFSET 0""",
            covered=self._covered(),
            metrics=self._plan.columns,
            joins=self._plan.joins,
        )

    def _compared(self):
        """Shares and quantiles among those who are covered."""
        columns = [
            SQL("%s AS %s", column, metric_column(value_key(metric, basis)))
            for metric, basis in self.scheme.relative()
            for column in [
                self._share(metric) if basis == SHARE else self._quantile(metric)
            ]
        ]
        return SQL("SELECT %s FROM measured", SQL(", ").join([SQL("*"), *columns]))

    def _share(self, metric):
        """Percent of the total that those with a bigger value have.

        Numeric sums do not depend on the order in which rows come.
        """
        return SQL(
            """CASE WHEN is_covered AND %(value)s IS NOT NULL THEN (100
                    * COALESCE(SUM(%(value)s::numeric) FILTER (WHERE %(value)s > 0)
                          OVER (PARTITION BY is_covered
                                ORDER BY %(value)s DESC NULLS LAST
                                GROUPS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0)
                    / SUM(%(value)s::numeric) FILTER (WHERE %(value)s > 0)
                          OVER (PARTITION BY is_covered))::float8 END""",
            value=metric_column(metric),
        )

    def _quantile(self, metric):
        """Percent of those who are ranked that are worse."""
        low = metric in self.spec["low_is_better"]
        value = metric_column(metric)
        ranked = SQL("(is_covered AND %s IS NOT NULL)", value)
        if not low:
            ranked = SQL("(%s AND %s <> 0)", ranked, value)
        return SQL(
            """CASE WHEN %(ranked)s THEN
                    100::float8 * (RANK() OVER (PARTITION BY %(ranked)s
                                                ORDER BY %(value)s %(worst_first)s) - 1)
                    / COUNT(*) OVER (PARTITION BY %(ranked)s) END""",
            ranked=ranked,
            value=value,
            worst_first=SQL("DESC") if low else SQL("ASC"),
        )

    def _judged(self):
        """What the rule gives; and whether a category by hand outlives this run.

        It does until its last day, unless the partner was covered and is no more.
        """
        return SQL(
            """SELECT *,
                      CASE WHEN is_covered THEN %(target)s END AS target_id,
                      was_by_hand AND COALESCE(override_until >= %(today)s, TRUE)
                          AND (is_covered OR computed_id IS NULL) AS by_hand
                 FROM compared
               OFFSET 0""",
            target=scheme_to_sql(self.scheme, SQL("computed_id")),
            today=self.today,
        )

    @property
    def _follows(self):
        """Whether categories simply follow the rule."""
        return self.at_once or self.stability.is_idle

    @cached_property
    def _stability_sql(self):
        return StabilitySql(self.stability, self.scheme, self.today)

    def _weighed(self):
        if self._follows:
            return SQL("SELECT * FROM judged")
        return SQL("SELECT *, %s FROM judged OFFSET 0", self._stability_sql.decision())

    def _decided(self):
        if self._follows:
            return SQL(
                """SELECT *, target_id AS next_id, NULL::int AS wanted_id,
                          NULL::date AS wanted_since FROM weighed"""
            )
        return SQL("SELECT *, %s FROM weighed OFFSET 0", self._stability_sql.outcome())

    def _outlook(self):
        """See :meth:`core.scheme.Scheme.outlook`."""
        margin = self.spec["outlook_margin"]
        ladder = self._stability_sql.ladder
        if not margin or len(ladder) < 2:
            return SQL("NULL::varchar")
        place, current = self._stability_sql.place, SQL("next_id")
        return SQL(
            """CASE WHEN NOT is_covered THEN NULL
                    WHEN %(lower)s > %(here)s THEN 'risk'
                    WHEN %(higher)s < %(here)s THEN 'close' END""",
            here=place(current),
            lower=place(scheme_to_sql(self.scheme.moved(-margin), current)),
            higher=place(scheme_to_sql(self.scheme.moved(margin), current)),
        )

    def held_back(self):
        """SQL over :meth:`verdicts`: which way leads what stability holds back."""
        place = self._stability_sql.place
        return SQL(
            """CASE WHEN wanted_id IS NULL THEN NULL
                    WHEN %s < %s THEN 'promotion' ELSE 'demotion' END""",
            place(SQL("wanted_id")),
            place(SQL("next_id")),
        )

    def _owner(self):
        company = self.spec["unit"] == "company"
        return "commercial_partner_id" if company else "partner_id"

    def _population(self):
        """Active partners of the unit, without our own companies and people."""
        unit = (
            SQL("partner.commercial_partner_id = partner.id")
            if self.spec["unit"] == "company"
            else SQL("NOT COALESCE(partner.is_company, FALSE)")
        )
        only = (
            SQL("")
            if self._measured_ids is None
            else SQL("AND partner.id = ANY(%s)", self._measured_ids)
        )
        return SQL(
            """
            SELECT partner.id, partner.customer_since
              FROM res_partner AS partner
             WHERE partner.active
               AND %(unit)s
               AND (partner.company_id IS NULL OR partner.company_id = %(company)s)
               AND partner.id NOT IN (SELECT partner_id FROM res_company)
               AND partner.id NOT IN (SELECT partner_id FROM res_users
                                       WHERE NOT COALESCE(share, FALSE))
               %(only)s
            """,
            unit=unit,
            company=self.spec["company_id"],
            only=only,
        )

    def _covered(self):
        """Partners of the wanted types and, if asked for, buyers without a type."""
        if not self.spec["type_ids"]:
            return SQL("TRUE")
        typed = SQL("SELECT partner_id FROM crm_counterparty_type_partner_rel")
        wanted = SQL(
            "population.id IN (%s WHERE type_id = ANY(%s))",
            typed,
            list(self.spec["type_ids"]),
        )
        if not self.spec["untyped_buyers"]:
            return wanted
        return SQL(
            "(%s OR (%s AND population.id NOT IN (%s)))",
            wanted,
            self._plan.has_bought,
            typed,
        )
