"""Who is on the other side of a document, an activity or a meeting."""

#: Documents whose talk is talk with counterparties. Applicants, chats with visitors and
#: the like are other people's business.
DOCUMENTS = frozenset(
    {
        "account.move", "calendar.event", "crm.interaction", "crm.lead",
        "helpdesk.ticket", "project.task", "purchase.order", "repair.order",
        "res.partner", "sale.order", "stock.picking",
    }
)  # fmt: skip


class Parties:
    """Documents and their counterparties, read for many at once.

    :param env: superuser environment
    """

    def __init__(self, env):
        self.env = env
        # Archived companies are ours as well.
        everywhere = env["res.company"].with_context(active_test=False)
        self._own = set(everywhere.search([]).partner_id.ids)
        self._documents = {}

    def load(self, pairs):
        """Read documents.

        :param pairs: (model, id) pairs; unknown models and missing records are ignored
        """
        wanted = {}
        for model, id_ in pairs:
            if model in DOCUMENTS and model in self.env and id_:
                wanted.setdefault(model, set()).add(id_)
        for model, ids in wanted.items():
            for record in self.env[model].browse(sorted(ids)).exists():
                self._documents[model, record.id] = record

    def document(self, model, id_):
        """A document that was read before, or an empty recordset."""
        return self._documents.get((model, id_), self.env["res.partner"])

    def is_ours(self, partner):
        """Whether a partner is one of our people or companies."""
        return (
            not partner.partner_share or partner.commercial_partner_id.id in self._own
        )

    def customers(self, partners):
        """The counterparties among partners, the first contact of each company."""
        first = {}
        for partner in partners:
            if not self.is_ours(partner):
                first.setdefault(partner.commercial_partner_id, partner)
        return self.env["res.partner"].union(*first.values())

    def customer(self, document):
        """The counterparty of a document, or an empty recordset."""
        if not document:
            return self.env["res.partner"]
        return self.customers(document._mail_get_partners()[document.id])[:1]

    def lead(self, document):
        """The lead that a document is or belongs to."""
        for name in ("opportunity_id", "lead_id"):
            if name in document._fields and document[name]._name == "crm.lead":
                return document[name]
        return document if document._name == "crm.lead" else self.env["crm.lead"]

    def user(self, document):
        """Who of us is responsible for a document."""
        users = self.env["res.users"]
        user = document.user_id if "user_id" in document._fields else users
        return user if user._name == "res.users" else users

    def company(self, document, partner, user):
        """Which of our companies a touch belongs to."""
        company = self.env["res.company"]
        for record in (document, partner, user):
            if record and not company and "company_id" in record._fields:
                company = record.company_id
        return company or self.env.company

    def shared(self, document, partner, user):
        """Field values of a touch that come from the document.

        :return: dictionary of arguments of :class:`~.touch.Touch`
        """
        company = self.company(document, partner, user)
        lead = self.lead(document)
        if lead.company_id and lead.company_id != company:
            lead = lead.browse()
        return {
            "partner_id": partner.id or 0,
            "family_id": partner.commercial_partner_id.id or 0,
            "company_id": company.id,
            "lead_id": lead.id or 0,
            "user_id": user.id or 0,
        }
