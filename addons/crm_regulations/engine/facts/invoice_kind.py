"""What facts told by customer invoices have in common."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime

from odoo.fields import Domain
from odoo.tools import SQL

from . import turning
from .fact import Touched
from .paper_kind import PaperKind, customers, of_customers

PAID = ("paid", "in_payment")
#: Nothing is owed any more.
SETTLED = (*PAID, "reversed")


class InvoiceKind(PaperKind):
    """Facts told by posted customer invoices over more than nothing."""

    model = "account.move"

    def meant(self, role, asked):
        invoices = Domain("move_type", "=", "out_invoice") & Domain(
            "state", "=", "posted"
        )
        # An invoice over nothing is paid when it is posted, and by nobody.
        return super().meant(role, asked) & invoices & Domain("amount_total", ">", 0)

    def whom(self, invoices):
        """What invoices are about: their orders with their leads, and the customer.

        :return: {id: (places, families)}
        """
        found = customers(invoices)
        orders = orders_of(invoices)
        return {
            id_: (places | orders.get(id_, frozenset()), families)
            for id_, (places, families) in found.items()
        }

    def touched(self, records):
        invoices = records.filtered(lambda move: move.move_type == "out_invoice")
        touched = Touched()
        for id_, (places, families) in self.whom(invoices).items():
            touched.add({(self.model, id_), *places}, families)
        return touched

    def narrowed(self, env, asked):
        touched = asked.touched
        invoices = invoices_of(touched.ids("sale.order"), touched.ids("crm.lead"))
        return (
            Domain("id", "in", touched.ids("account.move"))
            | Domain("id", "in", invoices)
            | of_customers(touched)
        )


#: Lines of invoices with the orders that they come from.
LINKS = SQL(
    """account_move_line AS line
       JOIN sale_order_line_invoice_rel AS link ON link.invoice_line_id = line.id
       JOIN sale_order_line AS sold ON sold.id = link.order_line_id
       JOIN sale_order AS ordered ON ordered.id = sold.order_id"""
)


def orders_of(invoices):
    """The orders that invoices come from, and their leads.

    :return: {id: frozenset of (model, id)}
    """
    flush_links(invoices.env)
    rows = invoices.env.execute_query(
        SQL(
            """SELECT DISTINCT line.move_id, ordered.id, ordered.opportunity_id
                 FROM %s WHERE line.move_id = ANY(%s)""",
            LINKS,
            list(invoices._ids),
        )
    )
    found = defaultdict(frozenset)
    for invoice_id, order_id, lead_id in rows:
        found[invoice_id] |= {("sale.order", order_id)}
        if lead_id:
            found[invoice_id] |= {("crm.lead", lead_id)}
    return found


def invoices_of(order_ids, lead_ids):
    """The invoices of orders, or of the orders of leads, as SQL of their ids."""
    return SQL(
        """(SELECT line.move_id FROM %s
             WHERE ordered.id = ANY(%s) OR ordered.opportunity_id = ANY(%s))""",
        LINKS,
        list(order_ids),
        list(lead_ids),
    )


def flush_links(env):
    """Write what :data:`LINKS` reads."""
    env["account.move.line"].flush_model(["move_id", "sale_line_ids"])
    env["sale.order.line"].flush_model(["order_id"])
    env["sale.order"].flush_model(["opportunity_id"])


@dataclass(frozen=True)
class Settlement:
    """How an invoice came to be settled.

    :param moment: when the last payment or credit note was matched in Odoo, naive UTC
    :param day: the day of that payment in the books
    """

    moment: datetime
    day: date


def settlements(invoices):
    """When the last money came for invoices, be it all of it or not.

    Payments without an entry in the books count as well: Odoo calls their invoices
    paid, too.

    :return: {id: Settlement} of those for which any came
    """
    env = invoices.env
    env["account.partial.reconcile"].flush_model()
    env["account.payment"].flush_model()
    env["account.move.line"].flush_model(["move_id", "display_type"])
    rows = env.execute_query(
        SQL(
            """
            SELECT invoice_id, date_trunc('second', MAX(moment)), MAX(day)
              FROM (SELECT line.move_id AS invoice_id,
                           partial.create_date AS moment,
                           partial.max_date AS day
                      FROM account_partial_reconcile AS partial
                      JOIN account_move_line AS line
                        ON line.id = partial.debit_move_id
                     WHERE line.move_id = ANY(%(ids)s)
                       AND line.display_type = 'payment_term'
                     UNION ALL
                    SELECT link.invoice_id, payment.create_date, payment.date
                      FROM account_move__account_payment AS link
                      JOIN account_payment AS payment
                        ON payment.id = link.payment_id
                     WHERE link.invoice_id = ANY(%(ids)s)
                       AND payment.move_id IS NULL
                       AND payment.state IN ('in_process', 'paid')) AS money
             GROUP BY invoice_id
            """,
            ids=list(invoices._ids),
        )
    )
    return {id_: Settlement(moment, day) for id_, moment, day in rows}


def settled_within(asked):
    """The invoices for which money came in the time that is asked for, as SQL."""
    return SQL(
        """(SELECT line.move_id
              FROM account_partial_reconcile AS partial
              JOIN account_move_line AS line ON line.id = partial.debit_move_id
             WHERE %(matched)s
             UNION ALL
            SELECT link.invoice_id
              FROM account_move__account_payment AS link
              JOIN account_payment AS payment ON payment.id = link.payment_id
             WHERE %(paid)s AND payment.move_id IS NULL)""",
        matched=turning.within(SQL("partial.create_date"), asked),
        paid=turning.within(SQL("payment.create_date"), asked),
    )
