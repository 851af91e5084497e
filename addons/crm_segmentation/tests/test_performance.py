from contextlib import contextmanager

from freezegun import freeze_time

from odoo.tests import tagged

from .common import SegmentationCommon


# The moment of the last run is written only if it differs by a second.
@tagged("post_install", "-at_install")
@freeze_time("2026-05-20")
class TestQueryCounts(SegmentationCommon):
    """Sets, not loops: the number of queries does not grow with the data."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.segmentation = cls._by_turnover()
        cls.segmentation.action_publish()
        cls.env.flush_all()

    def _more_partners(self, count):
        partners = self.env["res.partner"].create(
            [
                {"name": f"Seg {number}", "counterparty_type_ids": self.client.ids}
                for number in range(count)
            ]
        )
        self.env["crm.turnover.line"].create(
            [
                {
                    "partner_id": partner.id,
                    "date": "2026-01-15",
                    "amount": place,
                    "company_id": self.company.id,
                    "currency_id": self.company.currency_id.id,
                }
                for place, partner in enumerate(partners)
            ]
        )
        self.env.flush_all()
        self.env.invalidate_all()
        return partners

    @contextmanager
    def _counted(self, counts):
        before = self.env.cr.sql_log_count
        yield
        self.env.flush_all()
        counts.append(self.env.cr.sql_log_count - before)

    def _growth(self, work):
        """Queries of ``work`` with few and with many partners, caches warm."""
        counts = []
        work(self._more_partners(2))
        for number in (2, 40):
            partners = self._more_partners(number)
            with self._counted(counts):
                work(partners)
        return counts

    def test_classify(self):
        few, many = self._growth(lambda _partners: self.segmentation.classify())
        self.assertEqual(few, many)
        self.assertLessEqual(many, 20)

    def test_preview(self):
        few, many = self._growth(lambda _partners: self.segmentation.preview())
        self.assertEqual(few, many)

    def test_partner_list(self):
        """The columns that we add to the list of partners."""
        columns = {
            "name": {},
            "counterparty_type_ids": {"fields": {"display_name": {}, "color": {}}},
            "segment_ids": {"fields": {"display_name": {}, "color": {}}},
            "interaction_count": {},
        }

        counts = []
        for number in (2, 2, 40):
            partners = self._more_partners(number)
            self.segmentation.classify()
            self.env.invalidate_all()
            with self._counted(counts):
                partners.with_user(self.sales).web_search_read(
                    [("id", "in", partners.ids)], columns
                )
        self.assertEqual(counts[1], counts[2])

    def test_list_of_segmentations(self):
        counts = []
        columns = {"name": {}, "rule": {}, "partner_count": {}, "is_changed": {}}
        segmentations = self.env["crm.segmentation"]
        for number in (1, 1, 8):
            for place in range(number):
                segmentations |= self._by_turnover(code=f"more_{len(segmentations)}")
                self.assertLess(place, number)
            segmentations.action_publish()
            self.env.flush_all()
            self.env.invalidate_all()
            with self._counted(counts):
                segmentations.with_user(self.sales).web_search_read(
                    [("id", "in", segmentations.ids)], columns
                )
        self.assertEqual(counts[1], counts[2])

    def test_list_of_interactions(self):
        counts = []
        columns = {
            "display_name": {},
            "partner_id": {"fields": {"display_name": {}}},
            "segment_ids": {"fields": {"display_name": {}, "color": {}}},
            "user_id": {"fields": {"display_name": {}}},
        }
        for number in (2, 2, 40):
            partners = self._more_partners(number)
            self.segmentation.classify()
            interactions = self.env["crm.interaction"].with_user(self.sales)
            for partner in partners:
                interactions.log({"type": "call", "partner_id": partner.id})
            self.env.invalidate_all()
            with self._counted(counts):
                interactions.web_search_read(
                    [("partner_id", "in", partners.ids)], columns
                )
        self.assertEqual(counts[1], counts[2])
