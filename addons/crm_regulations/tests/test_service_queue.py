from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .common import MONDAY_9, RegulationsCommon

TEN = "2026-05-04 10:00:00"


class QueueCommon(RegulationsCommon):
    """The shipped draft in force, a technician on duty, and a colleague."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.regulation = cls.env["crm.regulation"].search(
            [("company_id", "=", cls.company.id), ("code", "=", "service_4wh")]
        )
        cls.regulation.write({"mode": "remind", "owner_id": cls.coordinator.id})
        cls.regulation.action_publish()
        cls.technician = cls._user("technician", "sales_team.group_sale_salesman")
        cls.technician.email = "technician@example.com"
        cls.sales.email = "seller@example.com"
        cls.duty = cls.env["crm.duty"].create(
            {
                "user_id": cls.technician.id,
                "date_from": "2026-05-01 00:00:00",
                "company_id": cls.company.id,
            }
        )

    def _request(self, **values):
        values = {"type_id": self.service.id, "name": "Error 42", **values}
        with self._at(values.get("date", MONDAY_9)):
            return self._talk(**values)

    def _row(self, talk, user=None):
        row = self.env["crm.service.request"].with_user(user or self.technician)
        row.invalidate_model()
        return row.search([("id", "=", talk.id)])

    def _all(self):
        return self._owed(self.regulation)


@tagged("post_install", "-at_install")
class TestServiceQueue(QueueCommon):
    # --- what stands in it ----------------------------------------------------

    def test_a_request_with_its_promise(self):
        talk = self._request(note="Since this morning")
        with self._at(TEN):
            row = self._row(talk)
            self.assertEqual((row.state, row.is_open), ("open", True))
            self.assertEqual((row.user_id, row.is_mine), (self.technician, True))
            self.assertEqual(str(row.date_due), "2026-05-04 14:00:00")
            self.assertEqual(row.countdown["kind"], "work")
            self.assertEqual(row.countdown["due"], "2026-05-04 14:00:00")
            self.assertEqual((row.name, row.note), ("Error 42", "Since this morning"))
            self.assertEqual(row.partner_id, self.customer)
        with self._at("2026-05-04 14:05:00"):
            row = self._row(talk)
            self.assertEqual(row.state, "breached")

    def test_the_states_of_the_promise(self):
        talk = self._request()
        owed = self._all()
        with self._at(TEN):
            owed.pause("Waits for the customer")
            self.assertEqual(self._row(talk).state, "paused")
            self.assertEqual(self._row(talk).countdown["kind"], "paused")
            owed.resume()
            self.assertEqual(self._row(talk).state, "open")
            owed.excuse("Power cut")
            row = self._row(talk)
            self.assertEqual((row.state, row.is_open), ("closed", False))

    def test_a_request_without_a_promise(self):
        self.regulation.action_retire()
        with self._at(TEN):
            talk = self._request()
            row = self._row(talk)
            self.assertEqual((row.state, row.is_open), ("none", True))
            self.assertFalse(row.user_id or row.date_due or row.countdown)
            row.action_take()
            self.assertEqual((row.user_id, row.state), (self.technician, "none"))
            row.action_done()
            self.assertEqual((row.state, row.is_open), ("closed", False))
            self.assertEqual(str(row.date_done), TEN)

    def test_what_does_not_stand_in_it(self):
        with self._at(TEN):
            others = self._talk() | self._request(direction="out")
            rows = self.env["crm.service.request"].search([("id", "in", others.ids)])
            self.assertFalse(rows)

    def test_how_long_it_is_shown(self):
        talk = self._request(date="2026-02-02 09:00:00")
        with self._at("2026-05-05 09:00:01"):
            self.assertTrue(self._row(talk), "it is open yet")
            self._all().fulfil("Done at last")
            self.assertFalse(self._row(talk), "it came three months ago")
        with self._at("2026-05-05 09:00:00"):
            self.assertTrue(self._row(talk))

    def test_filters_and_groups(self):
        mine = self._request()
        with self._at(TEN):
            self.duty.user_id = self.sales
            other = self._request(date="2026-05-04 09:30:00")
            rows = self.env["crm.service.request"].with_user(self.technician)
            rows = rows.with_context(active_test=False)
            ids = (mine | other).ids
            self.assertEqual(
                rows.search(
                    [("user_id", "=", self.technician.id), ("id", "in", ids)]
                ).ids,
                mine.ids,
            )
            groups = rows._read_group(
                [("is_open", "=", True), ("id", "in", ids)], ["state"], ["__count"]
            )
            self.assertEqual(groups, [("open", 2)])
            self.assertEqual(rows.search([("id", "in", ids)]).ids, ids, "by urgency")

    # --- what people do -------------------------------------------------------

    def test_i_take_it(self):
        self.duty.user_id = self.sales
        talk = self._request()
        self._sweep(TEN)
        owed = self._all()
        self.assertEqual((owed.user_id, owed.activity_ids.user_id),
                         (self.sales, self.sales))  # fmt: skip
        with self._at(TEN):
            self._row(talk).action_take()
            self._row(talk).action_take()
        self.assertEqual(owed.user_id, self.technician)
        self.assertEqual(owed.activity_ids.user_id, self.technician)
        log = owed.event_ids.filtered(lambda e: e.kind == "reassigned")
        self.assertEqual(len(log), 1, "taking what is mine changes nothing")
        self.assertEqual(log.user_id, self.technician)
        self.assertIn("seg_technician", log.note)

    def test_answer(self):
        talk = self._request()
        with self._at(TEN):
            action = self._row(talk).action_answer()
            composer = Form(
                self.env[action["res_model"]]
                .with_user(self.technician)
                .with_context(**action["context"], mail_notify_force_send=False)
            )
            composer.body = "<p>We are on our way</p>"
            self.assertEqual(composer.partner_ids[:], self.customer)
            composer.save()._action_send_mail()
            self._commit()
            owed = self._all()
            self.assertEqual(
                (owed.state, owed.evidence_grade), ("done_on_time", "system")
            )
            row = self._row(talk)
            self.assertEqual((row.state, str(row.date_done)), ("done", TEN))

    def test_answer_to_somebody_unknown(self):
        talk = self._request(partner_id=False, phone="+380671234567")
        action = self._row(talk).action_answer()
        self.assertEqual(action["res_model"], "crm.interaction.assign")

    def test_done(self):
        talk = self._request()
        with self._at(TEN):
            self._row(talk).done("By telephone")
        owed = self._all()
        self.assertEqual(
            (owed.state, owed.evidence_grade, owed.note),
            ("done_on_time", "attested", "By telephone"),
        )

    def test_done_of_nobody_s(self):
        talk = self._request()
        owed = self._all()
        owed._pass_to(self.env["res.users"])
        with self._at(TEN):
            self.assertFalse(self._row(talk).user_id)
            self._row(talk).action_done()
        self.assertEqual((owed.state, owed.user_id), ("done_on_time", self.technician))

    def test_done_of_a_colleague_s(self):
        self.duty.user_id = self.sales
        talk = self._request()
        with self._at(TEN):
            with self.assertRaisesRegex(AccessError, "crm_regulations.not_yours"):
                self._row(talk).action_done()
            self.assertEqual(self._all().state, "open")
            self._row(talk, self.manager).action_done()
        self.assertEqual(self._all().state, "done_on_time")

    def test_closed_already(self):
        talk = self._request()
        with self._at(TEN):
            self._row(talk).action_done()
            for act in ("action_take", "action_done"):
                with self.assertRaisesRegex(
                    UserError, "crm_regulations.request_closed"
                ):
                    getattr(self._row(talk), act)()

    def test_several_at_once(self):
        self.duty.user_id = self.sales
        first, second = self._request(), self._request(date="2026-05-04 09:10:00")
        with self._at(TEN):
            (self._row(first) | self._row(second)).action_take()
        self.assertEqual(self._all().user_id, self.technician)
        self.assertEqual(len(self._all()), 2)

    # --- the first human answer -----------------------------------------------

    def test_an_automatic_reply_is_no_answer(self):
        """From the request to the answer, with everything that is none between."""
        talk = self._request()
        owed = self._all()
        theirs = {"author_id": self.customer.id, "email_from": "clinic@example.com"}
        robot = self.env.ref("base.partner_root")
        with self._at("2026-05-04 09:05:00"):
            self._write_to(talk, partner_ids=self.customer.ids, author_id=robot.id)
            self._write_to(
                talk, partner_ids=self.customer.ids, subtype_xmlid="mail.mt_note"
            )
            out_of_office = {
                "message_type": "email",
                "subject": "Automatic reply: Error 42",
                "partner_ids": self.customer.ids,
            }
            self._write_to(talk, **out_of_office)
            talk.message_post(body="When?", message_type="email", **theirs)
            self._commit()
        self.assertEqual(owed.state, "open")
        with self._at("2026-05-04 09:40:00"):
            self._write_to(talk, self.manager, partner_ids=self.customer.ids)
        with self._at("2026-05-04 09:50:00"):
            self._write_to(talk, self.technician, partner_ids=self.customer.ids)
        self.assertEqual(owed.state, "done_on_time")
        self.assertEqual(str(owed.date_done), "2026-05-04 09:40:00", "the first one")

    def test_a_call_answers_it(self):
        self._request()
        call = self.env.ref("crm_segmentation.interaction_type_call")
        with self._at("2026-05-04 09:30:00"):
            self._talk(
                type_id=call.id, direction="out", outcome="missed",
                date="2026-05-04 09:20:00",
            )  # fmt: skip
            self.assertEqual(self._all().state, "open", "nobody answered")
            self._talk(
                type_id=call.id, direction="out", outcome="answered",
                date="2026-05-04 09:25:00",
            )  # fmt: skip
        self.assertEqual(self._all().state, "done_on_time")

    # --- roles ----------------------------------------------------------------

    def test_the_queue_shows_no_other_promises(self):
        """A salesperson sees whose request it is, but not the promise itself."""
        self.duty.user_id = self.sales
        talk = self._request()
        other = self._regulation()
        secret = self._promise(other)
        row = self._row(talk)
        self.assertEqual(row.user_id, self.sales)
        owed = self.env["crm.obligation"].with_user(self.technician)
        self.assertFalse(owed.search([("id", "in", (self._all() | secret).ids)]))
        with self.assertRaises(AccessError), mute_logger("odoo.models"):
            self._all().with_user(self.technician).explain()

    def test_only_its_own_promises_are_taken(self):
        """Taking a request takes nothing about another one."""
        self.duty.user_id = self.sales
        talk, other = self._request(), self._request(date="2026-05-04 09:10:00")
        with self._at(TEN):
            self._row(talk).action_take()
        users = {o.res_id: o.user_id for o in self._all()}
        self.assertEqual(users, {talk.id: self.technician, other.id: self.sales})

    def test_who_has_no_business_there(self):
        talk = self._request()
        clerk = self._user("clerk", "base.group_user")
        for user in (clerk, self.integration):
            rows = self.env["crm.service.request"].with_user(user)
            for act in (
                lambda rows=rows: rows.search([]),
                lambda rows=rows: rows.browse(talk.id).action_take(),
                lambda rows=rows: rows.browse(talk.id).action_done(),
                lambda rows=rows: rows.browse(talk.id).action_answer(),
            ):
                with self.assertRaises(AccessError), mute_logger("odoo.models"):
                    act()

    def test_second_company(self):
        talk = self._request()
        other = self.env["res.company"].create({"name": "South Med"})
        stranger = self._user("south", "crm_segmentation.group_crm_coordinator", other)
        env = self.env(user=stranger, context={"allowed_company_ids": other.ids})
        rows = env["crm.service.request"]
        self.assertFalse(rows.search([]))
        for act in ("action_take", "action_done", "action_answer"):
            with self.assertRaises(AccessError), mute_logger("odoo.models"):
                getattr(rows.browse(talk.id), act)()
        self.assertEqual(self._all().user_id, self.technician)

    def test_who_cannot_owe(self):
        """Somebody who may look at a company but does not work for it."""
        other = self.env["res.company"].create({"name": "South Med"})
        self.env.user.company_ids = [Command.link(other.id)]
        self.technician.company_ids = [Command.set(self.company.ids)]
        talk = self._request()
        self.duty.user_id = self.sales
        robot = self.integration
        robot.group_ids += self.env.ref("sales_team.group_sale_salesman")
        with self.assertRaisesRegex(UserError, "crm_regulations.cannot_owe"):
            self._row(talk, robot).action_take()

    def test_queries(self):
        """The queue costs the same however long it is."""

        def count(number):
            customers = self.env["res.partner"].create(
                [{"name": f"Clinic {n}", "is_company": True} for n in range(number)]
            )
            talks = self.env["crm.interaction"]
            for customer in customers:
                talks |= self._request(partner_id=customer.id)
            rows = self.env["crm.service.request"].with_user(self.technician)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            found = rows.search([("id", "in", talks.ids)])
            found.web_read(
                {
                    "name": {}, "state": {}, "countdown": {}, "is_mine": {},
                    "partner_id": {"fields": {"display_name": {}}},
                    "user_id": {"fields": {"display_name": {}}},
                }
            )  # fmt: skip
            self.assertEqual(len(found), number)
            return self.env.cr.sql_log_count - before

        with self._at(TEN):
            count(2)
            few, many = count(3), count(20)
        self.assertEqual(few, many)
        self.assertLess(many, 20)
