import re
from datetime import date

from freezegun import freeze_time

from odoo import Command
from odoo.tests import tagged

from ..engine.metrics.built_in import BUILT_IN, CODES, SOURCES
from ..engine.metrics.plan import MetricPlan, measure
from .common import AccountingCommon

TODAY = date(2026, 5, 20)


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestMetricSources(AccountingCommon):
    """Payments, deals and interactions, edge by edge, each figure computed by hand."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.partner = cls._partner()
        cls.contact = cls._doctor(cls.partner)
        cls.south = cls.env["res.company"].create({"name": "South Med"})
        cls.bank = cls.env["account.journal"].search(
            [("type", "=", "bank"), ("company_id", "=", cls.company.id)], limit=1
        )

    def _value(self, code, partner=None, owner="commercial_partner_id"):
        partner = partner or self.partner
        self.env.flush_all()
        values = measure(
            self.env, {code: None}, self.company.id, owner, TODAY, partner.ids
        )
        return values[partner.id][code]

    def _due(self, due, amount, partner=None, **values):
        """A posted invoice that falls due on a day."""
        values.setdefault("invoice_payment_term_id", False)
        values.setdefault("invoice_date_due", due)
        return self._invoice(partner or self.partner, "2025-01-01", amount, **values)

    def _pay(self, move, day, amount=None):
        """Money on the bank account for an invoice, in full by default."""
        owed = move.line_ids.filtered(lambda line: line.display_type == "payment_term")
        amount = amount or sum(owed.mapped("amount_residual"))
        account = owed[0].account_id
        arrived = self.env["account.bank.statement.line"].create(
            {
                "journal_id": self.bank.id,
                "date": day,
                "amount": amount,
                "partner_id": move.commercial_partner_id.id,
                "payment_ref": "Thanks",
                "counterpart_account_id": account.id,
            }
        )
        paid = arrived.move_id.line_ids.filtered(
            lambda line: line.account_id == account
        )
        (owed.filtered(lambda line: not line.reconciled) + paid).reconcile()

    # --- the average payment delay --------------------------------------------

    def test_delay_is_weighted_by_amounts(self):
        self._pay(self._due("2026-03-01", 100), "2026-03-11")  # 10 days late
        self._pay(self._due("2026-03-01", 300), "2026-02-27")  # 2 days early
        self.assertAlmostEqual(
            self._value("payment_delay_days"), (100 * 10 - 300 * 2) / 400
        )

    def test_who_paid_nothing_has_no_delay(self):
        self.assertIsNone(self._value("payment_delay_days"))
        self._due("2026-03-01", 100)
        self.assertIsNone(self._value("payment_delay_days"))

    def test_part_payments_count_when_the_last_one_came(self):
        move = self._due("2026-03-01", 100)
        self._pay(move, "2026-03-03", 60)
        self.assertIsNone(self._value("payment_delay_days"))
        self._pay(move, "2026-03-21")
        self.assertEqual(self._value("payment_delay_days"), 20.0)

    def test_credit_note_alone_is_no_payment(self):
        move = self._due("2026-03-01", 100)
        move._reverse_moves(
            [{"invoice_date": "2026-04-01", "date": "2026-04-01"}], True
        )
        self.assertEqual(move.payment_state, "reversed")
        self.assertIsNone(self._value("payment_delay_days"))

    def test_credit_note_and_payment_together_are_one(self):
        move = self._due("2026-03-01", 100)
        refund = self._invoice(self.partner, "2026-03-05", 30, move_type="out_refund")
        lines = (move + refund).line_ids
        lines.filtered(lambda line: line.display_type == "payment_term").reconcile()
        self._pay(move, "2026-03-13")
        self.assertEqual(move.payment_state, "paid")
        self.assertEqual(self._value("payment_delay_days"), 12.0)

    def test_delay_window_is_the_last_year_up_to_today(self):
        for due, paid in (
            ("2025-05-10", "2025-05-20"),  # the day before the window
            ("2025-05-17", "2025-05-21"),  # its first day: 4 days late
            ("2026-05-14", "2026-05-20"),  # today: 6 days late
            ("2026-05-01", "2026-05-21"),  # tomorrow
        ):
            self._pay(self._due(due, 100), paid)
        self.assertEqual(self._value("payment_delay_days"), 5.0)

    def test_instalments_count_each(self):
        term = self.env["account.payment.term"].create(
            {
                "name": "Half now, half in a month",
                "line_ids": [
                    Command.create(
                        {"value": "percent", "value_amount": 50, "nb_days": days}
                    )
                    for days in (0, 31)
                ],
            }
        )
        move = self._invoice(
            self.partner, "2026-03-01", 200, invoice_payment_term_id=term.id
        )
        first = move.line_ids.filtered(
            lambda line: line.date_maturity == date(2026, 3, 1)
        )
        self.assertEqual(first.balance, 100.0)
        self._pay(move, "2026-03-09", 100)
        self.assertTrue(first.reconciled)
        self.assertEqual(self._value("payment_delay_days"), 8.0)
        self.assertEqual(self._value("overdue_amount"), 100.0)

    def test_delay_of_a_contact(self):
        self._pay(self._due("2026-03-01", 100, partner=self.contact), "2026-03-04")
        self.assertEqual(self._value("payment_delay_days"), 3.0)
        self.assertEqual(
            self._value("payment_delay_days", self.contact, "partner_id"), 3.0
        )
        self.assertIsNone(self._value("payment_delay_days", self.partner, "partner_id"))

    # --- overdue --------------------------------------------------------------

    def test_overdue_from_the_day_after_the_due_date(self):
        self._due("2026-05-20", 100)
        self.assertEqual(self._value("overdue_amount"), 0.0)
        move = self._due("2026-05-19", 70)
        self.assertEqual(self._value("overdue_amount"), 70.0)
        self._pay(move, "2026-05-20", 30)
        self.assertEqual(self._value("overdue_amount"), 40.0)
        self._pay(move, "2026-05-20")
        self.assertEqual(self._value("overdue_amount"), 0.0)

    def test_what_is_not_overdue(self):
        """Drafts, cancelled ones, bills, other companies, unmatched credit notes."""
        self._due("2026-03-01", 100, post=False)
        cancelled = self._due("2026-03-01", 100)
        cancelled.button_draft()
        cancelled.button_cancel()
        self._due("2026-03-01", 100, move_type="in_invoice")
        self._due("2026-03-01", 100, move_type="out_refund")
        foreign = self._due("2026-03-01", 100)
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE account_move SET company_id = %s WHERE id = %s",
            [self.south.id, foreign.id],
        )
        self.assertEqual(self._value("overdue_amount"), 0.0)

    def test_overdue_is_told_with_tax(self):
        tax = self.env["account.tax"].create(
            {"name": "VAT", "amount": 20, "company_id": self.company.id}
        )
        move = self._due("2026-03-01", 100, post=False)
        move.invoice_line_ids.tax_ids = tax
        move.action_post()
        self.assertEqual(self._value("overdue_amount"), 120.0)

    def test_overdue_in_a_foreign_currency_at_the_invoice_rate(self):
        dollar = self.env.ref("base.USD")
        dollar.active = True
        self.env["res.currency.rate"].create(
            [
                {
                    "name": day,
                    "rate": rate,
                    "currency_id": dollar.id,
                    "company_id": self.company.id,
                }
                for day, rate in (("2024-12-01", 2.0), ("2026-03-01", 4.0))
            ]
        )
        self._due("2026-03-01", 800, currency_id=dollar.id)
        self.assertEqual(self._value("overdue_amount"), 400.0)

    def test_payment_on_its_way_is_not_overdue(self):
        move = self._due("2026-03-01", 100)
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE account_move SET payment_state = 'in_payment' WHERE id = %s",
            [move.id],
        )
        self.assertEqual(self._value("overdue_amount"), 0.0)

    def test_overdue_of_contacts_counts_for_their_company(self):
        self._due("2026-03-01", 100, partner=self.contact)
        self.assertEqual(self._value("overdue_amount"), 100.0)
        self.assertEqual(
            self._value("overdue_amount", self.contact, "partner_id"), 100.0
        )

    def test_overdue_share_of_a_month(self):
        """Only what is late by more than 60 days, against the average month."""
        self._bought(self.partner, "2025-05-01", 1200)  # 100 a month
        self.assertEqual(self._value("overdue_share_of_month"), 0.0)
        self._due("2026-03-21", 50)  # 60 days ago
        self.assertEqual(self._value("overdue_share_of_month"), 0.0)
        late = self._due("2026-03-20", 30)  # 61 days ago
        # The invoices are dated before the window and add nothing to the month.
        self.assertAlmostEqual(self._value("overdue_share_of_month"), 30.0)
        self._pay(late, "2026-05-01", 15)
        self.assertAlmostEqual(self._value("overdue_share_of_month"), 15.0)

    def test_debtor_without_turnover_has_no_share(self):
        self._due("2026-01-01", 50)
        self.assertIsNone(self._value("overdue_share_of_month"))

    # --- deals ----------------------------------------------------------------

    def _lead(self, partner=None, **values):
        return self.env["crm.lead"].create(
            {
                "name": "Analyser",
                "type": "opportunity",
                "partner_id": (partner or self.partner).id,
                "company_id": self.company.id,
                **values,
            }
        )

    def test_won_deals(self):
        self._lead()
        self._lead().action_set_lost()
        self.assertEqual(self._value("won_count"), 0.0)
        won = self._lead(self.contact)
        won.action_set_won()
        shared = self._lead(company_id=False, user_id=False, team_id=False)
        shared.action_set_won()
        shared.active = False
        foreign = self._lead()
        foreign.action_set_won()
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE crm_lead SET company_id = %s WHERE id = %s",
            [self.south.id, foreign.id],
        )
        self.assertEqual(shared.won_status, "won")
        self.assertEqual(self._value("won_count"), 2.0)
        self.assertEqual(self._value("won_count", self.contact, "partner_id"), 1.0)

    # --- interactions ---------------------------------------------------------

    def _talk(self, when, partner=None, **values):
        return self.env["crm.interaction"].create(
            {
                "type_id": self.env.ref("crm_segmentation.interaction_type_call").id,
                "partner_id": (partner or self.partner).id,
                "company_id": self.company.id,
                "date": when,
                **values,
            }
        )

    def test_interactions(self):
        self.assertEqual(self._value("interaction_count"), 0.0)
        self.assertIsNone(self._value("days_since_interaction"))
        self._talk("2025-05-20 23:59:59")  # the day before the window
        self.assertEqual(self._value("interaction_count"), 0.0)
        self.assertEqual(self._value("days_since_interaction"), 365.0)
        self._talk("2025-05-21 00:00:00", self.contact, direction="out")
        self.assertEqual(self._value("interaction_count"), 1.0)
        self._talk("2026-05-20 23:59:59", outcome="held")
        self._talk("2026-05-21 00:00:00")  # planned, not held
        for outcome in ("missed", "voicemail", "busy", "moved", "no_show"):
            self._talk("2026-05-20 12:00:00", outcome=outcome)
        self._talk("2026-05-20 12:00:00", company_id=self.south.id)
        self.assertEqual(self._value("interaction_count"), 2.0)
        self.assertEqual(self._value("days_since_interaction"), 0.0)
        self.assertEqual(
            self._value("days_since_interaction", self.contact, "partner_id"), 364.0
        )

    # --- first purchase -------------------------------------------------------

    def test_days_since_the_first_purchase(self):
        self._bought(self.partner, "2026-05-01", 1)
        self._bought(self.partner, "2026-04-20", 1)
        self._invoice(self.partner, "2026-01-01", 9, move_type="out_refund")
        self.assertEqual(self._value("days_since_first_purchase"), 30.0)

    # --- merged, archived -----------------------------------------------------

    def test_merged_counterparties_are_one(self):
        other = self._partner("Clinic Ltd")
        self._due("2026-03-01", 100, partner=other)
        self._talk("2026-05-01 12:00:00", other)
        self._lead(other).action_set_won()
        self.env.flush_all()
        self.env["base.partner.merge.automatic.wizard"]._merge(
            (self.partner + other).ids, self.partner
        )
        self.assertEqual(self._value("overdue_amount"), 100.0)
        self.assertEqual(self._value("interaction_count"), 1.0)
        self.assertEqual(self._value("won_count"), 1.0)

    def test_archived_contact_still_counts_for_its_company(self):
        self._due("2026-03-01", 100, partner=self.contact)
        self._talk("2026-05-01 12:00:00", self.contact)
        self.contact.active = False
        self.assertEqual(self._value("overdue_amount"), 100.0)
        self.assertEqual(self._value("interaction_count"), 1.0)

    # --- the plan -------------------------------------------------------------

    def _tables(self, *codes):
        plan = MetricPlan(
            self.env,
            dict.fromkeys(codes),
            self.company.id,
            "commercial_partner_id",
            TODAY,
        )
        return plan.expressions.code

    def test_only_sources_that_are_read_are_scanned_and_each_once(self):
        tables = self._tables("turnover_total", "turnover_month_avg")
        self.assertEqual(tables.count("FROM account_move"), 1)
        for name in ("account_move_line", "crm_lead", "crm_interaction"):
            self.assertNotIn(name, tables)
        tables = self._tables(*CODES)
        for name in ("account_move_line", "crm_lead", "crm_interaction"):
            self.assertEqual(len(re.findall(rf"\b{name}\b", tables)), 1, name)

    def test_the_catalogue_is_whole(self):
        """Every built-in metric is shipped, described, and reads sources that exist."""
        shipped = {m.code: m for m in self.env["crm.metric"].search([])}
        for code, metric in BUILT_IN.items():
            with self.subTest(code=code):
                self.assertTrue(shipped[code].description)
                self.assertTrue(shipped[code].is_built_in)
                self.assertLessEqual(set(metric.reads), SOURCES.keys())
        low = {code for code in CODES if shipped[code].better == "low"}
        self.assertEqual(
            low,
            {
                "days_since_purchase",
                "days_since_first_purchase",
                "days_since_interaction",
                "payment_delay_days",
                "overdue_amount",
                "overdue_share_of_month",
            },
        )

    # --- the documents behind the number --------------------------------------

    def _documents(self, code, partner=None):
        metric = self.metrics[code]
        action = metric._action_documents(partner or self.partner, self.company, TODAY)
        records = self.env[action["res_model"]].with_context(**action["context"])
        return records.search(action["domain"])

    def test_documents_behind_turnover(self):
        move = self._invoice(self.contact, "2026-04-01", 600)
        line = self._bought(self.partner, "2025-05-01", 40)
        before = self._bought(self.partner, "2025-04-30", 7)
        self._bought(self.partner, "2026-05-21", 9)
        documents = self._documents("turnover_month_avg")
        self.assertEqual(documents.move_id, move)
        self.assertEqual(documents.turnover_line_id, line)
        self.assertEqual(sum(documents.mapped("amount")), 640.0)
        self.assertIn(before, self._documents("turnover_total").turnover_line_id)
        opened = documents.filtered("move_id").action_open()
        self.assertEqual(
            (opened["res_model"], opened["res_id"]), ("account.move", move.id)
        )
        self.assertEqual(
            sum(self._documents("turnover_total").mapped("amount")),
            self._value("turnover_total"),
        )

    def test_documents_behind_payments(self):
        late = self._due("2026-03-01", 100)
        paid = self._due("2026-03-01", 100)
        self._pay(paid, "2026-03-11")
        recent = self._due("2026-05-10", 100)
        self.assertEqual(self._documents("overdue_amount"), late + recent)
        self.assertEqual(self._documents("overdue_share_of_month"), late)
        self.assertEqual(self._documents("payment_delay_days"), paid)

    def test_documents_behind_deals_and_interactions(self):
        won = self._lead(self.contact)
        won.action_set_won()
        self._lead()
        talk = self._talk("2026-05-01 12:00:00", self.contact)
        old = self._talk("2020-05-01 12:00:00")
        self._talk("2026-05-02 12:00:00", outcome="missed")
        self.assertEqual(self._documents("won_count"), won)
        self.assertEqual(self._documents("interaction_count"), talk)
        self.assertEqual(self._documents("days_since_interaction"), talk + old)
        self.assertFalse(self._documents("won_count", self._partner("Other")))

    def test_a_salesperson_sees_the_purchases_that_odoo_shows(self):
        mine = self._invoice(
            self.partner, "2026-04-01", 600, invoice_user_id=self.sales.id
        )
        self._invoice(self.partner, "2026-04-01", 500, invoice_user_id=self.manager.id)
        line = self._bought(self.partner, "2026-04-01", 7)
        action = self.metrics["turnover_total"].with_user(self.sales)
        action = action._action_documents(self.partner, self.company, TODAY)
        purchases = self.env["crm.purchase"]
        seen = purchases.with_user(self.sales).search(action["domain"])
        self.assertEqual(seen.move_id.sudo(), mine)
        self.assertEqual(seen.turnover_line_id, line)
        seen = purchases.with_user(self.coordinator).search(action["domain"])
        self.assertEqual(sum(seen.mapped("amount")), 1107.0)
        context = {"allowed_company_ids": self.south.ids}
        other = self._user(
            "coord3", "crm_segmentation.group_crm_coordinator", self.south
        )
        self.assertFalse(purchases.with_user(other).with_context(**context).search([]))
