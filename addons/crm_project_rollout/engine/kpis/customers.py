"""Who buys for the first time, again, something new, or no longer."""

from odoo.tools import SQL

from .purchases import CUSTOMER_MONTHS, YEAR, PurchaseKpi, members
from .registry import register, until

BEST_CATEGORY = "A"


@register
class NewCustomers(PurchaseKpi):
    """Customers whose first purchase ever fell into the month."""

    code = "new_customers"

    def _figures(self, company, first_month, last_month, category):
        figures = SQL(
            """SELECT first AS month, COUNT(*) AS value
                 FROM (SELECT MIN(month) AS first FROM (%s) AS document
                        WHERE is_purchase AND partner_id IS NOT NULL
                        GROUP BY partner_id) AS customer
                GROUP BY first""",
            self._documents(company, last_month),
        )
        return self._since_first(company, first_month, last_month, figures)


@register
class RepeatPurchaseShare(PurchaseKpi):
    """Of the customers who bought in the month, those who did in the year before, %."""

    code = "repeat_purchase_share"

    def _figures(self, company, first_month, last_month, category):
        return SQL(
            """SELECT month, 100.0 * COUNT(*) FILTER (
                          WHERE before >= month - make_interval(months => %s))
                      / COUNT(*) AS value
                 FROM (%s) AS monthly WHERE bought GROUP BY month""",
            CUSTOMER_MONTHS,
            self._monthly(company, last_month),
        )


@register
class CrossSaleShare(PurchaseKpi):
    """Of the old customers who bought in the month, those who bought something new, %.

    New is a product category that the customer has never bought before.
    """

    code = "cross_sale_share"
    reads = (
        "account.move", "account.move.line", "crm.turnover.line", "product.product",
        "product.template",
    )  # fmt: skip

    def _figures(self, company, first_month, last_month, category):
        return SQL(
            """
            SELECT month, 100.0 * COUNT(*) FILTER (WHERE is_new) / COUNT(*) AS value
              FROM (SELECT partner_id, month, BOOL_OR(month = begun) AS is_new
                      FROM (SELECT partner_id, month,
                                   MIN(month) OVER (PARTITION BY partner_id) AS first,
                                   MIN(month) OVER (PARTITION BY partner_id, categ_id)
                                       AS begun
                              FROM (%s) AS line) AS bought
                     WHERE first < month
                     GROUP BY partner_id, month) AS customer
             GROUP BY month
            """,
            self._bought_categories(company, last_month),
        )

    @staticmethod
    def _bought_categories(company, last_month):
        """One row per customer, product category and month: something was bought."""
        return SQL(
            """
            SELECT move.commercial_partner_id AS partner_id,
                   date_trunc('month', move.invoice_date::timestamp) AS month,
                   template.categ_id
              FROM account_move AS move
              JOIN account_move_line AS line ON line.move_id = move.id
              JOIN product_product AS product ON product.id = line.product_id
              JOIN product_template AS template ON template.id = product.product_tmpl_id
             WHERE move.company_id = %(company)s AND move.state = 'posted'
               AND move.move_type IN ('out_invoice', 'out_receipt')
               AND move.invoice_date < %(until)s
               AND line.display_type = 'product' AND template.categ_id IS NOT NULL
               AND move.commercial_partner_id IS NOT NULL
             GROUP BY 1, 2, 3
             UNION
            SELECT commercial_partner_id, date_trunc('month', date::timestamp),
                   product_categ_id
              FROM crm_turnover_line
             WHERE company_id = %(company)s AND date < %(until)s
               AND product_categ_id IS NOT NULL
            """,
            company=company.id,
            until=until(last_month),
        )


class _Retention(PurchaseKpi):
    """Base: of the customers of a year ago, those who bought in the year since, %."""

    def _percent(self, company, first_month, last_month, customers):
        """``customers``: SQL of rows (month, partner_id): who was a customer then."""
        return SQL(
            """
            WITH bought AS MATERIALIZED (
                SELECT DISTINCT partner_id, month FROM (%(documents)s) AS document
                 WHERE is_purchase AND partner_id IS NOT NULL)
            SELECT month, 100.0 * COUNT(*) FILTER (WHERE stayed) / COUNT(*) AS value
              FROM (SELECT customer.month, customer.partner_id,
                           BOOL_OR(bought.month IS NOT NULL) AS stayed
                      FROM (%(customers)s) AS customer
                      LEFT JOIN bought ON bought.partner_id = customer.partner_id
                       AND bought.month <= customer.month
                       AND bought.month > customer.month - %(year)s
                     GROUP BY customer.month, customer.partner_id) AS kept
             WHERE month < %(until)s
             GROUP BY month
            """,
            documents=self._documents(company, last_month),
            customers=customers,
            until=until(last_month),
            year=YEAR,
        )


@register
class Retention(_Retention):
    """Of those who bought in the year before last, those who did in the last, %.

    With a category: of those who were in it a year ago, those who bought since.
    """

    code = "retention"
    by_category = True

    def _figures(self, company, first_month, last_month, category):
        if category:
            customers = members(
                category.ids, first_month, last_month, back=CUSTOMER_MONTHS
            )
            return self._percent(company, first_month, last_month, customers)
        # Each purchase makes a customer of the months in whose year before last it
        # falls; runs of months are cut from the list of a customer's months in one go.
        return SQL(
            """
            WITH bought AS MATERIALIZED (
                SELECT DISTINCT partner_id, month FROM (%(documents)s) AS document
                 WHERE is_purchase AND partner_id IS NOT NULL)
            SELECT month, 100.0 * COUNT(*) FILTER (WHERE is_now AND was)
                          / NULLIF(COUNT(*) FILTER (WHERE was), 0) AS value
              FROM (SELECT month.month, bought.partner_id,
                           BOOL_OR(bought.month > month.month - %(year)s) AS is_now,
                           BOOL_OR(bought.month <= month.month - %(year)s) AS was
                      FROM generate_series(%(first)s::timestamp, %(last)s::timestamp,
                                           interval '1 month') AS month
                      JOIN bought ON bought.month <= month.month
                       AND bought.month > month.month - 2 * %(year)s
                     WHERE month.month < %(until)s
                     GROUP BY month.month, bought.partner_id) AS customer
             GROUP BY month
            """,
            documents=self._documents(company, last_month),
            first=first_month,
            last=last_month,
            until=until(last_month),
            year=YEAR,
        )


@register
class RetentionA(_Retention):
    """Of those who were in a category “A” a year ago, those who bought since, %."""

    code = "retention_a"

    def _figures(self, company, first_month, last_month, category):
        best = company.env["crm.segment"].search(
            [
                ("segmentation_id.company_id", "=", company.id),
                ("segmentation_id.state", "=", "published"),
                ("code", "=", BEST_CATEGORY),
            ]
        )
        customers = members(best.ids, first_month, last_month, back=CUSTOMER_MONTHS)
        return self._percent(company, first_month, last_month, customers)
