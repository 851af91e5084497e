from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import MONDAY_9, RegulationsCommon, instant


class QualityCommon(RegulationsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.crm_regulation_approval = False
        cls.company.crm_contract_completed_by = "date"
        cls.sheet = cls.env.ref("crm_regulations.survey_quality_sheet")
        cls.scales = cls.sheet.question_ids.filtered(
            lambda q: q.question_type == "scale"
        )
        cls.customer.user_id = cls.sales

    def _shipped(self, code, mode="remind"):
        regulation = self.env["crm.regulation"].search(
            [("company_id", "=", self.company.id), ("code", "=", code)]
        )
        regulation.write({"owner_id": self.coordinator.id, "mode": mode})
        with self._at("2026-05-01 09:00:00"):
            regulation.action_publish()
        return regulation

    def _completed(self, partner=None, at=MONDAY_9):
        """An order of which the contract ended yesterday; what follows is opened."""
        with self._at(at):
            order = self.env["sale.order"].create(
                {
                    "partner_id": (partner or self.customer).id,
                    "user_id": self.sales.id,
                    "company_id": self.company.id,
                    "order_line": [
                        Command.create(
                            {
                                "product_id": self.env["product.product"]
                                .create({"name": "Analyser", "type": "service"})
                                .id
                            }
                        )
                    ],
                }
            )
            order.action_confirm()
            order.crm_contract_end = self.env.cr.now().date()
            self._commit()
        return order

    def _opened(self, at):
        with self._at(at), self.enter_registry_test_mode():
            self.env.ref("crm_regulations.ir_cron_by_time").method_direct_trigger()
        self.env.invalidate_all()
        self._sweep(at.replace(":00:00", ":00:01"))

    def _invited(self):
        return self.env["survey.user_input"].search(
            [
                ("survey_id", "=", self.sheet.id),
                ("crm_company_id", "=", self.company.id),
            ]
        )

    def _answer(self, invited, *marks, text="Fine", at="2026-05-06 12:00:00"):
        with self._at(at):
            for question, mark in zip(self.scales, marks, strict=False):
                invited._save_lines(question, str(mark))
            words = self.sheet.question_ids - self.scales
            invited._save_lines(words, text)
            invited._mark_done()
            self._commit()
        return self.env["crm.quality.answer"].search([("input_id", "=", invited.id)])

    def _direct(self, partner=None):
        """An invitation without any promise."""
        return self.env["survey.user_input"].create(
            {
                "survey_id": self.sheet.id,
                "partner_id": (partner or self.customer).id,
                "crm_company_id": self.company.id,
            }
        )


@tagged("post_install", "-at_install")
class TestQuality(QualityCommon):
    def test_it_speaks_the_language_of_the_customer(self):
        self.assertFalse(self.sheet.lang_ids, "all languages")
        lang = self.env["res.lang"]._activate_lang("ru_RU")
        self._shipped("quality_sheet")
        self.customer.lang = "ru_RU"
        self._completed()
        self._opened("2026-05-05 09:00:00")
        self.assertEqual(self._invited().lang_id, lang)

    def test_an_unknown_language_is_left_to_the_browser(self):
        self._shipped("quality_sheet")
        self.env["res.lang"]._activate_lang("ru_RU")
        self.sheet.lang_ids = self.env["res.lang"]._lang_get("ru_RU")
        self._completed()
        self._opened("2026-05-05 09:00:00")
        self.assertFalse(self._invited().lang_id)

    def test_from_the_contract_to_the_score(self):
        regulation = self._shipped("quality_sheet")
        order = self._completed()
        self._opened("2026-05-05 09:00:00")
        owed = self._owed(regulation)
        self.assertEqual((owed.res_model, owed.res_id, owed.user_id),
                         ("sale.order", order.id, self.sales))  # fmt: skip
        invited = self._invited()
        self.assertEqual((invited.partner_id, invited.crm_obligation_id),
                         (self.customer, owed))  # fmt: skip
        mail = self.env["mail.mail"].search(
            [("recipient_ids", "in", self.customer.ids)], order="id desc", limit=1
        )
        self.assertIn(invited.access_token, mail.body_html)
        self.assertNotIn("A week ago", mail.body_html)
        self.assertEqual((owed.state, owed.evidence_grade), ("done_on_time", "system"))
        use = self.env["crm.material.use"].search([("obligation_id", "=", owed.id)])
        self.assertEqual((use.kind, use.user_id), ("sheet", self.sales))
        (rate,) = self.env["crm.quality.rate"].search([("id", "=", invited.id)])
        self.assertEqual((rate.invited, rate.answered, rate.answer_rate), (1, 0, 0))
        answer = self._answer(invited, 4, 5, 4, 4, text="More colours")
        self.assertEqual(
            (answer.score, answer.text, answer.partner_id, answer.company_id,
             answer.regulation_id, answer.about, answer.user_id),
            (4.25, "More colours", self.customer, self.company, regulation,
             order.name, self.sales),
        )  # fmt: skip
        self.env.invalidate_all()
        self.assertEqual((self.customer.quality_score, self.customer.quality_date),
                         (4.25, instant("2026-05-06 12:00:00")))  # fmt: skip
        self.assertEqual(self.customer.quality_answer_count, 1)
        self.assertEqual((rate.answered, rate.answer_rate, rate.score),
                         (1, 100, 4.25))  # fmt: skip

    def test_reminded_once_after_a_week(self):
        self._shipped("quality_sheet")
        self._completed()
        self._opened("2026-05-05 09:00:00")
        invited = self._invited()
        mails = self.env["mail.mail"].search_count

        def letters():
            return mails([("recipient_ids", "in", self.customer.ids)])

        before = letters()
        for now, count in (
            ("2026-05-12 08:00:00", 0), ("2026-05-12 10:00:00", 1),
            ("2026-05-13 10:00:00", 1), ("2026-05-20 10:00:00", 1),
        ):  # fmt: skip
            self._remind(now)
            self.assertEqual(letters() - before, count, now)
        last = self.env["mail.mail"].search([], order="id desc", limit=1)
        self.assertIn("A week ago", last.body_html)
        self.assertEqual(str(invited.crm_date_reminded), "2026-05-12 10:00:00")

    def _remind(self, now):
        with self._at(now), self.enter_registry_test_mode():
            self.env.ref("crm_regulations.ir_cron_quality").method_direct_trigger()
        self.env.invalidate_all()

    def test_who_answered_or_is_only_counted_is_not_reminded(self):
        regulation = self._shipped("quality_sheet")
        self._completed()
        self._opened("2026-05-05 09:00:00")
        invited = self._invited()
        regulation.mode = "silent"
        self._remind("2026-05-13 10:00:00")
        self.assertFalse(invited.crm_date_reminded)
        regulation.mode = "remind"
        self._answer(invited, 5, 5, 5, 5)
        self._remind("2026-05-14 10:00:00")
        self.assertFalse(invited.crm_date_reminded)

    def test_at_most_once_in_90_days(self):
        regulation = self._shipped("quality_sheet")
        self._completed()
        self._completed()
        other = self._partner("Hospital", email="hospital@example.com")
        self._completed(other)
        self._opened("2026-05-05 09:00:00")
        self.assertEqual(self._invited().partner_id, self.customer | other)
        self.assertEqual(len(self._invited()), 2)
        states = sorted(self._owed(regulation).mapped("state"))
        self.assertEqual(states, ["cancelled", "done_on_time", "done_on_time"])
        spared = self._owed(regulation).filtered(lambda o: o.state == "cancelled")
        self.assertIn("was asked on 2026-05-05", spared.note)
        self._completed(at="2026-08-06 09:00:00")
        self._opened("2026-08-07 09:00:00")
        self.assertEqual(len(self._invited()), 3)

    def test_without_an_address_a_person_asks(self):
        self.customer.email = False
        regulation = self._shipped("quality_sheet")
        self._completed()
        self._opened("2026-05-05 09:00:00")
        owed = self._owed(regulation)
        self.assertEqual((owed.state, owed.activity_ids.user_id), ("open", self.sales))
        self.assertIn("no e-mail address", self._incidents(regulation).message)

    def test_a_low_mark_opens_a_call(self):
        low = self._shipped("quality_low")
        self._answer(self._direct(), 3, 2, 2, 2)
        self.assertFalse(self._owed(low), "2.25 is more than 2")
        answer = self._answer(self._direct(), 2, 2, 2, 2)
        owed = self._owed(low)
        self.assertEqual((owed.res_id, owed.user_id, owed.partner_id),
                         (answer.id, self.sales, self.customer))  # fmt: skip
        self.assertEqual(str(owed.date_due), "2026-05-07 12:00:00")
        with self._at("2026-05-06 15:00:00"):
            self._talk(
                type_id=self.env.ref("crm_segmentation.interaction_type_call").id,
                date="2026-05-06 14:00:00",
                direction="out",
                outcome="answered",
            )
        self.assertEqual(owed.state, "done_on_time")

    def test_only_marks_make_a_score(self):
        low = self._shipped("quality_low")
        answer = self._answer(self._direct(), text="No marks at all")
        self.assertEqual((answer.score, answer.text), (0, "No marks at all"))
        self.assertFalse(self.customer.quality_date)
        self.assertFalse(self._owed(low))

    def test_counted_once(self):
        invited = self._direct()
        self._answer(invited, 5, 5, 5, 5)
        invited._mark_done()
        self.assertEqual(self.customer.quality_answer_count, 1)
        trial = self._direct()
        trial.test_entry = True
        self._answer(trial, 1, 1, 1, 1)
        self.assertEqual(self.customer.quality_answer_count, 1)
        self.assertEqual(self.customer.quality_score, 5)

    def test_other_surveys_are_none(self):
        survey = self.env["survey.survey"].create({"title": "Guests"})
        self.env["survey.user_input"].create(
            {"survey_id": survey.id, "partner_id": self.customer.id}
        )._mark_done()
        self.assertFalse(self.customer.quality_answer_count)
        self.env["crm.material"].create(
            {"name": "Sheet", "kind": "quality_sheet", "survey_id": survey.id}
        )
        self.assertTrue(survey.crm_quality_sheet)

    def test_the_contact_and_the_company_have_it(self):
        person = self._doctor(self.customer)
        self._answer(self._direct(person), 3, 3, 3, 3)
        self.assertEqual((person.quality_score, self.customer.quality_score), (3, 3))
        other = self.env["res.company"].create({"name": "South Med"})
        there = self.customer.with_company(other)
        self.assertFalse(there.quality_score, "a score belongs to one of our companies")

    def test_who_may_what(self):
        answer = self._answer(self._direct(), 1, 1, 1, 1)
        for user in (self.sales, self.manager, self.coordinator):
            own = answer.with_user(user)
            self.assertEqual(own.score, 1)
            self.assertIn("/survey/print/", own.action_open_answers()["url"])
            with mute_logger("odoo.models"):
                self.assertRaises(AccessError, own.write, {"score": 5})
                self.assertRaises(AccessError, own.unlink)
        company = self.env["res.company"].create({"name": "South Med"})
        stranger = self._user("str", "sales_team.group_sale_manager", company)
        there = self.env(user=stranger, context={"allowed_company_ids": company.ids})
        for model in ("crm.quality.answer", "crm.quality.rate"):
            found = there[model].search([])
            self.assertFalse(found.filtered(lambda r: r.partner_id == self.customer))
        public = self.env.ref("base.public_user")
        for model in ("crm.quality.answer", "crm.material", "crm.script.talk"):
            with self.assertRaises(AccessError), mute_logger("odoo.models"):
                self.env[model].with_user(public).search([])
