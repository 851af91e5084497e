from freezegun import freeze_time
from hypothesis import given
from hypothesis import strategies as st

from odoo import Command
from odoo.exceptions import ValidationError
from odoo.tests import BaseCase, tagged
from odoo.tools import SQL

from ..core.following import new_setting
from ..engine.pricelists import follow_pricelists
from .common import SegmentationCommon

IDS = st.sampled_from([None, 1, 2, 3])


@tagged("post_install", "-at_install")
class TestFollowing(BaseCase):
    def test_cases(self):
        table = [
            # own, given before, given now → has then
            (None, None, 1, 1),
            (1, 1, 2, 2),
            (1, 1, None, None),
            (3, 1, 2, 3),
            (3, None, 2, 3),
            (3, None, None, 3),
            (None, None, None, None),
            (None, 1, 2, 2),
            (None, 1, None, None),
            (None, 1, 1, None),
        ]
        for own, before, now, then in table:
            with self.subTest(own=own, before=before, now=now):
                self.assertEqual(new_setting(own, before, now), then)

    @given(IDS, IDS, IDS)
    def test_twice_is_once(self, own, before, now):
        then = new_setting(own, before, now)
        self.assertEqual(new_setting(then, now, now), then)

    @given(IDS, IDS)
    def test_what_a_person_chose_stays(self, before, now):
        self.assertEqual(new_setting(9, before, now), 9)


