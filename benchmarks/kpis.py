"""All KPIs of CRM projects for 36 months, over many invoices.

``SIZE`` in the environment is the number of customers, five invoices each.
"""

import os

from odoo import fields
from odoo.tools import SQL

from odoo.addons.crm_project_rollout.core.goals import shifted
from odoo.addons.crm_project_rollout.engine import kpis

from bench import ratio
from classify import _Bench

PARTNERS = int(os.environ.get("SIZE") or 50_000)
MONTHS = 36


def run(env):
    """Each KPI, and all together, against the bare monthly sum of the invoices."""
    _Bench(env).fill(PARTNERS)
    last = fields.Date.today().replace(day=1)
    first = shifted(last, 1 - MONTHS)
    company = env.company

    def bare():
        env.execute_query(
            SQL(
                """SELECT date_trunc('month', invoice_date), SUM(amount_untaxed_signed)
                     FROM account_move
                    WHERE company_id = %s AND state = 'posted'
                      AND move_type IN ('out_invoice', 'out_refund', 'out_receipt')
                    GROUP BY 1""",
                company.id,
            )
        )

    def one(kpi):
        return lambda: kpi.months(company, first, last)

    def everything():
        for kpi in kpis.REGISTRY.values():
            kpi.months(company, first, last)

    for code, kpi in kpis.REGISTRY.items():
        yield ratio(
            f"{MONTHS} months of {code} against the bare monthly sum",
            one(kpi),
            bare,
            rounds=1,
        )
    yield ratio(
        f"{MONTHS} months of all {len(kpis.REGISTRY)} KPIs, five invoices of each of "
        f"{PARTNERS:,} customers, against as many bare monthly sums",
        everything,
        bare,
        rounds=3,
        scale=len(kpis.REGISTRY),
    )
