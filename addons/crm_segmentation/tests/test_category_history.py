from datetime import date

from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import SegmentationCommon

# Who was where: (partner, day, from, to, monthly turnover or None), in order.
STORY = (
    ("north", "2026-01-10", None, "C", 50),
    ("south", "2026-01-20", None, "A", 400),
    ("north", "2026-03-05", "C", "A", 300),
    ("south", "2026-03-31", "A", "C", 90),
    ("east", "2026-04-02", None, "C", 10),
    ("east", "2026-04-09", "C", None, None),
    ("north", "2026-05-15", "A", "C", None),
)


@tagged("post_install", "-at_install")
@freeze_time("2026-05-20")
class TestCategoryHistory(SegmentationCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.segmentation = cls._by_turnover(code="history")
        spec = cls.segmentation._compile()
        cls.segmentation.sudo().write(
            {"state": "published", "version": 1, "spec": spec}
        )
        cls.category = {s.code: s for s in cls.segmentation.segment_ids}
        names = ("north", "south", "east")
        cls.partners = {name: cls._partner(name) for name in names}
        cls.env["crm.segment.movement"].create([cls._movement(*row) for row in STORY])

    @classmethod
    def _movement(cls, partner, day, before, after, amount):
        return {
            "partner_id": cls.partners[partner].id,
            "segmentation_id": cls.segmentation.id,
            "from_segment_id": cls.category[before].id if before else False,
            "to_segment_id": cls.category[after].id if after else False,
            "company_id": cls.company.id,
            "date": day,
            "cause": "nightly",
            "version": 1,
            "metric_values": (
                False if amount is None else {"turnover_month_avg": amount}
            ),
        }

    def _links(self, *period):
        codes = {s.id: s.code for s in self.segmentation.segment_ids} | {False: "-"}
        flow = self.segmentation.with_user(self.sales).category_flow(*period)
        return {
            (codes[link["from_id"]], codes[link["to_id"]]): (
                link["count"],
                link["amount"],
            )
            for link in flow["links"]
        }

    def test_flow(self):
        for period, expected in (
            (("2026-02-01", "2026-02-28"), {"CC": (1, 50), "AA": (1, 400)}),
            (("2026-02-01", "2026-03-31"), {"CA": (1, 300), "AC": (1, 90)}),
            # East came and went: in no category before and none after.
            (("2026-04-01", "2026-04-30"), {"AA": (1, 300), "CC": (1, 90)}),
            (
                ("2026-04-01", "2026-04-05"),
                {"AA": (1, 300), "CC": (1, 90), "-C": (1, 10)},
            ),
            (
                ("2026-04-05", "2026-05-20"),
                {"CC": (1, 90), "C-": (1, 10), "AC": (1, 300)},
            ),
            (("2025-01-01", "2025-12-31"), {}),
        ):
            with self.subTest(period=period):
                found = {
                    "".join(key): value for key, value in self._links(*period).items()
                }
                self.assertEqual(found, expected)

    def test_flow_of_a_year_by_default(self):
        flow = self.segmentation.category_flow()
        self.assertEqual(
            (flow["date_from"], flow["date_to"]), ("2025-05-20", "2026-05-20")
        )
        self.assertEqual([c["code"] for c in flow["categories"]], ["A", "C"])

    def test_flow_opens_its_counterparties(self):
        segment_c = self.category["C"].id
        action = self.segmentation.with_user(self.sales).action_open_flow(
            segment_c, False, "2026-04-05", "2026-05-20"
        )
        self.assertEqual(action["domain"], [("id", "in", self.partners["east"].ids)])

    def test_wrong_periods_are_refused(self):
        for period in (
            ("2026-05-02", "2026-05-01"),
            ("tomorrow", False),
            (7, False),
            ({}, [1]),
        ):
            with (
                self.subTest(period=period),
                self.assertRaisesRegex(UserError, "^crm_segmentation.flow: "),
            ):
                self.segmentation.category_flow(*period)
        for wrong in (10**9, "x", -1, True):
            with (
                self.subTest(wrong=wrong),
                self.assertRaisesRegex(UserError, "^crm_segmentation.flow: "),
            ):
                self.segmentation.action_open_flow(wrong, False)

    def test_sizes_at_month_ends(self):
        rows = self.env["crm.category.history"].search(
            [("segmentation_id", "=", self.segmentation.id)], order="date, segment_id"
        )
        self.assertEqual(
            [(r.date, r.segment_id.code, r.count, r.amount) for r in rows],
            [
                (date(2026, 1, 31), "A", 1, 400),
                (date(2026, 1, 31), "C", 1, 50),
                (date(2026, 2, 28), "A", 1, 400),
                (date(2026, 2, 28), "C", 1, 50),
                (date(2026, 3, 31), "A", 1, 300),
                (date(2026, 3, 31), "C", 1, 90),
                (date(2026, 4, 30), "A", 1, 300),
                (date(2026, 4, 30), "C", 1, 90),
                (date(2026, 5, 20), "A", 0, 0),
                (date(2026, 5, 20), "C", 2, 90),
            ],
        )

    def test_changes_by_month(self):
        rows = self.env["crm.segment.movement.report"]._read_group(
            [("segmentation_id", "=", self.segmentation.id)],
            ["direction"],
            ["__count", "amount:sum"],
        )
        self.assertEqual(
            {direction: values for direction, *values in rows},
            {"came": [3, 460], "went": [1, 0], "up": [1, 300], "down": [2, 90]},
        )

    def test_another_company_sees_nothing(self):
        other = self.env["res.company"].create({"name": "South Med"})
        stranger = self._user("stranger", "sales_team.group_sale_salesman", other)
        for model in ("crm.category.history", "crm.segment.movement.report"):
            with self.subTest(model=model):
                rows = (
                    self.env[model]
                    .with_user(stranger)
                    .with_context(allowed_company_ids=other.ids)
                )
                self.assertFalse(
                    rows.search([("segmentation_id", "=", self.segmentation.id)])
                )
        with self.assertRaises(AccessError):
            self.segmentation.with_user(stranger).with_context(
                allowed_company_ids=other.ids
            ).category_flow()
        with self.assertRaises(AccessError):
            self.env["crm.category.history"].with_user(self.integration).search([])
