"""What the KPIs about purchases share.

Purchases are those of ``crm.purchase``: posted invoices, sales receipts, credit notes
(which lower turnover but are no purchases) and turnover outside accounting.
"""

from odoo.tools import SQL

# A customer is who bought in so many months; who did not buy for as long is lost.
CUSTOMER_MONTHS = 12
YEAR = SQL("make_interval(months => %s)", CUSTOMER_MONTHS)
#: Models that :func:`documents` reads.
READS = ("account.move", "crm.turnover.line")


def documents(reading):
    """Table of purchases: partner_id, date, month, amount, is_purchase."""
    query = SQL(
        """
        SELECT commercial_partner_id AS partner_id, invoice_date AS date,
               date_trunc('month', invoice_date::timestamp) AS month,
               amount_untaxed_signed AS amount,
               move_type <> 'out_refund' AS is_purchase
          FROM account_move
         WHERE company_id = %(company)s AND state = 'posted'
           AND move_type IN ('out_invoice', 'out_refund', 'out_receipt')
           AND invoice_date < %(until)s
         UNION ALL
        SELECT commercial_partner_id, date, date_trunc('month', date::timestamp),
               amount_company, TRUE
          FROM crm_turnover_line
         WHERE company_id = %(company)s AND date < %(until)s
        """,
        company=reading.company.id,
        until=reading.until,
    )
    return reading.table("document", query)


def firsts(reading):
    """Table of customers and the month of their first purchase: partner_id, month."""
    query = SQL(
        """SELECT partner_id, MIN(month) AS month FROM %s
            WHERE is_purchase AND partner_id IS NOT NULL GROUP BY partner_id""",
        documents(reading),
    )
    return reading.table("first_purchase", query)


def bought(reading):
    """Table of the months in which each customer bought: partner_id, month, before,
    after.

    It begins two years before the first month, as far back as any KPI looks. ``before``
    and ``after`` are the months of the customer's purchases next to it. One sort serves
    it all: the second purchase of a month is left out because it has itself before it.
    """
    query = SQL(
        """
        SELECT partner_id, month, before,
               LEAD(month) OVER (PARTITION BY partner_id ORDER BY month) AS after
          FROM (SELECT partner_id, month,
                       LAG(month) OVER (PARTITION BY partner_id ORDER BY month)
                           AS before
                  FROM %s
                 WHERE is_purchase AND partner_id IS NOT NULL
                   AND date >= %s::timestamp - 2 * %s) AS purchase
         WHERE before IS DISTINCT FROM month
        """,
        documents(reading),
        reading.first,
        YEAR,
    )
    return reading.table("bought", query)


def customers(reading):
    """Spells of who has bought in the year that ends with a month."""
    return SQL(
        "SELECT partner_id, month AS start, LEAST(after, month + %s) AS stop FROM %s",
        YEAR,
        bought(reading),
    )


def since_first(reading, figures):
    """Zero instead of nothing from the first purchase of the company until now.

    :param figures: SQL of rows (month, value)
    """
    return SQL(
        """
        SELECT month, COALESCE(figure.value, 0) AS value
          FROM %(months)s AS month LEFT JOIN (%(figures)s) AS figure USING (month)
         WHERE month >= date_trunc('month', (%(begun)s)::timestamp)
           AND month < %(until)s
        """,
        months=reading.months,
        figures=figures,
        begun=_begun(reading),
        until=reading.until,
    )


def _begun(reading):
    """SQL: the day of the company's first document, found in the indexes of days."""
    return SQL(
        """
        SELECT LEAST(
               (SELECT MIN(invoice_date) FROM account_move
                 WHERE company_id = %(company)s AND state = 'posted'
                   AND move_type IN ('out_invoice', 'out_refund', 'out_receipt')
                   AND invoice_date < %(until)s),
               (SELECT MIN(date) FROM crm_turnover_line
                 WHERE company_id = %(company)s AND date < %(until)s))
        """,
        company=reading.company.id,
        until=reading.until,
    )
