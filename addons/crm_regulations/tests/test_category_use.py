from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import RegulationsCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-05-20")
class TestCategoryUse(RegulationsCommon):
    """Regulations that need a category, and the mailing list of a category."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.segmentation = cls._by_turnover()
        cls.a, cls.c = cls.segmentation.segment_ids

    # --- where used -----------------------------------------------------------

    def _uses(self, record):
        uses = record.with_user(self.coordinator).where_used()
        return {use["kind"]: (use["names"], use["blocks"]) for use in uses}

    def test_regulations_forbid_deletion_until_they_are_retired(self):
        for regulation in (
            self._draft(segment_ids=[Command.set(self.a.ids)], name="Draft rule"),
            self._regulation(
                segment_ids=[Command.set(self.a.ids)], name="Rule", code="rule"
            ),
        ):
            with self.subTest(regulation=regulation.name):
                names, blocks = self._uses(self.a)["Regulations"]
                self.assertIn(regulation.name, names)
                self.assertTrue(blocks)
                with self.assertRaisesRegex(
                    UserError, "category_in_use: .*(?s:.)*Regulations: "
                ):
                    self.a.with_user(self.coordinator).unlink()
            if regulation.state == "draft":
                regulation.unlink()
            else:
                regulation.action_retire()
        names, blocks = self._uses(self.a)["Retired regulations"]
        self.assertIn("Rule", names)
        self.assertFalse(blocks)
        self.a.with_user(self.coordinator).unlink()

    def test_types(self):
        kind = self.env["crm.counterparty.type"].create(
            {"name": "Institute", "code": "institute"}
        )
        self._regulation(counterparty_type_ids=[Command.set(kind.ids)])
        self.assertIn("Regulations", self._uses(kind))
        with self.assertRaisesRegex(UserError, "type_in_use"):
            kind.with_user(self.coordinator).unlink()

    # --- mailing lists --------------------------------------------------------

    def _list(self):
        self.segmentation.action_publish()
        self.c.with_user(self.coordinator).action_mailing_list()
        return self.c.mailing_list_id

    def _addresses(self, mailing_list, **only):
        self.env.invalidate_all()
        found = mailing_list.sudo().subscription_ids.filtered(
            lambda row: all(row[name] == value for name, value in only.items())
        )
        mine = {"clinic@example.com", "doctor@example.com", "two@example.com"}
        return sorted(set(found.contact_id.mapped("email_normalized")) & mine)

    def test_is_kept_in_step(self):
        doctor = self._doctor(self.customer)
        doctor.email = "Doctor <Doctor@example.com>"
        self._partner("Clinic Two", email="two@example.com")
        mailing_list = self._list()
        self.assertEqual(
            self._addresses(mailing_list),
            ["clinic@example.com", "doctor@example.com", "two@example.com"],
        )
        self.assertIn("C · Category C", mailing_list.name)
        self._bought(self.customer, "2026-04-15", 5000)
        self.segmentation.classify()
        self.assertEqual(self._addresses(mailing_list), ["two@example.com"])
        self.segmentation.with_user(self.manager).set_override(
            self.customer.id, self.c.id, "Sells to others"
        )
        self.assertEqual(len(self._addresses(mailing_list)), 3)

    def test_twice_is_once(self):
        mailing_list = self._list()
        before = mailing_list.sudo().subscription_ids
        self.c.with_user(self.coordinator).action_mailing_list()
        self.segmentation.classify()
        self.assertEqual(self.c.mailing_list_id, mailing_list)
        self.assertEqual(mailing_list.sudo().subscription_ids, before)

    def test_an_opt_out_is_for_ever(self):
        mailing_list = self._list()
        row = mailing_list.sudo().subscription_ids.filtered(
            lambda r: r.contact_id.email_normalized == "clinic@example.com"
        )
        row.opt_out = True
        line = self._bought(self.customer, "2026-04-15", 5000)
        self.segmentation.classify()
        line.unlink()
        self.segmentation.classify()
        self.assertEqual(
            self._addresses(mailing_list, opt_out=True), ["clinic@example.com"]
        )
        # Not even under another contact with the same address.
        self.env["mailing.contact"].create(
            {"name": "Copy", "email": "clinic@example.com"}
        )
        self.segmentation.classify()
        self.assertEqual(self._addresses(mailing_list, opt_out=False), [])

    def test_who_was_added_by_a_person_stays(self):
        mailing_list = self._list()
        self.env["mailing.contact"].create(
            {
                "name": "Two",
                "email": "two@example.com",
                "list_ids": [Command.set(mailing_list.ids)],
            }
        )
        self.segmentation.classify()
        self.assertIn("two@example.com", self._addresses(mailing_list))

    def test_new_addresses_come_with_the_nightly_run(self):
        mailing_list = self._list()
        self._doctor(self.customer).email = "doctor@example.com"
        self.segmentation.classify()
        self.assertIn("doctor@example.com", self._addresses(mailing_list))

    def test_who_may(self):
        with self.assertRaisesRegex(UserError, "category_not_published"):
            self.c.with_user(self.coordinator).action_mailing_list()
        self.segmentation.action_publish()
        for user in (self.manager, self.sales, self.integration):
            with self.assertRaises(AccessError):
                self.c.with_user(user).action_mailing_list()
        told = self.c.with_user(self.coordinator).action_mailing_list()
        self.assertEqual(told["tag"], "display_notification")
        self.coordinator.group_ids += self.env.ref(
            "mass_mailing.group_mass_mailing_user"
        )
        opened = self.c.with_user(self.coordinator).action_mailing_list()
        self.assertEqual(opened["res_id"], self.c.mailing_list_id.id)
