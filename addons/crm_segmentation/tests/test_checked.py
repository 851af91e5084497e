from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..core.metrics import spelled_window
from .common import SegmentationCommon

_METRIC = {
    "name": "Orders",
    "res_model": "sale.order",
    "partner_path": "partner_id",
    "date_field": "date_order",
    "aggregate": "sum",
    "measure": "amount_untaxed",
}


@tagged("post_install", "-at_install")
class TestChecked(SegmentationCommon):
    """What programs write is kept, or refused with a code and never by a traceback."""

    def test_values_that_no_field_keeps(self):
        segmentation = self.env["crm.segmentation"]
        criterion = {
            "metric_id": self.env.ref("crm_segmentation.metric_turnover_total").id,
            "operator": ">=",
            "value_enter": 5,
        }

        def with_criterion(**values):
            category = {
                "name": "A",
                "code": "A",
                "criterion_ids": [(0, 0, {**criterion, **values})],
            }
            return {"segment_ids": [(0, 0, category)]}

        for code, values in (
            ("unknown_field", {"nope": 1}),
            ("bad_value", {"unit": "people"}),
            ("bad_value", {"method": "abc"}),
            ("bad_value", {"company_id": "ours"}),
            ("bad_value", {"counterparty_type_ids": ["client"]}),
            ("bad_value", {"counterparty_type_ids": "client"}),
            ("bad_value", {"segment_ids": [{"code": "A"}]}),
            ("bad_value", {"code": ["a"]}),
            ("bad_value", {"name": "a\0b"}),
            ("bad_value", with_criterion(operator="==")),
            ("bad_value", with_criterion(value_enter="many")),
            ("bad_value", with_criterion(value_enter=float("nan"))),
            ("bad_value", with_criterion(value_enter=float("inf"))),
            ("bad_value", with_criterion(value_enter=1e300)),
            ("bad_value", with_criterion(value_enter=10**400)),
            ("bad_value", with_criterion(metric_id="turnover_total")),
            ("bad_value", with_criterion(sequence=10**12)),
        ):
            with self.subTest(values=values):
                with self.assertRaisesRegex(UserError, f"^crm_segmentation.{code}: "):
                    segmentation.create({"name": "Wrong", **values})

    def test_interactions(self):
        for values in ({"direction": "up"}, {"type_id": "call"}):
            with self.assertRaisesRegex(UserError, "^crm_segmentation.bad_value: "):
                self.env["crm.interaction"].create(
                    {
                        "type_id": self.env.ref(
                            "crm_segmentation.interaction_type_call"
                        ).id
                    }
                    | values
                )

    @mute_logger("odoo.sql_db")
    def test_constraints_have_codes(self):
        types = self.env["crm.counterparty.type"]
        known = types.search([], limit=1)
        territory = self.env["crm.territory"].create({"code": "up", "name": "Up"})
        territory.create({"code": "in", "name": "In", "parent_id": territory.id})
        for code, work in (
            ("not_unique", lambda: types.create({"name": "X", "code": known.code})),
            ("not_unique", lambda: (types - known).create({"name": "X", "code": "up_x"})
             .write({"code": known.code})),
            ("required", lambda: types.create({"name": "X"})),
            ("no_record", lambda: territory.create(
                {"code": "x", "name": "X", "parent_id": 2**31 - 1})),
            ("in_use", territory.unlink),
        ):  # fmt: skip
            with self.subTest(code=code):
                with self.assertRaisesRegex(UserError, f"^crm_segmentation.{code}: "):
                    work()
        # The transaction goes on.
        self.assertTrue(types.create({"name": "Y", "code": "y_type"}).id)

    def test_spelling_of_windows(self):
        for given, kept in (
            (12, "12 months"), ("12", "12 months"), ("12 Months ", "12 months"),
            ("12 month", "12 months"), ("12m", "12 months"), ("1 year", "12 months"),
            ("last 12 full calendar months", "12 months"), ("2 quarters", "6 months"),
            ("365 days", "365 days"), ("365d", "365 days"), ("2 weeks", "14 days"),
            (365, "365 days"), ("90", "90 days"),
            ("", "all"), (False, "all"), (None, "all"), ("All", "all"),
        ):  # fmt: skip
            with self.subTest(given=given):
                self.assertEqual(spelled_window(given), kept)
        for given in (
            0,
            "0",
            -1,
            25,
            "30",
            89,
            "soon",
            [12],
            {},
            True,
            1.5,
            "-3 months",
        ):
            with self.subTest(given=given):
                self.assertEqual(spelled_window(given), given)

    def test_metrics_as_programs_spell_them(self):
        metric = self.env["crm.metric"].create({**_METRIC, "window": 12})
        self.assertEqual((metric.window, metric.window_number), ("12 months", 12))
        metric.window = "90d"
        self.assertEqual((metric.window, metric.window_unit), ("90 days", "days"))
        metric.domain = '[["locked", "=", false]]'
        self.assertEqual(metric.domain, "[['locked', '=', False]]")
        for window in (0, "0 months", 30, -1):
            with self.assertRaisesRegex(UserError, "^crm_segmentation.metric_window: "):
                metric.window = window
        with self.assertRaisesRegex(UserError, "^crm_segmentation.metric_path: "):
            metric.partner_path = ""
        with self.assertRaisesRegex(UserError, "^crm_segmentation.bad_value: "):
            metric.create({**_METRIC, "aggregate": "average"})
        with self.assertRaisesRegex(UserError, "metric_domain: (?!.*object at)"):
            metric.domain = "hello"

    def test_rules_are_read_without_empty_values(self):
        segmentation = self.env["crm.segmentation"].create(
            {
                "name": "Read me",
                "segment_ids": [
                    (0, 0, {"name": "Z", "code": "Z", "is_default": True}),
                ],
            }
        )
        segmentation.action_publish()
        self.assertIsNone(segmentation.spec["metrics"]["turnover_month_avg"])
        for record in (segmentation, segmentation.version_ids):
            spec = record.read(["spec"])[0]["spec"]
            self.assertIs(spec["categories"][0]["rule"], False)
            self.assertIs(spec["metrics"]["turnover_month_avg"], False)
