import json
import math
from datetime import timedelta

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, tagged

from .common import instant
from .control_common import MAY, BoardCommon


@tagged("post_install", "-at_install")
class TestControlBoard(BoardCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for minutes in (10, 50, 100, 230):
            cls._end("done_on_time", minutes=minutes, evidence_grade="attested")
        cls._end("done_on_time", minutes=30, evidence_grade="system")
        cls._end("done_late", minutes=600, note="The courier was late")
        cls._end("done_late", minutes=900)
        cls._end("breached")
        cls._end("breached", user=cls.env["res.users"])
        cls._end("excused", note="Power cut")
        cls._end("cancelled")
        cls._end("open", due="2026-05-30 10:00:00")
        cls._end("done_on_time", due="2026-04-28 10:00:00", minutes=5)
        cls._end("breached", user=cls.manager, due="2026-02-03 10:00:00")
        cls.env.flush_all()

    def setUp(self):
        super().setUp()
        self.enterContext(self._at("2026-05-20 12:00:00"))

    def _figures(self, board):
        """Every figure of a board with its domain."""
        kinds = board["kinds"]
        places = [board["total"], *board["rows"], *board["weeks"], *board["worst"]]
        for place in places:
            for kind, extra in kinds.items():
                yield place[kind], [*place["domain"], *extra]
        yield board["overdue"]["count"], board["overdue"]["domain"]
        for row in (*board["overdue"]["queues"], *board["causes"]):
            yield row["count"], row["domain"]

    def test_the_total(self):
        total = self._board()["total"]
        told = {key: total[key] for key in (
            "on_time", "late", "breached", "excused", "cancelled", "open", "counted",
            "attested", "percent", "attested_percent", "overdue",
        )}  # fmt: skip
        self.assertEqual(
            told,
            {
                "on_time": 5, "late": 2, "breached": 2, "excused": 1, "cancelled": 1,
                "open": 1, "counted": 9, "attested": 4, "percent": 55.6,
                "attested_percent": 57.1, "overdue": 2,
            },
        )  # fmt: skip

    def test_how_fast(self):
        reactions = sorted([10, 30, 50, 100, 230, 600, 900])
        nearest = {
            f"p{percent}": reactions[math.ceil(len(reactions) * percent / 100) - 1]
            for percent in (50, 80, 90)
        }
        total = self._board()["total"]
        self.assertEqual(total["reaction"], nearest)
        # Of all nine that had to be done, not of the seven that were.
        self.assertEqual(
            total["within"], {"1h": 33.3, "2h": 44.4, "4h": 55.6, "1d": 77.8}
        )

    def test_a_pause_is_no_reaction(self):
        self._end("done_on_time", due="2026-07-01 10:00:00", minutes=90,
                  paused_seconds=3600)  # fmt: skip
        board = self._board(date_from="2026-07-01", date_to="2026-07-01")
        self.assertEqual(board["total"]["reaction"]["p50"], 30)
        self.assertIs(board["total"]["percent"], False, "one is too few to say")

    def test_every_figure_is_what_is_behind_it(self):
        for user in (self.manager, self.coordinator, self.head, self.sales):
            for group in ("regulation", "department", "person", "category", "process"):
                board = self._board(user, group_by=group)
                rows = self.rows.with_user(user)
                for figure, domain in self._figures(board):
                    self.assertEqual(figure, rows.search_count(domain), domain)
        for capture in self._board()["capture"]:
            records = self.env[capture["model"]].with_user(self.manager)
            count = records.search_count(capture["domain"])
            self.assertEqual(capture["happened"], count)

    def test_grouped(self):
        people = self._board(group_by="person")["rows"]
        self.assertEqual(
            [(row["name"], row["counted"]) for row in people],
            [(self.sales.name, 8), ("None", 1)],
            "too few to say come last",
        )
        departments = self._board(group_by="department")["rows"]
        self.assertEqual(departments[0]["name"], "Sales")
        [rule] = self._board()["rows"]
        self.assertEqual(rule["id"], self.regulation.id)
        self.assertEqual(self._board(group_by="process")["rows"][0]["counted"], 9)

    def test_weeks(self):
        weeks = self._board(date_to="2026-05-10")["weeks"]
        self.assertEqual(len(weeks), 12)
        told = [(week["start"], week["counted"], week["percent"]) for week in weeks]
        self.assertEqual(told[-2:], [("2026-04-27", 1, False), ("2026-05-04", 9, 55.6)])

    def test_what_waits_and_why(self):
        board = self._board()
        self.assertEqual(board["overdue"]["count"], 3, "whenever it was due")
        queues = [
            (queue["name"], queue["count"]) for queue in board["overdue"]["queues"]
        ]
        self.assertIn((self.sales.name, 1), queues)
        self.assertIn(("None", 1), queues)
        self.assertEqual(
            {cause["key"]: cause["count"] for cause in board["causes"]},
            {"explained": 1, "late": 1, "unanswered": 1, "nobody": 1, "excused": 1},
        )
        [worst] = board["worst"]
        self.assertEqual((worst["broken"], worst["counted"]), (4, 9))

    def test_a_new_version_is_the_same_regulation(self):
        self.regulation.action_new_version()
        newer = self.env["crm.regulation"].search(
            [("origin_id", "=", self.regulation.id)]
        )
        newer.action_publish()
        self._end("done_on_time", minutes=20, regulation_id=newer.id,
                  step_id=newer.step_ids.id)  # fmt: skip
        [row] = self._board()["rows"]
        self.assertEqual((row["id"], row["counted"]), (newer.id, 10))

    def test_capture(self):
        calls = {"type_id": self.env.ref("crm_segmentation.interaction_type_call").id,
                 "date": "2026-05-06 08:00:00"}  # fmt: skip
        for outcome in ("answered", "missed", False, "answered", "answered"):
            self._typed(**calls, outcome=outcome)
        self._typed(**{**calls, "date": "2026-06-06 08:00:00"})
        found = {row["kind"]: row for row in self._board()["capture"]}
        told = [found["calls"][key] for key in ("happened", "logged", "percent")]
        self.assertEqual(told, [5, 4, 80.0])
        meeting = {
            "name": "Visit", "user_id": self.sales.id,
            "start": "2026-05-07 08:00:00", "stop": "2026-05-07 09:00:00",
            "partner_ids": [Command.set(self.customer.ids)],
        }  # fmt: skip
        self.env["calendar.event"].create([meeting, {**meeting, "outcome": "held"}])
        before = {row["kind"]: row for row in self._board()["capture"]}
        self.assertEqual(
            [before["meetings"][key] for key in ("happened", "logged", "percent")],
            [2, 1, False],
        )
        talked, silent = self._lead(), self._lead()
        (talked | silent).flush_recordset()
        self.env.cr.execute(
            "UPDATE crm_lead SET create_date = '2026-05-08 08:00' WHERE id IN %s",
            [(talked.id, silent.id)],
        )
        self._typed(lead_id=talked.id, date="2026-05-08 09:00:00")
        self._typed(lead_id=silent.id, date="2026-05-08 09:00:00", outcome="missed")
        self.env.invalidate_all()
        after = {row["kind"]: row for row in self._board()["capture"]}
        self.assertEqual(
            [after["leads"][key] for key in ("happened", "logged")], [2, 1]
        )

    # --- who sees what --------------------------------------------------------------

    def test_roles(self):
        other = self._user("colleague", "sales_team.group_sale_salesman")
        self._end("breached", user=other)
        for user, counted in (
            (self.manager, 10), (self.coordinator, 10), (self.sales, 8),
            (self.head, 8), (other, 1), (self.director, 0), (self.integration, 10),
        ):  # fmt: skip
            with self.subTest(user.login):
                self.assertEqual(self._board(user)["total"]["counted"], counted)
        row = self.rows.with_user(other).search([], limit=1)
        self.assertEqual(row.action_open()["res_id"], row.id)
        self.assertFalse(self.rows.with_user(other).search_count(
            [("user_id", "=", self.sales.id)]))  # fmt: skip
        with self.assertRaises(AccessError):
            self.rows.with_user(self.env.ref("base.public_user")).control_board(**MAY)
        with self.assertRaises(AccessError):
            row.write({"res_name": "Mine"})

    def test_another_company(self):
        south = self.env["res.company"].create({"name": "South Med"})
        boss = self._user("boss", "sales_team.group_sale_manager", south)
        rows = self.rows.with_user(boss).with_context(allowed_company_ids=south.ids)
        board = rows.control_board(**MAY)
        self.assertEqual((board["total"]["counted"], board["overdue"]["count"]), (0, 0))
        self.assertEqual(board["rows"], [])

    # --- the wire ------------------------------------------------------------------

    def test_it_goes_over_the_wire(self):
        board = self._board(group_by="category")
        self.assertNotIn("null", json.dumps(board))
        self.assertEqual(board["date_from"], "2026-05-01")
        empty = self._board(date_from="1999-01-01", date_to="1999-01-02")
        self.assertNotIn("null", json.dumps(empty))
        self.assertEqual(empty["total"]["counted"], 0)

    def test_wrong_input(self):
        for values, code in (
            ({"date_from": "yesterday"}, "board_day"),
            ({"date_from": "0001-01-01"}, "board_day"),
            ({"date_from": None}, "board_day"),
            ({"date_from": 5}, "board_day"),
            ({"date_to": "2026-02-30"}, "board_day"),
            ({"date_to": ["2026-05-01"]}, "board_day"),
            ({"date_to": "2026-04-30"}, "board_days"),
            ({"date_from": "1990-01-01"}, "board_days"),
            ({"group_by": "password"}, "board_group"),
            ({"group_by": ["person"]}, "board_group"),
            ({"group_by": False}, "board_group"),
        ):
            with (
                self.subTest(values),
                self.assertRaisesRegex(UserError, f"^crm_regulations.{code}: "),
            ):
                self._board(**values)

    def test_a_day_is_the_reader_s(self):
        self.manager.tz = "Pacific/Auckland"
        self._end("breached", due="2026-05-31 13:00:00")  # June 1 in Auckland
        self.assertEqual(self._board()["total"]["counted"], 9)
        self.manager.tz = "UTC"
        self.assertEqual(self._board()["total"]["counted"], 10)

    def test_queries(self):
        def queries():
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self._board(group_by="person")
            return self.env.cr.sql_log_count - before

        queries()
        few = queries()
        for number in range(10):
            self._end("breached", user=self._user(f"more_{number}", "base.group_user"))
        self.env.flush_all()
        queries()
        self.assertEqual(queries(), few)
        self.assertLess(few, 30)

    # --- the report ----------------------------------------------------------------

    def test_averages_of_the_report_leave_out_what_does_not_count(self):
        rows = self.rows.with_user(self.manager)
        domain = [("date_due", ">=", "2026-05-01"), ("date_due", "<", "2026-06-01")]
        [(percent, counted, late)] = rows._read_group(
            domain, [], ["on_time_share:avg", "counted:sum", "late_minutes:avg"]
        )
        self.assertAlmostEqual(percent, 500 / 9)
        self.assertEqual(counted, 9)
        now, due = instant("2026-05-20 12:00:00"), instant("2026-05-06 10:00:00")
        waited = (now - due).total_seconds() / 60
        self.assertAlmostEqual(late, (360 + 660 + 2 * waited) / 4)

    def test_columns_of_the_report(self):
        owed = self._end("done_late", minutes=300, note="At the customer's wish")
        self.env.flush_all()
        row = self.rows.with_user(self.manager).browse(owed.id)
        self.assertEqual(row.department_id, self.department)
        self.assertEqual(row.manager_id, self.head)
        self.assertEqual(row.team_id, self.team)
        self.assertEqual(row.reason, "At the customer's wish")
        self.assertEqual((row.reaction_minutes, row.late_minutes), (300, 60))
        self.assertEqual(row.name, "Answer")


@tagged("post_install", "-at_install")
class TestControlBoardScreen(HttpCase, BoardCommon):
    def _today(self):
        now = self.env.cr.now().replace(microsecond=0)
        for _number in range(6):
            self._end("done_on_time", due=now, minutes=30)
        self._end("breached", due=now - timedelta(minutes=1))
        self.env.flush_all()

    def test_the_board_of_a_manager(self):
        self._today()
        self.start_tour(
            "/odoo/control-board", "crm_control_board", login=self.manager.login
        )


@tagged("post_install", "-at_install")
class TestControlBoardPhone(TestControlBoardScreen):
    browser_size = "390x844"
    touch_enabled = True

    def test_the_board_of_a_manager(self):
        self._today()
        self.start_tour(
            "/odoo/control-board", "crm_control_board_phone", login=self.head.login
        )
