"""The ways in which a company may count a contract as completed.

Each says which orders may have been completed in some time (``telling``) and when
orders were (``completed``); what they mean stands in :mod:`.contract_completed`.
"""

from collections import defaultdict
from datetime import timedelta

from odoo.fields import Domain
from odoo.tools import SQL, float_compare

from . import turning
from .days import begin, day_of, zone
from .invoice_kind import LINKS, flush_links
from .kind import seconds

INVOICED, PROJECT, DATE = "invoiced", "project", "date"

_DAY = timedelta(days=1)
_FULLY = ("invoiced", "upselling")
# How a line is delivered that nothing counts but people, or that is an expense.
_NOT_COUNTED = ("manual", "analytic", False)
_BY_STOCK = "stock_move"
_DONE, _CLOSED = "1_done", ("1_done", "1_canceled")
_CANCELLED_STAGE = "project.project_project_stage_3"


class Invoiced:
    """Everything is delivered and invoiced, and no invoice is a draft."""

    @staticmethod
    def telling(env, asked):
        domain = Domain("invoice_status", "in", _FULLY)
        if asked.start is None:
            return domain
        flush_links(env)
        sources = [
            SQL(
                """SELECT ordered.id FROM %(links)s
                     JOIN account_move AS move ON move.id = line.move_id
                    WHERE move.invoice_date >= %(day)s
                       OR move.id IN (SELECT res_id FROM (%(posted)s) AS turned
                                       WHERE moment >= %(start)s)""",
                links=LINKS,
                posted=turning.moments("account.move", "state", ["posted"]),
                day=(asked.start - _DAY).date(),
                start=asked.start,
            ),
            SQL(
                """SELECT order_id FROM sale_order_line
                    WHERE write_date >= %s
                      AND qty_delivered_method NOT IN ('manual', 'analytic')""",
                asked.start,
            ),
        ]
        if _has_stock(env):
            sources.append(
                SQL(
                    "SELECT sale_id FROM stock_picking WHERE date_done >= %s",
                    asked.start,
                )
            )
        recent = Domain("id", "in", SQL("(%s)", SQL(" UNION ").join(sources)))
        return domain & (recent | Domain("date_order", ">=", asked.start))

    @staticmethod
    def completed(orders, turned):
        """When orders were completed.

        :param turned: ids of those that just became so
        :return: {id: naive UTC instant}, without those that are not completed
        """
        now = seconds(orders.env.cr.now())
        orders = orders.filtered(lambda o: o.invoice_status in _FULLY and _sent(o))
        invoiced = _invoiced(orders)
        shipped = _shipped(orders)
        found = {}
        for order in orders:
            moments = invoiced[order.id]
            if None in moments:
                continue
            moments = [order.date_order, *moments, *shipped[order.id]]
            counted = _counted(order).filtered(
                lambda line: line.qty_delivered_method != _BY_STOCK
            )
            moments += [seconds(line.write_date) for line in counted]
            found[order.id] = now if order.id in turned else min(now, max(moments))
        return found


def _counted(order):
    """The lines of which Odoo itself counts what is delivered."""
    return order.order_line.filtered(
        lambda line: (
            not line.display_type
            and not line.is_downpayment
            and line.product_uom_qty > 0
            and line.qty_delivered_method not in _NOT_COUNTED
        )
    )


def _sent(order):
    """Whether everything that Odoo counts is delivered."""
    digits = order.env["decimal.precision"].precision_get("Product Unit")
    return all(
        float_compare(line.qty_delivered, line.product_uom_qty, precision_digits=digits)
        >= 0
        for line in _counted(order)
    )


def _invoiced(orders):
    """When the invoices of orders were posted.

    :return: {id of the order: list of naive UTC instants; None for a draft}
    """
    env = orders.env
    flush_links(env)
    rows = env.execute_query(
        SQL(
            """SELECT DISTINCT ordered.id, line.move_id
                 FROM %s WHERE ordered.id = ANY(%s)""",
            LINKS,
            list(orders._ids),
        )
    )
    invoices = env["account.move"].browse(dict.fromkeys(row[1] for row in rows))
    posted = turning.last(invoices, "state", ["posted"])
    zones = {company: zone(company) for company in invoices.company_id}
    found = defaultdict(list)
    for order_id, invoice_id in rows:
        invoice = invoices.browse(invoice_id)
        if invoice.state == "draft":
            found[order_id].append(None)
        elif invoice.state == "posted":
            moment = posted.get(invoice_id) or _made(invoice, zones)
            found[order_id].append(moment)
    return found


def _made(invoice, zones):
    """When an invoice was made whose posting was not tracked.

    One that is posted at once never is.
    """
    day, tzinfo = invoice.invoice_date or invoice.date, zones[invoice.company_id]
    if day_of(invoice.create_date, tzinfo) == day:
        return seconds(invoice.create_date)
    return begin(day, tzinfo)


