"""All KPIs of CRM projects for 36 months, over five years of trade.

``SIZE`` in the environment is the number of customers, five invoices each.
"""

import os
import resource

from odoo import fields
from odoo.tools import SQL

from odoo.addons.crm_project_rollout.core.goals import shifted
from odoo.addons.crm_project_rollout.engine import kpis

from bench import ratio
from trade import Trade

PARTNERS = int(os.environ.get("SIZE") or 50_000)
MONTHS = 36

# What nobody can do without: by month, one number of the rows that a KPI reads.
BARE = {
    "account.move": """
        SELECT date_trunc('month', invoice_date), SUM(amount_untaxed_signed)
          FROM account_move
         WHERE company_id = %(company)s AND state = 'posted'
           AND move_type IN ('out_invoice', 'out_refund', 'out_receipt')
         GROUP BY 1""",
    "account.move.line": """
        SELECT date_trunc('month', date), SUM(price_subtotal) FROM account_move_line
         WHERE company_id = %(company)s AND display_type = 'product' GROUP BY 1""",
    "crm.turnover.line": """
        SELECT date_trunc('month', date), SUM(amount_company) FROM crm_turnover_line
         WHERE company_id = %(company)s GROUP BY 1""",
    "account.analytic.line": """
        SELECT date_trunc('month', date), SUM(amount) FROM account_analytic_line
         WHERE company_id = %(company)s GROUP BY 1""",
    "crm.lead": """
        SELECT date_trunc('month', date_closed), COUNT(*) FROM crm_lead
         WHERE company_id = %(company)s GROUP BY 1""",
    "crm.interaction": """
        SELECT date_trunc('month', date), COUNT(*) FROM crm_interaction
         WHERE company_id = %(company)s GROUP BY 1""",
    "crm.obligation": """
        SELECT date_trunc('month', date_due), COUNT(*) FROM crm_obligation
         WHERE company_id = %(company)s GROUP BY 1""",
    "res.partner": """
        SELECT AVG(completeness) FROM res_partner
         WHERE company_id IS NULL OR company_id = %(company)s""",
}


def run(env):
    """Each KPI, and all together, against bare sums by month of the rows they read."""
    trade = Trade(env, PARTNERS)
    bench = _Months(env)
    for code, kpi in kpis.REGISTRY.items():
        yield bench.measure(code, [kpi])
    best = trade.categories[0]
    for kpi in kpis.REGISTRY.values():
        if kpi.by_category:
            yield bench.measure(f"{kpi.code} of a category", [kpi], best)
    every = list(kpis.REGISTRY.values())
    title = f"all {len(every)} KPIs together, {PARTNERS:,} customers of five invoices,"
    yield bench.measure(title, every, rounds=3)
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - bench.memory
    print(f"    memory of the process while it measured: +{most / 1024:.0f} MB")


class _Months:
    """The last months of the company of the benchmark.

    :param env: superuser environment
    """

    def __init__(self, env):
        self.env = env
        self.last = fields.Date.today().replace(day=1)
        self.first = shifted(self.last, 1 - MONTHS)
        self.memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    def measure(self, title, measured, category=None, rounds=1):
        """The ratio of some KPIs and the bare sums of what they read."""

        def work():
            kpis.read(measured, self.env.company, self.first, self.last, category)

        def bare():
            for kpi in measured:
                self._bare(kpi)

        title = f"{MONTHS} months of {title} against the bare sums by month"
        return ratio(title, work, bare, rounds=rounds)

    def _bare(self, kpi):
        for model in kpi.reads:
            if model in BARE:
                self.env.execute_query(SQL(BARE[model], company=self.env.company.id))
