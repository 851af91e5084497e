from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .common import SegmentationCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-05-20")
class TestWhy(SegmentationCommon):
    """What a person is told who asks why."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["crm.segmentation"].search(
            [("state", "=", "published")]
        ).action_archive_segmentation()
        cls.segmentation = cls._segmentation(
            ("A", ("turnover_month_avg", ">=", 1000), ("tenure_years", ">", 5)),
            ("B", ("turnover_month_avg", ">=", 500)),
            ("C",),
        )
        cls.clinic = cls._partner("Clinic", customer_since="2019-03-01")
        cls.newcomer = cls._partner("Newcomer")
        cls._bought(cls.clinic, "2026-04-15", 12 * 900)
        cls._bought(cls.clinic, "2020-04-15", 1)
        cls.line = cls._bought(cls.newcomer, "2026-04-15", 20)
        cls.segmentation.with_user(cls.coordinator).action_publish()
        cls.told = cls.segmentation.with_user(cls.sales)

    def _dialog(self, partner, user=None):
        action = partner.with_user(user or self.sales).action_explain_category()
        model = self.env[action["res_model"]].with_user(user or self.sales)
        return Form(model.with_context(**action["context"]))

    def _body(self, partner, user=None):
        return self._dialog(partner, user).body.replace("\xa0", "")

    # --- what the dictionary tells --------------------------------------------

    def test_distance_to_the_next_category(self):
        told = self.told.explain(self.clinic.id)
        self.assertEqual(told["category"], "B")
        self.assertEqual(
            told["next"],
            {
                "category": "A",
                "text": "Missing for A: Average monthly turnover: 100.00\xa0€ more.",
            },
        )
        told = self.told.explain(self.newcomer.id)
        self.assertEqual(told["next"]["category"], "B")
        self.assertIn("480.00", told["next"]["text"])

    def test_the_best_has_nothing_above(self):
        self._bought(self.clinic, "2026-04-16", 12 * 900)
        self.segmentation.classify()
        told = self.told.explain(self.clinic.id)
        self.assertEqual(told["category"], "A")
        self.assertIs(told["next"], False)

    def test_which_day_counts_for_tenure(self):
        table = [
            (self.clinic, "2019-03-01", "entered", "03/01/2019 (entered)"),
            (self.newcomer, "2026-04-15", "first_purchase", "(first purchase)"),
            (self._partner("Nobody"), False, False, "Has not bought anything yet"),
        ]
        for partner, day, source, words in table:
            with self.subTest(source=source):
                tenure = self.told.explain(partner.id)["tenure"]
                self.assertEqual((tenure["date"], tenure["source"]), (day, source))
                self.assertIn(words, tenure["text"])

    def test_version_and_history(self):
        told = self.told.explain(self.clinic.id)
        self.assertEqual(told["version"], 1)
        self.assertEqual(told["published_by"], self.coordinator.name)
        (first,) = told["history"]
        self.assertEqual(
            (first["date"], first["from"], first["to"], first["cause"]),
            ("2026-05-20", False, "B", "publish"),
        )
        self.assertEqual(first["values"]["turnover_month_avg"], 900.0)
        self.assertIn("Average monthly turnover: 900.00", first["values_text"])

    def test_nothing_is_none(self):
        for partner in (self.clinic, self.newcomer, self._partner("Nobody")):
            self.assertNotIn("None", repr(self.told.explain(partner.id)))

    def test_what_stability_holds_back(self):
        self.segmentation.stability = "calm"
        self.segmentation.action_publish()
        self._bought(self.clinic, "2026-04-16", 12 * 900)
        self.segmentation.classify()
        told = self.told.explain(self.clinic.id)
        self.assertEqual((told["category"], told["held"]["category"]), ("B", "A"))
        self.assertIs(told["held"]["until"], False)
        self.assertIn("has to confirm", told["held"]["text"])
        with freeze_time("2027-06-10"):
            self.segmentation.classify()
            told = self.told.explain(self.clinic.id)
            self.assertEqual((told["category"], told["held"]["category"]), ("B", "C"))
            self.assertEqual(told["held"]["until"], "2027-10-01")
            self.assertIn("10/01/2027", told["held"]["text"])
            self.assertIn("10/01/2027", self._body(self.clinic))

    def test_shares_and_ranks_in_words(self):
        self.segmentation.action_archive_segmentation()
        ranked = self._segmentation(
            (
                "A",
                ("turnover_total", "<", 80),
                ("days_since_purchase", ">=", 50),
            ),
            ("C",),
            code="ranked",
        )
        share, rank = ranked.segment_ids[0].criterion_ids
        share.basis, rank.basis = "share", "quantile"
        ranked.action_publish()
        (shared, ranked_) = ranked.explain(self.newcomer.id)["categories"][0][
            "conditions"
        ]
        self.assertEqual(shared["basis"], "share")
        self.assertIn("bigger ones hold", shared["value_text"])
        self.assertIn("of the total held by bigger ones", shared["needed_text"])
        self.assertIn("better than", ranked_["value_text"])
        self.assertIn("of the others", ranked_["needed_text"])
        self.assertIn("of the others", self._body(self.newcomer))

    # --- who is not covered ---------------------------------------------------

    def test_why_not_covered(self):
        """Reasons are given if, and only if, the statement leaves somebody out."""
        company = self.env["res.company"].create({"name": "South Med"})
        user = self._user("clerk", "base.group_user")
        self.segmentation.untyped_buyers = True
        self.segmentation.action_publish()
        bought = self._partner("Bought", counterparty_type_ids=False)
        self._bought(bought, "2026-04-15", 20)
        archived = self._partner("Old")
        archived.active = False
        table = [
            (self.clinic, None),
            (bought, None),
            (self._partner("Never", counterparty_type_ids=False), "never_bought"),
            (
                self._partner(counterparty_type_ids=[Command.set(self.dealer.ids)]),
                "other_type",
            ),
            (archived, "archived"),
            (self._partner("Foreign", company_id=company.id), "other_company"),
            (self.company.partner_id, "own_company"),
            (user.partner_id, "own_user"),
        ]
        for partner, code in table:
            partner.flush_recordset()
            with self.subTest(code=code, partner=partner.name):
                told = self.segmentation.sudo()._explain(partner.id)
                self.assertEqual(told["covered"], code is None)
                codes = [reason["code"] for reason in told["not_covered"]]
                self.assertEqual(bool(codes), code is not None)
                if code:
                    self.assertIn(code, codes)

    def test_untyped_who_bought_where_they_do_not_count(self):
        self.segmentation.untyped_buyers = False
        self.segmentation.action_publish()
        bought = self._partner("Bought", counterparty_type_ids=False)
        self._bought(bought, "2026-04-15", 20)
        told = self.segmentation._explain(bought.id)
        self.assertEqual([r["code"] for r in told["not_covered"]], ["no_type"])
        with self.assertRaisesRegex(UserError, "not_covered: .*it has no type, and"):
            self.told.explain(bought.id)

    def test_companies_where_persons_are_classified(self):
        self.segmentation.action_archive_segmentation()
        persons = self._by_turnover(unit="person", code="persons")
        persons.action_publish()
        told = persons._explain(self.clinic.id)
        self.assertEqual([r["code"] for r in told["not_covered"]], ["not_a_person"])
        doctor = self._doctor(self.clinic)
        doctor.counterparty_type_ids = self.client
        self.assertTrue(persons.explain(doctor.id)["covered"])

    def test_set_by_hand_though_not_covered(self):
        dealer = self._partner("Dealer", counterparty_type_ids=self.dealer.ids)
        a = self.segmentation.segment_ids[0]
        self.segmentation.with_user(self.manager).set_override(
            dealer.id, a.id, "Buys for clinics"
        )
        told = self.told.explain(dealer.id)
        self.assertEqual((told["category"], told["covered"]), ("A", False))
        self.assertEqual(told["author"], self.manager.name)
        body = self._body(dealer)
        for words in ("Buys for clinics", "its type is Dealer", self.manager.name):
            self.assertIn(words, body)

    # --- the dialog -----------------------------------------------------------

    def test_the_dialog(self):
        body = self._body(self.clinic)
        for words in (
            "100.00€ more",
            "Customer since 03/01/2019 (entered)",
            'data-metric="turnover_month_avg"',
            "History",
            "version 1",
            self.coordinator.name,
        ):
            with self.subTest(words=words):
                self.assertIn(words, body)

    def test_the_dialog_of_a_contact(self):
        body = self._body(self._doctor(self.clinic))
        self.assertIn("Dr. Green", body)
        self.assertIn("has the category of the company", body)

    def test_the_dialog_of_who_is_not_covered(self):
        dealer = self._partner("Dealer", counterparty_type_ids=self.dealer.ids)
        self.assertIn("its type is Dealer", self._body(dealer))

    def test_several_segmentations(self):
        second = self._by_turnover(code="second", name="Second")
        second.action_publish()
        form = self._dialog(self.clinic)
        self.assertEqual(form.segmentation_count, 2)
        form.segmentation_id = second
        self.assertIn("Second", form.body)

    def test_nothing_is_published(self):
        self.segmentation.action_archive_segmentation()
        self.assertIn("no published segmentation", self._body(self.clinic))

    def test_from_the_dialog_back_to_the_rule(self):
        a = self.segmentation.segment_ids[0]
        self.segmentation.set_override(self.clinic.id, a.id, "Because")
        dialog = self._dialog(self._doctor(self.clinic), self.manager)
        self.assertTrue(dialog.is_manual)
        dialog.save().action_give_back()
        self.assertEqual(self._category(self.clinic, self.segmentation), "B")

    # --- documents ------------------------------------------------------------

    def test_documents_behind_a_number(self):
        action = self.told.action_documents(self.newcomer.id, "turnover_month_avg")
        self.assertEqual(action["type"], "ir.actions.act_window")
        found = self.env[action["res_model"]].search(action["domain"])
        self.assertEqual(len(found), 1)
        for wrong in ("nonsense", "", 7, None, "\0", ["turnover_month_avg"]):
            with (
                self.subTest(wrong=wrong),
                self.assertRaisesRegex(UserError, "crm_segmentation.unknown_metric: "),
            ):
                self.told.action_documents(self.newcomer.id, wrong)
        with self.assertRaisesRegex(UserError, "crm_segmentation.no_partner: "):
            self.told.action_documents(10**8, "turnover_total")

    def test_another_company(self):
        other = self.env["res.company"].create({"name": "South Med"})
        foreign = self._user("seller2", "sales_team.group_sale_salesman", other)
        self.env.invalidate_all()
        theirs = self.segmentation.with_env(
            self.env(user=foreign, context={"allowed_company_ids": other.ids})
        )
        with self.assertRaises(AccessError):
            theirs.explain(self.clinic.id)
        with self.assertRaises(AccessError):
            theirs.action_documents(self.clinic.id, "turnover_total")
        self.assertFalse(
            self.clinic.with_env(theirs.env).shown_membership_ids,
        )
        self.assertFalse(self.clinic.with_env(theirs.env).shown_movement_ids)

    def test_the_page_shows_the_company_of_a_contact(self):
        doctor = self._doctor(self.clinic).with_user(self.sales)
        self.assertEqual(doctor.shown_membership_ids.segment_id.code, "B")
        self.assertEqual(doctor.shown_movement_ids.to_segment_id.code, "B")
