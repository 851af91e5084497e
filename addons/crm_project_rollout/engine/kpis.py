"""KPIs: figures of a company, month by month, read from what the system knows.

A KPI answers for any past month, so a baseline exists on the day on which a CRM project
begins. Each reads all months of a company in one statement, with full rights inside the
company, so that everybody sees the same number.

Another addon adds a KPI with :func:`register` and a ``crm.rollout.kpi`` of its code.
Purchases are those of ``crm.purchase``: posted invoices, sales receipts, credit notes
(which lower turnover but are no purchases) and turnover outside accounting.
"""

from odoo import fields
from odoo.tools import SQL

from odoo.addons.crm_segmentation.core.touch import NOT_REACHED

REGISTRY = {}

# A customer is who bought in so many months; who did not buy for as long is lost.
CUSTOMER_MONTHS = 12
COVERAGE_DAYS = 90
BEST_CATEGORY = "A"


def register(kpi_class):
    """Class decorator: make a KPI known under its code."""
    REGISTRY[kpi_class.code] = kpi_class()
    return kpi_class


class Kpi:
    """Base of the computed KPIs.

    ``by_category`` says whether it can be asked for the customers of one category,
    ``is_present_only`` whether the system keeps no history of it.
    """

    code = None
    by_category = False
    is_present_only = False
    #: Models whose unsaved changes would be missed by the statement.
    reads = ()

    def months(self, company, first_month, last_month, category=None):
        """Measure.

        :param company: one ``res.company`` with full rights
        :param first_month: first day of a month
        :param last_month: first day of the same or a later month
        :param category: a ``crm.segment`` with full rights, for KPIs ``by_category``
        :return: ``{month: number or None}`` for every month, None when there is
            nothing to measure
        """
        env = company.env
        for model in self.reads:
            env[model].flush_model()
        rows = env.execute_query(
            SQL(
                """SELECT month::date, figure.value::float8
                     FROM generate_series(%(first)s::date, %(last)s::date,
                                          interval '1 month') AS month
                     LEFT JOIN (%(figures)s) AS figure USING (month)""",
                first=first_month,
                last=last_month,
                figures=self._figures(company, first_month, last_month, category),
            )
        )
        return dict(rows)

    def _figures(self, company, first_month, last_month, category):
        """SQL of rows (month as a timestamp, value)."""
        raise NotImplementedError


def _until(last_month):
    """The day after the last month, or tomorrow: nothing later has happened."""
    tomorrow = SQL("%s::date + 1", fields.Date.today())
    return SQL("LEAST(%s::date + interval '1 month', %s)", last_month, tomorrow)


class _Purchases(Kpi):
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
            until=_until(last_month),
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
            until=_until(last_month),
            documents=self._documents(company, last_month),
            figures=figures,
        )


def _members(category_ids, first_month, last_month, back=0):
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


@register
class Turnover(_Purchases):
    """Turnover of the month, without tax, in company currency.

    With a category: of those who were in it at the end of the month.
    """

    code = "turnover"
    by_category = True

    def _figures(self, company, first_month, last_month, category):
        only = SQL("")
        if category:
            members = _members(category.ids, first_month, last_month)
            only = SQL("JOIN (%s) AS member USING (month, partner_id)", members)
        figures = SQL(
            """SELECT month, SUM(amount) AS value
                 FROM (%s) AS document %s GROUP BY month""",
            self._documents(company, last_month),
            only,
        )
        return self._since_first(company, first_month, last_month, figures)


@register
class NewCustomers(_Purchases):
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
class RepeatPurchaseShare(_Purchases):
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
class RepeatAndCrossSales(_Purchases):
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
class CrossSaleShare(_Purchases):
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
            until=_until(last_month),
        )


class _Retention(_Purchases):
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
            until=_until(last_month),
            year=_YEAR,
        )


_YEAR = SQL("make_interval(months => %s)", CUSTOMER_MONTHS)


@register
class Retention(_Retention):
    """Of those who bought in the year before last, those who did in the last, %.

    With a category: of those who were in it a year ago, those who bought since.
    """

    code = "retention"
    by_category = True

    def _figures(self, company, first_month, last_month, category):
        if category:
            customers = _members(
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
            until=_until(last_month),
            year=_YEAR,
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
        customers = _members(best.ids, first_month, last_month, back=CUSTOMER_MONTHS)
        return self._percent(company, first_month, last_month, customers)


@register
class MarketShare(_Purchases):
    """Turnover of the month ÷ size of the market, which somebody enters, %.

    The newest size that was entered for the month or for one before it counts.
    """

    code = "market_share"
    reads = (*_Purchases.reads, "crm.rollout.kpi.entry")

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
            _until(last_month),
            on_marked or SQL("FALSE"),
        )


class _Deals(Kpi):
    """Base of the KPIs that read opportunities by the month in which they ended."""

    reads = ("crm.lead",)

    def _closed(self, company, first_month, last_month, value):
        return SQL(
            """
            SELECT date_trunc('month', date_closed) AS month, %(value)s AS value
              FROM crm_lead
             WHERE company_id = %(company)s AND type = 'opportunity'
               AND won_status IN ('won', 'lost')
               AND date_closed >= %(first)s AND date_closed < %(until)s
             GROUP BY 1
            """,
            value=value,
            company=company.id,
            first=first_month,
            until=_until(last_month),
        )


