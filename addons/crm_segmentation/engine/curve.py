"""How many counterparties reach which number, and which turnover they bring.

One statement over the same population, sources and metrics as the classification. The
database counts per readable number (see ``core/proposal.py``), so the answer has some
hundred rows whether there are a hundred counterparties or a million.
"""

from odoo.tools import SQL

from ..core.proposal import Bucket
from ..core.spec import AMOUNT
from .classification import Classification
from .metrics.plan import metric_column


class CurveReader:
    """Reads the curve of one metric over the counterparties of a segmentation.

    :param env: environment whose cursor is used; access is the caller's business
    :param spec: a rule that says who is covered, whose documents count and how the
        metric is defined; its categories do not matter
    :param today: the day of the computation
    """

    def __init__(self, env, spec, today):
        self.env = env
        self.covers = Classification(env, 0, {**spec, "categories": []}, today)

    def buckets(self, code, marks=()):
        """Count the covered counterparties by their number.

        :param code: code of the metric
        :param marks: numbers that get a bucket of their own, besides the readable ones
        :return: (list of :class:`Bucket`, number of covered counterparties without a
            number)
        """
        buckets, without = [], 0
        for lower, *figures in self.env.execute_query(self._statement(code, marks)):
            if lower is None:
                without = figures[0]
            else:
                buckets.append(Bucket(lower, *figures))
        return buckets, without

    def _statement(self, code, marks):
        # OFFSET 0 keeps PostgreSQL from computing an expression again at each mention.
        return SQL(
            """
            WITH %(measured)s,
                 placed AS (
                     SELECT *, floor(log(abs(NULLIF(value, 0))))::int - 1 AS place
                       FROM measured OFFSET 0),
                 powered AS (
                     SELECT *, power(10::float8, abs(place)::float8) AS ten
                       FROM placed OFFSET 0),
                 scaled AS (
                     SELECT *, floor(CASE WHEN place >= 0 THEN value / ten
                                          ELSE value * ten END) AS scaled
                       FROM powered OFFSET 0),
                 graded AS (
                     SELECT value, amount, GREATEST(%(grid)s, %(mark)s) AS lower
                       FROM scaled OFFSET 0)
            SELECT lower,
                   COUNT(*),
                   SUM(amount),
                   COUNT(*) FILTER (WHERE value = lower),
                   COALESCE(SUM(amount) FILTER (WHERE value = lower), 0),
                   COALESCE(SUM(GREATEST(value, 0)), 0)
              FROM graded
             GROUP BY lower
            """,
            measured=self._measured(code),
            grid=_grid(),
            mark=_mark(marks),
        )

    def _measured(self, code):
        """Value and turnover of the window of everybody who is covered."""
        covers = self.covers
        covers.metrics = list(dict.fromkeys([AMOUNT, code]))
        plan = covers._plan
        return SQL(
            """population AS (%(population)s),
               %(sources)s,
               measured AS (
                   SELECT measure.%(column)s AS value, amount
                     FROM (SELECT %(metrics)s,
                                  COALESCE(purchases.turnover_window, 0)::float8
                                      AS amount
                             FROM population
                             %(joins)s
                            WHERE %(covered)s OFFSET 0) AS measure OFFSET 0)
            """,
            population=covers._population(),
            sources=plan.expressions,
            column=metric_column(code),
            metrics=plan.columns,
            joins=plan.joins,
            covered=covers._covered(),
        )


def _grid():
    """``core.proposal.grid`` of ``value``."""
    candidates = [
        SQL(
            """WHEN %(number)s <= value THEN %(number)s""",
            number=SQL(
                "CASE WHEN place >= 0 THEN (scaled + %(step)s) * ten "
                "ELSE (scaled + %(step)s) / ten END",
                step=step,
            ),
        )
        for step in (1, 0, -1)
    ]
    return SQL(
        "CASE WHEN value = 0 THEN 0 %s ELSE value END", SQL(" ").join(candidates)
    )


def _mark(marks):
    """The biggest mark that is not above ``value``, or NULL."""
    marks = sorted(set(marks))
    return SQL(
        "(%(marks)s::float8[])[width_bucket(value, %(marks)s::float8[])]", marks=marks
    )
