from datetime import timedelta

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import BaseCase, Form, tagged
from odoo.tools import mute_logger

from ..core.control import drawn, last_beat, sample_size
from ..core.step import Every
from ..engine.control import draw
from .common import MONDAY_9, RegulationsCommon, instant


@tagged("post_install", "-at_install")
class TestControlCore(BaseCase):
    def test_last_beat(self):
        start = instant("2026-01-31 09:00:00")
        for every, now, beat in (
            (Every(1, "month"), "2026-01-31 09:00:00", "2026-01-31 09:00:00"),
            (Every(1, "month"), "2026-02-28 08:59:59", "2026-01-31 09:00:00"),
            (Every(1, "month"), "2026-02-28 09:00:00", "2026-02-28 09:00:00"),
            (Every(1, "month"), "2029-01-30 09:00:00", "2028-12-31 09:00:00"),
            (Every(2, "week"), "2026-03-01 09:00:00", "2026-02-28 09:00:00"),
            (Every(1, "day"), "2026-01-01 09:00:00", "2026-01-31 09:00:00"),
        ):
            with self.subTest(now=now):
                self.assertEqual(last_beat(start, every, instant(now)), instant(beat))

    def test_last_beat_is_the_last(self):
        """Whatever the rhythm: it has come, and the next one has not."""
        start = instant("2024-01-30 23:30:00")
        for unit in ("day", "week", "month"):
            for value in (1, 2, 5, 13):
                every, beats = Every(value, unit), []
                for hours in range(0, 24 * 400, 97):
                    now = start + timedelta(hours=hours)
                    beats.append(last_beat(start, every, now))
                    self.assertLessEqual(beats[-1], now)
                counted = [every.times(start, n) for n in range(401)]
                for hours, beat in zip(range(0, 24 * 400, 97), beats, strict=True):
                    now = start + timedelta(hours=hours)
                    self.assertEqual(beat, max(b for b in counted if b <= now))

    def test_sample_size(self):
        for population, kind, value, size in (
            (0, "count", 5, 0),
            (0, "percent", 100, 0),
            (3, "count", 5, 3),
            (30, "count", 5, 5),
            (30, "percent", 10, 3),
            (31, "percent", 10, 4),
            (3, "percent", 1, 1),
            (30, "count", 0.2, 1),
            (1000, "percent", 100, 1000),
        ):
            self.assertEqual(sample_size(population, kind, value), size)

    def test_drawn(self):
        ids = list(range(1, 101))
        sample = drawn(ids, 10, "May")
        self.assertEqual(sample, drawn(reversed(ids), 10, "May"))
        self.assertEqual(len(set(sample)), 10)
        self.assertNotEqual(sample, drawn(ids, 10, "June"))
        self.assertLess(set(sample), set(drawn(ids, 20, "May")))
        self.assertEqual(drawn([], 10, "May"), [])


