from datetime import date

from freezegun import freeze_time
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo.tests import tagged

from .test_own_metrics import CALLS, OwnMetricCommon
from .test_refresh import TestRefresh

TODAY = date(2026, 5, 20)
CLINICS = 2

_clinic = st.integers(0, CLINICS - 1)
_day = st.sampled_from(["2026-05-02", "2026-04-15", "2026-03-01"])
_amount = st.sampled_from([100, 600, 1200])
_event = st.one_of(
    st.tuples(st.just("invoice"), _clinic, _day, _amount),
    st.tuples(st.just("pay"), _clinic, _day, _amount),
    st.tuples(st.just("unpay"), _clinic),
    st.tuples(st.just("pay_otherwise"), _clinic, _day),
    st.tuples(st.just("due"), _clinic, _day),
    st.tuples(st.just("talk"), _clinic, _day),
    st.tuples(st.just("talk_moves"), _clinic, _clinic),
    st.tuples(st.just("talk_deleted"), _clinic),
    st.tuples(st.just("talk_day"), _clinic, _day),
    st.tuples(st.just("refresh")),
)


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestRefreshSources(OwnMetricCommon):
    """The incremental pass and the full one agree on payments and own metrics."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        calls = cls.env["crm.metric"].create({**CALLS, "window": "2 months"})
        cls.metrics = {**cls.metrics, calls.code: calls}
        cls.segmentation = cls._segmentation(
            ("A", (calls.code, ">=", 1), ("overdue_amount", "<=", 500)),
            ("B", ("payment_delay_days", "<=", 20)),
            ("C", ("overdue_amount", ">", 0)),
            ("D",),
        )
        cls.clinics = [cls._partner(f"Clinic {n}") for n in range(CLINICS)]
        for clinic in cls.clinics:
            cls._invoice(clinic, "2026-03-20", 1200)
        cls.segmentation.action_publish()
        cls.env.cr.flush()

    _long_ago = TestRefresh._long_ago
    _refresh = TestRefresh._refresh
    _state = TestRefresh._state
    _do_refresh = TestRefresh._do_refresh

    @given(st.lists(_event, min_size=1, max_size=5))
    @settings(
        max_examples=40,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    def test_refreshed_is_what_everybody_would_be(self, events):
        self._agrees(events)

    def test_each_event_alone(self):
        """Whatever the dice say, each kind of event is tried after the others."""
        for events in (
            [("pay", 0, "2026-05-02", 1200)],
            [("pay", 0, "2026-05-02", 1200), ("refresh",), ("unpay", 0)],
            [
                ("pay", 0, "2026-05-02", 1200),
                ("refresh",),
                ("pay_otherwise", 0, "2026-04-01"),
            ],
            [("due", 0, "2026-06-01")],
            [("talk", 0, "2026-04-15"), ("refresh",), ("talk_moves", 0, 1)],
            [("talk", 0, "2026-04-15"), ("refresh",), ("talk_deleted", 0)],
            [("talk", 0, "2026-04-15"), ("refresh",), ("talk_day", 0, "2026-01-01")],
        ):
            with self.subTest(events=events):
                self._agrees(events)

    def _agrees(self, events):
        savepoint = self.env.cr.savepoint()
        try:
            self._long_ago()
            for name, *arguments in events:
                getattr(self, f"_do_{name}")(*arguments)
            self.env.cr.flush()
            self._refresh()
            refreshed = self._state()
            self.segmentation.classify()
            self.assertEqual(self._state(), refreshed)
        finally:
            savepoint.close(rollback=True)
            self.env.invalidate_all()
            self.env.cr.precommit.data.clear()

    # --- what happens ---------------------------------------------------------

    def _do_invoice(self, number, day, amount):
        self._invoice(self.clinics[number], day, amount)

    def _move(self, number, *payment_states):
        return self.env["account.move"].search(
            [
                ("partner_id", "=", self.clinics[number].id),
                ("move_type", "=", "out_invoice"),
                ("payment_state", "in", payment_states),
            ],
            order="id",
            limit=1,
        )

    def _do_pay(self, number, day, amount):
        self._pay(self._move(number, "not_paid", "partial"), day, amount)

    def _pay(self, move, day, amount):
        """Money that has reached the bank, matched with the invoice."""
        if not move:
            return
        debtor = move.line_ids.filtered(
            lambda line: line.display_type == "payment_term"
        )
        bank = self.env["account.account"].search(
            [
                ("account_type", "=", "asset_current"),
                ("company_ids", "in", self.company.id),
            ],
            limit=1,
        )
        entry = self.env["account.move"].create(
            {
                "move_type": "entry",
                "date": day,
                "line_ids": [
                    (0, 0, {
                        "account_id": debtor.account_id.id,
                        "partner_id": move.partner_id.id,
                        "credit": amount,
                    }),
                    (0, 0, {"account_id": bank.id, "debit": amount}),
                ],
            }
        )  # fmt: skip
        entry.action_post()
        (debtor | entry.line_ids.filtered("credit")).reconcile()

    def _do_unpay(self, number):
        self._move(number, "paid", "partial").line_ids.remove_move_reconcile()

    def _do_pay_otherwise(self, number, day):
        """The same sum on another day: the invoice looks as it did."""
        move = self._move(number, "paid")
        if move:
            move.line_ids.remove_move_reconcile()
            self._pay(move, day, move.amount_total)

    def _do_due(self, number, day):
        move = self._move(number, "not_paid", "partial")
        move.line_ids.filtered(
            lambda line: line.display_type == "payment_term"
        ).date_maturity = day

    def _do_talk(self, number, day):
        self._talk(f"{day} 10:00:00", self.clinics[number])

    def _one_talk(self, number):
        return self.env["crm.interaction"].search(
            [("partner_id", "=", self.clinics[number].id)], limit=1
        )

    def _do_talk_moves(self, number, other):
        self._one_talk(number).partner_id = self.clinics[other]

    def _do_talk_deleted(self, number):
        self._one_talk(number).unlink()

    def _do_talk_day(self, number, day):
        self._one_talk(number).date = f"{day} 10:00:00"
