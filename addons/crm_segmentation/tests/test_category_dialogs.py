from freezegun import freeze_time

from odoo.exceptions import AccessError
from odoo.tests import Form, tagged

from .common import SegmentationCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-05-20")
class TestCategoryDialogs(SegmentationCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.partner = cls._partner("Clinic <North>")
        cls._bought(cls.partner, "2026-03-15", 120)
        cls.segmentation = cls._segmentation(
            (
                "A",
                ("turnover_month_avg", ">=", 1000),
                ("days_since_purchase", "<", 30),
                ("tenure_years", ">", 0.1),
            ),
            ("C",),
        )
        cls.segmentation.action_publish()

    def _open(self, action, user=None):
        model = self.env[action["res_model"]].with_user(user or self.manager)
        return Form(model.with_context(**action["context"]))

    def test_why(self):
        membership = self.partner.membership_ids.with_user(self.sales)
        form = self._open(membership.action_explain(), self.sales)
        body = form.body
        self.assertIn("Clinic &lt;North&gt;", body)
        for words in (
            "Category A",
            "940.00€",
            "36 days less",
            "met",
            "everybody else",
            "05/01/2025",
            "04/30/2026",
        ):
            with self.subTest(words=words):
                self.assertIn(words, body.replace("\xa0", ""))
        self.assertNotIn("Set by hand", body)

    def test_why_tells_of_a_category_set_by_hand(self):
        self.segmentation.set_override(
            self.partner.id,
            self.segmentation.segment_ids[0].id,
            "Second clinic",
            until="2026-06-30",
        )
        form = self._open(self.partner.membership_ids.action_explain())
        for words in ("Set by hand", "06/30/2026", "Second clinic"):
            self.assertIn(words, form.body)

    def test_set_by_hand(self):
        a, c = self.segmentation.segment_ids
        membership = self.partner.membership_ids
        form = self._open(membership.action_set_category())
        self.assertEqual(form.partner_id, self.partner)
        self.assertEqual(form.current_segment_id.id, c.id)
        form.segment_id = a
        form.reason = "Second clinic"
        form.until = "2026-06-30"
        form.save().action_set()
        self.assertEqual(membership.segment_id, a)
        self.assertEqual(membership.override_user_id, self.manager)

    def test_the_only_segmentation_is_chosen(self):
        self.env["crm.segmentation"].search(
            [("state", "=", "published"), ("id", "!=", self.segmentation.id)]
        ).action_archive_segmentation()
        doctor = self._doctor(self.partner)
        form = self._open(doctor.with_user(self.manager).action_set_category())
        self.assertEqual(form.segmentation_id.id, self.segmentation.id)
        self.assertEqual(form.current_segment_id.code, "C")

    def test_salesperson_may_not(self):
        action = self.partner.with_user(self.sales).action_set_category()
        with self.assertRaises(AccessError):
            self._open(action, self.sales)
