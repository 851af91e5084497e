"""A customer invoice was paid in full, or its payment is under way to the bank.

The date is the moment at which Odoo learned of it: the tracked change of the payment
status, else the moment at which the last payment was matched. The bank may have had
the money earlier, but only then could anybody know. One that is paid, taken back and
paid again counts from the last time; one that is open again is not told.
"""

from odoo.fields import Domain
from odoo.tools import SQL

from . import turning
from .fact import Fact
from .invoice_kind import PAID, InvoiceKind, settled_within, settlements
from .kind import seconds
from .paper_kind import holding


class DocumentPaid(InvoiceKind):
    code = "document_paid"

    def watched(self, env, asked):
        return {"payment_state"}

    def turned(self, env, asked, changes):
        # From “in payment” to “paid” only the bank statement came.
        return [
            id_
            for id_, old in changes.items()
            if "payment_state" in old and old["payment_state"] not in PAID
        ]

    def likely(self, documents):
        return holding(documents, "payment_state", PAID)

    def meant(self, role, asked):
        return super().meant(role, asked) & Domain("payment_state", "in", PAID)

    def telling(self, env, asked):
        if asked.start is None and asked.end is None:
            return Domain.TRUE
        tracked = SQL(
            "(SELECT res_id FROM (%s) AS turned WHERE %s)",
            turning.moments(self.model, "payment_state", PAID),
            turning.within(SQL("moment"), asked),
        )
        settled = Domain("id", "in", settled_within(asked))
        return settled | Domain("id", "in", tracked)

    def facts(self, records, asked, turned=frozenset()):
        tracked = turning.last(records, "payment_state", PAID)
        settled = settlements(records)
        now = seconds(records.env.cr.now())
        whom = self.whom(records)
        found = []
        for invoice in records:
            moment = now if invoice.id in turned else tracked.get(invoice.id)
            if moment is None and invoice.id in settled:
                moment = settled[invoice.id].moment
            # Nobody knows when one was paid that came so from another program.
            if moment is not None:
                key = f"{self.code}:{self.model},{invoice.id}"
                places, families = whom[invoice.id]
                found.append(
                    Fact(
                        self.code,
                        key,
                        moment,
                        self.model,
                        invoice.id,
                        places=places,
                        families=families,
                    )
                )
        return found
