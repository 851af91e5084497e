from datetime import date

from freezegun import freeze_time

from odoo import Command
from odoo.tests import tagged

from ..engine.metrics.built_in import CODES
from .common import AccountingCommon

TODAY = "2026-05-20"


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestMetrics(AccountingCommon):
    """The definitions of the contract, edge by edge, on a fixed day."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.partner = cls._partner()
        codes = list(CODES)
        cls.segmentation = cls._segmentation(
            ("A", *((code, ">=", 1) for code in codes)), ("C",)
        )

    def _value(self, code, partner=None):
        return self._values(partner or self.partner, self.segmentation)[code]

    # --- average monthly turnover ---------------------------------------------

    def test_window_is_the_last_twelve_full_months(self):
        self._bought(self.partner, "2025-04-30", 7000)  # the day before the window
        self._bought(self.partner, "2025-05-01", 120)  # its first day
        self._bought(self.partner, "2026-04-30", 240)  # its last day
        self._bought(self.partner, "2026-05-01", 9000)  # the running month
        self.assertEqual(self._value("turnover_month_avg"), 30.0)
        self.assertEqual(self._value("turnover_total"), 16360.0)

    def test_divided_by_the_months_with_us(self):
        """From the month of the first purchase to the running one, 1 to 12."""
        for first, months in (
            ("2026-04-30", 1),
            ("2026-03-01", 2),
            ("2025-06-30", 11),
            ("2025-05-31", 12),
            ("2020-01-01", 12),
        ):
            with self.subTest(first=first):
                partner = self._partner()
                self._bought(partner, first, 0)
                self._bought(partner, "2026-04-15", 120)
                self.assertAlmostEqual(
                    self._value("turnover_month_avg", partner), 120 / months
                )

    def test_first_purchase_in_the_running_month(self):
        self._bought(self.partner, "2026-05-10", 500)
        self.assertEqual(self._value("turnover_month_avg"), 0.0)
        self.assertEqual(self._value("turnover_total"), 500.0)

    def test_who_never_bought(self):
        self.assertEqual(
            self._values(self.partner, self.segmentation),
            {
                "turnover_month_avg": 0.0,
                "turnover_total": 0.0,
                "document_count": 0.0,
                "days_since_purchase": None,
                "days_since_first_purchase": None,
                "tenure_years": None,
                "payment_delay_days": None,
                "overdue_amount": 0.0,
                "overdue_share_of_month": 0.0,
                "won_count": 0.0,
                "interaction_count": 0.0,
                "days_since_interaction": None,
            },
        )

    def test_later_than_today_does_not_count(self):
        self._bought(self.partner, TODAY, 10)
        self._bought(self.partner, "2026-05-21", 5000)
        self.assertEqual(self._value("turnover_total"), 10.0)

    # --- documents ------------------------------------------------------------

    def test_posted_invoices_and_lines_count_together(self):
        self._invoice(self.partner, "2026-04-01", 600)
        self._bought(self.partner, "2026-03-31", 400)
        self.assertEqual(self._value("turnover_total"), 1000.0)
        self.assertEqual(self._value("document_count"), 2.0)
        self.assertEqual(self._value("turnover_month_avg"), 500.0)

    def test_refund_is_subtracted_and_is_no_purchase(self):
        self._invoice(self.partner, "2026-02-10", 600)
        self._invoice(self.partner, "2026-04-10", 150, move_type="out_refund")
        self.assertEqual(self._value("turnover_total"), 450.0)
        self.assertEqual(self._value("document_count"), 1.0)
        self.assertEqual(self._value("days_since_purchase"), 99.0)
        self.assertEqual(self._value("turnover_month_avg"), 150.0)

    def test_refund_alone(self):
        """Money is counted, but without a purchase there is no first month."""
        self._invoice(self.partner, "2026-04-10", 150, move_type="out_refund")
        self.assertEqual(self._value("turnover_total"), -150.0)
        self.assertEqual(self._value("document_count"), 0.0)
        self.assertIsNone(self._value("days_since_purchase"))
        self.assertIsNone(self._value("tenure_years"))

    def test_draft_and_cancelled_do_not_count(self):
        self._invoice(self.partner, "2026-04-01", 600, post=False)
        cancelled = self._invoice(self.partner, "2026-04-01", 700)
        cancelled.button_draft()
        cancelled.button_cancel()
        self.assertEqual(self._value("document_count"), 0.0)

    def test_bills_do_not_count(self):
        self._invoice(self.partner, "2026-04-01", 600, move_type="in_invoice")
        self.assertEqual(self._value("turnover_total"), 0.0)

    def test_without_tax(self):
        tax = self.env["account.tax"].create(
            {"name": "VAT", "amount": 20, "company_id": self.company.id}
        )
        move = self._invoice(self.partner, "2026-04-01", 100, post=False)
        move.invoice_line_ids.tax_ids = tax
        move.action_post()
        self.assertEqual(move.amount_total, 120.0)
        self.assertEqual(self._value("turnover_total"), 100.0)

    def test_contact_counts_for_its_company(self):
        contact = self._partner(
            "Dr. Green", parent_id=self.partner.id, is_company=False
        )
        self._invoice(contact, "2026-04-01", 600)
        self._bought(contact, "2026-04-01", 400)
        self.assertEqual(self._value("turnover_total"), 1000.0)
        self.assertIsNone(self._values(contact, self.segmentation))

    def test_segmentation_of_persons(self):
        contact = self._partner(
            "Dr. Green", parent_id=self.partner.id, is_company=False
        )
        self._invoice(contact, "2026-04-01", 600)
        self._bought(contact, "2026-04-01", 400)
        self.segmentation.unit = "person"
        self.assertEqual(self._value("turnover_total", contact), 1000.0)
        self.assertIsNone(self._values(self.partner, self.segmentation))

    def test_line_follows_a_contact_to_another_company(self):
        contact = self._partner(
            "Dr. Green", parent_id=self.partner.id, is_company=False
        )
        self._bought(contact, "2026-04-01", 400)
        other = self._partner("Hospital")
        contact.parent_id = other
        self.assertEqual(self._value("turnover_total"), 0.0)
        self.assertEqual(self._value("turnover_total", other), 400.0)

    def test_documents_of_another_company_do_not_count(self):
        other = self.env["res.company"].create({"name": "South Med"})
        line = self._bought(self.partner, "2026-04-01", 400)
        line.company_id = other
        self.assertEqual(self._value("turnover_total"), 0.0)

    # --- currencies -----------------------------------------------------------

    def test_foreign_currency_at_the_rate_of_the_document(self):
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
                for day, rate in (("2026-01-01", 2.0), ("2026-03-01", 4.0))
            ]
        )
        self._invoice(self.partner, "2026-02-10", 800, currency_id=dollar.id)
        line = self._bought(self.partner, "2026-04-10", 800, currency_id=dollar.id)
        self.assertEqual(line.amount_company, 200.0)
        self.assertEqual(self._value("turnover_total"), 600.0)

    # --- tenure and recency ---------------------------------------------------

    def test_tenure_from_the_first_purchase(self):
        self._bought(self.partner, "2022-05-20", 1)
        self.assertEqual(self._value("tenure_years"), 4.0)

    def test_customer_since_goes_before_the_first_purchase(self):
        self._bought(self.partner, "2022-05-20", 1)
        self.partner.customer_since = date(2018, 5, 20)
        self.assertEqual(self._value("tenure_years"), 8.0)
        self.partner.customer_since = date(2026, 5, 20)
        self.assertEqual(self._value("tenure_years"), 0.0)

    def test_days_since_purchase(self):
        self._bought(self.partner, "2026-01-01", 1)
        self._bought(self.partner, "2026-05-19", 1)
        self.assertEqual(self._value("days_since_purchase"), 1.0)
        self._invoice(self.partner, TODAY, 1)
        self.assertEqual(self._value("days_since_purchase"), 0.0)

    # --- who is covered -------------------------------------------------------

    def test_whom_the_types_cover(self):
        dealer = self._partner(counterparty_type_ids=[Command.set(self.dealer.ids)])
        both = self._partner(
            counterparty_type_ids=[Command.set((self.dealer | self.client).ids)]
        )
        buyer = self._partner(counterparty_type_ids=False)
        stranger = self._partner(counterparty_type_ids=False)
        for partner in (dealer, buyer):
            self._bought(partner, "2026-04-01", 1)
        covered = [
            self._values(partner, self.segmentation) is not None
            for partner in (self.partner, dealer, both, buyer, stranger)
        ]
        self.assertEqual(covered, [True, False, True, True, False])
        self.segmentation.untyped_buyers = False
        self.assertIsNone(self._values(buyer, self.segmentation))
        self.segmentation.counterparty_type_ids = False
        self.assertIsNotNone(self._values(stranger, self.segmentation))

    def test_who_is_left_out(self):
        """Our companies, our people, archived ones, those of another company."""
        other = self.env["res.company"].create({"name": "South Med"})
        archived = self._partner(active=False)
        foreign = self._partner(company_id=other.id)
        self.segmentation.counterparty_type_ids = False
        for partner in (
            self.company.partner_id,
            self.sales.partner_id,
            archived,
            foreign,
        ):
            with self.subTest(partner=partner.display_name):
                self.assertIsNone(self._values(partner, self.segmentation))

    def test_customer_with_a_portal_login_is_covered(self):
        portal = self.env["res.users"].create(
            {
                "name": "Portal",
                "login": "seg_portal",
                "partner_id": self.partner.id,
                "group_ids": [Command.set(self.env.ref("base.group_portal").ids)],
            }
        )
        self.assertTrue(portal.share)
        self.assertIsNotNone(self._values(self.partner, self.segmentation))
