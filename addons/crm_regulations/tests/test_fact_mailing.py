from odoo.fields import Domain
from odoo.tests import tagged

from .common import instant
from .conversation_common import NINE, TEN, ConversationCommon

LATER = instant("2026-05-04 10:30:00")


class MailingCommon(ConversationCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.mailing = cls._mailing("News")

    def setUp(self):
        super().setUp()
        self.asked = self._asked("mailing.trace")

    @classmethod
    def _mailing(cls, subject, **values):
        return cls.env["mailing.mailing"].create(
            {
                "subject": subject,
                "body_html": "<p>Prices</p>",
                "mailing_model_id": cls.env["ir.model"]._get_id("res.partner"),
                **values,
            }
        )

    def _trace(self, record=None, **values):
        record = self.doctor if record is None else record
        return self.env["mailing.trace"].create(
            {
                "mass_mailing_id": self.mailing.id,
                "model": record._name,
                "res_id": record.id,
                "email": "doctor@example.com",
                **values,
            }
        )

    def _sent(self, record=None, **values):
        trace = self._trace(record, **values)
        trace.set_sent()
        return trace

    def _assert_place(self, trace, **values):
        order = self._order(opportunity_id=self.lead.id)
        trace.write({"model": "sale.order", "res_id": order.id})
        (fact,) = self._read(self.asked)
        self._assert_in_time(self.asked, fact)
        self._assert_one_and_narrowed(
            self.asked,
            fact,
            ("sale.order", order.id),
            ("crm.lead", self.lead.id),
            families=self.customer.ids,
        )


@tagged("post_install", "-at_install")
class TestMailingSent(MailingCommon):
    kind = "mailing_sent"

    def test_same_story(self):
        waiting, failed = self._trace(), self._trace()
        self._commit()
        with self._hearing(self.asked) as told:
            waiting.set_sent()
            failed.set_failed()
            lead = self._sent(self.lead)
            self._sent(self.southern)
            self._sent(is_test_trace=True)
            self._sent().unlink()
            self._trace(trace_status="cancel")
        facts = {fact.res_id: fact for fact in self._same_story(self.asked, told)}
        self.assertEqual(set(facts), set((waiting | lead).ids))
        fact = facts[waiting.id]
        self.assertEqual(fact.key, self._key(waiting))
        self.assertEqual((fact.date, fact.grade), (TEN, "system"))
        self.assertEqual(fact.subject_ids("res.partner"), self.doctor.ids)
        self.assertEqual(fact.families, set(self.customer.ids))
        fact = facts[lead.id]
        self.assertEqual(fact.subject_ids("crm.lead"), self.lead.ids)
        self.assertEqual(fact.families, set(self.customer.ids))

    def test_opened_and_answered_is_still_sent(self):
        trace = self._sent()
        first = self._read(self.asked)
        with self._at(str(LATER)), self._hearing(self.asked) as told:
            trace.set_opened()
            self._commit()
            trace.set_replied()
        self.assertEqual(told, [], "it was sent before")
        self.assertEqual(self._read(self.asked), first)

    def test_sent_at_once_and_without_a_date(self):
        with self._hearing(self.asked) as told:
            self._trace(trace_status="sent", sent_datetime=NINE)
            self._trace(trace_status="open")
        facts = self._same_story(self.asked, told)
        self.assertEqual([fact.date for fact in facts], [NINE, TEN])

    def test_not_sent_in_the_end(self):
        trace = self._trace()
        with self._hearing(self.asked) as told:
            trace.set_sent()
            self.env.flush_all()
            trace.write({"trace_status": "outgoing", "sent_datetime": False})
        self.assertEqual(self._same_story(self.asked, told), [])

    def test_bounced_after_all(self):
        trace = self._sent()
        trace.set_bounced()
        self.assertEqual(self._read(self.asked), [])

    def test_really_sent(self):
        people = self.doctor | self.stranger
        mailing = self._mailing(
            "Prices", mailing_domain=f"[('id', 'in', {people.ids})]"
        )
        with self._hearing(self.asked) as told:
            mailing.action_send_mail()
            self._commit()
            self.assertEqual(told, [])
            letters = self.env["mail.mail"].search([("mailing_id", "=", mailing.id)])
            # What the queue does when the mail server has taken a letter.
            letters[0]._postprocess_sent_message([], [])
            letters[1]._postprocess_sent_message([], [], failure_type="mail_smtp")
        (fact,) = self._same_story(self.asked, told)
        self.assertEqual(len(fact.families & set(people.commercial_partner_id.ids)), 1)

    def test_recipient_is_gone_or_nobody(self):
        contact = self.env["mailing.contact"].create({"name": "Eve"})
        partner = self._partner("Going")
        self._sent(partner)
        partner.unlink()
        trace = self._sent(contact)
        (fact,) = self._read(self.asked)
        self.assertEqual(fact.key, self._key(trace))
        self.assertEqual(fact.places, {("mailing.contact", contact.id)})
        self.assertFalse(fact.families)

    def test_filtered(self):
        domain = Domain("mass_mailing_id", "=", self.mailing.id)
        asked = self._asking(self.asked, domain=domain)
        other = self._mailing("Holidays")
        with self._hearing(asked) as told:
            trace = self._sent()
            self._sent(mass_mailing_id=other.id)
        self.assertEqual(self._keys(self._same_story(asked, told)), [self._key(trace)])

    def test_time_and_place(self):
        self._assert_place(self._sent())

    def test_of_a_promise(self):
        about = self._about(self.lead, TEN, lead=self.lead)
        self._sent(self.stranger)
        self._trace(trace_status="sent", sent_datetime=NINE)
        self.assertEqual(self._concerning(self.asked, about), {})
        trace = self._sent()
        found = self._concerning(self.asked, about)
        self.assertEqual(self._proofs(found[1]), [(self._key(trace), "system")])

    def test_touched(self):
        touched = self._told_of(self._sent(self.lead))
        self.assertEqual(touched.ids("crm.lead"), self.lead.ids)
        self.assertEqual(touched.families, set(self.customer.ids))

    def test_new_ones_cost_nothing(self):
        self._assert_free(self._trace(), self.asked)

    def test_queries(self):
        def traces(leads):
            for lead in leads:
                self._sent(lead)

        self._assert_bounded(traces, self.asked)


@tagged("post_install", "-at_install")
class TestMailingBounced(MailingCommon):
    kind = "mailing_bounced"

    def _bounced(self, record=None, **values):
        trace = self._sent(record, **values)
        trace.set_bounced(bounce_message="No such person")
        return trace

    def test_same_story(self):
        trace, failed = self._sent(), self._trace()
        self._commit()
        with self._at(str(LATER)), self._hearing(self.asked) as told:
            trace.set_bounced(bounce_message="No such person")
            failed.set_failed(failure_type="mail_smtp")
            at_once = self._trace(trace_status="error")
            self._sent()
            self._trace(trace_status="cancel")
            self._bounced(self.southern)
            self._bounced(is_test_trace=True)
            self._bounced().unlink()
        facts = {fact.res_id: fact for fact in self._same_story(self.asked, told)}
        self.assertEqual(set(facts), set((trace | failed | at_once).ids))
        fact = facts[trace.id]
        self.assertEqual(fact.key, self._key(trace))
        self.assertEqual((fact.date, fact.note), (LATER, "No such person"))
        self.assertEqual(fact.families, set(self.customer.ids))

    def test_from_bad_to_bad_is_nothing_new(self):
        trace = self._trace(trace_status="error")
        with self._hearing(self.asked) as told:
            trace.set_bounced()
        self.assertEqual(told, [])

    def test_time_and_place(self):
        self._assert_place(self._bounced())

    def test_of_a_promise(self):
        about = self._about(self.lead, TEN, lead=self.lead)
        later = self._about(self.lead, LATER, lead=self.lead, id=2)
        self._bounced(self.stranger)
        trace = self._bounced()
        found = self._concerning(self.asked, about, later)
        self.assertEqual(
            {id_: self._proofs(weighed) for id_, weighed in found.items()},
            {1: [(self._key(trace), "system")]},
        )

    def test_touched(self):
        self.assertFalse(self._told_of(self._sent()))
        self.assertEqual(
            self._told_of(self._bounced()).families, set(self.customer.ids)
        )

    def test_queries(self):
        def traces(leads):
            for lead in leads:
                self._bounced(lead)

        self._assert_bounded(traces, self.asked)
