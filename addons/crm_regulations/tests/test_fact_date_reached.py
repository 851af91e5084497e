from odoo import fields
from odoo.fields import Domain
from odoo.tests import tagged

from ..core.step import CANCEL
from ..engine.facts import KINDS
from ..engine.facts.fact import Touched
from .common import instant
from .facts_common import FactsCommon


@tagged("post_install", "-at_install")
class TestDateReached(FactsCommon):
    kind = "date_reached"

    def _arrivals(self, name="date_conversion", offset=0, model="crm.lead", **values):
        settings = (("date_field", name), ("offset_hours", offset))
        return self._read(self._asked(model, settings=settings, **values))

    def _between(self, start, end, *args, **values):
        return self._arrivals(*args, start=instant(start), end=instant(end), **values)

    def _told(self, facts):
        return [(fact.res_id, str(fact.date)) for fact in facts]

    def test_nothing_is_told(self):
        asked = self._asked(settings=(("date_field", "date_conversion"),))
        with self._hearing(asked) as told:
            lead = self._lead(date_conversion="2026-05-04 09:00:00")
            lead.date_conversion = "2026-05-05 09:00:00"
        self.assertFalse(told)
        self.assertFalse(KINDS["date_reached"].watched(self.env, asked))

    def test_instants(self):
        early, late, none = (
            self._lead(date_conversion=when)
            for when in ("2026-05-04 09:00:00", "2026-05-04 10:00:00", False)
        )
        day = "2026-05-04 00:00:00", "2026-05-05 00:00:00"
        (first, second) = self._between(*day)
        self.assertEqual((first.res_id, second.res_id), (early.id, late.id))
        self.assertEqual(first.date, instant("2026-05-04 09:00:00"))
        self.assertEqual(
            first.key, f"date_reached:crm.lead,{early.id}:2026-05-04T09:00:00"
        )
        self.assertNotIn(none.id, [fact.res_id for fact in self._arrivals()])
        # From the first instant on, and not at the last one.
        found = self._between("2026-05-04 09:00:00", "2026-05-04 10:00:00")
        self.assertEqual(found, [first])

    def test_offset(self):
        lead = self._lead(date_conversion="2026-05-04 09:00:00")
        for offset, arrives in [
            (-24, "2026-05-03 09:00:00"),
            (1.5, "2026-05-04 10:30:00"),
        ]:
            with self.subTest(offset=offset):
                (fact,) = self._between(
                    "2026-05-01 00:00:00", "2026-05-09 00:00:00", offset=offset
                )
                self.assertEqual(str(fact.date), arrives)
                self.assertTrue(fact.key.endswith(f"{lead.id}:2026-05-04T09:00:00"))
                around = self._between("2026-05-04 08:59:00", "2026-05-04 09:01:00")
                self.assertEqual(len(around), 1)

    def test_day_begins_at_midnight_of_the_company(self):
        lead = self._lead(date_deadline="2026-03-29")
        week = "2026-03-25 00:00:00", "2026-04-02 00:00:00"
        # The night when the clocks change: at midnight it is still winter.
        for zone, arrives in [
            ("Europe/Kyiv", "2026-03-28 22:00:00"),
            ("America/New_York", "2026-03-29 04:00:00"),
            ("Pacific/Kiritimati", "2026-03-28 10:00:00"),
            ("Etc/GMT+12", "2026-03-29 12:00:00"),
            (False, "2026-03-28 18:30:00"),
        ]:
            self.company.partner_id.tz = zone
            self.calendar.tz = "Asia/Kolkata"
            with self.subTest(zone=zone):
                found = self._between(*week, "date_deadline")
                self.assertEqual(self._told(found), [(lead.id, arrives)])
                self.assertTrue(found[0].key.endswith(":2026-03-29"))
                second = fields.Datetime.to_string(
                    fields.Datetime.add(instant(arrives), seconds=1)
                )
                narrow = self._between(arrives, second, "date_deadline")
                self.assertEqual(narrow, found)
                self.assertFalse(self._between(second, week[1], "date_deadline"))

    def test_without_an_end_until_now(self):
        lead = self._lead(date_conversion="2026-05-04 09:00:00")
        with self._at("2026-05-04 08:59:59"):
            self.assertFalse(self._arrivals())
        with self._at("2026-05-04 09:00:00"):
            self.assertEqual([fact.res_id for fact in self._arrivals()], lead.ids)

    def test_corrected_date_is_another_fact(self):
        lead = self._lead(date_conversion="2026-05-04 09:00:00")
        with self._at("2026-06-01 09:00:00"):
            (first,) = self._arrivals()
            lead.date_conversion = "2026-05-06 09:00:00"
            (second,) = self._arrivals()
        self.assertNotEqual(first.key, second.key)

    def test_slips_of_the_pen(self):
        self._lead(date_deadline="0001-01-01")
        self._lead(date_deadline="9999-12-31")
        self.assertFalse(self._arrivals("date_deadline"))
        self.assertFalse(self._arrivals("date_deadline", offset=-48))

    def test_company_domain_and_archived(self):
        other = self.env["res.company"].create({"name": "South Med"})
        values = {
            "user_id": False,
            "partner_id": False,
            "date_conversion": "2026-05-04 09:00:00",
        }
        mine = self._lead(**values, active=False)
        nobodys = self._lead(**{**values, "company_id": False})
        self._lead(**{**values, "company_id": other.id})
        self._lead(**values, type="lead")
        found = self._between(
            "2026-05-04 00:00:00",
            "2026-05-05 00:00:00",
            domain=Domain("type", "=", "opportunity"),
        )
        self.assertEqual([fact.res_id for fact in found], [mine.id, nobodys.id])

    def test_any_model(self):
        meeting = self.env["calendar.event"].create(
            {"name": "V", "start": "2026-05-04 09:00:00", "stop": "2026-05-04 10:00:00"}
        )
        found = self._between(
            "2026-05-04 10:00:00", "2026-05-04 10:00:01", "stop", model="calendar.event"
        )
        self.assertIn(meeting.id, [fact.res_id for fact in found])

    def test_wrong_settings(self):
        names = ["nonsense", "name", "partner_id", False, "activity_date_deadline"]
        for name in [*names, "partner_id.create_date"]:
            with self.subTest(name=name), self.assertRaises(ValueError) as caught:
                self._arrivals(name)
            self.assertIn("Lead", str(caught.exception))
            self.assertIn(name or "", str(caught.exception))

    def test_promises(self):
        lead = self._lead(date_conversion="2026-05-04 09:00:00")
        other = self._lead(date_conversion="2026-05-04 09:00:00")
        asked = self._asked(settings=(("date_field", "date_conversion"),))
        before = self._about(lead, instant("2026-05-04 08:00:00"), lead, id=1)
        after = self._about(lead, instant("2026-05-04 09:00:01"), lead, id=2)
        with self._at("2026-05-04 08:30:00"):
            self.assertFalse(self._concerning(asked, before, role=CANCEL))
        with self._at("2026-05-04 10:00:00"):
            found = self._concerning(asked, before, after, role=CANCEL)
        self.assertEqual(
            [(id_, [fact.res_id for fact, _g in some]) for id_, some in found.items()],
            [(1, lead.ids)],
        )
        touched = Touched()
        touched.add([("crm.lead", other.id)], ())
        with self._at("2026-05-04 10:00:00"):
            narrowed = self._arrivals(touched=touched)
        self.assertEqual([fact.res_id for fact in narrowed], other.ids)

    def test_as_many_queries_for_thirty_as_for_three(self):
        def queries(count):
            self.env["crm.lead"].create(
                [
                    {"name": f"L{n}", "date_conversion": "2026-05-04 09:00:00"}
                    for n in range(count)
                ]
            )
            self._commit()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self._arrivals()
            return self.env.cr.sql_log_count - before

        queries(1)
        self.assertEqual(queries(3), queries(30))
