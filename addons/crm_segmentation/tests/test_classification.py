from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import SQL, mute_logger

from ..models.segmentation.crm_segmentation_classify import LOCK_SPACE
from .common import SegmentationCommon

TODAY = "2026-05-20"


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestClassification(SegmentationCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.partner = cls._partner()
        cls._bought(cls.partner, "2026-04-15", 120)
        cls.segmentation = cls._by_turnover(enter=100, leave=80)
        cls.segmentation.action_publish()

    def _rows(self):
        """Where each row lies on disk: a row that is written moves."""
        self.env.flush_all()
        return self.env.execute_query_dict(
            SQL(
                """SELECT 'membership' AS what, id, ctid::text
                     FROM crm_segment_membership
                   UNION ALL
                   SELECT 'movement', id, ctid::text FROM crm_segment_movement
                   ORDER BY 1, 2"""
            )
        )

    def test_second_run_writes_nothing(self):
        before = self._rows()
        self.assertEqual(self.segmentation.classify(), {"changed": 0})
        self.assertEqual(self._rows(), before)

    def test_leave_threshold_holds_who_is_inside(self):
        inside, outside = self.partner, self._partner("Outside")
        line = self._bought(inside, "2026-04-16", -40)
        self._bought(outside, "2026-04-16", 80)
        self.segmentation.classify()
        self.assertEqual(self._category(inside, self.segmentation), "A")
        self.assertEqual(self._category(outside, self.segmentation), "C")
        line.amount = -41
        self.assertEqual(self.segmentation.classify(), {"changed": 1})
        self.assertEqual(self._category(inside, self.segmentation), "C")

    def test_movement_keeps_the_values_that_caused_it(self):
        self._bought(self.partner, "2026-04-16", -60)
        self.segmentation.classify()
        movement = self.env["crm.segment.movement"].search(
            [("partner_id", "=", self.partner.id)], limit=1
        )
        self._bought(self.partner, "2026-04-17", 5000)
        self.assertEqual(movement.metric_values, {"turnover_month_avg": 60.0})
        self.assertEqual(movement.values_text, "Average monthly turnover: 60.00\xa0€")
        self.assertEqual(str(movement.date), TODAY)
        self.assertEqual((movement.cause, movement.version), ("request", 1))

    def test_history_cannot_be_changed_even_by_the_administrator(self):
        movement = self.env["crm.segment.movement"].search([], limit=1)
        for attempt in (
            lambda: movement.write({"cause": "nightly"}),
            lambda: movement.sudo().write({"cause": "nightly"}),
            movement.unlink,
            movement.sudo().unlink,
        ):
            with self.assertRaisesRegex(UserError, "history_is_frozen"):
                attempt()

    def test_category_is_not_written_past_the_rule(self):
        segment = self.segmentation.segment_ids[1]
        attempts = [
            {"own_segment_ids": [Command.set(segment.ids)]},
            {"segment_ids": [Command.set(segment.ids)]},
            {"membership_ids": [Command.clear()]},
        ]
        for values in attempts:
            for partner in (self.partner, self.partner.sudo()):
                with (
                    self.subTest(**values),
                    self.assertRaisesRegex(UserError, "category_is_computed"),
                ):
                    partner.write(values)
            with self.assertRaisesRegex(UserError, "category_is_computed"):
                self.env["res.partner"].create({"name": "New", **values})
        self.assertEqual(self._category(self.partner, self.segmentation), "A")

    def test_copy_of_a_partner_has_no_category(self):
        self.assertFalse(self.partner.copy().own_segment_ids)

    def test_contact_shows_the_category_of_its_company(self):
        contact = self._partner(
            "Dr. Green", parent_id=self.partner.id, is_company=False
        )
        self.assertEqual(contact.segment_ids.code, "A")
        self.assertFalse(contact.own_segment_ids)

    # --- those who go ---------------------------------------------------------

    def test_archived_partner_loses_the_category(self):
        self.partner.active = False
        self.assertEqual(self.segmentation.classify(), {"changed": 1})
        self.assertFalse(self._category(self.partner, self.segmentation))
        self.assertEqual(
            self._movements(self.partner, self.segmentation)[-1],
            ("A", False, "request"),
        )

    def test_partner_of_another_type_loses_the_category(self):
        self.partner.counterparty_type_ids = self.dealer
        self.segmentation.classify()
        self.assertFalse(self._category(self.partner, self.segmentation))

    def test_merged_partner_is_classified_anew(self):
        other = self._partner("Clinic twice")
        self._bought(other, "2026-04-15", 30)
        self.segmentation.classify()
        self.assertEqual(self._category(other, self.segmentation), "C")
        merge = self.env["base.partner.merge.automatic.wizard"].create({})
        with mute_logger("odoo.addons.base.partner.merge"):
            merge._merge((self.partner + other).ids, other)
        self.env.invalidate_all()
        self.assertFalse(self.partner.exists())
        self.segmentation.classify()
        self.assertEqual(self._category(other, self.segmentation), "A")
        membership = other.membership_ids
        self.assertEqual(len(membership), 1)
        self.assertEqual(membership.segment_id, other.own_segment_ids)

    def test_merge_keeps_one_category_when_both_had_one(self):
        other = self._partner("Clinic twice")
        self._bought(other, "2026-04-15", 500)
        self.segmentation.classify()
        merge = self.env["base.partner.merge.automatic.wizard"].create({})
        with mute_logger("odoo.addons.base.partner.merge"):
            merge._merge((self.partner + other).ids, self.partner)
        self.env.invalidate_all()
        self.assertEqual(len(self.partner.membership_ids), 1)
        self.assertEqual(self.segmentation.classify(), {"changed": 0})
        self.assertEqual(
            len(self._movements(self.partner, self.segmentation)), 2, "both histories"
        )

    def test_partner_without_documents_can_be_deleted(self):
        partner = self._partner("Mistake")
        self.segmentation.classify()
        self.assertEqual(self._category(partner, self.segmentation), "C")
        partner.unlink()
        self.assertEqual(self.segmentation.classify(), {"changed": 0})

    # --- several at once ------------------------------------------------------

    def test_two_runs_at_once(self):
        """The second one is told so at once instead of waiting."""
        draft = self._by_turnover(code="draft_one", name="Busy one")
        with self.registry.cursor() as other:
            # What a run in another process does first.
            other.execute(
                "SELECT pg_advisory_xact_lock(%s, %s)", [LOCK_SPACE, draft.id]
            )
            with self.assertRaisesRegex(UserError, "crm_segmentation.running: Busy"):
                draft.action_publish()
            other.rollback()
        draft.action_publish()
        self.assertEqual(self._category(self.partner, draft), "A")

    def test_companies_are_apart(self):
        """A shared customer has a category in each company, by its own documents."""
        other = self.env["res.company"].create(
            {"name": "South Med", "currency_id": self.company.currency_id.id}
        )
        theirs = self._by_turnover(enter=1000, company_id=other.id)
        self.partner.company_id = False
        self._bought(self.partner, "2026-04-15", 5000).company_id = other
        self.segmentation.classify()
        both = self.env(
            context={
                **self.env.context,
                "allowed_company_ids": (self.company | other).ids,
            }
        )
        theirs.with_env(both).action_publish()
        self.assertEqual(
            self._values(self.partner, self.segmentation)["turnover_month_avg"], 120.0
        )
        codes = (
            self.partner.with_env(both)
            .sudo()
            .membership_ids.mapped(lambda m: (m.company_id.name, m.segment_id.code))
        )
        self.assertEqual(set(codes), {("North Med", "A"), ("South Med", "A")})
        theirs.with_env(both).action_archive_segmentation()
        self.assertEqual(self._category(self.partner, self.segmentation), "A")

    # --- nightly --------------------------------------------------------------

    def _run_cron(self):
        with self.enter_registry_test_mode():
            self.env.ref("crm_segmentation.ir_cron_classify").method_direct_trigger()
        self.env.invalidate_all()

    def test_nightly_run_classifies_what_is_published(self):
        self._bought(self.partner, "2026-04-16", -100)
        draft = self._by_turnover(code="draft_one")
        self._run_cron()
        self.assertEqual(self._category(self.partner, self.segmentation), "C")
        self.assertFalse(self._category(self.partner, draft))
        self.assertEqual(
            self._movements(self.partner, self.segmentation)[-1], ("A", "C", "nightly")
        )

    def test_nightly_run_does_not_stop_at_a_broken_one(self):
        broken = self._by_turnover(code="broken", sequence=1)
        broken.action_publish()
        broken.sudo().spec = {**broken.spec, "categories": [{"id": 0}]}
        self._bought(self.partner, "2026-04-16", -100)
        with mute_logger(
            "odoo.addons.crm_segmentation.models.segmentation.crm_segmentation_classify"
        ):
            self._run_cron()
        self.assertEqual(self._category(self.partner, self.segmentation), "C")
