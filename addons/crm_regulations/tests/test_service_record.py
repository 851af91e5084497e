from lxml import html

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .control_common import BoardCommon

_REPORT = "crm_regulations.report_service_record"
YEAR = {"date_from": "2026-01-01", "date_to": "2026-12-31"}


@tagged("post_install", "-at_install")
class TestServiceRecord(BoardCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer.user_id = cls.sales
        mine = {"commercial_partner_id": cls.customer.id}
        for minutes in (10, 20, 30, 40):
            cls._end("done_on_time", minutes=minutes, **mine)
        # Whoever has served the customer, it counts.
        cls._end("done_late", user=cls.manager, minutes=300, **mine)
        cls._end("breached", **mine)
        cls._end("excused", note="Secret reason", **mine)
        cls._end("open", due="2026-12-06 10:00:00", **mine)
        # Of another customer, and before the time.
        cls._end("breached")
        cls._end("breached", due="2025-12-31 10:00:00", **mine)

    def _record(self, user=None, **values):
        return self.customer.with_user(user or self.sales).service_record(
            **{**YEAR, **values}
        )

    def _page(self, customer=None, user=None):
        env = self.env(user=user or self.sales)
        with self._at("2026-06-01 09:00:00"):
            text, _kind = env["ir.actions.report"]._render_qweb_html(
                _REPORT, (customer or self.customer).ids
            )
        return html.fromstring(text)

    def _text(self, page, name):
        [node] = page.xpath(f"//*[@name='{name}']")
        return " ".join(node.text_content().split())

    def test_figures(self):
        with self.assertQueryCount(40):
            record = self._record()
        [row] = record["promises"]
        self.assertEqual(row["regulation"], self.regulation.name)
        for figures in (row, record["total"]):
            self.assertEqual(
                [figures[n] for n in ("on_time", "late", "not_kept", "counted")],
                [4, 1, 1, 6],
            )
            self.assertEqual((figures["excused"], figures["open"]), (1, 1))
            self.assertEqual(figures["percent"], 66.7)
            self.assertEqual(figures["reaction_minutes"], 30)

    def test_too_few_for_a_percentage(self):
        record = self._record(date_to="2025-12-31", date_from="2025-12-01")
        self.assertEqual(record["total"]["counted"], 1)
        self.assertIs(record["total"]["percent"], False)
        self.assertIs(record["total"]["reaction_minutes"], False)

    def test_talks_quality_and_agreements(self):
        self._typed(outcome="answered")
        self._typed()
        self._typed(outcome="missed")
        answers = self.env["crm.quality.answer"]
        for score in (4, 5):
            answers.create(
                {
                    "partner_id": self.customer.id,
                    "company_id": self.company.id,
                    "date": "2026-05-05 10:00:00",
                    "score": score,
                }
            )
        event = self.env["calendar.event"].create(
            {
                "name": "Visit",
                "start": "2026-05-04 09:00:00",
                "stop": "2026-05-04 10:00:00",
            }
        )
        for done in ("2026-05-08", "2026-05-10", False):
            self.env["crm.agreement"].create(
                {
                    "event_id": event.id,
                    "name": "Send the contract",
                    "user_id": self.sales.id,
                    "partner_id": self.customer.id,
                    "company_id": self.company.id,
                    "date_deadline": "2026-05-08",
                    "date_done": done,
                }
            )
        with self._at("2026-06-01 09:00:00"):
            record = self._record()
        self.assertEqual(record["touches"], [{"type": self.materials.name, "count": 2}])
        self.assertEqual(record["quality_mean"], 4.5)
        self.assertEqual(
            record["quality"][0], {"date": "2026-05-05 10:00:00", "score": 4.0}
        )
        agreed = record["agreements"]
        self.assertEqual(
            [agreed[n] for n in ("on_time", "late", "not_kept", "open")], [1, 1, 1, 0]
        )

    def test_our_own_work_is_left_out(self):
        # Also while it is in force.
        self.regulation.with_user(self.coordinator).on_service_record = False
        record = self._record()
        self.assertEqual((record["promises"], record["total"]["counted"]), ([], 0))

    def test_who_may(self):
        for user in (self.sales, self.manager, self.leader, self.coordinator):
            self.assertEqual(self._record(user)["total"]["counted"], 6, user.login)
        for user in (self.deputy, self.head):
            with self.assertRaisesRegex(
                AccessError, r"crm_regulations\.service_record"
            ):
                self._record(user)
        self.customer.user_id = False
        self.assertEqual(self._record(self.deputy)["total"]["counted"], 6)

    def test_second_company(self):
        other = self.env["res.company"].create({"name": "South Med"})
        stranger = self._user("south", "sales_team.group_sale_manager", other)
        theirs = self.customer.with_user(stranger).with_context(
            allowed_company_ids=other.ids
        )
        self.assertEqual(theirs.service_record(**YEAR)["total"]["counted"], 0)
        self.customer.company_id = self.company
        with self.assertRaises(AccessError):
            theirs.service_record(**YEAR)

    def test_wrong_input(self):
        with self.assertRaisesRegex(UserError, r"crm_regulations\.service_period"):
            self._record(date_from="2027-01-01")
        with self.assertRaisesRegex(
            ValidationError, r"crm_regulations\.service_period"
        ):
            self._record(date_from="yesterday")

    def test_on_paper(self):
        page = self._page()
        self.assertIn("06/02/2025 to 06/01/2026", self._text(page, "title"))
        self.assertIn(
            "4 of 7 promises to you on time (57 %)", self._text(page, "total")
        )
        self.assertIn("1 excused", self._text(page, "beside"))
        text = page.text_content()
        for secret in (self.sales.name, self.manager.name, "Secret reason"):
            self.assertNotIn(secret, text)

    def test_in_the_customers_language(self):
        self.env["res.lang"]._activate_lang("ru_RU")
        self.regulation.with_context(lang="ru_RU").name = "Ответы на запросы"
        self.customer.lang = "ru_RU"
        page = self._page()
        self.assertIn("Ответы на запросы", self._text(page, "promises"))
        self.assertIn("02.06.2025", self._text(page, "title"))

    def test_the_dialog_prints_a_period(self):
        dialogs = self.env["crm.service.record"].with_user(self.sales)
        dialog = dialogs.with_context(
            active_model="res.partner", active_id=self.customer.id
        ).create(YEAR)
        action = dialog.action_print()
        text, _kind = (
            self.env(user=self.sales)["ir.actions.report"]
            .sudo(False)
            ._render_qweb_html(action["report_name"], dialog.ids)
        )
        total = self._text(html.fromstring(text), "total")
        self.assertIn("4 of 6 promises", total)
        dialog.date_from = "2027-01-01"
        with self.assertRaisesRegex(UserError, r"crm_regulations\.service_period"):
            dialog.action_print()
