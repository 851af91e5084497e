"""A sales order was confirmed, by us or by the customer in the portal.

An order is confirmed once: when it is cancelled, set back and confirmed again, the
first time counts. It counts when the order is cancelled afterwards as well, as far as
its status was tracked.

The date is the tracked change of its status, since the order date may be edited later;
without one, as after an import, it is the order date, which Odoo sets at confirmation.
"""

from odoo.fields import Domain
from odoo.tools import SQL

from . import turning
from .fact import Fact
from .kind import seconds
from .order_kind import OrderKind
from .paper_kind import holding

_CONFIRMED = ("sale",)


class OrderConfirmed(OrderKind):
    code = "order_confirmed"
    date_field = "date_order"

    def watched(self, env, asked):
        return {"state"}

    def likely(self, documents):
        return holding(documents, "state", _CONFIRMED)

    def telling(self, env, asked):
        tracked = SQL(
            "(SELECT res_id FROM (%s) AS turned WHERE %s)",
            turning.moments(self.model, "state", _CONFIRMED),
            turning.within(SQL("moment"), asked),
        )
        confirmed = Domain("state", "in", _CONFIRMED) & self.within(asked)
        return confirmed | Domain("id", "in", tracked)

    def facts(self, records, asked, turned=frozenset()):
        tracked = turning.first(records, "state", _CONFIRMED)
        now = seconds(records.env.cr.now())
        whom = self.whom(records)
        return [
            Fact(
                self.code,
                f"{self.code}:{self.model},{order.id}",
                tracked.get(order.id)
                or (now if order.id in turned else min(now, order.date_order)),
                self.model,
                order.id,
                places=whom[order.id][0],
                families=whom[order.id][1],
            )
            for order in records
        ]
