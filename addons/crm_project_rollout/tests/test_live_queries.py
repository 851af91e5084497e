from datetime import timedelta

from odoo import Command, fields
from odoo.tests import tagged

from odoo.addons.crm_project_rollout.engine import duplicates, queries

from .common import RolloutCommon


@tagged("post_install", "-at_install")
class TestLiveQueries(RolloutCommon):
    """The figures of stages 4 and 5, each with the records behind it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # The other company's records must never be seen in a figure.
        cls.ours = cls.rollout.sudo()
        cls.client = cls.env.ref("crm_segmentation.type_client")

    def figure(self, code):
        self.env.flush_all()
        return queries.REGISTRY[code].values(self.ours)[self.ours]

    def offenders(self, code):
        model, domain = queries.REGISTRY[code].offenders(self.ours)
        return self.env[model].search(domain)

    def partner(self, name, **vals):
        return self.env["res.partner"].create(
            {"name": name, "company_id": self.company.id, **vals}
        )

    def regulation(self, **vals):
        """A regulation in force; with the columns of ``vals`` as time made them."""
        regulation = (
            self.env["crm.regulation"]
            .with_user(self.coordinator)
            .create(
                {
                    "name": "Answer",
                    "company_id": self.company.id,
                    "step_ids": [Command.create({"name": "Answer the call"})],
                }
            )
        )
        regulation.action_publish()
        regulation = regulation.sudo()
        self.env.flush_all()
        if vals:
            self._column(regulation, **vals)
        return regulation

    def _column(self, record, **vals):
        """Write columns as years would; no method leads there in a test."""
        for name, value in vals.items():
            self.env.cr.execute(
                f"UPDATE {record._table} SET {name} = %s WHERE id = %s",
                [value, record.id],
            )
        record.invalidate_recordset()

    def test_duplicates(self):
        before = set(duplicates.surplus(self.ours.company_id))
        first = self.partner("Clinic  North", is_company=True)
        again = self.partner("clinic north ", is_company=True)
        mail = self.partner("Dr. One", email="Doctor@example.com")
        same_mail = self.partner("Doctor O.", email="doctor@example.com")
        self.partner("Dr. Two", phone="+49 30 1")
        namesake = self.partner("Dr. Two", phone="+49 30 2")
        elsewhere = self.partner(
            "Clinic North", is_company=True, company_id=self.other_company.id
        )
        self.env.flush_all()
        found = set(duplicates.surplus(self.ours.company_id)) - before
        self.assertEqual(found, {again.id, same_mail.id})
        shown = self.offenders("duplicates_percent")
        self.assertTrue(first + again + mail + same_mail <= shown)
        self.assertFalse((namesake + elsewhere) & shown)
        total = self.env["res.partner"].search_count(
            queries.counterparties(self.ours.company_id)
        )
        expected = 100 * (len(before) + 2) / total
        self.assertAlmostEqual(self.figure("duplicates_percent"), expected)

    def test_types_and_what_must_be_known(self):
        bare = self.env["crm.counterparty.type"].create({"name": "Zoo", "code": "zoo"})
        before = self.figure("types_without_profile")
        zoo = self.partner("Zoo", counterparty_type_ids=bare.ids)
        self.assertEqual(self.figure("types_without_profile"), before + 1)
        self.assertIn(bare, self.offenders("types_without_profile"))
        bare.requirement_ids = [
            Command.create({"field_name": "vat"}),
            Command.create({"field_name": "email"}),
        ]
        self.assertEqual(self.figure("types_without_profile"), before)
        self.assertNotIn(bare, self.offenders("types_without_profile"))
        self.assertEqual(zoo.completeness, 0)
        self.assertEqual(self.figure("completeness_percent"), 0)
        self.assertIn(zoo, self.offenders("completeness_percent"))

    def test_without_a_category(self):
        self.assertIsNone(self.figure("uncategorized_percent"))
        self.assertIsNone(self.figure("completeness_best_percent"))
        domain = [("company_id", "=", self.company.id), ("code", "=", "method_example")]
        self.env["crm.segmentation"].search(domain).action_publish()
        known = self.figure("uncategorized_percent") or 0
        left_out = self.partner(
            "New clinic", is_company=True, counterparty_type_ids=self.client.ids
        )
        self.env.flush_all()
        left_out.membership_ids.sudo().unlink()
        self.assertIn(left_out, self.offenders("uncategorized_percent"))
        self.assertGreater(self.figure("uncategorized_percent"), known)

    def test_segmentation_for_each_type_that_buys(self):
        code = "buying_types_without_segmentation"
        self.assertIsNone(self.figure(code))
        pharmacy = self.env["crm.counterparty.type"].create(
            {"name": "Pharmacy", "code": "rt_pharmacy"}
        )
        self.partner("Asks only", counterparty_type_ids=self.client.ids)
        buyer = self.partner("Buys", counterparty_type_ids=pharmacy.ids)
        self.assertIsNone(self.figure(code))
        self.env["crm.turnover.line"].create(
            {"partner_id": buyer.id, "date": "2026-01-01", "amount": 5}
            | {"company_id": self.company.id}
        )
        self.assertEqual(self.figure(code), 1)
        self.assertEqual(self.offenders(code), pharmacy)
        buyer.customer_rank = 1
        self.assertEqual(self.figure(code), 1)
        domain = [("company_id", "=", self.company.id), ("code", "=", "method_example")]
        segmentation = self.env["crm.segmentation"].search(domain)
        segmentation.counterparty_type_ids = self.client
        segmentation.action_publish()
        self.assertEqual(self.figure(code), 1)
        # A pharmacy that is also a client is meant.
        buyer.counterparty_type_ids += self.client
        self.assertEqual(self.figure(code), 0)
        self.assertFalse(self.offenders(code))

    def test_owners_of_territories(self):
        code = "territories_without_owner"
        self.env["crm.territory"].search([("company_id", "=", False)]).active = False
        self.assertIsNone(self.figure(code))
        south = self.env["crm.territory"].create(
            {"name": "South", "code": "rt_south", "company_id": self.company.id}
        )
        self.assertEqual(self.figure(code), 1)
        self.assertEqual(self.offenders(code), south)
        south.user_id = self.salesperson
        self.assertEqual(self.figure(code), 0)
        self.salesperson.active = False
        self.assertEqual(self.figure(code), 1)

    def test_empty_cells(self):
        """Nothing to say without categories; then a cell stays until explained."""
        self.assertIsNone(self.figure("unexplained_cells"))
        domain = [("company_id", "=", self.company.id), ("code", "=", "method_example")]
        scheme = self.env["crm.segmentation"].search(domain)
        scheme.action_publish()
        empty = self.figure("unexplained_cells")
        self.assertEqual(empty, 4 * len(scheme.segment_ids))
        self.assertEqual(self.offenders("unexplained_cells"), scheme.segment_ids)
        self.env["crm.regulation.gap"].create(
            {
                "company_id": self.company.id,
                "process": "finance",
                "segment_id": scheme.segment_ids[0].id,
                "reason": "They pay in cash",
            }
        )
        self.assertEqual(self.figure("unexplained_cells"), empty - 1)

    def test_departments(self):
        self.assertEqual(self.figure("departments_without_regulation"), 0)
        company = {"company_id": self.company.id}
        sales, empty, stock = self.env["hr.department"].create(
            [{"name": name, **company} for name in ("Sales", "Empty", "Stock")]
        )
        for department, user in ((sales, self.salesperson), (stock, self.sponsor)):
            self.env["hr.employee"].create(
                {
                    "name": user.name,
                    "user_id": user.id,
                    "department_id": department.id,
                    **company,
                }
            )
        found = self.offenders("departments_without_regulation")
        self.assertEqual(found, sales + stock)
        self.assertNotIn(empty, found)
        regulation = self.regulation()
        self.assertIn(self.salesperson, regulation.reader_ids)
        self.assertEqual(self.offenders("departments_without_regulation"), stock)

    def test_flaws_of_regulations(self):
        codes = (
            "untried_regulations",
            "paper_regulations",
            "orphan_regulations",
            "uncontrolled_regulations",
        )
        for code in codes:
            self.assertEqual(self.figure(code), 0, code)
        young = self.regulation()
        old = fields.Datetime.now() - timedelta(days=40)
        gone = self.regulation(date_published=old, control_by="owner")
        self._column(gone, owner_id=self.stranger.id)
        for code, expected in zip(
            codes, (young + gone, gone, gone, young), strict=True
        ):
            with self.subTest(code=code):
                self.assertEqual(self.offenders(code), expected)
                self.assertEqual(self.figure(code), len(expected))
        self.env["crm.regulation.backtest"].sudo().create(
            {
                "regulation_id": young.id,
                "date_from": old,
                "date_to": fields.Datetime.now(),
                "ended_count": 5,
                "on_time_percent": 80,
            }
        )
        self.assertEqual(self.offenders("untried_regulations"), gone)

    def test_careless_steps(self):
        regulation = self.regulation()
        step = regulation.step_ids
        self._column(step, evidence_kind="interaction")
        self.assertEqual(self.figure("careless_steps"), 0)
        self._column(step, evidence_kind="manual")
        self.assertEqual(self.figure("careless_steps"), 1)
        self.assertEqual(self.offenders("careless_steps"), step)
        self._column(regulation, state="draft")
        self.assertEqual(self.figure("careless_steps"), 0)

    def test_read_by(self):
        self.assertIsNone(self.figure("acknowledged_percent"))
        regulation = self.regulation()
        asked = regulation.acknowledgement_ids
        self.assertEqual(asked.user_id, self.salesperson + self.coordinator)
        self.assertEqual(self.figure("acknowledged_percent"), 0)
        asked[0].date_read = fields.Datetime.now()
        self.assertEqual(self.figure("acknowledged_percent"), 50)
        self.assertEqual(self.offenders("acknowledged_percent"), asked[1])
        asked[1].user_id.active = False
        self.assertEqual(self.figure("acknowledged_percent"), 100)

    def test_controls_done(self):
        self.assertEqual(self.figure("controls_done"), 0)
        now = fields.Datetime.now()
        check = self.env["crm.regulation.check"].create(
            {
                "regulation_id": self.regulation().id,
                "company_id": self.company.id,
                "date_from": now - timedelta(days=30),
                "date_to": now,
                "date_due": now.date(),
            }
        )
        self.assertEqual(self.offenders("controls_done"), check)
        self.assertEqual(self.figure("controls_done"), 0)
        check.state = "done"
        self.assertEqual(self.figure("controls_done"), 1)

    def test_capture_rate(self):
        self.assertIsNone(self.figure("capture_rate_percent"))
        call = self.env.ref("crm_segmentation.interaction_type_call")
        earlier = fields.Datetime.now() - timedelta(hours=1)
        ours = {"type_id": call.id, "company_id": self.company.id, "date": earlier}
        calls = self.env["crm.interaction"].create(
            [
                {**ours, "outcome": "answered"},
                {**ours, "outcome": "missed"},
                {**ours},
                {**ours, "date": fields.Datetime.now() - timedelta(days=31)},
                {**ours, "company_id": self.other_company.id},
            ]
        )
        self.assertAlmostEqual(self.figure("capture_rate_percent"), 200 / 3)
        self.assertEqual(self.offenders("capture_rate_percent"), calls[2])

    def test_many_rollouts_of_a_company_cost_as_much_as_one(self):
        one = self.ours
        three = one + self.new_rollout().sudo() + self.new_rollout().sudo()
        for code, query in queries.REGISTRY.items():
            with self.subTest(code=code):
                counts = []
                for rollouts in (one, one, three, three):
                    self.env.flush_all()
                    self.env.invalidate_all()
                    rollouts.mapped("company_id.name")
                    before = self.env.cr.sql_log_count
                    query.values(rollouts)
                    counts.append(self.env.cr.sql_log_count - before)
                self.assertLessEqual(counts[3], counts[1] + 1)
                self.assertLessEqual(counts[1], 20)
