from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import SegmentationCommon

TODAY = "2026-05-20"


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestPreview(SegmentationCommon):
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
        cls.first, cls.second, cls.rest = cls.segmentation.segment_ids

    def _preview(self, segmentation=None):
        action = (segmentation or self.segmentation).action_preview()
        return (
            self.env[action["res_model"]]
            .with_user(self.coordinator)
            .browse(action["res_id"])
        )

    def _moves(self, preview):
        return [
            (m.partner_id.name, m.from_segment_id.code, m.to_segment_id.code, m.kind)
            for m in preview.move_ids
        ]

    def test_names_and_money(self):
        preview = self._preview()
        self.assertEqual((preview.moved, preview.stay), (3, 0))
        self.assertEqual(
            self._moves(preview),
            [
                ("Big", False, "A", "moves"),
                ("Middle", False, "B", "moves"),
                ("Small", False, "C", "moves"),
            ],
        )
        self.assertEqual(preview.move_ids.mapped("amount"), [200.0, 60.0, 1.0])
        self.assertEqual(
            [c["code"] for c in preview.matrix["categories"]], ["A", "B", "C"]
        )
        self.assertEqual(preview.matrix["rows"], self.segmentation.preview()["rows"])

    def test_who_stays_has_no_row(self):
        self.segmentation.action_publish()
        self.second.criterion_ids.value_enter = 70
        preview = self._preview()
        self.assertEqual((preview.moved, preview.stay), (1, 2))
        self.assertEqual(self._moves(preview), [("Middle", "B", "C", "moves")])

    def test_publishing_does_what_was_shown(self):
        preview = self._preview()
        shown = {m.partner_id: m.to_segment_id for m in preview.move_ids}
        action = preview.action_publish()
        self.assertEqual(
            (action["res_model"], action["res_id"]),
            ("crm.segmentation", self.segmentation.id),
        )
        found = {m.partner_id: m.segment_id for m in self.segmentation.membership_ids}
        self.assertEqual(found, shown)

    def test_what_changed_in_between_is_shown_and_not_published(self):
        def rule():
            self.first.criterion_ids.value_enter = 300

        def data():
            self._bought(self.small, "2026-04-20", 1200)

        for change in (rule, data):
            with self.subTest(change=change.__name__):
                preview = self._preview()
                change()
                action = preview.action_publish()
                self.assertEqual(self.segmentation.state, "draft")
                self.assertEqual(action["res_model"], preview._name)
                fresh = preview.browse(action["res_id"])
                self.assertTrue(fresh.is_outdated)
                self.assertNotEqual(fresh.token, preview.token)
        fresh.action_publish()
        self.assertEqual(self.segmentation.state, "published")

    def test_set_by_hand_stands_apart(self):
        self.segmentation.action_publish()
        self.segmentation.set_override(self.small.id, self.first.id, "Opens a branch")
        self.second.criterion_ids.value_enter = 40
        preview = self._preview()
        self.assertEqual((preview.moved, preview.by_hand, preview.waited), (0, 1, 0))
        row = preview.move_ids
        self.assertEqual(
            (row.to_segment_id, row.rule_segment_id), (self.first, self.rest)
        )
        self.assertIn(("kind", "=", "by_hand"), preview.action_open_by_hand()["domain"])

    def test_held_back_stands_apart(self):
        """Publishing decides at once what grace holds back today."""
        self.segmentation.stability = "normal"
        self.segmentation.action_publish()
        with freeze_time("2026-05-21"):
            self._bought(self.big, "2026-04-21", -1300)
            self.segmentation.classify()
            self.assertEqual(self._category(self.big, self.segmentation), "A")
            preview = self._preview()
            self.assertEqual(self._moves(preview), [("Big", "A", "B", "waited")])
            self.assertEqual((preview.moved, preview.waited), (1, 1))
            action = preview.action_open_waited()
            found = self.env[action["res_model"]].search(action["domain"])
            self.assertEqual(found.partner_id, self.big)
            preview.action_publish()
            self.assertEqual(self._category(self.big, self.segmentation), "B")

    def test_cell_opens_its_rows(self):
        preview = self._preview()
        action = preview.action_open_moves(False, self.second.id)
        found = self.env[action["res_model"]].search(action["domain"])
        self.assertEqual(found.partner_id, self.middle)
        self.assertEqual(
            found.export_data(["partner_id/name", "to_segment_id/code"])["datas"],
            [["Middle", "B"]],
        )
        for wrong in ("B", 0, -1, 1.5, [1], True, {}):
            with (
                self.subTest(wrong=wrong),
                self.assertRaisesRegex(UserError, "no_category: "),
            ):
                preview.action_open_moves(from_id=wrong)

    def test_roles(self):
        preview = self._preview()
        for user in (self.sales, self.manager, self.integration):
            with self.assertRaises(AccessError):
                preview.with_user(user).move_ids.mapped("amount")
            with self.assertRaises(AccessError):
                self.segmentation.with_user(user).action_preview()

    def test_rows_are_written_by_one_statement(self):
        self._preview()

        def count():
            start = self.env.cr.sql_log_count
            self._preview()
            return self.env.cr.sql_log_count - start

        few = count()
        for number in range(30):
            self._bought(self._partner(f"More {number}"), "2026-04-15", 1200)
        self.env.flush_all()
        self.assertLessEqual(count(), few)
