from odoo.tests import tagged

from .common import RolloutCommon


@tagged("post_install", "-at_install")
class TestCorrectiveTask(RolloutCommon):
    """What has to be put right is a task while a CRM project runs."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.user.company_ids += cls.company | cls.other_company

    def _action(self, company=None, person=None, **values):
        company = company or self.company
        actions = self.env["crm.corrective.action"].with_company(company)
        regulation = self.env["crm.regulation"].with_company(company)
        return actions.create(
            {
                "regulation_id": regulation.create(
                    {"name": "Answer", "company_id": company.id}
                ).id,
                "company_id": company.id,
                "user_id": (person or self.salesperson).id,
                "owner_id": self.coordinator.id,
                **values,
            }
        )

    def test_it_is_a_task_of_the_running_project(self):
        action = self._action()
        task = action.task_id
        self.assertEqual(task.project_id, self.rollout.project_id)
        self.assertEqual(task.user_ids, self.coordinator)
        self.assertEqual(task.date_deadline.date(), action.date_due)
        self.assertIn(self.salesperson.name, task.name)
        self.assertEqual(action.activity_ids.user_id, self.coordinator, "told as well")
        action._follow_up()
        self.assertEqual(action.task_id, task, "twice is once")

    def test_the_owner_ends_both(self):
        for act, state in (("action_done", "1_done"), ("action_cancel", "1_canceled")):
            with self.subTest(act):
                action = self._action(action="Talked")
                getattr(action.with_user(self.coordinator), act)()
                self.assertEqual(action.task_id.state, state)

    def test_no_task_without_a_running_project(self):
        stranger = self._action(self.other_company, self.stranger,
                                owner_id=self.stranger.id)  # fmt: skip
        self.assertFalse(stranger.task_id)
        self.assertEqual(stranger.activity_ids.user_id, self.stranger)
        self.rollout.with_user(self.sponsor).action_stop("No money")
        self.assertFalse(self._action().task_id)

    def test_a_task_that_is_deleted_takes_nothing_along(self):
        action = self._action()
        action.task_id.unlink()
        self.assertTrue(action.exists())
        action.action_cancel()
        self.assertEqual(action.state, "cancelled")
