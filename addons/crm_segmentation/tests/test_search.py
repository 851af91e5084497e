from odoo.tests import tagged

from .common import SegmentationCommon


@tagged("post_install", "-at_install")
class TestSearch(SegmentationCommon):
    """What a salesperson types into the search bar and groups by."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.segmentation = cls._by_turnover()
        cls.big = cls._partner("Seg Big")
        cls.small = cls._partner("Seg Small")
        cls.doctor = cls._partner("Seg Doctor", parent_id=cls.big.id, is_company=False)
        cls.nobody = cls._partner("Seg Dealer", counterparty_type_ids=cls.dealer.ids)
        cls._bought(cls.big, "2025-01-01", 10**6)
        for day in range(1, 13):
            cls._bought(cls.big, f"2026-{day:02}-15", 10**6)
        cls.segmentation.action_publish()
        cls.a, cls.c = cls.segmentation.segment_ids
        cls.partners = cls.env["res.partner"].with_user(cls.sales)
        cls.ours = [("name", "=like", "Seg %")]

    def _names(self, domain):
        return set(self.partners.search([*self.ours, *domain]).mapped("name"))

    def test_partners_by_category(self):
        table = [
            ([("segment_ids", "=", self.a.id)], {"Seg Big", "Seg Doctor"}),
            ([("segment_ids", "in", self.c.ids)], {"Seg Small"}),
            ([("segment_ids.code", "=", "A")], {"Seg Big", "Seg Doctor"}),
            ([("segment_ids", "ilike", "Category A")], {"Seg Big", "Seg Doctor"}),
            ([("segment_ids", "ilike", "A")], {"Seg Big", "Seg Doctor", "Seg Small"}),
            ([("segment_ids", "=", False)], {"Seg Dealer"}),
            ([("segment_ids", "!=", self.a.id)], {"Seg Small", "Seg Dealer"}),
            ([("own_segment_ids", "=", self.a.id)], {"Seg Big"}),
            (
                [("own_segment_ids.segmentation_id", "=", self.segmentation.id)],
                {"Seg Big", "Seg Small"},
            ),
        ]
        for domain, names in table:
            with self.subTest(domain=domain):
                self.assertEqual(self._names(domain), names)

    def test_partners_grouped_by_category(self):
        groups = self.partners._read_group(self.ours, ["own_segment_ids"], ["__count"])
        self.assertEqual(
            {segment.code: count for segment, count in groups},
            {"A": 1, "C": 1, False: 2},
        )
        shown = self.partners.formatted_read_group(
            self.ours, ["segment_ids"], ["__count"]
        )
        self.assertEqual(
            {group["segment_ids"] and group["segment_ids"][1]: group["__count"]
             for group in shown},
            {"A · Category A": 2, "C · Category C": 1, False: 1},
        )  # fmt: skip

    def test_leads_by_category(self):
        leads = self.env["crm.lead"].create(
            [
                {"name": partner.name, "partner_id": partner.id, "user_id": user.id}
                for partner, user in (
                    (self.big, self.sales),
                    (self.doctor, self.sales),
                    (self.small, self.sales),
                )
            ]
        )
        leads = leads.with_user(self.sales)
        self.assertEqual(leads[1].segment_ids, self.a.with_user(self.sales))
        ours = [("id", "in", leads.ids)]
        found = leads.search([*ours, ("segment_ids", "=", self.a.id)])
        self.assertEqual(set(found.mapped("name")), {"Seg Big", "Seg Doctor"})
        groups = leads._read_group(ours, ["segment_ids"], ["__count"])
        self.assertEqual(
            {segment.code: count for segment, count in groups}, {"A": 2, "C": 1}
        )

    def test_interactions_by_category(self):
        interactions = self.env["crm.interaction"].with_user(self.sales)
        for partner in (self.doctor, self.small):
            interactions.log({"type": "call", "partner_id": partner.id})
        found = interactions.search([("segment_ids", "=", self.a.id)])
        self.assertEqual(found.partner_id.name, "Seg Doctor")
        groups = interactions._read_group(
            [("partner_id.name", "=like", "Seg %")], ["segment_ids"], ["__count"]
        )
        self.assertEqual(
            {segment.code: count for segment, count in groups}, {"A": 1, "C": 1}
        )

    def test_each_segmentation_gives_a_category_of_its_own(self):
        second = self._segmentation(
            ("X", ("document_count", ">=", 3)), ("Y",), name="Z: by number"
        )
        second.action_publish()
        self.assertEqual(self.big.own_segment_ids.mapped("code"), ["A", "X"])
        names = self._names(
            [("segment_ids", "=", self.a.id), ("segment_ids.code", "=", "X")]
        )
        self.assertEqual(names, {"Seg Big", "Seg Doctor"})

    def test_buttons_open_the_partners(self):
        action = self.a.action_open_partners()
        self.assertEqual(
            self.partners.search([*self.ours, *action["domain"]]).name, "Seg Big"
        )
        action = self.segmentation.action_open_partners()
        self.assertEqual(len(self.partners.search([*self.ours, *action["domain"]])), 2)
        self.assertEqual(self.a.partner_count, 1)
        self.assertEqual(
            self.segmentation.partner_count,
            sum(self.segmentation.segment_ids.mapped("partner_count")),
        )
