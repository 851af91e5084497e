from odoo.fields import Domain
from odoo.tests import tagged

from ..engine.facts import KINDS
from ..engine.facts.fact import Touched
from .common import instant
from .facts_common import FactsCommon


@tagged("post_install", "-at_install")
class TestCreated(FactsCommon):
    kind = "created"

    def test_same_story(self):
        asked = self._asked(domain=Domain("name", "=", "Analyser"))
        with self._hearing(asked) as told:
            lead = self._lead()
            self._lead(name="Other")
            gone = self.env["crm.lead"].create({"name": "Analyser"})
            gone.unlink()
        (fact,) = self._same_story(asked, told)
        self.assertEqual(fact.key, f"created:crm.lead,{lead.id}")
        self.assertEqual(fact.teller, ("crm.lead", lead.id))
        self.assertEqual(fact.subject_ids("crm.lead"), lead.ids)

    def test_company(self):
        """Records of another company are left out, those of none are everybody's."""
        other = self.env["res.company"].create({"name": "South Med"})
        values = {"user_id": False, "partner_id": False}
        asked = self._asked(domain=Domain("name", "=", "Analyser"))
        with self._hearing(asked) as told, self._at("2026-05-04 09:00:00"):
            mine = self._lead(**values)
            nobodys = self._lead(**values, company_id=False)
            self._lead(**values, company_id=other.id)
        facts = self._same_story(asked, told)
        self.assertEqual({f.res_id for f in facts}, {mine.id, nobodys.id})

    def test_models_without_company(self):
        asked = self._asked("crm.tag", domain=Domain("name", "=", "Fair 2026"))
        with self._hearing(asked) as told:
            self.env["crm.tag"].create({"name": "Fair 2026"})
        self.assertEqual(len(self._same_story(asked, told)), 1)

    def test_others_cost_no_query(self):
        lead = self._lead()
        asked = self._asked(domain=Domain("name", "=", "Other"))
        with self.assertQueryCount(0):
            told = KINDS["created"].told(self.env(su=True), asked, lead.ids, {})
        self.assertFalse(told)

    def test_time_and_touched(self):
        with self._at("2026-05-04 09:00:00"):
            one = self._lead()
        with self._at("2026-05-04 10:00:00"):
            two = self._lead()

        def read(**values):
            return [fact.res_id for fact in self._read(self._asked(**values))]

        nine, ten = instant("2026-05-04 09:00:00"), instant("2026-05-04 10:00:00")
        self.assertEqual(read(start=nine, end=ten), one.ids)
        touched = KINDS["created"].touched(two.sudo())
        self.assertEqual(touched.ids("crm.lead"), two.ids)
        self.assertEqual(read(touched=touched), two.ids)
        self.assertFalse(read(touched=Touched()))

    def test_partners_are_counterparties(self):
        doctor = self._doctor(self.customer)
        touched = KINDS["created"].touched(doctor.sudo())
        self.assertEqual(touched.ids("res.partner"), doctor.ids)
        self.assertEqual(touched.families, set(self.customer.ids))
        found = self._read(self._asked("res.partner", touched=touched))
        self.assertEqual({f.res_id for f in found}, {doctor.id, self.customer.id})

    def test_changes_tell_nothing(self):
        lead = self._lead()
        asked = self._asked()
        with self._hearing(asked) as told:
            lead.name = "Renamed"
        self.assertFalse(told)
