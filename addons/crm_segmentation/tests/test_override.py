from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import SegmentationCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-05-20")
class TestOverride(SegmentationCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.partner = cls._partner()
        cls.segmentation = cls._by_turnover()
        cls.segmentation.action_publish()
        cls.a, cls.c = cls.segmentation.segment_ids
        cls.by_manager = cls.segmentation.with_user(cls.manager)

    def test_both_categories_stay_visible(self):
        membership_id = self.by_manager.set_override(
            self.partner.id, self.a.id, " Opens a second clinic ", until="2026-06-30"
        )
        membership = self.env["crm.segment.membership"].browse(membership_id)
        self.assertRecordValues(
            membership,
            [
                {
                    "segment_id": self.a.id,
                    "computed_segment_id": self.c.id,
                    "origin": "manual",
                    "override_reason": "Opens a second clinic",
                    "override_user_id": self.manager.id,
                }
            ],
        )
        self.assertEqual(str(membership.override_until), "2026-06-30")
        self.assertEqual(self.partner.own_segment_ids, self.a)
        self.assertEqual(
            self._movements(self.partner, self.segmentation)[-1], ("C", "A", "override")
        )

    def test_twice_is_once(self):
        for _turn in range(2):
            self.by_manager.set_override(self.partner.id, self.a.id, "Why not")
        self.assertEqual(len(self._movements(self.partner, self.segmentation)), 2)
        self.assertEqual(len(self.partner.membership_ids), 1)

    def test_contact_means_its_company(self):
        contact = self._partner(
            "Dr. Green", parent_id=self.partner.id, is_company=False
        )
        self.by_manager.set_override(contact.id, self.a.id, "Said the doctor")
        self.assertEqual(self._category(self.partner, self.segmentation), "A")
        self.assertFalse(contact.membership_ids)

    def test_what_is_refused(self):
        foreign = self._by_turnover(code="other").segment_ids[0]
        table = [
            (self.a.id, "", False, "say why"),
            (self.a.id, "   ", False, "say why"),
            (foreign.id, "Because", False, "does not belong to Clients"),
            (self.a.id, "Because", "2026-05-19", "is over already"),
        ]
        for segment_id, reason, until, problem in table:
            with (
                self.subTest(problem=problem),
                self.assertRaisesRegex(UserError, problem) as raised,
            ):
                self.by_manager.set_override(
                    self.partner.id, segment_id, reason, until=until
                )
            self.assertTrue(
                str(raised.exception).startswith("crm_segmentation.override: ")
            )
        with self.assertRaisesRegex(UserError, "crm_segmentation.no_partner: "):
            self.by_manager.set_override(10**8, self.a.id, "Because")
        draft = self._by_turnover(code="draft_one").with_user(self.manager)
        with self.assertRaisesRegex(UserError, "crm_segmentation.not_published: "):
            draft.set_override(self.partner.id, draft.segment_ids[0].id, "Because")

    def test_salesperson_may_not(self):
        with self.assertRaisesRegex(AccessError, "coordinator_only"):
            self.segmentation.with_user(self.sales).set_override(
                self.partner.id, self.a.id, "My friend"
            )

    def test_holds_while_the_computed_one_changes(self):
        self.by_manager.set_override(self.partner.id, self.a.id, "Because")
        self._bought(self.partner, "2026-04-15", 500)
        self.assertEqual(self.segmentation.classify(), {"changed": 0})
        membership = self.partner.membership_ids
        self.assertEqual(membership.computed_segment_id, self.a)
        self.assertEqual(membership.origin, "manual")
        self.assertEqual(len(self._movements(self.partner, self.segmentation)), 2)

    def test_does_not_lower_the_threshold(self):
        """Who is in A by hand has not entered it; its leave threshold waits."""
        segmentation = self._by_turnover(enter=100, leave=80, code="with_leave")
        segmentation.action_publish()
        segmentation.set_override(
            self.partner.id, segmentation.segment_ids[0].id, "Because"
        )
        self._bought(self.partner, "2026-04-15", 90)
        segmentation.classify()
        membership = self.partner.membership_ids.filtered(
            lambda m: m.segmentation_id == segmentation
        )
        self.assertEqual(membership.segment_id.code, "A")
        self.assertEqual(membership.computed_segment_id.code, "C")

    def test_ends_after_its_last_day(self):
        self.by_manager.set_override(
            self.partner.id, self.a.id, "Because", until="2026-06-30"
        )
        with freeze_time("2026-06-30"):
            self.segmentation.classify()
            self.assertEqual(self._category(self.partner, self.segmentation), "A")
        with freeze_time("2026-07-01"):
            self.segmentation.classify()
        self.assertRecordValues(
            self.partner.membership_ids,
            [
                {
                    "segment_id": self.c.id,
                    "computed_segment_id": self.c.id,
                    "origin": "rule",
                    "override_reason": False,
                    "override_user_id": self.env["res.users"].id,
                    "override_until": False,
                }
            ],
        )
        self.assertEqual(
            self._movements(self.partner, self.segmentation)[-1],
            ("A", "C", "override_end"),
        )

    def test_who_is_not_covered_has_it_until_it_ends(self):
        dealer = self._partner("Dealer", counterparty_type_ids=self.dealer.ids)
        self.by_manager.set_override(dealer.id, self.a.id, "Because", "2026-06-30")
        self.segmentation.classify()
        self.assertEqual(self._category(dealer, self.segmentation), "A")
        with freeze_time("2026-07-01"):
            self.segmentation.classify()
        self.assertFalse(dealer.membership_ids)

    def test_goes_with_the_partner(self):
        self.by_manager.set_override(self.partner.id, self.a.id, "Because")
        self.partner.active = False
        self.segmentation.classify()
        self.assertFalse(self._category(self.partner, self.segmentation))
        self.assertEqual(
            self._movements(self.partner, self.segmentation)[-1],
            ("A", False, "request"),
        )

    def test_preview_counts_it_by_the_rule(self):
        """What is set by hand stays so; publishing does not move it."""
        self.by_manager.set_override(self.partner.id, self.a.id, "Because")
        rows = self.segmentation.preview()["rows"]
        self.assertEqual(
            [row for row in rows if row["from_id"] != row["to_id"]],
            [],
            "publishing changes nothing, so the preview must not say so",
        )

    # --- giving back, more time, the report -----------------------------------

    def test_give_back(self):
        self.by_manager.set_override(self.partner.id, self.a.id, "Because")
        contact = self._doctor(self.partner)
        self.assertIs(self.by_manager.give_back(contact.id), True)
        self.assertRecordValues(
            self.partner.membership_ids,
            [
                {
                    "segment_id": self.c.id,
                    "origin": "rule",
                    "override_reason": False,
                    "override_until": False,
                }
            ],
        )
        self.assertEqual(
            self._movements(self.partner, self.segmentation)[-1],
            ("A", "C", "override_end"),
        )
        self.assertIs(self.by_manager.give_back(self.partner.id), True, "twice is once")
        self.assertEqual(len(self._movements(self.partner, self.segmentation)), 3)
        self.assertEqual(self.segmentation.classify(), {"changed": 0})

    def test_give_back_who_is_not_covered(self):
        dealer = self._partner("Dealer", counterparty_type_ids=self.dealer.ids)
        self.by_manager.set_override(dealer.id, self.a.id, "Because")
        self.by_manager.give_back(dealer.id)
        self.assertFalse(dealer.membership_ids)

    def test_give_back_is_refused(self):
        self.by_manager.set_override(self.partner.id, self.a.id, "Because")
        for wrong in (10**8, "1", None, False, [self.partner.id]):
            with (
                self.subTest(wrong=wrong),
                self.assertRaisesRegex(UserError, "crm_segmentation.no_partner: "),
            ):
                self.by_manager.give_back(wrong)
        by_sales = self.segmentation.with_user(self.sales)
        with self.assertRaisesRegex(AccessError, "coordinator_only"):
            by_sales.give_back(self.partner.id)
        membership = self.partner.membership_ids.with_user(self.sales)
        with self.assertRaisesRegex(AccessError, "coordinator_only"):
            membership.action_give_back()
        draft = self._by_turnover(code="draft_two").with_user(self.manager)
        with self.assertRaisesRegex(UserError, "crm_segmentation.not_published: "):
            draft.give_back(self.partner.id)

    def test_more_time_keeps_the_day_since_which_it_is_so(self):
        with freeze_time("2026-05-10"):
            self.by_manager.set_override(
                self.partner.id, self.a.id, "Because", until="2026-05-31"
            )
        self.by_manager.set_override(
            self.partner.id, self.a.id, "Still", until="2026-08-31"
        )
        membership = self.partner.membership_ids
        self.assertEqual(str(membership.date_from), "2026-05-10")
        self.assertEqual(str(membership.override_until), "2026-08-31")
        action = membership.with_user(self.manager).action_set_category()
        self.assertEqual(action["context"]["default_segment_id"], self.a.id)
        self.assertEqual(action["context"]["default_reason"], "Still")
        self.assertEqual(action["context"]["default_until"], "2026-08-31")

    def test_where_the_rule_disagrees(self):
        other = self._partner("Agreed")
        self.segmentation.classify()
        self.by_manager.set_override(self.partner.id, self.a.id, "Because")
        self.by_manager.set_override(other.id, self.c.id, "As it is")
        by_hand = self.env["crm.segment.membership"].with_user(self.manager)
        ours = [
            ("origin", "=", "manual"),
            ("segmentation_id", "=", self.segmentation.id),
        ]
        for wanted, partner in ((False, self.partner), (True, other)):
            for leaf in (("is_agreed", "=", wanted), ("is_agreed", "!=", not wanted)):
                found = by_hand.search([*ours, leaf])
                self.assertEqual(found.partner_id, partner)
                self.assertIs(found.is_agreed, wanted)
        # All of them at once, from the list.
        by_hand.search(ours).action_give_back()
        self.assertFalse(by_hand.search(ours))
