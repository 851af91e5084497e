from datetime import timedelta

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .common import RegulationsCommon

MONDAY = fields.Date.to_date("2026-05-04")


@tagged("post_install", "-at_install")
class TestMaterialVersion(RegulationsCommon):
    """Versions, expiry and use of materials."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.price = cls._material()

    @classmethod
    def _material(cls, **values):
        return cls.env["crm.material"].create(
            {
                "name": "Price list",
                "kind": "proposal",
                "owner_id": cls.sales.id,
                "url": "https://example.com/prices",
                **values,
            }
        )

    @classmethod
    def _file(cls, name="prices.txt"):
        return cls.env["ir.attachment"].create(
            {"name": name, "raw": name.encode(), "res_model": "crm.material"}
        )

    def _owed_with(self, material, **values):
        regulation = self._regulation({"material_ids": [Command.set(material.ids)]})
        self._talk(**values)
        return self._owed(regulation).with_user(self.sales)

    def _uses(self, material=None):
        material = material or self.price
        return self.env["crm.material.use"].search([("material_id", "=", material.id)])

    def _send(self, owed, **values):
        """The letter from the promise, as it is sent by its button."""
        action = owed.action_write()
        composer = (
            self.env["mail.compose.message"]
            .with_user(self.sales)
            .with_context(**action["context"], mail_notify_force_send=False)
            .create(values)
        )
        composer._action_send_mail()
        self._commit()

    # --- versions -------------------------------------------------------------

    def test_a_new_version_keeps_the_older_one(self):
        old, new = self._file(), self._file("new.txt")
        self.price.attachment_ids = old
        price = self.price.with_user(self.sales)
        number = price.new_version(
            "Prices of July", {"attachment_ids": [Command.set(new.ids)]}
        )
        self.assertEqual((number, price.version), (2, 2))
        kept = price.version_ids
        self.assertEqual(
            (kept.version, kept.attachment_ids, kept.url, kept.note, kept.user_id),
            (1, old, "https://example.com/prices", "Prices of July", self.sales),
        )
        self.assertEqual(price.attachment_ids, new)
        self.assertEqual(old.with_user(self.sales).raw, b"prices.txt")

    def test_by_the_dialog(self):
        action = self.price.with_user(self.sales).action_new_version()
        dialogs = self.env["crm.material.renew"].with_user(self.sales)
        with Form(dialogs.with_context(**action["context"])) as form:
            self.assertEqual(form.url, "https://example.com/prices")
            form.note = "Prices of July"
            form.url = "https://example.com/july"
            form.date_expiry = "2032-12-31"
        form.record.action_renew()
        self.assertEqual(self.price.url, "https://example.com/july")
        self.assertEqual(self.price.version_ids.url, "https://example.com/prices")
        self.assertEqual(str(self.price.date_expiry), "2032-12-31")

    def test_what_was_sent_is_not_lost(self):
        self.price.url = "https://example.com/typo"
        self.assertEqual(self.price.version, 1, "nobody has seen it yet")
        self.price._use("letter", [{"key": "x"}])
        self.price.name = "Prices"
        self.price.url = "https://example.com/typo"
        self.assertEqual(self.price.version, 1, "nothing that is seen has changed")
        self.price.url = "https://example.com/new"
        self.assertEqual(self.price.version, 2)
        self.assertEqual(self.price.version_ids.url, "https://example.com/typo")

    def test_wrong_input(self):
        price = self.price.with_user(self.sales)
        for note, values in (
            ("", {}), (" ", {}), (5, {}), ("x" * 300, {}),
            ("New", {"name": "Other"}), ("New", {"owner_id": 1}), ("New", [1]),
        ):  # fmt: skip
            with (
                self.subTest(note=note, values=values),
                self.assertRaisesRegex(UserError, "crm_regulations.material_version: "),
            ):
                price.new_version(note, values)
        with self.assertRaisesRegex(UserError, "crm_segmentation.bad_value: "):
            price.new_version("New", {"date_expiry": "soon"})
        self.assertEqual(price.version, 1)

    def test_only_the_owner_and_the_coordinator(self):
        other = self._user("other", "sales_team.group_sale_salesman")
        for user in (other, self.manager):
            for act in ("action_still_valid", "action_new_version"):
                with self.assertRaisesRegex(AccessError, "crm_regulations.not_owner"):
                    getattr(self.price.with_user(user), act)()
            with self.assertRaises(AccessError):
                self.price.with_user(user).new_version("Mine")
        self.price.with_user(self.coordinator).new_version("Ours")
        with self.assertRaises(AccessError), mute_logger("odoo.models"):
            self.price.version_ids.with_user(self.sales).note = "Mine"

    # --- expiry ---------------------------------------------------------------

    def test_what_has_expired_is_not_sent(self):
        with self._at("2026-05-04 09:00:00"):
            owed = self._owed_with(self.price)
            self.price.date_expiry = MONDAY
            owed.action_write()
            self.price.date_expiry = MONDAY - timedelta(days=1)
            with self.assertRaises(UserError) as refused:
                owed.action_write()
        text = str(refused.exception)
        for words in ("crm_regulations.material_expired: ", "Price list", "version 1",
                      "2026-05-03", self.sales.name):  # fmt: skip
            self.assertIn(words, text)

    def test_neither_its_file_nor_its_template(self):
        file = self._file()
        template = self.env["mail.template"].create(
            {
                "name": "Prices",
                "model_id": self.env["ir.model"]._get_id("res.partner"),
                "subject": "Prices",
                "body_html": "<p>Here</p>",
            }
        )
        self.price.write(
            {
                "attachment_ids": [Command.set(file.ids)],
                "template_id": template.id,
                "date_expiry": "2020-01-01",
            }
        )
        with self.assertRaisesRegex(UserError, "material_expired"):
            self._write_to(self.customer, attachment_ids=file.ids)
        # A note among ourselves is no letter.
        self._write_to(
            self.customer, attachment_ids=file.ids, subtype_xmlid="mail.mt_note"
        )
        composer = self.env["mail.compose.message"].create(
            {
                "model": "res.partner",
                "res_ids": repr(self.customer.ids),
                "template_id": template.id,
            }
        )
        with self.assertRaisesRegex(UserError, "material_expired"):
            composer._action_send_mail()
        self.assertFalse(self._uses())

    def test_the_owner_is_told_once(self):
        with self._at("2026-05-04 09:00:00"):
            self.price.date_expiry = MONDAY + timedelta(days=15)
            self._warn()
            self.assertFalse(self.price.activity_ids)
        with self._at("2026-05-05 09:00:00"):
            self._warn()
            activity = self.price.activity_ids
            self.assertEqual((activity.user_id, activity.date_deadline),
                             (self.sales, MONDAY + timedelta(days=15)))  # fmt: skip
            self.assertIn("2026-05-19", activity.summary)
            self._warn()
            self.assertEqual(self.price.activity_ids, activity)
            self.price.with_user(self.sales).action_still_valid()
            self.assertFalse(self.price.activity_ids)
            self.assertEqual(self.price.date_expiry, MONDAY + timedelta(days=181))
            self._warn()
            self.assertFalse(self.price.activity_ids)
            self.assertFalse(self.price.is_expired)

    def _warn(self):
        with self.enter_registry_test_mode():
            self.env.ref("crm_regulations.ir_cron_material").method_direct_trigger()
        self.env.invalidate_all()

    def test_expired_ones_are_found(self):
        self.price.date_expiry = "2020-01-01"
        fresh = self._material(date_expiry="2092-01-01") | self._material()
        ours = [("id", "in", (self.price | fresh).ids)]
        found = self.env["crm.material"].search([("is_expired", "=", True), *ours])
        self.assertEqual(found, self.price)
        found = self.env["crm.material"].search([("is_expired", "=", False), *ours])
        self.assertEqual(found, fresh)

    def test_the_review_is_a_promise_of_the_owner(self):
        review = self._shipped("material_review")
        review.write({"mode": "remind"})
        with self._at("2026-05-04 09:00:00"):
            review.action_publish()
            self.price.date_review = MONDAY + timedelta(days=1)
            self.env.flush_all()
        with self._at("2026-05-05 09:00:00"), self.enter_registry_test_mode():
            self.env.ref("crm_regulations.ir_cron_by_time").method_direct_trigger()
        self.env.invalidate_all()
        owed = self._owed(review)
        self.assertEqual((owed.res_id, owed.user_id, owed.state),
                         (self.price.id, self.sales, "open"))  # fmt: skip
        with self._at("2026-05-06 09:00:00"):
            self.price.with_user(self.sales).action_still_valid()
        self.assertEqual((owed.state, owed.note), ("done_on_time", "Still valid"))
        self.assertEqual(self.price.date_review, MONDAY + timedelta(days=182))

    def _shipped(self, code):
        draft = self.env["crm.regulation"].search(
            [("company_id", "=", self.company.id), ("code", "=", code)]
        )
        draft.owner_id = self.coordinator
        self.company.crm_regulation_approval = False
        return draft

    # --- use ------------------------------------------------------------------

    def test_a_letter_from_the_promise(self):
        file = self._file()
        self.price.attachment_ids = file
        owed = self._owed_with(self.price)
        self._send(owed)
        use = self._uses()
        self.assertEqual(
            (use.kind, use.user_id, use.partner_id, use.obligation_id, use.version,
             use.company_id),
            ("letter", self.sales, self.customer, owed.sudo(), 1, self.company),
        )  # fmt: skip
        self.assertEqual((self.price.use_count, self.price.date_last_use),
                         (1, use.date))  # fmt: skip
        with self.assertRaisesRegex(UserError, "crm_regulations.material_used"):
            self.price.unlink()
        # An older version is counted as what it is.
        self.price.new_version("July", {"attachment_ids": [Command.clear()]})
        self._write_to(self.customer, attachment_ids=file.ids)
        self.assertEqual(sorted(self._uses().mapped("version")), [1, 1])

    def test_a_link_in_a_letter_from_the_promise(self):
        owed = self._owed_with(self.price)
        context = owed.action_write()["context"]
        self.assertIn('href="https://example.com/prices"', context["default_body"])
        self._send(owed)
        self.assertEqual(self._uses().obligation_id, owed.sudo())
        # Whoever took it out of the letter has not sent it.
        self._send(owed, body="<p>Good day</p>")
        self.assertEqual(len(self._uses()), 1)

    def test_a_letter_that_odoo_sends(self):
        template = self.env["mail.template"].create(
            {
                "name": "Prices",
                "model_id": self.env["ir.model"]._get_id("crm.interaction"),
                "subject": "Prices",
                "body_html": "<p>Here</p>",
            }
        )
        self.price.template_id = template
        send = {"kind": "email", "whom": "customer", "template_id": template.id}
        regulation = self._regulation({"action_ids": [Command.create(send)]})
        with self._at("2026-05-04 09:00:00"):
            owed = self._promise(regulation)
        for _time in range(2):
            self._sweep("2026-05-04 09:00:01")
        self.assertEqual(self._uses().obligation_id, owed)
        self.price.date_expiry = "2020-01-01"
        with self._at("2026-05-04 09:30:00"):
            self._talk()
        self._sweep("2026-05-04 09:30:01")
        self.assertEqual(len(self._uses()), 1)
        self.assertIn("was valid until 2020-01-01", self._incidents(regulation).message)

    def test_twice_is_once(self):
        for _time in range(2):
            self.price._use("letter", [{"key": "mail.message,1"}])
        self.assertEqual(len(self._uses()), 1)

    def test_many_are_counted_by_one_query(self):
        materials = self._material() | self._material() | self.price
        materials._use("letter", [{"key": str(number)} for number in range(5)])
        self.env.flush_all()
        materials.invalidate_recordset()
        with self.assertQueryCount(1):
            self.assertEqual(materials.mapped("use_count"), [5, 5, 5])
        # The materials are read and the uses inserted, each at once.
        with self.assertQueryCount(2):
            materials._use("letter", [{"key": f"new {n}"} for n in range(50)])

    def test_other_letters_cost_nothing_and_count_nothing(self):
        self._write_to(self.customer, attach=True)
        self.assertFalse(self._uses())

    def test_roles(self):
        self.price._use("letter", [{"key": "x", "company_id": self.company.id}])
        use = self._uses()
        for user in (self.sales, self.manager, self.coordinator):
            self.assertEqual(use.with_user(user).kind, "letter")
            with self.assertRaises(AccessError), mute_logger("odoo.models"):
                use.with_user(user).kind = "sheet"
        company = self.env["res.company"].create({"name": "South Med"})
        stranger = self._user("str", "sales_team.group_sale_manager", company)
        there = self.env(user=stranger, context={"allowed_company_ids": company.ids})
        self.assertNotIn(use.id, there["crm.material.use"].search([]).ids)

    def test_quotation_templates_are_followed_by_name(self):
        templates = self.env.get("sale.order.template")
        self.assertEqual(self.price.has_quotation_templates, templates is not None)
        if templates is None:
            self.assertEqual(self.price._selection_quotation_template(), [])
            return
        template = templates.create({"name": "Laboratory"})
        self.price.quotation_template = str(template.id)
        context = self.price.with_user(self.sales).action_new_quotation()["context"]
        self.assertEqual(context["default_sale_order_template_id"], template.id)
