from odoo.fields import Domain
from odoo.tests import tagged

from .common import instant
from .conversation_common import NINE, TEN, ConversationCommon


@tagged("post_install", "-at_install")
class TestSurveyAnswered(ConversationCommon):
    kind = "survey_answered"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.survey = cls.env["survey.survey"].create({"title": "Quality sheet"})

    def setUp(self):
        super().setUp()
        self.asked = self._asked("survey.user_input")

    def _answer(self, partner=None, **values):
        partner = self.doctor if partner is None else partner
        return self.env["survey.user_input"].create(
            {"survey_id": self.survey.id, "partner_id": partner.id, **values}
        )

    def _answered(self, partner=None, **values):
        answer = self._answer(partner, **values)
        answer._mark_done()
        return answer

    def test_same_story(self):
        sheet, other = self._answer(), self._answer(self.stranger)
        self._commit()
        with self._hearing(self.asked) as told:
            sheet._mark_in_progress()
            self._commit()
            self.assertEqual(told, [])
            sheet._mark_done()
            other._mark_done()
            at_once = self._answered()
            self._answered(test_entry=True)
            self._answered().unlink()
            self._answer()
        facts = {fact.res_id: fact for fact in self._same_story(self.asked, told)}
        self.assertEqual(set(facts), set((sheet | other | at_once).ids))
        fact = facts[sheet.id]
        self.assertEqual(fact.key, self._key(sheet))
        self.assertEqual((fact.date, fact.grade), (TEN, "system"))
        self.assertEqual(fact.families, set(self.customer.ids))
        self.assertEqual(fact.places, {("res.partner", self.doctor.id)})
        self.assertEqual(fact.subject_ids("survey.user_input"), sheet.ids)
        self.assertEqual(fact.note, "")

    def test_nothing_in_the_end(self):
        sheet = self._answer()
        with self._hearing(self.asked) as told:
            sheet.state = "done"
            self.env.flush_all()
            sheet.state = "in_progress"
        self.assertEqual(self._same_story(self.asked, told), [])

    def test_live_session_writes_no_end(self):
        sheet = self._answer()
        with self._hearing(self.asked) as told:
            sheet.state = "done"
        (fact,) = self._same_story(self.asked, told)
        self.assertEqual(fact.date, TEN)
        self._assert_in_time(self.asked, fact)

    def test_score(self):
        question = self.env["survey.question"].create(
            {
                "title": "Are you content?",
                "survey_id": self.survey.id,
                "question_type": "simple_choice",
                "suggested_answer_ids": [
                    (0, 0, {"value": "Yes", "is_correct": True, "answer_score": 8}),
                    (0, 0, {"value": "So-so", "answer_score": 5}),
                ],
            }
        )
        self.survey.scoring_type = "scoring_without_answers"
        sheet = self._answer()
        with self._hearing(self.asked) as told:
            sheet._save_lines(question, str(question.suggested_answer_ids[1].id))
            sheet._mark_done()
        (fact,) = self._same_story(self.asked, told)
        self.assertEqual(fact.note, "62.5 %")

    def test_lead(self):
        nobody = self.env["res.partner"]
        with self._hearing(self.asked) as told:
            sheet = self._answered(nobody, lead_id=self.lead.id)
            self._answered(nobody, lead_id=self.southern.id)
        (fact,) = self._same_story(self.asked, told)
        self.assertEqual(fact.key, self._key(sheet))
        self.assertEqual(fact.families, set(self.customer.ids))
        self._assert_one_and_narrowed(
            self.asked, fact, ("crm.lead", self.lead.id), families=self.customer.ids
        )

    def test_of_another_company(self):
        self.doctor.company_id = self.south
        self._answered()
        self.assertEqual(self._read(self.asked), [])

    def test_of_nobody_and_of_us(self):
        with self._hearing(self.asked) as told:
            self._answered(self.env["res.partner"], email="new@example.com")
            self._answered(self.sales.partner_id)
        facts = self._same_story(self.asked, told)
        self.assertEqual(len(facts), 2)
        for fact in facts:
            self.assertEqual((fact.places, fact.families), (frozenset(), frozenset()))

    def test_filtered(self):
        asked = self._asking(
            self.asked, domain=Domain("survey_id.title", "=", "Quality sheet")
        )
        other = self.env["survey.survey"].create({"title": "Wishes"})
        with self._hearing(asked) as told:
            sheet = self._answered()
            self._answered(survey_id=other.id)
        self.assertEqual(self._keys(self._same_story(asked, told)), [self._key(sheet)])

    def test_time_and_place(self):
        sheet = self._answered()
        (fact,) = self._read(self.asked)
        self._assert_in_time(self.asked, fact)
        self._assert_one_and_narrowed(
            self.asked,
            fact,
            ("survey.user_input", sheet.id),
            families=self.customer.ids,
        )

    def test_of_a_promise(self):
        about = self._about(self.lead, NINE, lead=self.lead)
        later = self._about(self.lead, instant("2026-05-04 10:00:01"), id=2)
        self._answered(self.stranger)
        sheet = self._answered()
        found = self._concerning(self.asked, about, later)
        self.assertEqual(
            {id_: self._proofs(weighed) for id_, weighed in found.items()},
            {1: [(self._key(sheet), "system")]},
        )

    def test_touched(self):
        self.assertEqual(
            self._told_of(self._answered()).families, set(self.customer.ids)
        )

    def test_new_ones_cost_nothing(self):
        self._assert_free(self._answer(), self.asked)

    def test_queries(self):
        def sheets(leads):
            for lead in leads:
                self._answered(lead.partner_id)

        self._assert_bounded(sheets, self.asked)
