"""Kinds whose records tell of a document: a message, an activity, a meeting."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from odoo.models import BaseModel

from .among import among
from .documents import Documents, near, placed
from .fact import SYSTEM, Asked, Fact, Touched
from .kind import Kind, seconds


@dataclass(frozen=True)
class Matter:
    """What a record that tells is about; records may be empty.

    :param document: the document; its company is that of the fact
    :param customers: one contact of each customer
    :param lead: the lead that the document is or belongs to
    :param others: (model, id) of further records
    """

    document: BaseModel
    customers: BaseModel
    lead: BaseModel | None = None
    others: Iterable[tuple[str, int]] = ()


class DocumentKind(Kind):
    """A kind whose facts get their places, customers and company from a document."""

    #: Fields of the teller that point to the document.
    document_fields = ("res_model", "res_id")

    def tells_of(self, model):
        # Anything may be talked about.
        return True

    # --- what each kind says --------------------------------------------------

    def telling(self, records):
        """Those of new or changed records that may tell, without a query if possible.

        :param records: records of the teller; some may be deleted already
        """
        return records

    def pairs(self, records):
        """(model, id) of the documents to read."""
        model, id_ = self.document_fields
        return [(record[model], record[id_]) for record in records]

    def people(self, records):
        """The partners whose sides will be asked for."""
        return records.env["res.partner"]

    def matter(self, documents, record):
        """What a record is about.

        :param documents: a :class:`~.documents.Documents` that has read them
        :param record: a record of the teller
        :return: a :class:`Matter`; None: it tells nothing
        """
        raise NotImplementedError

    def ended(self, record):
        """When it happened; of something that took time, when it ended."""
        return record[self.date_field]

    def began(self, record):
        """When it began."""
        return self.ended(record)

    def grade(self, record):
        """How good a proof it is."""
        return SYSTEM

    def note(self, record):
        """What is worth keeping of it."""
        return ""

    # --- signal ---------------------------------------------------------------

    def told(self, env, asked, created, changes):
        records = env[self.teller(asked)]
        new = self.telling(records.browse(created))._ids
        changed = self.telling(records.browse(changes))._ids
        return super().told(env, asked, new, {id_: changes[id_] for id_ in changed})

    def touched(self, records):
        found = Touched()
        records = self.telling(records)
        if records:
            for fact in self.facts(records.exists(), Asked(records._name)):
                found.add((fact.teller, *fact.places), fact.families)
        return found

    # --- reader ---------------------------------------------------------------

    def narrowed(self, env, asked):
        return placed(near(env, asked.touched), *self.document_fields)

    # --- both -----------------------------------------------------------------

    def facts(self, records, asked):
        documents = Documents(records.env)
        documents.load(self.pairs(records))
        documents.warm(self.people(records))
        found = ((record, self.matter(documents, record)) for record in records)
        return [
            self._fact(record, matter, ended)
            for record, matter in found
            if matter
            and (ended := self.ended(record))
            and not documents.is_foreign(matter.document, asked.company_id)
        ]

    def _fact(self, record, matter, ended):
        began, ended = seconds(self.began(record)), seconds(ended)
        return Fact(
            kind=self.code,
            key=f"{self.code}:{record.id}",
            date=ended,
            res_model=record._name,
            res_id=record.id,
            since=began if began < ended else None,
            places=frozenset(_places(matter)) - {(record._name, record.id)},
            families=frozenset(matter.customers.commercial_partner_id._ids),
            grade=self.grade(record),
            note=self.note(record),
        )

    def concerning(self, env, asked, abouts, role):
        found = super().concerning(env, asked, abouts, role)
        sources = _sources(env, [about.key for about in abouts if about.id in found])
        for about in abouts:
            if about.id in found and about.key in sources:
                source = sources[about.key]
                weighed = found.pop(about.id)
                others = [(f, grade) for f, grade in weighed if f.teller != source]
                found.update({about.id: others} if others else {})
        return found

    def weigh(self, fact, about):
        # What had begun before a promise was not done for its sake.
        return super().weigh(fact, about) if fact.begin >= about.since else ""


def _places(matter):
    document, customers, lead = matter.document, matter.customers, matter.lead
    places = {(r._name, r.id) for r in (document, lead) if r}
    if not document or document._name != "res.partner":
        # On a contact's own page it is about this contact.
        places |= {(customers._name, id_) for id_ in customers._ids}
    return places | set(matter.others)


def _sources(env, keys):
    """What Odoo made the interactions from that began promises.

    A done call becomes an interaction; the promise which that begins is not kept by
    the very same call.

    :param keys: natural names of what began promises
    :return: name of an interaction → (model, id) of its source
    """
    names = {}
    for key in keys:
        kind, _colon, id_ = key.partition(":")
        if kind == "interaction" and id_.isdigit():
            names[int(id_)] = key
    if not names:
        return {}
    talks = env["crm.interaction"].search_fetch(
        [("id", "in", list(names)), ("source_id", "!=", False)],
        ["source_model", "source_id"],
    )
    return {names[talk.id]: (talk.source_model, talk.source_id) for talk in talks}


def own(asked, teller):
    """Domain of the tellers that are themselves among those touched."""
    return among("id", asked.touched.ids(teller))
