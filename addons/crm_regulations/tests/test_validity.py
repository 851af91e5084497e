import json

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import MONDAY_9, RegulationsCommon, instant


@tagged("post_install", "-at_install")
class TestPlace(RegulationsCommon):
    """Special regulations take the place of general ones."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.dealer = cls.env.ref("crm_segmentation.type_dealer")
        cls.trader = cls._partner("Trader")
        cls.trader.counterparty_type_ids = cls.dealer
        cls.dealers = {"counterparty_type_ids": [Command.set(cls.dealer.ids)]}

    def _kinds(self, obligation):
        return obligation.event_ids.mapped("kind")

    def test_special_beats_general(self):
        general = self._regulation(name="Everybody")
        special = self._regulation(name="Dealers", **self.dealers)
        self._talk()
        self._talk(partner_id=self.trader.id)
        self.assertEqual(self._owed(general).partner_id, self.customer)
        owed = self._owed(special)
        self.assertEqual(owed.partner_id, self.trader)
        covers = owed.event_ids.filtered(lambda e: e.kind == "covers")
        self.assertRecordValues(covers, [{"key": str(general.id), "note": "Everybody"}])
        self.assertNotIn("covers", self._kinds(self._owed(general)))

    def test_only_about_the_same_event_of_a_process(self):
        special = self._regulation(**self.dealers)
        others = self._regulation(process="sales")
        others |= self._regulation(
            interaction_type_ids=[Command.set(self.materials.ids)]
        )
        others |= self._regulation(trigger_domain='[("name", "!=", "x")]')
        others |= self._regulation(is_additional=True)
        self._talk(partner_id=self.trader.id)
        self.assertTrue(self._owed(special))
        for other in others[:3]:
            with self.subTest(other=other):
                self.assertTrue(self._owed(other))
        # Additional is said by the special one.
        self.assertFalse(self._owed(others[3]))

    def test_additional(self):
        general = self._regulation()
        special = self._regulation(is_additional=True, **self.dealers)
        self._talk(partner_id=self.trader.id)
        self.assertTrue(self._owed(general))
        self.assertNotIn("covers", self._kinds(self._owed(special)))

    def test_neither_is_more_special(self):
        kind = self.env.ref("crm_segmentation.sale_kind_services")
        one = self._on_leads(**self.dealers)
        other = self._on_leads(sale_kind_ids=[Command.set(kind.ids)])
        self._lead(partner_id=self.trader.id, sale_kind_ids=[Command.set(kind.ids)])
        self.assertTrue(self._owed(one))
        self.assertTrue(self._owed(other))

    def test_the_most_special_of_three(self):
        general = self._regulation()
        special = self._regulation(**self.dealers)
        named = self._regulation(
            scope_domain='[("name", "=", "Trader")]', **self.dealers
        )
        self._talk(partner_id=self.trader.id)
        self.assertFalse(self._owed(general | special))
        covers = self._owed(named).event_ids.filtered(lambda e: e.kind == "covers")
        self.assertEqual(covers.mapped("key"), [str(general.id), str(special.id)])

    def test_not_before_it_is_in_force(self):
        general = self._regulation()
        special = self._regulation(date_from="2026-05-04 10:00:00", **self.dealers)
        self._talk(partner_id=self.trader.id)
        self.assertTrue(self._owed(general))
        self._talk(partner_id=self.trader.id, date="2026-05-04 10:00:00")
        self.assertEqual(len(self._owed(general)), 1)
        self.assertEqual(len(self._owed(special)), 1)

    def test_history_is_read_alike(self):
        with self._at("2026-05-04 08:00:00"):
            general = self._regulation(mode="silent")
            special = self._regulation(mode="silent", **self.dealers)
        with self._at(MONDAY_9):
            # Nobody was told of it: as by raw SQL.
            talk = self._typed(partner_id=self.trader.id)
            self.env.flush_all()
            self.env.cr.precommit.clear()
        with self._at("2026-05-04 10:00:00") as now:
            for regulation in (general | special).sudo():
                rule = self.env["crm.regulation"]._book().published(regulation.id)
                regulation._read_until(rule, now, now - instant(MONDAY_9))
        self.assertFalse(self._owed(general))
        self.assertEqual(self._owed(special).res_id, talk.id)

    def test_by_hand_both(self):
        general = self._regulation()
        self._regulation(**self.dealers)
        talk = self._talk(partner_id=self.trader.id)
        self.assertFalse(self._owed(general))
        general.start(talk.ids, "by hand")
        self.assertTrue(self._owed(general))

    def test_said_in_words(self):
        general = self._regulation(name="Everybody")
        special = self._draft(name="Dealers", **self.dealers)
        self.assertEqual(
            special.place, "Where it fits, it takes the place of: “Everybody”."
        )
        self.assertFalse(general.place)
        special.action_publish()
        general.invalidate_recordset(["place"])
        self.assertEqual(
            general.place, "Where they fit, these take its place: “Dealers”."
        )


@tagged("post_install", "-at_install")
class TestValidity(RegulationsCommon):
    """From when until when a version is in force."""

    def _next(self, regulation, *steps, **values):
        """The draft of the next version."""
        draft = self.env["crm.regulation"].browse(
            regulation.action_new_version()["res_id"]
        )
        for step, changed in zip(draft.step_ids, steps, strict=False):
            step.write(changed)
        draft.write(values)
        return draft

    def _by_time(self, now):
        with self._at(now), self.enter_registry_test_mode():
            self._commit()
            self.env.ref("crm_regulations.ir_cron_by_time").method_direct_trigger()
        self.env.invalidate_all()

    def test_until(self):
        regulation = self._regulation(date_until="2026-05-04 10:00:00")
        self._talk()
        self._talk(date="2026-05-04 10:00:00")
        self.assertEqual(len(self._owed(regulation)), 1)
        self._by_time("2026-05-04 09:59:59")
        self.assertEqual(regulation.state, "published")
        self._by_time("2026-05-04 10:00:00")
        self.assertEqual(regulation.state, "retired")
        self.assertEqual(self._owed(regulation).state, "open")

    def test_the_end_is_after_the_beginning(self):
        with self.assertRaisesRegex(UserError, "end must be later"):
            self._draft(
                date_from="2026-05-04 10:00:00", date_until="2026-05-04 10:00:00"
            )
            self.env.flush_all()

    def test_a_version_that_begins_later(self):
        with self._at("2026-05-04 08:00:00"):
            first = self._regulation()
            second = self._next(first, date_from="2026-05-04 10:00:00")
            second.action_publish()
        self.assertEqual(first.state, "published")
        self.assertEqual(first.date_until, instant("2026-05-04 10:00:00"))
        with self._at(MONDAY_9):
            self._talk()
            self.assertEqual(second._in_force(), first)
        with self._at("2026-05-04 10:30:00"):
            self._talk(date="2026-05-04 10:30:00")
            self.assertEqual(first._in_force(), second)
        self._by_time("2026-05-04 10:45:00")
        self.assertEqual((first.state, second.state), ("retired", "published"))
        self.assertEqual(len(self._owed(first)), 1)
        self.assertEqual(len(self._owed(second)), 1)

    def test_a_version_that_never_begins(self):
        with self._at("2026-05-04 08:00:00"):
            first = self._regulation()
            second = self._next(first, date_from="2026-05-04 12:00:00")
            second.action_publish()
            third = self._next(second, date_from="2026-05-04 10:00:00")
            third.action_publish()
        self.assertEqual(second.state, "retired")
        self.assertEqual((first.state, third.state), ("published", "published"))
        self.assertEqual(first.date_until, instant("2026-05-04 10:00:00"))

    def test_a_new_version_does_not_begin_in_the_past(self):
        first = self._regulation(date_from="2026-01-01 00:00:00")
        self.assertFalse(self._next(first).date_from)

    def test_open_promises_are_kept(self):
        first = self._regulation()
        owed = self._promise(first)
        second = self._next(first, {"limit_value": 8})
        self.assertTrue(second.action_publish())
        self.assertEqual(owed.regulation_id, first)
        self.assertEqual(owed.date_due, instant("2026-05-04 14:00:00"))
        self.assertEqual(second.open_obligations, "keep")

    def test_open_promises_are_taken_back(self):
        first = self._regulation()
        owed = self._promise(first)
        self._next(first).action_publish(open_obligations="cancel")
        self.assertEqual(owed.state, "cancelled")

    def test_open_promises_are_measured_anew(self):
        with self._at(MONDAY_9):
            first = self._regulation()
            owed = self._promise(first)
            owed.pause("Waiting for the customer")
        with self._at("2026-05-04 10:00:00"):
            owed.resume()
            second = self._next(first, {"limit_value": 2, "warn_percent": 50})
            second.action_publish(open_obligations="retarget")
            self.assertEqual(owed.regulation_id, second)
            self.assertEqual(owed.step_id, second.step_ids)
            # An hour was paused, so two hours of work from nine end at noon.
            self.assertEqual(owed.date_due, instant("2026-05-04 12:00:00"))
            self.assertEqual(owed.date_start, instant(MONDAY_9))
            self.assertEqual(owed.date_warn, instant("2026-05-04 11:00:00"))
            moved = owed.event_ids.filtered(lambda e: e.kind == "retargeted")
            self.assertEqual(
                moved.note, "From version 1; it was due 2026-05-04 15:00:00 (UTC)."
            )
            self.assertNotIn("retimed", owed.event_ids.mapped("kind"))
        self._sweep("2026-05-04 12:00:01")
        self.assertEqual(owed.state, "breached")
        self.assertEqual(owed.date_breach, instant("2026-05-04 12:00:00"))

    def test_nobody_is_late_because_a_document_changed(self):
        with self._at(MONDAY_9):
            first = self._regulation()
            owed = self._promise(first)
        with self._at("2026-05-04 11:00:00"):
            second = self._next(first, {"limit_value": 1})
            second.action_publish(open_obligations="retarget")
        self.assertEqual(owed.regulation_id, first)
        self.assertEqual(owed.date_due, instant("2026-05-04 14:00:00"))

    def test_a_step_that_is_gone_keeps_its_promises(self):
        with self._at(MONDAY_9):
            first = self._regulation({"code": "a"}, {"code": "b", "name": "Call"})
            owed = self._promise(first)
            second = self._next(first, {"code": "other"}, {"limit_value": 8})
            second.action_publish(open_obligations="retarget")
        self.assertEqual(owed.regulation_id, first | second)
        self.assertEqual(owed[1].regulation_id, second)
        self.assertEqual(owed[1].date_due, instant("2026-05-05 09:00:00"))

    def test_proof_by_the_new_version(self):
        with self._at(MONDAY_9):
            first = self._regulation({"evidence_kind": "manual"})
            owed = self._promise(first)
        with self._at("2026-05-04 10:00:00"):
            self._write_to(self.customer)
        with self._at("2026-05-04 11:00:00"):
            self.assertEqual(owed.state, "open")
            second = self._next(first, {"evidence_kind": "message_out"})
            second.action_publish(open_obligations="retarget")
        self.assertEqual(owed.state, "done_on_time")
        self.assertEqual(owed.date_done, instant("2026-05-04 10:00:00"))

    def test_broken_ones_stay_history(self):
        with self._at(MONDAY_9):
            first = self._regulation()
            owed = self._promise(first)
        self._sweep("2026-05-05 09:00:00")
        with self._at("2026-05-05 09:00:00"):
            second = self._next(first, {"limit_value": 80})
            second.action_publish(open_obligations="retarget")
        self.assertEqual((owed.state, owed.regulation_id), ("breached", first))

    def test_taken_over_when_the_time_comes(self):
        with self._at(MONDAY_9):
            first = self._regulation()
            owed = self._promise(first)
            second = self._next(
                first, {"limit_value": 8}, date_from="2026-05-04 10:00:00"
            )
            second.action_publish(open_obligations="retarget")
            self.assertEqual(owed.regulation_id, first)
        self._by_time("2026-05-04 10:00:00")
        self.assertEqual(owed.regulation_id, second)
        self.assertEqual(owed.date_due, instant("2026-05-05 09:00:00"))
        self._by_time("2026-05-04 10:15:00")
        self.assertEqual(
            owed.event_ids.mapped("kind").count("retargeted"), 1, "twice is once"
        )

    def test_wrong_choice(self):
        draft = self._draft()
        for choice in ("keep them", None, 1, ["keep"], {}):
            with (
                self.subTest(choice=choice),
                self.assertRaisesRegex(UserError, "^crm_regulations.open_obligations:"),
            ):
                draft.action_publish(open_obligations=choice)
        self.assertEqual(draft.state, "draft")

    def test_asked_only_if_something_is_open(self):
        self.company.crm_regulation_approval = False
        first = self._regulation()
        second = self._next(first).with_user(self.coordinator)
        self.assertIs(self._next(first).action_ask_publish(), True)
        self._promise(second.sudo())
        third = self._next(second).with_user(self.coordinator)
        action = third.action_ask_publish()
        json.dumps(action["context"])
        dialog = (
            self.env["crm.regulation.publish"]
            .with_user(self.coordinator)
            .with_context(**action["context"])
            .create({"open_obligations": "cancel"})
        )
        self.assertEqual(dialog.open_count, 1)
        dialog.action_publish()
        self.assertEqual(third.state, "published")
        self.assertEqual(self._owed(second).state, "cancelled")
        with self.assertRaises(AccessError):
            third.with_user(self.sales).action_ask_publish()
