from contextlib import contextmanager
from unittest.mock import patch

from ..core.step import FULFIL, START
from ..engine.facts import KINDS
from ..engine.facts.fact import About, Asked, Touched
from .common import RegulationsCommon


class FactsCommon(RegulationsCommon):
    """Hears what a kind's signal and its reader tell of the same work."""

    #: Code of the kind, set by each test.
    kind = ""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # The reader lives on the history that Odoo keeps in daily work.
        cls.env = cls.env(context={**cls.env.context, "tracking_disable": False})

    def _asked(self, model="crm.lead", **values):
        values.setdefault("company_id", self.company.id)
        return Asked(model, **values)

    @contextmanager
    def _hearing(self, asked):
        """What the signal tells of the work done within.

        :return: a list that is filled at the end
        """
        told = []
        voices = {voice.teller(asked): voice for voice in KINDS[self.kind].voices}
        watched = {
            model: frozenset(voice.watched(self.env, asked))
            for model, voice in voices.items()
        }
        subscription = type(self.env["crm.changes"])

        def created(changes_model, model, ids):
            if model in voices:
                told.extend(voices[model].told(changes_model.env, asked, ids, {}))

        def changed(changes_model, model, changes):
            if model in voices:
                told.extend(voices[model].told(changes_model.env, asked, (), changes))

        self._commit()
        with (
            patch.object(subscription, "_watched_models", lambda s: set(voices)),
            patch.object(subscription, "_watched_fields", lambda s: watched),
            patch.object(subscription, "_on_created", created),
            patch.object(subscription, "_on_changed", changed),
        ):
            self.env.registry.clear_cache()
            yield told
            self._commit()
        self.env.registry.clear_cache()
        self.env.invalidate_all()

    def _read(self, asked, role=START):
        """What the reader finds in the history."""
        self._commit()
        return KINDS[self.kind].recounted(
            self.env(su=True, context={"active_test": False}), asked, role
        )

    def _same_story(self, asked, told):
        """Signal and reader must agree; returns what they tell."""
        read = self._read(asked)
        self.assertEqual(sorted(told, key=self._place), sorted(read, key=self._place))
        return read

    def _place(self, fact):
        return fact.date, fact.key

    def _about(self, record, since, lead=None, partner=None, key="", **values):
        """A promise about a record, as facts see it."""
        partner = self.customer if partner is None else partner
        family = partner.commercial_partner_id
        places = {(record._name, record.id)}
        places |= {("res.partner", p.id) for p in partner | family}
        places |= {("crm.lead", lead.id)} if lead else set()
        return About(
            id=values.pop("id", 1),
            key=key,
            since=since,
            subject=(record._name, record.id),
            lead_id=lead.id if lead else 0,
            places=frozenset(places),
            families=frozenset(family.ids),
        )

    def _concerning(self, asked, *abouts, role=FULFIL):
        """What the reader tells of promises: id → [(fact, grade)]."""
        self._commit()
        touched = Touched()
        for about in abouts:
            touched.add(about.places, about.families)
        narrowed = Asked(
            asked.model,
            asked.domain,
            asked.settings,
            asked.company_id,
            min(about.since for about in abouts),
            touched=touched,
        )
        everywhere = self.env(su=True, context={"active_test": False})
        return KINDS[self.kind].concerning(everywhere, narrowed, list(abouts), role)
