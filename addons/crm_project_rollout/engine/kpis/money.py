"""What customers pay, and what selling costs."""

from odoo.tools import SQL

from .purchases import PurchaseKpi, members
from .registry import Kpi, register, until


@register
class Turnover(PurchaseKpi):
    """Turnover of the month, without tax, in company currency.

    With a category: of those who were in it at the end of the month.
    """

    code = "turnover"
    by_category = True

    def _figures(self, company, first_month, last_month, category):
        only = SQL("")
        if category:
            inside = members(category.ids, first_month, last_month)
            only = SQL("JOIN (%s) AS member USING (month, partner_id)", inside)
        figures = SQL(
            """SELECT month, SUM(amount) AS value
                 FROM (%s) AS document %s GROUP BY month""",
            self._documents(company, last_month),
            only,
        )
        return self._since_first(company, first_month, last_month, figures)


@register
class RepeatAndCrossSales(PurchaseKpi):
    """Share of the month's turnover that old customers brought, %.

    An old customer has bought in an earlier month: whatever is sold to it is a repeat
    or a cross sale.
    """

    code = "repeat_and_cross_sales"

    def _figures(self, company, first_month, last_month, category):
        return SQL(
            """SELECT month,
                      100.0 * COALESCE(SUM(amount) FILTER (WHERE first < month), 0)
                      / SUM(amount) AS value
                 FROM (%s) AS monthly GROUP BY month HAVING SUM(amount) > 0""",
            self._monthly(company, last_month),
        )


@register
class MarketShare(PurchaseKpi):
    """Turnover of the month ÷ size of the market, which somebody enters, %.

    The newest size that was entered for the month or for one before it counts.
    """

    code = "market_share"
    reads = (*PurchaseKpi.reads, "crm.rollout.kpi.entry")

    def _figures(self, company, first_month, last_month, category):
        market = company.env.ref("crm_project_rollout.kpi_market_size")
        return SQL(
            """
            SELECT own.month, 100.0 * own.value / market.value AS value
              FROM (%(turnover)s) AS own
              JOIN LATERAL (SELECT value FROM crm_rollout_kpi_entry
                             WHERE kpi_id = %(market)s AND company_id = %(company)s
                               AND month <= own.month AND value > 0
                             ORDER BY month DESC LIMIT 1) AS market ON TRUE
            """,
            turnover=Turnover()._figures(company, first_month, last_month, None),
            market=market.id,
            company=company.id,
        )


@register
class SalesManagementCost(Kpi):
    """What the marked analytic accounts cost in the month, in company currency."""

    code = "sales_management_cost"
    reads = ("account.analytic.line",)

    def _figures(self, company, first_month, last_month, category):
        accounts = company.env["account.analytic.account"]
        marked = accounts.with_context(active_test=False).search(
            [("crm_is_sales_cost", "=", True)]
        )
        columns = company.env["account.analytic.line"]._get_plan_fnames()
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
            company.id,
            first_month,
            until(last_month),
            on_marked or SQL("FALSE"),
        )
