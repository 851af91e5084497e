from odoo.tests import HttpCase, tagged

from .test_script_talk import ScriptCommon


@tagged("post_install", "-at_install")
class TestScriptScreens(HttpCase, ScriptCommon):
    def test_salesperson_calls_by_the_script(self):
        self.start_tour(
            f"/odoo/crm.lead/{self.lead.id}",
            "crm_regulations_script_talk",
            login=self.sales.login,
        )
        talk = self.env["crm.script.talk"].search([("lead_id", "=", self.lead.id)])
        self.assertEqual((talk.state, talk.result), ("done", "call_again"))
        self.assertEqual(talk.line_ids.mapped("answer"), ["Yes", "Call later"])
        self.assertEqual(talk.line_ids[0].note, "In a hurry")
        self.assertTrue(talk.next_date and talk.interaction_id)
