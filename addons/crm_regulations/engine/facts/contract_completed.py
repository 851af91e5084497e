"""A contract, which is a confirmed sales order, was completed.

Each company chooses what that means (``crm_contract_completed_by``):

* ``invoiced``: everything is delivered and invoiced, and no invoice of it is a draft.
  Delivered is what Odoo itself counts (stock, time sheets, milestones); what people
  would have to type in is taken as delivered with its invoice. The date is the last of
  these: when its last invoice was posted (tracked; else when it was made, if that was
  on the invoice date; else the beginning of that date), when its last goods went out,
  and when a line counted by time sheets or milestones last changed. The signal tells
  the moment at which it hears of it: the same second as a rule, the same day if history
  keeps only a day. Of the posting of a draft no signal tells, since it changes nothing
  of the order.
* ``project``: every project of the order is complete, that is, its last update says
  so, its stage is one in which projects end, or all its tasks are closed and at least
  one of them is done; so are the order's tasks in other projects. The date is that of
  the update, of the tracked change of stage or of the last task. Cancelled projects
  and tasks complete nothing.
* ``date``: the day of the contract's end is over, in the time zone of our company.

An order is completed once.
"""

from odoo.fields import Domain

from .contract_ways import PROJECT, WAYS, has_projects
from .fact import Fact
from .kind import seconds
from .order_kind import OrderKind
from .paper_kind import holding


class ContractCompleted(OrderKind):
    code = "contract_completed"
    # Invoices, deliveries, projects and days complete orders without changing them.
    by_time = True

    # --- signal ---------------------------------------------------------------

    def watched(self, env, asked):
        return {"state", "invoice_status", "delivery_status", "crm_contract_end"}

    def likely(self, documents):
        return holding(documents, "state", ("sale",))

    # --- reader ---------------------------------------------------------------

    def meant(self, role, asked):
        return super().meant(role, asked) & Domain("state", "=", "sale")

    def telling(self, env, asked):
        domain = Domain.FALSE
        for way, companies in _companies(env, asked).items():
            ours = Domain("company_id", "in", companies.ids)
            domain |= ours & WAYS[way].telling(env, asked)
        return domain

    def silence(self, env, asked):
        if PROJECT in _companies(env, asked) and not has_projects(env):
            return env._(
                "Contracts are to count as completed by their projects, but no app "
                "connects projects with sales orders here. Install “Sales and "
                "Projects” (sale_project) or choose another way in the settings of "
                "CRM."
            )
        return ""

    # --- both -----------------------------------------------------------------

    def facts(self, records, asked, turned=frozenset()):
        now = seconds(records.env.cr.now())
        completed = {}
        for way, orders in _by_way(records).items():
            completed |= WAYS[way].completed(orders, turned)
        done = records.filtered(lambda o: o.id in completed and completed[o.id] <= now)
        whom = self.whom(done)
        return [
            Fact(
                self.code,
                f"{self.code}:{self.model},{order.id}",
                completed[order.id],
                self.model,
                order.id,
                places=whom[order.id][0],
                families=whom[order.id][1],
            )
            for order in done
        ]


def _companies(env, asked):
    """Way → the companies that count by it, of those whose facts are asked for."""
    companies = env["res.company"].browse(asked.company_id or ())
    companies = companies or companies.with_context(active_test=False).search([])
    return companies.grouped("crm_contract_completed_by")


def _by_way(orders):
    return orders.grouped(lambda order: order.company_id.crm_contract_completed_by)
