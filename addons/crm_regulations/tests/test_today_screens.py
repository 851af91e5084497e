from datetime import timedelta

from odoo import Command
from odoo.tests import HttpCase, tagged

from .common import RegulationsCommon

PHONE = "390x844"


class TodayScreens(HttpCase, RegulationsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["crm.regulation"].search([("state", "=", "published")])._retire()
        cls.env.registry.clear_cache()
        cls.customer.phone = "+380 44 245 31 18"
        cls.script = cls.env["crm.material"].create(
            {"name": "Script", "kind": "call_script", "text": "<p>Good day!</p>"}
        )
        cls.regulation = cls._regulation(
            {"limit_unit": "hour", "material_ids": [Command.set(cls.script.ids)]},
            mode="silent",
            interaction_type_ids=[Command.set(cls.materials.ids)],
        )


@tagged("post_install", "-at_install")
class TestTodayScreens(TodayScreens):
    def test_the_day_of_a_salesperson(self):
        self._talk(date=self.env.cr.now())
        todo = self._lead().activity_schedule(
            "mail.mail_activity_data_call",
            summary="Call about the tender",
            user_id=self.sales.id,
        )
        self.start_tour("/odoo/today", "crm_today_day", login=self.sales.login)
        owed = self._owed(self.regulation)
        self.assertEqual(owed.note, "Sent by courier")
        self.assertEqual(owed.state, "done_on_time")
        self.assertFalse(todo.active)

    def test_bulk_excuse_of_a_manager(self):
        for _number in range(3):
            self._talk(date=self.env.cr.now())
        self.start_tour("/odoo/today", "crm_today_manager", login=self.manager.login)
        owed = self._owed(self.regulation)
        self.assertEqual(owed.mapped("state"), ["excused"] * 3)
        self.assertEqual(set(owed.mapped("note")), {"Power cut or no internet"})

    def test_asked_to_be_excused_and_answered(self):
        for _number in range(4):
            self._talk(date=self.env.cr.now())
        owed = self._owed(self.regulation)
        owed[1].with_user(self.sales).ask_excuse("I forgot")
        owed[2:].with_user(self.sales).ask_excuse("Stocktaking")
        self.env.flush_all()
        self.start_tour(
            f"/odoo/promises/{owed[0].id}", "crm_excuse_ask", login=self.sales.login
        )
        self.start_tour(
            "/odoo/excuse-requests", "crm_excuse_answer", login=self.manager.login
        )
        requests = owed.request_ids.sorted("obligation_id")
        self.assertEqual(
            requests.mapped("state"), ["granted", "declined", "granted", "granted"]
        )
        self.assertEqual(
            owed.sorted("id").mapped("state"), ["excused", "open", "excused", "excused"]
        )

    def test_the_panel_of_a_lead(self):
        regulation = self._on_leads({"limit_value": 1, "limit_unit": "hour"})
        lead = self._lead()
        owed = self._owed(regulation)
        owed.write({"date_due": self.env.cr.now() - timedelta(hours=1)})
        self.env.flush_all()
        self.start_tour(
            f"/odoo/crm/{lead.id}", "crm_today_lead", login=self.sales.login
        )
        self.assertEqual(owed.state, "done_late")


@tagged("post_install", "-at_install")
class TestTodayPhone(TodayScreens):
    browser_size = PHONE
    touch_enabled = True

    def test_the_day_on_a_phone(self):
        self._talk(date=self.env.cr.now())
        self.start_tour("/odoo/today", "crm_today_phone", login=self.sales.login)
        self.assertEqual(self._owed(self.regulation).state, "done_on_time")
