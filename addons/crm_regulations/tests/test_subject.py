from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import SQL, mute_logger

from ..engine.subjects import Subjects
from .common import RegulationsCommon, instant


@tagged("post_install", "-at_install")
class TestSubject(RegulationsCommon):
    """Any records may be what a promise is about."""

    def _open(self, model="crm.team", **values):
        return self.env["crm.regulation.subject"].create(
            {"model_id": self.env["ir.model"]._get_id(model), **values}
        )

    def test_only_administrators_open(self):
        values = {"model_id": self.env["ir.model"]._get_id("crm.team")}
        subjects = self.env["crm.regulation.subject"]
        for user in (self.sales, self.manager, self.coordinator):
            with self.assertRaises(AccessError), mute_logger("odoo.models"):
                subjects.with_user(user).create(values)
        admin = self._user("admin", "base.group_system")
        subjects.with_user(admin).create(values)
        self.assertIn(
            "crm.team", dict(self.env["crm.regulation"]._selection_res_model())
        )

    def test_wrong_ones_are_refused(self):
        for model, values in (
            ("crm.obligation", {}),
            ("ir.model", {}),
            ("res.users", {}),
            ("crm.lead.lost", {}),
            ("mail.thread", {}),
            ("crm.team", {"partner_path": "gone"}),
            ("crm.team", {"partner_path": "user_id"}),
            ("crm.team", {"partner_path": "name"}),
            ("crm.team", {"partner_path": "user_id.partner_id.gone"}),
            ("crm.team", {"partner_path": "id"}),
            ("crm.team", {"lead_path": "user_id"}),
            ("crm.team", {"user_path": "."}),
        ):
            with (
                self.subTest(model=model, **values),
                self.assertRaisesRegex(ValidationError, "^crm_regulations.subject: "),
            ):
                self._open(model, **values)
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaisesRegex(ValidationError, "^crm_segmentation.not_unique: "),
        ):
            self._open("crm.lead")

    def test_one_in_use_stays(self):
        self._on_leads()
        lead = self.env.ref("crm_regulations.subject_lead")
        with self.assertRaisesRegex(UserError, "^crm_regulations.subject: Answer"):
            lead.unlink()

    def test_promises_about_any_record(self):
        self._open(partner_path="user_id.partner_id", user_path="user_id")
        regulation = self._regulation(trigger_kind="created", res_model="crm.team")
        team = self.env["crm.team"].create(
            {"name": "North", "user_id": self.manager.id, "company_id": self.company.id}
        )
        self._commit()
        owed = self._owed(regulation)
        self.assertRecordValues(
            owed,
            [
                {
                    "res_model": "crm.team",
                    "res_id": team.id,
                    "res_name": "North",
                    "partner_id": self.manager.partner_id.id,
                    "user_id": self.manager.id,
                }
            ],
        )
        self._sweep()
        self.assertEqual(owed.activity_ids.res_model, "res.partner")
        team.unlink()
        self._commit()
        self.assertTrue(owed.date_end)

    def test_without_a_way_to_the_counterparty(self):
        """It can be owed all the same, but to nobody in particular."""
        opened = self._open()
        self.assertEqual((opened.partner_path, opened.user_path), (False, "user_id"))
        regulation = self._regulation(trigger_kind="created", res_model="crm.team")
        for_clients = self._regulation(
            trigger_kind="created",
            res_model="crm.team",
            counterparty_type_ids=[Command.set(self.client.ids)],
        )
        self.env["crm.team"].create({"name": "North", "company_id": self.company.id})
        self._commit()
        owed = self._owed(regulation)
        self.assertEqual((owed.partner_id.ids, owed.user_id), ([], self.coordinator))
        self.assertFalse(self._owed(for_clients))
        self._sweep()
        self.assertFalse(owed.activity_ids, "there is no page for it")

    def test_a_path_that_leads_nowhere_any_more(self):
        subject = self._open(partner_path="user_id.partner_id")
        regulation = self._regulation(trigger_kind="created", res_model="crm.team")
        self.env.cr.execute(
            SQL(
                "UPDATE crm_regulation_subject SET partner_path = 'gone' WHERE id = %s",
                subject.id,
            )
        )
        subject.invalidate_recordset()
        self.env.registry.clear_cache()
        with self.assertRaisesRegex(ValueError, "gone"):
            Subjects(self.env).partner(self.env["crm.team"].search([], limit=1))
        team = self.env["crm.team"].create({"name": "North"})
        self._commit()
        self.assertTrue(team.exists())
        self.assertFalse(self._owed(regulation))
        self.assertIn("gone", self._incidents(regulation).message)

    def test_a_model_that_is_gone(self):
        """As after an addon was uninstalled."""
        regulation = self._regulation()
        with self._at("2026-05-04 09:00:00"):
            self._talk()
        owed = self._owed(regulation)
        for table in ("crm_regulation", "crm_obligation"):
            self.env.cr.execute(
                SQL(
                    "UPDATE %s SET res_model = 'gone.model' WHERE company_id = %s",
                    SQL.identifier(table),
                    self.company.id,
                )
            )
        self.env.invalidate_all()
        self.env.registry.clear_cache()
        self._talk()
        self._sweep("2026-05-04 10:00:00")
        with self._at("2026-05-04 10:00:00"), self.enter_registry_test_mode():
            self.env.ref("crm_regulations.ir_cron_reconcile").method_direct_trigger()
        self.env.invalidate_all()
        self.assertEqual(owed.state, "cancelled")
        self.assertEqual(owed.date_end, instant("2026-05-04 10:00:00"))
        with self.assertRaisesRegex(UserError, "^crm_regulations.record_gone:"):
            owed.action_open_record()
        self.assertTrue(owed.explain()["regulation"])