@register
class WinRate(_Deals):
    """Of the opportunities won or lost in the month, those won, %."""

    code = "win_rate"

    def _figures(self, company, first_month, last_month, category):
        value = SQL("100.0 * COUNT(*) FILTER (WHERE won_status = 'won') / COUNT(*)")
        return self._closed(company, first_month, last_month, value)


@register
class SalesCycleDays(_Deals):
    """Mean time from the creation to the end of the opportunities won, in days."""

    code = "sales_cycle_days"

    def _figures(self, company, first_month, last_month, category):
        value = SQL(
            """EXTRACT(epoch FROM AVG(date_closed - create_date)
                                  FILTER (WHERE won_status = 'won')) / 86400"""
        )
        return self._closed(company, first_month, last_month, value)


@register
class FirstResponseHours(Kpi):
    """Mean time from a customer's letter or missed call to our next touch, in hours.

    By the clock. Those that nobody has answered yet are not in it; the share of kept
    promises counts them.
    """

    code = "first_response_hours"
    reads = ("crm.interaction",)

    def _figures(self, company, first_month, last_month, category):
        return SQL(
            """
            SELECT date_trunc('month', date) AS month,
                   EXTRACT(epoch FROM AVG(answered - date_end)) / 3600 AS value
              FROM (SELECT date, date_end,
                           direction = 'in' AND NOT COALESCE(
                               outcome IN ('answered', 'held'), FALSE) AS waits,
                           MIN(date) FILTER (WHERE direction = 'out'
                               AND COALESCE(outcome, '') <> ALL(%(in_vain)s)) OVER (
                               PARTITION BY commercial_partner_id
                               ORDER BY date DESC, id DESC
                               ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
                               AS answered
                      FROM crm_interaction
                     WHERE company_id = %(company)s AND date >= %(first)s
                       AND commercial_partner_id IS NOT NULL) AS touch
             WHERE waits AND answered IS NOT NULL AND date < %(until)s
             GROUP BY 1
            """,
            in_vain=list(NOT_REACHED),
            company=company.id,
            first=first_month,
            until=_until(last_month),
        )


@register
class RegulationCompliance(Kpi):
    """Of the promises due in the month, those kept on time, %.

    Excused, cancelled and open ones count on neither side.
    """

    code = "regulation_compliance"
    reads = ("crm.obligation",)

    def _figures(self, company, first_month, last_month, category):
        return SQL(
            """
            SELECT date_trunc('month', date_due) AS month,
                   100.0 * COUNT(*) FILTER (WHERE state = 'done_on_time')
                   / COUNT(*) AS value
              FROM crm_obligation
             WHERE company_id = %s AND date_due >= %s AND date_due < %s
               AND state IN ('done_on_time', 'done_late', 'breached')
             GROUP BY 1
            """,
            company.id,
            first_month,
            _until(last_month),
        )


@register
class CounterpartyCoverage(_Purchases):
    """Of the customers of a year, those reached in the last 90 days of the month, %."""

    code = "counterparty_coverage"
    reads = (*_Purchases.reads, "crm.interaction")

    def _figures(self, company, first_month, last_month, category):
        return SQL(
            """
            WITH bought AS MATERIALIZED (
                SELECT DISTINCT partner_id, month FROM (%(documents)s) AS document
                 WHERE is_purchase AND partner_id IS NOT NULL),
            month AS (
                SELECT month, LEAST(month + interval '1 month', %(until)s) AS over
                  FROM generate_series(%(first)s::timestamp, %(last)s::timestamp,
                                       interval '1 month') AS month
                 WHERE month < %(until)s),
            reached AS MATERIALIZED (
                SELECT DISTINCT month.month,
                       touch.commercial_partner_id AS partner_id
                  FROM month
                  JOIN crm_interaction AS touch
                    ON touch.date < month.over
                   AND touch.date >= month.over - make_interval(days => %(days)s)
                 WHERE touch.company_id = %(company)s
                   AND COALESCE(touch.outcome, '') <> ALL(%(in_vain)s))
            SELECT month, 100.0 * COUNT(reached.partner_id) / COUNT(*) AS value
              FROM (SELECT DISTINCT month.month, bought.partner_id
                      FROM month
                      JOIN bought ON bought.month <= month.month
                       AND bought.month > month.month - %(year)s) AS customer
              LEFT JOIN reached USING (month, partner_id)
             GROUP BY month
            """,
            documents=self._documents(company, last_month),
            first=first_month,
            last=last_month,
            until=_until(last_month),
            year=_YEAR,
            days=COVERAGE_DAYS,
            company=company.id,
            in_vain=list(NOT_REACHED),
        )


@register
class DataCompleteness(Kpi):
    """How complete the records of the counterparties are on average, %.

    The system keeps no history of it: only the running month is known. Past months are
    what was kept at the end of each, as entries of the KPI.
    """

    code = "data_completeness"
    is_present_only = True
    reads = ("res.partner",)

    def _figures(self, company, first_month, last_month, category):
        return SQL(
            """
            SELECT date_trunc('month', %s::timestamp) AS month,
                   AVG(completeness) AS value
              FROM res_partner
             WHERE active AND completeness_level IS NOT NULL
               AND (company_id IS NULL OR company_id = %s)
            """,
            fields.Date.today(),
            company.id,
        )
