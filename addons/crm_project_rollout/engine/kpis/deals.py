"""How many opportunities are won, and how soon."""

from odoo.tools import SQL

from .registry import Kpi, register


class _Deals(Kpi):
    """Base of the KPIs that read opportunities by the month in which they ended."""

    reads = ("crm.lead",)

    def _closed(self, reading, value):
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
            company=reading.company.id,
            first=reading.first,
            until=reading.until,
        )


@register
class WinRate(_Deals):
    """Of the opportunities won or lost in the month, those won, %."""

    code = "win_rate"

    def figures(self, reading):
        value = SQL("100.0 * COUNT(*) FILTER (WHERE won_status = 'won') / COUNT(*)")
        return self._closed(reading, value)


@register
class SalesCycleDays(_Deals):
    """Mean time from the creation to the end of the opportunities won, in days."""

    code = "sales_cycle_days"

    def figures(self, reading):
        value = SQL(
            """EXTRACT(epoch FROM AVG(date_closed - create_date)
                                  FILTER (WHERE won_status = 'won')) / 86400"""
        )
        return self._closed(reading, value)
