from odoo.tests import tagged

from .people_common import PeopleCommon, instant


@tagged("post_install", "-at_install")
class TestNotices(PeopleCommon):
    """People are told once, in their working hours, of what still holds."""

    def test_warned_and_reminded(self):
        owed = self._open()
        self._sweep("2026-05-04 09:00:01")
        self.assertFalse(self._mails(self.sales), "an activity says it")
        for minute in (0, 5):
            self._sweep(f"2026-05-04 12:0{minute}:01")
        self.assertFalse(self._mails(self.sales), "at lunch nobody is told")
        notice = self._notices(owed)
        self.assertEqual((notice.kind, notice.user_id), ("warning", self.sales))
        self.assertEqual(notice.date_send, instant("2026-05-04 13:00:00"))
        for minute in (0, 5):
            self._sweep(f"2026-05-04 13:0{minute}:01")
        mail = self._mails(self.sales)
        self.assertEqual(mail.subject, "Due soon: Answer (Clinic)")
        self.assertEqual(notice.date_sent, instant("2026-05-04 13:00:01"))
        self.assertIn(f"/odoo/promises/{owed.id}", mail.body_html)
        self.assertNotIn("<table", mail.body_html)
        for minute in (0, 5):
            self._sweep(f"2026-05-04 14:0{minute}:01")
        self.assertEqual(
            self._mails(self.sales).mapped("subject"),
            ["Due soon: Answer (Clinic)", "Overdue: Answer (Clinic)"],
        )

    def test_silent_tells_nobody(self):
        regulation = self._ladder("team_leader", mode="silent")
        owed = self._open(regulation)
        self._sweep("2026-05-05 16:00:00")
        self.assertEqual(self._kinds(owed), ["opened", "breached", "escalated"])
        self.assertFalse(owed.notice_ids)
        self.assertFalse(self._mails())
        self.assertEqual(self._notes(owed, "escalated"), [False])

    def test_remind_tells_the_responsible_only(self):
        owed = self._open(self._ladder("team_leader", mode="remind"))
        self._sweep("2026-05-05 16:00:00")
        self._sweep("2026-05-06 16:00:00")
        self.assertEqual(owed.notice_ids.user_id, self.sales)

    def test_postponed_to_the_next_opening(self):
        """A limit by the clock runs out at night."""
        step = {"limit_value": 20, "limit_unit": "hour", "warn_percent": 50}
        owed = self._open(self._regulation(step))  # warned at 19, due at 5
        self._sweep("2026-05-04 19:00:01")
        self._sweep("2026-05-05 05:00:01")
        self.assertFalse(self._mails(self.sales))
        self._sweep("2026-05-05 08:00:00")
        self.assertEqual(
            self._mails(self.sales).subject, "Overdue: Answer (Clinic)", "once for both"
        )
        self.assertEqual(self._mails(self.sales).body_html.count("/odoo/promises/"), 1)
        self.assertEqual(len(owed.notice_ids.filtered("date_sent")), 2)

    def test_a_sweep_that_comes_late_waits_for_the_hours(self):
        owed = self._open()
        self._sweep("2026-05-04 12:00:01")
        self.assertTrue(owed.notice_ids)
        self._sweep("2026-05-04 20:00:00")
        self.assertFalse(self._mails(self.sales))
        self._sweep("2026-05-05 08:00:00")
        self.assertEqual(len(self._mails(self.sales)), 1)

    def test_the_own_hours_count(self):
        night = self._working_hours("Night", hours=((20, 23),))
        self.employee.resource_calendar_id = night
        owed = self._open()
        self._sweep("2026-05-04 14:00:01")
        dates = set(owed.notice_ids.mapped("date_send"))
        self.assertEqual(dates, {instant("2026-05-04 20:00:00")})

    def test_hours_that_cannot_be_used_keep_nobody_from_being_told(self):
        self._open()
        (self.employee | self.head.employee_id).resource_calendar_id = False
        self._sweep("2026-05-04 09:30:00")
        self.employee.resource_calendar_id = self._working_hours("None", hours=())
        self.company.resource_calendar_id = self.employee.resource_calendar_id
        self._sweep("2026-05-04 12:30:00")
        self.assertEqual(len(self._mails(self.sales)), 1)

    def test_dropped_when_it_does_not_hold_any_more(self):
        """Done, excused, taken back before it was told."""
        regulation = self._regulation()
        for word in (
            lambda owed: owed.fulfil("Done"),
            lambda owed: owed.excuse("Power cut"),
            lambda owed: owed.excuse("Power cut", "2026-05-09 10:00:00"),
            lambda owed: owed.cancel("By mistake"),
        ):
            owed = self._open(regulation)
            self._sweep("2026-05-04 12:00:01")
            self.assertTrue(owed.notice_ids)
            with self._at("2026-05-04 12:30:00"):
                word(owed)
            self._sweep("2026-05-04 13:30:00")
            self.assertFalse(owed.notice_ids)
        self.assertFalse(self._mails())

    def test_paused_waits(self):
        owed = self._open()
        self._sweep("2026-05-04 12:00:01")
        with self._at("2026-05-04 12:30:00"):
            owed.pause("Waiting for the customer")
        self._sweep("2026-05-04 13:30:00")
        self.assertFalse(self._mails())
        with self._at("2026-05-04 15:00:00"):
            owed.resume()
        self._sweep("2026-05-04 15:00:01")
        self.assertEqual(len(self._mails(self.sales)), 1)

    def test_passed_on_before_it_was_told(self):
        owed = self._open()
        self._sweep("2026-05-04 12:00:01")
        owed._pass_to(self.deputy)
        self._sweep("2026-05-04 13:30:00")
        self.assertFalse(self._mails(self.sales))
        self.assertEqual(len(self._mails(self.deputy)), 1)

    def test_in_the_language_of_each(self):
        self.env["res.lang"]._activate_lang("ru_RU")
        self.sales.lang = "ru_RU"
        regulation = self._regulation()
        regulation.step_ids.with_context(lang="ru_RU").sudo()
        self.env.cr.execute(
            "UPDATE crm_regulation_step SET name = name || %s::jsonb WHERE id = %s",
            ['{"ru_RU": "Ответить"}', regulation.step_ids.id],
        )
        regulation.step_ids.invalidate_recordset()
        self._open(regulation)
        self._sweep("2026-05-04 13:30:00")
        self.assertIn("Ответить", self._mails(self.sales).body_html)

    def test_without_an_address_into_the_inbox(self):
        self.sales.partner_id.email = False
        owed = self._open()
        self._sweep("2026-05-04 13:30:00")
        self.assertFalse(self._mails())
        message = self.env["mail.message"].search(
            [("partner_ids", "in", self.sales.partner_id.ids)], limit=1
        )
        self.assertEqual(message.subject, "Due soon: Answer (Clinic)")
        self.assertIn(f"/odoo/promises/{owed.id}", message.body)
        self.assertEqual(
            message.notification_ids.mapped("res_partner_id"), self.sales.partner_id
        )

    def test_nothing_is_sent_in_the_sweep(self):
        self._open()
        self._sweep("2026-05-04 13:30:00")
        self.assertEqual(self._mails().mapped("state"), ["outgoing"])
        cron = self.env.ref("mail.ir_cron_mail_scheduler_action")
        triggers = self.env["ir.cron.trigger"].search([("cron_id", "=", cron.id)])
        self.assertTrue(triggers)

    def test_who_was_told_may_look(self):
        owed = self._open(self._ladder("next_manager"))
        mine = owed.with_user(self.director)
        self.assertFalse(mine.search([("id", "=", owed.id)]))
        self._sweep("2026-05-04 15:00:01")
        self._sweep("2026-05-05 08:00:01")
        self.assertEqual(len(self._mails(self.director)), 1)
        self.assertEqual(mine.search([("id", "=", owed.id)]), owed)
        self.assertEqual(mine.explain()["state"], "breached")
        self.assertTrue(mine.event_ids.mapped("kind"))
        self.assertEqual(mine.notice_ids, owed.notice_ids & mine.notice_ids)

    def test_second_company(self):
        owed = self._open()
        self._sweep("2026-05-04 13:30:00")
        self.assertTrue(owed.notice_ids)
        other = self.env["res.company"].create({"name": "South Med"})
        stranger = self._user("south", "crm_segmentation.group_crm_coordinator", other)
        env = self.env(user=stranger, context={"allowed_company_ids": other.ids})
        self.assertFalse(env["crm.obligation.notice"].search([]))
        # It has those of its own drafts.
        self.assertEqual(env["crm.regulation.action"].search([]).company_id, other)

    def test_many_people_in_few_queries(self):
        """Not one for each of them."""
        regulation = self._regulation()
        taken = {}
        for count in (5, 45):
            users = self.env["res.users"].union(
                *(
                    self._user(f"many_{count}_{n}", "sales_team.group_sale_salesman")
                    for n in range(count)
                )
            )
            for user in users:
                self._employee(user)
            with self._at("2026-05-04 09:00:00"):
                for user in users:
                    self._typed(user_id=user.id)
                self._commit()
            # What Odoo does for the activities of each person is done before.
            self._sweep("2026-05-04 09:00:01")
            notices = self.env["crm.obligation.notice"]
            obligations = self.env["crm.obligation"]
            with self._at("2026-05-04 13:30:00") as now:
                self.env.flush_all()
                self.env.invalidate_all()
                self.env.registry.clear_all_caches()
                before = self.env.cr.sql_log_count
                while obligations._sweep_batch(now):
                    pass
                while notices._tell_some(now):
                    pass
                self.env.flush_all()
                taken[count] = self.env.cr.sql_log_count - before
            for user in users:
                self.assertEqual(len(self._mails(user)), 1)
        self.assertEqual(len(self._owed(regulation)), 50)
        self.assertLessEqual(taken[45], taken[5] + 5)
