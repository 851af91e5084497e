import json

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import RegulationsCommon


@tagged("post_install", "-at_install")
class TestRegulation(RegulationsCommon):
    # --- publishing -----------------------------------------------------------

    def test_publish(self):
        draft = self._draft().with_user(self.coordinator)
        self.assertIs(draft.action_publish(), True)
        self.assertEqual(draft.state, "published")
        self.assertTrue(draft.date_published)
        self.assertEqual(json.loads(json.dumps(draft.spec)), draft.spec)

    def test_only_what_promises_something(self):
        draft = self._draft()
        draft.step_ids.unlink()
        for act in (draft.action_publish, draft.action_submit):
            with self.assertRaisesRegex(UserError, "^crm_regulations.incomplete:"):
                act()

    def test_only_with_working_hours(self):
        draft = self._draft()
        clock = self._draft({"limit_unit": "hour"})
        for free in ({"schedule_type": "flexible"}, {"duration_based": True}):
            self.company.resource_calendar_id = self._working_hours("Free", **free)
            with (
                self.subTest(**free),
                self.assertRaisesRegex(
                    UserError, "^crm_regulations.working_hours: Answer .*“Free” "
                ),
            ):
                draft.action_publish()
        clock.action_publish()

    def test_review_and_approval(self):
        draft = self._draft()
        draft.with_user(self.coordinator).action_submit()
        self.assertEqual(draft.state, "review")
        self.assertIs(draft.with_user(self.manager).action_approve(), True)
        self.assertEqual(draft.approver_id, self.manager)
        draft.with_user(self.coordinator).action_publish()
        self.assertEqual(draft.state, "published")

    def test_wrong_state(self):
        regulation = self._regulation()
        for act in (
            regulation.action_publish,
            regulation.action_submit,
            regulation.action_approve,
        ):
            with self.assertRaisesRegex(UserError, "^crm_regulations.wrong_state:"):
                act()
        with self.assertRaisesRegex(UserError, "^crm_regulations.wrong_state:"):
            self._draft().action_retire()

    # --- frozen ---------------------------------------------------------------

    def test_what_is_published_is_fixed(self):
        regulation = self._regulation().with_user(self.coordinator)
        step = regulation.step_ids
        changes = [
            lambda: regulation.write({"name": "Other"}),
            lambda: regulation.write({"segment_ids": [Command.clear()]}),
            lambda: regulation.write({"step_ids": [Command.delete(step.id)]}),
            lambda: regulation.unlink(),
            lambda: step.write({"limit_value": 400}),
            lambda: step.unlink(),
            lambda: step.create({"regulation_id": regulation.id, "name": "More"}),
            lambda: (
                self._draft()
                .with_user(self.coordinator)
                .step_ids.write({"regulation_id": regulation.id})
            ),
        ]
        for change in changes:
            with self.assertRaisesRegex(
                UserError, "^crm_regulations.published_is_fixed: "
            ):
                change()
        regulation.action_retire()
        with self.assertRaisesRegex(UserError, "^crm_regulations.published_is_fixed:"):
            regulation.write({"name": "Other"})

    def test_what_may_change_in_force(self):
        regulation = self._regulation().with_user(self.coordinator)
        regulation.write({"mode": "silent", "owner_id": self.manager.id, "sequence": 3})
        regulation.message_post(body="A word", attachments=[("file.txt", b"text")])
        self.assertRecordValues(
            regulation,
            [{"mode": "silent", "owner_id": self.manager.id, "sequence": 3}],
        )
        self.assertEqual(regulation.message_ids[0].attachment_ids.name, "file.txt")

    def test_state_changes_by_buttons_only(self):
        draft = self._draft().with_user(self.coordinator)
        for values in (
            {"state": "published"},
            {"spec": {}},
            {"version": 4},
            {"origin_id": draft.id},
            {"approver_id": self.coordinator.id},
            {"date_published": "2026-01-01"},
        ):
            with (
                self.subTest(values=values),
                self.assertRaisesRegex(UserError, "^crm_regulations.use_buttons:"),
            ):
                draft.write(values)
        made = draft.create(
            {
                "name": "Forged",
                "state": "published",
                "version": 7,
                "spec": {"steps": []},
                "company_id": self.company.id,
            }
        )
        self.assertEqual((made.state, made.version, made.spec), ("draft", 1, False))

    # --- versions -------------------------------------------------------------

    def _next(self, regulation):
        action = regulation.with_user(self.coordinator).action_new_version()
        return self.env["crm.regulation"].browse(action["res_id"])

    def test_new_version_retires_the_old_one(self):
        first = self._regulation({"limit_value": 4}, {"limit_value": 8})
        owed = self._promise(first)
        second = self._next(first)
        self.assertRecordValues(
            second,
            [
                {
                    "code": first.code,
                    "version": 2,
                    "origin_id": first.id,
                    "state": "draft",
                    "name": first.name,
                    "author_id": self.coordinator.id,
                }
            ],
        )
        self.assertEqual(second.step_ids.mapped("code"), first.step_ids.mapped("code"))
        self.assertEqual(self._next(first), second, "one draft at a time")
        second.step_ids[1].unlink()
        second.step_ids.limit_value = 1
        second.action_publish()
        self.assertEqual((first.state, second.state), ("retired", "published"))
        self.assertEqual(owed.mapped("state"), ["open"] * 2, "they keep their limit")
        self._talk()
        self.assertEqual(len(self._owed(first)), 2)
        self.assertEqual(len(self._owed(second)), 1)
        third = self._next(first)
        self.assertEqual(third.version, 3)

    def test_open_promises_of_the_old_version_can_be_cancelled(self):
        first = self._regulation()
        kept, missed, done = (self._promise(first)[-1] for _number in range(3))
        missed.write({"state": "breached"})
        done.fulfil("Done")
        self._next(first).action_publish(open_obligations="cancel")
        self.assertEqual(
            (kept.state, missed.state, done.state),
            ("cancelled", "cancelled", "done_late"),
        )
        self.assertIn("cancelled", kept.event_ids.mapped("kind"))
        self.assertFalse(kept.activity_ids)

    def test_unknown_word_for_open_promises(self):
        with self.assertRaisesRegex(UserError, "^crm_regulations.open_obligations:"):
            self._draft().action_publish(open_obligations="burn")

    def test_retire(self):
        regulation = self._regulation()
        owed = self._promise(regulation)
        self.assertIs(regulation.with_user(self.coordinator).action_retire(), True)
        self.assertEqual((regulation.state, owed.state), ("retired", "open"))
        self._write_to(self.customer, partner_ids=self.customer.ids)
        self.assertNotEqual(owed.state, "open", "proof still counts")

    # --- settings -------------------------------------------------------------

    def test_wrong_filters_are_refused(self):
        draft = self._draft()
        texts = ("[", "no list", "[('gone', '=', 1)]", "[('name', 'near', 1)]", "1 + 1",
                 "[('name', '=', __import__('os'))]", "{}")  # fmt: skip
        for text in texts:
            for record, field in (
                (draft, "trigger_domain"),
                (draft, "scope_domain"),
                (draft.step_ids, "evidence_domain"),
            ):
                with (
                    self.subTest(text=text, field=field),
                    self.assertRaisesRegex(ValidationError, "^crm_regulations.filter:"),
                ):
                    record.write({field: text})

    def test_filters_that_work(self):
        draft = self._draft()
        draft.trigger_domain = "[('name', 'ilike', 'x'), ('date', '>', 'today -30d')]"
        draft.scope_domain = False
        draft.step_ids.evidence_domain = '["|", ("body", "!=", False), (1, "=", 1)]'
        draft.action_publish()
        self._talk(name="fax")
        self.assertFalse(self._incidents(draft))

    def test_limits(self):
        for values in ({"limit_value": 0}, {"limit_value": -1}, {"warn_percent": 101}):
            with (
                self.subTest(values=values),
                mute_logger("odoo.sql_db"),
                self.assertRaisesRegex(
                    ValidationError, "^crm_segmentation.out_of_range: "
                ),
            ):
                self._draft(values)

    def test_calendars(self):
        flexible = self.env["resource.calendar"].create(
            {"name": "Free", "schedule_type": "flexible", "company_id": self.company.id}
        )
        by_duration = self._working_hours("Lengths", duration_based=True)
        for values in (
            {"calendar_kind": "fixed"},
            {"calendar_kind": "fixed", "calendar_id": flexible.id},
            {"calendar_kind": "fixed", "calendar_id": by_duration.id},
        ):
            with self.assertRaisesRegex(
                ValidationError, "^crm_regulations.working_hours: Answer"
            ):
                self._draft(values)

    def test_trigger_fits_the_model(self):
        with self.assertRaisesRegex(ValidationError, "^crm_regulations.trigger:"):
            self._draft(res_model="sale.order")
        with self.assertRaisesRegex(ValidationError, "^crm_segmentation.bad_value:"):
            self._draft(res_model="no.model")

    def test_categories_and_hours_of_another_company(self):
        other = self.env["res.company"].create({"name": "South Med"})
        segment = self._by_turnover(company_id=other.id).segment_ids[0]
        with self.assertRaises(UserError):
            self._draft(segment_ids=[Command.set(segment.ids)])
        with self.assertRaises(UserError):
            self._draft(
                {"calendar_kind": "fixed", "calendar_id": other.resource_calendar_id.id}
            )

    def test_codes_are_made_when_nobody_thinks_of_them(self):
        regulations = self.env["crm.regulation"].create(
            [{"name": name, "company_id": self.company.id} for name in "AB"]
        )
        regulations |= regulations[0].copy() | regulations[1].copy()
        regulations[0].unlink()
        regulations = regulations[1:] | self._draft()
        self.assertEqual(len(set(regulations.mapped("code"))), 4)
        draft = self._draft({}, {}, {"code": "step_2"})
        draft.step_ids = [Command.create({"name": "More"})]
        self.assertEqual(
            sorted(draft.step_ids.mapped("code")),
            ["step_1", "step_2", "step_3", "step_4"],
        )

    def test_chosen_codes_are_unique(self):
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaisesRegex(ValidationError, "^crm_segmentation.not_unique: "),
        ):
            self._draft({"code": "a"}, {"code": "a"})

    def test_in_words(self):
        draft = self._draft(
            {"name": "Send", "limit_value": 2, "limit_unit": "hour"},
            interaction_type_ids=[Command.set(self.materials.ids)],
            counterparty_type_ids=[Command.set(self.client.ids)],
        )
        self.assertEqual(
            draft.sentence,
            "When a client asks for materials, whoever talked to the customer must "
            "send within 2 hours by the clock; proof: an outgoing message; at 75 % a "
            "reminder.",
        )

    # --- shipped --------------------------------------------------------------

    def test_every_company_has_the_shipped_drafts(self):
        shipped = self.env["crm.regulation"].search(
            [("company_id", "=", self.company.id)]
        )
        masters = self.env["crm.regulation"]._shipped()
        self.assertEqual(set(shipped.mapped("code")), set(masters.mapped("code")))
        self.assertEqual(set(shipped.mapped("state")), {"draft"})
        number = len(shipped)
        shipped = shipped.filtered(lambda r: r.code in ("materials_2h", "service_4wh"))
        shipped.action_publish()
        self._talk()
        self._talk(type_id=self.service.id)
        self.assertEqual(
            self._owed(shipped).mapped("date_due"),
            [
                self._owed(shipped)[0].date_start.replace(hour=11),
                self._owed(shipped)[1].date_start.replace(hour=14),
            ],
        )
        self.company._copy_shipped_regulations()
        self.assertEqual(
            self.env["crm.regulation"].search_count(
                [("company_id", "=", self.company.id)]
            ),
            number,
        )

    # --- start ----------------------------------------------------------------

    def test_start(self):
        regulation = self._regulation(
            interaction_type_ids=[Command.set(self.service.ids)]
        )
        talks = self._talk() | self._talk()
        start = regulation.with_user(self.coordinator).start
        ids = start(talks.ids, "migration 1")
        self.assertEqual(ids, self._owed(regulation).ids)
        self.assertEqual(len(ids), 2)
        self.assertEqual(start(talks.ids, "migration 1"), ids, "twice is once")
        self.assertEqual(len(start(talks[0].ids * 2, "migration 2")), 1)
        self.assertEqual(len(self._owed(regulation)), 3)

    def test_start_keeps_to_the_counterparties(self):
        regulation = self._regulation(
            counterparty_type_ids=[Command.set(self.dealer.ids)]
        )
        self.assertEqual(regulation.start(self._talk().ids, "migration"), [])

    def test_wrong_start(self):
        regulation = self._regulation().with_user(self.coordinator)
        talk = self._talk()
        other = self.env["res.company"].create({"name": "South Med"})
        theirs = (
            self.env["crm.interaction"]
            .with_company(other)
            .sudo()
            .create({"type_id": self.materials.id, "company_id": other.id})
        )
        for ids, reference in (
            (talk.ids, ""),
            (talk.ids, False),
            (talk.ids, 5),
            ([talk.id, 99_999_999], "x"),
            ([str(talk.id)], "x"),
            ([None], "x"),
            ([True], "x"),
            (talk.id, "x"),
            ("5", "x"),
            (theirs.ids, "x"),
        ):
            with (
                self.subTest(ids=ids, reference=reference),
                self.assertRaisesRegex(UserError, "^crm_regulations.start:"),
            ):
                regulation.start(ids, reference)
        with self.assertRaisesRegex(UserError, "^crm_regulations.wrong_state:"):
            self._draft().start(talk.ids, "x")
        with self.assertRaisesRegex(AccessError, "^crm_regulations.coordinator_only:"):
            regulation.with_user(self.sales).start(talk.ids, "x")
