"""Promises kept beside loyalty, for all customers at once."""

from odoo.tools import SQL

from ..core.loyalty import ENOUGH, MOST, SOME


def loyalty(window, purchases):
    """One row per customer and company with promises or purchases.

    Promises, purchases and answers are added up first, each in one reading, and brought
    together afterwards. Nothing is numbered and no outer join stands in between, so
    that PostgreSQL reads only the customers and companies that are asked for. A flag is
    NULL for whom it cannot be said, so that averages are honest.

    :param window: :class:`~..core.loyalty.Window`
    :param purchases: SQL of the rows of crm.purchase
    :return: SQL
    """
    return SQL(
        """
        WITH promise AS (
            SELECT commercial_partner_id AS partner_id, company_id,
                   COUNT(*) AS counted,
                   COUNT(*) FILTER (WHERE state = 'done_on_time') AS on_time
              FROM crm_obligation
             WHERE state IN ('done_on_time', 'done_late', 'breached')
               AND date_due >= %(start)s AND date_due < %(end)s
               AND commercial_partner_id IS NOT NULL
             GROUP BY 1, 2
        ), purchase AS (
            SELECT commercial_partner_id AS partner_id, company_id,
                   SUM(amount) FILTER (WHERE date >= %(start)s) AS turnover,
                   SUM(amount) FILTER (WHERE date >= %(start_before)s
                                         AND date < %(start)s) AS turnover_before,
                   BOOL_OR(amount > 0 AND date >= %(start)s AND date < %(middle)s)
                       AS in_first,
                   BOOL_OR(amount > 0 AND date >= %(middle)s) AS in_second,
                   BOOL_OR(amount > 0 AND date >= %(churn_start)s AND date < %(middle)s)
                       AS earlier
              FROM (%(purchases)s) AS document
             WHERE date >= %(start_before)s AND date < %(end)s
               AND commercial_partner_id IS NOT NULL
             GROUP BY 1, 2
        ), customer AS (
            SELECT partner_id, company_id,
                   COALESCE(SUM(counted), 0)::int AS counted,
                   COALESCE(SUM(on_time), 0)::int AS on_time,
                   COALESCE(SUM(turnover), 0) AS turnover,
                   COALESCE(SUM(turnover_before), 0) AS turnover_before,
                   BOOL_OR(in_first) AS in_first, BOOL_OR(in_second) AS in_second,
                   BOOL_OR(earlier) AS earlier
              FROM (SELECT partner_id, company_id, counted, on_time,
                           NULL::numeric AS turnover, NULL::numeric AS turnover_before,
                           NULL::bool AS in_first, NULL::bool AS in_second,
                           NULL::bool AS earlier
                      FROM promise
                     UNION ALL
                    SELECT partner_id, company_id, NULL, NULL,
                           turnover, turnover_before, in_first, in_second, earlier
                      FROM purchase) AS part
             GROUP BY 1, 2
        ), answer AS (
            SELECT commercial_partner_id AS partner_id, company_id,
                   AVG(NULLIF(score, 0)) AS score
              FROM crm_quality_answer
             WHERE date >= %(start)s AND date < %(end)s
               AND commercial_partner_id IS NOT NULL
             GROUP BY 1, 2
        )
        SELECT partner_id::bigint * (SELECT MAX(id) + 1 FROM res_company)
                   + company_id AS id,
               partner_id, company_id, currency_id,
               %(last_day)s::date AS date_end,
               CASE WHEN counted = 0 THEN 'nothing'
                    WHEN counted < %(enough)s THEN 'too_few'
                    WHEN on_time = counted THEN 'all'
                    WHEN on_time * 100 >= %(most)s * counted THEN 'most'
                    WHEN on_time * 100 >= %(some)s * counted THEN 'some'
                    ELSE 'few' END AS kept,
               1 AS customers, counted, on_time,
               on_time * 100.0 / NULLIF(counted, 0) AS on_time_share,
               answer.score,
               CASE WHEN in_first THEN in_second::int * 100 END AS repeat_share,
               CASE WHEN earlier THEN (NOT in_second)::int * 100 END AS churn_share,
               turnover, turnover_before, turnover - turnover_before AS turnover_change
          FROM customer
          LEFT JOIN answer USING (partner_id, company_id)
          JOIN (SELECT id AS company_id, currency_id FROM res_company) AS company
         USING (company_id)
        """,
        purchases=purchases,
        start=window.start,
        middle=window.middle,
        end=window.end,
        start_before=window.start_before,
        churn_start=window.churn_start,
        last_day=window.last_day,
        enough=ENOUGH,
        most=MOST,
        some=SOME,
    )
