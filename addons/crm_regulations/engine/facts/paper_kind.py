"""What facts told by orders and invoices have in common."""

from odoo.fields import Domain

from odoo.addons.crm_segmentation.engine.autofill.parties import Parties
from odoo.addons.crm_segmentation.engine.changes import stored_values

from ...core.step import START
from .kind import Kind

# A promise about one of these is not kept by another one of the same customer.
_DOCUMENTS = ("sale.order", "account.move")


class PaperKind(Kind):
    """Facts told by the documents of one of our companies."""

    of_one_deal = True

    # --- signal ---------------------------------------------------------------

    def told(self, env, asked, created, changes):
        turned = self.turned(env, asked, changes)
        documents = env[self.model].browse(dict.fromkeys([*created, *turned]))
        documents = self.likely(documents) if documents else documents
        if not documents:
            return []
        fitting = documents.exists().filtered_domain(self.meant(START, asked))
        return self.facts(fitting, asked, turned=frozenset(turned))

    def likely(self, documents):
        """Those that may tell, by what is in memory.

        :param documents: new or changed ones, some may be deleted
        """
        return documents

    # --- reader ---------------------------------------------------------------

    def recounted(self, env, asked, role=START):
        domain = self.meant(role, asked) & self.telling(env, asked)
        if asked.touched is not None:
            domain &= self.narrowed(env, asked)
        documents = env[self.model].with_context(active_test=False)
        found = documents.search(domain, order="id")
        return self.in_time(self.facts(found, asked), asked)

    def telling(self, env, asked):
        """Domain of those that may tell facts of the time that is asked for."""
        raise NotImplementedError

    def meant(self, role, asked):
        if not asked.company_id:
            return asked.domain
        return asked.domain & Domain("company_id", "in", [asked.company_id, False])

    # --- both -----------------------------------------------------------------

    def facts(self, records, asked, turned=frozenset()):
        """The facts that documents tell.

        :param turned: ids of those whose watched fields just changed; empty when
            history is read
        """
        raise NotImplementedError

    def touched(self, records):
        raise NotImplementedError

    def weigh(self, fact, about):
        model, id_ = about.subject
        if model in _DOCUMENTS:
            known = fact.subject_ids(model)
            if known and id_ not in known:
                return ""
        return super().weigh(fact, about)


def holding(documents, name, values):
    """The documents whose stored field has one of some values now.

    :param documents: records, some may be deleted
    :param name: name of a stored field
    :param values: container of values
    """
    held = stored_values(documents, name)
    return documents.browse(id_ for id_, value in held if value in values)


def customers(documents):
    """The counterparties of documents.

    :param documents: records with the fields ``partner_id``
    :return: {id: (places, families)}; nothing of ourselves
    """
    parties = Parties(documents.env)
    found = {}
    for document in documents:
        partner = document.partner_id
        if not partner or parties.is_ours(partner):
            found[document.id] = (frozenset(), frozenset())
            continue
        family = partner.commercial_partner_id.id
        found[document.id] = (
            frozenset({("res.partner", partner.id)}),
            frozenset({family}),
        )
    return found


def of_customers(touched):
    """Domain of the documents of counterparties.

    :param touched: a :class:`~.fact.Touched`
    """
    return Domain("partner_id", "in", touched.ids("res.partner")) | Domain(
        "partner_id.commercial_partner_id", "in", sorted(touched.families)
    )
