from odoo.fields import Command, Domain
from odoo.tests import tagged

from ..core.step import CANCEL, FULFIL, PAUSE
from .common import instant
from .conversation_common import ELEVEN, NINE, TEN, ConversationCommon

QUARTER = instant("2026-05-04 10:15:00")


@tagged("post_install", "-at_install")
class TestInteraction(ConversationCommon):
    kind = "interaction"

    def setUp(self):
        super().setUp()
        self.asked = self._asked("crm.interaction")

    def _noticed(self, source, **values):
        """An interaction that Odoo made from something."""
        values = {"source_model": source._name, "source_id": source.id, **values}
        return self._interaction(**values)

    # --- what begins promises -------------------------------------------------

    def test_same_story(self):
        asked = self._asked("crm.interaction", domain=Domain("name", "=", "Prices"))
        with self._hearing(asked) as told:
            talk = self._interaction(name="Prices", lead_id=self.lead.id)
            alone = self._interaction(name="Prices", partner_id=False, duration=0)
            self._interaction(name="Repair")
            self._interaction(name="Prices").unlink()
            self._interaction(name="Prices", company_id=self.south.id)
        other, fact = self._same_story(asked, told)
        self.assertEqual(fact.key, self._key(talk))
        self.assertEqual((fact.since, fact.date), (TEN, QUARTER))
        self.assertEqual(fact.teller, ("crm.interaction", talk.id))
        self.assertEqual(
            fact.places, {("crm.lead", self.lead.id), ("res.partner", self.doctor.id)}
        )
        self.assertEqual(fact.families, set(self.customer.ids))
        self.assertEqual(fact.subject_ids("crm.interaction"), talk.ids)
        self.assertEqual(fact.subject_ids("crm.lead"), self.lead.ids)
        self.assertEqual(fact.subject_ids("res.partner"), self.doctor.ids)
        self.assertEqual(other.key, self._key(alone))
        self.assertEqual((other.places, other.families), (frozenset(), frozenset()))

    def test_our_people_are_no_customers(self):
        with self._hearing(self.asked) as told:
            self._interaction(partner_id=self.manager.partner_id.id)
            self._interaction(partner_id=self.company.partner_id.id)
        for fact in self._same_story(self.asked, told):
            self.assertFalse(fact.families)

    def test_tries_are_none(self):
        with self._hearing(self.asked) as told:
            for outcome in ("missed", "voicemail", "busy", "moved", "no_show"):
                self._interaction(outcome=outcome)
        self.assertEqual(self._same_story(self.asked, told), [])

    def test_who_speaks_of_the_outcome_gets_it(self):
        domain = Domain("outcome", "=", "no_show")
        asked = self._asked("crm.interaction", domain=domain)
        with self._hearing(asked) as told:
            talk = self._interaction(outcome="no_show")
        self.assertEqual(self._keys(self._same_story(asked, told)), [self._key(talk)])

    def test_held_after_all(self):
        talk = self._interaction(outcome="no_show")
        with self._hearing(self.asked) as told:
            talk.outcome = "held"
        self.assertEqual(len(told), 1)
        self._same_story(self.asked, told)

    def test_nothing_changed_in_the_end(self):
        talk = self._interaction(outcome="missed")
        with self._hearing(self.asked) as told:
            talk.outcome = "answered"
            self.env.flush_all()
            talk.outcome = "missed"
        self.assertEqual(self._same_story(self.asked, told), [])

    def test_the_caller_becomes_known(self):
        talk = self._interaction(partner_id=False)
        self._commit()
        with self._hearing(self.asked) as told:
            talk.partner_id = self.doctor
        (fact,) = self._same_story(self.asked, told)
        self.assertEqual(fact.families, set(self.customer.ids))

    def test_our_own_letters_ask_us_for_nothing(self):
        note = self._message(message_type="notification")
        with self._hearing(self.asked) as told:
            self._noticed(note, origin="mail_out", direction="out")
            letter = self._interaction(origin="plugin", direction="in")
        self.assertEqual(
            self._keys(self._same_story(self.asked, told)), [self._key(letter)]
        )
        sent = self._asking(self.asked, domain=Domain("direction", "=", "out"))
        self.assertEqual(len(self._read(sent)), 1)

    def test_a_call_begins_a_promise_when_it_is_over(self):
        with self._hearing(self.asked) as told:
            call = self._interaction(call_state="ringing", duration=0)
            self._commit()
            call.call_state = "answered"
            self._commit()
            self.assertEqual(told, [])
            call.write({"call_state": "ended", "duration": 15})
        (fact,) = self._same_story(self.asked, told)
        self.assertEqual(fact.date, QUARTER)

    def test_a_call_whose_end_nobody_reports(self):
        self._interaction(call_state="answered")
        self.assertEqual(self._read(self.asked), [])
        with self._at("2026-05-05 10:00:01"):
            self.assertEqual(len(self._read(self.asked)), 1)

    def test_time(self):
        self._interaction(duration=0)
        (fact,) = self._read(self.asked)
        self._assert_in_time(self.asked, fact)

    # --- what proves ----------------------------------------------------------

    def test_narrowed(self):
        talk = self._interaction(lead_id=self.lead.id)
        self._interaction(partner_id=self.stranger.id)
        fact = next(f for f in self._read(self.asked) if f.res_id == talk.id)
        narrow = self._asking(self.asked, domain=Domain("id", "=", talk.id))
        self._assert_one_and_narrowed(
            narrow,
            fact,
            ("crm.interaction", talk.id),
            ("crm.lead", self.lead.id),
            ("res.partner", self.doctor.id),
            families=self.customer.ids,
        )

    def test_proof(self):
        about = self._about(self._interaction(date=NINE), NINE)
        self._interaction(date="2026-05-04 08:00:00", direction="out")
        self._interaction(date="2026-05-04 08:55:00", direction="out")
        self._interaction(direction="in")
        self._interaction(direction="out", partner_id=self.stranger.id)
        self._interaction(direction="out", outcome="missed")
        self.assertEqual(self._concerning(self.asked, about), {})
        call = self._interaction(direction="out")
        ((fact, grade),) = self._concerning(self.asked, about)[about.id]
        self.assertEqual((fact.key, fact.date), (self._key(call), QUARTER))
        self.assertEqual(grade, "attested")
        for role in (PAUSE, CANCEL):
            self.assertEqual(len(self._concerning(self.asked, about, role=role)), 1)

    def test_who_speaks_of_the_direction_gets_it(self):
        about = self._about(self.lead, NINE, lead=self.lead)
        self._interaction(direction="in")
        answer = self._asking(self.asked, domain=Domain("direction", "=", "in"))
        self.assertEqual(self._concerning(self.asked, about), {})
        self.assertEqual(len(self._concerning(answer, about)), 1)

    def test_on_the_lead_without_a_customer(self):
        lead = self._lead(partner_id=False)
        about = self._about(lead, NINE, lead=lead, partner=self.env["res.partner"])
        self._interaction(direction="out", partner_id=False, lead_id=lead.id)
        self.assertEqual(len(self._concerning(self.asked, about)), 1)

    def test_no_proof_of_itself(self):
        talk = self._interaction(direction="out")
        about = self._about(talk, TEN, key=self._key(talk))
        self.assertEqual(self._concerning(self.asked, about), {})

    def test_no_proof_of_what_it_was_made_from(self):
        """The interaction that tells of a meeting is no answer to the meeting."""
        meeting = self.env["calendar.event"].create(
            {"name": "Ward", "start": TEN, "stop": ELEVEN, "outcome": "held",
             "user_id": self.sales.id,
             "partner_ids": [Command.set(self.doctor.ids)]}
        )  # fmt: skip
        self._commit()
        began = self._about(meeting, TEN, key=f"meeting_held:{meeting.id}")
        other = self._about(meeting, TEN, key="meeting_held:0", id=2)
        self.assertEqual(list(self._concerning(self.asked, began, other)), [2])

    def test_touched(self):
        talk = self._interaction(lead_id=self.lead.id)
        touched = self._told_of(talk)
        self.assertEqual(touched.families, set(self.customer.ids))
        self.assertEqual(touched.ids("crm.lead"), self.lead.ids)

    def test_queries(self):
        def talks(leads):
            for lead in leads:
                self._interaction(partner_id=lead.partner_id.id, direction="out")

        self._assert_bounded(talks, self.asked, FULFIL)
