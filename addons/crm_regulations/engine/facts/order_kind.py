"""What facts told by orders have in common."""

from odoo.fields import Domain

from .fact import Touched
from .paper_kind import PaperKind, customers, of_customers


class OrderKind(PaperKind):
    """Facts told by sales orders, about their lead and their customer."""

    model = "sale.order"

    def whom(self, orders):
        """What orders are about.

        :return: {id: (places, families)}
        """
        found = customers(orders)
        for order in orders:
            places, families = found[order.id]
            if order.opportunity_id:
                places |= {("crm.lead", order.opportunity_id.id)}
            found[order.id] = (places, families)
        return found

    def touched(self, records):
        touched = Touched()
        for id_, (places, families) in self.whom(records).items():
            touched.add({(self.model, id_), *places}, families)
        return touched

    def narrowed(self, env, asked):
        touched = asked.touched
        return (
            Domain("id", "in", touched.ids("sale.order"))
            | Domain("opportunity_id", "in", touched.ids("crm.lead"))
            | of_customers(touched)
        )
