"""What customers pay, and what selling costs."""

from odoo.tools import SQL

from .purchases import READS, documents, firsts, since_first
from .registry import Kpi, register
from .spells import members


@register
class Turnover(Kpi):
    """Turnover of the month, without tax, in company currency.

    With a category: of those who were in it at the end of the month.
    """

    code = "turnover"
    by_category = True
    reads = READS

    def figures(self, reading):
        only = SQL("")
        if reading.category:
            only = SQL(
                """JOIN (%s) AS inside ON inside.partner_id = document.partner_id
                    AND start <= month AND month < stop""",
                members(reading.category.ids),
            )
        paid = SQL(
            """SELECT month, SUM(amount) AS value FROM %s AS document %s
                WHERE date >= %s GROUP BY month""",
            documents(reading),
            only,
            reading.first,
        )
        return since_first(reading, paid)


@register
class RepeatAndCrossSales(Kpi):
    """Share of the month's turnover that old customers brought, %.

    An old customer has bought in an earlier month: whatever is sold to it is a repeat
    or a cross sale.
    """

    code = "repeat_and_cross_sales"
    reads = READS

    def figures(self, reading):
        return SQL(
            """
            SELECT document.month,
                   100.0 * COALESCE(
                       SUM(amount) FILTER (WHERE first.month < document.month), 0)
                   / SUM(amount) AS value
              FROM %s AS document LEFT JOIN %s AS first USING (partner_id)
             WHERE partner_id IS NOT NULL AND date >= %s
             GROUP BY document.month HAVING SUM(amount) > 0
            """,
            documents(reading),
            firsts(reading),
            reading.first,
        )


@register
class MarketShare(Kpi):
    """Turnover of the month ÷ size of the market, which somebody enters, %.

    The newest size that was entered for the month or for one before it counts.
    """

    code = "market_share"
    reads = (*READS, "crm.rollout.kpi.entry")

    def figures(self, reading):
        market = reading.company.env.ref("crm_project_rollout.kpi_market_size")
        return SQL(
            """
            SELECT own.month, 100.0 * own.value / market.value AS value
              FROM (%(turnover)s) AS own
              JOIN LATERAL (SELECT value FROM crm_rollout_kpi_entry
                             WHERE kpi_id = %(market)s AND company_id = %(company)s
                               AND month <= own.month AND value > 0
                             ORDER BY month DESC LIMIT 1) AS market ON TRUE
            """,
            turnover=Turnover().figures(reading),
            market=market.id,
            company=reading.company.id,
        )


@register
class SalesManagementCost(Kpi):
    """What the marked analytic accounts cost in the month, in company currency."""

    code = "sales_management_cost"
    reads = ("account.analytic.line",)

    def figures(self, reading):
        accounts = reading.company.env["account.analytic.account"]
        marked = accounts.with_context(active_test=False).search(
            [("crm_is_sales_cost", "=", True)]
        )
        columns = reading.company.env["account.analytic.line"]._get_plan_fnames()
        on_marked = SQL(" OR ").join(
            SQL("%s = ANY(%s)", SQL.identifier(name), marked.ids) for name in columns
        )
        return SQL(
            """
            SELECT date_trunc('month', date::timestamp) AS month, -SUM(amount) AS value
              FROM account_analytic_line
             WHERE company_id = %s AND date >= %s AND date < %s AND (%s)
             GROUP BY 1
            """,
            reading.company.id,
            reading.first,
            reading.until,
            on_marked or SQL("FALSE"),
        )
