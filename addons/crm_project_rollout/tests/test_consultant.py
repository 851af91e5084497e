from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import HttpCase, tagged

from .common import RolloutCommon


@tagged("post_install", "-at_install")
class TestConsultant(RolloutCommon, HttpCase):
    """A consultant from outside works on the own tasks, and sees nothing else."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rollout.name = "Nobody outside reads this"
        cls.portal = cls.new_user("rt_consultant", "base.group_portal")
        project = cls.rollout.project_id
        # What "Invite a consultant" does, without its letter.
        project.privacy_visibility = "portal"
        cls.env["project.share.wizard"].with_context(
            active_model="project.project", active_id=project.id
        ).create(
            {
                "res_model": "project.project",
                "res_id": project.id,
                "collaborator_ids": [
                    Command.create(
                        {
                            "partner_id": cls.portal.partner_id.id,
                            "access_mode": "edit_limited",
                        }
                    )
                ],
            }
        ).action_send_mail()
        cls.own, cls.other = project.task_ids[:2]
        cls.own.message_subscribe(cls.portal.partner_id.ids)
        cls.env.flush_all()

    def seen(self, model, *domain):
        return self.env[model].with_user(self.portal).search(list(domain))

    def test_over_rpc(self):
        self.assertEqual(self.seen("project.task"), self.own)
        self.seen("project.task").name = "Interviews, done"
        self.assertEqual(self.seen("project.milestone"), self.own.milestone_id)
        self.assertEqual(self.seen("res.partner"), self.portal.partner_id)
        self.assertFalse(self.seen("mail.message", ("model", "=like", "crm.%")))
        for call in (
            lambda: self.other.with_user(self.portal).read(["name"]),
            lambda: self.other.with_user(self.portal).write({"name": "Mine"}),
            lambda: self.other.with_user(self.portal).message_subscribe(
                self.portal.partner_id.ids
            ),
            lambda: self.own.with_user(self.portal).read(["crm_measure"]),
            lambda: self.own.with_user(self.portal).write({"crm_goal_ids": []}),
            lambda: self.seen("project.project").crm_rollout_ids.mapped("name"),
        ):
            with self.assertRaises(AccessError):
                call()
        own = [name for name in self.registry if name.startswith(("crm.", "hr."))]
        for name in own:
            model = self.env[name]
            if not model._abstract and not model._transient and model._auto:
                with self.subTest(model=name), self.assertRaises(AccessError):
                    self.seen(name)

    def test_own_pages(self):
        self.authenticate("rt_consultant", "rt_consultant")
        page = self.url_open("/my/tasks").text
        self.assertIn(f"/my/tasks/{self.own.id}", page)
        self.assertNotIn(f"/my/tasks/{self.other.id}", page)
        self.assertEqual(self.url_open(f"/my/tasks/{self.own.id}").status_code, 200)
        self.other.name = "A task of others"
        other = self.url_open(f"/my/tasks/{self.other.id}")
        self.assertNotIn(self.other.name, other.text)
        rollout = self.url_open(f"/odoo/crm-rollouts/{self.rollout.id}")
        self.assertNotIn(self.rollout.name, rollout.text)
        paper = self.url_open(
            f"/report/html/crm_project_rollout.report_rollout_charter/{self.rollout.id}"
        )
        self.assertNotIn(self.rollout.name, paper.text)
