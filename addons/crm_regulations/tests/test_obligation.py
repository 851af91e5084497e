from psycopg2 import errors

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import RegulationsCommon, instant


@tagged("post_install", "-at_install")
class TestObligation(RegulationsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.regulation = cls._regulation()
        cls.other_sales = cls._user("other", "sales_team.group_sale_salesman_all_leads")

    def setUp(self):
        super().setUp()
        clock = self._at("2026-05-04 10:00:00")
        clock.__enter__()
        self.addCleanup(clock.__exit__, None, None, None)
        self.owed = self._promise(self.regulation)
        self._sweep()

    def _last_event(self):
        return self.owed.event_ids.sorted("id")[-1]

    # --- fulfil ---------------------------------------------------------------

    def test_fulfil(self):
        self.assertIs(self.owed.with_user(self.sales).fulfil("By phone"), True)
        self.assertRecordValues(
            self.owed,
            [
                {
                    "state": "done_on_time",
                    "evidence_grade": "attested",
                    "date_done": instant("2026-05-04 10:00:00"),
                    "next_check": False,
                    "note": "By phone",
                }
            ],
        )
        self.assertRecordValues(
            self._last_event(),
            [{"kind": "fulfilled", "user_id": self.sales.id, "note": "By phone"}],
        )

    def test_fulfil_late(self):
        with self._at("2026-05-05 10:00:00"):
            self.owed.with_user(self.sales).fulfil("Sorry")
        self.assertEqual(self.owed.state, "done_late")

    def test_manager_fulfils_for_others(self):
        self.owed.with_user(self.manager).fulfil("I called")
        self.assertEqual(self.owed.state, "done_on_time")
        self.assertEqual(self._last_event().user_id, self.manager)

    def test_strangers_do_not(self):
        with self.assertRaisesRegex(
            AccessError, "^crm_regulations.not_yours: .*Answer"
        ):
            self.owed.with_user(self.other_sales).fulfil("Not mine")
        with self.assertRaises(AccessError):
            self.owed.with_user(self._user("new", "base.group_user")).fulfil("?")
        self.assertEqual(self.owed.state, "open")

    def test_closed_is_refused(self):
        self.owed.fulfil("Done")
        with self.assertRaisesRegex(
            UserError, "^crm_regulations.step_closed: .*Clinic"
        ):
            self.owed.with_user(self.sales).fulfil("Again")

    def test_dialog(self):
        dialog = self.env["crm.obligation.fulfil"].with_user(self.sales)
        dialog.with_context(active_id=self.owed.id).create(
            {"note": "Handed over"}
        ).action_fulfil()
        self.assertEqual(self.owed.state, "done_on_time")
        self.assertEqual(self.owed.note, "Handed over")

    # --- excuse ---------------------------------------------------------------

    def test_excuse(self):
        activity = self.owed.activity_ids
        self.owed.with_user(self.manager).excuse(" Power cut ")
        self.assertEqual((self.owed.state, self.owed.note), ("excused", "Power cut"))
        self.assertFalse(self.owed.next_check)
        self.assertEqual(self._last_event().user_id, self.manager)
        self.assertFalse(activity.exists(), "it was not done")

    def test_excuse_what_was_late_or_missed(self):
        for state in ("breached", "done_late"):
            self.owed.write({"state": state})
            self.owed.with_user(self.coordinator).excuse("Power cut")
            self.assertEqual(self.owed.state, "excused")

    def test_excuse_is_the_manager_s(self):
        for user in (self.sales, self.other_sales):
            with self.assertRaisesRegex(AccessError, "^crm_regulations.manager_only:"):
                self.owed.with_user(user).excuse("Please")

    def test_excuse_needs_a_reason(self):
        for reason in ("", "  ", False):
            with self.assertRaisesRegex(UserError, "^crm_regulations.reason:"):
                self.owed.with_user(self.manager).excuse(reason)

    def test_what_was_kept_needs_no_excuse(self):
        for state in ("done_on_time", "excused", "cancelled"):
            self.owed.write({"state": state, "date_end": "2026-05-04 09:30:00"})
            with self.assertRaisesRegex(UserError, "^crm_regulations.step_closed:"):
                self.owed.with_user(self.manager).excuse("Power cut")

    def test_dialog_excuses_several(self):
        self._talk()
        both = self._owed(self.regulation)
        dialog = self.env["crm.obligation.excuse"].with_user(self.manager)
        dialog.with_context(active_ids=both.ids).create(
            {"reason": "Power cut"}
        ).action_excuse()
        self.assertEqual(both.mapped("state"), ["excused"] * 2)

    # --- activities -----------------------------------------------------------

    def test_finishing_the_activity_fulfils(self):
        activity = self.owed.activity_ids.with_user(self.sales)
        activity.action_feedback(feedback="Called him")
        self.assertEqual(self.owed.state, "done_on_time")
        self.assertEqual(self.owed.note, "Called him")
        self.assertEqual(self._last_event().user_id, self.sales)

    def test_fulfilling_finishes_the_activity(self):
        activity = self.owed.activity_ids
        self.owed.with_user(self.sales).fulfil("Done")
        self.assertFalse(activity.active)
        self.assertEqual(
            self.owed.event_ids.mapped("kind"), ["opened", "reminded", "fulfilled"]
        )

    def test_dropping_the_activity_leaves_the_promise(self):
        self.owed.activity_ids.unlink()
        self.assertEqual(self.owed.state, "open")

    # --- explain and the log --------------------------------------------------

    def test_explain(self):
        told = self.owed.with_user(self.sales).explain()
        self.assertEqual(
            told,
            {
                "regulation": "Answer requests",
                "version": 1,
                "step": "Answer within 4 working hours",
                "working_hours": "Office",
                "responsible": self.sales.name,
                "date_start": "2026-05-04 09:00:00",
                "date_warn": "2026-05-04 12:00:00",
                "date_due": "2026-05-04 14:00:00",
                "date_done": False,
                "date_end": False,
                "date_paused": False,
                "state": "open",
                "evidence_grade": "none",
                "category": False,
                "territory": False,
                "sale_kind": False,
                "account": {
                    "days": [
                        {
                            "day": "2026-05-04",
                            "from": "2026-05-04 09:00:00",
                            "until": "2026-05-04 10:00:00",
                            "seconds": 3600.0,
                            "kind": "counted",
                        }
                    ],
                    "counted_seconds": 3600.0,
                    "paused_seconds": 0.0,
                    "limit_seconds": 4 * 3600.0,
                    "late_seconds": 0.0,
                    "late_clock_seconds": 0.0,
                    "same_hours": True,
                },
                "name": "Answer",
                "customer": "Clinic",
                "about": self.owed.res_name,
                "fact_note": False,
                "limit": "within 4 working hours",
                "in_working_time": True,
                "hours_zone": "UTC",
                "note": False,
                "date_fact": "2026-05-04 09:00:00",
                "date_breach": False,
                "date_grace": False,
                "state_label": "Open",
                "evidence_grade_label": "No proof",
                "coming": [
                    {
                        "date": "2026-05-04 12:00:00",
                        "kind": "warned",
                        "label": "Warned",
                    },
                    {
                        "date": "2026-05-04 14:00:00",
                        "kind": "breached",
                        "label": "Overdue",
                    },
                ],
                "log": [
                    {
                        "kind": "opened",
                        "label": "Promised",
                        "date": "2026-05-04 10:00:00",
                        "user": self.env.user.name,
                        "note": False,
                        "by_person": False,
                    },
                    {
                        "kind": "reminded",
                        "label": "Told to the responsible",
                        "date": "2026-05-04 09:00:00",
                        "user": self.env.user.name,
                        "note": False,
                        "by_person": False,
                    },
                ],
            },
        )

    def test_explain_tells_lateness_apart(self):
        """What was used ends when it was due; the rest is lateness."""
        with self._at("2026-05-05 10:00:00"):
            account = self.owed.explain()["account"]
            self.assertEqual(account["counted_seconds"], 4 * 3600)
            self.assertEqual(account["days"][-1]["until"], "2026-05-04 14:00:00")
            # 14 to 17 on Monday, 8 to 10 on Tuesday.
            self.assertEqual(account["late_seconds"], 5 * 3600)
            self.assertEqual(account["late_clock_seconds"], 20 * 3600)
            self.owed.with_user(self.sales).fulfil("At last")
        with self._at("2026-05-06 10:00:00"):
            self.assertEqual(self.owed.explain()["account"], account)

    def test_explain_with_a_pause(self):
        with self._at("2026-05-04 11:00:00"):
            self.owed.with_user(self.sales).pause("On holiday")
        with self._at("2026-05-04 16:00:00"):
            # The clock stands still: the pause goes on, and nothing is late.
            account = self.owed.explain()["account"]
            self.assertEqual(account["counted_seconds"], 2 * 3600)
            self.assertEqual(account["days"][-1]["kind"], "paused")
            self.assertEqual(account["days"][-1]["until"], "2026-05-04 16:00:00")
            self.assertEqual(account["late_seconds"], 0)
            self.owed.with_user(self.sales).resume()
        with self._at("2026-05-06 16:00:00"):
            account = self.owed.explain()["account"]
            self.assertEqual(account["counted_seconds"], 4 * 3600)
            self.assertEqual(account["limit_seconds"], 4 * 3600)
            self.assertGreater(account["late_seconds"], 0)
            self.owed.with_user(self.manager).excuse("Power cut")
            self.assertEqual(self.owed.explain()["account"]["late_seconds"], 0)

    def test_explain_is_never_none(self):
        self.regulation.write({"owner_id": False})
        regulation = self._regulation(
            {"limit_unit": "hour", "warn_percent": 0}, owner_id=False
        )
        self._talk(user_id=False, partner_id=False)
        told = self._owed(regulation).explain()
        self.assertNotIn(None, [*told.values(), *told["log"][0].values()])
        self.assertFalse(told["working_hours"])

    def test_explain_of_others_is_refused(self):
        seller = self._user("seller2", "sales_team.group_sale_salesman")
        with self.assertRaises(AccessError):
            self.owed.with_user(seller).explain()

    def test_log_is_frozen(self):
        event = self.owed.event_ids[0]
        for change in (lambda: event.write({"note": "?"}), lambda: event.unlink()):
            with self.assertRaisesRegex(UserError, "^crm_regulations.log_is_frozen:"):
                change()

    def test_the_same_event_twice_is_refused_by_the_database(self):
        with mute_logger("odoo.sql_db"), self.assertRaises(errors.UniqueViolation):
            self.owed.event_ids.create(
                {"obligation_id": self.owed.id, "kind": "opened"}
            )

    # --- time left ------------------------------------------------------------

    def test_time_left(self):
        cases = [
            ("2026-05-04 10:00:00", "4 h 0 min", False),
            ("2026-05-04 12:00:00", "2 h 0 min", True),
            ("2026-05-04 13:59:30", "0 min", True),
            ("2026-05-04 14:20:00", "20 min late", True),
            ("2026-05-06 15:00:00", "2 d 1 h late", True),
        ]
        for now, words, urgent in cases:
            with self.subTest(now=now), self._at(now):
                self.owed.invalidate_recordset()
                self.assertEqual(self.owed.remaining, words)
                self.assertEqual(self.owed.is_urgent, urgent)

    def test_time_left_of_closed_ones(self):
        with self._at("2026-05-04 14:30:00"):
            self.owed.fulfil("Done")
        self.assertEqual(self.owed.remaining, "30 min late")
        self.owed.excuse("Power cut")
        self.owed.date_done = False
        self.assertFalse(self.owed.remaining)

    # --- the records it is about ----------------------------------------------

    def test_pages(self):
        person = self._partner("Doctor", parent_id=self.customer.id, is_company=False)
        lead = self._lead()
        self._talk(partner_id=person.id, lead_id=lead.id)
        talk = self.env["crm.interaction"].browse(self.owed.res_id)
        self.assertEqual(self.customer.obligation_open_count, 2)
        self.assertEqual(person.obligation_open_count, 2)
        self.assertEqual(lead.obligation_open_count, 1)
        self.assertEqual(talk.obligation_open_count, 1)
        for page, count in ((self.customer, 2), (person, 2), (lead, 1), (talk, 1)):
            action = page.action_open_obligations()
            shown = self.env["crm.obligation"].search(action["domain"])
            self.assertEqual(len(shown), count)

    def test_opening_the_record_and_the_proof(self):
        self.assertEqual(
            (
                self.owed.action_open_record()["res_model"],
                self.owed.action_open_record()["res_id"],
            ),
            ("crm.interaction", self.owed.res_id),
        )
        self._write_to(self.customer, partner_ids=self.customer.ids)
        action = self.owed.with_user(self.sales).action_open_evidence()
        self.assertEqual(
            (action["res_model"], action["res_id"]), ("res.partner", self.customer.id)
        )

    def test_deleting_the_interaction_cancels(self):
        talk = self.env["crm.interaction"].browse(self.owed.res_id)
        talk.with_user(self.coordinator).unlink()
        self._commit()
        self.assertEqual(self.owed.state, "cancelled")
        self.assertIn("deleted", self._last_event().note)
        self.assertEqual(self._last_event().user_id, self.coordinator)
        with self.assertRaisesRegex(UserError, "^crm_regulations.record_gone:"):
            self.owed.action_open_record()

    def test_deleting_the_lead_cancels_what_is_about_it(self):
        about = self._on_leads()
        lead = self._lead()
        self._talk(lead_id=lead.id)
        beside = self._owed(self.regulation)[-1]
        closed = self._owed(about)
        lead.unlink()
        self._commit()
        self.assertEqual(closed.state, "cancelled")
        self.assertEqual(beside.state, "open", "it is about the talk")
        self.assertFalse(beside.lead_id)

    def test_deleting_closed_ones_changes_nothing(self):
        self.owed.fulfil("Done")
        self.env["crm.interaction"].browse(self.owed.res_id).unlink()
        self.assertEqual(self.owed.state, "done_on_time")

    def test_deleting_the_customer_of_a_lead(self):
        about = self._on_leads()
        customer = self._partner("Short-lived")
        self._lead(partner_id=customer.id)
        owed = self._owed(about)
        customer.unlink()
        self.assertEqual(owed.state, "open")
        self.assertEqual((owed.partner_id.ids, owed.res_name), ([], "Analyser"))

    def test_deleting_the_person(self):
        person = self._user("short", "sales_team.group_sale_salesman")
        self._talk(user_id=person.id)
        owed = self._owed(self.regulation)[-1]
        self.env["crm.interaction"].browse(owed.res_id).user_id = self.sales
        person.unlink()
        self.assertEqual(owed.state, "open")
        self.assertEqual(owed.user_id, self.coordinator, "the regulation's owner")
        owed.with_user(self.manager).fulfil("I did it")

    def test_merging_customers(self):
        into = self._partner("Clinic Ltd", email="clinic@example.com")
        self.env["base.partner.merge.automatic.wizard"].sudo()._merge(
            (self.customer | into).ids, into
        )
        self.env.invalidate_all()
        self.assertEqual(self.owed.partner_id, into)
        self.assertEqual(self.owed.commercial_partner_id, into)
        self._write_to(into, partner_ids=into.ids)
        self.assertEqual(self.owed.state, "done_on_time")

    def test_merging_leads(self):
        about = self._on_leads()
        leads = self._lead() | self._lead(name="The same again")
        self._talk(lead_id=leads[0].id)
        self._talk(lead_id=leads[1].id)
        stays = leads.with_user(self.manager).merge_opportunity()
        owed = self._owed(about) | self._owed(self.regulation)[-2:]
        self.assertEqual(len(owed), 4)
        self.assertEqual(owed.lead_id, stays)
        self.assertEqual(set(self._owed(about).mapped("res_id")), {stays.id})
        self.assertEqual(set(owed.mapped("state")), {"open"})
        moved = owed.event_ids.filtered(lambda e: e.kind == "moved")
        self.assertEqual(len(moved), 2)
        self.assertEqual(stays.obligation_open_count, 4)

    def test_uniqueness(self):
        values = self.owed.copy_data()[0]
        with mute_logger("odoo.sql_db"), self.assertRaises(errors.UniqueViolation):
            self.owed.create(values)

    def test_people_write_nothing_themselves(self):
        for user in (self.sales, self.manager, self.coordinator):
            for change in (
                lambda o: o.write({"state": "done_on_time"}),
                lambda o: o.unlink(),
                lambda o: o.copy(),
            ):
                with self.assertRaises(AccessError), mute_logger("odoo.models"):
                    change(self.owed.with_user(user))

    def test_figures(self):
        self.assertEqual(self.regulation.on_time_percent, 0)
        self.assertEqual(self.regulation.obligation_ended_count, 0)
        for _number in range(3):
            self._talk()
        owed = self._owed(self.regulation)
        owed[:2].fulfil("Done")
        owed[2].write({"state": "breached"})
        self.regulation.invalidate_recordset()
        self.assertEqual(self.regulation.obligation_count, 4)
        self.assertEqual(self.regulation.obligation_ended_count, 3)
        self.assertAlmostEqual(self.regulation.on_time_percent, 66.7, 1)
        owed[2].excuse("Power cut")
        self.regulation.invalidate_recordset()
        self.assertEqual(self.regulation.on_time_percent, 100)

    def test_company_of_several(self):
        other = self.env["res.company"].create({"name": "South Med"})
        self.sales.company_ids = [Command.link(other.id)]
        theirs = self.env["crm.obligation"].with_user(self.sales)
        shown = theirs.with_context(allowed_company_ids=other.ids).search([])
        self.assertFalse(shown)
