from datetime import date

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged, users
from odoo.tools import SQL

from ..core.proposal import grid
from ..engine.curve import CurveReader
from .common import SegmentationCommon

TODAY = "2026-05-20"
MONTHS = 12


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestThresholds(SegmentationCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.amounts = [500.5, 200, 120, 60, 60, 40, 10, 9.5]  # 1,000 a month in all
        cls.partners = [cls._partner(f"Clinic {n}") for n in range(len(cls.amounts))]
        for partner, amount in zip(cls.partners, cls.amounts, strict=True):
            cls._bought(partner, "2025-01-15", 0)
            cls._bought(partner, "2026-04-15", amount * MONTHS)
        cls.nobody = cls._partner("Never bought")
        cls.segmentation = cls._segmentation(
            ("A", ("turnover_month_avg", ">=", 300, 255)),
            ("B", ("turnover_month_avg", ">=", 50)),
            ("C",),
        ).with_user(cls.coordinator)

    def _picture(self, *marks, metric="turnover_month_avg"):
        picture = self.segmentation.threshold_picture(metric, marks)
        return picture, {point["value"]: point for point in picture["points"]}

    # --- the curve ------------------------------------------------------------

    def test_curve_counts_like_a_loop(self):
        picture, points = self._picture(60, 59.5, 12.25)
        self.assertEqual(picture["customers"], 9)
        self.assertEqual(picture["measured"], 9)
        self.assertEqual(picture["turnover"], 12 * 1000)
        for value, point in points.items():
            inside = [amount for amount in self.amounts if amount >= value]
            if value == 0:
                inside.append(0)
            with self.subTest(value=value):
                self.assertEqual(point["count"], len(inside))
                self.assertAlmostEqual(point["amount"], 12 * sum(inside))
                self.assertAlmostEqual(point["total"], sum(inside))
                self.assertEqual(point["tied"], inside.count(value))
        readable = {0, 59.5, 60, *map(grid, self.amounts)}
        # 12.25 and 59.5 are marks that nobody reaches without reaching a bigger point.
        self.assertLessEqual(set(points), readable)

    def test_marks_get_exact_figures(self):
        """Two digits would take 500.5 for 500."""
        _picture, points = self._picture(500.5, 500.25)
        self.assertEqual(points[500.5]["count"], 1)
        self.assertEqual(points[500.5]["tied"], 1)

    def test_grid_in_sql_is_the_rule_of_the_core(self):
        table = [
            0, 1, 0.29, 0.295, 7, 99.99, 100, 365, 1234.5, 87432, 99999.99,
            100000, 1e9 + 1, -0.5, -87432, 1e-5, 123456789.12, 8.999999, 0.07,
        ]  # fmt: skip
        reader = CurveReader(self.env, self.segmentation._compile(), date(2026, 5, 20))
        values = SQL("SELECT unnest(%s::float8[]) AS value, 1::float8 AS amount", table)
        reader._measured = lambda _code: SQL("measured AS (%s)", values)
        buckets, without = reader.buckets("turnover_month_avg")
        self.assertEqual(without, 0)
        self.assertEqual(
            sorted(bucket.lower for bucket in buckets),
            sorted({grid(value) for value in table}),
        )

    def test_who_is_not_covered_does_not_count(self):
        self.partners[0].active = False
        self.partners[1].counterparty_type_ids = [Command.set(self.dealer.ids)]
        picture, points = self._picture()
        self.assertEqual(picture["measured"], 7)
        self.assertEqual(max(points), 120)

    def test_metric_without_a_number(self):
        picture, points = self._picture(metric="days_since_purchase")
        self.assertEqual((picture["customers"], picture["measured"]), (9, 8))
        self.assertEqual(picture["better"], "low")
        self.assertEqual(picture["currency_id"], False)
        self.assertEqual(points[35]["count"], 8)

    def test_as_many_queries_for_many(self):
        def count():
            self.env.invalidate_all()
            start = self.env.cr.sql_log_count
            self.segmentation.threshold_picture()
            return self.env.cr.sql_log_count - start

        count()
        few = count()
        for number in range(30):
            self._bought(self._partner(f"More {number}"), "2026-04-15", number)
        self.env.flush_all()
        self.assertEqual(count(), few)

    def test_picture_without_anybody(self):
        empty = self._segmentation(counterparty_type_ids=[Command.set(self.dealer.ids)])
        picture = empty.threshold_picture()
        self.assertEqual((picture["points"], picture["customers"]), ([], 0))
        self.assertNotIn("None", repr(picture))
        self.assertEqual(empty.propose_thresholds()["thresholds"], [])

    # --- the proposal ---------------------------------------------------------

    def test_proposal(self):
        """500.5 + 200 = 70.05 %; … + 120 + 60 + 60 = 94 %: 88 % would not do."""
        told = self.segmentation.propose_thresholds()
        self.assertEqual(
            [(t["share"], t["value"], t["count"]) for t in told["thresholds"]],
            [(70, 200, 2), (90, 60, 5)],
        )
        self.assertAlmostEqual(told["thresholds"][0]["reached"], 70.05)

    def test_proposal_is_written_into_the_conditions(self):
        action = self.segmentation.action_propose_thresholds()
        self.assertEqual(action["tag"], "display_notification")
        self.assertIn("A from 200€ a month: 2", _plain(action["params"]["message"]))
        criteria = self.segmentation.segment_ids.criterion_ids
        self.assertRecordValues(
            criteria,
            [
                {"value_enter": 200, "value_leave": 170, "has_leave": True},
                {"value_enter": 60, "value_leave": 0, "has_leave": False},
            ],
        )
        self.assertEqual(str(self.segmentation.proposed_on), TODAY)
        self.segmentation.action_publish()
        self.assertEqual(self.segmentation.preview()["rows"][0]["count"], 2)

    def test_proposal_that_cannot_be_made(self):
        few = self._segmentation(
            ("A", ("turnover_month_avg", ">=", 1)),
            ("C",),
            counterparty_type_ids=[Command.set(self.dealer.ids)],
        )
        other = self._segmentation(("A", ("tenure_years", ">=", 1)), ("C",))
        for segmentation in (few, other):
            with self.assertRaisesRegex(UserError, "crm_segmentation.no_proposal: "):
                segmentation.action_propose_thresholds()

    def test_wrong_input(self):
        unknown = ("karma", "", None, 7, ["turnover_total"], "x\0y", "a" * 999)
        for metric in unknown:
            for ask in ("threshold_picture", "propose_thresholds"):
                with (
                    self.subTest(metric=metric, ask=ask),
                    self.assertRaisesRegex(UserError, "unknown_metric: "),
                ):
                    getattr(self.segmentation, ask)(metric=metric)
        for marks in ("7", None, 7, ["a"], [None], [True], [float("nan")], [1] * 51,
                      [float("inf")], {"a": 1}, [10**400]):  # fmt: skip
            with (
                self.subTest(marks=marks),
                self.assertRaisesRegex(UserError, "bad_numbers: "),
            ):
                self.segmentation.threshold_picture(marks=marks)
        for shares in ([], [0], [90, 70], [70, 70], [101], [-5]):
            with (
                self.subTest(shares=shares),
                self.assertRaisesRegex(UserError, "bad_shares: "),
            ):
                self.segmentation.propose_thresholds(shares)
        with self.assertRaisesRegex(UserError, "one_record: "):
            (self.segmentation | self._by_turnover()).threshold_picture()

    def test_roles(self):
        for user in (self.sales, self.manager, self.coordinator):
            told = self.segmentation.with_user(user).threshold_picture()
            self.assertEqual(told["measured"], 9)
        for ask in ("threshold_picture", "propose_thresholds"):
            with self.assertRaisesRegex(AccessError, "sales_only: "):
                getattr(self.segmentation.with_user(self.integration), ask)()
        for user in (self.sales, self.manager):
            with self.assertRaisesRegex(AccessError, "coordinator_only: "):
                self.segmentation.with_user(user).action_propose_thresholds()

    def test_salespeople_can_open_the_form(self):
        self.segmentation.action_publish()
        form = Form(self.segmentation.with_user(self.sales))
        self.assertEqual(form.name, "Clients")

    def test_other_company(self):
        other = self.env["res.company"].create({"name": "South Med"})
        stranger = self._user("stranger", "sales_team.group_sale_salesman", other)
        with self.assertRaises(AccessError):
            self.segmentation.with_user(stranger).threshold_picture()


def _plain(text):
    return text.replace("\N{NO-BREAK SPACE}", "")


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestSentences(SegmentationCommon):
    def test_conditions_in_words(self):
        table = [
            (("turnover_month_avg", ">=", 100000),
             "average monthly turnover of at least 100,000€"),
            (("turnover_total", "<", 99.5), "total turnover of less than 99.50€"),
            (("tenure_years", ">", 5), "more than 5 years with us"),
            (("days_since_purchase", "<=", 365),
             "at most 365 days since the last purchase"),
            (("turnover_month_avg", ">=", 100, 85),
             "average monthly turnover of at least 100€ (stays with at least 85€)"),
        ]  # fmt: skip
        for rule, words in table:
            segmentation = self._segmentation(("A", rule), ("C",))
            with self.subTest(words=words):
                told = segmentation.segment_ids[0].rule
                self.assertEqual(_plain(told), words)

    def test_percents_in_words(self):
        segmentation = self._segmentation(
            ("A", ("turnover_month_avg", "<", 80)), ("C",), method="share"
        )
        criterion = segmentation.segment_ids.criterion_ids
        self.assertEqual(
            criterion.display_name,
            "among the biggest, who bring the first 80% of “Average monthly turnover”",
        )
        self.assertEqual(criterion.unit_text, "% of the total")
        criterion.write({"basis": "quantile", "operator": ">=", "value_enter": 70})
        self.assertEqual(
            criterion.display_name, "among the best 30% by “Average monthly turnover”"
        )

    def test_stability_in_words(self):
        segmentation = self._segmentation(
            ("A", ("tenure_years", ">=", 5)), ("C",), stability="normal"
        )
        self.assertEqual(
            segmentation.segment_ids[0].rule,
            "at least 5 years with us; left after 60 days of lower numbers; "
            "kept at least 90 days",
        )
        self.assertIn("on the first of a month", segmentation.stability_text)
        segmentation.stability = "immediate"
        self.assertEqual(segmentation.segment_ids[0].rule, "at least 5 years with us")

    def test_only_to_get_in(self):
        """Debt delays a promotion and takes nobody's category away."""
        debtor, honest = self._partner("Debtor"), self._partner("Honest")
        for partner in (debtor, honest):
            self._bought(partner, "2026-04-15", 1200)
        segmentation = self._segmentation(
            ("A", ("document_count", ">=", 1), ("document_count", "<=", 1)), ("C",)
        )
        segmentation.segment_ids.criterion_ids[1].enter_only = True
        segmentation.action_publish()
        for partner in (debtor, honest):
            self.assertEqual(self._category(partner, segmentation), "A")
        self._bought(debtor, "2026-04-16", 5)
        newcomer = self._partner("Newcomer")
        self._bought(newcomer, "2026-04-15", 5)
        self._bought(newcomer, "2026-04-16", 5)
        segmentation.classify()
        self.assertEqual(self._category(debtor, segmentation), "A")
        self.assertEqual(self._category(newcomer, segmentation), "C")

    @users("seg_coord")
    def test_publishing_without_a_threshold_says_what_to_do(self):
        segmentation = self._by_turnover(0)
        with self.assertRaisesRegex(UserError, "no_threshold: .*Propose thresholds"):
            segmentation.with_user(self.env.user).action_publish()
