"""What the kinds of facts have in common.

A kind hears of new and changed records (the *signal*) and reads Odoo's history (the
*reader*). Both end in ``facts``, which makes facts of records, so they tell the same
story. A kind is asked for facts that start promises and for those that prove, pause,
resume, reset or cancel them.
"""

from collections import defaultdict

from odoo.exceptions import MissingError
from odoo.fields import Domain

from ...core.step import START

#: Whom every kind is about that is told by records of its own.
TOLD_OF = frozenset({"crm.lead", "res.partner"})
# Stands for a model in the place of a whole counterparty.
FAMILY = "family"


class Kind:
    """A kind of facts; one subclass and one object for each file beside this one."""

    #: Its name in the contract.
    code = ""
    #: The model of the records that tell; None: those of the regulation itself.
    model = None
    #: Whether it is told by new records.
    by_creation = True
    #: Whether the passing of time makes it: nothing tells, so it is read every time.
    by_time = False
    #: Whether reading it takes so long that once a night must do.
    by_night = False
    #: Whether it may start promises.
    starts = True
    #: Whether it may prove promises.
    proves = True
    #: Whether it is about one deal: that of another lead of the customer is another.
    of_one_deal = False
    #: Field of the record that says when it happened; the reader searches by it.
    date_field = "create_date"
    #: Fields of the record that its facts are made of, read with it when history is
    #: read; without any Odoo reads nearly all of them as soon as one is asked for.
    made_of = ()

    def tells_of(self, model):
        """Whether a regulation about records of a model can start by it."""
        tellers = {voice.model for voice in self.voices}
        return model in TOLD_OF or not tellers.isdisjoint({None, model})

    def known_of(self, regulation):
        """What the kind must know of the regulation itself, besides its settings.

        :param regulation: a crm.regulation record that was published
        :return: {name: value}, see :meth:`.fact.Asked.setting`
        """
        return {}

    @property
    def voices(self):
        """Kinds that hear of one model each and together are this one.

        Where several models tell, the signal is asked of each voice: its teller, its
        watched fields, what is told, who is touched. The reader is asked of the kind.
        """
        return (self,)

    # --- signal ---------------------------------------------------------------

    def teller(self, asked):
        """Name of the model whose records tell."""
        return self.model or asked.model

    def watched(self, env, asked):
        """Stored fields of the teller whose changes may be facts.

        :return: set of names; empty if only new records tell
        """
        return set()

    def told(self, env, asked, created, changes):
        """The facts that new and changed records tell.

        :param env: superuser environment
        :param asked: an :class:`~.fact.Asked`
        :param created: ids of new records of the teller, some may be deleted already
        :param changes: {id: {field: old value}} as :mod:`crm.changes` reports them
        :return: list of :class:`~.fact.Fact`
        """
        ids = [
            *(created if self.by_creation else ()),
            *self.turned(env, asked, changes),
        ]
        if not ids:
            return []
        records = env[self.teller(asked)].browse(dict.fromkeys(ids))
        return on_existing(
            records, lambda some: self.facts(self.fitting(some, asked), asked)
        )

    def fitting(self, records, asked):
        """Those of new and changed records that are as asked.

        :param records: records of the teller, superuser environment
        """
        return records.filtered_domain(self.meant(START, asked))

    def turned(self, env, asked, changes):
        """Ids of changed records that may have become such that they tell."""
        if not changes:
            return []
        watched = self.watched(env, asked)
        return [id_ for id_, old in changes.items() if watched & old.keys()]

    def touched(self, records):
        """Whose promises these new or changed records may be about.

        Generous and cheap: whether they really prove something, the reader tells.

        :param records: records of the teller, superuser environment
        :return: a :class:`~.fact.Touched`
        """
        raise NotImplementedError

    # --- reader ---------------------------------------------------------------

    def recounted(self, env, asked, role=START):
        """The facts in Odoo's history.

        :param env: superuser environment
        :param asked: an :class:`~.fact.Asked`
        :param role: for what, see :mod:`core.step`
        :return: list of :class:`~.fact.Fact` in the order of their dates
        """
        domain = self.meant(role, asked) & self.within(asked)
        if asked.touched is not None:
            domain &= self.narrowed(env, asked)
        teller = env[self.teller(asked)].with_context(active_test=False)
        order = f"{self.date_field}, id"
        records = teller.search_fetch(domain, self.made_of, order=order)
        return self.in_time(self.facts(records, asked), asked)

    def meant(self, role, asked):
        """The domain that is asked for, with what goes without saying.

        :param role: for what the facts are asked
        """
        return asked.domain

    def within(self, asked):
        """Domain of the time that is asked for."""
        domain = Domain.TRUE
        if asked.start is not None:
            domain &= Domain(self.date_field, ">=", asked.start)
        if asked.end is not None:
            domain &= Domain(self.date_field, "<", asked.end)
        return domain

    def narrowed(self, env, asked):
        """Domain of the records that may be about those who are asked for."""
        raise NotImplementedError

    def in_time(self, facts, asked):
        """Those of the facts that lie in the time that is asked for, in order."""
        found = [fact for fact in facts if asked.includes(fact.date)]
        return sorted(found, key=lambda fact: (fact.date, fact.res_id))

    def silence(self, env, asked):
        """Why Odoo's history does not tell these facts, in words; empty if it does."""
        return ""

    # --- both -----------------------------------------------------------------

    def facts(self, records, asked):
        """The facts that records tell.

        :param records: records of the teller that fit what is asked, superuser
        :return: list of :class:`~.fact.Fact`
        """
        raise NotImplementedError

    def concerning(self, env, asked, abouts, role):
        """What happened to promises.

        :param env: superuser environment
        :param asked: an :class:`~.fact.Asked` narrowed to these promises
        :param abouts: list of :class:`~.fact.About`
        :param role: for what the facts are asked
        :return: id of the obligation → list of (fact, grade)
        """
        near = _by_place(self.recounted(env, asked, role))
        found = {}
        for about in abouts:
            places = [*about.places, *((FAMILY, id_) for id_ in about.families)]
            facts = {fact.key: fact for place in places for fact in near[place]}
            weighed = [(fact, self.weigh(fact, about)) for fact in facts.values()]
            mine = [(fact, grade) for fact, grade in weighed if grade]
            if mine:
                found[about.id] = mine
        return found

    def weigh(self, fact, about):
        """How well a fact that is near a promise tells of it.

        :param fact: one about a record or a counterparty of the promise
        :param about: the promise
        :return: ``system``, ``attested``, or empty if it is about something else
        """
        if fact.date < about.since or fact.key == about.key:
            return ""
        if self.of_one_deal and about.lead_id:
            leads = {id_ for model, id_ in fact.places if model == "crm.lead"}
            if fact.res_model == "crm.lead":
                leads.add(fact.res_id)
            if leads and about.lead_id not in leads:
                return ""
        return fact.grade


def _by_place(facts):
    """Whom and what facts are about → the facts."""
    found = defaultdict(list)
    for fact in facts:
        families = {(FAMILY, id_) for id_ in fact.families}
        for place in {fact.teller, *fact.places, *families}:
            found[place].append(fact)
    return found


def on_existing(records, work):
    """Work on records of which the database may have deleted some by itself.

    That is so rare that the database is asked only when one is missed.

    :param records: any records
    :param work: function of the records
    :return: what it returns
    """
    try:
        return work(records)
    except MissingError:
        return work(records.exists())


def seconds(instant):
    """An instant in whole seconds, as facts have them."""
    return instant.replace(microsecond=0) if instant.microsecond else instant
