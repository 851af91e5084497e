"""A customer invoice was not paid when it was due.

It is overdue from the beginning of the day after its due date in the time zone of our
company, or so many hours later as the setting ``offset_hours`` says. A new due date
makes another fact.

An invoice that was paid after that moment was overdue as well. Whether the customer was
late is a question of the day of the payment in the books, not of when somebody matched
it: a payment counts from the moment at which it was matched, but from the end of its
day at the latest. One of which nobody knows when it was settled is not told.
"""

from datetime import timedelta

from odoo.fields import Domain

from .days import begin, zone
from .fact import Fact
from .invoice_kind import SETTLED, InvoiceKind, settlements
from .kind import seconds
from .paper_kind import holding

_DAY = timedelta(days=1)
# Of these Odoo does not know whether they are settled.
_UNKNOWN = ("invoicing_legacy",)


class DocumentOverdue(InvoiceKind):
    code = "document_overdue"
    by_time = True
    date_field = "invoice_date_due"

    def watched(self, env, asked):
        """What can make an invoice overdue at once, in arrears."""
        return {"state", "invoice_date_due", "payment_state"}

    def likely(self, documents):
        return holding(documents, "state", ("posted",))

    def meant(self, role, asked):
        wanted = super().meant(role, asked)
        known = Domain("payment_state", "not in", _UNKNOWN)
        return wanted & known & Domain("invoice_date_due", "!=", False)

    def telling(self, env, asked):
        """By the due date, with room for time zones."""
        now = seconds(env.cr.now())
        end = now if asked.end is None else min(now, asked.end)
        offset = _offset(asked)
        domain = Domain("invoice_date_due", "<=", (end - offset).date())
        if asked.start is not None:
            first = (asked.start - offset - 2 * _DAY).date()
            domain &= Domain("invoice_date_due", ">=", first)
        return domain

    def facts(self, records, asked, turned=frozenset()):
        overdue = self._overdue(records, _offset(asked))
        whom = self.whom(records.browse(overdue))
        return [
            Fact(
                self.code,
                f"{self.code}:{self.model},{invoice.id}:{invoice.invoice_date_due}",
                overdue[invoice.id],
                self.model,
                invoice.id,
                places=whom[invoice.id][0],
                families=whom[invoice.id][1],
            )
            for invoice in records.browse(overdue)
        ]

    def _overdue(self, invoices, offset):
        """Since when invoices are or were overdue.

        :return: {id: naive UTC instant}
        """
        now = seconds(invoices.env.cr.now())
        zones = {company: zone(company) for company in invoices.company_id}
        settled = settlements(invoices)
        found = {}
        for invoice in invoices:
            tzinfo = zones[invoice.company_id]
            moment = begin(invoice.invoice_date_due + _DAY, tzinfo) + offset
            if moment <= now and not _was_settled(
                invoice, settled.get(invoice.id), moment, tzinfo
            ):
                found[invoice.id] = moment
        return found


def _offset(asked):
    return timedelta(hours=float(asked.setting("offset_hours", 0)))


def _was_settled(invoice, settlement, moment, tzinfo):
    """Whether an invoice was settled at a moment, or may have been."""
    if invoice.payment_state not in SETTLED:
        return False
    if settlement is None:
        return True
    end_of_day = begin(settlement.day + _DAY, tzinfo)
    return min(settlement.moment, end_of_day) <= moment
