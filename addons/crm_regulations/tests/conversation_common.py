from odoo.fields import Command, Domain

from ..core.step import START
from ..engine.facts import KINDS
from ..engine.facts.fact import Touched
from .common import instant
from .facts_common import FactsCommon

NINE, TEN, ELEVEN = (instant(f"2026-05-04 {hour}:00:00") for hour in ("09", 10, 11))

MIDNIGHT, AFTERWARDS = instant("2026-05-04 00:00:00"), instant("2026-05-07 00:00:00")


class ConversationCommon(FactsCommon):
    """A clinic with a doctor, a stranger, a lead, and a company that is not ours."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.doctor = cls._doctor(cls.customer)
        cls.doctor.email = "doctor@example.com"
        cls.stranger = cls._partner("Somebody else", email="else@example.com")
        cls.south = cls.env["res.company"].create({"name": "South Med"})
        cls.sales.email = "seller@example.com"
        cls.lead = cls.env["crm.lead"].create(
            {
                "name": "Analyser",
                "partner_id": cls.doctor.id,
                "user_id": cls.sales.id,
                "company_id": cls.company.id,
            }
        )
        cls.southern = cls.env["crm.lead"].create(
            {"name": "South", "partner_id": cls.doctor.id, "company_id": cls.south.id}
        )

    def setUp(self):
        super().setUp()
        at = self._at(str(TEN))
        at.__enter__()
        self.addCleanup(at.__exit__, None, None, None)

    def _asked(self, model="crm.lead", **values):
        # Whatever else the database has did not happen on these days.
        values = {"start": MIDNIGHT, "end": AFTERWARDS, **values}
        return super()._asked(model, **values)

    def _message(self, record=None, **values):
        """A message as it stands in the database, from the doctor by default."""
        record = self.lead if record is None else record
        return self.env["mail.message"].create(
            {
                "model": record._name,
                "res_id": record.id,
                "message_type": "email",
                "subtype_id": self.env.ref("mail.mt_comment").id,
                "author_id": self.doctor.id,
                "email_from": "doctor@example.com",
                "body": "<p>Text</p>",
                "date": TEN,
                **values,
            }
        )

    def _letter(self, record=None, to=None, **values):
        """A message of ours."""
        to = self.doctor if to is None else to
        return self._message(
            record,
            **{
                "message_type": "comment",
                "author_id": self.sales.partner_id.id,
                "email_from": "seller@example.com",
                "partner_ids": [Command.set(to.ids)],
                **values,
            },
        )

    def _interaction(self, **values):
        return self._typed(
            **{"partner_id": self.doctor.id, "date": TEN, "duration": 15, **values}
        )

    def _order(self, partner=None, **values):
        partner = self.doctor if partner is None else partner
        return self.env["sale.order"].create(
            {"partner_id": partner.id, "company_id": self.company.id, **values}
        )

    def _customers(self, number):
        """Leads of as many customers."""
        partners = self.env["res.partner"].create(
            [{"name": f"Clinic {n}", "is_company": True} for n in range(number)]
        )
        return self.env["crm.lead"].create(
            [
                {"name": p.name, "partner_id": p.id, "company_id": self.company.id}
                for p in partners
            ]
        )

    def _keys(self, facts):
        return [fact.key for fact in facts]

    def _proofs(self, weighed):
        return [(fact.key, grade) for fact, grade in weighed]

    def _key(self, record):
        return f"{self.kind}:{record.id}"

    def _touched(self, *places, families=()):
        found = Touched()
        found.add(places, families)
        return found

    def _told_of(self, record):
        """Whose promises are looked at again because of a record."""
        self._commit()
        everywhere = self.env(su=True, context={"active_test": False})
        return KINDS[self.kind].touched(record.with_env(everywhere))

    def _assert_one_and_narrowed(self, asked, fact, *places, families=()):
        """Whoever asks for any of these places or families is told of the fact."""
        nowhere = self._touched(("crm.lead", 0), families=self.stranger.ids)
        asks = [self._touched(place) for place in places]
        asks += [self._touched(families=[family]) for family in families]
        for touched in asks:
            with self.subTest(touched=touched):
                found = self._read(self._asking(asked, touched=touched))
                self.assertEqual(found, [fact])
        self.assertEqual(self._read(self._asking(asked, touched=nowhere)), [])

    def _asking(self, asked, **values):
        """The same question with some values of it changed."""
        known = {
            name: getattr(asked, name)
            for name in ("domain", "settings", "company_id", "start", "end", "touched")
        }
        return self._asked(asked.model, **{**known, **values})

    def _assert_in_time(self, asked, fact):
        """The time that is asked for has a first instant and one after it."""
        date = fact.date
        later = date.replace(second=date.second + 1)
        for start, end, found in (
            (date, later, [fact]),
            (later, AFTERWARDS, []),
            (MIDNIGHT, date, []),
            (MIDNIGHT, None, [fact]),
        ):
            with self.subTest(start=start, end=end):
                read = self._read(self._asking(asked, start=start, end=end))
                self.assertEqual(read, found)

    def _assert_free(self, records, asked):
        """New records that tell nothing cost no query."""
        self.env.flush_all()
        everywhere = self.env(su=True, context={"active_test": False})
        kind, ids = KINDS[self.kind], records.ids
        with self.assertQueryCount(0):
            self.assertEqual(kind.told(everywhere, asked, ids, {}), [])
            self.assertFalse(kind.touched(records.with_env(everywhere)))

    def _assert_bounded(self, make, asked, role=START):
        """As many queries for 30 records of 30 customers as for 3.

        :param make: makes one record that tells for each lead
        """

        def count(number):
            leads = self._customers(number)
            make(leads)
            families = leads.partner_id.ids
            touched = self._touched(
                *(("crm.lead", lead.id) for lead in leads), families=families
            )
            counts = []
            for question in (
                self._asking(asked, domain=Domain.TRUE),
                self._asking(asked, touched=touched),
            ):
                self._commit()
                self.env.invalidate_all()
                before = self.env.cr.sql_log_count
                found = self._read(question, role)
                counts.append(self.env.cr.sql_log_count - before)
                mine = [f for f in found if f.families & set(families)]
                self.assertEqual(len(mine), number)
            return counts

        count(2)
        few, many = count(3), count(30)
        self.assertEqual(few, many)
        # A flush, the narrowing, the search and what is read of the records.
        self.assertLess(max(many), 40)