@tagged("post_install", "-at_install")
class TestControl(RegulationsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["crm.regulation"].search([("state", "=", "published")])._retire()
        cls.env.registry.clear_cache()

    def _watched(self, text=MONDAY_9, **values):
        """A regulation in force at whose promises the manager looks every month."""
        values = {
            "control_by": "user",
            "control_user_id": self.manager.id,
            "control_note": "Did the client get it?",
            "control_sample": 2,
            **values,
        }
        with self._at(text):
            return self._regulation(**values)

    def _kept(self, text, count=1, customer=None):
        """Talks at an instant, each answered an hour later."""
        with self._at(text):
            for _number in range(count):
                self._talk(date=text, partner_id=(customer or self.customer).id)
        owed = self.env["crm.obligation"].search([("state", "=", "open")])
        with self._at(instant(text) + timedelta(hours=1)):
            owed.fulfil("Called")
        return owed

    def _draw(self, text):
        with self._at(text):
            self._commit()
            with self.enter_registry_test_mode():
                self.env.ref(
                    "crm_regulations.ir_cron_draw_checks"
                ).method_direct_trigger()
        self.env.invalidate_all()
        return self.env["crm.regulation.check"].search([], order="id")

    def _check(self, count=3, **values):
        """A check with a sample of two."""
        self._watched(**values)
        self._kept("2026-05-05 09:00:00", count)
        return self._draw("2026-06-04 10:00:00")

    # --- drawing -------------------------------------------------------------------

    def test_the_sample(self):
        regulation = self._watched()
        owed = self._kept("2026-05-05 09:00:00", 3)
        self.assertFalse(self._draw("2026-06-04 08:59:59"))
        check = self._draw("2026-06-04 09:00:00")
        self.assertRecordValues(
            check,
            [
                {
                    "regulation_id": regulation.id,
                    "company_id": self.company.id,
                    "date_from": instant(MONDAY_9),
                    "date_to": instant("2026-06-04 09:00:00"),
                    "date_due": instant("2026-06-11 00:00:00").date(),
                    "user_id": self.manager.id,
                    "population": 3,
                    "line_count": 2,
                    "state": "open",
                }
            ],
        )
        self.assertLess(check.line_ids.obligation_id, owed)
        self.assertEqual(check.sample_text, "Drawn by lot: 2 out of 3.")
        self.assertEqual(check.note, "Did the client get it?")
        self.assertEqual(check.display_name, "Answer requests, 05/04/2026 – 06/04/2026")

    def test_twice_is_once(self):
        check = self._check()
        lines = check.line_ids
        self.assertEqual(self._draw("2026-06-04 11:00:00"), check)
        self.assertEqual(self._draw("2026-07-04 08:00:00"), check)
        self.assertEqual(check.line_ids, lines)
        second = self._draw("2026-07-04 09:00:00") - check
        self.assertEqual(second.date_from, check.date_to)

    def test_a_server_that_stood_still(self):
        """What was missed for months is one check, and nothing is left out."""
        self._watched()
        self._kept("2026-05-05 09:00:00")
        self._kept("2026-07-05 09:00:00")
        check = self._draw("2026-08-20 09:00:00")
        self.assertEqual(check.date_to, instant("2026-08-04 09:00:00"))
        self.assertEqual(check.population, 2)

    def test_what_has_ended(self):
        """Kept, broken and excused once each; not what is open, cancelled or later."""
        regulation = self._watched(control_sample=100, control_sample_kind="percent")
        self._kept("2026-05-05 09:00:00")
        with self._at("2026-05-06 09:00:00"):
            for _number in range(4):
                self._talk(date="2026-05-06 09:00:00")
        kept, late, broken, excused, cancelled = self._owed(regulation)
        with self._at("2026-05-06 10:00:00"):
            excused.excuse("Ill")
            cancelled.cancel("Twice")
        self._sweep("2026-05-07 12:00:00")
        check = self._draw("2026-06-04 09:00:00")
        self.assertEqual(check.line_ids.obligation_id, kept | late | broken | excused)
        with self._at("2026-06-05 10:00:00"):
            late.fulfil("At last")
            self._talk(date="2026-06-05 10:00:00")
        again = self._draw("2026-07-04 09:00:00") - check
        self.assertFalse(again.line_ids, "it was looked at when it was broken")

    def test_an_empty_sample_says_so(self):
        self._watched()
        check = self._draw("2026-06-04 09:00:00")
        self.assertEqual((check.population, len(check.line_ids)), (0, 0))
        self.assertIn("No promise ended", check.sample_text)
        check.with_user(self.manager).conclusion = "Nobody asked for anything"
        check.with_user(self.manager).action_done()
        self.assertEqual(check.state, "done")

    def test_over_versions(self):
        """What the old version promised is looked at by the control of the new one."""
        regulation = self._watched()
        self._kept("2026-05-05 09:00:00")
        check = self._draw("2026-06-04 09:00:00")
        owed = self._kept("2026-06-05 09:00:00")
        with self._at("2026-06-10 09:00:00"):
            newer = regulation.browse(regulation.action_new_version()["res_id"])
            self.assertEqual(newer.control_user_id, self.manager)
            newer.action_publish()
        self.assertEqual(self._draw("2026-06-10 10:00:00"), check)
        second = self._draw("2026-07-10 09:00:00") - check
        self.assertEqual(second.regulation_id, newer)
        self.assertEqual(second.date_from, instant("2026-06-04 09:00:00"))
        self.assertEqual(second.line_ids.obligation_id, owed)

    def test_retired_and_uncontrolled(self):
        self._watched().action_retire()
        self._watched(control_by=False)
        self.assertFalse(self._draw("2026-09-01 09:00:00"))

    def test_published_before_there_was_control(self):
        regulation = self._watched()
        spec = regulation.spec
        del spec["control"]
        regulation.sudo().spec = spec
        self.assertFalse(self._draw("2026-09-01 09:00:00"))

    def test_as_many_queries_for_twenty_as_for_two(self):
        def cost(count):
            for _number in range(count):
                self._watched(mode="silent")
            self._kept("2026-05-05 09:00:00")
            self.env.invalidate_all()
            with self._at("2026-06-04 09:00:00"):
                self._commit()
                before = self.env.cr.sql_log_count
                draw(self.env, fields.Datetime.now())
                self._commit()
            taken = self.env.cr.sql_log_count - before
            self.env["crm.regulation"].search([("state", "=", "published")])._retire()
            return taken

        cost(1)
        self.assertLessEqual(cost(20), cost(2) + 10)
        self.assertEqual(len(self.env["crm.regulation.check"].search([])), 23)

    # --- who looks -----------------------------------------------------------------

    def test_who_looks(self):
        head = self._user("head", "sales_team.group_sale_salesman")
        department = self.env["hr.department"].create(
            {"name": "Sales", "company_id": self.company.id}
        )
        employees = self.env["hr.employee"].create(
            [
                {
                    "name": user.name,
                    "user_id": user.id,
                    "company_id": self.company.id,
                    "department_id": department.id,
                }
                for user in (self.sales, head)
            ]
        )
        department.manager_id = employees[1]
        gone = self._user("gone", "sales_team.group_sale_salesman")
        gone.active = False
        for who, owner, looks in (
            ({"control_by": "user"}, self.sales, self.manager),
            ({"control_by": "owner"}, self.sales, self.sales),
            ({"control_by": "coordinator"}, self.sales, self.coordinator),
            ({"control_by": "head"}, self.sales, head),
            ({"control_by": "head"}, head, head),
            ({"control_by": "head"}, self.manager, self.manager),
            (
                {"control_by": "user", "control_user_id": gone.id},
                self.sales,
                self.sales,
            ),
            ({"control_by": "owner"}, gone, self.coordinator),
        ):
            with self.subTest(who=who, owner=owner.login):
                regulation = self._watched(owner_id=owner.id, **who)
                self.assertEqual(regulation.sudo()._controllers(), {regulation: looks})

    def test_the_person_may_change_the_rest_may_not(self):
        regulation = self._watched().with_user(self.coordinator)
        regulation.control_user_id = self.coordinator
        check = self._draw("2026-06-04 09:00:00")
        self.assertEqual(check.user_id, self.coordinator)
        for values in (
            {"control_by": "owner"},
            {"control_every_value": 12},
            {"control_sample": 0.5},
            {"control_note": "Nothing"},
            {"control_days": 365},
        ):
            with self.assertRaisesRegex(UserError, "published_is_fixed"):
                regulation.write(values)

    def test_reminder(self):
        check = self._check()
        (activity,) = check.activity_ids
        self.assertEqual(activity.user_id, self.manager)
        self.assertEqual(activity.date_deadline, check.date_due)
        check.with_user(self.coordinator).user_id = self.coordinator
        self.assertEqual(check.activity_ids.user_id, self.coordinator)

    # --- looking -------------------------------------------------------------------

    def test_from_the_sample_to_the_conclusion(self):
        check = self._check().with_user(self.manager)
        first, second = check.line_ids
        with self.assertRaisesRegex(UserError, "check_open: .*missing: 2"):
            check.action_done()
        first.action_fine()
        with Form(check) as form:
            form.conclusion = "  "
            with form.line_ids.edit(1) as line:
                line.verdict = "not_fine"
                line.remark = "The client got nothing"
        with self.assertRaisesRegex(UserError, "check_open: .*what was found"):
            check.action_done()
        check.conclusion = "One was not sent"
        with self._at("2026-06-05 09:00:00"):
            check.action_done()
        self.assertRecordValues(
            check,
            [
                {
                    "state": "done",
                    "fine_count": 1,
                    "date_done": instant("2026-06-05 09:00:00"),
                    "done_by_id": self.manager.id,
                }
            ],
        )
        self.assertEqual(second.remark, "The client got nothing")
        self.assertFalse(check.activity_ids)
        for act in (
            lambda: check.action_done(),
            lambda: check.write({"conclusion": "All fine"}),
            lambda: check.sudo().write({"conclusion": "All fine"}),
            lambda: check.sudo().write({"state": "open"}),
            lambda: check.with_user(self.coordinator).write({"user_id": False}),
            lambda: first.action_not_fine(),
            lambda: first.sudo().write({"remark": "x"}),
            lambda: check.write(
                {"line_ids": [Command.update(first.id, {"verdict": "unknown"})]}
            ),
            lambda: check.sudo().unlink(),
            lambda: first.sudo().unlink(),
        ):
            with self.assertRaisesRegex(UserError, "crm_regulations.check_is_frozen"):
                act()

    def test_what_is_not_written_by_hand(self):
        check = self._check().with_user(self.coordinator)
        for record, values in (
            (check, {"state": "done"}),
            (check, {"population": 1}),
            (check, {"date_due": "2030-01-01"}),
            (check.line_ids[0], {"obligation_id": check.line_ids[1].obligation_id.id}),
        ):
            with self.assertRaisesRegex(UserError, "crm_regulations.use_buttons"):
                record.write(values)
        for values, code in (
            ({"verdict": "perfect"}, "bad_value"),
            ({"remark": "\0"}, "bad_value"),
            ({"no_such": 1}, "use_buttons"),
        ):
            with self.subTest(values=values), self.assertRaisesRegex(UserError, code):
                check.line_ids[0].write(values)
        with self.assertRaisesRegex(UserError, "unknown_field"):
            check.write({"no_such": 1})
        with self.assertRaises(AccessError), mute_logger("odoo.models"):
            check.create({"regulation_id": check.regulation_id.id})
        with self.assertRaises(AccessError), mute_logger("odoo.models"):
            check.unlink()

    def test_roles(self):
        check = self._check(control_by="owner", owner_id=self.sales.id)
        other = self._user("second", "sales_team.group_sale_salesman")
        checks = self.env["crm.regulation.check"]
        lines = self.env["crm.regulation.check.line"]
        for user, sees in (
            (self.sales, True),
            (self.manager, True),
            (self.coordinator, True),
            (other, False),
            (self.integration, False),
        ):
            with self.subTest(user=user.login):
                self.assertEqual(bool(checks.with_user(user).search([])), sees)
                self.assertEqual(bool(lines.with_user(user).search([])), sees)
        # Whoever looks sees what was owed, also of promises of others.
        line = check.with_user(self.sales).line_ids[0]
        self.assertEqual(line.read(["name", "note"])[0]["name"], "Answer")
        line.action_fine()
        with self.assertRaises(AccessError), mute_logger("odoo.models"):
            line.with_user(other).action_fine()
        with self.assertRaises(AccessError), mute_logger("odoo.models"):
            check.with_user(other).action_done()
        with self.assertRaisesRegex(AccessError, "coordinator_only"):
            check.with_user(self.sales).write({"user_id": other.id})

    def test_second_company(self):
        check = self._check()
        other = self.env["res.company"].create({"name": "South Med"})
        stranger = self._user("south", "crm_segmentation.group_crm_coordinator", other)
        env = self.env(user=stranger, context={"allowed_company_ids": other.ids})
        self.assertFalse(env["crm.regulation.check"].search([]))
        self.assertFalse(env["crm.regulation.check.line"].search([]))
        with self.assertRaises(AccessError), mute_logger("odoo.models"):
            check.with_env(env).action_done()
        self.assertNotIn(stranger, check.regulation_id.sudo()._controllers().values())

    # --- the document --------------------------------------------------------------

    def test_only_warned_about(self):
        draft = self._draft()
        self.assertIn("Nobody looks", draft.control_warning)
        draft.control_by = "owner"
        self.assertIn("not said what", draft.control_warning)
        draft.control_note = "Was it done?"
        self.assertFalse(draft.control_warning)
        draft.control_by = False
        draft.action_publish()
        self.assertFalse(draft.spec["control"])

    def test_refused(self):
        draft = self._draft(control_by="user")
        with self.assertRaisesRegex(UserError, "^crm_regulations.control: Answer"):
            draft.action_publish()
        for values in (
            {"control_every_value": 0},
            {"control_sample": 0},
            {"control_sample": 101, "control_sample_kind": "percent"},
            {"control_days": -1},
        ):
            with (
                self.assertRaises(ValidationError),
                mute_logger("odoo.sql_db"),
                self.env.cr.savepoint(),
            ):
                draft.write(values)
                draft.flush_recordset()
            draft.invalidate_recordset()

    def test_in_words(self):
        draft = self._draft(control_by="user", control_user_id=self.manager.id)
        self.assertEqual(
            draft.control_sentence,
            f"Checked by: {self.manager.name}; how often: every month; sample: "
            "promises: 5.",
        )
        draft.write({"control_by": "owner", "control_every_value": 2,
                     "control_every_unit": "week",
                     "control_sample_kind": "percent"})  # fmt: skip
        self.assertEqual(
            draft.control_sentence,
            "Checked by: The regulation's owner; how often: every 2 weeks; "
            "sample: 5% of the promises.",
        )

    def test_overdue_can_be_found(self):
        check = self._check()
        search = self.env.ref("crm_regulations.crm_regulation_check_view_search")
        self.assertIn("('date_due', '<', 'today')", search.arch.replace("&lt;", "<"))
        domain = [("state", "=", "open"), ("date_due", "<", "today")]
        with self._at("2026-06-11 12:00:00"):
            self.assertFalse(check.search(domain))
        with self._at("2026-06-12 12:00:00"):
            self.assertEqual(check.search(domain), check)
