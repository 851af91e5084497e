"""What counterparties buy.

A purchase is a posted customer invoice, a posted sales receipt or a turnover line.
Credit notes are subtracted from turnover but are no purchases. Amounts are untaxed and
in the company's currency at the rate of the document's date. Drafts and cancelled
documents do not count, nor do documents of other companies or those dated after the
day of the computation. Documents of a company's contacts count for the company (owner
``commercial_partner_id``), or each for its own person (owner ``partner_id``). Odoo
moves the documents of merged partners to the one that stays, so they count there.
"""

from odoo.tools import SQL

from .windows import only_partners, window


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
        only=only_partners(owner, partner_ids),
    )


def turnover_month_avg(today):
    """Turnover of the window ÷ months with us, at least 1 and at most 12.

    The months with us run from the month of the first purchase to the running one.
    Money per month; 0 for who never bought.
    """
    # EXTRACT gives exact numbers, which cost as much as the whole aggregate.
    months = SQL(
        """(%s - date_part('year', purchases.first_date)::int * 12
               - date_part('month', purchases.first_date)::int)""",
        today.year * 12 + today.month,
    )
    return SQL(
        "COALESCE(purchases.turnover_window / LEAST(12, GREATEST(1, %s)), 0)::float8",
        months,
    )


def turnover_total(today):
    """Everything ever bought minus credit notes, in money; 0 for who never bought."""
    return SQL("COALESCE(purchases.turnover, 0)::float8")


def document_count(today):
    """Purchases ever; 0 for who never bought."""
    return SQL("COALESCE(purchases.documents, 0)::float8")


def days_since_purchase(today):
    """Days from the last purchase to today; none for who never bought."""
    return SQL("(%s::date - purchases.last_date)::float8", today)


def days_since_first_purchase(today):
    """Days from the first purchase to today; none for who never bought."""
    return SQL("(%s::date - purchases.first_date)::float8", today)


def tenure_years(today):
    """Days since “Customer since”, else since the first purchase, ÷ 365.25."""
    return SQL(
        """((%s::date - COALESCE(population.customer_since, purchases.first_date))
            / 365.25)::float8""",
        today,
    )
