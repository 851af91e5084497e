from odoo.fields import Command, Domain
from odoo.tests import tagged

from .conversation_common import ELEVEN, NINE, TEN, ConversationCommon


@tagged("post_install", "-at_install")
class TestMessageOut(ConversationCommon):
    kind = "message_out"

    def setUp(self):
        super().setUp()
        self.asked = self._asked()
        self.talk = self._interaction()
        self.about = self._about(self.talk, NINE, lead=self.lead, partner=self.doctor)

    def _grades(self, *abouts):
        """What proves the promise: (key, grade)."""
        abouts = abouts or (self.about,)
        found = self._concerning(self.asked, *abouts)
        return {id_: self._proofs(weighed) for id_, weighed in found.items()}

    def _assert_proof(self, message, grade):
        self.assertEqual(self._grades(), {1: [(self._key(message), grade)]})

    # --- what it is -----------------------------------------------------------

    def test_same_story(self):
        with self._hearing(self.asked) as told:
            letter = self._letter()
            sent = self._letter(message_type="email_outgoing", date=NINE)
            self._letter(self.southern)
            self._letter().unlink()
        first, fact = self._same_story(self.asked, told)
        self.assertEqual(self._keys([first, fact]), [*map(self._key, (sent, letter))])
        self.assertEqual((fact.date, fact.since, fact.grade), (TEN, None, "system"))
        self.assertEqual(
            fact.places, {("crm.lead", self.lead.id), ("res.partner", self.doctor.id)}
        )
        self.assertEqual(fact.families, set(self.customer.ids))
        self.assertEqual(fact.subject_ids("crm.lead"), self.lead.ids)

    def test_posted(self):
        with self._hearing(self.asked) as told:
            letter = self._write_to(self.lead, partner_ids=self.doctor.ids)
        facts = self._same_story(self.asked, told)
        self.assertEqual(self._keys(facts), [self._key(letter)])

    def test_what_is_none(self):
        channel = self.env["discuss.channel"].create({"name": "Chat"})
        robot = self.env.ref("base.partner_root").id
        note = self.env.ref("mail.mt_note").id
        with self._hearing(self.asked) as told:
            self._letter(subtype_id=note)
            self._letter(is_internal=True)
            self._letter(author_id=self.doctor.id)
            self._letter(author_id=False)
            self._letter(author_id=robot)
            self._letter(touch_mark="automatic")
            self._letter(message_type="email", subject="Out of office")
            self._letter(message_type="auto_comment")
            self._letter(message_type="out_of_office")
            self._letter(message_type="user_notification")
            self._letter(message_type="notification", author_id=robot)
            self._letter(message_type="notification", partner_ids=False)
            self._letter(message_type="notification", subtype_id=note)
            self._letter(channel)
        self.assertEqual(self._same_story(self.asked, told), [])

    def test_message_of_a_program_for_a_person(self):
        """Over the wire a message without a type is a notification."""
        with self._hearing(self.asked) as told:
            self._letter(message_type="notification")
        self.assertEqual(len(self._same_story(self.asked, told)), 1)

    def test_on_no_page(self):
        with self._hearing(self.asked) as told:
            letter = self._letter(model=False, res_id=False)
        (fact,) = self._same_story(self.asked, told)
        self.assertEqual(fact.subject_ids("res.partner"), self.doctor.ids)
        self._assert_proof(letter, "system")

    def test_mass_mailing(self):
        """It is a fact of its own, also when its text is kept on the page."""
        mailing = self.env["mailing.mailing"].create(
            {
                "subject": "News",
                "body_html": "<p>Prices</p>",
                "mailing_model_id": self.env["ir.model"]._get_id("res.partner"),
                "mailing_domain": [("id", "in", self.doctor.ids)],
                "keep_archives": True,
                "user_id": self.sales.id,
            }
        )
        with self._hearing(self.asked) as told:
            mailing.with_user(self.sales).sudo().action_send_mail(self.doctor.ids)
            self._letter(message_type="email_outgoing")
        trace = mailing.mailing_trace_ids
        copies = [("message_id", "=", trace.message_id)]
        self.assertTrue(self.env["mail.message"].search(copies))
        self.assertEqual(len(self._same_story(self.asked, told)), 1)

    # --- to whom it went ------------------------------------------------------

    def test_to_the_customer_on_any_page(self):
        self._assert_proof(self._letter(self.stranger), "system")

    def test_to_a_colleague_of_the_customer(self):
        self._assert_proof(self._letter(to=self.customer), "system")

    def test_to_a_follower(self):
        self.talk.message_subscribe(self.customer.ids)
        letter = self._write_to(self.talk)
        self._assert_proof(letter, "system")

    def test_to_a_follower_elsewhere(self):
        self.stranger.message_subscribe(self.customer.ids)
        letter = self._write_to(self.stranger)
        self._assert_proof(letter, "system")

    def test_to_nobody_on_a_page_of_the_promise(self):
        nobody = self.env["res.partner"]
        for page in (self.talk, self.lead, self.doctor, self.customer):
            with self.subTest(page=page):
                letter = self._letter(page, to=nobody)
                self._assert_proof(letter, "attested")
                letter.unlink()
        self._letter(self.stranger, to=nobody)
        self._letter(self._order(opportunity_id=self.lead.id), to=nobody)
        self.assertEqual(self._grades(), {})

    def test_to_somebody_else(self):
        self._letter(self.stranger, to=self.stranger)
        self._letter(self.customer, to=self.stranger)
        self._letter(self.talk, to=self.manager.partner_id)
        self.assertEqual(self._grades(), {})

    def test_to_two_customers(self):
        other = self._about(self.talk, NINE, partner=self.stranger, id=2)
        letter = self._letter(to=self.doctor | self.stranger)
        proof = [(self._key(letter), "system")]
        self.assertEqual(self._grades(self.about, other), {1: proof, 2: proof})

    def test_lead_that_got_its_customer_later(self):
        lead = self._lead(partner_id=False)
        without = self._about(lead, NINE, lead=lead, partner=self.env["res.partner"])
        letter = self._letter(lead, to=self.stranger)
        self.assertEqual(self._grades(without), {})
        lead.partner_id = self.stranger
        now = self._about(lead, NINE, lead=lead, partner=self.stranger)
        self.assertEqual(self._grades(now), {1: [(self._key(letter), "system")]})

    def test_time(self):
        early = self._letter(date="2026-05-04 08:59:59")
        during = self._letter(date="2026-05-04 09:00:00")
        self.assertTrue(early)
        self._assert_proof(during, "system")
        (fact,) = self._read(
            self._asking(self.asked, domain=Domain("id", "=", during.id))
        )
        self._assert_in_time(
            self._asking(self.asked, domain=Domain("id", "=", during.id)), fact
        )

    def test_another_company(self):
        self._letter(self.southern)
        self.assertEqual(self._grades(), {})

    def test_with_a_file(self):
        domain = Domain("attachment_ids", "!=", False)
        self.asked = self._asking(self.asked, domain=domain)
        self._letter()
        self.assertEqual(self._grades(), {})
        attachment = Command.create({"name": "a.txt", "raw": b"text"})
        self._assert_proof(self._letter(attachment_ids=[attachment]), "system")

    # --- from other programs --------------------------------------------------

    def _logged(self, body, record=None):
        return self._letter(
            record,
            to=self.env["res.partner"],
            touch_mark="plugin",
            message_type="notification",
            subtype_id=self.env.ref("mail.mt_note").id,
            body=body,
        )

    def test_logged_by_the_mail_plugin(self):
        with self._hearing(self.asked) as told:
            self._logged("From: doctor@example.com")
            letter = self._logged("From: seller@example.com")
        (fact,) = self._same_story(self.asked, told)
        self.assertEqual(fact.families, set(self.customer.ids))
        self._assert_proof(letter, "system")

    def test_logged_on_another_page_of_the_customer(self):
        letter = self._logged(
            "From: seller@example.com", self._lead(partner_id=self.customer.id)
        )
        self._assert_proof(letter, "system")

    def test_blind_copy(self):
        """What the gateway puts on the page of the customer, written by one of us."""
        letter = self._letter(message_type="email")
        self._assert_proof(letter, "system")

    # --- cost -----------------------------------------------------------------

    def test_narrowed(self):
        letter = self._letter(self.talk)
        self._letter(self.lead, to=self.env["res.partner"])
        self._letter(self.southern)
        asked = self._asking(self.asked, domain=Domain("id", "=", letter.id))
        (fact,) = self._read(asked)
        self._assert_one_and_narrowed(
            asked, fact, ("crm.interaction", self.talk.id), families=self.customer.ids
        )

    def test_touched(self):
        touched = self._told_of(self._letter(to=self.stranger))
        self.assertEqual(touched.families, set(self.stranger.ids))
        self.assertEqual(touched.ids("crm.lead"), self.lead.ids)
        self.assertFalse(self._told_of(self._message()))
        robot = self._letter(touch_mark="automatic")
        self.assertFalse(self._told_of(robot))

    def test_most_messages_cost_nothing(self):
        """Notices and the talk of colleagues are discarded from memory."""
        channel = self.env["discuss.channel"].create({"name": "Chat"})
        notices = self._message(message_type="notification", subtype_id=False)
        notices |= self._letter(channel, to=self.env["res.partner"])
        self._assert_free(notices, self.asked)

    def test_order(self):
        late, early = self._letter(date=ELEVEN), self._letter(date=NINE)
        self.assertEqual(
            self._keys(self._read(self.asked)), [self._key(early), self._key(late)]
        )

    def test_queries(self):
        def letters(leads):
            for lead in leads:
                self._letter(lead, to=lead.partner_id, message_type="email_outgoing")

        self._assert_bounded(letters, self.asked)
