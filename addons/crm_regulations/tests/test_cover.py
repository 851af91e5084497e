import json

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..engine.cover import Cover, unexplained_cells
from .common import RegulationsCommon

_PROCESSES = ["relations", "sales", "marketing", "finance"]


@tagged("post_install", "-at_install")
class TestCover(RegulationsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["crm.regulation"].search([("company_id", "=", cls.company.id)]).unlink()
        cls.segmentation = cls._segmentation(
            ("A", ("turnover_month_avg", ">=", 100)), ("C",)
        )
        cls.segmentation.action_publish()
        cls.a, cls.c = cls.segmentation.segment_ids.sorted("sequence")

    def _coverage(self, axis="segment", user=None):
        regulations = self.env["crm.regulation"].with_user(user or self.coordinator)
        found = regulations.coverage(axis=axis)
        self.assertEqual(json.loads(json.dumps(found)), found, "safe for the wire")
        self.assertNotIn("null", json.dumps(found))
        return found

    def _cell(self, row, process, axis="segment"):
        rows = {r["id"]: r for r in self._coverage(axis)["rows"]}
        return {c["process"]: c for c in rows[row.id]["cells"]}[process]

    def _problems(self):
        return {p["code"]: p["count"] for p in self._coverage()["problems"]}

    def _of(self, *segments, **values):
        return self._regulation(
            segment_ids=[Command.set([segment.id for segment in segments])], **values
        )

    # --- the matrix -------------------------------------------------------------

    def test_the_matrix(self):
        regulation = self._of(self.a, process="sales")
        draft = self._draft(process="finance")
        found = self._coverage()
        self.assertEqual([p["code"] for p in found["processes"]], _PROCESSES)
        self.assertEqual([row["id"] for row in found["rows"]], [self.a.id, self.c.id])
        self.assertEqual(found["unexplained"], 7)
        cell = self._cell(self.a, "sales")
        self.assertEqual(
            cell["published"], [{"id": regulation.id, "name": "Answer requests"}]
        )
        self.assertIs(cell["on_time_percent"], False)
        self.assertEqual(self._cell(self.c, "sales")["published"], [])
        self.assertEqual(
            [r["id"] for r in self._cell(self.c, "finance")["drafts"]], draft.ids
        )

    def test_on_time(self):
        regulation = self._of(self.a)
        self.env["crm.segment.membership"].search(
            [("partner_id", "=", self.customer.id)]
        ).write({"segment_id": self.a.id, "computed_segment_id": self.a.id})
        for _number in range(3):
            self._talk(date=self.env.cr.now())
        owed = self._owed(regulation)
        self.assertEqual(len(owed), 3)
        owed.write({"date_due": self.env.cr.now(), "date_end": self.env.cr.now()})
        for one, state in zip(
            owed, ("done_on_time", "breached", "excused"), strict=True
        ):
            one.state = state
        self.assertEqual(self._cell(self.a, "relations")["on_time_percent"], 50.0)

    def test_other_axes(self):
        kind = self.env["crm.sale.kind"].search([], limit=1)
        department = self.env["hr.department"].create(
            {"name": "Service", "company_id": self.company.id}
        )
        self.env["hr.employee"].create(
            {
                "name": "Seller", "user_id": self.sales.id,
                "company_id": self.company.id, "department_id": department.id,
            }
        )  # fmt: skip
        regulation = self._regulation(
            {"responsible_kind": "fixed", "responsible_user_id": self.sales.id},
            sale_kind_ids=[Command.set(kind.ids)],
        )
        for row, axis in ((kind, "sale_kind"), (department, "department")):
            cell = self._cell(row, "relations", axis)
            self.assertEqual([r["id"] for r in cell["published"]], regulation.ids)
            self.assertFalse(self._cell(row, "sales", axis)["published"])

    def test_other_companies_are_others(self):
        self._of(self.a)
        company = self.env["res.company"].create({"name": "South Med"})
        stranger = self._user(
            "south", "crm_segmentation.group_crm_coordinator", company
        )
        found = (
            self.env["crm.regulation"]
            .with_user(stranger)
            .with_context(allowed_company_ids=company.ids)
            .coverage()
        )
        self.assertEqual(found["rows"], [])

    def test_query_count(self):
        """As many for twenty regulations as for two."""
        taken = {}
        for count in (2, 20):
            for _number in range(count):
                self._of(self.a)
            self.env.flush_all()
            self.env["crm.regulation"]._book()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.env["crm.regulation"].coverage()
            taken[count] = self.env.cr.sql_log_count - before
        self.assertLessEqual(taken[20], taken[2] + 2)
        self.assertLess(taken[20], 60)

    # --- gaps -------------------------------------------------------------------

    def test_a_gap_is_explained(self):
        self.assertEqual(len(unexplained_cells(self.env, self.company)), 8)
        gaps = self.env["crm.regulation.gap"].with_user(self.coordinator)
        gap = gaps.create(
            {
                "process": "finance",
                "segment_id": self.c.id,
                "reason": "Small customers pay in advance",
                "user_id": self.sales.id,
            }
        )
        self.assertEqual(gap.user_id, self.coordinator, "who says so is no choice")
        cell = self._cell(self.c, "finance")
        self.assertEqual(cell["gap_id"], gap.id)
        self.assertEqual(
            cell["gap"],
            f"Small customers pay in advance ({self.coordinator.name})",
        )
        left = unexplained_cells(self.env, self.company)
        self.assertEqual(len(left), 7)
        self.assertNotIn(
            (self.c.id, "finance"), {(c["id"], c["process"]) for c in left}
        )
        self.assertEqual(left[0]["name"], self.a.display_name)
        gap.reason = "They pay cash"
        gap.action_remove()
        self.assertFalse(self._cell(self.c, "finance")["gap_id"])

    def test_wrong_gaps(self):
        gaps = self.env["crm.regulation.gap"].with_user(self.coordinator)
        values = {"process": "sales", "segment_id": self.a.id, "reason": "No"}
        gaps.create(values)
        kind = self.env["crm.sale.kind"].search([], limit=1)
        for wrong in (
            values,
            {**values, "segment_id": self.c.id, "reason": "  "},
            {**values, "segment_id": False},
            {**values, "sale_kind_id": kind.id},
            {**values, "process": "cooking"},
        ):
            with (
                self.subTest(wrong),
                self.assertRaises(ValidationError),
                mute_logger("odoo.sql_db"),
            ):
                gaps.create(wrong)
        with self.assertRaisesRegex(UserError, "^crm_regulations.gap:"):
            gaps.search([]).write({"process": "finance"})
        for user in (self.sales, self.manager):
            with self.assertRaises(AccessError):
                gaps.with_user(user).create({**values, "segment_id": self.c.id})

    def test_a_draft_for_an_empty_cell(self):
        regulations = self.env["crm.regulation"].with_user(self.coordinator)
        action = regulations.action_cover_cell("segment", self.a.id, "sales")
        draft = regulations.with_context(**action["context"]).new({})
        self.assertEqual((draft.process, draft.segment_ids.ids), ("sales", self.a.ids))
        for wrong in (
            ("x", self.a.id, "sales"), ("segment", "x", "sales"),
            ("segment", 0, "sales"), ("segment", self.a.id, "x"), ([], {}, None),
        ):  # fmt: skip
            with self.assertRaisesRegex(UserError, "^crm_regulations.coverage_cell:"):
                regulations.action_cover_cell(*wrong)

    # --- what is wrong ------------------------------------------------------------

    def test_shadowed(self):
        self._of(self.a, self.c)
        self._of(self.a)
        self.assertEqual(self._problems()["shadowed"], 0)
        self._of(self.c)
        self.assertEqual(self._problems()["shadowed"], 1)

    def test_contradicting(self):
        first = self._of(self.a)
        self._of(self.a)
        self.assertEqual(self._problems()["contradicting"], 0, "both say the same")
        self._regulation({"limit_value": 2}, segment_ids=[Command.set(self.a.ids)])
        self.assertEqual(self._problems()["contradicting"], 3)
        action = self.env["crm.regulation"].action_open_coverage_problem(
            "contradicting"
        )
        found = self.env[action["res_model"]].search(action["domain"])
        self.assertIn(first, found)
        self.assertEqual(len(found), 3)

    def test_paper(self):
        regulation = self._of(self.a)
        self.assertEqual(self._problems()["never_fired"], 0)
        regulation.date_published = "2026-01-01"
        problems = self._problems()
        self.assertEqual((problems["never_fired"], problems["unread"]), (1, 1))
        for reader in regulation.reader_ids:
            regulation.with_user(reader).action_acknowledge()
        self.assertEqual(self._problems()["unread"], 0)

    def test_customers_under_no_regulation(self):
        members = self.env["crm.segment.membership"]
        before = members.search_count([("segmentation_id", "=", self.segmentation.id)])
        self.assertGreater(before, 0)
        self.assertEqual(self._problems()["forgotten"], before)
        self._of(self.a)
        in_c = members.search([("segment_id", "=", self.c.id)])
        self.assertEqual(self._problems()["forgotten"], len(in_c))
        action = self.env["crm.regulation"].action_open_coverage_problem("forgotten")
        self.assertEqual(
            self.env["res.partner"].search(action["domain"]), in_c.partner_id
        )
        self._regulation()
        self.assertEqual(self._problems()["forgotten"], 0)

    def test_careless(self):
        regulation = self._of(self.a)
        problems = self._problems()
        self.assertEqual((problems["careless_steps"], problems["uncontrolled"]), (0, 1))
        self._draft({"evidence_kind": "manual"})
        regulation.owner_id = False
        self.assertEqual(self._problems()["careless_steps"], 2)
        self._regulation(control_by="owner")
        self.assertEqual(self._problems()["uncontrolled"], 1)

    # --- what is refused --------------------------------------------------------

    def test_wrong_questions(self):
        regulations = self.env["crm.regulation"].with_user(self.manager)
        for axis in ("x", 1, None, ["segment"], {}):
            with self.assertRaisesRegex(UserError, "^crm_regulations.axis:"):
                regulations.coverage(axis=axis)
        for code in ("x", 1, None):
            with self.assertRaisesRegex(
                UserError, "^crm_regulations.coverage_problem:"
            ):
                regulations.action_open_coverage_problem(code)

    def test_who_may_look(self):
        for user in (self.coordinator, self.manager):
            self.assertEqual(len(self._coverage(user=user)["rows"]), 2)
        for user in (self.sales, self.integration):
            with self.assertRaises(AccessError):
                self._coverage(user=user)

    def test_the_gate_may_ask(self):
        """The engine's function needs nobody's rights."""
        found = unexplained_cells(
            self.env(user=self.sales), self.company, ("segment", "sale_kind")
        )
        self.assertEqual({cell["axis"] for cell in found}, {"segment", "sale_kind"})
        self.assertFalse(Cover(self.env, self.company).gaps("department"))