@tagged("post_install", "-at_install")
@freeze_time("2026-05-20")
class TestCategoryLinks(SegmentationCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.segmentation = cls._by_turnover()
        cls.a, cls.c = cls.segmentation.segment_ids
        cls.lists = cls.env["product.pricelist"].create(
            [
                {"name": name, "currency_id": cls.company.currency_id.id}
                for name in "ACX"
            ]
        )
        cls.list_a, cls.list_c, cls.list_x = cls.lists
        cls.partner = cls._partner("Clinic One")
        cls.doctor = cls._doctor(cls.partner)

    def _own(self, partner):
        self.env.flush_all()
        self.env.invalidate_all()
        return partner.with_company(self.company).specific_property_product_pricelist

    def _link(self):
        self.a.with_user(self.coordinator).pricelist_id = self.list_a
        self.c.with_user(self.coordinator).pricelist_id = self.list_c

    def test_follows_the_category(self):
        self._link()
        self.segmentation.action_publish()
        self.assertEqual(self._own(self.partner), self.list_c)
        self.assertEqual(self._own(self.doctor), self.list_c, "also its contacts")
        self._bought(self.partner, "2026-04-15", 5000)
        self.segmentation.classify()
        self.assertEqual(self._own(self.partner), self.list_a)
        self.assertEqual(self._own(self.doctor), self.list_a)
        with freeze_time("2027-12-20"):
            self.segmentation.classify()
        self.assertEqual(self._own(self.partner), self.list_c)

    def test_the_pricelist_of_a_person_stays(self):
        self._link()
        chosen = self._partner("Chosen")
        chosen.with_company(
            self.company
        ).specific_property_product_pricelist = self.list_x
        self.segmentation.action_publish()
        self.assertEqual(self._own(chosen), self.list_x)
        # Also one that some other category would give.
        self.partner.with_company(
            self.company
        ).specific_property_product_pricelist = self.list_a
        self._bought(self.partner, "2026-04-15", 5000)
        self.segmentation.classify()
        self.assertEqual(self._own(self.partner), self.list_a)
        self.partner.counterparty_type_ids = self.dealer
        self.segmentation.classify()
        self.assertFalse(self._own(self.partner), "given by the category it left")

    def test_other_companies_prices_are_not_touched(self):
        other = self.env["res.company"].create({"name": "South Med"})
        self.partner.with_company(
            other
        ).specific_property_product_pricelist = self.list_x
        self._link()
        self.segmentation.action_publish()
        self.assertEqual(self._own(self.partner), self.list_c)
        self.assertEqual(
            self.partner.with_company(other).specific_property_product_pricelist,
            self.list_x,
        )

    def test_set_by_hand_and_given_back(self):
        self._link()
        self.segmentation.action_publish()
        by_manager = self.segmentation.with_user(self.manager)
        by_manager.set_override(self.partner.id, self.a.id, "Second clinic")
        self.assertEqual(self._own(self.partner), self.list_a)
        by_manager.give_back(self.doctor.id)
        self.assertEqual(self._own(self.partner), self.list_c)
        self.segmentation.action_archive_segmentation()
        self.assertFalse(self._own(self.partner))

    def test_a_new_link_reaches_who_is_there_already(self):
        self.segmentation.action_publish()
        self.assertFalse(self._own(self.partner))
        self._link()
        self.assertEqual(self._own(self.partner), self.list_c)
        self.c.pricelist_id = self.list_x
        self.assertEqual(self._own(self.partner), self.list_x)
        self.c.pricelist_id = False
        self.assertFalse(self._own(self.partner))

    def test_the_statement_is_the_rule(self):
        """Every mixture of own pricelist, category left and category entered."""
        choices = [self.env["product.pricelist"], *self.lists]
        partners, expected = [], []
        for own in choices:
            for before in choices:
                for after in choices:
                    partner = self._partner("Mixture")
                    partner.with_company(
                        self.company
                    ).specific_property_product_pricelist = own
                    partners.append((partner, before, after))
                    expected.append(
                        new_setting(own.id or None, before.id or None, after.id or None)
                    )
        moves = SQL(", ").join(
            SQL("(%s, %s::int, %s::int)", p.id, b.id or None, a.id or None)
            for p, b, a in partners
        )
        follow_pricelists(
            self.env(su=True),
            self.company.id,
            SQL("SELECT * FROM (VALUES %s) AS v (partner_id, before, after)", moves),
        )
        found = [self._own(partner).id or None for partner, _b, _a in partners]
        self.assertEqual(found, expected)

    def test_nothing_linked_costs_nothing(self):
        self.segmentation.action_publish()
        mark = self.segmentation._moves_mark()
        self.segmentation.segment_ids.mapped("pricelist_id")
        with self.assertQueryCount(2):
            self.segmentation._after_moves(mark)

    def test_what_is_refused(self):
        person = self._by_turnover(unit="person", code="persons")
        second = self._by_turnover(code="second")
        foreign = self.env["product.pricelist"].create(
            {
                "name": "South",
                "company_id": self.env["res.company"].create({"name": "South"}).id,
            }
        )
        self._link()
        table = [
            (person.segment_ids[0], self.list_a, "classifies persons"),
            (second.segment_ids[0], self.list_a, "do so already"),
            (self.a, foreign, "belongs to another company"),
        ]
        for segment, pricelist, problem in table:
            with (
                self.subTest(problem=problem),
                self.assertRaisesRegex(ValidationError, problem) as raised,
            ):
                segment.pricelist_id = pricelist
            self.assertTrue(
                str(raised.exception).startswith("crm_segmentation.category_link: ")
            )

    def test_partner_levels(self):
        if "res.partner.grade" not in self.env:
            self.assertFalse(self.a.has_grades)
            self.assertEqual(self.a._selection_grade(), [])
            return
        gold, silver = self.env["res.partner.grade"].create(
            [
                {"name": "Gold", "default_pricelist_id": self.list_a.id},
                {"name": "Silver", "default_pricelist_id": self.list_c.id},
            ]
        )
        self.a.grade_ref, self.c.grade_ref = gold, silver
        with self.assertRaisesRegex(ValidationError, "brings its own pricelist"):
            self.a.pricelist_id = self.list_a
        chosen = self._partner("Chosen")
        chosen.grade_id = gold
        self.segmentation.action_publish()
        self.assertEqual(self.partner.grade_id, silver)
        self.assertEqual(self._own(self.partner), self.list_c)
        self.assertEqual(chosen.grade_id, gold)
        self._bought(self.partner, "2026-04-15", 5000)
        self.segmentation.classify()
        self.assertEqual(self.partner.grade_id, gold)
        self.assertEqual(self._own(self.partner), self.list_a)
        self.partner.counterparty_type_ids = [Command.set(self.dealer.ids)]
        self.segmentation.classify()
        self.assertFalse(self.partner.grade_id)
