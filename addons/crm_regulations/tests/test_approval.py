from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import RegulationsCommon


@tagged("post_install", "-at_install")
class TestApproval(RegulationsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.second = cls._user("second", "crm_segmentation.group_crm_coordinator")

    def _own(self, user=None, **values):
        """A draft that somebody wrote, as whoever wrote it."""
        draft = self._draft(author_id=(user or self.coordinator).id, **values)
        return draft.with_user(user or self.coordinator)

    def _alone(self):
        """Nobody but the coordinator could approve."""
        (self.manager | self.second).action_archive()

    def _said(self, regulation):
        return " ".join(regulation.sudo().message_ids.mapped("body"))

    def _not_approved(self, act):
        with self.assertRaisesRegex(UserError, "^crm_regulations.not_approved: "):
            act()

    # --- approving ------------------------------------------------------------

    def test_another_person_approves(self):
        for approver in (self.manager, self.second):
            draft = self._own()
            draft.action_submit()
            with self._at("2026-05-04 10:00:00") as now:
                self.assertIs(draft.with_user(approver).action_approve(), True)
            self.assertEqual(draft.approver_id, approver)
            self.assertEqual(draft.date_approved, now)
            draft.action_publish()
            self.assertEqual((draft.state, draft.approver_id), ("published", approver))

    def test_the_author_does_not_approve(self):
        draft = self._own()
        draft.action_submit()
        with self.assertRaisesRegex(
            UserError, "^crm_regulations.own_approval: .*seg_lead"
        ):
            draft.action_approve()
        self.assertFalse(draft.approver_id)

    def test_the_only_one_approves_alone(self):
        self._alone()
        draft = self._own()
        draft.action_submit()
        draft.action_approve()
        self.assertEqual(draft.approver_id, self.coordinator)
        self.assertIn("Approved by the author, because nobody else", self._said(draft))

    def test_people_of_other_companies_do_not_count(self):
        other = self.env["res.company"].create({"name": "South Med"})
        self._user("far", "sales_team.group_sale_manager", other)
        self._alone()
        draft = self._own()
        draft.action_publish()
        self.assertEqual(draft.approver_id, self.coordinator)

    # --- publishing -----------------------------------------------------------

    def test_publishing_needs_an_approval(self):
        draft = self._own()
        self._not_approved(draft.action_publish)
        draft.action_submit()
        self._not_approved(draft.action_publish)
        self.assertEqual((draft.state, draft.spec), ("review", False))

    def test_publishing_by_another_is_an_approval(self):
        draft = self._own()
        draft.with_user(self.second).action_publish()
        self.assertEqual((draft.state, draft.approver_id), ("published", self.second))

    def test_whoever_has_changed_it_wrote_it_too(self):
        """Nobody changes the draft of another and approves that alone."""
        for change in (
            lambda d: d.write({"name": "Other"}),
            lambda d: d.step_ids.write({"limit_value": 9}),
        ):
            draft = self._own()
            change(draft.with_user(self.second))
            self._not_approved(draft.with_user(self.second).action_publish)
            self._not_approved(draft.action_publish)
            draft.action_submit()
            draft.with_user(self.manager).action_approve()
            draft.with_user(self.second).action_publish()
            self.assertEqual(draft.approver_id, self.manager)
        self.manager.action_archive()
        draft = self._own()
        draft.with_user(self.second).name = "Other"
        draft.action_publish()
        self.assertIn("nobody else", self._said(draft), "both of two have written it")

    def test_the_only_one_publishes_alone(self):
        self._alone()
        draft = self._own()
        draft.action_publish()
        self.assertEqual(
            (draft.state, draft.approver_id), ("published", self.coordinator)
        )
        self.assertIn("Approved by the author, because nobody else", self._said(draft))

    def test_the_administrator_publishes_without_approval(self):
        groups = "crm_segmentation.group_crm_coordinator,base.group_system"
        admin = self._user("boss", groups)
        draft = self._own(admin)
        draft.action_publish()
        self.assertEqual(draft.state, "published")
        self.assertFalse(draft.approver_id)
        self.assertIn("Published without approval", self._said(draft))

    def test_the_system_publishes(self):
        draft = self._own()
        draft.sudo().action_publish()
        self.assertEqual(draft.state, "published")
        self.assertFalse(draft.approver_id)

    def test_a_company_without_a_second_person(self):
        self.company.crm_regulation_approval = False
        draft = self._own()
        draft.action_publish()
        self.assertEqual(draft.state, "published")
        second = self._own()
        second.action_submit()
        second.action_approve()
        self.assertEqual(second.approver_id, self.coordinator)
        self.assertIn("has switched the approval", self._said(second))

    def test_the_settings_screen_switches_it_off(self):
        settings = self.env["res.config.settings"].create({})
        self.assertTrue(settings.crm_regulation_approval)
        settings.crm_regulation_approval = False
        settings.execute()
        self.assertFalse(self.company.crm_regulation_approval)

    def test_the_buttons_that_are_shown(self):
        draft = self._own()
        shown = {
            user: (
                draft.with_user(user).can_approve,
                draft.with_user(user).can_publish,
            )
            for user in (self.coordinator, self.second, self.manager, self.sales)
        }
        self.assertEqual(
            shown,
            {
                self.coordinator: (False, False),
                self.second: (True, True),
                self.manager: (True, False),
                self.sales: (False, False),
            },
        )

    # --- sending back ---------------------------------------------------------

    def test_send_back(self):
        draft = self._own()
        draft.action_submit()
        draft.with_user(self.second).action_approve()
        self.assertIs(draft.with_user(self.manager).action_reject("Too short"), True)
        self.assertEqual(
            (draft.state, draft.approver_id.id, draft.date_approved),
            ("draft", False, False),
        )
        self.assertIn("Sent back: Too short", self._said(draft))
        self.assertEqual(draft.sudo().message_ids[0].author_id, self.manager.partner_id)

    def test_send_back_by_the_dialog(self):
        draft = self._own()
        draft.action_submit()
        self.env["crm.regulation.reject"].with_user(self.manager).create(
            {"regulation_id": draft.id, "reason": "Too short"}
        ).action_reject()
        self.assertEqual(draft.state, "draft")

    def test_send_back_wrongly(self):
        draft = self._own()
        with self.assertRaisesRegex(UserError, "^crm_regulations.wrong_state: "):
            draft.action_reject("Too short")
        draft.action_submit()
        for reason in ("", "  ", False, None, 5, ["x"]):
            with self.assertRaisesRegex(UserError, "^crm_regulations.reason: "):
                draft.action_reject(reason)

    # --- what was approved stands there ---------------------------------------

    def test_a_change_takes_the_approval_back(self):
        self.env["res.lang"]._activate_lang("ru_RU")
        steps = {"condition_ids": [Command.create({"kind": "deal_lost"})],
                 "rung_ids": [Command.create({"value": 4})]}  # fmt: skip
        russian = {"ru_RU": "Другое"}
        changes = [
            lambda d: d.write({"name": "Other"}),
            lambda d: d.write({"step_ids": [Command.create({"name": "More"})]}),
            lambda d: d.update_field_translations("name", russian),
            lambda d: d.step_ids.update_field_translations("name", russian),
            lambda d: d.step_ids.write({"limit_value": 9}),
            lambda d: d.step_ids.copy({"code": "copied"}),
            lambda d: d.step_ids.condition_ids.write({"times": 2}),
            lambda d: d.step_ids.condition_ids.unlink(),
            lambda d: d.step_ids.rung_ids.write({"value": 2}),
            lambda d: d.step_ids.rung_ids.unlink(),
            lambda d: d.step_ids.rung_ids.create({"step_id": d.step_ids.id}),
        ]
        for number, change in enumerate(changes):
            draft = self._draft(steps, author_id=self.coordinator.id)
            draft = draft.with_user(self.coordinator)
            draft.action_submit()
            draft.with_user(self.manager).action_approve()
            change(draft)
            with self.subTest(number=number):
                self.assertFalse(draft.approver_id)
                self.assertIn("The approval was taken back", self._said(draft))
                self._not_approved(draft.action_publish)

    def test_what_is_no_part_of_the_text_leaves_the_approval(self):
        draft = self._own()
        draft.action_submit()
        draft.with_user(self.manager).action_approve()
        draft.with_user(self.second).write(
            {"mode": "silent", "sequence": 3, "date_review": "2027-01-01"}
        )
        draft.message_post(body="A word")
        self.assertEqual(draft.approver_id, self.manager)

    def test_nobody_forges_an_author(self):
        """What may not be given may not be a default either."""
        drafts = self.env["crm.regulation"].with_user(self.coordinator)
        forged = {
            "default_author_id": self.manager.id,
            "default_approver_id": self.manager.id,
            "default_state": "published",
            "default_version": 5,
        }
        made = drafts.with_context(**forged).create(
            {"name": "Forged", "company_id": self.company.id}
        )
        self.assertEqual(
            (made.author_id, made.approver_id.id, made.state, made.version),
            (self.coordinator, False, "draft", 1),
        )
        for values in ({"author_id": self.manager.id}, {"date_approved": "2026-01-01"}):
            with self.assertRaisesRegex(UserError, "^crm_regulations.use_buttons:"):
                made.write(values)

    def test_a_change_that_the_database_refuses(self):
        """Whoever wrote it hears what is wrong, not what it broke afterwards."""
        draft = self._own(self.second).with_user(self.coordinator)
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaisesRegex(UserError, "^crm_segmentation.required: "),
        ):
            draft.write({"name": False})
        self.assertEqual(draft.name, "Answer requests")
        self.assertFalse(draft.editor_id)

    def test_texts_that_an_update_brings(self):
        """Odoo's own updates are no person's work."""
        self.env["res.lang"]._activate_lang("ru_RU")
        regulation = self._regulation()
        regulation.sudo().update_field_translations("name", {"ru_RU": "Ответы"})
        self.assertEqual(regulation.with_context(lang="ru_RU").name, "Ответы")
        self.assertFalse(regulation.editor_id)

    # --- roles ----------------------------------------------------------------

    def test_roles(self):
        draft = self._own()
        draft.action_submit()
        for user in (self.sales, self.integration):
            for act in (
                draft.with_user(user).action_approve,
                lambda user=user: draft.with_user(user).action_reject("No"),
                draft.with_user(user).action_publish,
                lambda user=user: (
                    self.env["crm.regulation.reject"]
                    .with_user(user)
                    .create({"regulation_id": draft.id, "reason": "No"})
                    .action_reject()
                ),
            ):
                with self.assertRaises(AccessError), mute_logger("odoo.models"):
                    act()
        with self.assertRaises(AccessError):
            draft.with_user(self.manager).action_publish()
        self.assertEqual(draft.state, "review")

    def test_second_company(self):
        other = self.env["res.company"].create({"name": "South Med"})
        stranger = self._user("south", "crm_segmentation.group_crm_coordinator", other)
        draft = self._own()
        draft.action_submit()
        theirs = draft.with_env(
            self.env(user=stranger, context={"allowed_company_ids": other.ids})
        )
        for act in (
            theirs.action_approve,
            theirs.action_publish,
            lambda: theirs.action_reject("No"),
        ):
            with self.assertRaises(AccessError), mute_logger("odoo.models"):
                act()
        self.assertEqual((draft.state, draft.approver_id.id), ("review", False))

    def test_heads_of_departments_approve(self):
        head = self._user("head", "base.group_user")
        employee = self.env["hr.employee"].create(
            {"name": "Head", "user_id": head.id, "company_id": self.company.id}
        )
        draft = self._draft().with_user(self.coordinator)
        draft.action_submit()
        with self.assertRaisesRegex(AccessError, "^crm_regulations.approver_only: "):
            draft.with_user(head).action_approve()
        self.env["hr.department"].create(
            {
                "name": "Sales",
                "manager_id": employee.id,
                "company_id": self.company.id,
            }
        )
        self.assertIn(head, draft.sudo()._possible_approvers())
        self.assertTrue(draft.with_user(head).can_approve)
        draft.with_user(head).action_reject("Say by when")
        self.assertEqual(draft.state, "draft")
        draft.action_submit()
        draft.with_user(head).action_approve()
        self.assertEqual(draft.approver_id, head)
