from odoo.fields import Domain
from odoo.tests import tagged

from ..core.step import FULFIL
from .common import instant
from .conversation_common import NINE, TEN, ConversationCommon

LATER = instant("2026-05-04 10:00:01")


@tagged("post_install", "-at_install")
class TestActivityDone(ConversationCommon):
    kind = "activity_done"

    def setUp(self):
        super().setUp()
        self.asked = self._asked()

    def _activity(self, record=None, **values):
        record = self.lead if record is None else record
        return self.env["mail.activity"].create(
            {
                "res_model_id": self.env["ir.model"]._get_id(record._name),
                "res_id": record.id,
                "activity_type_id": self.env.ref("mail.mail_activity_data_call").id,
                "user_id": self.sales.id,
                **values,
            }
        )

    def _done(self, record=None, **values):
        activity = self._activity(record, **values)
        activity.action_archive()
        return activity

    def test_same_story(self):
        waiting, on_order = self._activity(), self._activity(self._order())
        cancelled = self._activity()
        self._commit()
        with self._hearing(self.asked) as told:
            waiting.action_feedback(feedback="Wants three boxes")
            on_order.action_done()
            at_once = self._done(self.customer)
            self._activity()
            self._done(self.southern)
            cancelled.action_cancel()
            self._done().unlink()
        facts = {fact.res_id: fact for fact in self._same_story(self.asked, told)}
        self.assertEqual(set(facts), set((waiting | on_order | at_once).ids))
        fact = facts[waiting.id]
        self.assertEqual(fact.key, self._key(waiting))
        self.assertEqual((fact.date, fact.since), (TEN, None))
        self.assertEqual((fact.grade, fact.note), ("attested", "Wants three boxes"))
        self.assertEqual(
            fact.places, {("crm.lead", self.lead.id), ("res.partner", self.doctor.id)}
        )
        self.assertEqual(fact.subject_ids("crm.lead"), self.lead.ids)
        for fact in facts.values():
            self.assertEqual(fact.families, set(self.customer.ids))

    def test_not_done_in_the_end(self):
        activity = self._activity()
        with self._hearing(self.asked) as told:
            activity.action_archive()
            self.env.flush_all()
            activity.action_unarchive()
        self.assertEqual(self._same_story(self.asked, told), [])

    def test_done_again(self):
        activity = self._done()
        first = self._read(self.asked)
        activity.action_unarchive()
        self.assertEqual(self._read(self.asked), [])
        with self._at("2026-05-04 11:30:00"), self._hearing(self.asked) as told:
            activity.action_archive()
        again = self._same_story(self.asked, told)
        self.assertEqual(self._keys(again), self._keys(first))

    def test_the_day_stays_when_it_is_edited_later(self):
        activity = self._done()
        self._commit()
        with self._at("2026-05-06 08:00:00"):
            activity.feedback = "Added later"
            self._commit()
        (fact,) = self._read(self.asked)
        self.assertEqual(fact.date, instant("2026-05-04 12:00:00"))
        self._assert_in_time(self.asked, fact)

    def test_promises_shown_as_activities(self):
        shown, activity = self._activity(), self._activity()
        shown.obligation_id = self._any_promise()
        with self._hearing(self.asked) as told:
            (shown | activity).action_archive()
        (fact,) = self._same_story(self.asked, told)
        self.assertEqual(fact.key, self._key(activity))

    def _any_promise(self):
        regulation = self._draft()
        values = {
            "regulation_id": regulation.id,
            "step_id": regulation.step_ids.id,
            "fact_key": "created:crm.lead,0",
            "res_model": "crm.lead",
            "res_id": self.lead.id,
            "company_id": self.company.id,
            "evidence_kind": "manual",
            "mode": "silent",
            "date_fact": NINE,
            "date_start": NINE,
            "date_due": TEN,
        }
        obligations = self.env["crm.obligation"].sudo()
        known = values.keys() & obligations._fields.keys()
        return obligations.create({name: values[name] for name in known})

    def test_odd_ones(self):
        with self._hearing(self.asked) as told:
            free = self.env["mail.activity"].create({"user_id": self.sales.id})
            free.action_archive()
            self._done(self.env.ref("base.main_company"))
            alone = self._done(self._lead(partner_id=False))
        (fact,) = self._same_story(self.asked, told)
        self.assertEqual(fact.key, self._key(alone))
        self.assertEqual((len(fact.places), fact.families), (1, frozenset()))
        self.env.cr.execute(
            "UPDATE mail_activity SET res_id = 987654321 WHERE id = %s", [alone.id]
        )
        self.env.invalidate_all()
        self.assertEqual(self._read(self.asked), [])

    def test_on_the_page_of_a_regulated_model(self):
        self._done(self.company)
        self.assertEqual(len(self._read(self._asked("res.company"))), 1)

    def test_filtered(self):
        domain = Domain("activity_type_id.category", "=", "phonecall")
        asked = self._asking(self.asked, domain=domain)
        todo = self.env.ref("mail.mail_activity_data_todo").id
        with self._hearing(asked) as told:
            call = self._done()
            self._done(activity_type_id=todo)
        self.assertEqual(self._keys(self._same_story(asked, told)), [self._key(call)])

    def test_time_and_place(self):
        order = self._order(opportunity_id=self.lead.id)
        activity = self._done(order)
        self._done(self.stranger)
        asked = self._asking(self.asked, domain=Domain("id", "=", activity.id))
        (fact,) = self._read(asked)
        self._assert_in_time(asked, fact)
        self._assert_one_and_narrowed(
            asked,
            fact,
            ("sale.order", order.id),
            ("crm.lead", self.lead.id),
            families=self.customer.ids,
        )

    def test_of_a_promise(self):
        about = self._about(self.lead, TEN, lead=self.lead)
        later = self._about(self.lead, LATER, id=2)
        self.assertEqual(self._concerning(self.asked, about), {})
        self._done(self.stranger)
        activity = self._done()
        found = self._concerning(self.asked, about, later)
        self.assertEqual(list(found), [1])
        self.assertEqual(self._proofs(found[1]), [(self._key(activity), "attested")])

    def test_no_proof_of_the_interaction_made_from_it(self):
        """A call that was done is no answer to itself."""
        call = self._done()
        self._commit()
        talk = self.env["crm.interaction"].search([("source_id", "=", call.id)])
        self.assertEqual(talk.source_model, "mail.activity")
        began = self._about(self.lead, TEN, key=f"interaction:{talk.id}")
        series = self._about(self.lead, TEN, key=f"interaction:{talk.id}#2", id=2)
        other = self._about(self.lead, TEN, key="interaction:0", id=3)
        later = self._about(self.lead, LATER, key=began.key, id=4)
        found = self._concerning(self.asked, began, series, other, later)
        self.assertEqual(set(found), {2, 3})
        answer = self._done()
        found = self._concerning(self.asked, began)
        self.assertEqual(self._proofs(found[1]), [(self._key(answer), "attested")])

    def test_touched(self):
        touched = self._told_of(self._done())
        self.assertEqual(touched.ids("crm.lead"), self.lead.ids)
        self.assertEqual(touched.families, set(self.customer.ids))

    def test_new_ones_cost_nothing(self):
        self._assert_free(self._activity(), self.asked)

    def test_queries(self):
        def activities(leads):
            for lead in leads:
                self._done(lead)

        self._assert_bounded(activities, self.asked, FULFIL)
