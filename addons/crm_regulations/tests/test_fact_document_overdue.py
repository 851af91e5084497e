from odoo.fields import Domain
from odoo.tests import tagged

from .common import instant
from .documents_common import DocumentsCommon

DUE = "2026-05-10"
# The first moments of the days after the due date.
DAY_1 = "2026-05-11 00:00:00"
DAY_2 = "2026-05-12 00:00:00"
BEFORE = "2026-05-10 23:59:59"
LATER = "2026-06-01 12:00:00"


@tagged("post_install", "-at_install")
class TestDocumentOverdue(DocumentsCommon):
    kind = "document_overdue"

    def _told_at(self, moment, **values):
        with self._at(moment):
            return self._read(self._asked("account.move", **values))

    def _billed_due(self, order):
        invoice = self._billed(order, post=False)
        invoice.write({"invoice_payment_term_id": False, "invoice_date_due": DUE})
        invoice.action_post()
        self._commit()
        return invoice

    def test_from_the_day_after(self):
        lead = self._lead()
        with self._at("2026-05-01 09:00:00"):
            order = self._confirmed(opportunity_id=lead.id)
            invoice = self._billed_due(order)
        self.assertFalse(self._told_at(BEFORE))
        (fact,) = self._told_at(DAY_1)
        self.assertEqual(fact.key, f"document_overdue:account.move,{invoice.id}:{DUE}")
        self.assertEqual(fact.date, instant(DAY_1))
        self.assertEqual(fact.subject_ids("sale.order"), order.ids)
        self.assertEqual(fact.subject_ids("crm.lead"), lead.ids)
        self.assertEqual(fact.families, {self.customer.id})
        self.assertEqual(self._told_at(LATER), [fact])

    def test_time_zone_of_the_company(self):
        self._sold()
        for zone, moment in (
            ("Asia/Tokyo", "2026-05-10 15:00:00"),
            ("America/New_York", "2026-05-11 04:00:00"),
        ):
            self.calendar.tz = zone
            # Windows side by side find it once, wherever they meet.
            told = [
                fact
                for hour in range(24)
                for fact in self._told_at(
                    LATER,
                    start=instant(f"2026-05-10 {hour:02}:00:00"),
                    end=instant(f"2026-05-10 {hour:02}:59:59"),
                )
                + self._told_at(
                    LATER,
                    start=instant(f"2026-05-11 {hour:02}:00:00"),
                    end=instant(f"2026-05-11 {hour:02}:59:59"),
                )
            ]
            self.assertEqual([fact.date for fact in told], [instant(moment)])

    def test_offset(self):
        self._sold()
        for hours, moment in (
            (36, "2026-05-12 12:00:00"),
            (-48, "2026-05-09 00:00:00"),
            (0.5, "2026-05-11 00:30:00"),
        ):
            settings = (("offset_hours", hours),)
            (fact,) = self._told_at(LATER, settings=settings)
            self.assertEqual(fact.date, instant(moment))
            (again,) = self._told_at(LATER, settings=settings, start=fact.date)
            self.assertEqual(again, fact)
            self.assertFalse(self._told_at(LATER, settings=settings, end=fact.date))

    def test_paid_too_late(self):
        """It was overdue then, whatever came of it."""
        invoice, refunded = self._sold(), self._sold()
        with self._at(LATER):
            self._match(invoice, date="2026-05-12")
            self._credit(refunded, date="2026-05-11")
        self.assertEqual(refunded.payment_state, "reversed")
        facts = self._told_at(LATER)
        self.assertEqual([fact.res_id for fact in facts], (invoice | refunded).ids)
        self.assertEqual({fact.date for fact in facts}, {instant(DAY_1)})

    def test_paid_in_time(self):
        with self._at("2026-05-08 09:00:00"):
            early = self._sold() | self._sold()
            self._pay(early[0], payment_date="2026-05-08")
            self._credit(early[1], date="2026-05-08")
        late = self._sold()
        with self._at("2026-05-13 09:00:00"):
            # The money was there on the last day; the statement was read later.
            self._match(late, date=DUE)
        self.assertFalse(self._told_at(LATER))

    def test_matched_before_the_day_in_the_books(self):
        """A payment that was matched before it is dated came in time."""
        invoice = self._sold()
        with self._at("2026-05-10 12:00:00"):
            self._match(invoice, date="2026-05-30")
        self.assertFalse(self._told_at(LATER))

    def test_paid_in_parts(self):
        """The last part decides."""
        with self._at("2026-05-08 09:00:00"):
            invoice = self._sold()
            self._match(invoice, 60, date="2026-05-08")
        self.assertEqual(len(self._told_at(DAY_1)), 1)
        with self._at(LATER):
            self._match(invoice, 40, date="2026-06-01")
        self.assertEqual(len(self._told_at(LATER)), 1)

    def test_nobody_knows_when(self):
        """An invoice that another program settled is not told."""
        invoice = self._sold()
        invoice.payment_state = "paid"
        self.assertFalse(self._told_at(LATER))
        invoice.payment_state = "invoicing_legacy"
        self.assertFalse(self._told_at(LATER))
        invoice.payment_state = "blocked"
        self.assertEqual(len(self._told_at(LATER)), 1)

    def test_what_is_no_claim(self):
        self._sold(move_type="in_invoice")
        self._sold(move_type="out_refund")
        self._invoice(self.customer, "2026-05-01", 100, post=False)
        cancelled = self._sold()
        cancelled.button_draft()
        cancelled.button_cancel()
        self._commit()
        self.assertFalse(self._told_at(LATER))

    def test_a_new_due_date_is_a_new_fact(self):
        invoice = self._sold()
        with self._at(DAY_1):
            (first,) = self._read(self._asked("account.move"))
            invoice.invoice_date_due = "2026-05-20"
            self._commit()
            self.assertFalse(self._read(self._asked("account.move")))
        (second,) = self._told_at(LATER)
        self.assertNotEqual(first.key, second.key)

    def test_told_at_once_in_arrears(self):
        """Posted after it was due, or made due in the past."""
        asked = self._asked("account.move")
        with self._at(LATER):
            other = self._sold(due="2026-07-01")
            with self._hearing(asked) as told:
                self._sold()
                other.invoice_date_due = "2026-05-11"
                self._sold(due="2026-07-01")
            facts = self._same_story(asked, told)
        self.assertEqual(
            [fact.date for fact in facts], [instant(DAY_1), instant(DAY_2)]
        )

    def test_domain_and_company(self):
        invoice = self._sold(ref="yes")
        self._sold(ref="no")
        (fact,) = self._told_at(LATER, domain=Domain("ref", "=", "yes"))
        self.assertEqual(fact.res_id, invoice.id)
        self.assertFalse(self._told_at(LATER, company_id=self.company.id + 1000))
        self.assertEqual(len(self._told_at(LATER, company_id=0)), 2)

    def test_of_one_deal(self):
        asked = self._asked("account.move")
        lead, other = self._lead(), self._lead(name="Second")
        with self._at("2026-05-01 09:00:00"):
            mine = self._billed_due(self._confirmed(opportunity_id=lead.id))
            self._billed_due(self._confirmed(opportunity_id=other.id))
            free = self._sold()
            self._sold(self._partner("Other"))
        with self._at(LATER):
            about = self._about(lead, instant("2026-05-04 09:00:00"), lead=lead)
            found = self._concerning(asked, about)[1]
            later = self._about(lead, instant(DAY_2), lead=lead)
            self.assertFalse(self._concerning(asked, later))
        self.assertCountEqual([f.res_id for f, _grade in found], (mine | free).ids)

    def test_queries(self):
        def owe(count):
            with self._at(LATER):
                for number in range(count):
                    partner = self._partner(f"Clinic {number}")
                    self._match(self._sold(partner))
                    self._sold(partner)

        owe(3)
        few = self._query_count(lambda: self._told_at(LATER))
        owe(9)
        self.assertEqual(self._query_count(lambda: self._told_at(LATER)), few)
        self.assertEqual(len(self._told_at(LATER)), 24)
