import base64
from datetime import timedelta

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import BaseCase, tagged

from odoo.addons.crm_project_rollout.core.training import trained_percent
from odoo.addons.crm_project_rollout.engine import queries

from .common import RolloutCommon


@tagged("post_install", "-at_install")
class TestTrainedPercent(BaseCase):
    def test_the_weakest_role_counts(self):
        for workers, roles, expected in (
            ((), {}, None),
            ((1, 2), {}, 0),
            ((), {"sales": {1: True, 2: True}}, 100),
            ((1, 2), {"sales": {1: True, 2: True}}, 100),
            ((1, 2, 3, 4), {"sales": {1: True, 2: True}}, 50),
            ((), {"sales": {1: True, 2: True, 3: True}, "service": {4: False}}, 0),
            ((), {"sales": {1: True}, "head": {1: True, 2: False}}, 50),
            ((), {"sales": {}}, None),
        ):
            with self.subTest(workers=workers, roles=roles):
                self.assertEqual(trained_percent(workers, roles), expected)


@tagged("post_install", "-at_install")
class TestSystem(RolloutCommon):
    """Stage 6: loads, trainings, the trial run, the first day, and their gate."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.client = cls.env.ref("crm_segmentation.type_client")
        cls.ours = cls.env(user=cls.coordinator)

    def figure(self, code):
        self.env.flush_all()
        rollout = self.rollout.sudo()
        return queries.REGISTRY[code].values(rollout)[rollout]

    def offenders(self, code):
        model, domain = queries.REGISTRY[code].offenders(self.rollout.sudo())
        return self.env[model].search(domain)

    def load(self, **vals):
        return self.ours["crm.rollout.load"].create(
            {
                "rollout_id": self.rollout.id,
                "name": "Clinics",
                "source": "Price list of 2025",
                "counterparty_type_id": self.client.id,
                "expected_count": 2,
                **vals,
            }
        )

    def clinics(self, *names):
        return self.env["res.partner"].create(
            [
                {
                    "name": name,
                    "is_company": True,
                    "company_id": self.company.id,
                    "counterparty_type_ids": self.client.ids,
                }
                for name in names
            ]
        )

    def training(self, *users, **vals):
        return self.ours["crm.rollout.training"].create(
            {
                "rollout_id": self.rollout.id,
                "name": "How to log a call",
                "participant_ids": [
                    Command.create({"user_id": user.id}) for user in users
                ],
                **vals,
            }
        )

    # --- loads ------------------------------------------------------------------

    def test_load_is_counted_live_until_it_is_signed(self):
        self.assertIsNone(self.figure("loads_signed_percent"))
        load = self.load(expected_count=0)
        there = load.loaded_count
        self.clinics("North", "South", "South")
        load.invalidate_recordset()
        self.assertEqual(load.loaded_count, there + 3)
        self.assertEqual((load.difference, load.duplicate_count), (there + 3, 1))
        self.assertEqual(self.figure("loads_signed_percent"), 0)
        self.assertEqual(self.offenders("loads_signed_percent"), load)
        load.expected_count = there + 3
        self.assertIs(load.action_sign(), True)
        self.assertEqual(load.signed_by_id, self.coordinator)
        self.clinics("West")
        load.invalidate_recordset()
        self.assertEqual((load.loaded_count, load.difference), (there + 3, 0))
        self.assertEqual(self.figure("loads_signed_percent"), 100)

    def test_difference_needs_a_reason(self):
        load = self.load(expected_count=1_000_000)
        with self.assertRefused("load_differs", UserError):
            load.action_sign()
        load.action_sign(note="The rest has not bought for ten years")
        self.assertTrue(load.is_signed and load.note)

    def test_signed_load_does_not_change(self):
        load = self.load(note="Counted twice")
        load.action_sign()
        for user in (self.coordinator, self.admin):
            own = load.with_user(user).sudo(user == self.admin)
            for call in (
                lambda own=own: own.write({"expected_count": 5}),
                lambda own=own: own.write({"note": "Other"}),
                lambda own=own: own.unlink(),
            ):
                with self.assertRefused("load_is_signed", UserError):
                    call()
        with self.assertRefused("field_is_guarded", AccessError):
            self.load().write({"is_signed": True})
        with self.assertRefused("field_is_guarded", AccessError):
            self.load(signed_count=7)
        load.action_unsign()
        load.expected_count = 5
        self.assertFalse(load.is_signed)

    def test_only_the_named_person_or_the_sponsor_signs(self):
        load = self.load(user_id=self.salesperson.id, note="Counted")
        with self.assertRefused("not_load_signer", AccessError):
            load.action_sign()
        load.with_user(self.salesperson).action_sign()
        with self.assertRefused("not_load_signer", AccessError):
            load.action_unsign()
        load.with_user(self.sponsor).action_unsign()
        load.with_user(self.sponsor).action_sign()
        self.assertEqual(load.signed_by_id, self.sponsor)

    def test_signer_works_here(self):
        with self.assertRefused("person_outside", ValidationError):
            self.load(user_id=self.stranger.id)

    def test_counts_of_many_loads_are_few_queries(self):
        for type_id in (self.client.id, False, self.client.id):
            self.load(counterparty_type_id=type_id)
        Load = self.env["crm.rollout.load"]
        loads = Load.search([("rollout_id", "=", self.rollout.id)])

        def count(some):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            Load.browse(some.ids).mapped("loaded_count")
            return self.env.cr.sql_log_count - before

        count(loads)
        self.assertEqual(count(loads), count(Load.browse(loads.ids[:1])))

    # --- trainings --------------------------------------------------------------

    def test_training_counts_by_role(self):
        self.assertEqual(self.figure("trained_percent"), 0)
        both = self.salesperson + self.coordinator
        self.assertEqual(self.offenders("trained_percent"), both)
        training = self.training(self.salesperson, trainer_id=self.sponsor.id)
        self.assertIs(training.action_invite_everybody(), True)
        self.assertEqual(training.participant_ids.user_id, both)
        training.action_invite_everybody()
        self.assertEqual(training.participant_count, 2)
        as_trainer = training.with_user(self.sponsor)
        as_trainer.mark(self.salesperson.ids, True, "passed")
        self.assertEqual(self.figure("trained_percent"), 50)
        as_trainer.mark(both.ids, result="passed")
        self.assertEqual(self.figure("trained_percent"), 100)
        self.training(self.sponsor, role="head")
        self.assertEqual(self.figure("trained_percent"), 0)
        self.assertEqual(self.offenders("trained_percent"), self.sponsor)

    def test_training_of_a_department_of_this_company(self):
        elsewhere = self.env["hr.department"].create(
            {"name": "Elsewhere", "company_id": self.stranger.company_id.id}
        )
        with self.assertRaisesRegex(UserError, "Elsewhere"):
            self.training(department_id=elsewhere.id)

    def test_wrong_attendance(self):
        training = self.training(self.salesperson)
        for ids in ("all", [self.salesperson.id, 987654321], [True], None):
            with self.assertRefused("unknown_ids", ValidationError):
                training.mark(ids)
        with self.assertRefused("not_a_participant", UserError):
            training.mark(self.sponsor.ids)
        with self.assertRefused("wrong_result", ValidationError):
            training.mark(self.salesperson.ids, True, "brilliant")
        with self.assertRefused("person_outside", ValidationError):
            training.invite(self.stranger.ids)
        with self.assertRefused("result_without_attendance", ValidationError):
            training.mark(self.salesperson.ids, False, "passed")
        with self.assertRefused("not_yours", AccessError):
            training.with_user(self.salesperson).mark(self.salesperson.ids)

    def test_training_in_the_calendar(self):
        training = self.training(self.salesperson, trainer_id=self.sponsor.id)
        with self.assertRefused("training_without_date", UserError):
            training.action_plan()
        training.write({"date": fields.Datetime.now() + timedelta(days=3), "hours": 2})
        training.action_plan()
        event = training.event_id
        self.assertEqual(event.stop - event.start, timedelta(hours=2))
        people = (self.salesperson + self.sponsor).partner_id
        self.assertTrue(people <= event.partner_ids)
        training.action_plan()
        self.assertEqual(training.event_id, event)

    # --- trial run --------------------------------------------------------------

    def trial(self, user=None, **vals):
        trials = self.env["crm.rollout.trial"].with_user(user or self.coordinator)
        return trials.create(
            {"rollout_id": self.rollout.id, "name": "No price list", **vals}
        )

    def test_blocker_keeps_the_gate_closed(self):
        self.assertIsNone(self.figure("open_blockers"))
        minor, blocker = self.trial(), self.trial(severity="1_blocker")
        self.assertEqual(self.figure("open_blockers"), 1)
        self.assertEqual(self.offenders("open_blockers"), blocker)
        with self.assertRefused("trial_unsolved", UserError):
            blocker.state = "solved"
        with self.assertRefused("blocker_dropped", UserError):
            blocker.write({"state": "dropped", "solution": "Never mind"})
        minor.write({"state": "dropped", "solution": "Nobody minds"})
        blocker.write({"state": "solved", "solution": "Attached to the template"})
        self.assertEqual(blocker.closed_by_id, self.coordinator)
        self.assertEqual(self.figure("open_blockers"), 0)
        blocker.state = "open"
        self.assertFalse(blocker.closed_by_id or blocker.date_closed)

    def test_finding_becomes_one_task(self):
        trial = self.trial(user_id=self.salesperson.id)
        action = trial.action_make_task()
        self.assertEqual(action["res_id"], trial.task_id.id)
        self.assertEqual(trial.task_id.project_id, self.rollout.project_id)
        self.assertEqual(trial.action_make_task()["res_id"], action["res_id"])

    # --- first day --------------------------------------------------------------

    def test_step_needs_everything(self):
        self.assertIsNone(self.figure("cutover_ready_percent"))
        step = self.ours["crm.rollout.cutover"].create(
            {"rollout_id": self.rollout.id, "name": "Switch the telephony"}
        )
        self.assertEqual(self.figure("cutover_ready_percent"), 0)
        self.assertEqual(self.offenders("cutover_ready_percent"), step)
        with self.assertRefused("step_incomplete", UserError):
            step.action_done()
        step.write(
            {
                "user_id": self.salesperson.id,
                "date": fields.Datetime.now(),
                "check": "A call appears",
                "way_back": "The old exchange is still there",
            }
        )
        self.assertEqual(self.figure("cutover_ready_percent"), 100)
        step.with_user(self.salesperson).action_done("It rang")
        self.assertEqual((step.done_by_id, step.proof), (self.salesperson, "It rang"))
        with self.assertRefused("field_is_guarded", AccessError):
            step.is_done = False
        other = step.copy({"user_id": self.coordinator.id})
        self.assertFalse(other.is_done)
        with self.assertRaises(AccessError):
            other.with_user(self.salesperson).action_done()

    # --- rights -----------------------------------------------------------------

    def test_administrators_who_work(self):
        # Nobody has one group only; every other one must not hide what somebody is.
        also = Command.link(self.env.ref("project.group_project_user").id)
        (self.admin | self.salesperson).write({"group_ids": [also]})
        self.assertEqual(self.figure("admins_working"), 0)
        call = self.env.ref("crm_segmentation.interaction_type_call")
        earlier = fields.Datetime.now() - timedelta(hours=1)
        for user in (self.admin, self.salesperson, self.sponsor):
            self.env["crm.interaction"].create(
                {
                    "type_id": call.id,
                    "user_id": user.id,
                    "company_id": self.company.id,
                    "date": earlier,
                }
            )
        self.assertEqual(self.figure("admins_working"), 1)
        self.assertEqual(self.offenders("admins_working"), self.admin)
        self.assertIn(self.sponsor, self.offenders("users_without_role"))
        self.assertNotIn(self.salesperson, self.offenders("users_without_role"))
        self.admin.group_ids += self.env.ref("sales_team.group_sale_salesman")
        self.assertEqual(self.figure("active_users_percent"), 50)
        self.assertEqual(self.offenders("active_users_percent"), self.coordinator)

    def test_who_reads_and_writes(self):
        load, trial = self.load(), self.trial()
        step = self.ours["crm.rollout.cutover"].create(
            {
                "rollout_id": self.rollout.id,
                "name": "Mine",
                "user_id": self.salesperson.id,
            }
        )
        training = self.training(self.salesperson)

        def seen(user):
            return [
                len(records.with_user(user).search([("id", "in", records.ids)]))
                for records in (load, trial, step, training, training.participant_ids)
            ]

        self.assertEqual(seen(self.sponsor), [1, 1, 1, 1, 1])
        self.assertEqual(seen(self.salesperson), [0, 0, 1, 1, 1])
        self.assertEqual(seen(self.stranger), [0, 0, 0, 0, 0])
        portal = self.new_user("rt_portal", "base.group_portal")
        for records in (load, trial, step, training, training.participant_ids):
            with self.assertRaises(AccessError):
                records.with_user(portal).search([])
            with self.assertRaises(AccessError):
                records.with_user(self.salesperson).write({"rollout_id": 1})
        with self.assertRaises(AccessError):
            step.with_user(self.salesperson).write({"way_back": "None"})
        with self.assertRaises(AccessError):
            training.with_user(self.salesperson).invite(self.sponsor.ids)
        mine = self.trial(self.salesperson, name="I found it")
        mine.name = "I found it myself"
        with self.assertRaises(AccessError):
            self.trial(self.stranger)

    def test_nothing_changes_after_the_gate(self):
        load = self.load(note="Counted")
        trial, training = self.trial(), self.training(self.salesperson)
        step = self.ours["crm.rollout.cutover"].create(
            {"rollout_id": self.rollout.id, "name": "Switch"}
        )
        self.pass_stages(6)
        self.assertTrue(load.is_locked and training.participant_ids.is_locked)
        for call in (
            lambda: load.sudo().write({"expected_count": 5}),
            lambda: load.action_sign(),
            lambda: self.load(),
            lambda: trial.sudo().write({"state": "solved", "solution": "Yes"}),
            lambda: trial.unlink(),
            lambda: self.trial(self.sponsor),
            lambda: training.mark(self.salesperson.ids),
            lambda: training.invite(self.sponsor.ids),
            lambda: training.participant_ids.sudo().unlink(),
            lambda: step.write({"way_back": "None"}),
            lambda: step.action_done(),
        ):
            with self.assertRefused("stage_is_closed", UserError):
                call()
        with self.assertRaises(AccessError):
            self.stage(6, self.coordinator).write({"state": "open"})

    def test_paper_of_the_gate_is_still_asked_for(self):
        """The plan of the first day is a document that the sponsor approves."""
        line = self.stage(6, self.coordinator).criterion_ids.filtered(
            lambda line: line.kind == "document"
        )
        line.write({"document": base64.b64encode(b"plan"), "document_name": "plan.txt"})
        line.with_user(self.sponsor).action_approve()
        self.assertTrue(line.met)
