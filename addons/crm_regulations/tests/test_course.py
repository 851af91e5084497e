from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import RegulationsCommon, instant


@tagged("post_install", "-at_install")
class TestCourse(RegulationsCommon):
    """What happens to a promise between its beginning and its end."""

    def _open(self, *steps, **values):
        """Promises about one talk on Monday at 9:00."""
        regulation = self._regulation(*steps, **values)
        with self._at("2026-05-04 09:00:00"):
            self._talk()
        return self._owed(regulation)

    def _condition(self, role, kind="interaction", domain="[]", **values):
        return Command.create({"role": role, "kind": kind, "domain": domain, **values})

    def _said(self, name, direction="in", at=None, **values):
        """A further talk with the customer, which is no beginning."""
        with self._at(at):
            return self._talk(
                name=name, direction=direction, date=at, type_id=self.service.id,
                **values,
            )  # fmt: skip

    def _kinds(self, owed):
        return owed.event_ids.mapped("kind")

    # --- people ---------------------------------------------------------------

    def test_pause_and_resume(self):
        owed = self._open()
        self._sweep("2026-05-04 09:00:01")
        with self._at("2026-05-04 10:00:00"):
            owed.with_user(self.sales).pause("The customer is on holiday")
        self.assertEqual(owed.date_paused, instant("2026-05-04 10:00:00"))
        self.assertFalse(owed.next_check)
        self._sweep("2026-05-05 10:00:00")
        self.assertEqual(owed.state, "open", "its clock stands still")
        with self._at("2026-05-05 11:00:00"):
            owed.with_user(self.sales).resume()
        # Three of four hours are left on Tuesday at 11.
        self.assertEqual(owed.date_due, instant("2026-05-05 15:00:00"))
        self.assertFalse(owed.date_paused)
        self.assertEqual(owed.paused_seconds, 9 * 3600)
        self.assertEqual(owed.date_start, instant("2026-05-04 09:00:00"))
        self.assertEqual(self._kinds(owed), ["opened", "reminded", "paused", "resumed"])
        self.assertTrue(owed.event_ids[2].by_person)
        self._sweep("2026-05-05 15:00:01")
        self.assertEqual(owed.state, "breached")

    def test_pause_is_refused(self):
        owed = self._open()
        cases = (
            ("reason", lambda: owed.pause(" ")),
            ("not_paused", owed.resume),
        )
        with self._at("2026-05-04 10:00:00"):
            for code, call in cases:
                with (
                    self.subTest(code),
                    self.assertRaisesRegex(UserError, f"^crm_regulations.{code}: "),
                ):
                    call()
            owed.pause("Holiday")
            with self.assertRaisesRegex(UserError, "^crm_regulations.paused: .*Clinic"):
                owed.pause("Holiday")
            owed.resume()
        self._sweep("2026-05-04 16:00:00")
        with self._at("2026-05-04 16:00:00"):
            with self.assertRaisesRegex(UserError, "^crm_regulations.overdue: "):
                owed.pause("Too late")
            owed.fulfil("Done")
            for call in (
                lambda: owed.pause("?"),
                owed.resume,
                lambda: owed.cancel("?"),
            ):
                with self.assertRaisesRegex(
                    UserError, "^crm_regulations.step_closed: "
                ):
                    call()

    def test_done_while_paused_is_on_time(self):
        owed = self._open()
        with self._at("2026-05-04 10:00:00"):
            owed.pause("Holiday")
        with self._at("2026-05-20 10:00:00"):
            owed.fulfil("He came back")
        self.assertEqual(owed.state, "done_on_time")

    def test_strangers_pause_nothing(self):
        owed = self._open()
        stranger = self._user("else", "sales_team.group_sale_salesman_all_leads")
        for call in ("pause", "cancel"):
            with self.assertRaises(AccessError):
                getattr(owed.with_user(stranger), call)("Mine?")
        with self.assertRaisesRegex(AccessError, "^crm_regulations.manager_only: "):
            owed.with_user(self.sales).cancel("Not mine")

    def test_cancel(self):
        owed = self._open()
        with self._at("2026-05-04 10:00:00"):
            self.assertIs(owed.with_user(self.manager).cancel("A mistake"), True)
        self.assertRecordValues(
            owed,
            [{"state": "cancelled", "note": "A mistake", "next_check": False,
              "date_end": instant("2026-05-04 10:00:00")}],
        )  # fmt: skip
        self.assertEqual(owed.event_ids[-1].user_id, self.manager)

    def test_excused_until(self):
        kept, broken = self._open(), self._open()
        both = self.env["crm.obligation"].search([])
        self.assertEqual(len(both), 3)
        self._sweep("2026-05-04 15:00:00")
        with self._at("2026-05-04 15:00:00"):
            both.with_user(self.manager).excuse(
                "Agreed with the customer", "2026-05-06 12:00:00+02:00"
            )
        self.assertEqual(set(both.mapped("state")), {"excused"})
        self.assertEqual(kept.date_due, instant("2026-05-06 10:00:00"))
        self.assertFalse(kept.date_end)
        with self._at("2026-05-06 10:00:00"):
            kept.fulfil("At last")
        self.assertEqual((kept.state, bool(kept.date_end)), ("excused", True))
        self.assertEqual(kept.date_done, instant("2026-05-06 10:00:00"))
        self._sweep("2026-05-06 10:00:01")
        self.assertEqual(broken.mapped("state"), ["breached"])
        self.assertEqual(broken.date_breach, instant("2026-05-06 10:00:00"))
        with self._at("2026-05-06 11:00:00"):
            broken.fulfil("Too late")
        self.assertEqual(broken.state, "done_late")

    def test_what_starts_a_promise_about_a_customer_does_not_keep_it(self):
        regulation = self._regulation(
            {"evidence_kind": "interaction"},
            trigger_kind="interaction",
            trigger_domain="[]",
            res_model="res.partner",
        )
        with self._at("2026-05-04 09:00:00"):
            self._talk(direction="out")
        first = self._owed(regulation)
        self.assertEqual((first.state, first.res_model), ("open", "res.partner"))
        self._said("Again", direction="out", at="2026-05-04 10:00:00")
        self.assertEqual(first.state, "done_on_time")
        self.assertEqual(first.date_done, instant("2026-05-04 10:00:00"))

    def test_excused_for_years_where_working_hours_count(self):
        owed = self._open()
        with self._at("2026-05-04 10:00:00"):
            owed.excuse("The plant is closed", "2099-01-01 10:00:00")
        self.assertEqual(owed.date_due, instant("2099-01-01 10:00:00"))

    def test_excused_until_is_refused(self):
        owed = self._open()
        with self._at("2026-05-04 10:00:00"):
            for until in ("soon", "2026-05-04 10:00:00", 5, "9999-99-99", "2199-01-01"):
                with self.assertRaisesRegex(UserError, "^crm_regulations.until: "):
                    owed.excuse("Why not", until)
            self.assertEqual(owed.state, "open")
            owed.excuse("For good")
            with self.assertRaisesRegex(UserError, "^crm_regulations.step_closed: "):
                owed.excuse("Again", "2026-05-05 10:00:00")

    def test_excuse_window(self):
        self._open()
        with self._at("2026-05-04 09:00:00"):
            self._talk()
            self._talk(user_id=self.manager.id)
        everything = self.env["crm.obligation"].search([])
        late = everything[1]
        self._sweep("2026-05-04 15:00:00")
        with self._at("2026-05-04 15:00:00"):
            late.fulfil("Late")
        obligations = self.env["crm.obligation"].with_user(self.manager)
        window = ("2026-05-04 15:30:00+02:00", "2026-05-04 16:30:00+02:00")
        place = {"user_ids": self.sales.ids}
        told = obligations.excuse_window(*window, "Power cut", place)
        self.assertEqual(told, {"excused": 2})
        self.assertEqual(everything.mapped("state"), ["excused", "excused", "breached"])
        self.assertEqual(late.date_done, instant("2026-05-04 15:00:00"))
        self.assertEqual(
            obligations.excuse_window(*window, "Again", place), {"excused": 0}
        )

    def test_excuse_window_is_refused(self):
        obligations = self.env["crm.obligation"].with_user(self.manager)
        good = ("2026-05-04 10:00:00", "2026-05-04 11:00:00", "Power cut")
        for args in (
            ("yesterday", good[1], good[2]),
            (False, good[1], good[2]),
            (good[1], good[0], good[2]),
            (*good, {"city": [1]}),
            (*good, {"user_ids": "all"}),
        ):
            with (
                self.subTest(args),
                self.assertRaisesRegex(UserError, "^crm_regulations.window: "),
            ):
                obligations.excuse_window(*args)
        with self.assertRaisesRegex(UserError, "^crm_regulations.reason: "):
            obligations.excuse_window(*good[:2], "")
        with self.assertRaisesRegex(AccessError, "^crm_regulations.manager_only: "):
            obligations.with_user(self.sales).excuse_window(*good)

    # --- conditions -----------------------------------------------------------

    def test_a_condition_pauses_and_resumes(self):
        owed = self._open(
            {
                "condition_ids": [
                    self._condition("pause", domain='[("name", "=", "wait")]'),
                    self._condition(
                        "resume",
                        domain='[("name", "=", "go"), ("direction", "=", "in")]',
                    ),
                ]
            },
            interaction_type_ids=[Command.set(self.materials.ids)],
        )
        self._said("wait", "out", at="2026-05-04 10:00:00")
        self.assertEqual(owed.date_paused, instant("2026-05-04 10:00:00"))
        self._said("nothing", "out", at="2026-05-04 11:00:00")
        self.assertTrue(owed.date_paused)
        self._said("go", at="2026-05-04 14:00:00")
        self.assertFalse(owed.date_paused)
        self.assertEqual(owed.date_due, instant("2026-05-04 17:00:00"))
        self.assertEqual(self._kinds(owed), ["opened", "paused", "resumed"])
        # Hearing of the same once more changes nothing.
        self._said("nothing", "out", at="2026-05-04 15:00:00")
        self.assertEqual(owed.date_due, instant("2026-05-04 17:00:00"))

    def test_a_condition_resets(self):
        owed = self._open(
            {"condition_ids": [self._condition("reset")]},
            interaction_type_ids=[Command.set(self.materials.ids)],
        )
        self._sweep("2026-05-04 12:00:01")
        self._said("new facts", "out", at="2026-05-04 13:00:00")
        self.assertEqual(owed.date_start, instant("2026-05-04 13:00:00"))
        self.assertEqual(owed.date_begun, instant("2026-05-04 09:00:00"))
        self.assertEqual(owed.date_due, instant("2026-05-04 17:00:00"))
        self._sweep("2026-05-04 16:00:01")
        warned = owed.event_ids.filtered(lambda e: e.kind == "warned")
        self.assertEqual(warned.mapped("key"), ["75", "75~1"])

    def test_a_condition_cancels(self):
        condition = self._condition("cancel")
        step, only = {"condition_ids": [condition]}, [Command.set(self.materials.ids)]
        owed = self._open(step, interaction_type_ids=only)
        self._said("never mind", "out", at="2026-05-04 10:00:00")
        self.assertEqual(owed.state, "cancelled")
        self.assertEqual(owed.date_end, instant("2026-05-04 10:00:00"))

    def test_what_is_broken_stays_so(self):
        condition = self._condition("cancel")
        broken = self._open(
            {"condition_ids": [condition]},
            interaction_type_ids=[Command.set(self.materials.ids)],
        )
        self._sweep("2026-05-04 15:00:00")
        self._said("too late", "out", at="2026-05-04 15:30:00")
        self.assertEqual(broken.state, "breached")
        self.assertEqual(broken.date_end, instant("2026-05-04 15:30:00"))
        self.assertEqual(self._kinds(broken)[-1], "cancelled")
        self.assertFalse(broken.activity_ids)
        with self._at("2026-05-04 16:00:00"):
            broken.excuse("The customer did not need it")
        self.assertEqual(broken.state, "excused")

    def test_three_attempts(self):
        owed = self._open(
            {
                "evidence_kind": "manual",
                "condition_ids": [
                    self._condition(
                        "fulfil", domain='[("outcome", "=", "missed")]', times=3
                    )
                ],
            },
            interaction_type_ids=[Command.set(self.materials.ids)],
        )
        for hour in (10, 11):
            self._said("try", "out", at=f"2026-05-04 {hour}:00:00", outcome="missed")
            self.assertEqual(owed.state, "open")
        self._said("try", "out", at="2026-05-04 13:30:00", outcome="missed")
        self.assertEqual(owed.state, "done_on_time")
        self.assertEqual(owed.date_done, instant("2026-05-04 13:30:00"))
        self.assertEqual(self._kinds(owed), ["opened", "fulfilled"])

    # --- ladder ---------------------------------------------------------------

    def test_ladder(self):
        owed = self._open(
            {
                "rung_ids": [
                    Command.create({"basis": "percent", "value": 50}),
                    Command.create({"value": 2, "unit": "work_hour"}),
                ]
            },
            mode="escalate",
        )
        # What they mean is their name, in every version of the regulation.
        first, second = "50_%_team_leader", "2_work_hour_team_leader"
        for now in ("2026-05-04 11:00:01", "2026-05-04 12:00:01", "2026-05-04 14:00:01",
                    "2026-05-04 16:00:01", "2026-05-04 16:00:01"):  # fmt: skip
            self._sweep(now)
        told = [(e.kind, e.key) for e in owed.event_ids]
        self.assertEqual(
            told,
            [("opened", ""), ("reminded", ""), ("escalated", first), ("warned", "75"),
             ("breached", ""), ("escalated", second)],
        )  # fmt: skip
        self.assertFalse(owed.next_check)

    # --- series ---------------------------------------------------------------

    def test_one_at_a_time(self):
        regulation = self._regulation(
            {"recurrence": "next"}, res_model="res.partner",
            fact_domain='[("direction", "=", "in")]',
        )  # fmt: skip
        for minute in (0, 10, 20):
            with self._at(f"2026-05-04 09:{minute:02}:00"):
                self._talk(date=f"2026-05-04 09:{minute:02}:00")
        owed = self._owed(regulation)
        self.assertEqual(len(owed), 1)
        self.assertEqual(
            (owed.res_model, owed.res_id), ("res.partner", self.customer.id)
        )
        with self._at("2026-05-04 10:00:00"):
            self._write_to(self.customer, partner_ids=self.customer.ids)
        self.assertEqual(owed.state, "done_on_time")
        with self._at("2026-05-04 11:00:00"):
            self._talk(date="2026-05-04 11:00:00")
        self.assertEqual(len(self._owed(regulation)), 2)

    def test_what_came_after_a_late_end_is_a_new_beginning(self):
        regulation = self._regulation(
            {"recurrence": "next"}, res_model="res.partner",
            fact_domain='[("direction", "=", "in")]',
        )  # fmt: skip
        for minute in (0, 30):
            with self._at(f"2026-05-04 09:{minute:02}:00"):
                self._talk(date=f"2026-05-04 09:{minute:02}:00")
        with self._at("2026-05-04 10:00:00"):
            # The letter went out at 9:15 and is known only now.
            self._write_to(
                self.customer, partner_ids=self.customer.ids, date="2026-05-04 09:15:00"
            )
        owed = self._owed(regulation)
        self.assertEqual(owed.mapped("state"), ["done_on_time", "open"])
        self.assertEqual(owed[1].date_start, instant("2026-05-04 09:30:00"))

    def test_once_for_each_record(self):
        regulation = self._regulation({"recurrence": "first"}, res_model="res.partner")
        self._talk()
        self._talk()
        other = self._partner("Other")
        self._talk(partner_id=other.id)
        self.assertEqual(self._owed(regulation).mapped("res_id"),
                         [self.customer.id, other.id])  # fmt: skip

    def test_again(self):
        regulation = self._regulation(
            {"recurrence": "again", "limit_value": 30, "limit_unit": "day",
             "evidence_kind": "interaction"},
            res_model="res.partner", fact_domain='[("name", "=", "begin")]',
        )  # fmt: skip
        with self._at("2026-05-04 09:00:00"):
            self._talk(name="begin")
        for day in (10, 20):
            self._said("hello", "out", at=f"2026-05-{day} 10:00:00")
        owed = self._owed(regulation)
        self.assertEqual(owed.mapped("state"), ["done_on_time", "done_on_time", "open"])
        self.assertEqual(owed.mapped("series_number"), [1, 2, 3])
        key = owed[0].fact_key
        self.assertEqual(owed.mapped("fact_key"), [key, f"{key}#2", f"{key}#3"])
        self.assertEqual(owed[2].date_due, instant("2026-06-19 10:00:00"))
        # The trigger does not begin another one beside it.
        with self._at("2026-05-21 09:00:00"):
            self._talk(name="begin", date="2026-05-21 09:00:00")
        self.assertEqual(len(self._owed(regulation)), 3)

    def test_rhythm(self):
        regulation = self._regulation(
            {"recurrence": "rhythm", "every_value": 1, "every_unit": "month",
             "limit_value": 3, "limit_unit": "work_day", "evidence_kind": "manual"},
            res_model="res.partner",
        )  # fmt: skip
        with self._at("2026-01-30 09:00:00"):
            self._talk(date="2026-01-30 09:00:00")
        self._sweep("2026-02-01 09:00:00")
        self.assertEqual(len(self._owed(regulation)), 1)
        self._sweep("2026-05-01 09:00:00")
        owed = self._owed(regulation)
        self.assertEqual(
            owed.mapped("date_start"),
            [
                instant(f"2026-{day} 09:00:00")
                for day in ("01-30", "02-28", "03-30", "04-30")
            ],
        )
        self.assertEqual(owed.mapped("state"), ["breached"] * 3 + ["open"])
        self.assertEqual(len(owed.activity_ids), 2, "of what is made up for, the last")
        regulation.action_retire()
        self._sweep("2026-07-01 09:00:00")
        self.assertEqual(len(self._owed(regulation)), 4)

    # --- steps ----------------------------------------------------------------

    def test_a_step_after_another(self):
        regulation = self._draft({"name": "Thank"}, {"name": "Ask"})
        first, second = regulation.step_ids
        second.write({"start_kind": "step", "start_step_id": first.id})
        regulation.action_publish()
        with self._at("2026-05-04 09:00:00"):
            self._talk()
        owed = self._owed(regulation)
        self.assertEqual(owed.name, "Thank")
        with self._at("2026-05-04 11:00:00"):
            owed.fulfil("Done")
        owed = self._owed(regulation)
        self.assertEqual(owed.mapped("name"), ["Thank", "Ask"])
        self.assertEqual(owed[1].date_start, instant("2026-05-04 11:00:00"))
        self.assertEqual(owed[0].fact_key, owed[1].fact_key)

    def test_a_date_of_the_record(self):
        with self._at("2026-05-01 09:00:00"):
            regulation = self._on_leads(
                {"start_kind": "date", "start_field": "date_deadline",
                 "start_offset": -3, "limit_value": 1, "limit_unit": "day"},
            )  # fmt: skip
        with self._at("2026-05-04 09:00:00"):
            lead = self._lead()
            self.assertFalse(self._owed(regulation), "there is no date yet")
            lead.date_deadline = "2026-05-20"
            self._commit()
        owed = self._owed(regulation)
        self.assertEqual(owed.date_start, instant("2026-05-17 00:00:00"))
        with self._at("2026-05-05 09:00:00"):
            lead.date_deadline = "2026-05-25"
            self._commit()
        self.assertEqual(owed.date_start, instant("2026-05-22 00:00:00"))
        self.assertEqual(owed.date_due, instant("2026-05-23 00:00:00"))
        self.assertIn("dated", self._kinds(owed))
        self.assertEqual(len(self._owed(regulation)), 1)

    # --- working hours --------------------------------------------------------

    def test_a_holiday_moves_what_is_open(self):
        owed, broken = self._open(), self._open({"limit_value": 1})
        self._sweep("2026-05-04 10:30:00")
        with self._at("2026-05-04 11:00:00"):
            self.env["resource.calendar.leaves"].create(
                {"name": "Holiday", "company_id": self.company.id, "calendar_id": False,
                 "date_from": "2026-05-04 13:00:00", "date_to": "2026-05-04 23:00:00"}
            )  # fmt: skip
            self._commit()
        self.assertTrue(owed.is_stale)
        self._sweep("2026-05-04 11:00:01")
        self.assertEqual(owed.date_due, instant("2026-05-05 09:00:00"))
        self.assertEqual(broken.date_due, instant("2026-05-04 10:00:00"))
        event = owed.event_ids.filtered(lambda e: e.kind == "retimed")
        self.assertEqual(event.key, "2026-05-04 14:00:00")
        self.assertFalse(owed.is_stale)

    def test_somebody_s_leave_moves_nothing(self):
        owed = self._open()
        with self._at("2026-05-04 11:00:00"):
            self.env["resource.calendar.leaves"].create(
                {"name": "Off", "company_id": self.company.id,
                 "resource_id": self.env["resource.resource"].create({"name": "X"}).id,
                 "date_from": "2026-05-04 13:00:00", "date_to": "2026-05-04 23:00:00"}
            )  # fmt: skip
            self._commit()
        self.assertFalse(owed.is_stale)

    def test_new_hours_move_what_is_open(self):
        owed = self._open()
        with self._at("2026-05-04 11:00:00"):
            afternoon = self.calendar.attendance_ids.filtered(
                lambda a: a.dayofweek == "0" and a.hour_from == 13
            )
            afternoon.unlink()
            self._commit()
        self._sweep("2026-05-04 11:00:01")
        self.assertEqual(owed.date_due, instant("2026-05-05 09:00:00"))
