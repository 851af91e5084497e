import json
from datetime import timedelta
from xmlrpc.client import Fault

from odoo import fields
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from ..engine.control import draw
from .blocking_common import BlockingCommon


@tagged("post_install", "-at_install")
class TestBlockScreens(HttpCase, BlockingCommon):
    def _waiting(self):
        """A deal of this hour with a promise in the way."""
        regulation = self._blocking(
            step={"limit_unit": "hour"}, trigger_domain='[("name", "=", "Analyser")]'
        )
        lead = self._deal(self._now())
        return lead, self._owed(regulation)

    def _now(self):
        return fields.Datetime.to_string(fields.Datetime.now())

    def test_salesperson_is_hindered_and_does_it(self):
        lead, owed = self._waiting()
        self.start_tour(
            "/odoo/crm", "crm_regulations_block", login=self.sales.login, timeout=90
        )
        self.env.invalidate_all()
        self.assertEqual(owed.state, "done_on_time")
        self.assertEqual(lead.won_status, "won")

    def test_on_the_phone(self):
        self.browser_size = "390x844"
        self.touch_enabled = True
        self._waiting()
        self.start_tour(
            "/odoo/crm", "crm_regulations_block_phone", login=self.sales.login
        )

    def test_coordinator_writes_it_down(self):
        self.company.crm_regulation_approval = False
        draft = self._draft(trigger_kind="created", res_model="crm.lead")
        self.start_tour(
            "/odoo/regulations",
            "crm_regulations_block_author",
            login=self.coordinator.login,
        )
        self.env.invalidate_all()
        (step,) = draft.spec["steps"]
        self.assertEqual(
            step["blocks"], ["win", "lose", "archive", "delete", "confirm"]
        )
        self.assertEqual(draft.spec["control"]["by"], "owner")

    def _check(self):
        with self._at("2026-05-04 09:00:00"):
            regulation = self._regulation(
                control_by="user", control_user_id=self.manager.id
            )
            self._talk()
        with self._at("2026-05-04 10:00:00"):
            self._owed(regulation).fulfil("Called")
        with self._at("2026-06-05 10:00:00"):
            return draw(self.env, fields.Datetime.now() + timedelta(seconds=1))

    def test_manager_checks(self):
        check = self._check()
        self.start_tour(
            "/odoo/checks", "crm_regulations_check", login=self.manager.login
        )
        self.env.invalidate_all()
        self.assertEqual((check.state, check.fine_count), ("done", 1))

    def test_manager_checks_on_the_phone(self):
        self.browser_size = "390x844"
        self.touch_enabled = True
        check = self._check()
        self.start_tour(
            "/odoo/checks", "crm_regulations_check_phone", login=self.manager.login
        )
        self.env.invalidate_all()
        self.assertEqual(check.fine_count, 1)
        self.assertEqual(check.conclusion, "All as it should be")

    # --- programs -------------------------------------------------------------------

    def _token(self):
        keys = self.env["res.users.apikeys"].with_user(self.sales)
        until = fields.Datetime.now() + timedelta(days=1)
        return keys._generate("rpc", "test", until)

    def _json2(self, model, method, **values):
        token = self._token()
        return self.url_open(
            f"/json/2/{model}/{method}",
            data=json.dumps(values),
            headers={
                "Authorization": f"Bearer {token}",
                "Content-Type": "application/json",
            },
        )

    def test_over_json2(self):
        lead, owed = self._waiting()
        for method, values in (
            ("write", {"vals": {"stage_id": self.won.id}}),
            ("write", {"vals": {"won_status": "won"}}),
            ("action_set_lost", {}),
            ("action_archive", {}),
            (
                "write",
                {
                    "vals": {"active": False},
                    "context": {"crm_obligation_closed": True, "install_mode": True},
                },
            ),
        ):
            with mute_logger("odoo.http"):
                answer = self._json2("crm.lead", method, ids=lead.ids, **values)
            self.assertEqual(answer.status_code, 422, answer.text)
            told = answer.json()
            self.assertTrue(told["message"].startswith("crm_regulations.blocked: "))
            self.assertIn("Call back, for Clinic", told["message"])
            self.assertEqual(told["arguments"], [told["message"]])
            self.assertEqual(told["context"]["action"]["res_id"], owed.id)
            self.assertEqual((lead.stage_id, lead.active), (self.first, True))
        answer = self._json2("crm.obligation", "fulfil", ids=owed.ids, note="Called")
        self.assertEqual(answer.json(), True)
        answer = self._json2("crm.lead", "action_set_won", ids=lead.ids)
        self.assertEqual(answer.status_code, 200)
        self.env.invalidate_all()
        self.assertEqual(lead.won_status, "won")

    def test_over_xmlrpc(self):
        lead, _owed = self._waiting()
        token = self._token()
        words = (self.env.cr.dbname, self.sales.id, token, "crm.lead")
        for method, args in (
            ("action_set_won", [lead.ids]),
            ("write", [lead.ids, {"stage_id": self.next.id}]),
        ):
            with self.assertRaises(Fault) as caught, mute_logger("odoo.http"):
                self.xmlrpc_object.execute_kw(*words, method, args)
            fault = caught.exception
            self.assertEqual(fault.faultCode, 2)
            self.assertTrue(fault.faultString.startswith("crm_regulations.blocked: "))
            self.assertNotIn("Traceback", fault.faultString)
        self.env.invalidate_all()
        self.assertEqual(lead.stage_id, self.first)
