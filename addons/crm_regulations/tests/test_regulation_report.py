from lxml import html

from odoo import Command
from odoo.tests import tagged

from .common import RegulationsCommon

_REPORT = "crm_regulations.report_regulation"


@tagged("post_install", "-at_install")
class TestRegulationReport(RegulationsCommon):
    def _page(self, regulation, user=None, lang="en_US"):
        env = self.env(user=user or self.coordinator)
        reports = env["ir.actions.report"].with_context(lang=lang)
        text, kind = reports._render_qweb_html(_REPORT, regulation.ids)
        self.assertEqual(kind, "html")
        return html.fromstring(text)

    def _text(self, page, name):
        [node] = page.xpath(f"//*[@name='{name}']")
        return " ".join(node.text_content().split())

    def test_the_document(self):
        rung = Command.create({"value": 4})
        draft = self._draft(
            {"name": "Send the materials", "rung_ids": [rung]},
            purpose="They compare offers now.",
            counterparty_type_ids=[Command.set(self.client.ids)],
            author_id=self.coordinator.id,
        )
        with self._at("2026-05-04 09:00:00"):
            draft.with_user(self.coordinator).action_submit()
            draft.with_user(self.manager).action_approve()
            draft.with_user(self.coordinator).action_publish()
        with self._at("2026-05-06 09:00:00"):
            draft.with_user(self.sales).action_acknowledge()
        page = self._page(draft)
        self.assertIn("Answer requests", self._text(page, "title"))
        self.assertEqual(self._text(page, "sentence"), " ".join(draft.sentence.split()))
        self.assertEqual(self._text(page, "purpose"), "They compare offers now.")
        self.assertIn("Counterparty types: Client", self._text(page, "scope"))
        self.assertIn("Categories: every category", self._text(page, "scope"))
        self.assertIn("within 4 working hours", self._text(page, "steps"))
        self.assertIn("an outgoing message", self._text(page, "steps"))
        self.assertIn("Remind", self._text(page, "control"))
        self.assertIn(
            "Send the materials: at 75 % a reminder; 4 working hours late the team "
            "leader is told", self._text(page, "control"),
        )  # fmt: skip
        self.assertIn("05/04/2026", self._text(page, "head"))
        self.assertIn("05/04/2027", self._text(page, "head"))
        approval = self._text(page, "approval")
        for part in (self.coordinator.name, self.manager.name, "05/04/2026"):
            self.assertIn(part, approval)
        sheet = self._text(page, "acknowledgement")
        self.assertIn(f"{self.sales.name} 05/06/2026", sheet)
        self.assertIn(self.manager.name, sheet)

    def test_a_draft_lists_who_will_be_asked(self):
        draft = self._draft()
        sheet = self._text(self._page(draft), "acknowledgement")
        self.assertIn(self.sales.name, sheet)
        draft.reader_ids = self.manager
        sheet = self._text(self._page(draft), "acknowledgement")
        self.assertNotIn(self.sales.name, sheet)

    def test_every_role_prints_it(self):
        regulation = self._regulation()
        for user in (self.sales, self.manager, self.coordinator):
            page = self._page(regulation, user)
            self.assertIn("Answer requests", self._text(page, "title"))

    def test_in_the_language_of_the_reader(self):
        self.env["res.lang"]._activate_lang("ru_RU")
        draft = self._draft()
        draft.with_context(lang="ru_RU").name = "Ответы"
        page = self._page(draft, lang="ru_RU")
        self.assertIn("Ответы", self._text(page, "title"))
        self.coordinator.lang = "ru_RU"
        page = self._page(draft, lang=None)
        self.assertIn("Ответы", self._text(page, "title"), "the reader's own")
        russian = draft.with_context(lang="ru_RU")
        self.assertEqual(
            self._text(page, "sentence"), " ".join(russian.sentence.split())
        )

    def test_several_and_long(self):
        steps = [{"name": f"Step {number}"} for number in range(30)]
        drafts = self._draft(*steps) | self._draft()
        page = self._page(drafts)
        self.assertEqual(len(page.xpath("//*[@name='title']")), 2)
        self.assertIn("30. Step 29", page.text_content().replace("\n", " "))
