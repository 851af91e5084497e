from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import ValidationError
from odoo.tests import tagged

from .common import AccountingCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-05-20")
class TestCustomerSince(AccountingCommon):
    def _since(self, partner):
        partner.invalidate_recordset()
        return (
            fields.Date.to_string(partner.customer_since_effective),
            partner.customer_since_origin,
        )

    def test_which_date_counts(self):
        clinic = self._partner()
        doctor = self._doctor(clinic)
        nothing = (False, False)
        self.assertEqual(self._since(clinic), nothing)
        self.assertEqual(self._since(doctor), nothing)
        self._bought(clinic, "2025-03-01", 10)
        self._invoice(doctor, "2024-02-01", 10)
        self._invoice(clinic, "2020-01-01", 10, post=False)
        self._invoice(clinic, "2021-01-01", 10, move_type="out_refund")
        for partner in (clinic, doctor):
            self.assertEqual(self._since(partner), ("2024-02-01", "purchase"))
        clinic.customer_since = "2025-12-31"
        self.assertEqual(self._since(clinic), ("2025-12-31", "entered"))
        self.assertEqual(self._since(doctor), ("2025-12-31", "company"))
        doctor.customer_since = "2019-01-01"
        self.assertEqual(self._since(doctor), ("2019-01-01", "entered"))

    def test_it_is_what_the_metric_counts(self):
        clinic = self._partner()
        self._bought(clinic, "2024-05-20", 10)
        segmentation = self._segmentation(("A", ("tenure_years", ">=", 1)), ("C",))
        days = (
            fields.Date.today() - self.env["res.partner"].browse(clinic.id)
            .customer_since_effective
        ).days  # fmt: skip
        values = self._values(clinic, segmentation)
        self.assertAlmostEqual(values["tenure_years"], days / 365.25)

    def test_of_the_current_company(self):
        clinic = self._partner()
        other = self.env["res.company"].create({"name": "South Med"})
        self._bought(clinic, "2020-01-01", 10, company_id=other.id)
        self.assertEqual(self._since(clinic), (False, False))
        self.env.user.company_ids += other
        theirs = clinic.with_context(allowed_company_ids=other.ids).with_company(other)
        self.assertEqual(self._since(theirs), ("2020-01-01", "purchase"))

    def test_salesperson_reads_many_by_one_statement(self):
        partners = self.env["res.partner"].create(
            [{"name": f"P{n}", "is_company": True} for n in range(30)]
        )
        self._bought(partners[7], "2024-05-20", 10)

        def queries(records):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            records.with_user(self.sales).mapped("customer_since_effective")
            return self.env.cr.sql_log_count - before

        queries(partners)
        self.assertEqual(queries(partners), queries(partners[:2]))
        self.assertEqual(self._since(partners[7]), ("2024-05-20", "purchase"))

    def test_form_of_a_new_counterparty(self):
        new = self.env["res.partner"].new({"name": "New", "is_company": True})
        self.assertFalse(new.customer_since_effective)
        self.assertFalse(new.customer_since_origin)

    def test_a_day_to_come_is_refused(self):
        tomorrow = fields.Date.add(fields.Date.today(), days=1)
        with self.assertRaisesRegex(
            ValidationError, "^crm_segmentation.customer_since: "
        ):
            self._partner("Clinic of tomorrow", customer_since=tomorrow)
        self._partner("Clinic of today", customer_since=fields.Date.today())
