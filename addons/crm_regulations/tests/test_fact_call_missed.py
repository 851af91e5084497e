from odoo.fields import Domain
from odoo.tests import tagged

from ..core.step import CANCEL
from .conversation_common import NINE, TEN, ConversationCommon


@tagged("post_install", "-at_install")
class TestCallMissed(ConversationCommon):
    kind = "call_missed"

    def setUp(self):
        super().setUp()
        self.asked = self._asked("crm.interaction")

    def _call(self, **values):
        return self._interaction(
            **{"outcome": "missed", "duration": 0, "origin": "call_log", **values}
        )

    def test_same_story(self):
        with self._hearing(self.asked) as told:
            calls = [self._call(outcome=o) for o in ("missed", "voicemail", "busy")]
            self._call(outcome="answered")
            self._call(outcome=False)
            self._call(direction="out")
            self._call(company_id=self.south.id)
            self._call().unlink()
        facts = self._same_story(self.asked, told)
        self.assertEqual(self._keys(facts), [self._key(call) for call in calls])
        fact = facts[0]
        self.assertEqual((fact.date, fact.grade), (TEN, "system"))
        self.assertEqual(fact.subject_ids("crm.interaction"), calls[0].ids)
        self.assertEqual(fact.families, set(self.customer.ids))

    def test_a_person_says_so(self):
        self._call(origin="manual")
        self.assertEqual(self._read(self.asked)[0].grade, "attested")

    def test_reported_later_as_answered(self):
        with self._hearing(self.asked) as told:
            call = self._call()
            self.env.flush_all()
            call.outcome = "answered"
        self.assertEqual(self._same_story(self.asked, told), [])

    def test_reported_later_as_missed(self):
        call = self._call(outcome=False, call_state="ringing")
        with self._hearing(self.asked) as told:
            call.write({"outcome": "missed", "call_state": "ended"})
            self._commit()
            call.outcome = "voicemail"
        self.assertEqual(len(self._same_story(self.asked, told)), 1)

    def test_unknown_number(self):
        with self._hearing(self.asked) as told:
            call = self._call(partner_id=False, phone="+380442453118")
        (fact,) = self._same_story(self.asked, told)
        self.assertEqual((fact.places, fact.families), (frozenset(), frozenset()))
        with self._hearing(self.asked) as told:
            call.partner_id = self.doctor
        (fact,) = self._same_story(self.asked, told)
        self.assertEqual(fact.subject_ids("res.partner"), self.doctor.ids)

    def test_time_and_place(self):
        call = self._call(lead_id=self.lead.id)
        (fact,) = self._read(self.asked)
        self._assert_in_time(self.asked, fact)
        self._assert_one_and_narrowed(
            self.asked,
            fact,
            ("crm.interaction", call.id),
            ("crm.lead", self.lead.id),
            ("res.partner", self.doctor.id),
            families=self.customer.ids,
        )

    def test_of_a_promise(self):
        about = self._about(self.lead, TEN, lead=self.lead)
        self._call(date=NINE)
        self.assertEqual(self._concerning(self.asked, about, role=CANCEL), {})
        self._call()
        found = self._concerning(self.asked, about, role=CANCEL)
        self.assertEqual([grade for _fact, grade in found[1]], ["system"])
        voicemail = self._asking(self.asked, domain=Domain("outcome", "=", "voicemail"))
        self.assertEqual(self._concerning(voicemail, about, role=CANCEL), {})

    def test_touched(self):
        self.assertTrue(self._told_of(self._call()))
        self.assertFalse(self._told_of(self._call(outcome="answered")))

    def test_queries(self):
        def calls(leads):
            for lead in leads:
                self._call(partner_id=lead.partner_id.id)

        self._assert_bounded(calls, self.asked)
