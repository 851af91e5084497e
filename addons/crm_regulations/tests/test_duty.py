import psycopg2

from odoo import Command
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import RegulationsCommon, instant


@tagged("post_install", "-at_install")
class TestDuty(RegulationsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.technician = cls._user("technician", "sales_team.group_sale_salesman")

    def _duty(self, user=None, begin="2026-05-01 00:00:00", **values):
        return self.env["crm.duty"].create(
            {
                "user_id": (user or self.technician).id,
                "date_from": begin,
                "company_id": self.company.id,
                **values,
            }
        )

    def _on_duty(self, *steps, **values):
        step = {"responsible_kind": "duty", **(steps[0] if steps else {})}
        return self._regulation(step, **values)

    def test_taken_at_the_trigger(self):
        regulation = self._on_duty()
        self._duty()
        owed = self._promise(regulation)
        self.assertEqual(owed.user_id, self.technician)
        # Whoever comes after owes what begins after, not what has begun.
        self._duty(self.manager, begin="2026-05-04 10:00:00")
        self.assertEqual(owed.user_id, self.technician)
        self._talk(date="2026-05-04 09:59:59")
        self._talk(date="2026-05-04 10:00:00")
        self.assertEqual(self._owed(regulation).user_id.ids[-1:], self.manager.ids)
        users = [o.user_id for o in self._owed(regulation)]
        self.assertEqual(users, [self.technician, self.technician, self.manager])

    def test_without_a_new_version(self):
        regulation = self._on_duty()
        version = regulation.version
        duty = self._duty()
        duty.with_user(self.coordinator).user_id = self.manager
        self.assertEqual(self._promise(regulation).user_id, self.manager)
        self.assertEqual(regulation.version, version)

    def test_nobody_is_on_duty(self):
        """The chain that comes after: named person, salesperson, handler, owner."""
        self._duty(date_until="2026-05-02 00:00:00")
        for values, partner, talk, owes in (
            ({"responsible_user_id": self.manager.id}, self.sales, {}, self.manager),
            ({}, self.manager, {}, self.manager),
            ({}, None, {}, self.sales),
            ({}, None, {"user_id": False}, self.coordinator),
        ):
            self.customer.user_id = partner
            regulation = self._on_duty(values)
            owed = self._promise(regulation, **talk)
            self.assertEqual(owed.user_id, owes, values)

    def test_who_left_is_not_on_duty(self):
        regulation = self._on_duty()
        self._duty()
        self._duty(self.sales, "2026-05-02 00:00:00").user_id.active = False
        self.assertEqual(self._promise(regulation).user_id, self.technician)

    def test_for_a_regulation_and_a_process(self):
        phones = self._on_duty(code="phones")
        self._duty()
        self._duty(self.manager, "2026-04-01 00:00:00", process="relations")
        self._duty(self.sales, "2026-04-01 00:00:00", regulation_id=phones.id)
        others = self._on_duty(code="others")
        sales = self._on_duty(code="sales", process="sales")
        self._talk()
        self.assertEqual(self._owed(phones).user_id, self.sales)
        self.assertEqual(self._owed(others).user_id, self.manager)
        self.assertEqual(self._owed(sales).user_id, self.technician)
        # The next version is the same regulation.
        again = self.env["crm.regulation"].browse(phones.action_new_version()["res_id"])
        again.sudo().action_publish()
        self._talk(date="2026-05-04 11:00:00")
        self.assertEqual(self._owed(again).user_id, self.sales)

    def test_queries(self):
        """The roster is read once, however many promises begin."""
        regulation = self._on_duty()
        self._duty()

        def count(number):
            customers = self.env["res.partner"].create(
                [{"name": f"Clinic {n}", "is_company": True} for n in range(number)]
            )
            self._commit()
            talks = self.env["crm.interaction"].create(
                [
                    {
                        "type_id": self.materials.id,
                        "partner_id": customer.id,
                        "user_id": self.sales.id,
                        "company_id": self.company.id,
                        "date": "2026-05-04 09:00:00",
                    }
                    for customer in customers
                ]
            )
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            self._commit()
            found = self._owed(regulation).filtered(lambda o: o.res_id in talks.ids)
            self.assertEqual(found.user_id, self.technician)
            self.assertEqual(len(found), number)
            return self.env.cr.sql_log_count - before

        count(2)
        self.assertEqual(count(3), count(30))

    def test_who_may_keep_it(self):
        duty = self._duty()
        for user in (self.sales, self.integration):
            mine = duty.with_user(user)
            self.assertEqual(mine.user_id, self.technician, "everybody may look")
            for act in (
                lambda mine=mine: mine.write({"user_id": self.sales.id}),
                lambda mine=mine: mine.unlink(),
                lambda mine=mine: mine.create({"user_id": self.sales.id}),
            ):
                with self.assertRaises(AccessError), mute_logger("odoo.models"):
                    act()
        for user in (self.manager, self.coordinator):
            duty.with_user(user).user_id = self.sales

    def test_head_of_a_department_keeps_it(self):
        employee = self.env["hr.employee"].create(
            {
                "name": "Head",
                "user_id": self.technician.id,
                "company_id": self.company.id,
            }
        )
        self.env["hr.department"].create(
            {
                "name": "Service",
                "company_id": self.company.id,
                "manager_id": employee.id,
            }
        )
        duty = self._duty().with_user(self.technician)
        duty.user_id = self.sales
        self.assertEqual(duty.user_id, self.sales)

    def test_second_company(self):
        other = self.env["res.company"].create({"name": "South Med"})
        stranger = self._user("south", "crm_segmentation.group_crm_coordinator", other)
        duty = self._duty()
        env = self.env(user=stranger, context={"allowed_company_ids": other.ids})
        self.assertFalse(env["crm.duty"].search([]))
        with self.assertRaises(AccessError), mute_logger("odoo.models"):
            duty.with_env(env).read(["user_id"])
        # The roster of another company is nobody's here.
        self.env.user.company_ids = [Command.link(other.id)]
        self.env["crm.duty"].create(
            {"user_id": stranger.id, "company_id": other.id,
             "date_from": "2026-05-03 00:00:00"}
        )  # fmt: skip
        self.assertEqual(self._promise(self._on_duty()).user_id, self.technician)

    def test_what_is_wrong(self):
        stranger = self._user(
            "south2",
            "sales_team.group_sale_salesman",
            self.env["res.company"].create({"name": "South Med"}),
        )
        for user in (stranger, self.integration):
            with self.assertRaisesRegex(ValidationError, "crm_regulations.duty"):
                self.env["crm.duty"].with_context(check_company=False).create(
                    {"user_id": user.id, "company_id": self.company.id}
                )
        with (
            self.assertRaises(psycopg2.errors.CheckViolation),
            mute_logger("odoo.sql_db"),
        ):
            self._duty(date_until="2026-05-01 00:00:00")

    def test_now(self):
        with self._at("2026-05-04 09:00:00"):
            now = self._duty()
            past = self._duty(begin="2026-05-01 00:00:00",
                              date_until="2026-05-04 09:00:00")  # fmt: skip
            later = self._duty(begin="2026-05-04 09:00:01")
            rows = now | past | later
            self.assertEqual(rows.mapped("is_now"), [True, False, False])
            found = rows.search([("is_now", "=", True), ("id", "in", rows.ids)])
            self.assertEqual(found, now)
            others = rows.search([("is_now", "=", False), ("id", "in", rows.ids)])
            self.assertEqual(others, past | later)
            step = self._on_duty().step_ids
            self.assertEqual(step.duty_user_id, self.technician)
        self.assertEqual(instant("2026-05-01 00:00:00"), now.date_from)
