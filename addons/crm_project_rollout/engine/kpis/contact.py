"""How soon customers are answered, how many are reached, which promises are kept."""

from odoo.tools import SQL

from odoo.addons.crm_segmentation.core.touch import NOT_REACHED

from .purchases import READS, customers
from .registry import Kpi, register
from .spells import apart, share

COVERAGE_DAYS = 90


@register
class FirstResponseHours(Kpi):
    """Mean time from a customer's letter or missed call to our next touch, in hours.

    By the clock. Those that nobody has answered yet are not in it; the share of kept
    promises counts them.
    """

    code = "first_response_hours"
    reads = ("crm.interaction",)

    def figures(self, reading):
        return SQL(
            """
            SELECT date_trunc('month', date) AS month,
                   EXTRACT(epoch FROM AVG(answered - date_end)) / 3600 AS value
              FROM (SELECT date, date_end,
                           direction = 'in' AND NOT COALESCE(
                               outcome IN ('answered', 'held'), FALSE) AS waits,
                           MIN(date) FILTER (WHERE direction = 'out'
                               AND COALESCE(outcome, '') <> ALL(%(in_vain)s)) OVER (
                               PARTITION BY commercial_partner_id
                               ORDER BY date DESC, id DESC
                               ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
                               AS answered
                      FROM crm_interaction
                     WHERE company_id = %(company)s AND date >= %(first)s
                       AND commercial_partner_id IS NOT NULL) AS touch
             WHERE waits AND answered IS NOT NULL AND date < %(until)s
             GROUP BY 1
            """,
            in_vain=list(NOT_REACHED),
            company=reading.company.id,
            first=reading.first,
            until=reading.until,
        )


@register
class RegulationCompliance(Kpi):
    """Of the promises due in the month, those kept on time, %.

    Excused, cancelled and open ones count on neither side.
    """

    code = "regulation_compliance"
    reads = ("crm.obligation",)

    def figures(self, reading):
        return SQL(
            """
            SELECT date_trunc('month', date_due) AS month,
                   100.0 * COUNT(*) FILTER (WHERE state = 'done_on_time')
                   / COUNT(*) AS value
              FROM crm_obligation
             WHERE company_id = %s AND date_due >= %s AND date_due < %s
               AND state IN ('done_on_time', 'done_late', 'breached')
             GROUP BY 1
            """,
            reading.company.id,
            reading.first,
            reading.until,
        )


@register
class CounterpartyCoverage(Kpi):
    """Of the customers of a year, those reached in the last 90 days of the month, %."""

    code = "counterparty_coverage"
    reads = (*READS, "crm.interaction")

    def figures(self, reading):
        reached = apart(self._reached(reading))
        return share(reading, customers(reading), reached)

    @staticmethod
    def _reached(reading):
        """SQL of rows (partner_id, start, stop): the months that a touch counts for.

        The days are counted back from the end of a month, of the running one from
        today.
        """
        return SQL(
            """
            SELECT commercial_partner_id AS partner_id,
                   date_trunc('month', date) AS start,
                   CASE WHEN date + %(days)s < %(tomorrow)s
                        THEN date_trunc('month', date + %(days)s) END AS stop
              FROM crm_interaction
             WHERE company_id = %(company)s AND date < %(until)s
               AND date >= %(first)s::timestamp - %(days)s
               AND commercial_partner_id IS NOT NULL
               AND COALESCE(outcome, '') <> ALL(%(in_vain)s)
            """,
            days=SQL("make_interval(days => %s)", COVERAGE_DAYS),
            tomorrow=reading.tomorrow,
            company=reading.company.id,
            first=reading.first,
            until=reading.until,
            in_vain=list(NOT_REACHED),
        )
