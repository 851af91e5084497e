"""How many opportunities are won, and how soon."""

from odoo.tools import SQL

from .registry import Kpi, register, until


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
            until=until(last_month),
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
