from freezegun import freeze_time
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ..core.size_alarm import has_jumped, likely_cause
from .common import SegmentationCommon

SIZES = st.integers(0, 10**6)


class TestRule(BaseCase):
    def test_cases(self):
        for before, after, percent, minimum, expected in (
            (100, 121, 20, 10, True),
            (100, 120, 20, 10, False),
            (100, 79, 20, 10, True),
            (10, 19, 20, 10, False),
            (10, 20, 20, 10, True),
            (0, 500, 20, 10, False),
            (100, 500, 0, 0, False),
            (3, 0, 20, 1, True),
        ):
            with self.subTest(before=before, after=after):
                self.assertIs(has_jumped(before, after, percent, minimum), expected)

    @settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(SIZES, SIZES, SIZES, st.floats(0, 500), st.integers(0, 100))
    def test_a_bigger_change_is_no_less_a_jump(
        self, before, first, second, percent, least
    ):
        near, far = sorted((first, second), key=lambda size: abs(size - before))
        if has_jumped(before, near, percent, least):
            self.assertTrue(has_jumped(before, far, percent, least))

    def test_causes(self):
        for numbers, cause in (
            ((50, 0, 40, 0), "import"),
            ((50, 0, 10, 0), "shift"),
            ((0, 50, 0, 40), "lost"),
            ((0, 50, 0, 0), "shift"),
        ):
            with self.subTest(numbers=numbers):
                self.assertEqual(likely_cause(*numbers), cause)


@tagged("post_install", "-at_install")
@freeze_time("2026-05-20")
class TestAlarm(SegmentationCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.segmentation = cls._by_turnover(
            code="alarm", alarm_minimum=2, user_id=cls.coordinator.id
        )
        cls.clinics = cls.env["res.partner"].browse(
            [cls._partner(f"Clinic {n}").id for n in range(4)]
        )
        for clinic in cls.clinics[:2]:
            cls._bought(clinic, "2026-04-16", 5000)
        cls.segmentation.action_publish()

    def _alarms(self):
        return self.env["crm.segment.alarm"].search(
            [("segmentation_id", "=", self.segmentation.id)], order="segment_id"
        )

    def test_publishing_is_no_surprise(self):
        self.assertFalse(self._alarms())

    def test_a_jump_is_noted_and_told_once(self):
        for clinic in self.clinics[2:]:
            self._bought(clinic, "2026-04-16", 5000)
        self.segmentation.classify()
        self.segmentation.classify()
        self.assertRecordValues(
            self._alarms(),
            [
                {"size_before": 2, "size_after": 4, "came": 2, "likely_cause": "shift"},
                {"size_before": 2, "size_after": 0, "came": 0, "likely_cause": "shift"},
            ],
        )
        activity = self.segmentation.activity_ids
        self.assertEqual(activity.user_id, self.coordinator)
        self.assertIn("2 → 4", activity.note)
        # The next run of the day finds the same jump, and it is known.
        self._partner("One more")
        self.segmentation.classify()
        self.assertEqual(len(self._alarms()), 2)
        self.assertEqual(len(self.segmentation.activity_ids), 1)

    def test_archived_counterparties_are_the_cause(self):
        self.clinics[:2].active = False
        self.segmentation.classify()
        self.assertRecordValues(
            self._alarms(),
            [{"size_before": 2, "size_after": 0, "likely_cause": "lost"}],
        )

    def test_no_alarm_when_switched_off(self):
        self.segmentation.alarm_percent = 0
        self.clinics[:2].active = False
        self.segmentation.classify()
        self.assertFalse(self._alarms())

    def test_the_alarm_opens_who(self):
        self.clinics[:2].active = False
        self.segmentation.classify()
        action = self._alarms().with_user(self.sales).action_open_movements()
        moved = self.env["crm.segment.movement"].search(action["domain"])
        self.assertEqual(
            moved.partner_id, self.clinics[:2].with_context(active_test=False)
        )
