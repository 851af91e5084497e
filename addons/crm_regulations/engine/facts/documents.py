"""What the records that tell facts are about: documents, their customers and deals."""

from collections import defaultdict
from functools import cached_property

from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.crm_segmentation.engine.autofill.parties import DOCUMENTS, Parties

from .among import among

_OF_A_PARTNER = ("partner_share", "commercial_partner_id", "company_id")
_OF_A_LEAD = ("opportunity_id", "lead_id")
# One of the contacts that the statement of `near` names.
_A_CONTACT = SQL("SELECT id FROM contact")


class Documents(Parties):
    """Documents of any model and their counterparties, read for many at once.

    :param env: superuser environment
    """

    def __init__(self, env):
        super().__init__(env)
        self._partners = {}
        self._ours = {}

    def load(self, pairs):
        """Read documents.

        :param pairs: (model, id) pairs; unknown models and missing records are ignored
        """
        wanted = defaultdict(set)
        for model, id_ in pairs:
            if id_ and model in self.env and not self.env[model]._abstract:
                wanted[model].add(id_)
        for model, ids in wanted.items():
            for record in self.env[model].browse(sorted(ids)).exists():
                self._documents[model, record.id] = record

    def warm(self, partners):
        """Read of many partners what is asked one by one later."""
        partners.fetch(_OF_A_PARTNER)

    @cached_property
    def robot_id(self):
        """The partner as whom Odoo itself writes."""
        return id_of(self.env, "base.partner_root")

    @cached_property
    def comment_id(self):
        """The subtype of what everybody may read."""
        return id_of(self.env, "mail.mt_comment")

    def is_ours(self, partner):
        # Few people write many letters.
        if partner.id not in self._ours:
            self._ours[partner.id] = super().is_ours(partner)
        return self._ours[partner.id]

    def customers(self, partners):
        """The counterparties, the oldest contact of each: the same for everybody."""
        return super().customers(partners.sorted("id")) if partners else partners

    def customer(self, document):
        """The counterparty of a document, or an empty recordset."""
        if not document:
            return self.env["res.partner"]
        if document not in self._partners:
            self._read_partners(document)
        return self.customers(self._partners[document])[:1]

    def _read_partners(self, document):
        """Those of all documents of this model, which will be asked for as well."""
        ids = [id_ for model, id_ in self._documents if model == document._name]
        together = document.browse({document.id, *ids})
        partners = together._mail_get_partners()
        self.warm(self.env["res.partner"].union(*partners.values()))
        for record in together:
            self._partners[record] = partners[record.id]

    def is_foreign(self, document, company_id):
        """Whether a document belongs to another of our companies.

        :param document: a record of any model, may be empty
        :param company_id: our company, or 0 for any
        """
        if not company_id or not document or "company_id" not in document._fields:
            return False
        return document.company_id.id not in (False, company_id)


def id_of(env, name):
    """The id behind an external name, which is cached unlike the record."""
    return env["ir.model.data"]._xmlid_to_res_id(name)


def near(env, touched, models=DOCUMENTS):
    """The documents that are among those touched, or belong to their counterparties.

    :param env: superuser environment
    :param touched: a :class:`~.fact.Touched`
    :param models: which models counterparties' documents are looked for
    :return: {model: ids}, found by one query
    """
    found = defaultdict(set)
    for model, ids in touched.places.items():
        found[model] |= ids
    selects = [
        _select(env[model], domain)
        for model in sorted(models)
        if model in env
        for domain in _belonging(env[model], touched)
    ]
    if selects:
        # The contacts are looked for once, not once for each model.
        contacts = _select(env["res.partner"], _contacts(touched))
        statement = SQL(
            "WITH contact AS MATERIALIZED (%s) %s",
            contacts,
            SQL(" UNION ALL ").join(selects),
        )
        for model, id_ in env.execute_query(statement):
            found[model].add(id_)
    return found


def placed(found, model_name, id_name):
    """Domain of the records that point to documents.

    :param found: {model: ids}
    :param model_name: field that names the model
    :param id_name: field with the id
    """
    return Domain.OR(
        Domain(model_name, "=", model) & among(id_name, ids)
        for model, ids in found.items()
        if ids
    )


def _select(records, domain):
    """The statement that gives name and id of a model's records."""
    query = records.with_context(active_test=False)._search(domain)
    id_ = SQL.identifier(query.table, "id")
    return query.select(SQL("%s AS model", records._name), id_)


def _contacts(touched):
    """Domain of all contacts of the counterparties touched."""
    return among("commercial_partner_id", touched.families)


def _belonging(records, touched):
    """Domains of the documents of a model that belong to those touched.

    Each is a search of its own, because PostgreSQL has an index for each of them, but
    not for any of them.
    """
    families, leads = touched.families, touched.ids("crm.lead")
    if families and records._name == "res.partner":
        yield _contacts(touched)
    elif families:
        for name in records._mail_get_partner_fields():
            if records._fields[name].store:
                yield Domain(name, "any", _A_CONTACT)
    if leads:
        for name in _OF_A_LEAD:
            if getattr(records._fields.get(name), "comodel_name", "") == "crm.lead":
                yield among(name, leads)
