from odoo.fields import Command, Domain
from odoo.tests import tagged

from .common import instant
from .conversation_common import NINE, TEN, ConversationCommon

EIGHT = instant("2026-05-04 08:00:00")


@tagged("post_install", "-at_install")
class TestMeetingHeld(ConversationCommon):
    kind = "meeting_held"

    def setUp(self):
        super().setUp()
        self.asked = self._asked("calendar.event")

    def _meeting(self, *partners, **values):
        people = self.sales.partner_id.union(*partners)
        return self.env["calendar.event"].create(
            {
                "name": "New ward",
                "start": EIGHT,
                "stop": NINE,
                "user_id": self.sales.id,
                "partner_ids": [Command.set(people.ids)],
                **values,
            }
        )

    def _held(self, *partners, **values):
        return self._meeting(*partners, outcome="held", **values)

    def test_same_story(self):
        meeting = self._meeting(self.doctor, opportunity_id=self.lead.id)
        self._commit()
        with self._hearing(self.asked) as told:
            meeting.action_meeting_held()
            at_once = self._held(self.doctor)
            self._held(self.doctor, opportunity_id=self.southern.id)
            self._held(self.doctor).unlink()
            self._meeting(self.doctor).action_meeting_no_show()
            self._meeting(self.doctor)
        facts = {fact.res_id: fact for fact in self._same_story(self.asked, told)}
        self.assertEqual(set(facts), set((meeting | at_once).ids))
        fact = facts[meeting.id]
        self.assertEqual(fact.key, self._key(meeting))
        self.assertEqual((fact.since, fact.date), (EIGHT, NINE))
        self.assertEqual(fact.grade, "attested")
        self.assertEqual(
            fact.places, {("crm.lead", self.lead.id), ("res.partner", self.doctor.id)}
        )
        self.assertEqual(fact.families, set(self.customer.ids))
        self.assertEqual(fact.subject_ids("calendar.event"), meeting.ids)
        self.assertEqual(fact.subject_ids("crm.lead"), self.lead.ids)
        self.assertEqual(fact.subject_ids("res.partner"), self.doctor.ids)

    def test_one_fact_with_every_customer(self):
        absent = self._partner("Absent")
        meeting = self._meeting(self.doctor, self.customer, self.stranger, absent)
        declined = meeting.attendee_ids.filtered(lambda a: a.partner_id == absent)
        declined.do_decline()
        with self._hearing(self.asked) as told:
            meeting.action_meeting_held()
        (fact,) = self._same_story(self.asked, told)
        self.assertEqual(fact.families, set((self.customer | self.stranger).ids))
        subjects = self.env["res.partner"].browse(fact.subject_ids("res.partner"))
        self.assertEqual(len(subjects), 2)
        self.assertEqual(subjects.commercial_partner_id, self.customer | self.stranger)

    def test_changing_one_s_mind(self):
        meeting = self._meeting(self.doctor)
        with self._hearing(self.asked) as told:
            meeting.action_meeting_held()
            self.env.flush_all()
            meeting.action_meeting_undo()
        self.assertEqual(self._same_story(self.asked, told), [])
        with self._hearing(self.asked) as told:
            meeting.action_meeting_no_show()
            self._commit()
            meeting.action_meeting_held()
        self.assertEqual(len(self._same_story(self.asked, told)), 1)
        with self._hearing(self.asked) as told:
            meeting.action_meeting_moved()
        self.assertEqual(self._same_story(self.asked, told), [])

    def test_other_hours(self):
        meeting = self._held(self.doctor)
        with self._hearing(self.asked) as told:
            meeting.write({"start": NINE, "stop": TEN})
        (fact,) = self._same_story(self.asked, told)
        self.assertEqual((fact.key, fact.date), (self._key(meeting), TEN))
        with self._hearing(self.asked) as told:
            meeting.name = "Old ward"
        self.assertEqual(told, [])

    def test_customer_of_the_document(self):
        order = self._order(opportunity_id=self.lead.id)
        document = {
            "res_model_id": self.env["ir.model"]._get_id("sale.order"),
            "res_id": order.id,
        }
        with self._hearing(self.asked) as told:
            self._held(opportunity_id=self.lead.id)
            self._held(**document)
        for fact in self._same_story(self.asked, told):
            self.assertEqual(fact.families, set(self.customer.ids))
            self.assertEqual(fact.subject_ids("crm.lead"), self.lead.ids)
        self.assertEqual(fact.subject_ids("sale.order"), order.ids)

    def test_lead_without_a_customer(self):
        lead = self._lead(partner_id=False)
        with self._hearing(self.asked) as told:
            self._held(opportunity_id=lead.id)
        (fact,) = self._same_story(self.asked, told)
        self.assertEqual((fact.places, fact.families), ({("crm.lead", lead.id)}, set()))

    def test_what_is_none(self):
        settings = self.env["res.users.settings"]
        settings._find_or_create_for_user(
            self.manager
        ).calendar_default_privacy = "private"
        with self._hearing(self.asked) as told:
            self._held(self.doctor, privacy="private")
            self._held(self.doctor, user_id=self.manager.id)
            self._held(self.manager.partner_id)
        self.assertEqual(self._same_story(self.asked, told), [])

    def test_time_and_place(self):
        order = self._order()
        meeting = self._held(
            self.stranger,
            opportunity_id=self.lead.id,
            res_model_id=self.env["ir.model"]._get_id("sale.order"),
            res_id=order.id,
        )
        self._held(self._partner("Somebody new"))
        asked = self._asking(self.asked, domain=Domain("id", "=", meeting.id))
        (fact,) = self._read(asked)
        self._assert_in_time(asked, fact)
        self.stranger = self._partner("Not there")
        self._assert_one_and_narrowed(
            asked,
            fact,
            ("calendar.event", meeting.id),
            ("crm.lead", self.lead.id),
            ("sale.order", order.id),
            families=fact.families,
        )

    def test_of_a_promise(self):
        early = self._about(self.lead, EIGHT, lead=self.lead)
        late = self._about(self.lead, NINE, lead=self.lead, id=2)
        meeting = self._held(self.doctor)
        self._held(self.stranger)
        found = self._concerning(self.asked, early, late)
        self.assertEqual(list(found), [1], "it had begun before the second promise")
        self.assertEqual(self._proofs(found[1]), [(self._key(meeting), "attested")])

    def test_touched(self):
        touched = self._told_of(self._held(self.doctor, self.stranger))
        self.assertEqual(touched.families, set((self.customer | self.stranger).ids))
        self.assertFalse(self._told_of(self._meeting(self.doctor)))

    def test_new_ones_cost_nothing(self):
        self._assert_free(self._meeting(self.doctor), self.asked)

    def test_queries(self):
        def meetings(leads):
            for number, lead in enumerate(leads):
                people = [lead.partner_id] if number % 2 else []
                self._held(*people, opportunity_id=lead.id)

        self._assert_bounded(meetings, self.asked)
