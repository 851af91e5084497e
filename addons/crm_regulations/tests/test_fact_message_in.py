from odoo.fields import Command, Domain
from odoo.tests import tagged

from ..core.letter import OURS, OUT, ROBOT, THEIRS, UNKNOWN, direction
from ..core.step import FULFIL, RESUME
from .conversation_common import ELEVEN, NINE, TEN, ConversationCommon


@tagged("post_install", "-at_install")
class TestMessageIn(ConversationCommon):
    kind = "message_in"

    def setUp(self):
        super().setUp()
        self.asked = self._asked()

    def _read_keys(self, **values):
        return self._keys(self._read(self._asking(self.asked, **values)))

    # --- what it is -----------------------------------------------------------

    def test_same_story(self):
        with self._hearing(self.asked) as told:
            mail = self._message()
            portal = self._message(message_type="comment", date=NINE)
            self._message(self.southern)
            self._message().unlink()
        first, fact = self._same_story(self.asked, told)
        self.assertEqual(self._keys([first, fact]), [*map(self._key, (portal, mail))])
        self.assertEqual((fact.date, fact.since, fact.grade), (TEN, None, "system"))
        self.assertEqual(fact.teller, ("mail.message", mail.id))
        self.assertEqual(
            fact.places, {("crm.lead", self.lead.id), ("res.partner", self.doctor.id)}
        )
        self.assertEqual(fact.families, set(self.customer.ids))
        self.assertEqual(fact.subject_ids("crm.lead"), self.lead.ids)

    def test_posted(self):
        with self._hearing(self.asked) as told:
            message = self.lead.message_post(
                body="What does it cost?",
                author_id=self.doctor.id,
                message_type="email",
                subtype_xmlid="mail.mt_comment",
            )
        facts = self._same_story(self.asked, told)
        self.assertEqual(self._keys(facts), [self._key(message)])

    def test_through_the_mail_server(self):
        letter = (
            "From: doctor@example.com\nTo: sales@north.example\nSubject: %s\n"
            "Date: Mon, 4 May 2026 10:00:00 +0000\n%sMessage-Id: <%s@example.com>\n"
            "\nText"
        )
        with self._hearing(self.asked) as told:
            for number, subject, header in (
                (1, "Prices", ""),
                (2, "Out of office", ""),
                (3, "Away", "Auto-Submitted: auto-replied\n"),
            ):
                self.env["mail.thread"].message_process(
                    "crm.lead", letter % (subject, header, number)
                )
        (fact,) = self._same_story(self.asked, told)
        lead = self.env["crm.lead"].browse(fact.subject_ids("crm.lead"))
        self.assertEqual(lead.name, "Prices")
        self.assertEqual(fact.families, set(self.customer.ids))

    def test_on_the_order_of_a_lead(self):
        order = self._order(opportunity_id=self.lead.id)
        with self._hearing(self.asked) as told:
            self._message(order)
        (fact,) = self._same_story(self.asked, told)
        self.assertEqual(fact.subject_ids("sale.order"), order.ids)
        self.assertEqual(fact.subject_ids("crm.lead"), self.lead.ids)

    def test_on_a_contact_s_page(self):
        with self._hearing(self.asked) as told:
            self._message(self.customer)
        (fact,) = self._same_story(self.asked, told)
        self.assertEqual(fact.places, {("res.partner", self.customer.id)})

    def test_from_an_unknown_address(self):
        nobody = {"author_id": False, "email_from": "new@example.com"}
        lead = self.env["crm.lead"].create({"name": "New", "company_id": False})
        with self._hearing(self.asked) as told:
            known = self._message(self._order(), **nobody)
            new = self._message(lead, **nobody)
            self._message(lead, message_type="comment", **nobody)
        facts = {fact.res_id: fact for fact in self._same_story(self.asked, told)}
        self.assertEqual(set(facts), {known.id, new.id})
        self.assertEqual(facts[known.id].families, set(self.customer.ids))
        self.assertEqual(facts[new.id].families, frozenset())
        self.assertEqual(facts[new.id].places, {("crm.lead", lead.id)})

    def test_logged_by_the_mail_plugin(self):
        note = self.env.ref("mail.mt_note").id
        plugin = {
            "touch_mark": "plugin",
            "message_type": "notification",
            "subtype_id": note,
            "author_id": self.sales.partner_id.id,
        }
        with self._hearing(self.asked) as told:
            theirs = self._message(body="From: doctor@example.com", **plugin)
            self._message(body="From: seller@example.com", **plugin)
        (fact,) = self._same_story(self.asked, told)
        self.assertEqual(fact.key, self._key(theirs))
        self.assertEqual(fact.families, set(self.customer.ids))

    def test_what_is_none(self):
        channel = self.env["discuss.channel"].create({"name": "Chat"})
        ours = self.company.partner_id.id
        with self._hearing(self.asked) as told:
            self._message(author_id=self.sales.partner_id.id)
            self._message(author_id=ours)
            self._message(is_internal=True)
            self._message(subtype_id=self.env.ref("mail.mt_note").id)
            self._message(touch_mark="automatic")
            self._message(subject="Automatic reply: Prices")
            self._message(message_type="out_of_office")
            self._message(message_type="auto_comment")
            self._message(message_type="notification")
            self._message(channel)
            self._message(self.env.ref("base.main_company"))
            self._message(model=False, res_id=False)
            self._message(date=False)
        self.assertEqual(self._same_story(self.asked, told), [])

    def test_on_the_page_of_a_regulated_model(self):
        companies = self._asked("res.company")
        with self._hearing(companies) as told:
            self._message(self.company)
        self.assertEqual(len(self._same_story(companies, told)), 1)

    def test_document_is_gone(self):
        message = self._message()
        self.env.cr.execute(
            "UPDATE mail_message SET res_id = 0 WHERE id = %s", [message.id]
        )
        self.env.invalidate_all()
        self.assertEqual(self._read(self.asked), [])
        self.assertFalse(self._told_of(message))

    def test_company_of_nobody(self):
        self.southern.company_id = False
        self._message(self.southern)
        self.assertEqual(len(self._read(self.asked)), 1)

    def test_filtered(self):
        domain = Domain("attachment_ids", "!=", False)
        self._message()
        self.assertEqual(self._read_keys(domain=domain), [])
        attachment = Command.create({"name": "a.txt", "raw": b"text"})
        with self._hearing(self._asking(self.asked, domain=domain)) as told:
            kept = self._message(attachment_ids=[attachment])
            self._message()
        self.assertEqual(self._keys(told), [self._key(kept)])
        self.assertEqual(self._read_keys(domain=domain), [self._key(kept)])

    def test_words(self):
        for kind, author, is_note, is_sent, expected in (
            ("email", THEIRS, True, False, ""),
            ("email_outgoing", THEIRS, False, False, ""),
            ("comment", UNKNOWN, False, False, ""),
            ("email", ROBOT, False, False, ""),
            ("comment", ROBOT, False, True, ""),
            ("email", OURS, False, False, OUT),
            ("notification", OURS, False, True, OUT),
            ("notification", OURS, False, False, ""),
        ):
            with self.subTest(kind=kind, author=author):
                self.assertEqual(direction(kind, author, is_note, is_sent), expected)

    # --- whom it touches ------------------------------------------------------

    def test_time_and_place(self):
        order = self._order(opportunity_id=self.lead.id)
        self._message(order)
        self._message(self.stranger, author_id=self.manager.partner_id.id)
        (fact,) = self._read(self.asked)
        self._assert_in_time(self.asked, fact)
        self._assert_one_and_narrowed(
            self.asked, fact, ("sale.order", order.id), families=self.customer.ids
        )

    def test_place_of_a_stranger_s_letter(self):
        order = self._order(opportunity_id=self.lead.id)
        self._message(order, author_id=False)
        (fact,) = self._read(self.asked)
        self._assert_one_and_narrowed(
            self.asked, fact, ("crm.lead", self.lead.id), families=self.customer.ids
        )

    def test_of_a_promise(self):
        about = self._about(self.lead, TEN, lead=self.lead)
        other = self._about(self._lead(), TEN, partner=self.stranger, id=2)
        self._message(date=NINE)
        self._message(self.southern)
        self._message(self.stranger, author_id=self.company.partner_id.id)
        self.assertEqual(self._concerning(self.asked, about, role=RESUME), {})
        answer = self._message(date=ELEVEN)
        found = self._concerning(self.asked, about, other, role=RESUME)
        self.assertEqual(
            {id_: self._proofs(p) for id_, p in found.items()},
            {1: [(self._key(answer), "system")]},
        )

    def test_somebody_else_on_the_customer_s_page(self):
        about = self._about(self.lead, TEN, lead=self.lead)
        self._message(self.customer, author_id=self.stranger.id)
        self.assertEqual(len(self._concerning(self.asked, about)), 1)

    def test_no_answer_to_itself(self):
        letter = self._message()
        about = self._about(self.lead, TEN, key=self._key(letter))
        self.assertEqual(self._concerning(self.asked, about), {})

    def test_touched(self):
        touched = self._told_of(self._message(self._order(opportunity_id=self.lead.id)))
        self.assertEqual(touched.families, set(self.customer.ids))
        self.assertEqual(touched.ids("crm.lead"), self.lead.ids)
        self.assertFalse(self._told_of(self._letter()))
        for odd in ({"touch_mark": "automatic"}, {"date": False}):
            self.assertFalse(self._told_of(self._message(**odd)))
        gone = self._message()
        gone.unlink()
        self.assertFalse(self._told_of(gone))

    def test_most_messages_cost_nothing(self):
        """Notes and notices are discarded from memory."""
        notices = self._message(message_type="notification")
        notices |= self._message(message_type="auto_comment")
        self._assert_free(notices, self.asked)

    def test_queries(self):
        def letters(leads):
            for number, lead in enumerate(leads):
                author = lead.partner_id.id if number % 2 else False
                self._message(lead, author_id=author)

        self._assert_bounded(letters, self.asked, FULFIL)
