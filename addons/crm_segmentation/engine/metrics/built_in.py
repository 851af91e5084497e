"""The built-in metrics as SQL over one aggregate of purchases.

A purchase is a posted customer invoice or a turnover line. Refunds are subtracted from
turnover but are no purchases. Amounts are untaxed and in the company's currency at the
rate of the document's date. Documents of a company's contacts count for the company.
Cancelled and draft documents do not count, nor do documents dated after the day of the
computation.
"""

from dateutil.relativedelta import relativedelta

from odoo.tools import SQL

WINDOW_MONTHS = 12


def window(today):
    """The last twelve full calendar months.

    :param today: the day of the computation
    :return: (first day of the window, first day after it)
    """
    end = today.replace(day=1)
    return end - relativedelta(months=WINDOW_MONTHS), end


def purchases(company_id, owner, today, partner_ids=None):
    """One row per partner that ever bought.

    :param company_id: whose documents
    :param owner: ``commercial_partner_id`` or ``partner_id``: for whom they count
    :param today: the day of the computation
    :param partner_ids: only these partners' documents; None for everybody's
    :return: SQL with the columns owner_id, turnover, turnover_window, documents,
        first_date, last_date
    """
    start, end = window(today)
    owner = SQL.identifier(owner)
    only = (
        SQL("") if partner_ids is None else SQL("AND %s = ANY(%s)", owner, partner_ids)
    )
    return SQL(
        """
        SELECT owner_id,
               SUM(amount) AS turnover,
               SUM(amount) FILTER (WHERE date >= %(start)s AND date < %(end)s)
                   AS turnover_window,
               COUNT(*) FILTER (WHERE is_purchase) AS documents,
               MIN(date) FILTER (WHERE is_purchase) AS first_date,
               MAX(date) FILTER (WHERE is_purchase) AS last_date
          FROM (SELECT %(owner)s AS owner_id,
                       invoice_date AS date,
                       amount_untaxed_signed AS amount,
                       move_type <> 'out_refund' AS is_purchase
                  FROM account_move
                 WHERE company_id = %(company)s
                   AND state = 'posted'
                   AND move_type IN ('out_invoice', 'out_refund', 'out_receipt')
                   AND invoice_date <= %(today)s
                   %(only)s
                 UNION ALL
                SELECT %(owner)s, date, amount_company, TRUE
                  FROM crm_turnover_line
                 WHERE company_id = %(company)s
                   AND date <= %(today)s
                   %(only)s) AS document
         WHERE owner_id IS NOT NULL
         GROUP BY owner_id
        """,
        start=start,
        end=end,
        owner=owner,
        company=company_id,
        today=today,
        only=only,
    )


def metric(code, today):
    """One metric as SQL over ``purchases`` and ``population``.

    :param code: code of a built-in metric
    :param today: the day of the computation
    :return: SQL of a double precision value, NULL where there is none
    """
    return _BUILT_IN[code](today)


def _turnover_month_avg(today):
    """Turnover of the window ÷ months with us, at least 1 and at most 12."""
    months = SQL(
        """(EXTRACT(YEAR FROM %(today)s::date) * 12
          + EXTRACT(MONTH FROM %(today)s::date)
          - EXTRACT(YEAR FROM purchases.first_date) * 12
          - EXTRACT(MONTH FROM purchases.first_date))""",
        today=today,
    )
    return SQL(
        "COALESCE(purchases.turnover_window / LEAST(%s, GREATEST(1, %s)), 0)::float8",
        WINDOW_MONTHS,
        months,
    )


def _tenure_years(today):
    return SQL(
        """((%s::date - COALESCE(population.customer_since, purchases.first_date))
            / 365.25)::float8""",
        today,
    )


def _days_since_purchase(today):
    return SQL("(%s::date - purchases.last_date)::float8", today)


_BUILT_IN = {
    "turnover_month_avg": _turnover_month_avg,
    "turnover_total": lambda today: SQL("COALESCE(purchases.turnover, 0)::float8"),
    "document_count": lambda today: SQL("COALESCE(purchases.documents, 0)::float8"),
    "days_since_purchase": _days_since_purchase,
    "tenure_years": _tenure_years,
}

CODES = tuple(_BUILT_IN)
MONEY = ("turnover_month_avg", "turnover_total")
