from psycopg2 import IntegrityError

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .common import RegulationsCommon


@tagged("post_install", "-at_install")
class TestMaterial(RegulationsCommon):
    def _material(self, **values):
        return (
            self.env["crm.material"]
            .with_user(self.coordinator)
            .create({"name": "Price list", "kind": "proposal", **values})
        )

    def _owed_with(self, *materials):
        materials = self.env["crm.material"].concat(*materials)
        regulation = self._regulation({"material_ids": [Command.set(materials.ids)]})
        self._talk()
        return self._owed(regulation)

    def test_it_is_frozen_with_the_step(self):
        price, script = self._material(), self._material(name="Script")
        owed = self._owed_with(price)
        step = owed.step_id
        self.assertEqual(
            owed.regulation_id.spec["steps"][0]["materials"],
            [{"id": price.id, "name": "Price list"}],
        )
        self.assertEqual(owed.with_user(self.sales).material_ids, price)
        with self.assertRaisesRegex(UserError, "crm_regulations"):
            step.material_ids = script
        with (
            self.assertRaises(IntegrityError),
            mute_logger("odoo.sql_db"),
            self.env.cr.savepoint(),
        ):
            price.unlink()
        # Put away for new steps, it stays where it was promised.
        price.action_archive()
        self.env.invalidate_all()
        step = owed.step_id.with_context(active_test=False)
        self.assertEqual(step.material_ids, price)

    def test_one_click_opens_it(self):
        text = self._material(text="<p>Good day!</p>")
        link = self._material(name="Catalogue", url="https://example.com/catalogue")
        row = self._owed_with(text).with_user(self.sales)
        action = row.action_open_material()
        self.assertEqual(
            (action["res_model"], action["res_id"]), ("crm.material", text.id)
        )
        action = self._owed_with(link).with_user(self.sales).action_open_material()
        self.assertEqual(action["url"], "https://example.com/catalogue")
        both = self._owed_with(text, link).with_user(self.sales)
        self.assertEqual(
            both.action_open_material()["domain"],
            [("id", "in", both.material_ids.ids)],
        )
        with self.assertRaisesRegex(UserError, "crm_regulations.no_material"):
            self._promise().with_user(self.sales)[:1].action_open_material()

    def test_today_shows_it(self):
        owed = self._owed_with(self._material())
        row = self.env["crm.today"].with_user(self.sales).browse(2 * owed.id)
        self.assertEqual(row.material_ids, owed.material_ids)
        self.assertEqual(row.action_open_material()["res_id"], owed.material_ids.id)

    def test_the_letter_takes_its_files(self):
        file = (
            self.env["ir.attachment"]
            .with_user(self.coordinator)
            .create({"name": "list.txt", "raw": b"1", "res_model": "crm.material"})
        )
        material = self._material(attachment_ids=[Command.set(file.ids)])
        self.assertEqual((file.res_model, file.res_id), ("crm.material", material.id))
        self.assertEqual(file.with_user(self.sales).raw, b"1")
        owed = self._owed_with(material).with_user(self.sales)
        context = owed.action_write()["context"]
        self.assertEqual(context["default_attachment_ids"], file.ids)

    def test_files_of_other_records_are_copied(self):
        file = self.env["ir.attachment"].create(
            {"name": "x.txt", "raw": b"2", "res_model": "res.partner",
             "res_id": self.customer.id}
        )  # fmt: skip
        material = self._material(attachment_ids=[Command.set(file.ids)])
        self.assertNotEqual(material.attachment_ids, file)
        self.assertEqual(material.attachment_ids.raw, b"2")
        self.assertEqual(file.res_model, "res.partner")

    def test_a_link_must_be_one(self):
        with self.assertRaisesRegex(ValidationError, "crm_regulations.link"):
            self._material(url="javascript:alert(1)")

    def test_who_may_what(self):
        material = self._material()
        self.assertTrue(material.with_user(self.sales).read(["name", "text"]))
        for user in (self.sales, self.manager):
            with self.assertRaises(AccessError), mute_logger("odoo.models"):
                material.with_user(user).name = "Other"
        company = self.env["res.company"].create({"name": "South Med"})
        stranger = self._user(
            "coord2", "crm_segmentation.group_crm_coordinator", company
        )
        there = self.env["crm.material"].with_user(stranger)
        there = there.with_context(allowed_company_ids=company.ids)
        self.assertNotIn(material, there.search([]))
        material.company_id = False
        self.assertIn(material, there.search([]))

    def test_other_companies_material_is_refused(self):
        company = self.env["res.company"].create({"name": "South Med"})
        material = self.env["crm.material"].create(
            {"name": "Theirs", "company_id": company.id}
        )
        with self.assertRaises(UserError):
            self._draft({"material_ids": [Command.set(material.ids)]})

    # --- reasons for excuses --------------------------------------------------

    def test_a_reason_fills_the_excuse(self):
        owed = self._promise(self._regulation())
        reason = self.env.ref("crm_regulations.excuse_reason_stocktaking")
        dialogs = self.env["crm.obligation.excuse"].with_user(self.manager)
        action = owed.with_user(self.manager).action_excuse()
        with Form(dialogs.with_context(**action["context"])) as form:
            form.reason_id = reason
            self.assertEqual(form.reason, "Stocktaking")
            form.reason = "Stocktaking in Lviv"
        form.record.action_excuse()
        self.assertEqual(owed.state, "excused")
        self.assertEqual(owed.note, "Stocktaking in Lviv")

    def test_many_excuses_from_today(self):
        regulation = self._regulation()
        for _number in range(3):
            self._typed()
        self._commit()
        owed = self._owed(regulation)
        rows = self.env["crm.today"].with_user(self.manager)
        rows = rows.browse(2 * id_ for id_ in owed.ids)
        action = rows.action_excuse()
        dialog = (
            self.env[action["res_model"]]
            .with_user(self.manager)
            .with_context(**action["context"])
            .create({"reason": "Power cut"})
        )
        dialog.action_excuse()
        self.assertEqual(set(owed.mapped("state")), {"excused"})
        self._typed()
        self._commit()
        own = self._owed(regulation) - owed
        dialog = self.env[action["res_model"]].with_user(self.sales)
        with self.assertRaises(AccessError), mute_logger("odoo.models"):
            dialog.create(
                {"reason": "Mine", "obligation_ids": [Command.set(own.ids)]}
            ).action_excuse()
        self.assertEqual(own.state, "open")
