"""What a successor has to know of customers, read for all of them at once."""

from collections import defaultdict

from odoo.tools import SQL

from odoo.addons.crm_segmentation.core.touch import NOT_REACHED

#: So many customers stand in one paper; a thicker one nobody reads or prints.
MOST = 500
#: So many agreements and orders of a customer, the newest.
FEW = 3
_PEOPLE = ("contact", "other")


class Pack:
    """The customers of one successor, the best first.

    :param company: our company, a record in a superuser environment
    :param customers: res.partner records of customers' companies
    :param bought: id of the customer → turnover
    :param loose: crm.lead records of nobody who is a customer yet
    """

    def __init__(self, company, customers, bought, loose):
        self._env, self._company = company.env, company
        self.loose = loose
        ordered = customers.sorted(lambda c: (-bought.get(c.id, 0), c.name or "", c.id))
        self.left_out = max(0, len(ordered) - MOST)
        self.customers = ordered[:MOST]
        self.bought = bought
        ids = self.customers.ids
        self._in_company = [("company_id", "=", company.id)]
        self.people = self._grouped(
            "res.partner",
            [("parent_id", "in", ids), ("type", "in", _PEOPLE)],
            "parent_id",
        )
        self.talks = self._last_talks(ids)
        self.agreements = self._of_customers(
            "crm.agreement", [], "date_deadline desc, id desc"
        )
        self.promises = self._grouped(
            "crm.obligation",
            [
                *self._in_company,
                ("commercial_partner_id", "in", ids),
                ("date_end", "=", False),
            ],
            "commercial_partner_id",
            order="date_due, id",
        )
        self.leads = self._of_customers(
            "crm.lead", [("won_status", "=", "pending")], "date_deadline, id"
        )
        self.orders = self._of_customers(
            "sale.order",
            [("state", "in", ("draft", "sent", "sale"))],
            "date_order desc, id desc",
        )

    def categories(self, customer):
        """The categories of a customer in our company, in words."""
        ours = customer.own_segment_ids.filtered(
            lambda s: s.company_id == self._company
        )
        return ", ".join(ours.mapped("display_name"))

    def _last_talks(self, ids):
        """The last talk, letter or meeting in which each customer was reached."""
        self._env["crm.interaction"].flush_model()
        rows = self._env.execute_query(
            SQL(
                """SELECT DISTINCT ON (commercial_partner_id)
                          commercial_partner_id, id
                     FROM crm_interaction
                    WHERE commercial_partner_id = ANY(%s) AND company_id = %s
                      AND (outcome IS NULL OR outcome <> ALL(%s))
                    ORDER BY commercial_partner_id, date DESC, id DESC""",
                ids,
                self._company.id,
                list(NOT_REACHED),
            )
        )
        talks = self._env["crm.interaction"].browse(id_ for _customer, id_ in rows)
        return dict(zip((customer for customer, _id in rows), talks, strict=True))

    def _of_customers(self, model, domain, order):
        """Records of the customers and of their contacts, by the customer's id."""
        domain = [
            ("company_id", "in", [self._company.id, False]),
            ("partner_id.commercial_partner_id", "in", self.customers.ids),
            *domain,
        ]
        return self._grouped(model, domain, "partner_id.commercial_partner_id", order)

    def _grouped(self, model, domain, path, order=None):
        found = defaultdict(self._env[model].browse)
        records = self._env[model].search(domain, order=order)
        for record in records:
            found[record.mapped(path).id] |= record
        return found
