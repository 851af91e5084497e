"""How good the records of counterparties are."""

from odoo import fields
from odoo.tools import SQL

from .registry import Kpi, register


@register
class DataCompleteness(Kpi):
    """How complete the records of the counterparties are on average, %.

    The system keeps no history of it: only the running month is known. Past months are
    what was kept at the end of each, as entries of the KPI.
    """

    code = "data_completeness"
    is_present_only = True
    reads = ("res.partner",)

    def figures(self, reading):
        return SQL(
            """
            SELECT date_trunc('month', %s::timestamp) AS month,
                   AVG(completeness) AS value
              FROM res_partner
             WHERE active AND completeness_level IS NOT NULL
               AND (company_id IS NULL OR company_id = %s)
            """,
            fields.Date.today(),
            reading.company.id,
        )
