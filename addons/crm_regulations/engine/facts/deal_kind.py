"""What the kinds have in common that tell how a deal ended.

A deal can end, be reopened and end again: each end is a fact of its own, numbered by
how often the deal was reopened after such an end before. So all ways that lead to one
end give one fact.

An end that was tracked is dated by its tracking. One that was not, as after an import,
is dated by what Odoo keeps as the closing of the lead, else by its last change.
"""

from dataclasses import replace

from odoo.fields import Domain

from odoo.addons.crm_segmentation.engine.autofill.parties import Parties

from ...core.deal import NAMES
from ...core.step import START
from .fact import Fact, Touched
from .kind import Kind, seconds
from .record_kind import of_company
from .tracking import Past, plain_values, tracked


class DealKind(Kind):
    """A kind told by leads; ``asked.domain`` is about the lead.

    Subclasses say what an end is, which leads may have come to it, and what is worth
    noting of it.
    """

    model = "crm.lead"
    of_one_deal = True
    date_field = "write_date"
    #: Fields whose past matters.
    names = NAMES

    def ended(self, values):
        """Whether a lead with these values came to this end.

        :param values: field → value
        :return: True, False, or None if unknown
        """
        raise NotImplementedError

    def likely(self):
        """Domain of the leads that may have come to this end now."""
        raise NotImplementedError

    def notes(self, asked, leads, found):
        """What is worth noting.

        :param asked: an :class:`~.fact.Asked`
        :param leads: leads, superuser environment
        :param found: {id: list of :class:`~...core.past.Span` in which it had ended}
        :return: {id: list of texts, as many as spans}
        """
        return {id_: [""] * len(times) for id_, times in found.items()}

    # --- signal ---------------------------------------------------------------

    def watched(self, env, asked):
        return set(NAMES)

    def told(self, env, asked, created, changes):
        ids = [*created, *self.turned(env, asked, changes)]
        present = plain_values(env[self.model].browse(ids), NAMES) if ids else {}
        ended = [
            id_
            for id_, values in present.items()
            if self.ended(values)
            and not (id_ in changes and self.ended({**values, **changes[id_]}))
        ]
        if not ended:
            return []
        leads = env[self.model].browse(ended).exists()
        leads = leads.filtered_domain(asked.domain & of_company(env, asked, self.model))
        now = seconds(env.cr.now())
        last = [facts[-1] for facts in self.stories(leads, asked).values() if facts]
        return [
            replace(fact, date=now, is_guess=False) if fact.res_id in changes else fact
            for fact in last
        ]

    def touched(self, records):
        found = Touched()
        parties = Parties(records.env)
        for record in records:
            places, families = whom(parties, record)
            found.add([(record._name, record.id), *places], families)
        return found

    # --- reader ---------------------------------------------------------------

    def recounted(self, env, asked, role=START):
        leads = self.leads(env, asked)
        facts = [f for facts in self.stories(leads, asked).values() for f in facts]
        return self.in_time(facts, asked)

    def leads(self, env, asked):
        """The leads that may have come to this end in the time that is asked for."""
        # Whoever changed after an instant was written after it.
        domain = self.within(replace(asked, end=None))
        domain &= self.likely() | tracked(env, self.model, ("active", "won_status"))
        if asked.touched is not None:
            domain &= self.narrowed(env, asked)
        return self.fitting(env, asked, domain)

    def fitting(self, env, asked, domain):
        """The leads of a domain that are as asked."""
        model = env[self.model].with_context(active_test=False)
        domain &= asked.domain & of_company(env, asked, self.model)
        return model.search(domain, order="id")

    def narrowed(self, env, asked):
        own = Domain("id", "in", asked.touched.ids(self.model))
        return own | of_customers(asked.touched)

    def spans(self, leads):
        """The times in which leads had come to this end.

        :return: {id: list of :class:`~...core.past.Span`, oldest first}
        """
        return Past(leads.env, self.model, self.names).spans(leads, self.ended)

    def stories(self, leads, asked, found=None):
        """The facts of leads, oldest first.

        :param leads: leads that are as asked, superuser environment
        :param found: the answer of :meth:`spans`, if it is known already
        :return: {id: list of :class:`~.fact.Fact`}
        """
        if found is None:
            found = self.spans(leads)
        notes = self.notes(asked, leads, found)
        leads.fetch(["create_date", "date_closed", "partner_id", "write_date"])
        leads.partner_id.fetch(["commercial_partner_id", "partner_share"])
        parties = Parties(leads.env)
        return {
            lead.id: [
                self._fact(lead, number, span, notes[lead.id][number], parties)
                for number, span in enumerate(found[lead.id])
            ]
            for lead in leads
        }

    def _fact(self, lead, number, span, note, parties):
        date, is_guess = _date(lead, span)
        places, families = whom(parties, lead)
        return Fact(
            self.code,
            self.key(lead, number),
            date,
            lead._name,
            lead.id,
            places=frozenset(places),
            families=frozenset(families),
            note=note,
            is_guess=is_guess,
        )

    def key(self, record, number=0):
        """The natural name of an end of a deal."""
        return f"{self.code}:{record._name},{record.id}:{number}"

    # --- promises -------------------------------------------------------------

    def weigh(self, fact, about):
        # Other deals of the customer are other deals, those of orders as well.
        mine = ("crm.lead", about.lead_id) if about.lead_id else about.subject
        if mine[0] in ("crm.lead", "sale.order") and mine != deal_of(fact):
            return ""
        return super().weigh(fact, about)


def deal_of(fact):
    """What deal a fact is about, as (model, id): its lead, else the order."""
    places = [fact.teller, *fact.places]
    return next((place for place in places if place[0] == "crm.lead"), fact.teller)


def whom(parties, record):
    """Whom a lead or an order is about, as (places, ids of families)."""
    partner = parties.customers(record.partner_id)
    places = [("res.partner", partner.id)] if partner else []
    if "opportunity_id" in record._fields and record.opportunity_id:
        places.append(("crm.lead", record.opportunity_id.id))
    return places, partner.commercial_partner_id.ids


def of_customers(touched):
    """Domain of the documents of counterparties."""
    partners = Domain("partner_id", "in", touched.ids("res.partner"))
    families = Domain(
        "partner_id.commercial_partner_id", "in", sorted(touched.families)
    )
    return partners | families


def _date(lead, span):
    """When a deal came to an end, and whether that is a guess."""
    first = span.states[0]
    if first.source and first.is_sure:
        return seconds(span.start), False
    if span.end is not None:
        return seconds(span.start), span.is_guess
    if lead.date_closed:
        return seconds(lead.date_closed), False
    return seconds(lead.write_date), lead.write_date != lead.create_date
