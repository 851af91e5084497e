from freezegun import freeze_time

from odoo.tests import tagged

from .common import SegmentationCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-05-20")
class TestOutlookList(SegmentationCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.segmentation = cls._by_turnover(1000, 900, code="outlook")
        cls.amounts = {"Above": 5000, "Edge": 1020, "Nearly": 930, "Far": 100}
        cls.partners = {name: cls._partner(name) for name in cls.amounts}
        for name, partner in cls.partners.items():
            cls._bought(partner, "2026-04-16", cls.amounts[name])
        cls.segmentation.action_publish()

    def _rows(self, user):
        rows = self.env["crm.segment.membership"].with_user(user)
        found = rows.search([("segmentation_id", "=", self.segmentation.id)])
        return {row.partner_id.name: row for row in found}

    def test_numbers_beside_thresholds(self):
        rows = self._rows(self.sales)
        self.assertEqual(
            {name: (row.outlook, row.turnover) for name, row in rows.items()},
            {
                "Above": (False, 5000),
                "Edge": (False, 1020),
                "Nearly": ("close", 930),
                "Far": (False, 100),
            },
        )
        self.assertIn("930", rows["Nearly"].outlook_words)
        self.assertIn("1,000", rows["Nearly"].outlook_words)
        self.assertFalse(rows["Far"].outlook_words)
        self._bought(self.partners["Edge"], "2026-04-17", -80)
        self.segmentation.classify()
        edge = self._rows(self.sales)["Edge"]
        self.assertEqual((edge.segment_id.code, edge.outlook), ("A", "risk"))
        # What it needs to stay, not what it took to come in.
        self.assertIn("940", edge.outlook_words)
        self.assertIn("900", edge.outlook_words)

    def test_a_list_is_measured_at_once(self):
        self.env.invalidate_all()
        rows = self._rows(self.env.user)
        memberships = self.env["crm.segment.membership"].browse(
            [row.id for row in rows.values()]
        )
        few = memberships[:1]
        few.mapped("turnover")
        self.env.invalidate_all()
        with self.assertQueryCount(20):
            memberships.mapped("turnover")
