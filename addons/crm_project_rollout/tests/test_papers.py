from lxml import html

from odoo import Command
from odoo.tests import tagged

from ..engine.page import page_words
from .common import RolloutCommon


@tagged("post_install", "-at_install")
class TestPapers(RolloutCommon):
    """What is printed: the reasoning on fit, the charter, the protocol of a gate."""

    def page(self, report, record, user=None, lang="en_US"):
        env = self.env(user=user or self.coordinator)
        reports = env["ir.actions.report"].with_context(lang=lang)
        name = f"crm_project_rollout.{report}"
        text, kind = reports._render_qweb_html(name, record.ids)
        self.assertEqual(kind, "html")
        return html.fromstring(text)

    def text(self, page, name):
        [node] = page.xpath(f"//*[@name='{name}']")
        return " ".join(node.text_content().split())

    def test_reasoning(self):
        page = self.page("report_rollout_fit", self.rollout)
        self.assertIn("Nothing is decided yet", self.text(page, "decision"))
        self.env["crm.rollout.problem"].create(
            {
                "rollout_id": self.rollout.id,
                "name": "Goods come late",
                "cost_year": 1234,
                "about_customers": "no",
            }
        )
        for line in self.rollout.fit_ids:
            line.score = "3" if line.kind == "logistics" else "0"
        self.rollout.with_user(self.sponsor).decide_fit("not_crm", "Mend the stock")
        # Even if somebody with all rights changed the rest, the paper stays.
        self.rollout.problem_ids._unguarded().name = "Something else"
        for user in (self.sponsor, self.coordinator):
            page = self.page("report_rollout_fit", self.rollout, user)
            self.assertIn("Not a CRM project", self.text(page, "decision"))
            self.assertIn("Mend the stock", self.text(page, "decision"))
            self.assertIn("What hurts is elsewhere", self.text(page, "summary"))
            self.assertIn("Goods come late", self.text(page, "problems"))
            self.assertIn("1,234", self.text(page, "problems"))
            self.assertIn("Entirely true", self.text(page, "statements"))

    def test_charter(self):
        department = self.new_department("Service & Repair")
        self.rollout.department_line_ids = [
            Command.create({"department_id": department.id})
        ]
        self.rollout.budget_ids = [Command.create({"name": "Set-up", "planned": 500})]
        self.rollout.problem_ids.unlink()
        self.rollout.problem_ids = [
            Command.create({"name": "Goods come late", "cost_year": 1234})
        ]
        page = self.page("report_rollout_charter", self.rollout)
        self.assertIn(self.sponsor.name, self.text(page, "head"))
        self.assertIn("Service & Repair", self.text(page, "departments"))
        self.assertIn("to be named", self.text(page, "team"))
        self.assertIn("500", self.text(page, "budget"))
        self.assertIn("7. Acceptance", self.text(page, "gates"))
        self.assertIn("High", self.text(page, "risks"))
        self.assertIn("Goods come late: ", self.text(page, "problems"))

    def test_protocol(self):
        self.meet(1)
        self.stage(1, self.coordinator).question_ids[0].answer = False
        made = self.stage(1).decide("conditional", "Nearly there", ["Ask ten clinics"])
        decision = self.env["crm.rollout.decision"].browse(made)
        page = self.page("report_rollout_protocol", decision)
        self.assertIn("Go on conditions", self.text(page, "decision"))
        self.assertIn("Nearly there", self.text(page, "decision"))
        self.assertIn("Ask ten clinics", self.text(page, "conditions"))
        criteria = self.text(page, "criteria")
        self.assertIn("✓ At least three problems", criteria)
        self.assertIn("not answered", self.text(page, "questions"))

    def test_a_kept_protocol_is_read_in_any_language(self):
        """Who decides in English is read in Ukrainian, and the other way round."""
        self.env["res.lang"]._activate_lang("uk_UA")
        self.meet(1)
        tick, figure = self.rollout.stage_id.criterion_ids[:2]
        tick._unguarded().write({"kind": "tick", "ticked": False})
        figure._unguarded().write({"kind": "query", "query_code": "plan_lines"})
        paper = self.rollout.stage_id.criterion_ids[2]
        paper._unguarded().write({"kind": "document", "ticked": False})
        decision = self.env["crm.rollout.decision"].browse(
            self.stage(1).decide("hold", "Not yet")
        )
        for kept in decision.protocol["criteria"]:
            self.assertTrue(kept["facts"])
        lines = decision.with_context(lang="uk_UA")._criteria_lines()
        uk = self.env(context={"lang": "uk_UA"})
        for line, was in zip(lines, (tick, figure, paper), strict=False):
            now = was.with_env(uk)
            now._unguarded().is_frozen = False
            self.assertEqual(line["required"], now.requirement_text)
            self.assertEqual(line["value"], now.value_text)
        english = decision._criteria_lines()
        self.assertEqual(english, decision.protocol["criteria"])
        self.assertNotEqual(lines[0]["required"], english[0]["required"])
        self.assertIn(lines[0]["required"], decision.with_env(uk).protocol_html)
        # Protocols of older versions have words only.
        old = {"criterion": "X", "required": "confirmed", "value": "yes", "met": True}
        self.assertEqual(tick._protocol_in_words(old), old)

    def test_numbers_are_written_as_the_reader_writes_them(self):
        """A million is no 1e+06, and a Russian reader gets no English comma."""
        self.env["res.lang"]._activate_lang("ru_RU")
        figures = {"baseline": 1777686.67, "target": 2000000, "actual": 0.5}
        page = page_words(self.env(context={"lang": "ru_RU"}))
        shown = [page["number"](value).split() for value in figures.values()]
        self.assertEqual(shown, [["1", "777", "686,67"], ["2", "000", "000"], ["0,5"]])
        page = page_words(self.env(context={"lang": "en_US"}))
        self.assertEqual(page["number"](2000000), "2,000,000")
        self.assertEqual(page["number"](False), "–")
        self.assertEqual(page["percent"](99.6), "100 %")

    def test_an_empty_cell_keeps_its_place(self):
        """Else the hours of a person without duties stand below the duties."""
        member = self.rollout.member_ids[:1]
        member.write({"duties": False, "hours_planned": 1234.5})
        page = self.page("report_rollout_charter", self.rollout)
        [row] = [
            row
            for row in page.xpath("//*[@name='team']/tbody/tr")
            if "1,234.5" in row.text_content()
        ]
        self.assertEqual([len(row), row[2].text_content().strip()], [3, "1,234.5"])

    def test_what_the_company_has_not_is_left_out(self):
        self.rollout.risk_ids.unlink()
        page = self.page("report_rollout_charter", self.rollout)
        for name in ("risks", "budget", "departments"):
            self.assertFalse(page.xpath(f"//*[@name='{name}']"), name)
