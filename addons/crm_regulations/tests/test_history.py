from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import SQL

from .common import RegulationsCommon, instant


@tagged("post_install", "-at_install")
class TestHistory(RegulationsCommon):
    """What no signal has told is found by the readers."""

    def _night(self, now):
        with self._at(now), self.enter_registry_test_mode():
            self.env.ref("crm_regulations.ir_cron_reconcile").method_direct_trigger()
        self.env.invalidate_all()

    def _silently(self, work):
        """Do something that no signal tells, as raw SQL would."""
        ready = self.env.registry.ready
        self.env.registry.ready = False
        try:
            done = work()
            self.env.flush_all()
        finally:
            self.env.registry.ready = ready
        return done

    def setUp(self):
        super().setUp()
        with self._at("2026-05-04 08:00:00"):
            self.regulation = self._regulation()

    # --- nightly --------------------------------------------------------------

    def test_opens_and_proves_what_nobody_told(self):
        with self._at("2026-05-04 09:00:00"):
            talk = self._silently(self._typed)
        with self._at("2026-05-04 10:00:00"):
            self._silently(
                lambda: self._write_to(self.customer, partner_ids=self.customer.ids)
            )
        self.assertFalse(self._owed(self.regulation))
        self._night("2026-05-05 01:00:00")
        owed = self._owed(self.regulation)
        self.assertEqual((owed.res_id, owed.state), (talk.id, "done_on_time"))
        self.assertEqual(owed.date_done, instant("2026-05-04 10:00:00"))
        self.assertEqual(
            self.regulation.date_reconciled, instant("2026-05-05 01:00:00")
        )

    def test_again_changes_nothing(self):
        with self._at("2026-05-04 09:00:00"):
            self._talk()
        owed = self._owed(self.regulation)
        for day in (5, 6):
            self._night(f"2026-05-{day:02} 01:00:00")
        self.assertEqual(self._owed(self.regulation), owed)
        self.assertEqual(owed.event_ids.mapped("kind"), ["opened"])

    def test_what_was_before_the_publication_starts_nothing(self):
        with self._at("2026-05-04 07:00:00"):
            self._silently(lambda: self._typed(date="2026-05-04 07:00:00"))
        self._night("2026-05-05 01:00:00")
        self.assertFalse(self._owed(self.regulation))

    def test_proof_of_an_open_promise(self):
        with self._at("2026-05-04 09:00:00"):
            self._talk()
        owed = self._owed(self.regulation)
        with self._at("2026-05-04 10:00:00"):
            self._silently(
                lambda: self._write_to(self.customer, partner_ids=self.customer.ids)
            )
        self.assertEqual(owed.state, "open")
        self._night("2026-05-05 01:00:00")
        self.assertEqual(owed.state, "done_on_time")

    def test_records_that_are_gone(self):
        with self._at("2026-05-04 09:00:00"):
            talk = self._talk()
        owed = self._owed(self.regulation)
        self.env.cr.execute(SQL("DELETE FROM crm_interaction WHERE id = %s", talk.id))
        self._night("2026-05-04 10:00:00")
        self.assertEqual(owed.state, "cancelled")

    def test_a_reader_that_fails_stops_nothing(self):
        broken = self._regulation()
        broken.sudo().spec = {**broken.spec, "trigger_domain": [["gone", "=", 1]]}
        with self._at("2026-05-04 09:00:00"):
            self._silently(self._typed)
        self._night("2026-05-05 01:00:00")
        self._night("2026-05-06 01:00:00")
        self.assertEqual(len(self._owed(self.regulation)), 1)
        incident = self._incidents(broken)
        self.assertEqual((len(incident), incident.times), (1, 2))

    # --- repair ---------------------------------------------------------------

    def _repair(self, now="2026-05-06 12:00:00"):
        with self._at(now):
            dialog = self.env["crm.regulation.repair"].with_user(self.coordinator)
            return dialog.create(
                {
                    "regulation_id": self.regulation.id,
                    "date_from": "2026-05-01",
                    "date_to": "2026-05-06",
                }
            )

    def test_repair_shows_and_changes_nothing(self):
        with self._at("2026-05-04 09:00:00"):
            talk = self._silently(self._typed)
            self._talk()
        owed = self._owed(self.regulation)
        owed.write({"state": "done_late", "date_done": "2026-05-05 09:00:00"})
        dialog = self._repair()
        with self._at("2026-05-06 12:00:00"):
            dialog.action_look()
        self.assertEqual(len(dialog.line_ids), 2)
        self.assertEqual(self._owed(self.regulation), owed)
        self.assertEqual(owed.state, "done_late")
        missing, different = dialog.line_ids.sorted("key", reverse=True)
        self.assertIn(f"interaction:{talk.id}", missing.key)
        self.assertIn("Done late", different.before)
        self.assertIn("Overdue", different.after)

    def test_repair_applies_what_is_chosen(self):
        with self._at("2026-05-04 09:00:00"):
            self._silently(self._typed)
            self._talk()
        owed = self._owed(self.regulation)
        owed.write({"state": "done_late", "date_done": "2026-05-05 09:00:00"})
        dialog = self._repair()
        with self._at("2026-05-06 12:00:00"):
            dialog.action_look()
            dialog.line_ids.filtered(
                lambda line: line.key.startswith("missing")
            ).is_chosen = False
            dialog.action_apply()
        self.assertEqual(self._owed(self.regulation), owed)
        self.assertEqual((owed.state, owed.date_done), ("breached", False))
        self.assertIn("repaired", owed.event_ids.mapped("kind"))
        with self._at("2026-05-06 12:00:00"):
            dialog.line_ids.is_chosen = True
            dialog.action_apply()
        self.assertEqual(len(self._owed(self.regulation)), 2)
        self.assertFalse(dialog.line_ids)

    def test_nothing_to_repair(self):
        """People's words are history, too."""
        with self._at("2026-05-04 09:00:00"):
            for _number in range(5):
                self._typed()
            self._commit()
        owed = self._owed(self.regulation)
        with self._at("2026-05-04 10:00:00"):
            owed[0].fulfil("Done")
            owed[1].excuse("Power cut")
            owed[2].pause("Holiday")
            owed[3].cancel("Mistake")
        with self._at("2026-05-04 11:00:00"):
            owed[2].resume()
        self._sweep("2026-05-05 12:00:00")
        with self._at("2026-05-05 13:00:00"):
            owed[2].fulfil("Late")
        dialog = self._repair()
        with self._at("2026-05-06 12:00:00"):
            dialog.action_look()
        self.assertFalse(dialog.line_ids.mapped("after"))

    def test_repair_is_refused(self):
        draft = self._draft()
        dialog = self._repair()
        dialog.regulation_id = draft
        with self.assertRaisesRegex(UserError, "^crm_regulations.repair: "):
            dialog.action_look()
        dialog.write({"regulation_id": self.regulation.id, "date_to": "2026-04-01"})
        with self.assertRaisesRegex(UserError, "^crm_regulations.repair: "):
            dialog.action_apply()

    # --- starts by others -----------------------------------------------------

    def test_server_action(self):
        leads = self._on_leads(trigger_domain='[("name", "=", "never")]')
        action = self.env["ir.actions.server"].create(
            {
                "name": "Start",
                "model_id": self.env["ir.model"]._get_id("crm.lead"),
                "state": "crm_regulation",
                "crm_regulation_id": leads.id,
            }
        )
        self.assertFalse(action.warning)
        two = self._lead() | self._lead()
        run = action.with_context(
            active_model="crm.lead", active_ids=two.ids, active_id=two[0].id
        )
        with self._at("2026-05-04 09:00:00"):
            run.run()
            run.run()
        self.assertEqual(self._owed(leads).mapped("res_id"), two.ids)
        with self._at("2026-05-05 09:00:00"):
            run.run()
        self.assertEqual(len(self._owed(leads)), 4)
        # A new version in force is the one that is started.
        leads.action_new_version()
        new = leads.search([("code", "=", leads.code), ("state", "=", "draft")])
        new.action_publish()
        with self._at("2026-05-06 09:00:00"):
            run.run()
        self.assertEqual(len(self._owed(new)), 2)

    # --- people leave ---------------------------------------------------------

    def test_somebody_leaves(self):
        leaver = self._user("leaver", "sales_team.group_sale_salesman")
        self.customer.user_id = self.manager
        with self._at("2026-05-04 09:00:00"):
            self._talk(user_id=leaver.id)
            self._talk(user_id=leaver.id, partner_id=False)
        self._sweep("2026-05-04 09:00:01")
        owed = self._owed(self.regulation)
        self.assertEqual(owed.user_id, leaver)
        leaver.active = False
        self.assertEqual(owed.mapped("user_id"), self.manager | self.coordinator)
        self.assertEqual(owed.activity_ids.user_id, self.manager | self.coordinator)
        self.assertIn("reassigned", owed[0].event_ids.mapped("kind"))

    def test_an_employee_is_deleted(self):
        """The working hours of a promise are those of its beginning."""
        evening = self._working_hours("Evening", hours=((15, 20),))
        employee = self.env["hr.employee"].create(
            {
                "name": "Owl",
                "user_id": self.sales.id,
                "company_id": self.company.id,
                "resource_calendar_id": evening.id,
            }
        )
        with self._at("2026-05-04 08:00:00"):
            regulation = self._regulation({"calendar_kind": "responsible"})
        with self._at("2026-05-04 09:00:00"):
            self._talk()
        owed = self._owed(regulation)
        employee.unlink()
        self._commit()
        self.assertEqual(owed.calendar_id, evening)
        self.assertEqual(owed.user_id, self.sales)
        with self._at("2026-05-04 12:00:00"):
            owed.pause("Holiday")
        with self._at("2026-05-04 16:00:00"):
            owed.resume()
        self.assertEqual(owed.date_due, instant("2026-05-04 20:00:00"))
