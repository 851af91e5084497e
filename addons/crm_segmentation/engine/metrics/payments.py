"""How counterparties pay.

The unit is an instalment: the part of a posted customer invoice or sales receipt that
falls due on one day (an invoice without instalments is one). Amounts include tax and
are in the company's currency at the rate of the invoice's date. Odoo itself lowers what
is open by payments, by credit notes matched with the invoice and by write-offs; a
credit note that is not matched yet lowers nothing. Drafts, cancelled invoices, vendor
bills and invoices of other companies do not count. Contacts and merged partners count
as in ``purchases``.
"""

from datetime import timedelta

from odoo.tools import SQL

from .purchases import turnover_month_avg
from .windows import last_year, only_partners

LONG_OVERDUE_DAYS = 60


def payments(company_id, owner, today, partner_ids=None):
    """One row per partner with invoices.

    :param company_id: whose invoices
    :param owner: ``commercial_partner_id`` or ``partner_id``: for whom they count
    :param today: the day of the computation
    :param partner_ids: only these partners' invoices; None for everybody's
    :return: SQL with the columns owner_id, overdue, overdue_long, delay
    """
    start, end = last_year(today)
    owner = SQL("move.%s", SQL.identifier(owner))
    return SQL(
        """
        SELECT owner_id,
               SUM(open) FILTER (WHERE due < %(today)s) AS overdue,
               SUM(open) FILTER (WHERE due < %(long_ago)s) AS overdue_long,
               SUM(amount * (paid_on - due))
                   / NULLIF(SUM(amount) FILTER (WHERE paid_on IS NOT NULL), 0)
                   AS delay
          FROM (SELECT %(owner)s AS owner_id,
                       COALESCE(line.date_maturity, move.invoice_date) AS due,
                       CASE WHEN move.payment_state = 'in_payment' THEN 0
                            ELSE line.amount_residual END AS open,
                       line.balance AS amount,
                       paid.date AS paid_on
                  FROM account_move AS move
                  JOIN account_move_line AS line ON line.move_id = move.id
                  LEFT JOIN (SELECT debit_move_id AS line_id, MAX(max_date) AS date
                               FROM account_partial_reconcile
                              WHERE max_date >= %(start)s
                              GROUP BY debit_move_id) AS paid
                         ON paid.line_id = line.id
                        AND line.reconciled
                        AND move.payment_state <> 'reversed'
                        AND paid.date < %(end)s
                 WHERE move.company_id = %(company)s
                   AND move.state = 'posted'
                   AND move.move_type IN ('out_invoice', 'out_receipt')
                   AND line.display_type = 'payment_term'
                   AND line.balance > 0
                   %(only)s) AS instalment
         WHERE owner_id IS NOT NULL
         GROUP BY owner_id
        """,
        today=today,
        long_ago=today - timedelta(days=LONG_OVERDUE_DAYS),
        start=start,
        end=end,
        owner=owner,
        company=company_id,
        only=only_partners(owner, partner_ids),
    )


def payment_delay_days(today):
    """Σ(amount × days late) ÷ Σ(amount) over instalments paid in the last 12 months.

    Days run from the due date to the day on which the instalment was paid in full, and
    are negative for who pays early; a prepayment counts from the invoice's date on.
    Amount is the whole instalment. Left out are instalments that are still open, also
    partly, and invoices that Odoo calls reversed: no money came. None for who paid
    nothing in the window.
    """
    return SQL("payments.delay::float8")


def overdue_amount(today):
    """What is open today of instalments due before today; 0 if nothing is.

    An invoice whose payment is registered but has not reached the bank is not overdue.
    """
    return SQL("COALESCE(payments.overdue, 0)::float8")


def overdue_share_of_month(today):
    """Open for more than 60 days ÷ average monthly turnover × 100.

    0 if nothing is that late; none for a debtor without turnover in the window.
    """
    month = turnover_month_avg(today)
    return SQL(
        """CASE WHEN COALESCE(payments.overdue_long, 0) = 0 THEN 0
                WHEN %(month)s > 0 THEN 100 * payments.overdue_long / %(month)s
            END::float8""",
        month=month,
    )
