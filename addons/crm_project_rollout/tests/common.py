import base64
from contextlib import contextmanager
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
        if number == 1:
            self.agree_on_the_need()
        stage.question_ids.answer = "We know."
        stage.criterion_ids.filtered(lambda line: line.kind == "tick").ticked = True
        papers = stage.criterion_ids.filtered(lambda line: line.kind == "document")
        papers.write({"document": base64.b64encode(b"paper"), "document_name": "a.txt"})
        papers.with_user(self.sponsor).action_approve()

    def agree_on_the_need(self):
        """Three problems with owners, about customers, and the sponsor's word."""
        names = ("Requests get lost", "Answers are late", "Nobody calls back")
        self.env["crm.rollout.problem"].with_user(self.coordinator).create(
            [
                {
                    "rollout_id": self.rollout.id,
                    "name": name,
                    "owner_id": self.coordinator.id,
                    "about_customers": "yes",
                }
                for name in names
            ]
        )
        self.rollout.with_user(self.sponsor).decide_fit("is_crm", "Customers notice")

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

    @classmethod
    def new_department(cls, name, head=None, **values):
        """A department; its head is an employee with a user."""
        department = cls.env["hr.department"].create(
            {"name": name, "company_id": cls.company.id, **values}
        )
        if head:
            department.manager_id = cls.new_employee(head, department)
        return department

    @classmethod
    def new_employee(cls, user, department):
        return cls.env["hr.employee"].create(
            {
                "name": user.name,
                "user_id": user.id,
                "company_id": cls.company.id,
                "department_id": department.id,
            }
        )

    @contextmanager
    def assertRefused(self, code, error):
        """Expect an error of a class whose message begins with the code.

        What was written before it is undone, as it is for a real caller.
        """
        words = rf"^crm_project_rollout\.{code}: "
        with self.assertRaisesRegex(error, words) as caught, self.env.cr.savepoint():
            yield caught
