from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import SegmentationCommon

TODAY = "2026-05-20"


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestPublishing(SegmentationCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.big, cls.middle, cls.small = (
            cls._partner(name) for name in ("Big", "Middle", "Small")
        )
        for partner, amount in ((cls.big, 2400), (cls.middle, 720), (cls.small, 12)):
            cls._bought(partner, "2025-01-15", 0)
            cls._bought(partner, "2026-04-15", amount)
        cls.segmentation = cls._segmentation(
            ("A", ("turnover_month_avg", ">=", 100)),
            ("B", ("turnover_month_avg", ">=", 50)),
            ("C",),
        ).with_user(cls.coordinator)

    def _codes(self):
        partners = (self.big, self.middle, self.small)
        return [self._category(partner, self.segmentation) for partner in partners]

    # --- publishing -----------------------------------------------------------

    def test_publishing_classifies(self):
        self.assertIs(self.segmentation.action_publish(), True)
        self.assertEqual(self._codes(), ["A", "B", "C"])
        self.assertEqual(self.segmentation.state, "published")
        self.assertEqual(self.segmentation.version, 1)
        self.assertEqual(
            self._movements(self.big, self.segmentation), [(False, "A", "publish")]
        )

    def test_published_rule_is_frozen(self):
        self.segmentation.action_publish()
        self.segmentation.segment_ids[0].criterion_ids.value_enter = 1000
        self.assertTrue(self.segmentation.is_changed)
        self.assertEqual(self.segmentation.classify(), {"changed": 0})
        self.assertEqual(self._codes(), ["A", "B", "C"])
        self.segmentation.action_publish()
        self.assertEqual(self._codes(), ["B", "B", "C"])
        self.assertFalse(self.segmentation.is_changed)

    def test_versions_keep_what_was_in_force(self):
        self.segmentation.action_publish()
        first = self.segmentation.version_ids
        self.segmentation.segment_ids[0].criterion_ids.value_enter = 1000
        self.segmentation.action_publish()
        self.assertEqual(self.segmentation.version_ids.mapped("version"), [2, 1])
        self.assertEqual(first.user_id, self.coordinator)
        self.assertIn(
            "A: average monthly turnover of at least 100\N{NO-BREAK SPACE}€\n",
            first.rule,
        )
        self.assertEqual(first.spec["categories"][0]["rule"]["parts"][0]["enter"], 100)

    def test_incomplete_rules_are_refused_with_the_reason(self):
        good = (("A", ("turnover_total", ">=", 1)), ("C",))
        table = [
            ((), "it has no categories"),
            (good[:1], "exactly one category must take the rest"),
            (good + (("D",),), "exactly one category must take the rest"),
        ]
        for categories, problem in table:
            segmentation = self._segmentation(*categories)
            for method in ("action_publish", "preview"):
                with (
                    self.subTest(problem=problem, method=method),
                    self.assertRaisesRegex(UserError, problem) as raised,
                ):
                    getattr(segmentation, method)()
                self.assertTrue(
                    str(raised.exception).startswith("crm_segmentation.incomplete: ")
                )
            self.assertEqual(segmentation.state, "draft")

    def test_category_without_conditions_and_default_with_some(self):
        empty = self._segmentation(("A", ("turnover_total", ">=", 1)), ("C",))
        empty.segment_ids[0].criterion_ids.unlink()
        filled = self._by_turnover()
        filled.segment_ids[1].criterion_ids = [
            Command.create(self._criterion("turnover_total", ">=", 1))
        ]
        for segmentation, code in ((empty, "A"), (filled, "C")):
            with self.assertRaisesRegex(UserError, f"category {code}:"):
                segmentation.action_publish()

    def test_state_and_rule_change_by_the_buttons_only(self):
        for values in ({"state": "published"}, {"spec": {}}, {"version": 7}):
            with (
                self.subTest(**values),
                self.assertRaisesRegex(UserError, "use_buttons"),
            ):
                self.segmentation.write(values)
        made = self.segmentation.create({"name": "New", "state": "published"})
        self.assertEqual(made.state, "draft")

    # --- preview --------------------------------------------------------------

    def test_preview_says_what_publishing_does(self):
        categories = {s.code: s.id for s in self.segmentation.segment_ids}
        rows = self.segmentation.preview()["rows"]
        self.assertEqual(
            rows,
            [
                {"from_id": False, "to_id": categories["A"], "count": 1, "amount": 200},
                {"from_id": False, "to_id": categories["B"], "count": 1, "amount": 60},
                {"from_id": False, "to_id": categories["C"], "count": 1, "amount": 1},
            ],
        )
        self.assertEqual(self._codes(), [False, False, False])
        self.segmentation.action_publish()
        self.segmentation.segment_ids[1].criterion_ids.value_enter = 70
        rows = self.segmentation.preview()["rows"]
        moved = [row for row in rows if row["from_id"] != row["to_id"]]
        self.assertEqual(
            moved,
            [
                {
                    "from_id": categories["B"],
                    "to_id": categories["C"],
                    "count": 1,
                    "amount": 60.0,
                }
            ],
        )
        self.segmentation.action_publish()
        self.assertEqual(self._codes(), ["A", "C", "C"])
        self.assertEqual(
            self._movements(self.middle, self.segmentation)[1:],
            [("B", "C", "publish")],
        )

    def test_token_changes_with_rule_day_and_result(self):
        token = self.segmentation.preview()["token"]
        self.assertEqual(self.segmentation.preview()["token"], token)
        seen = {token}
        self.segmentation.segment_ids[0].criterion_ids.value_enter = 150
        seen.add(self.segmentation.preview()["token"])
        self._bought(self.small, "2026-04-20", 1)
        seen.add(self.segmentation.preview()["token"])
        with freeze_time("2026-05-21"):
            seen.add(self.segmentation.preview()["token"])
        self.assertEqual(len(seen), 4)

    # --- explaining -----------------------------------------------------------

    def test_explain(self):
        self.segmentation.action_publish()
        told = self.segmentation.with_user(self.sales).explain(self.middle.id)
        self.assertEqual(told["category"], "B")
        self.assertEqual(told["values"]["turnover_month_avg"], 60.0)
        first, second, rest = told["categories"]
        self.assertEqual(
            first["conditions"],
            [
                {
                    "metric": "turnover_month_avg",
                    "basis": "value",
                    "name": "Average monthly turnover",
                    "value": 60.0,
                    "operator": ">=",
                    "threshold": 100.0,
                    "enter": 100.0,
                    "met": False,
                    "distance": 40.0,
                    "value_text": "60.00\xa0€",
                    "needed_text": "at least 100.00\xa0€",
                    "enter_text": "at least 100.00\xa0€",
                    "missing_text": "40.00\xa0€ more",
                }
            ],
        )
        self.assertEqual(
            [category["holds"] for category in (first, second, rest)],
            [False, True, False],
        )

    def test_explain_holds_no_none(self):
        """XML-RPC knows no None, however deep."""
        self.segmentation.segment_ids[1].criterion_ids = [
            Command.create(self._criterion("days_since_purchase", "<=", 9))
        ]
        self.segmentation.action_publish()
        told = self.segmentation.explain(self._partner("Never bought").id)
        self.assertNotIn("None", repr(told))

    def test_explain_for_a_contact_tells_of_the_company(self):
        contact = self._doctor(self.big)
        self.segmentation.action_publish()
        told = self.segmentation.explain(contact.id)
        self.assertEqual((told["partner"], told["category"]), ("Big", "A"))

    def test_explain_who_is_not_covered(self):
        self.segmentation.action_publish()
        dealer = self._partner(counterparty_type_ids=[Command.set(self.dealer.ids)])
        with self.assertRaisesRegex(UserError, "crm_segmentation.not_covered: "):
            self.segmentation.explain(dealer.id)
        with self.assertRaisesRegex(UserError, "crm_segmentation.no_partner: "):
            self.segmentation.explain(0)

    # --- out of use -----------------------------------------------------------

    def test_archiving_takes_the_categories_and_keeps_the_history(self):
        self.segmentation.action_publish()
        self.assertIs(self.segmentation.action_archive_segmentation(), True)
        self.assertEqual(self._codes(), [False, False, False])
        self.assertEqual(
            self._movements(self.big, self.segmentation)[-1], ("A", False, "archive")
        )
        for method in ("classify", "action_publish"):
            with self.subTest(method=method), self.assertRaises(UserError):
                getattr(self.segmentation, method)()

    def test_what_was_published_is_not_deleted(self):
        self.segmentation.action_publish()
        with self.assertRaisesRegex(UserError, "crm_segmentation.has_history: "):
            self.segmentation.unlink()
        with self.assertRaisesRegex(UserError, "crm_segmentation.category_in_use: "):
            self.segmentation.segment_ids[0].unlink()
        self._by_turnover(code="draft_one").unlink()

    def test_category_that_left_the_rule_can_go(self):
        """Who was in it moved on; only its history holds it."""
        extra = self._segmentation(
            ("A", ("turnover_total", ">=", 10**6)),
            ("B", ("turnover_total", ">=", 10**5)),
            ("C",),
        )
        unused = extra.segment_ids[0]
        extra.action_publish()
        copy = extra.copy()
        self.assertEqual((copy.state, copy.version, copy.spec), ("draft", 0, False))
        self.assertEqual(len(copy.segment_ids.criterion_ids), 2)
        with self.assertRaises(UserError):
            unused.unlink()

    def test_company_stays_once_published(self):
        other = self.env["res.company"].create({"name": "South Med"})
        self.segmentation.sudo().company_id = other
        self.segmentation.sudo().company_id = self.company
        self.segmentation.action_publish()
        with self.assertRaisesRegex(ValidationError, "company_is_fixed"):
            self.segmentation.sudo().company_id = other

    # --- settings that make no sense ------------------------------------------

    def test_leave_threshold_must_be_easier(self):
        table = [(">=", 100, 120), (">", 100, 120), ("<=", 30, 20), ("<", 30, 20)]
        for operator, enter, leave in table:
            with (
                self.subTest(operator=operator),
                self.assertRaisesRegex(ValidationError, "leave_threshold"),
            ):
                self._segmentation(
                    ("A", ("turnover_total", operator, enter, leave)), ("C",)
                )

    def test_codes_are_made_up(self):
        made = self.env["crm.segmentation"].create(
            [{"name": "One"}, {"name": "Two", "code": False}, {"name": "Three"}]
        )
        made |= made.copy()
        self.assertEqual(len(set(made.mapped("code"))), 6)

    @mute_logger("odoo.sql_db")
    def test_codes_are_unique(self):
        self._by_turnover(code="mine")
        with self.assertRaisesRegex(UserError, "^crm_segmentation.not_unique: "):
            self._by_turnover(code="mine")
        with self.assertRaisesRegex(UserError, "^crm_segmentation.not_unique: "):
            self._segmentation(("A", ("turnover_total", ">=", 1)), ("A",))

    def test_every_company_gets_the_shipped_drafts(self):
        company = self.env["res.company"].create({"name": "South Med"})
        shipped = (
            self.env["crm.segmentation"]
            .sudo()
            .search([("company_id", "=", company.id), ("code", "=", "method_example")])
        )
        self.assertEqual(shipped.state, "draft")
        self.assertEqual(shipped.segment_ids.mapped("code"), ["A", "B", "C"])
        self.assertEqual(
            shipped.segment_ids[0].rule,
            "average monthly turnover of at least 100,000\N{NO-BREAK SPACE}€ and more "
            "than 5 years with us",
        )

    def test_metrics_are_those_the_engine_knows(self):
        with self.assertRaisesRegex(ValidationError, "metric_model"):
            self.env["crm.metric"].create({"name": "Karma", "code": "karma"})