def _shipped(orders):
    """When the goods of orders went out to customers.

    :return: {id of the order: list of naive UTC instants}
    """
    found = defaultdict(list)
    if _has_stock(orders.env):
        domain = (
            Domain("sale_id", "in", orders.ids)
            & Domain("state", "=", "done")
            & Domain("location_dest_id.usage", "=", "customer")
            & Domain("date_done", "!=", False)
        )
        rows = orders.env["stock.picking"]._read_group(
            domain, ["sale_id"], ["date_done:max"]
        )
        for order, moment in rows:
            found[order.id].append(seconds(moment))
    return found


def _has_stock(env):
    pickings = env.registry.get("stock.picking")
    return pickings is not None and "sale_id" in pickings._fields


class ByDate:
    """The last day of the contract is over."""

    @staticmethod
    def telling(env, asked):
        domain = Domain("crm_contract_end", "!=", False)
        if asked.start is not None:
            domain &= Domain("crm_contract_end", ">=", asked.start.date() - 2 * _DAY)
        end = min(asked.end or env.cr.now(), env.cr.now())
        return domain & Domain("crm_contract_end", "<=", end.date())

    @staticmethod
    def completed(orders, turned):
        orders = orders.filtered("crm_contract_end")
        zones = {company: zone(company) for company in orders.company_id}
        return {
            order.id: begin(order.crm_contract_end + _DAY, zones[order.company_id])
            for order in orders
        }


class ByProject:
    """All projects of the order are complete, and so are its tasks in other ones."""

    @staticmethod
    def telling(env, asked):
        if not has_projects(env):
            return Domain.FALSE
        projects = env["project.project"].with_context(active_test=False)
        tasks = env["project.task"]
        own = Domain("sale_line_id", "!=", False) | Domain(
            "reinvoiced_sale_order_id", "!=", False
        )
        ordered = Domain("sale_order_id", "!=", False) | Domain(
            "project_id", "any", own
        )
        if asked.start is not None:
            own &= Domain("write_date", ">=", asked.start)
            ordered &= Domain("date_last_stage_update", ">=", asked.start)
        changed = tasks.search(ordered, order="id")
        changed_projects = projects.search(own, order="id") | changed.project_id
        orders = changed.sale_order_id | _orders(changed_projects)
        return Domain("id", "in", orders.ids)

    @staticmethod
    def completed(orders, turned):
        if not has_projects(orders.env):
            return {}
        return _Projects(orders).completed()


class _Projects:
    """The projects and tasks of orders, read for many at once."""

    def __init__(self, orders):
        env = orders.env
        projects = env["project.project"].with_context(active_test=False)
        self.orders = orders
        self.projects = projects.search(
            Domain("is_template", "=", False)
            & (
                Domain("sale_line_id.order_id", "in", orders.ids)
                | Domain("reinvoiced_sale_order_id", "in", orders.ids)
            )
        )
        tasks = env["project.task"].search(
            Domain("has_template_ancestor", "=", False)
            & (
                Domain("project_id", "in", self.projects.ids)
                | Domain("sale_order_id", "in", orders.ids)
            )
        )
        self.tasks = tasks.grouped("project_id")
        self.tasks_elsewhere = tasks.filtered(
            lambda task: task.project_id not in self.projects
        ).grouped("sale_order_id")
        self.cancelled = env.ref(_CANCELLED_STAGE, raise_if_not_found=False)
        self.stage_moments = turning.last_change(self.projects, "stage_id")

    def completed(self):
        """When the orders were completed: {id: naive UTC instant}."""
        own = defaultdict(list)
        for project in self.projects:
            for order in _orders(project):
                own[order.id].append(self._project_moment(project))
        for order, tasks in self.tasks_elsewhere.items():
            own[order.id].append(_tasks_moment(tasks))
        return {
            order.id: max(own[order.id])
            for order in self.orders
            if own[order.id] and None not in own[order.id]
        }

    def _project_moment(self, project):
        """When a project was complete; None if it is not."""
        if project.last_update_status == "done":
            return seconds((project.last_update_id or project).create_date)
        stage = project.stage_id
        if stage.fold and stage != self.cancelled:
            moment = self.stage_moments.get(project.id)
            return moment or seconds(project.write_date)
        return _tasks_moment(self.tasks.get(project))


def _tasks_moment(tasks):
    """When the last of some tasks was closed; None if one is open or none is done."""
    states = set(tasks.mapped("state")) if tasks else set()
    if _DONE not in states or states.difference(_CLOSED):
        return None
    return max(
        seconds(task.date_last_stage_update or task.write_date) for task in tasks
    )


def _orders(projects):
    """The orders that projects were made for."""
    return projects.sale_line_id.order_id | projects.reinvoiced_sale_order_id


def has_projects(env):
    """Whether an app connects projects with sales orders."""
    projects = env.registry.get("project.project")
    return projects is not None and "sale_line_id" in projects._fields


#: How a company counts contracts → what it means.
WAYS = {INVOICED: Invoiced, PROJECT: ByProject, DATE: ByDate}
