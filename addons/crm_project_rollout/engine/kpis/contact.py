"""How soon customers are answered, how many are reached, which promises are kept."""

from odoo.tools import SQL

from odoo.addons.crm_segmentation.core.touch import NOT_REACHED

from .purchases import YEAR, PurchaseKpi
from .registry import Kpi, register, until

COVERAGE_DAYS = 90


@register
class FirstResponseHours(Kpi):
    """Mean time from a customer's letter or missed call to our next touch, in hours.

    By the clock. Those that nobody has answered yet are not in it; the share of kept
    promises counts them.
    """

    code = "first_response_hours"
    reads = ("crm.interaction",)

    def _figures(self, company, first_month, last_month, category):
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
            company=company.id,
            first=first_month,
            until=until(last_month),
        )


@register
class RegulationCompliance(Kpi):
    """Of the promises due in the month, those kept on time, %.

    Excused, cancelled and open ones count on neither side.
    """

    code = "regulation_compliance"
    reads = ("crm.obligation",)

    def _figures(self, company, first_month, last_month, category):
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
            company.id,
            first_month,
            until(last_month),
        )


@register
class CounterpartyCoverage(PurchaseKpi):
    """Of the customers of a year, those reached in the last 90 days of the month, %."""

    code = "counterparty_coverage"
    reads = (*PurchaseKpi.reads, "crm.interaction")

    def _figures(self, company, first_month, last_month, category):
        return SQL(
            """
            WITH bought AS MATERIALIZED (
                SELECT DISTINCT partner_id, month FROM (%(documents)s) AS document
                 WHERE is_purchase AND partner_id IS NOT NULL),
            month AS (
                SELECT month, LEAST(month + interval '1 month', %(until)s) AS over
                  FROM generate_series(%(first)s::timestamp, %(last)s::timestamp,
                                       interval '1 month') AS month
                 WHERE month < %(until)s),
            reached AS MATERIALIZED (
                SELECT DISTINCT month.month,
                       touch.commercial_partner_id AS partner_id
                  FROM month
                  JOIN crm_interaction AS touch
                    ON touch.date < month.over
                   AND touch.date >= month.over - make_interval(days => %(days)s)
                 WHERE touch.company_id = %(company)s
                   AND COALESCE(touch.outcome, '') <> ALL(%(in_vain)s))
            SELECT month, 100.0 * COUNT(reached.partner_id) / COUNT(*) AS value
              FROM (SELECT DISTINCT month.month, bought.partner_id
                      FROM month
                      JOIN bought ON bought.month <= month.month
                       AND bought.month > month.month - %(year)s) AS customer
              LEFT JOIN reached USING (month, partner_id)
             GROUP BY month
            """,
            documents=self._documents(company, last_month),
            first=first_month,
            last=last_month,
            until=until(last_month),
            year=YEAR,
            days=COVERAGE_DAYS,
            company=company.id,
            in_vain=list(NOT_REACHED),
        )
