from lxml import html

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged

from .people_common import PeopleCommon

_REPORT = "crm_regulations.report_handbook"


@tagged("post_install", "-at_install")
class TestHandbook(PeopleCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.material = cls.env["crm.material"].create(
            {"name": "Price list", "kind": "presentation", "company_id": cls.company.id}
        )
        cls.regulation = cls._ladder(
            "team_leader", purpose="They compare offers now.", name="Answer at once"
        )
        step = {"material_ids": [Command.set(cls.material.ids)]}
        cls._for(cls.sales, cls._draft(step, name="Show the prices"))
        cls._for(cls.deputy, cls._draft(owner_id=cls.manager.id, name="For others"))
        cls._draft(name="Only a draft")

    @classmethod
    def _for(cls, reader, draft):
        """Put it into force for one reader, whom a person has chosen."""
        draft.with_user(cls.coordinator).reader_ids = reader
        draft.action_publish()

    def _page(self, user=None, department=None, lang="en_US"):
        reports = self.env(user=user or self.sales)["ir.actions.report"]
        text, _kind = reports.with_context(lang=lang)._render_qweb_html(
            _REPORT, (department or self.department).ids
        )
        return html.fromstring(text)

    def _text(self, page, name):
        return " ".join(
            " ".join(node.text_content().split())
            for node in page.xpath(f"//*[@name='{name}']")
        )

    def test_the_document(self):
        page = self._page()
        contents = self._text(page, "contents")
        self.assertIn("Answer at once", contents)
        self.assertIn("Show the prices", contents)
        whole = self._text(page, "regulation")
        self.assertNotIn("For others", whole)
        self.assertNotIn("Only a draft", whole)
        self.assertIn("They compare offers now.", whole)
        steps = self._text(page, "steps")
        for words in ("within 4 working hours", "the team leader is told"):
            self.assertIn(words, steps)
        self.assertIn("Price list", steps)
        self.assertIn("an outgoing message", steps)
        self.assertEqual(self._text(page, "head")[-2:], "2.")
        self.assertIn("Nobody looks", self._text(page, "control"))

    def test_who_may(self):
        for user in (self.sales, self.head, self.manager, self.coordinator):
            self.assertIn("Answer at once", self._text(self._page(user), "contents"))
        with self.assertRaisesRegex(AccessError, r"crm_regulations\.handbook"):
            self.department.with_user(self.deputy)._handbook()

    def test_second_company(self):
        other = self.env["res.company"].create({"name": "South Med"})
        stranger = self._user("south", "sales_team.group_sale_manager", other)
        department = self.department.with_user(stranger).with_context(
            allowed_company_ids=other.ids
        )
        with self.assertRaises(AccessError):
            department._handbook()

    def test_nothing_yet(self):
        empty = self.env["hr.department"].create(
            {"name": "Store", "company_id": self.company.id}
        )
        page = self._page(self.coordinator, empty)
        self.assertIn("No regulation in force", self._text(page, "empty"))

    def test_in_the_language_of_the_reader(self):
        self.env["res.lang"]._activate_lang("ru_RU")
        self.regulation.with_context(lang="ru_RU").sudo().env.cr.execute(
            "UPDATE crm_regulation SET name = name || %s WHERE id = %s",
            ['{"ru_RU": "Отвечать сразу"}', self.regulation.id],
        )
        self.env.invalidate_all()
        page = self._page(lang="ru_RU")
        self.assertIn("Отвечать сразу", self._text(page, "contents"))
