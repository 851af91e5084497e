import random
from datetime import date, timedelta

from odoo import fields
from odoo.fields import Domain
from odoo.tests import tagged

from ..core.rhythm import late_silences
from ..engine.facts.fact import Touched
from .common import instant
from .documents_common import DocumentsCommon

DAY = timedelta(days=1)


@tagged("post_install", "-at_install")
class TestPurchaseLate(DocumentsCommon):
    kind = "purchase_late"

    def _told_at(self, moment, **values):
        with self._at(moment):
            return self._read(self._asked("res.partner", **values))

    def _bought_on(self, partner, *days):
        for day in days:
            self._bought(partner, day, 100)
        self._commit()

    def test_late(self):
        self._bought_on(self.customer, "2026-01-01", "2026-01-11", "2026-01-21")
        self.assertFalse(self._told_at("2026-02-05 23:59:59"))
        (fact,) = self._told_at("2026-02-06 00:00:00")
        key = f"purchase_late:res.partner,{self.customer.id}:2026-01-21"
        self.assertEqual(fact.key, key)
        self.assertEqual(fact.date, instant("2026-02-06 00:00:00"))
        self.assertEqual(fact.teller, ("res.partner", self.customer.id))
        self.assertEqual(fact.families, {self.customer.id})
        (patient,) = self._told_at("2026-02-11 09:00:00", settings=(("factor", 2),))
        self.assertEqual(patient.date, instant("2026-02-11 00:00:00"))

    def test_each_silence_is_a_fact(self):
        days = ("2026-01-01", "2026-01-11", "2026-01-21", "2026-02-15", "2026-02-25")
        self._bought_on(self.customer, *days)
        facts = self._told_at("2026-06-01 09:00:00")
        self.assertEqual(
            [fact.key[-10:] for fact in facts], ["2026-01-21", "2026-02-25"]
        )
        # A window tells what began in it.
        for start, end, count in (
            ("2026-02-06 00:00:00", "2026-02-06 00:00:01", 1),
            ("2026-02-06 00:00:01", "2026-02-07 00:00:00", 0),
            ("2026-02-05 12:00:00", "2026-02-06 00:00:00", 0),
            ("2026-02-05 12:00:00", "2026-02-06 12:00:00", 1),
            ("2026-01-01 00:00:00", "2027-01-01 00:00:00", 2),
            ("2026-05-31 00:00:00", "2026-06-01 00:00:00", 0),
        ):
            window = {"start": instant(start), "end": instant(end)}
            told = self._told_at("2026-06-01 09:00:00", **window)
            self.assertEqual(len(told), count, window)

    def test_what_counts(self):
        """Invoices and turnover, of contacts as well; each day once; no refunds."""
        doctor = self._doctor(self.customer)
        self._sold(doctor, date="2026-01-01")
        self._sold(date="2026-01-01")
        self._bought_on(self.customer, "2026-01-01", "2026-01-11")
        self.assertFalse(self._told_at("2026-06-01 09:00:00"))
        self._sold(date="2026-01-21", move_type="out_refund")
        self._invoice(self.customer, "2026-01-21", 100, post=False)
        self._commit()
        self.assertFalse(self._told_at("2026-06-01 09:00:00"))
        self._sold(doctor, date="2026-01-21")
        (fact,) = self._told_at("2026-06-01 09:00:00")
        self.assertEqual(fact.res_id, self.customer.id)

    def test_time_zone_of_the_company(self):
        self.calendar.tz = "America/New_York"
        self._bought_on(self.customer, "2026-01-01", "2026-01-11", "2026-01-21")
        self.assertFalse(self._told_at("2026-02-06 04:59:59"))
        (fact,) = self._told_at("2026-02-06 05:00:00")
        self.assertEqual(fact.date, instant("2026-02-06 05:00:00"))
        told = self._told_at("2026-02-06 09:00:00", start=fact.date)
        self.assertEqual(told, [fact])

    def test_who(self):
        """Neither archived ones, nor ourselves, nor those of another company."""
        days = ("2026-01-01", "2026-01-11", "2026-01-21")
        gone = self._partner("Gone", active=False)
        other = self.env["res.company"].create({"name": "South Med"})
        theirs = self._partner("Theirs", company_id=False)
        ours = self.company.partner_id | self.sales.partner_id
        for partner in self.customer | gone | ours:
            self._bought_on(partner, *days)
        for day in days:
            self._bought(theirs, day, 100, company_id=other.id)
        self._commit()
        told = self._told_at("2026-06-01 09:00:00")
        self.assertEqual([fact.res_id for fact in told], self.customer.ids)
        told = self._told_at("2026-06-01 09:00:00", company_id=other.id)
        self.assertEqual([fact.res_id for fact in told], theirs.ids)
        named = Domain("name", "=", "Nobody")
        self.assertFalse(self._told_at("2026-06-01 09:00:00", domain=named))

    def test_concerning(self):
        days = ("2026-01-01", "2026-01-11", "2026-01-21")
        other = self._partner("Other")
        for partner in self.customer | other:
            self._bought_on(partner, *days)
        lead = self._lead()
        asked = self._asked("res.partner")
        with self._at("2026-06-01 09:00:00"):
            early = self._about(lead, instant("2026-02-01 00:00:00"), lead=lead)
            late = self._about(lead, instant("2026-02-07 00:00:00"), lead=lead, id=2)
            found = self._concerning(asked, early, late)
        self.assertEqual(list(found), [1])
        ((fact, grade),) = found[1]
        self.assertEqual((fact.res_id, grade), (self.customer.id, "system"))

    def test_touched(self):
        doctor = self._doctor(self.customer)
        touched = self._kind().touched(doctor.sudo())
        self.assertEqual(touched.families, {self.customer.id})
        self.assertEqual(touched.ids("res.partner"), doctor.ids)

    def test_nothing_begins_by_day(self):
        """Between two midnights there is nothing to look for."""
        asked = self._asked(
            "res.partner",
            start=instant("2026-06-01 09:00:00"),
            end=instant("2026-06-01 09:05:00"),
        )
        self._bought_on(self.customer, "2026-01-01", "2026-01-11", "2026-01-21")
        self._read(asked)
        count = self._query_count(lambda: self._read(asked))
        whole_day = self._asked(
            "res.partner",
            start=instant("2026-05-31 09:00:00"),
            end=instant("2026-06-01 09:05:00"),
        )
        self.assertLess(count, self._query_count(lambda: self._read(whole_day)))

    def test_everybody_as_each(self):
        """What the database reads of all is what the rule says of each."""
        dice = random.Random(7)
        partners = self.env["res.partner"].create(
            [{"name": f"Clinic {n}", "is_company": True} for n in range(40)]
        )
        begin, today = date(2022, 1, 1), date(2026, 6, 1)
        bought, lines = {}, []
        for partner in partners:
            day, days = begin, set()
            usual = dice.randint(1, 200)
            while day < today:
                days.add(day)
                lines += [(partner, day)] * dice.choice((1, 1, 2))
                day += dice.randint(1, 2 * usual) * DAY
            bought[partner.id] = sorted(days)
        self.env["crm.turnover.line"].create(
            [
                {
                    "partner_id": partner.id,
                    "date": day,
                    "amount": 1,
                    "currency_id": self.company.currency_id.id,
                    "company_id": self.company.id,
                }
                for partner, day in lines
            ]
        )
        now = f"{today} 12:00:00"
        for factor in (0.7, 1.5, 3):
            expected = {
                (partner_id, str(silence.last), silence.late)
                for partner_id, days in bought.items()
                for silence in late_silences(days, factor, today)
            }
            settings = (("factor", factor),)
            facts = self._told_at(now, settings=settings)
            self.assertEqual(self._story(facts), expected)
            self.assertGreater(len(expected), 20)
            for start, end in ((date(2023, 3, 1), date(2023, 9, 1)), (today, today)):
                facts = self._told_at(
                    now,
                    settings=settings,
                    start=fields.Datetime.to_datetime(start),
                    end=fields.Datetime.to_datetime(end + DAY),
                )
                part = {told for told in expected if start <= told[2] <= end}
                self.assertEqual(self._story(facts), part)
        some = Touched()
        some.add((), partners[:3].ids)
        told = self._told_at(now, touched=some)
        self.assertEqual({fact.res_id for fact in told}, set(partners[:3].ids))

    def _story(self, facts):
        return {(fact.res_id, fact.key[-10:], fact.date.date()) for fact in facts}

    def test_queries(self):
        days = ("2026-01-01", "2026-01-11", "2026-01-21")

        def read():
            return self._told_at("2026-06-01 09:00:00")

        for number in range(3):
            self._bought_on(self._partner(f"Clinic {number}"), *days)
        few = self._query_count(read)
        for number in range(27):
            self._bought_on(self._partner(f"Other {number}"), *days)
        self.assertEqual(self._query_count(read), few)
        self.assertEqual(len(read()), 30)
