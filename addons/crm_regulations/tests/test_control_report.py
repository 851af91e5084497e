from lxml import html

from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import instant
from .control_common import BoardCommon

_REPORT = "crm_regulations.report_control"
# Last week are the days from May 4 to May 10.
_MONDAY = "2026-05-11 09:00:00"


@tagged("post_install", "-at_install")
class TestControlReport(BoardCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for _number in range(6):
            cls._end("done_on_time", minutes=20)
        cls._end("done_late", minutes=300)
        for _number in range(5):
            cls._end("breached", user=cls.manager)
        cls._end("breached", due="2026-05-12 10:00:00")
        cls.env["res.company"].search([]).crm_control_report = False
        cls.env.flush_all()

    def _page(self, user):
        env = self.env(user=user)
        text, kind = env["ir.actions.report"]._render_qweb_html(
            _REPORT, self.company.ids
        )
        self.assertEqual(kind, "html")
        return html.fromstring(text)

    def _text(self, page, name):
        [node] = page.xpath(f"//*[@name='{name}']")
        return " ".join(node.text_content().split())

    def _run(self, now=_MONDAY):
        before = self.env["mail.mail"].search([])
        with self._at(now), self.enter_registry_test_mode():
            cron = self.env.ref("crm_regulations.ir_cron_control_letter")
            cron.method_direct_trigger()
        self.env.invalidate_all()
        return self.env["mail.mail"].search([]) - before

    def test_the_page_of_the_coordinator(self):
        with self._at(_MONDAY):
            page = self._page(self.coordinator)
        self.assertIn("05/04/2026 to 05/10/2026", self._text(page, "title"))
        self.assertIn("50 % (6 of 12 promises)", self._text(page, "on_time"))
        self.assertIn("Answer requests 50 % 6 1 5", self._text(page, "regulations"))
        self.assertIn(f"{self.manager.name} 0 % 0 0 5", self._text(page, "people"))

    def test_a_head_sees_the_own_department_only(self):
        self.head.group_ids += self.env.ref("sales_team.group_sale_manager")
        with self._at(_MONDAY):
            page = self._page(self.head)
        self.assertEqual(self._text(page, "scope"), "For: Sales")
        self.assertIn("86 % (6 of 7 promises)", self._text(page, "on_time"))
        self.assertNotIn(self.manager.name, self._text(page, "people"))

    def test_others_have_none(self):
        for user in (self.sales, self.manager):
            with self.assertRaisesRegex(AccessError, "crm_regulations.control_report"):
                self.company.with_user(user)._control_report()

    def test_nothing_is_sent_until_it_is_switched_on(self):
        self.assertFalse(self._run())

    def test_once_on_monday_in_working_hours(self):
        self.company.crm_control_report = True
        self.assertFalse(self._run("2026-05-10 10:00:00"), "Sunday")
        self.assertFalse(self._run("2026-05-11 06:00:00"), "before work")
        mails = self._run()
        people = self.coordinator | self.head
        self.assertEqual(mails.recipient_ids, people.partner_id)
        self.assertEqual(mails.mapped("state"), ["outgoing"] * 2)
        self.assertEqual(len(mails.attachment_ids), 2)
        for mail in mails:
            self.assertIn("05/04/2026 to 05/10/2026", mail.subject)
        self.assertFalse(self._run(), "twice is once")
        self.assertFalse(self._run("2026-05-12 09:00:00"))
        self.assertEqual(len(self._run("2026-05-18 09:00:00")), 2)

    def test_who_is_away_gets_none(self):
        self.company.crm_control_report = True
        self.env["crm.absence"].create(
            {
                "user_id": self.head.id,
                "deputy_id": self.deputy.id,
                "date_from": "2026-05-11 00:00:00",
                "date_until": "2026-05-15 00:00:00",
            }
        )
        self.assertEqual(self._run().recipient_ids, self.coordinator.partner_id)

    def test_in_the_reader_s_language(self):
        self.env["res.lang"]._activate_lang("ru_RU")
        self.coordinator.lang = "ru_RU"
        self.company.crm_control_report = True
        [mail] = self._run().filtered(
            lambda m: m.recipient_ids == self.coordinator.partner_id
        )
        self.assertIn("04.05.2026", mail.subject)

    def test_the_digest(self):
        digest = self.env["digest.digest"].create(
            {"name": "Weekly", "company_id": self.company.id}
        )
        with self._at("2026-05-07 00:00:00"):
            start, end = instant("2026-05-04 00:00:00"), instant("2026-05-11 00:00:00")
            digest = digest.with_user(self.manager).with_context(
                start_datetime=start, end_datetime=end
            )
            self.assertEqual(digest.kpi_crm_promises_on_time_value, 6)
            self.assertEqual(digest.kpi_crm_promises_broken_value, 6)
        with self.assertRaises(AccessError):
            digest.with_user(self.head).sudo(False)._count_promises(
                "kpi_crm_promises_on_time_value", ["done_on_time"]
            )
