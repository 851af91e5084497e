from odoo import Command
from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from .common import RegulationsCommon, instant


@tagged("post_install", "-at_install")
class TestBadSettings(RegulationsCommon):
    """What can never work is said when it is set up, or has a defined end."""

    def _refused(self, code):
        return self.assertRaisesRegex(UserError, f"^crm_regulations.{code}: ")

    def test_steps_in_a_circle(self):
        draft = self._draft({"name": "One"}, {"name": "Two"}, {"name": "Three"})
        one, two, three = draft.step_ids
        two.write({"start_kind": "step", "start_step_id": one.id})
        three.write({"start_kind": "step", "start_step_id": two.id})
        with self.assertRaisesRegex(ValidationError, "^crm_regulations.start: .*One"):
            one.write({"start_kind": "step", "start_step_id": three.id})
        with self._refused("start"):
            one.write({"start_kind": "step", "start_step_id": one.id})
        with self._refused("start"):
            one.write({"start_kind": "step"})
        with self._refused("start"):
            one.write(
                {"start_kind": "step", "start_step_id": self._draft().step_ids.id}
            )

    def test_copies_keep_their_own_chain(self):
        draft = self._draft({"name": "One"}, {"name": "Two"})
        one, two = draft.step_ids
        two.write({"start_kind": "step", "start_step_id": one.id})
        copied = draft.copy().step_ids
        self.assertEqual(copied[1].start_step_id, copied[0])

    def test_dates_that_are_none(self):
        for field in ("", "gone", "name", "partner_id"):
            with self.subTest(field=field), self._refused("start"):
                self._draft({"start_kind": "date", "start_field": field})
            with self.subTest(field=field), self._refused("trigger"):
                self._draft(
                    trigger_kind="date_reached",
                    res_model="crm.lead",
                    trigger_date_field=field,
                )
        with self._refused("trigger"):
            self._draft(
                trigger_kind="purchase_late", res_model="res.partner", trigger_factor=0
            )

    def test_proof_that_can_never_happen(self):
        for step in (
            {"evidence_domain": '[(0, "=", 1)]'},
            {"evidence_domain": '[("id", "in", [])]'},
            {
                "condition_ids": [
                    Command.create(
                        {"role": "cancel", "kind": "created", "domain": "[]"}
                    )
                ]
            },
            {
                "condition_ids": [
                    Command.create(
                        {"role": "cancel", "kind": "deal_won", "domain": "[(0,'=',1)]"}
                    )
                ]
            },
        ):
            with self.subTest(step=step), self.assertRaises(UserError) as refused:
                self._draft(step).action_publish()
            self.assertRegex(
                str(refused.exception),
                "^(crm_regulations.never|crm_segmentation.bad_value): ",
            )

    def test_a_rhythm_of_nothing(self):
        for values in ({"every_value": 0}, {"every_value": -1}):
            with (
                self.subTest(values=values),
                self.assertRaisesRegex(
                    ValidationError, "^crm_segmentation.out_of_range: "
                ),
            ):
                self._draft({"recurrence": "rhythm", **values})

    def test_a_condition_that_never_counts(self):
        for values in (
            {"times": 0},
            {"domain": "nonsense"},
            {"domain": "[('x','=',1)]"},
        ):
            condition = {"role": "fulfil", "kind": "message_in", **values}
            with self.subTest(values=values), self.assertRaises(ValidationError) as no:
                self._draft({"condition_ids": [Command.create(condition)]})
            self.assertRegex(str(no.exception), "^crm_(regulations|segmentation)[.]")

    def test_parts_of_what_is_in_force(self):
        regulation = self._regulation(
            {
                "condition_ids": [Command.create({"kind": "deal_won"})],
                "rung_ids": [Command.create({"value": 1})],
            }
        )
        step = regulation.step_ids.with_user(self.coordinator)
        for change in (
            lambda: step.condition_ids.write({"times": 2}),
            lambda: step.condition_ids.unlink(),
            lambda: step.rung_ids.write({"value": 2}),
            lambda: step.rung_ids.unlink(),
            lambda: step.rung_ids.create({"step_id": step.id, "value": 3}),
            lambda: step.condition_ids.create({"step_id": step.id}),
        ):
            with self._refused("published_is_fixed"):
                change()

    # --- defined results ------------------------------------------------------

    def test_the_clock_of_the_server_moves_back(self):
        regulation = self._regulation()
        with self._at("2026-05-04 09:00:00"):
            self._talk()
        owed = self._owed(regulation)
        self._sweep("2026-05-04 14:30:00")
        self.assertEqual(owed.state, "breached")
        kinds = owed.event_ids.mapped("kind")
        self._sweep("2026-05-04 08:00:00")
        self._sweep("2026-05-04 14:30:00")
        self.assertEqual(owed.event_ids.mapped("kind"), kinds)
        with self._at("2026-05-04 08:30:00"):
            owed.fulfil("Before it was asked")
        self.assertEqual(owed.state, "done_on_time")

    def test_a_talk_that_is_still_to_come(self):
        """The telephone exchange's clock is ahead of ours."""
        regulation = self._regulation({"evidence_kind": "interaction"})
        with self._at("2026-05-04 09:00:00"):
            self._talk(date="2026-05-04 09:05:00")
            owed = self._owed(regulation)
            self._talk(date="2026-05-04 09:10:00", direction="out")
        self.assertEqual(owed[0].state, "done_on_time")
        self.assertEqual(owed[0].date_done, instant("2026-05-04 09:10:00"))

    def test_working_hours_are_deleted(self):
        hours = self._working_hours("Short-lived")
        regulation = self._regulation(
            {"calendar_kind": "fixed", "calendar_id": hours.id}
        )
        with self._at("2026-05-04 09:00:00"):
            self._talk()
        owed = self._owed(regulation)
        hours.unlink()
        self._commit()
        self._sweep("2026-05-04 10:00:00")
        with self._at("2026-05-04 10:00:00"):
            owed.pause("Holiday")
        with self._at("2026-05-04 11:00:00"):
            owed.resume()
        self.assertEqual(owed.date_due, instant("2026-05-04 15:00:00"))
        self.assertFalse(self._incidents(regulation))

    def test_working_hours_become_flexible(self):
        regulation = self._regulation()
        with self._at("2026-05-04 09:00:00"):
            self._talk()
        owed = self._owed(regulation)
        with self._at("2026-05-04 09:30:00"):
            self.calendar.schedule_type = "flexible"
            self._commit()
        self._sweep("2026-05-04 10:00:00")
        self.assertEqual(owed.date_due, instant("2026-05-04 14:00:00"))
        self.assertFalse(owed.is_stale)
        self.assertTrue(self._incidents(regulation))
        self._sweep("2026-05-04 14:30:00")
        self.assertEqual(owed.state, "breached")
        self.assertEqual(owed.explain()["account"]["days"], [])
        talk = self._talk()
        self.assertTrue(talk.exists(), "the save goes on")

    def test_a_row_that_fails_is_put_off(self):
        regulation = self._regulation()
        with self._at("2026-05-04 09:00:00"):
            self._talk()
            self._talk()
        poisoned, sound = self._owed(regulation)
        poisoned.alarms = [["no such instant", "breached", ""]]
        self.env.flush_all()
        for now, attempts in (("14:30", 1), ("14:31", 1), ("14:36", 2), ("14:41", 2)):
            self._sweep(f"2026-05-04 {now}:00")
            self.assertEqual(poisoned.attempts, attempts)
        self.assertEqual(poisoned.next_check, instant("2026-05-04 14:46:00"))
        self.assertEqual(sound.state, "breached")
        self.assertEqual(self._incidents(regulation).times, 2)
