from psycopg2.errors import CheckViolation

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..engine.announcing import Recipients
from ..hooks import disarm_mailings
from .announcement_common import START, AnnouncementCommon


@tagged("post_install", "-at_install")
class TestAnnouncement(AnnouncementCommon):
    # --- who is told how ------------------------------------------------------

    def test_everybody_has_a_way_or_a_reason(self):
        announcement = self._prepared()
        self.assertEqual(
            self._fates(announcement),
            {
                "mailed": ("planned", False),
                "contact": ("planned", False),
                "twin": ("planned", "same_email"),
                "mute": ("planned", "no_email"),
                "wrong": ("planned", "bad_email"),
                "black": ("excluded", "blacklisted"),
                "left": ("excluded", "opted_out"),
                "best": ("planned", False),
            },
        )
        ways = {
            row.partner_id.name.lower(): row.way
            for row in announcement.sudo().recipient_ids
        }
        self.assertEqual(
            ways,
            {
                "mailed": "mail", "contact": "mail", "twin": "mail", "mute": "call",
                "wrong": "call", "black": "none", "left": "none", "best": "personal",
            },
        )  # fmt: skip
        row = self._row(announcement, "contact")
        self.assertEqual(row.contact_id.name, "Dr. Green")
        self.assertEqual(self._row(announcement, "best").segment_id, self.best)
        self.assertEqual(row.user_id, self.sales)

    def test_the_mailing_finds_exactly_those_with_a_letter(self):
        announcement = self._prepared()
        mailing = announcement.sudo().mailing_id
        found = self.env["res.partner"].browse(mailing._get_recipients())
        self.assertEqual(
            set(found.mapped("name")), {"Mailed", "Dr. Green"}, "one for an address"
        )
        self.assertEqual(mailing.state, "draft", "nothing is sent by itself")
        self.assertEqual(mailing.with_user(self.marketing)._get_recipients(), found.ids)

    def test_scope(self):
        lead = self._lead(partner_id=self.people["mailed"].id)
        kind = self.env["crm.sale.kind"].search([], limit=1)
        lead.sale_kind_ids = kind
        territory = self.env["crm.territory"].create(
            {"name": "North", "code": "north_ann", "company_id": False}
        )
        south = self.env["crm.territory"].create(
            {"name": "Far north", "code": "far_ann", "parent_id": territory.id,
             "company_id": False}
        )  # fmt: skip
        self.people["mute"].write({"territory_id": south.id, "territory_manual": True})
        self._customer("Foreign", company_id=self.env["res.company"].search(
            [("id", "!=", self.company.id)], limit=1).id)  # fmt: skip
        self._customer("Gone", active=False)
        for values, names in (
            ({"sale_kind_ids": [Command.set(kind.ids)]}, {"mailed"}),
            ({"territory_ids": [Command.set(territory.ids)]}, {"mute"}),
            ({"segment_ids": [Command.set(self.best.ids)]}, {"best"}),
            ({"scope_domain": '[("name", "like", "Bla")]'}, {"black"}),
            ({}, set(self.people)),
        ):
            with self.subTest(values):
                announcement = self._prepared(**values)
                self.assertEqual(set(self._fates(announcement)), names)

    def test_without_respect_for_lists(self):
        announcement = self._prepared(respect_optout=False)
        self.assertEqual(self._fates(announcement)["left"], ("planned", False))

    def test_a_salesperson_who_left(self):
        self.people["mute"].user_id = self.other
        self.other.active = False
        announcement = self._prepared()
        self.assertEqual(self._row(announcement, "mute").user_id, self.coordinator)

    def test_prepared_once(self):
        announcement = self._prepared()
        mailing, rows = (
            announcement.sudo().mailing_id,
            announcement.sudo().recipient_ids,
        )
        self.assertIs(announcement.action_prepare(), True)
        self.assertEqual(announcement.sudo().mailing_id, mailing)
        self.assertEqual(announcement.sudo().recipient_ids, rows)
        self._customer("Late")
        self.assertNotIn("late", self._fates(announcement), "the list is frozen")
        announcement.action_reset()
        self.assertFalse(mailing.exists() or rows.exists())
        announcement.action_prepare()
        self.assertIn("late", self._fates(announcement))

    def test_few_queries_for_many(self):
        model = self.people["mailed"]
        taken = {}
        for count in (5, 300):
            model.create(
                [
                    {
                        "name": f"Many {count} {number}",
                        "is_company": True,
                        "email": f"many{count}_{number}@example.com",
                        "counterparty_type_ids": [Command.set(self.new_type.ids)],
                    }
                    for number in range(count)
                ]
            )
            announcement = self._announcement()
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            announcement.action_prepare()
            announcement.action_send()
            announcement.coverage()
            self._commit()
            taken[count] = self.env.cr.sql_log_count - before
        self.assertEqual(announcement.total_count, 8 + 305)
        self.assertLessEqual(taken[300], taken[5] + 3)

    # --- what became of them ----------------------------------------------------

    def test_letters_tell(self):
        announcement = self._running()
        self.assertEqual(announcement.state, "running")
        self.assertEqual(announcement.sudo().mailing_id.state, "in_queue")
        for name, state in (
            ("mailed", "waiting"), ("mute", "to_call"), ("best", "personal"),
            ("black", "excluded"),
        ):  # fmt: skip
            self.assertEqual(self._row(announcement, name).state, state)
        letter = self._letter(announcement, "mailed", "sent")
        doctor = self._letter(announcement, "contact", "bounce")
        self._letter(announcement, "twin", "cancel", failure_type="mail_dup")
        announcement.action_refresh()
        fates = self._fates(announcement)
        self.assertEqual(fates["mailed"], ("sent", False))
        self.assertEqual(fates["twin"], ("sent", "same_email"), "the same mailbox")
        self.assertEqual(fates["contact"], ("to_call", "bounced"))
        self.assertTrue(self._row(announcement, "mailed").date_informed)
        self.assertEqual(self._row(announcement, "mailed").told_percent, 100)
        for status, state in (("open", "opened"), ("reply", "replied")):
            letter.trace_status = status
            announcement.action_refresh()
            self.assertEqual(self._row(announcement, "mailed").state, state)
        doctor.set_sent()
        announcement.action_refresh()
        self.assertEqual(self._fates(announcement)["contact"], ("sent", False))
        # Nothing new, nothing written.
        self.assertEqual(Recipients(announcement.sudo()).follow(), 0)

    def test_letters_that_could_not_be_sent(self):
        announcement = self._running()
        self._letter(announcement, "mailed", "error", failure_type="mail_smtp")
        self._letter(announcement, "contact", "cancel", failure_type="mail_bl")
        self._letter(
            announcement, "mailed", "sent", is_test_trace=True, email="x@example.com"
        )
        announcement.action_refresh()
        fates = self._fates(announcement)
        self.assertEqual(fates["mailed"], ("to_call", "failed"))
        self.assertEqual(fates["contact"], ("excluded", "blacklisted"))

    def test_odoo_sends_it(self):
        """The whole way with Odoo's own queue."""
        announcement = self._running()
        mailing = announcement.sudo().mailing_id
        with self.enter_registry_test_mode():
            self.env.ref(
                "mass_mailing.ir_cron_mass_mailing_queue"
            ).method_direct_trigger()
        self.env.invalidate_all()
        self.assertEqual(mailing.state, "done")
        self.assertEqual(len(mailing.mailing_trace_ids), 2)
        mailing.mailing_trace_ids.set_sent()
        announcement.action_refresh()
        self.assertEqual(self._fates(announcement)["mailed"], ("sent", False))
        self.assertEqual(self._fates(announcement)["contact"], ("sent", False))

    def test_sent_from_the_mailing_itself(self):
        announcement = self._prepared(user=self.marketing)
        announcement.mailing_id.action_put_in_queue()
        self.assertEqual(announcement.state, "running")

    def test_the_mailing_was_deleted(self):
        announcement = self._prepared()
        announcement.sudo().mailing_id.unlink()
        self._refused("announcement_mailing", announcement.action_send)
        announcement.action_reset()
        announcement.action_prepare()
        announcement.action_send()
        announcement.sudo().mailing_id.unlink()
        announcement.action_refresh()
        self.assertEqual(self._fates(announcement)["mailed"], ("to_call", "failed"))

    def test_nobody_has_an_address(self):
        announcement = self._prepared(scope_domain='[("name", "=", "Mute")]')
        self.assertFalse(announcement.sudo().mailing_id)
        announcement.action_send()
        self.assertEqual(self._fates(announcement), {"mute": ("to_call", "no_email")})

    def test_nothing_is_left_when_the_addon_goes(self):
        mailing = self._running().sudo().mailing_id
        disarm_mailings(self.env)
        self.assertEqual(mailing.state, "draft")
        self.assertFalse(mailing._get_recipients(), "and nobody else gets it")

    def test_cron(self):
        announcement = self._running()
        self._letter(announcement, "mailed", "sent")
        with self.enter_registry_test_mode():
            self.env.ref("crm_regulations.ir_cron_announcement").method_direct_trigger()
        self.env.invalidate_all()
        self.assertEqual(self._fates(announcement)["mailed"][0], "sent")

    # --- told in person ---------------------------------------------------------

    def test_told(self):
        announcement = self._running()
        mine = announcement.with_user(self.sales)
        people = [self.people["mute"].id, self.people["best"].id]
        self.assertEqual(
            mine.mark_told(people, "On the phone"), {"told": 2, "unchanged": 0}
        )
        self.assertEqual(mine.mark_told(people), {"told": 0, "unchanged": 2})
        row = self._row(announcement, "mute")
        self.assertEqual(
            (row.state, row.note, row.told_by_id, row.proof, row.reason),
            ("told", "On the phone", self.sales, "word", "no_email"),
        )
        # A letter that comes back later changes nothing.
        self._letter(announcement, "best", "bounce")
        announcement.action_refresh()
        self.assertEqual(self._row(announcement, "best").state, "told")

    def test_told_in_one_tap_and_with_a_note(self):
        announcement = self._running()
        rows = announcement.with_user(self.sales).recipient_ids
        mute = rows.filtered(lambda row: row.partner_id == self.people["mute"])
        self.assertTrue(mute.is_to_tell)
        self.assertIs(mute.action_told(), True)
        wrong = rows.filtered(lambda row: row.partner_id == self.people["wrong"])
        dialog = self.env["crm.announcement.told"].with_user(self.sales)
        dialog = dialog.with_context(active_ids=wrong.ids).create(
            {"note": "At the fair"}
        )
        dialog.action_say()
        self.assertEqual(wrong.note, "At the fair")
        self.assertEqual((mute | wrong).mapped("state"), ["told", "told"])
        self.assertFalse(mute.is_to_tell)

    def test_a_contact_stands_for_its_company(self):
        announcement = self._running()
        doctor = self._row(announcement, "contact").contact_id
        announcement.mark_told(doctor.ids)
        self.assertEqual(self._row(announcement, "contact").state, "told")

    def test_a_marked_talk_tells(self):
        call = self.env.ref("crm_segmentation.interaction_type_call")
        with self._at(START):
            announcement = self._running()
        values = {"type_id": call.id, "announcement_id": announcement.id}
        later = "2026-05-04 10:00:00"
        for name, more, state in (
            ("mute", {"outcome": "answered"}, "told"),
            ("wrong", {"outcome": "missed"}, "to_call"),
            (
                "best",
                {"outcome": "answered", "date": "2026-05-04 08:00:00"},
                "personal",
            ),
        ):
            with self.subTest(name):
                self._talk(
                    partner_id=self.people[name].id, **{"date": later, **values, **more}
                )
                self.assertEqual(self._row(announcement, name).state, state)
        talk = self._talk(
            partner_id=self.people["best"].id, type_id=call.id, date=later,
            outcome="answered",
        )  # fmt: skip
        self.assertEqual(
            self._row(announcement, "best").state, "personal", "not marked"
        )
        talk.announcement_id = announcement
        self.assertEqual(self._row(announcement, "best").state, "told")

    # --- figures ----------------------------------------------------------------

    def test_coverage(self):
        announcement = self._running(target_percent=50)
        self._letter(announcement, "mailed", "sent")
        found = announcement.coverage()
        self.assertEqual(
            {name: found[name] for name in
             ("total", "informed", "excluded", "open", "percent", "reached")},
            {"total": 8, "informed": 2, "excluded": 2, "open": 4, "percent": 25.0,
             "reached": False},
        )  # fmt: skip
        self.assertEqual(found["by_reason"]["blacklisted"], 1)
        self.assertEqual(found["by_state"]["sent"], 2)
        self.assertEqual(
            {row["name"] for row in found["not_informed"]},
            {"Contact", "Mute", "Wrong", "Best"},
        )
        self.assertFalse(announcement.is_covered)
        announcement.mark_told([self.people["mute"].id, self.people["best"].id])
        self.assertTrue(announcement.is_covered)
        self.assertTrue(announcement.date_covered)
        self.assertIn("Told in person: 2", announcement.figures_text)

    def test_by_category(self):
        announcement = self._running()
        announcement.mark_told(self.people["best"].ids)
        groups = self.env["crm.announcement.recipient"]._read_group(
            [("announcement_id", "=", announcement.id)],
            ["segment_id"],
            ["told_percent:avg"],
        )
        self.assertEqual({s.code: p for s, p in groups}, {"A": 100, False: 0})

    # --- promises ---------------------------------------------------------------

    def _shipped(self, code):
        regulation = self.env["crm.regulation"].search(
            [("company_id", "=", self.company.id), ("code", "=", code)]
        )
        regulation.owner_id = self.coordinator
        with self._at("2026-05-04 08:00:00"):
            regulation.action_publish()
        return regulation

    def test_the_promises_of_an_announcement(self):
        whole, personal = map(self._shipped, ("announcement", "announcement_personal"))
        with self._at(START):
            announcement = self._running(target_percent=25)
        (owed,) = self._owed(whole)
        self.assertEqual(owed.user_id, self.coordinator)
        self.assertEqual(str(owed.date_due), "2026-05-11 17:00:00")
        (best,) = self._owed(personal)
        self.assertEqual(
            (best.user_id, best.partner_id), (self.sales, self.people["best"])
        )
        self.assertEqual(str(best.date_due), "2026-05-06 17:00:00")
        with self._at("2026-05-05 10:00:00"):
            announcement.with_user(self.sales).mark_told(
                self.people["best"].ids, "Visited"
            )
            self._commit()
        self.assertEqual((best.state, best.evidence_grade, best.note),
                         ("done_on_time", "attested", "Visited"))  # fmt: skip
        self.assertEqual(owed.state, "open")
        with self._at("2026-05-06 10:00:00"):
            self._letter(announcement, "mailed", "sent")
            announcement.action_refresh()
            self._commit()
        self.assertEqual((owed.state, owed.evidence_grade), ("done_on_time", "system"))

    def test_done_in_today_tells_the_customer(self):
        personal = self._shipped("announcement_personal")
        announcement = self._running()
        self._owed(personal).with_user(self.sales).fulfil("At the congress")
        row = self._row(announcement, "best")
        self.assertEqual((row.state, row.note), ("told", "At the congress"))

    def test_after_closing_nothing_changes(self):
        personal = self._shipped("announcement_personal")
        announcement = self._running()
        announcement.action_close()
        self._owed(personal).with_user(self.sales).fulfil("Too late")
        self.assertEqual(self._row(announcement, "best").state, "personal")

    def test_a_call_by_the_exchange_is_proof(self):
        personal = self._shipped("announcement_personal")
        with self._at(START):
            announcement = self._running()
        with self._at("2026-05-04 10:00:00"):
            self._talk(
                partner_id=self.people["best"].id,
                type_id=self.env.ref("crm_segmentation.interaction_type_call").id,
                origin="call_log", outcome="answered", date="2026-05-04 09:50:00",
                announcement_id=announcement.id,
            )  # fmt: skip
            self._commit()
        owed = self._owed(personal)
        self.assertEqual((owed.state, owed.evidence_grade), ("done_on_time", "system"))

    # --- what is refused --------------------------------------------------------

    def _refused(self, code, act, *args):
        with self.assertRaises(UserError) as caught:
            act(*args)
        message = str(caught.exception)
        self.assertTrue(message.startswith(f"crm_regulations.{code}: "), message)

    def test_what_cannot_be_prepared(self):
        product = self.env["product.template"].create({"name": "Old", "active": False})
        nobody = self.env["crm.counterparty.type"].create(
            {"name": "Nobody", "code": "nobody_ann"}
        )
        for code, values in (
            ("announcement_scope", {"counterparty_type_ids": False}),
            ("announcement_text", {"body": "<p><br></p>"}),
            ("announcement_product", {"product_ids": [Command.set(product.ids)]}),
            ("announcement_nobody",
             {"counterparty_type_ids": [Command.set(nobody.ids)]}),
        ):  # fmt: skip
            with self.subTest(code):
                announcement = self._announcement(**values)
                self._refused(code, announcement.action_prepare)
                self.assertEqual(announcement.state, "draft")
                self.assertFalse(announcement.sudo().recipient_ids)

    def test_in_the_wrong_state(self):
        announcement = self._announcement()
        everybody = self.people["mute"].ids
        for act, *args in (
            (announcement.action_send,), (announcement.action_close,),
            (announcement.mark_told, everybody),
        ):  # fmt: skip
            self._refused("announcement_state", act, *args)
        announcement.action_prepare()
        self._refused("announcement_frozen", announcement.write, {"name": "Other"})
        announcement.action_send()
        for act in (
            announcement.action_send, announcement.action_prepare,
            announcement.action_reset,
        ):  # fmt: skip
            self._refused("announcement_state", act)
        self._refused("announcement_sent", announcement.unlink)
        self._refused("announcement_sent", announcement.sudo().recipient_ids.unlink)
        self._refused("use_buttons", announcement.write, {"state": "draft"})
        announcement.action_close()
        self._refused("announcement_state", announcement.mark_told, everybody)
        self.assertEqual(announcement.coverage()["open"], 6)

    def test_a_product_archived_after_preparing(self):
        product = self.env["product.template"].create({"name": "Reagent"})
        announcement = self._prepared(product_ids=[Command.set(product.ids)])
        product.active = False
        self._refused("announcement_product", announcement.action_send)
        self._refused("announcement_product", product.action_announce)

    def test_wrong_people(self):
        announcement = self._running()
        stranger = self._partner("Stranger")
        for given in ("x", [True], [-1], ["1"], stranger.ids, [10**9]):
            with self.subTest(given):
                self._refused("announcement_told", announcement.mark_told, given)
        self._refused(
            "announcement_told", announcement.mark_told, self.people["mute"].ids, 5
        )
        both = announcement | self._announcement()
        for act, *args in ((both.coverage,), (both.mark_told, [1])):
            self._refused("one_record", act, *args)

    def test_no_code_in_texts(self):
        """Odoo renders mailings with all rights, so nothing of a text is executed."""
        for subject in ("{{ object.env }}", "News {{ 1 }}"):
            with self.assertRaisesRegex(ValidationError, "^crm_regulations.announce"):
                self._announcement(name=subject)
        announcement = self._prepared(
            body='<p t-out="object.env.user.name">Hello</p><t t-esc="1 + 1"/>'
        )
        self.assertNotIn("t-", announcement.sudo().mailing_id.body_html)
        with self.assertRaises(ValidationError):
            self._announcement(scope_domain="[(1, 2)]")
        with self.assertRaises(ValidationError):
            self._announcement(scope_domain="__import__('os')")

    # --- roles --------------------------------------------------------------------

    def test_authors(self):
        for user in (self.coordinator, self.manager, self.marketing):
            with self.subTest(user.login):
                announcement = self._announcement(user=user)
                announcement.action_prepare()
                announcement.action_send()
                self.assertEqual(announcement.total_count, 8)
                self.assertEqual(len(announcement.recipient_ids), 8)
                self.assertEqual(announcement.coverage()["total"], 8)
        for user in (self.sales, self.integration):
            with self.assertRaises(AccessError):
                self._announcement(user=user)

    def test_a_salesperson_sees_the_own_customers(self):
        self.people["mute"].user_id = self.other
        announcement = self._running().with_user(self.sales)
        self.env.invalidate_all()
        self.assertNotIn(self.people["mute"], announcement.recipient_ids.partner_id)
        self.assertEqual(len(announcement.recipient_ids), 7)
        self.assertEqual(announcement.total_count, 8, "figures are everybody's")
        self._refused(
            "announcement_told", announcement.mark_told, self.people["mute"].ids
        )
        for act in (
            announcement.action_send, announcement.action_close, announcement.unlink,
        ):  # fmt: skip
            with self.assertRaises(AccessError):
                act()
        for act in (
            lambda rows: rows.write({"state": "told"}),
            lambda rows: rows.unlink(),
        ):
            with self.assertRaises(AccessError):
                act(announcement.recipient_ids)

    def test_another_company(self):
        announcement = self._running()
        company = self.env["res.company"].create({"name": "South Med"})
        stranger = self._user(
            "south", "crm_segmentation.group_crm_coordinator", company
        )
        mine = announcement.with_user(stranger).with_context(
            allowed_company_ids=company.ids
        )
        self.assertFalse(mine.search([("id", "=", announcement.id)]))
        self.assertFalse(
            mine.env["crm.announcement.recipient"].search(
                [("announcement_id", "=", announcement.id)]
            )
        )
        with self.assertRaises(AccessError):
            mine.coverage()

    def test_the_button_of_products(self):
        products = self.env["product.template"].create([{"name": "A1"}, {"name": "B2"}])
        action = products.with_user(self.manager).action_announce()
        announcements = self.env["crm.announcement"].with_user(self.manager)
        values = announcements.with_context(**action["context"]).default_get(
            ["name", "body", "product_ids", "state"]
        )
        self.assertEqual(values["name"], "New: A1, B2")
        self.assertIn("<li>B2</li>", values["body"])
        self.assertEqual(values["product_ids"], [Command.set(products.ids)])
        self.assertFalse(
            self.env["crm.announcement"].search([("product_ids", "in", products.ids)])
        )


