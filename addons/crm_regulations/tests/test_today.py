from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import RegulationsCommon


@tagged("post_install", "-at_install")
class TestToday(RegulationsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["crm.regulation"].search([("state", "=", "published")])._retire()
        cls.env.registry.clear_cache()
        cls.regulation = cls._regulation()
        cls.seller = cls._user("second", "sales_team.group_sale_salesman")

    def _today(self, user=None):
        return self.env["crm.today"].with_user(user or self.sales)

    def _rows(self, user=None, domain=()):
        self.env.invalidate_all()
        return self._today(user).search(list(domain))

    def _plan(self, record, days=0, user=None, **values):
        """An activity without a promise."""
        return record.activity_schedule(
            "mail.mail_activity_data_call",
            date_deadline=fields.Date.add(fields.Date.today(), days=days),
            user_id=(user or self.sales).id,
            **values,
        )

    # --- the list -------------------------------------------------------------

    def test_a_promise_and_an_activity(self):
        with self._at("2026-05-04 10:00:00"):
            owed = self._promise(self.regulation)
            lead = self._lead(phone="+380 44 1")
            todo = self._plan(lead, 1, summary="Call about the tender")
            rows = self._rows()
            self.assertEqual(rows.mapped("kind"), ["promise", "activity"])
            promise, activity = rows
            self.assertEqual(promise.id, 2 * owed.id)
            self.assertEqual(activity.id, 2 * todo.id + 1)
            self.assertEqual(promise.name, "Answer")
            self.assertEqual(promise.obligation_id, owed)
            self.assertEqual(promise.regulation_id, self.regulation)
            self.assertEqual(promise.date_due, owed.date_due)
            self.assertEqual(promise.about, owed.res_name)
            self.assertEqual(promise.urgency, "today")
            self.assertEqual(activity.name, "Call about the tender")
            self.assertEqual(activity.about, "Analyser")
            self.assertEqual(activity.lead_id, lead)
            self.assertEqual(activity.partner_id, self.customer)
            self.assertEqual(activity.company_id, self.company)
            self.assertEqual(activity.phone, "+380 44 1")
            self.assertEqual(str(activity.date_due), "2026-05-05 23:59:59")
            self.assertEqual(activity.urgency, "tomorrow")

    def test_the_activity_of_a_promise_is_no_second_row(self):
        with self._at("2026-05-04 10:00:00"):
            owed = self._promise(self.regulation)
            self._sweep()
            self.assertEqual(len(owed.activity_ids), 1)
            self.assertEqual(self._rows().obligation_id, owed)
            self.assertEqual(len(self._rows()), 1)
            # Somebody else shall do it: both have something to do.
            owed.activity_ids.user_id = self.seller
            self.assertEqual(len(self._rows()), 1)
            self.assertEqual(self._rows(self.seller).activity_id, owed.activity_ids)

    def test_days_end_where_the_person_is(self):
        self.sales.tz = "Asia/Tokyo"  # nine hours ahead, without summer time
        with self._at("2026-05-04 14:00:00"):
            self._plan(self._lead())
            row = self._today().with_context(tz="Asia/Tokyo").search([])
            # It was planned for the 4th of May, whose evening it is in Tokyo.
            self.assertEqual(str(row.date_due), "2026-05-04 14:59:59")
            self.assertEqual(row.urgency, "today")
        with self._at("2026-05-04 15:30:00"):
            self.env.invalidate_all()
            self.assertEqual(row.urgency, "late")

    def test_urgency(self):
        with self._at("2026-05-04 10:00:00"):
            lead = self._lead()
            for days in (-1, 0, 1, 7, 8):
                self._plan(lead, days, summary=str(days))
            found = {row.name: row.urgency for row in self._rows()}
            self.assertEqual(
                found,
                {"-1": "late", "0": "today", "1": "tomorrow", "7": "week",
                 "8": "later"},
            )  # fmt: skip
            self.assertEqual(self._rows().mapped("name"), ["-1", "0", "1", "7", "8"])
            late = self._rows(domain=[("urgency", "in", ("late", "today"))])
            self.assertEqual(late.mapped("name"), ["-1", "0"])
            groups = self._today().formatted_read_group([], ["urgency"], ["__count"])
            self.assertEqual(len(groups), 5)

    def test_paused_and_excused_ones_say_so(self):
        with self._at("2026-05-04 10:00:00"):
            owed = self._promise(self.regulation)
            owed.with_user(self.sales).pause("The customer is on holiday")
            row = self._rows()
            self.assertEqual(row.urgency, "paused")
            self.assertEqual(row.countdown["kind"], "paused")
            # From ten until two are three hours of work.
            self.assertEqual(row.countdown["seconds"], 3 * 3600)
            row.action_resume()
            owed.with_user(self.manager).excuse("Power cut", "2026-05-06 12:00:00")
            row = self._rows()
            self.assertEqual(str(row.date_due), "2026-05-06 12:00:00")
            self.assertEqual(row.urgency, "week")
            self.assertTrue(row.countdown["grace"])
            self.assertEqual(row.countdown["due"], "2026-05-06 12:00:00")

    def test_closed_ones_are_gone(self):
        with self._at("2026-05-04 10:00:00"):
            owed = self._promise(self.regulation)
            todo = self._plan(self._lead())
            owed.fulfil("Told by phone")
            todo.action_feedback()
            self.assertFalse(self._rows())

    # --- doing it -------------------------------------------------------------

    def test_done_on_both_kinds_at_once(self):
        with self._at("2026-05-04 10:00:00"):
            owed = self._promise(self.regulation)
            todo = self._plan(self._lead())
            self.assertIs(self._rows().done("Handed over"), True)
            self.assertEqual(owed.state, "done_on_time")
            self.assertEqual(owed.note, "Handed over")
            self.assertFalse(todo.active)
            self.assertEqual(todo.feedback, "Handed over")
            self.assertFalse(self._rows())

    def test_one_click(self):
        with self._at("2026-05-04 10:00:00"):
            owed = self._promise(self.regulation)
            self._rows().action_done()
            self.assertEqual(owed.state, "done_on_time")
            self.assertEqual(owed.evidence_grade, "attested")

    def test_a_promise_finishes_its_activity_and_the_other_way_round(self):
        with self._at("2026-05-04 10:00:00"):
            first, second = (
                self._promise(self.regulation),
                self._promise(self.regulation),
            )
            second -= first
            self._sweep()
            todo, other = first.activity_ids, second.activity_ids
            self._rows(domain=[("obligation_id", "=", first.id)]).action_done()
            self.assertFalse(todo.active)
            other.with_user(self.sales).action_feedback("Called")
            self.assertEqual(second.state, "done_on_time")
            self.assertEqual(second.note, "Called")
            self.assertFalse(self._rows())

    def test_the_note_dialog(self):
        with self._at("2026-05-04 10:00:00"):
            owed = self._promise(self.regulation)
            self._plan(self._lead())
            action = self._rows().action_done_note()
            dialog = (
                self.env[action["res_model"]]
                .with_user(self.sales)
                .with_context(**action["context"])
                .create({"note": "By courier"})
            )
            self.assertEqual(dialog.obligation_ids, owed)
            dialog.action_done()
            self.assertEqual(owed.note, "By courier")
            self.assertFalse(self._rows())

    def test_somebody_was_quicker(self):
        with self._at("2026-05-04 10:00:00"):
            owed = self._promise(self.regulation)
            todo = self._plan(self._lead())
            promise, activity = self._rows()
            owed.fulfil()
            todo.action_feedback()
            for row in (promise, activity):
                with self.assertRaisesRegex(UserError, "crm_regulations.step_closed"):
                    row.done()
            with self.assertRaisesRegex(UserError, "crm_regulations.note"):
                promise.done({"note": 1})

    def test_what_belongs_to_promises_only(self):
        with self._at("2026-05-04 10:00:00"):
            self._plan(self._lead())
            row = self._rows()
            for act in (row.action_excuse, row.action_pause, row.action_explain,
                        row.action_resume, row.action_open_material):  # fmt: skip
                with self.assertRaisesRegex(UserError, "crm_regulations.no_promise"):
                    act()

    def test_where_the_buttons_lead(self):
        with self._at("2026-05-04 10:00:00"):
            owed = self._promise(self.regulation)
            lead = self._lead()
            self._plan(lead)
            promise, activity = self._rows()

            def place(action):
                return action["res_model"], action["res_id"]

            self.assertEqual(place(promise.action_open()), ("crm.obligation", owed.id))
            self.assertEqual(
                place(promise.action_open_record()), (owed.res_model, owed.res_id)
            )
            self.assertEqual(place(activity.action_open()), ("crm.lead", lead.id))
            for row, model, id_ in (
                (promise, owed.res_model, owed.res_id),
                (activity, "crm.lead", lead.id),
            ):
                letter = row.action_write()["context"]
                self.assertEqual(letter["default_model"], model)
                self.assertEqual(letter["default_res_ids"], [id_])
                self.assertEqual(letter["default_partner_ids"], self.customer.ids)

    def test_a_letter_written_from_there_proves_it(self):
        regulation = self._on_requests()
        with self._at("2026-05-04 10:00:00"):
            owed = self._promise(regulation)
        owed = self._owed(regulation)
        with self._at("2026-05-04 10:05:00"):
            action = owed.with_user(self.sales).action_write()
            letter = (
                self.env["mail.compose.message"]
                .with_user(self.sales)
                .with_context(**action["context"], mail_notify_force_send=False)
                .create({"body": '<a href="https://example.com/list">Price list</a>'})
            )
            letter._action_send_mail()
            self._commit()
        self.assertEqual(owed.state, "done_on_time")
        self.assertEqual(owed.evidence_grade, "system")

    # --- who sees what --------------------------------------------------------

    def test_roles(self):
        with self._at("2026-05-04 10:00:00"):
            self._promise(self.regulation)
            self._plan(self._lead())
            self._plan(self._lead(user_id=self.seller.id), user=self.seller)
            self.assertEqual(len(self._rows()), 2)
            self.assertEqual(len(self._rows(self.seller)), 1)
            self.assertEqual(len(self._rows(self.manager)), 3)
            self.assertEqual(len(self._rows(self.coordinator)), 3)
            row = self._rows()[0].with_user(self.seller)
            with self.assertRaises(AccessError), mute_logger("odoo.models"):
                row.read(["name"])
            with self.assertRaises(AccessError):
                row.done()
            self._rows()[0].with_user(self.manager).done("By the manager")
            for model, act in (("crm.today", "create"), ("crm.material", "create"),
                               ("crm.excuse.reason", "create")):  # fmt: skip
                with self.assertRaises(AccessError), mute_logger("odoo.models"):
                    getattr(self.env[model].with_user(self.sales), act)({})

    def test_activities_of_others_elsewhere_stay_private(self):
        with self._at("2026-05-04 10:00:00"):
            employee = self.env["hr.employee"].create(
                {"name": "Appraisal", "company_id": self.company.id}
            )
            self._plan(employee)
            self.assertEqual(self._rows().about, "Appraisal")
            self.assertFalse(self._rows(self.manager))

    def test_my_people(self):
        with self._at("2026-05-04 10:00:00"):
            self._promise(self.regulation)
            mine = [("is_of_my_people", "=", True)]
            self.assertFalse(self._rows(self.manager, mine))
            chief, seller = self.env["hr.employee"].create(
                [
                    {"name": user.name, "user_id": user.id,
                     "company_id": self.company.id}
                    for user in (self.manager, self.sales)
                ]
            )  # fmt: skip
            seller.parent_id = chief
            found = self._rows(self.manager, mine)
            self.assertEqual(found.user_id, self.sales)
            self.assertTrue(found.is_of_my_people)
            self.assertFalse(self._rows(self.sales, mine))
            seller.parent_id = False
            self.env["crm.team"].create(
                {
                    "name": "Clinics",
                    "company_id": self.company.id,
                    "user_id": self.manager.id,
                    "member_ids": [Command.set(self.sales.ids)],
                }
            )
            self.assertEqual(self._rows(self.manager, mine).user_id, self.sales)

    def test_the_second_company_sees_nothing(self):
        company = self.env["res.company"].create({"name": "South Med"})
        stranger = self._user("boss2", "sales_team.group_sale_manager", company)
        with self._at("2026-05-04 10:00:00"):
            self._promise(self.regulation)
            self._plan(self._lead())
            self.customer.company_id = self.company
            self._plan(self.customer)
            self.assertEqual(len(self._rows(self.manager)), 3)
            there = self._today(stranger).with_context(allowed_company_ids=company.ids)
            self.assertFalse(there.search([]))

    def test_programs_read_it(self):
        with self._at("2026-05-04 10:00:00"):
            self._promise(self.regulation)
            self._plan(self._lead(partner_id=False))
            names = list(self._today().fields_get())
            rows = self._today().search_read([], names)
            self.assertEqual(len(rows), 2)

            def parts(value):
                if isinstance(value, dict):
                    value = list(value.values())
                if isinstance(value, list | tuple):
                    return [p for part in value for p in parts(part)]
                return [value]

            self.assertNotIn(None, parts(rows))

    # --- cost -----------------------------------------------------------------

    def test_query_counts(self):
        """A hundred rows take the queries of ten."""

        def fill(count):
            for _number in range(count):
                self._typed()
            self._plan(self._lead())
            self._commit()

        def look():
            self.env.invalidate_all()
            specification = {
                name: {} for name in ("kind", "name", "about", "date_due", "urgency",
                                      "countdown", "phone")
            }  # fmt: skip
            specification.update(
                {
                    name: {"fields": {"display_name": {}}}
                    for name in ("partner_id", "segment_id", "material_ids", "user_id")
                }
            )
            before = self.env.cr.sql_log_count
            found = self._today().web_search_read([], specification, limit=80)
            return found["length"], self.env.cr.sql_log_count - before

        with self._at("2026-05-04 10:00:00"):
            fill(8)
            look()
            few, first = look()
            fill(60)
            many, second = look()
            self.assertEqual((few, many), (9, 70))
            self.assertEqual(first, second)
            self.assertLessEqual(first, 20)
