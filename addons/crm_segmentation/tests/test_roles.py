from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import SegmentationCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-05-20")
class TestRoles(SegmentationCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.partner = cls._partner(user_id=cls.sales.id)
        cls.line = cls._bought(cls.partner, "2026-04-15", 120)
        cls.segmentation = cls._by_turnover()
        cls.segmentation.action_publish()
        cls.call = cls.env.ref("crm_segmentation.interaction_type_call")
        cls.other_company = cls.env["res.company"].create({"name": "South Med"})
        cls.foreign = cls._user(
            "coord2", "crm_segmentation.group_crm_coordinator", cls.other_company
        )

    def _may(self, user, model, *operations):
        """Assert that these of the four operations are allowed on a model."""
        records = self.env[model].with_user(user)
        allowed = {
            name
            for name in ("read", "create", "write", "unlink")
            if records.has_access(name)
        }
        self.assertEqual(allowed, set(operations), model)

    def _as_foreign(self, records):
        """The records as the coordinator of the other company sees them."""
        context = {**self.env.context, "allowed_company_ids": self.other_company.ids}
        self.env.invalidate_all()
        return records.with_env(self.env(user=self.foreign, context=context))

    # --- who may do what ------------------------------------------------------

    def test_rights_on_the_models(self):
        everything = ("read", "create", "write", "unlink")
        configuration = [
            "crm.counterparty.type",
            "crm.interaction.type",
            "crm.segmentation",
            "crm.segment",
            "crm.segment.criterion",
        ]
        for model in configuration:
            self._may(self.coordinator, model, *everything)
            for user in (self.manager, self.sales, self.integration):
                self._may(user, model, "read")
        for model in ("crm.segment.membership", "crm.segment.movement"):
            for user in (self.coordinator, self.sales, self.integration):
                self._may(user, model, "read")
        self._may(self.coordinator, "crm.metric", *everything)
        self._may(self.sales, "crm.metric", "read")
        self._may(self.sales, "crm.purchase", "read")
        self._may(self.integration, "crm.purchase")
        self._may(self.coordinator, "crm.segmentation.version", "read")
        self._may(self.sales, "crm.segmentation.version")

        self._may(self.coordinator, "crm.turnover.line", *everything)
        self._may(self.sales, "crm.turnover.line", "read")
        self._may(self.integration, "crm.turnover.line")

        self._may(self.coordinator, "crm.interaction", *everything)
        for user in (self.sales, self.integration):
            self._may(user, "crm.interaction", "read", "create", "write")

        for model in (
            "crm.counterparty.key",
            "crm.segmentation.preview",
            "crm.turnover.import",
            "crm.metric.try",
        ):
            self._may(self.coordinator, model, *everything)
            self._may(self.sales, model)
            self._may(self.integration, model)

    def test_rechecks_are_nobodys_business(self):
        """Kept by the work of everybody, looked at by administrators only."""
        recheck = "crm.segment.recheck"
        for user in (self.coordinator, self.manager, self.sales, self.integration):
            self._may(user, recheck)
        self._may(self._user("admin", "base.group_system"), recheck, "read")
        # Who may move a document has its former owner looked at, without the right.
        line = self.line.with_user(self.coordinator)
        line.partner_id = self._partner("Other")
        self.env.flush_all()
        self.env.cr.precommit.run()
        kept = self.env[recheck].search([("partner_id", "=", self.partner.id)])
        self.assertEqual(len(kept), 1)
        with self.assertRaises(AccessError):
            kept.with_user(self.coordinator).read(["partner_id"])

    def test_portal_sees_nothing(self):
        portal = self.env["res.users"].create(
            {
                "name": "Doctor",
                "login": "seg_doctor",
                "group_ids": [Command.set(self.env.ref("base.group_portal").ids)],
            }
        )
        ours = [
            name
            for name, model in self.registry.items()
            if model._original_module == "crm_segmentation" and not model._abstract
        ]
        self.assertGreater(len(ours), 10)
        for name in ours:
            self._may(portal, name)
        # Nor what we think of them, on their own contact.
        own = portal.partner_id.with_user(portal)
        self.assertTrue(own.read(["name", "phone"]))
        for name in ("completeness", "completeness_level", "completeness_now",
                     "missing_information", "missing_blocks", "is_untyped",
                     "last_interaction_date"):  # fmt: skip
            with self.subTest(field=name), self.assertRaises(AccessError):
                own.read([name])

    def test_salesperson_sees_categories_and_why(self):
        segmentation = self.segmentation.with_user(self.sales)
        partner = self.partner.with_user(self.sales)
        self.assertEqual(partner.segment_ids.display_name, "A · Category A")
        self.assertEqual(partner.membership_ids.origin, "rule")
        self.assertEqual(segmentation.explain(partner.id)["category"], "A")

    def test_salesperson_does_not_decide(self):
        segmentation = self.segmentation.with_user(self.sales)
        for method in ("action_publish", "classify", "preview", "action_preview",
                       "action_classify", "action_archive_segmentation"):  # fmt: skip
            with (
                self.subTest(method=method),
                self.assertRaisesRegex(
                    AccessError, "crm_segmentation.coordinator_only"
                ),
            ):
                getattr(segmentation, method)()
        with self.assertRaises(AccessError):
            segmentation.write({"name": "Mine"})
        with self.assertRaises(AccessError):
            self.line.with_user(self.sales).write({"amount": 10**6})
        with self.assertRaisesRegex(AccessError, "crm_segmentation.coordinator_only"):
            self.env["crm.turnover.import"].with_user(self.sales).load_csv("", "x")

    def test_salesperson_logs_but_does_not_delete(self):
        interaction = (
            self.env["crm.interaction"]
            .with_user(self.sales)
            .create({"type_id": self.call.id, "partner_id": self.partner.id})
        )
        self.assertEqual(interaction.user_id, self.sales)
        interaction.note = "Wants gloves"
        with self.assertRaises(AccessError):
            interaction.unlink()

    def test_coordinator_cannot_become_administrator(self):
        for model in ("ir.actions.server", "ir.model", "ir.rule", "res.groups"):
            self.assertFalse(
                self.env[model].with_user(self.coordinator).has_access("write")
            )

    def test_integration_logs_and_reads_categories(self):
        lead = self.env["crm.lead"].create(
            {"name": "Reagents", "partner_id": self.partner.id}
        )
        self.env.invalidate_all()
        door = self.env["crm.interaction"].with_user(self.integration)
        result = door.log({"type": "call", "lead_id": lead.id, "external_ref": "pbx-1"})
        self.assertEqual(result["status"], "created")
        logged = self.env["crm.interaction"].browse(result["id"])
        self.assertEqual(logged.partner_id, self.partner)
        result = door.log({"type": "call", "phone": "+49 30 1"}, create_lead=True)
        self.assertTrue(self.env["crm.interaction"].browse(result["id"]).lead_id)
        self.env.invalidate_all()
        partner = self.partner.with_user(self.integration)
        self.assertEqual(partner.segment_ids.code, "A")
        with self.assertRaises(AccessError):
            partner.write({"name": "Hacked"})
        with self.assertRaises(AccessError):
            lead.with_user(self.integration).read(["name"])
        with self.assertRaises(AccessError):
            self.segmentation.with_user(self.integration).classify()

    # --- companies ------------------------------------------------------------

    def test_coordinator_of_another_company(self):
        segmentation = self._as_foreign(self.segmentation)
        self.assertNotIn(segmentation, segmentation.search([]))
        for method in ("action_publish", "classify", "preview"):
            with self.subTest(method=method), self.assertRaises(AccessError):
                getattr(segmentation, method)()
        with self.assertRaises(AccessError):
            segmentation.explain(self.partner.id)
        with self.assertRaises(AccessError):
            segmentation.set_override(
                self.partner.id, self.segmentation.segment_ids[0].id, "Because"
            )

    def test_records_of_another_company_are_not_there(self):
        interaction = self.env["crm.interaction"].create(
            {"type_id": self.call.id, "partner_id": self.partner.id}
        )
        key = self.env["crm.counterparty.key"].create(
            {"origin": "old", "key": "1", "partner_id": self.partner.id}
        )
        movement = self.env["crm.segment.movement"].search(
            [("partner_id", "=", self.partner.id)]
        )
        for record in (
            interaction,
            key,
            movement,
            self.line,
            self.partner.membership_ids,
            self.segmentation.segment_ids,
            self.segmentation.segment_ids.criterion_ids,
            self.segmentation.version_ids,
        ):
            with self.subTest(model=record._name):
                theirs = self._as_foreign(record)
                self.assertTrue(record)
                self.assertFalse(theirs.search([("id", "in", record.ids)]))
                self.assertFalse(theirs._filtered_access("read"))
        partner = self._as_foreign(self.partner)
        self.assertFalse(partner.segment_ids)
        self.assertFalse(partner.membership_ids)
        self.assertEqual(partner.interaction_count, 0)