@tagged("post_install", "-at_install")
class TestContactCap(AnnouncementCommon):
    def _fill(self, partner, count, **values):
        mailing = self.env["mailing.mailing"].create(
            {
                "subject": "Before",
                "body_html": "<p>x</p>",
                "mailing_model_id": self.env["ir.model"]._get_id("res.partner"),
            }
        )
        self.env["mailing.trace"].create(
            [
                {
                    "mass_mailing_id": mailing.id,
                    "model": "res.partner",
                    "res_id": partner.id,
                    "email": partner.email_normalized,
                    "trace_status": "sent",
                    "sent_datetime": self.env.cr.now(),
                    **values,
                }
            ]
            * count
        )

    def test_an_announcement_respects_it(self):
        partner = self.people["mailed"]
        contact = self.env["mailing.contact"].create({"email": partner.email})
        for count, more, expected in (
            (3, {}, "mail"),
            (1, {"trace_status": "bounce"}, "mail"),
            (1, {"sent_datetime": "2020-01-01 00:00:00"}, "mail"),
            (1, {"is_test_trace": True}, "mail"),
            # To the mailing list, by the address alone.
            (1, {"model": "mailing.contact", "res_id": contact.id}, "call"),
        ):
            with self.subTest(more):
                self._fill(partner, count, **more)
                row = self._row(self._prepared(), "mailed")
                self.assertEqual(row.way, expected)
        self.assertEqual(row.reason, "cap")
        self.company.crm_contact_cap = 0
        self.assertEqual(self._row(self._prepared(), "mailed").way, "mail")

    def test_letters_of_regulations_respect_it(self):
        self.company.crm_contact_cap = 2
        template = self.env["mail.template"].create(
            {
                "name": "Thanks",
                "model_id": self.env["ir.model"]._get_id("crm.interaction"),
                "subject": "Thanks",
                "body_html": "<p>Thanks</p>",
                "email_from": "office@example.com",
            }
        )
        action = {"kind": "email", "whom": "customer", "template_id": template.id}
        regulation = self._regulation({"action_ids": [Command.create(action)]})
        for _number in range(3):
            with self._at(START):
                self._talk()
        self._sweep("2026-05-04 09:00:01")
        mails = self.env["mail.mail"].search([("subject", "=", "Thanks")])
        self.assertEqual(len(mails), 2)
        owed = self._owed(regulation)
        self.assertEqual(
            [len(o.event_ids.filtered(lambda e: e.kind == "mailed")) for o in owed],
            [1, 1, 0],
        )
        (told,) = owed[2].event_ids.filtered(lambda e: e.kind == "acted").mapped("note")
        self.assertIn("got 2 automatic letters in 30 days", told)
        self.assertFalse(self._incidents(regulation), "it is no failure")

    def test_not_negative(self):
        with self.assertRaises(CheckViolation), mute_logger("odoo.sql_db"):
            self.company.crm_contact_cap = -1
            self.env.flush_all()
