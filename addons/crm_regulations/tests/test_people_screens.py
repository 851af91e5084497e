from odoo.tests import HttpCase, tagged

from .people_common import PeopleCommon


@tagged("post_install", "-at_install")
class TestPeopleScreens(HttpCase, PeopleCommon):
    def test_salesperson_is_away(self):
        self.start_tour("/odoo/absences", "crm_regulations_away", login="seg_seller")
        absence = self.env["crm.absence"].search([("user_id", "=", self.sales.id)])
        self.assertEqual(absence.deputy_id, self.deputy)
        self.assertEqual(absence.company_id, self.company)

    def test_coordinator_sets_up_actions_and_rungs(self):
        self.company.crm_regulation_approval = False
        draft = self._draft()
        self.start_tour(
            "/odoo/regulations", "crm_regulations_actions", login="seg_coord"
        )
        step = draft.step_ids
        self.assertEqual(
            (step.rung_ids.value, step.rung_ids.whom), (2, "department_manager")
        )
        self.assertEqual(step.action_ids.summary, "Call the customer")
        draft.with_user(self.coordinator).action_publish()
