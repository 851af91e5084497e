from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged

from .common import COORDINATOR, RolloutCommon

MODELS = [
    "crm.rollout",
    "crm.rollout.stage",
    "crm.rollout.question",
    "crm.rollout.criterion",
    "crm.rollout.decision",
    "crm.rollout.condition",
]


@tagged("post_install", "-at_install")
class TestAccess(RolloutCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        stage = cls.rollout.stage_id.with_user(cls.sponsor)
        stage.decide("conditional", "The rest follows", ["Name the owners"])

    def visible(self, user):
        return {
            model: self.env[model]
            .with_user(user)
            .search_count([("company_id", "=", self.company.id)])
            for model in MODELS
        }

    def test_who_sees_what(self):
        everything = self.visible(self.coordinator)
        self.assertTrue(all(everything.values()), everything)
        self.assertEqual(self.visible(self.salesperson), everything)
        self.assertEqual(self.visible(self.sponsor), everything)
        clerk = self.new_user("rt_clerk", "base.group_user")
        for user in (self.stranger, clerk):
            self.assertFalse(any(self.visible(user).values()), user.name)

    def test_portal_sees_and_decides_nothing(self):
        portal = self.new_user("rt_portal", "base.group_portal")
        for model in MODELS:
            with self.assertRaises(AccessError):
                self.env[model].with_user(portal).search([])
        with self.assertRaises(AccessError):
            self.rollout.stage_id.with_user(portal).decide("go", "I am the consultant")

    def test_salesperson_reads_only(self):
        rollout = self.rollout.with_user(self.salesperson)
        self.assertEqual(rollout.stage_id.number, 2)
        self.assertTrue(rollout.criterion_ids.mapped("value_text"))
        for records, vals in (
            (rollout, {"name": "Mine"}),
            (rollout.stage_id, {"goal": "Less"}),
            (rollout.question_ids[0], {"answer": "No idea"}),
            (rollout.criterion_ids[0], {"ticked": True}),
            (rollout.condition_ids, {"note": "done"}),
        ):
            with self.subTest(model=records._name), self.assertRaises(AccessError):
                records.write(vals)
        with self.assertRaises(AccessError):
            rollout.unlink()
        with self.assertRaises(AccessError):
            rollout.action_start()
        with self.assertRaises(AccessError):
            rollout.create_from_template(
                self.template.id, {"sponsor_id": self.sponsor.id}
            )

    def test_only_the_sponsor_decides(self):
        other = self.new_user("rt_coordinator2", COORDINATOR)
        for user in (self.salesperson, self.coordinator, other):
            stage = self.rollout.stage_id.with_user(user)
            for call in (
                lambda stage=stage: stage.decide("hold", "I say so"),
                lambda stage=stage: stage.action_decide(),
                lambda stage=stage: stage.rollout_id.action_stop("I say so"),
                lambda stage=stage: stage.rollout_id.action_not_crm("I say so"),
            ):
                with self.assertRefused("not_decider", AccessError):
                    call()
            self.assertFalse(stage.rollout_id.can_decide)
        with self.assertRaises(AccessError):
            self.rollout.stage_id.with_user(self.stranger).decide("hold", "I say so")
        self.assertTrue(self.rollout.with_user(self.sponsor).can_decide)
        self.rollout.stage_id.with_user(self.sponsor).decide("hold", "I decide")

    def test_nobody_judges_the_own_work(self):
        rollout = self.new_rollout(sponsor_id=self.coordinator.id)
        self.assertTrue(rollout.is_own_judge)
        self.assertFalse(rollout.can_decide)
        for call in (
            lambda: rollout.stage_id.decide("hold", "I do both"),
            lambda: rollout.decide_fit("is_crm", "I do both"),
            lambda: rollout.stage_id.action_decide(),
        ):
            with self.assertRefused("own_judge", AccessError):
                call()
        rollout.sponsor_id = self.sponsor
        rollout.stage_id.with_user(self.sponsor).decide("hold", "Another one looks")

    def test_a_running_project_keeps_its_people_and_its_company(self):
        with self.assertRefused("sponsor_missing", ValidationError):
            self.rollout.with_user(self.admin).sudo().sponsor_id = False
        with self.assertRefused("project_other_company", ValidationError):
            self.rollout.project_id.sudo().company_id = self.other_company

    def test_who_works_alone_decides_alone(self):
        company = self.env["res.company"].create({"name": "One Man"})
        alone = self.new_user("rt_alone", COORDINATOR, company)
        robot = "crm_segmentation.group_crm_integration"
        self.new_user("rt_robot", f"base.group_user,{robot}", company)
        Rollout = self.env["crm.rollout"].with_user(alone).with_company(company)
        rollout = Rollout.browse(
            Rollout.create_from_template(self.template.id, {"sponsor_id": alone.id})
        )
        rollout.stage_id.decide("hold", "I do both")
        self.assertEqual(rollout.decision_ids.user_id, alone)

    def test_administrator_decides(self):
        self.admin.group_ids += self.env.ref(COORDINATOR)
        id_ = self.rollout.stage_id.with_user(self.admin).decide(
            "hold", "In her absence"
        )
        decision = self.env["crm.rollout.decision"].browse(id_)
        self.assertEqual((decision.decision, decision.user_id), ("hold", self.admin))

    def test_sponsor_is_not_replaced_by_the_coordinator(self):
        with self.assertRefused("sponsor_is_fixed", AccessError):
            self.rollout.sponsor_id = self.coordinator
        self.rollout.with_user(self.admin).sudo().sponsor_id = self.salesperson
        self.assertTrue(self.rollout.with_user(self.salesperson).can_decide)
        self.assertFalse(self.rollout.with_user(self.sponsor).sudo().can_decide)

    def test_templates_belong_to_the_coordinator(self):
        with self.assertRaises(AccessError):
            self.template.with_user(self.salesperson).name = "Mine"
        own = self.template.with_user(self.coordinator).copy(
            {"company_id": self.company.id}
        )
        own.stage_ids[0].question_ids[0].question = "What hurts most?"
        self.assertFalse(
            self.env["crm.rollout.template"]
            .with_user(self.stranger)
            .search([("id", "=", own.id)])
        )

    def test_coordinator_plans_the_tasks(self):
        self.assertTrue(self.coordinator.has_group("project.group_project_manager"))
        self.rollout.project_id.task_ids[0].with_user(
            self.coordinator
        ).name = "Interviews"
