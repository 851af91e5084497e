"""Who buys for the first time, again, something new, or no longer."""

from odoo.tools import SQL

from .purchases import (
    CUSTOMER_MONTHS,
    READS,
    YEAR,
    bought,
    customers,
    firsts,
    since_first,
)
from .registry import Kpi, register
from .spells import members, percent, share

BEST_CATEGORY = "A"


@register
class NewCustomers(Kpi):
    """Customers whose first purchase ever fell into the month."""

    code = "new_customers"
    reads = READS

    def figures(self, reading):
        begun = SQL(
            "SELECT month, COUNT(*) AS value FROM %s GROUP BY month", firsts(reading)
        )
        return since_first(reading, begun)


@register
class RepeatPurchaseShare(Kpi):
    """Of the customers who bought in the month, those who did in the year before, %."""

    code = "repeat_purchase_share"
    reads = READS

    def figures(self, reading):
        return SQL(
            """SELECT month, 100.0 * COUNT(*) FILTER (WHERE before >= month - %s)
                      / COUNT(*) AS value
                 FROM %s GROUP BY month""",
            YEAR,
            bought(reading),
        )


@register
class CrossSaleShare(Kpi):
    """Of the old customers who bought in the month, those who bought something new, %.

    New is a product category that the customer has never bought before.
    """

    code = "cross_sale_share"
    reads = (
        "account.move", "account.move.line", "crm.turnover.line", "product.product",
        "product.template",
    )  # fmt: skip

    def figures(self, reading):
        # Whoever bought something in a month either began in it or is an old customer,
        # and likewise whoever bought something new: what is left are the old ones.
        # Of the two kinds of groups, those of months have no category.
        seen = SQL(
            """SELECT partner_id, categ_id, MIN(month) AS month FROM (%s) AS line
                GROUP BY GROUPING SETS ((partner_id, categ_id), (partner_id, month))""",
            self._lines(reading),
        )
        return SQL(
            """
            SELECT month, 100.0 * SUM(part) / SUM(whole) AS value
              FROM (SELECT month, COUNT(*) AS whole, 0 AS part FROM %(seen)s
                     WHERE categ_id IS NULL GROUP BY month
                     UNION ALL
                    SELECT month, 0, COUNT(*)
                      FROM (SELECT DISTINCT partner_id, month FROM %(seen)s
                             WHERE categ_id IS NOT NULL) AS news
                     GROUP BY month
                     UNION ALL
                    SELECT month, -COUNT(*), -COUNT(*)
                      FROM (SELECT MIN(month) AS month FROM %(seen)s
                             WHERE categ_id IS NULL GROUP BY partner_id) AS beginner
                     GROUP BY month) AS counted
             GROUP BY month HAVING SUM(whole) > 0
            """,
            seen=reading.table("seen", seen),
        )

    @staticmethod
    def _lines(reading):
        """What was bought: partner_id, month, categ_id."""
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
             UNION ALL
            SELECT commercial_partner_id, date_trunc('month', date::timestamp),
                   product_categ_id
              FROM crm_turnover_line
             WHERE company_id = %(company)s AND date < %(until)s
               AND product_categ_id IS NOT NULL
            """,
            company=reading.company.id,
            until=reading.until,
        )


@register
class Retention(Kpi):
    """Of those who bought in the year before last, those who did in the last, %.

    With a category: of those who were in it a year ago, those who bought since.
    """

    code = "retention"
    by_category = True
    reads = READS

    def figures(self, reading):
        if reading.category:
            return self._of_members(reading, reading.category)
        # Who bought in a month was a customer a year later, and is kept from the next
        # purchase on; for both it does not matter who it was, only when.
        gaps = SQL(
            "SELECT month, after, COUNT(*) AS customers FROM %s GROUP BY month, after",
            bought(reading),
        )
        counted = SQL(
            """
            SELECT month + %(year)s AS start,
                   LEAST(after, month + %(year)s) + %(year)s AS stop,
                   customers AS whole, 0 AS part
              FROM %(gaps)s
             UNION ALL
            SELECT GREATEST(after, month + %(year)s),
                   LEAST(after, month + %(year)s) + %(year)s, 0, customers
              FROM %(gaps)s WHERE after IS NOT NULL
            """,
            year=YEAR,
            gaps=reading.table("gap", gaps),
        )
        return percent(reading, counted)

    @staticmethod
    def _of_members(reading, categories):
        inside = members(categories.ids, back=CUSTOMER_MONTHS)
        return share(reading, inside, customers(reading))


@register
class RetentionA(Retention):
    """Of those who were in a category “A” a year ago, those who bought since, %."""

    code = "retention_a"
    by_category = False

    def figures(self, reading):
        best = reading.company.env["crm.segment"].search(
            [
                ("segmentation_id.company_id", "=", reading.company.id),
                ("segmentation_id.state", "=", "published"),
                ("code", "=", BEST_CATEGORY),
            ]
        )
        return self._of_members(reading, best)
