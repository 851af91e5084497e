import json
from datetime import date, timedelta

from freezegun import freeze_time
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo import Command
from odoo.tests import tagged
from odoo.tools import SQL, mute_logger

from .common import AccountingCommon

TODAY = date(2026, 5, 20)
LONG_AGO = "2020-01-01"
CLINICS = 3
_SOURCES = (
    "account_move", "crm_turnover_line", "res_partner", "res_users", "res_company",
    "crm_lead", "crm_interaction",
)  # fmt: skip

_clinic = st.integers(0, CLINICS - 1)
_amount = st.sampled_from([0, 600, 1200, 2400, 6000])
_day = st.sampled_from(["2026-05-02", "2026-04-15", "2025-12-24", "2025-01-15"])
# What happens in a company, each with what it is done to.
_event = st.one_of(
    st.tuples(st.just("invoice"), _clinic, _day, _amount),
    st.tuples(st.just("refund"), _clinic, _day, _amount),
    st.tuples(st.just("line"), _clinic, _day, _amount),
    st.tuples(st.just("lead"), _clinic),
    st.tuples(st.just("line_amount"), _clinic, _amount),
    st.tuples(st.just("line_moves"), _clinic, _clinic),
    st.tuples(st.just("line_deleted"), _clinic),
    st.tuples(st.just("lead_moves"), _clinic, _clinic),
    st.tuples(st.just("lead_deleted"), _clinic),
    st.tuples(st.just("move_draft"), _clinic),
    st.tuples(st.just("move_cancel"), _clinic),
    st.tuples(st.just("move_post"), _clinic),
    st.tuples(st.just("move_moves"), _clinic, _clinic),
    st.tuples(st.just("move_deleted"), _clinic),
    st.tuples(st.just("doctor_moves"), _clinic, _clinic),
    st.tuples(st.just("archive"), _clinic),
    st.tuples(st.just("unarchive"), _clinic),
    st.tuples(st.just("deleted"), _clinic),
    st.tuples(st.just("type"), _clinic, st.sampled_from(["client", "dealer", None])),
    st.tuples(st.just("since"), _clinic, st.none() | _day),
    st.tuples(st.just("merge"), _clinic, _clinic),
    st.tuples(st.just("employee"), _clinic),
    st.tuples(st.just("refresh")),
)


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestRefresh(AccountingCommon):
    """The incremental pass and the full one give the same answer."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.segmentation = cls._segmentation(
            (
                "A",
                ("turnover_month_avg", ">=", 200, 150),
                ("days_since_purchase", "<=", 40),
            ),
            ("B", ("won_count", ">=", 1)),
            ("C", ("tenure_years", ">", 1)),
            ("D",),
            stability="normal",
        )
        cls.clinics = [cls._partner(f"Clinic {n}") for n in range(CLINICS)]
        cls.doctors = [cls._doctor(clinic) for clinic in cls.clinics]
        for clinic, doctor in zip(cls.clinics, cls.doctors, strict=True):
            cls._bought(doctor, "2026-04-20", 2400)
            cls._invoice(clinic, "2026-04-20", 1200)
            cls._lead(clinic)
        with freeze_time(TODAY - timedelta(days=120)):
            cls.segmentation.action_publish()
        cls.segmentation.classify()
        cls.env.cr.flush()

    @classmethod
    def _lead(cls, clinic):
        won = cls.env["crm.stage"].search([("is_won", "=", True)], limit=1)
        return cls.env["crm.lead"].create(
            {
                "name": "Gloves",
                "partner_id": clinic.id,
                "company_id": cls.company.id,
                "stage_id": won.id,
            }
        )

    @given(st.lists(_event, min_size=1, max_size=6))
    @settings(
        max_examples=60,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    def test_refreshed_is_what_everybody_would_be(self, events):
        savepoint = self.env.cr.savepoint()
        try:
            self._long_ago()
            for name, *arguments in events:
                self._happen(name, arguments)
            self.env.cr.flush()
            self._refresh()
            refreshed = self._state()
            self.segmentation.classify()
            self.assertEqual(self._state(), refreshed)
        finally:
            savepoint.close(rollback=True)
            self.env.invalidate_all()
            self.env.cr.precommit.data.clear()

    # --- passes ---------------------------------------------------------------

    def _long_ago(self):
        """Everything so far has been looked at: only what follows is new."""
        self.env.cr.flush()
        for table in _SOURCES:
            self.env.cr.execute(
                SQL("UPDATE %s SET write_date = %s", SQL.identifier(table), LONG_AGO)
            )
        self.env.cr.execute("DELETE FROM crm_segment_recheck")
        self.env.invalidate_all()

    def _refresh(self):
        changed = self.segmentation._refresh()
        self.env.invalidate_all()
        return changed

    def _state(self):
        self.env.flush_all()
        return self.env.execute_query(
            SQL(
                """SELECT partner_id, segment_id, computed_segment_id, computed_since,
                          wanted_segment_id, wanted_since, held_back, outlook, date_from
                     FROM crm_segment_membership
                    WHERE segmentation_id = %s ORDER BY partner_id""",
                self.segmentation.id,
            )
        )

    # --- what happens ---------------------------------------------------------

    def _happen(self, name, arguments):
        with mute_logger("odoo.addons.base.partner.merge", "odoo.models.unlink"):
            if arguments and not self._at(arguments[0]):
                return
            getattr(self, f"_do_{name}")(*arguments)

    def _at(self, number):
        return self.clinics[number].exists()

    def _do_refresh(self):
        self._refresh()
        self._long_ago()

    def _do_invoice(self, number, day, amount):
        self._invoice(self._at(number), day, amount)

    def _do_refund(self, number, day, amount):
        self._invoice(self._at(number), day, amount, move_type="out_refund")

    def _do_line(self, number, day, amount):
        self._bought(self._at(number), day, amount)

    def _do_lead(self, number):
        self._lead(self._at(number))

    def _one(self, model, number):
        return self.env[model].search(
            [("partner_id", "child_of", self._at(number).id)], limit=1
        )

    def _do_line_amount(self, number, amount):
        self._one("crm.turnover.line", number).amount = amount

    def _do_line_moves(self, number, other):
        self._one("crm.turnover.line", number).partner_id = (
            self._at(other) or (self.clinics[number])
        )

    def _do_line_deleted(self, number):
        self._one("crm.turnover.line", number).unlink()

    def _do_lead_moves(self, number, other):
        self._one("crm.lead", number).partner_id = self._at(other)

    def _do_lead_deleted(self, number):
        self._one("crm.lead", number).unlink()

    def _move(self, number, *states):
        return self.env["account.move"].search(
            [
                ("commercial_partner_id", "=", self._at(number).id),
                ("company_id", "=", self.company.id),
                ("state", "in", states),
            ],
            limit=1,
        )

    def _do_move_draft(self, number):
        self._move(number, "posted", "cancel").button_draft()

    def _do_move_cancel(self, number):
        self._move(number, "draft").button_cancel()

    def _do_move_post(self, number):
        self._move(number, "draft").action_post()

    def _do_move_moves(self, number, other):
        move = self._move(number, "draft", "posted")
        if move and self._at(other):
            move.filtered(lambda m: m.state == "posted").button_draft()
            move.partner_id = self._at(other)
            move.action_post()

    def _do_move_deleted(self, number):
        move = self._move(number, "draft", "posted")
        move.filtered(lambda m: m.state == "posted").button_draft()
        move.with_context(force_delete=True).unlink()

    def _do_doctor_moves(self, number, other):
        if self.doctors[number].exists() and self._at(other):
            self.doctors[number].parent_id = self._at(other)

    def _do_archive(self, number):
        self._at(number).active = False

    def _do_unarchive(self, number):
        self._at(number).active = True

    def _do_deleted(self, number):
        """A clinic can be deleted only when nothing names it."""
        clinic = self._at(number)
        family = clinic | clinic.child_ids
        moves = self.env["account.move"].search([("partner_id", "in", family.ids)])
        moves.filtered(lambda m: m.state != "draft").button_draft()
        moves.with_context(force_delete=True).unlink()
        for model in ("crm.turnover.line", "crm.lead"):
            self.env[model].search([("partner_id", "in", family.ids)]).unlink()
        (clinic.child_ids | clinic).unlink()

    def _do_type(self, number, code):
        kind = {"client": self.client, "dealer": self.dealer}.get(code)
        self._at(number).counterparty_type_ids = kind or [Command.clear()]

    def _do_since(self, number, day):
        self._at(number).customer_since = day

    def _do_merge(self, number, other):
        if number == other or not self._at(other):
            return
        both = self._at(number) | self._at(other)
        self.env["base.partner.merge.automatic.wizard"].create({})._merge(
            both.ids, self._at(number)
        )
        self.env.invalidate_all()

    def _do_employee(self, number):
        self.env["res.users"].create(
            {
                "name": "One of us",
                "login": f"one_of_us_{number}_{self.env['res.users'].search_count([])}",
                "partner_id": self._at(number).id,
                "company_id": self.company.id,
                "company_ids": [Command.set(self.company.ids)],
            }
        )


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestRefreshMatters(AccountingCommon):
    """One by one what the incremental pass must find, and what it must leave alone."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.clinic, cls.other = cls._partner("Clinic"), cls._partner("Other")
        cls.line = cls._bought(cls.clinic, "2026-04-15", 2400)
        cls.segmentation = cls._by_turnover()
        cls.segmentation.action_publish()

    _long_ago = TestRefresh._long_ago
    _refresh = TestRefresh._refresh

    def setUp(self):
        super().setUp()
        self._long_ago()

    def _seen(self):
        """Whom the next incremental pass would look at."""
        self.env.cr.flush()
        return set(self.segmentation._changed_partner_ids())

    def test_nothing_new_nobody_is_looked_at(self):
        self.assertEqual(self._seen(), set())
        before = self.segmentation.refresh_mark
        self.assertEqual(self._refresh(), 0)
        self.assertGreaterEqual(self.segmentation.refresh_mark, before)

    def test_former_owners_are_looked_at(self):
        self.line.partner_id = self.other
        self.assertEqual(self._seen(), {self.clinic.id, self.other.id})
        self.assertEqual(self._refresh(), 2)
        self.assertEqual(self._category(self.clinic, self.segmentation), "C")
        self.assertEqual(self._category(self.other, self.segmentation), "A")
        self.assertEqual(
            self._movements(self.other, self.segmentation)[-1], ("C", "A", "refresh")
        )

    def test_deleted_documents_are_missed(self):
        self.line.unlink()
        self.assertEqual(self._seen(), {self.clinic.id})
        self.assertEqual(self._refresh(), 1)

    def test_only_those_are_measured(self):
        """Others keep what they have, also if it is wrong by now."""
        hidden = self._bought(self.other, "2026-04-15", 2400)
        self._long_ago()
        self.line.amount = 12
        self.assertEqual(self._refresh(), 1)
        self.assertEqual(self._category(self.other, self.segmentation), "C")
        self.assertEqual(self.segmentation.classify(), {"changed": 1})
        self.assertTrue(hidden)

    def test_everybody_when_places_are_compared(self):
        ranked = self._segmentation(
            ("A", ("turnover_total", "<", 50)), ("C",), method="share"
        )
        self.assertEqual(ranked.segment_ids.criterion_ids.basis, "share")
        ranked.action_publish()
        self.assertEqual(self._category(self.clinic, ranked), "A")
        self._long_ago()
        self._bought(self.other, "2026-04-15", 9600)
        self.assertEqual(ranked._refresh(), 2)
        self.assertEqual(self._category(self.clinic, ranked), "C")
        self.assertEqual(self._category(self.other, ranked), "A")
        membership = self.other.membership_ids.filtered(
            lambda m: m.segmentation_id == ranked
        )
        movement = self.env["crm.segment.movement"].search(
            [("segmentation_id", "=", ranked.id)], limit=2
        )
        self.assertEqual(membership.segment_id.code, "A")
        self.assertEqual(
            {m.partner_id.name: m.metric_values for m in movement},
            {
                "Other": {
                    "turnover_month_avg": 9600.0,
                    "turnover_total": 9600.0,
                    "turnover_total:share": 0.0,
                },
                "Clinic": {
                    "turnover_month_avg": 2400.0,
                    "turnover_total": 2400.0,
                    "turnover_total:share": 80.0,
                },
            },
        )

    def test_cron_refreshes_and_skips_who_is_busy(self):
        self.line.amount = 12
        self.env.cr.flush()
        with self.enter_registry_test_mode():
            self.env.ref("crm_segmentation.ir_cron_refresh").method_direct_trigger()
        self.env.invalidate_all()
        self.assertEqual(self._category(self.clinic, self.segmentation), "C")

    def test_recheck_twice_is_once(self):
        recheck = self.env["crm.segment.recheck"]
        for _turn in range(2):
            recheck._add([self.clinic.id, False, self.clinic.id])
        self.assertEqual(len(recheck.search([])), 1)
        recheck._forget_old()
        self.assertEqual(len(recheck.search([])), 1)
        self.env.cr.execute(
            "UPDATE crm_segment_recheck SET create_date = %s", [LONG_AGO]
        )
        recheck._forget_old()
        self.assertFalse(recheck.search([]))

    def test_state_is_json(self):
        self.assertEqual(
            json.loads(json.dumps(self.segmentation.spec)), self.segmentation._compile()
        )
