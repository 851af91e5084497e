"""What the KPIs about purchases share.

Purchases are those of ``crm.purchase``: posted invoices, sales receipts, credit notes
(which lower turnover but are no purchases) and turnover outside accounting.
"""

from odoo.tools import SQL

from .registry import Kpi, until

# A customer is who bought in so many months; who did not buy for as long is lost.
CUSTOMER_MONTHS = 12
YEAR = SQL("make_interval(months => %s)", CUSTOMER_MONTHS)


class PurchaseKpi(Kpi):
    """Base of the KPIs that read what customers bought."""

    reads = ("account.move", "crm.turnover.line")

    def _documents(self, company, last_month):
        """Purchases of a company: partner_id, month, amount, is_purchase."""
        return SQL(
            """
            SELECT commercial_partner_id AS partner_id,
                   date_trunc('month', invoice_date::timestamp) AS month,
                   amount_untaxed_signed AS amount,
                   move_type <> 'out_refund' AS is_purchase
              FROM account_move
             WHERE company_id = %(company)s AND state = 'posted'
               AND move_type IN ('out_invoice', 'out_refund', 'out_receipt')
               AND invoice_date < %(until)s
             UNION ALL
            SELECT commercial_partner_id, date_trunc('month', date::timestamp),
                   amount_company, TRUE
              FROM crm_turnover_line
             WHERE company_id = %(company)s AND date < %(until)s
            """,
            company=company.id,
            until=until(last_month),
        )

    def _monthly(self, company, last_month):
        """One row per customer and month with its turnover and purchases.

        ``before`` is the month of the last purchase before, ``first`` of the first one.
        """
        return SQL(
            """
            SELECT partner_id, month, amount, bought,
                   MIN(month) FILTER (WHERE bought) OVER (PARTITION BY partner_id)
                       AS first,
                   MAX(month) FILTER (WHERE bought) OVER (
                       PARTITION BY partner_id ORDER BY month
                       ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS before
              FROM (SELECT partner_id, month, SUM(amount) AS amount,
                           BOOL_OR(is_purchase) AS bought
                      FROM (%s) AS document
                     WHERE partner_id IS NOT NULL
                     GROUP BY partner_id, month) AS paid
            """,
            self._documents(company, last_month),
        )

    def _since_first(self, company, first_month, last_month, figures):
        """Zero instead of nothing from the first purchase of the company until now."""
        return SQL(
            """
            SELECT month, COALESCE(figure.value, 0) AS value
              FROM generate_series(%(first)s::timestamp, %(last)s::timestamp,
                                   interval '1 month') AS month
              JOIN (SELECT MIN(month) AS begun FROM (%(documents)s) AS document)
                AS begin ON begin.begun <= month AND month < %(until)s
              LEFT JOIN (%(figures)s) AS figure USING (month)
            """,
            first=first_month,
            last=last_month,
            until=until(last_month),
            documents=self._documents(company, last_month),
            figures=figures,
        )


def members(category_ids, first_month, last_month, back=0):
    """Who was in one of the categories at the end of each month, from the movements.

    :param back: the end of the month so many months earlier counts
    :return: SQL of rows (month, partner_id)
    """
    return SQL(
        """
        SELECT DISTINCT month.month, stay.partner_id
          FROM generate_series(%(first)s::timestamp, %(last)s::timestamp,
                               interval '1 month') AS month
          JOIN (SELECT partner_id, to_segment_id, date,
                       LEAD(date) OVER (PARTITION BY partner_id, segmentation_id
                                        ORDER BY date, id) AS until
                  FROM crm_segment_movement
                 WHERE segmentation_id IN (SELECT segmentation_id FROM crm_segment
                                            WHERE id = ANY(%(categories)s))) AS stay
            ON stay.to_segment_id = ANY(%(categories)s)
           AND stay.date < month.month + %(shift)s
           AND (stay.until IS NULL OR stay.until >= month.month + %(shift)s)
        """,
        first=first_month,
        last=last_month,
        categories=list(category_ids),
        shift=SQL("make_interval(months => %s)", 1 - back),
    )
