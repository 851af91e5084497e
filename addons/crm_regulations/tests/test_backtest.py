import json

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import MONDAY_9, RegulationsCommon

WEEK = ("2026-05-04", "2026-05-08")


@tagged("post_install", "-at_install")
class TestBacktest(RegulationsCommon):
    def _week(self, regulation, now="2026-05-11 09:00:00", time=WEEK):
        with self._at(now):
            return regulation.backtest(*time)

    def _history(self):
        """On time, late, never, and one that is not about it."""
        answers = ["2026-05-04 10:00:00", "2026-05-05 10:00:00", None]
        talks = self.env["crm.interaction"]
        for number, answer in enumerate(answers):
            with self._at(MONDAY_9):
                talk = self._talk(name=f"Talk {number}")
            talks |= talk
            if answer:
                with self._at(answer):
                    self._write_to(talk)
        with self._at(MONDAY_9):
            self._talk(name="Service", type_id=self.service.id)
        return talks

    def _draft_of_materials(self, *steps, **values):
        return self._draft(
            *steps, interaction_type_ids=[Command.set(self.materials.ids)], **values
        )

    def test_what_would_have_been(self):
        talks = self._history()
        draft = self._draft_of_materials()
        before = self.env["crm.obligation"].search_count([])
        result = self._week(draft)
        json.dumps(result)
        self.assertEqual(self.env["crm.obligation"].search_count([]), before)
        counts = {name: result[name] for name in ("count", "on_time", "late", "never")}
        self.assertEqual(counts, {"count": 3, "on_time": 1, "late": 1, "never": 1})
        self.assertEqual(result["on_time_percent"], 33.3)
        self.assertFalse(result["is_real"])
        (step,) = result["steps"]
        self.assertEqual(step["code"], draft.step_ids.code)
        shares = {one["within"]: one["percent"] for one in step["reaction"]}
        # The late one took eight hours of work and one more: a day and an hour.
        self.assertEqual(
            [shares[name] for name in ("30 min", "1 h", "1 d", "2 d")],
            [0, 33.3, 33.3, 66.7],
        )
        self.assertEqual(
            step["proposed"],
            [{"percent": p, "value": 0, "unit": ""} for p in (80, 90)],
        )
        self.assertEqual(
            [(one["state"], one["res_id"]) for one in step["examples"]],
            [
                ("breached", talks[2].id),
                ("done_late", talks[1].id),
                ("done_on_time", talks[0].id),
            ],
        )
        (person,) = step["by"]["person"]
        self.assertEqual((person["id"], person["count"]), (self.sales.id, 3))
        self.assertEqual([m["name"] for m in step["by"]["month"]], ["2026-05"])
        self.assertEqual(
            step["working"], {"people": 1, "promised": 12.0, "available": 40.0}
        )

    def test_proposed_limit(self):
        talks = self._history()
        with self._at("2026-05-05 09:30:00"):
            self._write_to(talks[2])
        (step,) = self._week(self._draft_of_materials())["steps"]
        self.assertEqual(
            step["proposed"][0], {"percent": 80, "value": 2, "unit": "day"}
        )

    def test_the_same_as_what_really_was(self):
        with self._at("2026-05-04 07:00:00"):
            regulation = self._regulation(
                interaction_type_ids=[Command.set(self.materials.ids)]
            )
        self._history()
        self._sweep("2026-05-11 09:00:00")
        owed = self._owed(regulation)
        self.assertEqual(len(owed), 3)
        result = self._week(regulation)
        self.assertEqual(
            (result["on_time"], result["late"], result["never"]),
            tuple(
                len(owed.filtered(lambda o, s=state: o.state == s))
                for state in ("done_on_time", "done_late", "breached")
            ),
        )
        self.assertEqual(len(self._owed(regulation)), 3)

    def test_what_is_not_due_yet_is_open(self):
        self._history()
        result = self._week(self._draft_of_materials(), now="2026-05-04 11:00:00")
        self.assertEqual((result["on_time"], result["open"]), (1, 2))
        self.assertTrue(result["is_real"])

    def test_steps_that_follow(self):
        self._history()
        draft = self._draft_of_materials({"code": "answer"})
        draft.step_ids = [
            Command.create(
                {
                    "name": "Ask again",
                    "code": "again",
                    "start_kind": "step",
                    "start_step_id": draft.step_ids.id,
                    "evidence_kind": "manual",
                }
            )
        ]
        result = self._week(draft)
        follow = result["steps"][1]
        self.assertEqual((follow["count"], follow["never"]), (2, 2))

    def test_one_at_a_time(self):
        for hour in ("09", "10", "11"):
            with self._at(f"2026-05-04 {hour}:00:00"):
                self._talk(date=f"2026-05-04 {hour}:00:00")
        draft = self._draft(
            {"recurrence": "next"}, trigger_kind="interaction", res_model="res.partner"
        )
        self.assertEqual(self._week(draft)["count"], 1)
        draft.step_ids.recurrence = "first"
        self.assertEqual(self._week(draft)["count"], 1)
        draft.step_ids.recurrence = "each"
        self.assertEqual(self._week(draft)["count"], 3)

    def test_where_a_special_one_applies(self):
        self._history()
        dealer = self.env.ref("crm_segmentation.type_dealer")
        general = self._draft_of_materials()
        special = {"counterparty_type_ids": [Command.set(dealer.ids)]}
        self.customer.counterparty_type_ids = dealer
        with self._at("2026-05-01 09:00:00"):
            regulation = self._draft_of_materials(**special)
            regulation.action_publish()
        self.assertEqual(self._week(general)["count"], 0)
        self.assertEqual(self._week(regulation)["count"], 3)

    def test_nothing_happened(self):
        result = self._week(self._draft())
        self.assertEqual(result["count"], 0)
        self.assertIs(result["on_time_percent"], False)
        self.assertTrue(result["is_real"])

    def test_history_that_is_not_told(self):
        draft = self._draft(trigger_kind="field_set", res_model="res.partner",
                            trigger_domain='[("ref", "=", "x")]')  # fmt: skip
        self.assertTrue(self._week(draft)["silence"])

    def test_times(self):
        self._history()
        draft = self._draft_of_materials()
        for time, count in (
            (("2026-05-04", "2026-05-04"), 3),
            (("2026-05-05", "2026-05-05"), 0),
            (("2026-05-04 09:00:00", "2026-05-04 09:00:01"), 3),
            (("2026-05-04T12:00:00+03:00", "2026-05-04T12:00:01+03:00"), 3),
        ):
            with self.subTest(time=time):
                self.assertEqual(self._week(draft, time=time)["count"], count)
        for wrong in (
            ("2026-05-08", "2026-05-04"), ("2026-13-01", "2026-05-04"), (1, 2),
            ("2026-05-04", False), (None, None), ("2016-01-01", "2026-01-01"),
            ({}, []), ("x", "y"),
        ):  # fmt: skip
            with (
                self.subTest(time=wrong),
                self.assertRaisesRegex(UserError, "^crm_regulations.backtest: "),
            ):
                self._week(draft, time=wrong)

    def test_what_cannot_be_tried(self):
        draft = self._draft()
        for user in (self.sales, self.env.ref("base.public_user")):
            with self.assertRaises(AccessError):
                draft.with_user(user).backtest(*WEEK)
        draft.with_user(self.manager).backtest(*WEEK)
        with self.assertRaisesRegex(UserError, "^crm_regulations.one_record:"):
            (draft | self._draft()).backtest(*WEEK)
        draft.step_ids.unlink()
        with self.assertRaisesRegex(UserError, "^crm_regulations.incomplete:"):
            draft.backtest(*WEEK)

    def test_kept_as_proof(self):
        self._history()
        draft = self._draft_of_materials()
        self.assertEqual(draft.realism, "untried")
        trial = (
            self.env["crm.regulation.trial"]
            .with_user(self.coordinator)
            .create(
                {
                    "regulation_id": draft.id,
                    "other_id": self._draft(name="Any talk").id,
                    "date_from": WEEK[0],
                    "date_to": WEEK[1],
                }
            )
        )
        with self._at("2026-05-11 09:00:00"):
            trial.action_try()
            self.assertIn("Any talk", trial.report)
            self.assertIn("33.3", trial.report)
            self.assertIn("an ideal rather than real", trial.report)
            trial.result = {"count": 1, "on_time": 1, "late": 0, "never": 0}
            trial.action_attach()
        kept = draft.backtest_ids
        self.assertRecordValues(
            kept, [{"count": 3, "ended_count": 3, "on_time_percent": 33.3}]
        )
        self.assertEqual(kept.create_uid, self.coordinator)
        self.assertEqual(draft.realism, "ideal")
        self.assertIn("Talk 2", kept.report)
        draft.step_ids.limit_value = 10
        with self._at("2026-05-11 09:00:00"):
            trial.action_attach()
        self.assertEqual(draft.realism, "real")

    def test_queries_do_not_grow_with_what_happened(self):
        draft = self._draft(trigger_kind="created", res_model="crm.lead", mode="silent")

        def queries():
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            draft.backtest(*WEEK)
            return self.env.cr.sql_log_count - before

        with self._at(MONDAY_9):
            for _number in range(5):
                self._lead(partner_id=self._partner("Few").id)
        few = queries()
        with self._at(MONDAY_9):
            for _number in range(60):
                self._lead(partner_id=self._partner("Many").id)
        self.assertLessEqual(queries(), few + 3)
