import json

from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tests import HttpCase, tagged

from odoo.addons.crm_segmentation.core.touch import NOT_REACHED

from ..core.figures import SMALL
from .control_common import BoardCommon

REPORT = "crm.obligation.report"
GROUPS = {"2": "regulation", "3": "person", "4": "department", "5": "category"}
CAPTURED = {"calls": ("10", "11"), "meetings": ("12", "13"), "leads": ("14", "15")}
COUNTS = {"counted": "counted", "on_time": "on_time", "excused": "is_excused",
          "open": "is_open"}  # fmt: skip


class DashboardCommon(BoardCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for _number in range(5):
            cls._end("done_on_time", minutes=5, evidence_grade="attested")
        cls._end("done_late", minutes=600)
        cls._end("breached", user=cls.manager)
        cls._end("excused", note="Power cut")
        cls._end("cancelled")
        cls._end("open", due="2026-05-30 10:00:00")
        cls._end("breached", due="2026-02-03 10:00:00")
        cls.env.flush_all()
        cls.dashboard = cls.env.ref("crm_regulations.spreadsheet_dashboard_promises")
        cls.book = json.loads(cls.dashboard.spreadsheet_data)
        cls.pivots = cls.book["pivots"]


@tagged("post_install", "-at_install")
class TestDashboard(DashboardCommon):
    def setUp(self):
        super().setUp()
        self.enterContext(self._at("2026-05-20 12:00:00"))
        call = self.env.ref("crm_segmentation.interaction_type_call").id
        for outcome in ("answered", False):
            self._typed(type_id=call, date="2026-05-06 08:00:00", outcome=outcome)
        self.board = self._board()

    def _rows(self, number):
        """What a pivot shows of the time of the board, as the manager asks it.

        :return: list of (value of the row, figures by measure)
        """
        pivot = self.pivots[number]
        domain = Domain(pivot["domain"])
        if matching := pivot["fieldMatching"].get("period"):
            start, end = (row[2] for row in self.board["total"]["domain"][-2:])
            chain = matching["chain"]
            domain &= Domain(chain, ">=", start) & Domain(chain, "<", end)
        fields = [m["fieldName"] for m in pivot["measures"] if "computedBy" not in m]
        found = self.env[pivot["model"]].with_user(self.manager)._read_group(
            domain,
            [row["fieldName"] for row in pivot["rows"] if "granularity" not in row],
            [name if name == "__count" else f"{name}:sum" for name in fields],
        )  # fmt: skip
        return [
            (row[0].id if len(row) > len(fields) else None,
             dict(zip(fields, row[-len(fields) :], strict=True)))
            for row in found
        ]  # fmt: skip

    def _figure(self, number):
        ((_none, figures),) = self._rows(number)
        return figures

    def test_the_figures_are_the_board_s(self):
        total, figures = self.board["total"], self._figure("6")
        for ours, its in COUNTS.items():
            self.assertEqual(figures[its], total[ours], ours)
        self.assertEqual(figures["__count"], 10, "with what was cancelled")
        self.assertEqual(total["counted"], 7)
        overdue = self._figure("7")["__count"]
        self.assertEqual(overdue, self.board["overdue"]["count"], "whenever due")
        self.assertEqual(overdue, 2)
        self.assertEqual(self._figure("8")["__count"], total["done"])
        self.assertEqual(self._figure("9")["__count"], total["attested"])
        for kind, (happened, logged) in CAPTURED.items():
            (captured,) = (row for row in self.board["capture"] if row["kind"] == kind)
            self.assertEqual(self._figure(happened)["__count"], captured["happened"])
            self.assertEqual(self._figure(logged)["__count"], captured["logged"])
        self.assertEqual(self._figure("10")["__count"], 2)
        self.assertEqual(self._figure("11")["__count"], 1)

    def test_the_tables_are_the_board_s(self):
        for number, group in GROUPS.items():
            rows = {
                row["id"]: {its: row[ours] for ours, its in COUNTS.items()}
                for row in self._board(group_by=group)["rows"]
            }
            self.assertEqual(dict(self._rows(number)), rows, group)

    def test_a_percentage_is_honest(self):
        for number in ("1", *GROUPS):
            share = self.pivots[number]["measures"][0]
            formula = share["computedBy"]["formula"]
            self.assertEqual(
                formula, f'=IF(IFERROR(SUM(counted),0)<{SMALL},"",on_time/counted)'
            )
            self.assertNotIn("aggregator", share, "no average of averages")

    def test_what_is_logged_of_leads_is_what_the_board_takes(self):
        domain = json.dumps(self.pivots["15"]["domain"])
        self.assertIn(json.dumps(sorted(NOT_REACHED)), domain)

    def test_every_filter_is_known_to_every_pivot_of_promises(self):
        ids = {told["id"] for told in self.book["globalFilters"]}
        for number, pivot in self.pivots.items():
            if pivot["model"] == REPORT:
                without = {"period"} if number == "7" else set()
                self.assertEqual(set(pivot["fieldMatching"]), ids - without)

    def test_who_may_look(self):
        for user in (self.manager, self.coordinator):
            self.dashboard.with_user(user).read(["name"])
        with self.assertRaises(AccessError):
            self.dashboard.with_user(self.sales).read(["name"])


@tagged("post_install", "-at_install")
class TestDashboardScreen(DashboardCommon, HttpCase):
    def test_it_opens(self):
        self.start_tour(
            f"/odoo/dashboards?dashboard_id={self.dashboard.id}",
            "crm_promises_dashboard",
            login=self.coordinator.login,
        )
