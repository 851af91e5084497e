from odoo.tests import tagged

from .common import RegulationsCommon, instant


@tagged("post_install", "-at_install")
class TestSweep(RegulationsCommon):
    """One promise from Monday 9:00: warned at 12:00, due at 14:00."""

    def setUp(self):
        super().setUp()
        with self._at("2026-05-04 09:00:00"):
            self.owed = self._promise()
        self._sweep("2026-05-04 09:00:01")

    def _kinds(self):
        return self.owed.event_ids.sorted("id").mapped("kind")

    def test_nothing_to_do_yet(self):
        self._sweep("2026-05-04 11:59:59")
        self.assertEqual(self._kinds(), ["opened", "reminded"])
        self.assertEqual(self.owed.next_check, instant("2026-05-04 12:00:00"))

    def test_warned_once(self):
        for minute in (1, 1, 6):
            self._sweep(f"2026-05-04 12:{minute:02}:00")
        self.assertEqual(self._kinds(), ["opened", "reminded", "warned"])
        self.assertEqual(self.owed.state, "open")
        self.assertEqual(self.owed.next_check, instant("2026-05-04 14:00:00"))

    def test_due_this_very_instant_is_still_open(self):
        self._sweep("2026-05-04 14:00:00")
        self.assertEqual(self.owed.state, "open")
        with self._at("2026-05-04 14:00:00"):
            self.owed.fulfil("Just in time")
        self._sweep("2026-05-04 14:05:00")
        self.assertEqual(self.owed.state, "done_on_time")
        self.assertNotIn("breached", self._kinds())

    def test_breached_once(self):
        self._sweep("2026-05-04 14:00:01")
        self.assertEqual(self.owed.state, "breached")
        self.assertEqual(self.owed.date_breach, instant("2026-05-04 14:00:00"))
        self.assertFalse(self.owed.next_check)
        self._sweep("2026-05-04 14:05:00")
        self.assertEqual(self._kinds(), ["opened", "reminded", "breached"])

    def test_second_run_writes_nothing(self):
        self._sweep("2026-05-04 15:00:00")
        before = self.owed.write_date
        self._sweep("2026-05-04 16:00:00")
        self.assertEqual(self.owed.write_date, before)

    def test_overdue_is_still_to_be_done(self):
        self._sweep("2026-05-04 15:00:00")
        self.assertTrue(self.owed.activity_ids.active)
        with self._at("2026-05-04 15:30:00"):
            self._write_to(self.customer, partner_ids=self.customer.ids)
        self.assertEqual(self.owed.state, "done_late")
        self.assertEqual(self.owed.date_breach, instant("2026-05-04 14:00:00"))

    def test_many(self):
        """Without a query per promise."""
        regulation = self.owed.regulation_id
        with self._at("2026-05-04 09:00:00"):
            for _number in range(60):
                self._typed()
            self._commit()
        self._sweep("2026-05-04 09:00:02")
        owed = self._owed(regulation)
        self.env.flush_all()
        self.env.invalidate_all()
        with self._at("2026-05-04 14:00:01") as now, self.assertQueryCount(20):
            done = self.env["crm.obligation"]._sweep_batch(now)
        self.assertEqual(done, 61)
        self.assertEqual(set(owed.mapped("state")), {"breached"})

    def test_woken_once_whatever_was_taken_back(self):
        """Odoo repeats what came into somebody's way, on the same cursor."""
        cron = self.env.ref("crm_regulations.ir_cron_sweep")
        with self.enter_registry_test_mode(), self.registry.cursor() as cursor:
            obligations = self.env(cr=cursor)["crm.obligation"]
            triggers = obligations.env["ir.cron.trigger"]
            before = triggers.search_count([("cron_id", "=", cron.id)])
            obligations._wake_sweep()
            cursor.rollback()
            obligations._wake_sweep()
            obligations._wake_sweep()
            cursor.commit()
            after = triggers.search_count([("cron_id", "=", cron.id)])
        self.assertEqual(after, before + 1)

    def test_goes_on_where_the_batch_before_ended(self):
        """And begins again at the end: something may have become due behind it."""
        obligations = self.env["crm.obligation"]
        first, end = self.owed.next_check, instant("2026-05-04 12:30:00")
        self._talk()
        later = self._owed(self.owed.regulation_id) - self.owed
        later.next_check = end
        self.env.flush_all()
        with self._at("2026-05-04 12:40:00") as now:
            self.assertEqual(obligations._sweep_on(now, first), (2, end))
            self.owed.next_check = first
            self.assertEqual(obligations._sweep_on(now, end), (0, None))
            self.assertEqual(obligations._sweep_on(now, None), (1, first))
