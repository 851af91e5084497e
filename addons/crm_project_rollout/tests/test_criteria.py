import base64

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from odoo.addons.crm_project_rollout.engine import queries

from .common import RolloutCommon

PAPER = base64.b64encode(b"charter")


@tagged("post_install", "-at_install")
class TestCriteria(RolloutCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        second = cls.rollout.stage_ids.filtered(lambda stage: stage.number == 2)
        cls.env["crm.rollout.criterion"].with_user(cls.coordinator).create(
            {"stage_id": second.id, "name": "Everybody agrees", "kind": "tick"}
        )

    def first(self, kind, number=2, user=None):
        lines = self.stage(number, user or self.coordinator).criterion_ids
        return lines.filtered(lambda line: line.kind == kind)[0]

    def query(self, code, **vals):
        """A criterion of the last stage that reads a figure."""
        return self.env["crm.rollout.criterion"].create(
            {
                "stage_id": self.stage(7).id,
                "name": code,
                "kind": "query",
                "query_code": code,
                **vals,
            }
        )

    def test_tick_records_who_and_when(self):
        line = self.first("tick")
        self.assertFalse(line.met)
        line.ticked = True
        self.assertTrue(line.met)
        self.assertEqual((line.value, line.verdict), (1.0, "met"))
        self.assertEqual(line.confirmed_by_id, self.coordinator)
        self.assertTrue(line.date_confirmed)
        line.ticked = False
        self.assertFalse(line.met or line.confirmed_by_id or line.date_confirmed)

    def test_answer_records_who_and_when(self):
        line = self.stage(1, self.coordinator).question_ids[0]
        line.answer = "Late answers"
        self.assertEqual(line.answered_by_id, self.coordinator)
        self.assertTrue(line.is_answered and line.date_answered)
        line.answer = False
        self.assertFalse(line.is_answered or line.answered_by_id)

    def test_document_needs_the_approver(self):
        line = self.first("document")
        with self.assertRefused("document_missing", UserError):
            line.with_user(self.sponsor).action_approve()
        line.document = PAPER
        self.assertFalse(line.met)
        with self.assertRefused("not_approver", AccessError):
            line.action_approve()
        self.assertIs(line.with_user(self.sponsor).action_approve(), True)
        self.assertTrue(line.met)
        self.assertEqual(line.confirmed_by_id, self.sponsor)

    def test_another_document_needs_another_approval(self):
        line = self.first("document")
        line.document = PAPER
        line.with_user(self.sponsor).action_approve()
        line.document = base64.b64encode(b"another one")
        self.assertFalse(line.met or line.confirmed_by_id)
        line.with_user(self.sponsor).action_approve()
        line.document = False
        self.assertFalse(line.met)

    def test_named_approver(self):
        line = self.first("document", number=2)
        line.approver_id = self.salesperson
        line.document = PAPER
        with self.assertRefused("not_approver", AccessError):
            line.with_user(self.sponsor).action_approve()
        line.with_user(self.salesperson).action_approve()
        self.assertTrue(line.met)
        # Whoever cannot see the paper would keep the gate closed for ever.
        with self.assertRefused("person_other_company", ValidationError):
            line.approver_id = self.stranger

    def test_each_kind_is_met_in_its_own_way(self):
        with self.assertRefused("wrong_kind", UserError):
            self.first("document").ticked = True
        with self.assertRefused("wrong_kind", UserError):
            self.first("tick").document = PAPER
        with self.assertRefused("no_figure", UserError):
            self.first("tick").action_open_offenders()
        with self.assertRefused("figure_missing", ValidationError):
            self.first("query", number=4).query_code = False

    def test_goal_is_not_moved_by_the_runner(self):
        """The open gate is fixed for the coordinator; later gates are not."""
        stage = self.stage(1, self.coordinator)
        open_line, later = stage.criterion_ids[0], self.first("query", number=4)
        for call in (
            lambda: open_line.write({"required": False}),
            lambda: open_line.write({"stage_id": self.stage(7).id}),
            lambda: open_line.unlink(),
            lambda: later.write({"stage_id": stage.id}),
            lambda: stage.question_ids[0].unlink(),
            lambda: stage.question_ids[0].write({"required": False}),
            lambda: later.create({"stage_id": stage.id, "name": "Easy"}),
        ):
            with (
                self.assertRefused("gate_is_fixed", AccessError),
                self.env.cr.savepoint(),
            ):
                call()
        later.threshold = 5
        open_line.with_user(self.admin).sudo().required = False
        self.assertFalse(open_line.required)

    def test_met_is_searchable(self):
        lines = self.stage(2, self.coordinator).criterion_ids
        lines.filtered(lambda line: line.kind == "tick")[0].ticked = True
        Criterion = self.env["crm.rollout.criterion"]
        own = ("id", "in", lines.ids)
        for value in (True, False):
            expected = lines.filtered(lambda line, value=value: line.met is value)
            self.assertEqual(Criterion.search([own, ("met", "=", value)]), expected)
            self.assertEqual(
                Criterion.search([own, ("met", "!=", not value)]), expected
            )

    def test_figures_freeze_at_the_gate(self):
        self.pass_stages(4)
        line = self.first("query", number=4)
        self.assertTrue(line.is_frozen and line.met)
        self.assertEqual(line.value, line.threshold)
        self.assertEqual(self.stage(4).readiness, 100)

    def test_coordinator_named(self):
        line = self.query("coordinator_named", threshold=1)
        self.assertEqual((line.value, line.met), (1.0, True))
        self.coordinator.active = False
        line.invalidate_recordset()
        self.assertEqual((line.value, line.met), (0.0, False))

    def test_untyped_partners_percent(self):
        Partner = self.env["res.partner"]
        typed = self.env["crm.counterparty.type"].search([], limit=1)
        company = {"company_id": self.company.id}
        parent = Partner.create(
            {
                "name": "Clinic",
                "is_company": True,
                "counterparty_type_ids": typed.ids,
                **company,
            }
        )
        Partner.create(
            [
                {"name": "Contact", "parent_id": parent.id, **company},
                {"name": "Untyped", **company},
                {"name": "Gone", "active": False, **company},
                {"name": "Elsewhere", "company_id": self.other_company.id},
            ]
        )
        line = self.query("untyped_partners_percent", operator="<=", threshold=2)
        counted = Partner.search([]).filtered(
            lambda partner: (
                partner.commercial_partner_id == partner
                and partner.company_id <= self.company
                and not partner.user_ids
                and not partner.ref_company_ids
            )
        )
        untyped = counted.filtered(lambda partner: not partner.counterparty_type_ids)
        self.assertAlmostEqual(line.value, 100 * len(untyped) / len(counted))
        action = line.with_user(self.coordinator).action_open_offenders()
        self.assertEqual(Partner.search(action["domain"]), untyped)

    def test_no_obligations_is_no_figure(self):
        line = self.query("regulation_on_time_percent", threshold=0)
        self.assertEqual((line.value, line.met), (0.0, False))
        self.assertEqual(line.value_text, "nothing to measure yet")

    def test_every_query_answers_for_many_rollouts(self):
        """Also for two companies at once, over the wire, without a None."""
        second = self.env["crm.rollout"].with_user(self.stranger)
        boss = self.new_user("rt_boss", "base.group_user", self.other_company)
        values = {"sponsor_id": boss.id}
        second = second.browse(second.create_from_template(self.template.id, values))
        rollouts = (self.rollout + second).sudo()
        for code, query in queries.REGISTRY.items():
            with self.subTest(code=code):
                self.assertEqual(set(query.values(rollouts)), set(rollouts))
                line = self.query(code)
                row = line.read(["value", "met", "value_text"])[0]
                self.assertNotIn(None, row.values())
                action = line.action_open_offenders()
                self.env[action["res_model"]].search_count(action["domain"])

    def test_counts_of_published_records(self):
        """Counted per company and by state, whatever else the records carry."""
        for code, model in (
            ("published_segmentations", "crm.segmentation"),
            ("published_regulations", "crm.regulation"),
        ):
            line = self.query(code, threshold=1)
            published = self.env[model].search_count(
                [("state", "=", "published"), ("company_id", "=", self.company.id)]
            )
            self.assertEqual(line.value, published)
            self.assertEqual(line.met, published >= 1)

    def test_refresh_reads_anew(self):
        line = self.query("coordinator_named", threshold=1)
        self.assertTrue(line.met)
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE res_users SET active = FALSE WHERE id = %s", [self.coordinator.id]
        )
        self.coordinator.invalidate_recordset()
        self.assertIs(self.rollout.with_user(self.sponsor).action_refresh(), True)
        self.assertFalse(line.met)

    def test_queries_are_few(self):
        """All stages of many rollouts at once cost one statement per figure."""
        rollouts = self.rollout + self.new_rollout() + self.new_rollout()
        rollouts = rollouts.with_user(self.salesperson)

        def read_all():
            self.env.flush_all()
            self.env.invalidate_all()
            rollouts.stage_ids.mapped("readiness")

        read_all()
        before = self.env.cr.sql_log_count
        read_all()
        three = self.env.cr.sql_log_count - before
        rollouts = rollouts[:1]
        read_all()
        before = self.env.cr.sql_log_count
        read_all()
        self.assertEqual(three, self.env.cr.sql_log_count - before)

    def test_times_are_kept(self):
        before = fields.Datetime.now()
        self.pass_stages(1)
        self.assertGreaterEqual(
            self.stage(1).date_passed, before.replace(microsecond=0)
        )
        self.assertEqual(self.stage(1).date_passed, self.stage(2).date_open)
