import base64
from unittest.mock import patch

from odoo.tests import TransactionCase, new_test_user

from odoo.addons.crm_project_rollout.models.crm_rollout_criterion import (
    CrmRolloutCriterion,
)

SALESPERSON = "sales_team.group_sale_salesman"
COORDINATOR = "crm_segmentation.group_crm_coordinator"


class RolloutCommon(TransactionCase):
    """A company with a coordinator, a sponsor without any CRM rights, a salesperson."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env["res.company"].create({"name": "Rollout Test"})
        cls.other_company = cls.env["res.company"].create({"name": "Rollout Other"})
        cls.coordinator = cls.new_user("rt_coordinator", COORDINATOR)
        cls.sponsor = cls.new_user("rt_sponsor", "base.group_user")
        cls.salesperson = cls.new_user("rt_sales", SALESPERSON)
        cls.stranger = cls.new_user("rt_stranger", COORDINATOR, cls.other_company)
        cls.admin = cls.new_user("rt_admin", "base.group_system")
        cls.template = cls.env.ref("crm_project_rollout.template_light")
        cls.rollout = cls.new_rollout()

    @classmethod
    def new_user(cls, login, groups, company=None):
        company = company or cls.company
        return new_test_user(
            cls.env,
            login,
            groups=groups,
            company_id=company.id,
            company_ids=[(6, 0, company.ids)],
            email=f"{login}@example.com",
        )

    @classmethod
    def new_rollout(cls, **values):
        Rollout = cls.env["crm.rollout"].with_user(cls.coordinator)
        values = {"sponsor_id": cls.sponsor.id, "name": "Test", **values}
        return Rollout.browse(Rollout.create_from_template(cls.template.id, values))

    def stage(self, number, user=None):
        """The stage of a number, as the sponsor sees it."""
        stage = self.rollout.stage_ids.filtered(lambda stage: stage.number == number)
        return stage.with_user(user or self.sponsor)

    def meet(self, number):
        """Answer, confirm and approve everything the gate of a stage asks for."""
        stage = self.stage(number, self.coordinator)
        stage.question_ids.answer = "We know."
        stage.criterion_ids.filtered(lambda line: line.kind == "tick").ticked = True
        papers = stage.criterion_ids.filtered(lambda line: line.kind == "document")
        papers.write({"document": base64.b64encode(b"paper"), "document_name": "a.txt"})
        papers.with_user(self.sponsor).action_approve()

    def figures_reached(self):
        """A patch under which every figure of the system is as it should be."""

        def measure(lines):
            return {line: line.threshold for line in lines if line.kind == "query"}

        return patch.object(CrmRolloutCriterion, "_measure", measure)

    def pass_stages(self, up_to):
        with self.figures_reached():
            for number in range(1, up_to + 1):
                self.meet(number)
                self.stage(number).decide("go", f"Stage {number} is done")

    def assertRefused(self, code, error):
        """Expect an error of a class whose message begins with the code."""
        return self.assertRaisesRegex(error, rf"^crm_project_rollout\.{code}: ")
