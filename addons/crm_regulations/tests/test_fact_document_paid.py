from odoo import Command
from odoo.fields import Domain
from odoo.tests import tagged

from .common import instant
from .documents_common import DocumentsCommon

MONDAY_9 = "2026-05-04 09:00:00"
TUESDAY_9 = "2026-05-05 09:00:00"
FRIDAY_9 = "2026-05-08 09:00:00"


@tagged("post_install", "-at_install")
class TestDocumentPaid(DocumentsCommon):
    kind = "document_paid"

    def test_same_story(self):
        asked = self._asked("account.move")
        lead = self._lead()
        with self._at(MONDAY_9):
            order = self._confirmed(opportunity_id=lead.id)
            invoice = self._billed(order)
            others = self._sold() | self._sold(self._partner("Other"))
            self._sold()  # stays open
        with self._at(TUESDAY_9), self._hearing(asked) as told:
            self._pay(invoice | others)
        facts = self._same_story(asked, told)
        self.assertEqual([fact.res_id for fact in facts], (invoice | others).ids)
        fact = facts[0]
        self.assertEqual(fact.key, f"document_paid:account.move,{invoice.id}")
        self.assertEqual(fact.date, instant(TUESDAY_9))
        self.assertEqual(fact.subject_ids("sale.order"), order.ids)
        self.assertEqual(fact.subject_ids("crm.lead"), lead.ids)
        self.assertEqual(fact.subject_ids("res.partner"), self.customer.ids)
        self.assertEqual(fact.families, {self.customer.id})

    def test_untracked(self):
        """What was matched tells as well when nothing was tracked."""
        asked = self._asked("account.move")
        with self._at(MONDAY_9):
            by_payment, by_entry = self._sold(), self._sold()
        with self._at(TUESDAY_9), self._hearing(asked) as told:
            self._pay(by_payment)
            self._match(by_entry)
        self._forget_tracking(by_payment | by_entry)
        facts = self._same_story(asked, told)
        self.assertEqual([fact.res_id for fact in facts], (by_payment | by_entry).ids)
        self.assertEqual({fact.date for fact in facts}, {instant(TUESDAY_9)})
        before = self._asked("account.move", end=instant(TUESDAY_9))
        self.assertFalse(self._read(before))
        after = self._asked("account.move", start=instant(TUESDAY_9))
        self.assertEqual(len(self._read(after)), 2)

    def test_payment_without_entry(self):
        """Where payments are not booked, Odoo calls the invoice paid nevertheless."""
        asked = self._asked("account.move")
        invoice = self._sold()
        with self._at(TUESDAY_9), self._hearing(asked) as told:
            payment = self.env["account.payment"].create(
                {
                    "partner_id": self.customer.id,
                    "journal_id": self.bank.id,
                    "amount": 100,
                    "invoice_ids": [Command.set(invoice.ids)],
                }
            )
            payment.outstanding_account_id = False
            payment.action_post()
        self.assertFalse(payment.move_id)
        self._forget_tracking(invoice)
        (fact,) = self._same_story(asked, told)
        self.assertEqual(fact.date, instant(TUESDAY_9))
        after = self._asked("account.move", start=instant(TUESDAY_9))
        self.assertEqual(self._read(after), [fact])
        self.assertFalse(self._read(self._asked("account.move", end=fact.date)))

    def test_in_parts(self):
        asked = self._asked("account.move")
        invoice = self._sold()
        with self._at(MONDAY_9), self._hearing(asked) as told:
            self._match(invoice, 60)
        self.assertEqual(invoice.payment_state, "partial")
        self.assertFalse(self._same_story(asked, told))
        with self._at(TUESDAY_9), self._hearing(asked) as told:
            self._match(invoice, 40)
        (fact,) = self._same_story(asked, told)
        self.assertEqual(fact.date, instant(TUESDAY_9))

    def test_taken_back_and_paid_again(self):
        asked = self._asked("account.move")
        invoice = self._sold()
        with self._at(MONDAY_9):
            self._match(invoice)
        with self._at(TUESDAY_9), self._hearing(asked) as told:
            invoice.line_ids.remove_move_reconcile()
        self.assertFalse(self._same_story(asked, told))
        with self._at(FRIDAY_9), self._hearing(asked) as told:
            self._match(invoice)
        (fact,) = self._same_story(asked, told)
        self.assertEqual(fact.date, instant(FRIDAY_9))

    def test_net_change(self):
        asked = self._asked("account.move")
        invoice = self._sold()
        with self._hearing(asked) as told:
            self._match(invoice, commit=False)
            invoice.line_ids.remove_move_reconcile()
        self.assertFalse(self._same_story(asked, told))

    def test_from_the_way_to_the_bank(self):
        """The statement that comes later is no second payment."""
        asked = self._asked("account.move")
        invoice = self._sold()
        with self._at(MONDAY_9), self._hearing(asked) as told:
            invoice.payment_state = "in_payment"
        self.assertEqual([fact.date for fact in told], [instant(MONDAY_9)])
        with self._at(TUESDAY_9), self._hearing(asked) as told:
            invoice.payment_state = "paid"
        self.assertFalse(told)
        self.assertEqual(self._read(asked)[0].date, instant(MONDAY_9))

    def test_what_is_no_payment(self):
        """Credit notes, bills, invoices over nothing."""
        asked = self._asked("account.move")
        reversed_invoice = self._sold()
        with self._hearing(asked) as told:
            self._credit(reversed_invoice)
            self._sold(
                invoice_line_ids=[
                    Command.create({"name": "Gift", "price_unit": 0, "tax_ids": False})
                ]
            )
            self._pay(self._sold(move_type="in_invoice"))
            self._pay(self._sold(move_type="out_refund"))
        self.assertEqual(reversed_invoice.payment_state, "reversed")
        self.assertFalse(self._same_story(asked, told))

    def test_domain_and_company(self):
        asked = self._asked("account.move", domain=Domain("ref", "=", "yes"))
        elsewhere = self._asked("account.move", company_id=self.company.id + 1000)
        with self._hearing(asked) as told:
            invoice = self._sold(ref="yes")
            self._pay(invoice | self._sold(ref="no"))
        (fact,) = self._same_story(asked, told)
        self.assertEqual(fact.res_id, invoice.id)
        changes = {invoice.id: {"payment_state": "not_paid"}}
        sudo = self.env(su=True)
        self.assertTrue(self._kind().told(sudo, asked, (), changes))
        self.assertFalse(self._kind().told(sudo, elsewhere, (), changes))
        self.assertFalse(self._read(elsewhere))

    def test_of_one_deal(self):
        asked = self._asked("account.move")
        lead, other = self._lead(), self._lead(name="Second")
        with self._at(MONDAY_9):
            mine = self._billed(self._confirmed(opportunity_id=lead.id))
            theirs = self._billed(self._confirmed(opportunity_id=other.id))
            free = self._sold()
            foreign = self._sold(self._partner("Other"))
        with self._at(TUESDAY_9):
            self._pay(mine | theirs | free | foreign)
        about = self._about(lead, instant(MONDAY_9), lead=lead)
        told = [f.res_id for f, _grade in self._concerning(asked, about)[1]]
        self.assertCountEqual(told, (mine | free).ids)

    def test_of_one_document(self):
        asked = self._asked("account.move")
        with self._at(MONDAY_9):
            order, other_order = self._confirmed(), self._confirmed()
            invoice, other = self._billed(order), self._billed(other_order)
        with self._at(TUESDAY_9):
            self._pay(other)
        since = instant(MONDAY_9)
        abouts = (self._about(invoice, since), self._about(order, since, id=2))
        self.assertFalse(self._concerning(asked, *abouts))
        with self._at(FRIDAY_9):
            self._pay(invoice)
        found = self._concerning(asked, *abouts)
        self.assertEqual([f.res_id for f, _grade in found[1]], invoice.ids)
        self.assertEqual([f.res_id for f, _grade in found[2]], invoice.ids)

    def test_narrowed_by_order_alone(self):
        """An invoice to somebody else belongs to the order nevertheless."""
        asked = self._asked("account.move")
        payer = self._partner("Insurance")
        with self._at(MONDAY_9):
            order = self._confirmed(partner_invoice_id=payer.id)
            invoice = self._billed(order)
        with self._at(TUESDAY_9):
            self._pay(invoice)
        self.assertEqual(invoice.partner_id, payer)
        about = self._about(order, instant(MONDAY_9))
        found = self._concerning(asked, about)
        self.assertEqual([f.res_id for f, _grade in found[1]], invoice.ids)

    def test_touched(self):
        lead = self._lead()
        order = self._confirmed(opportunity_id=lead.id)
        invoice = self._billed(order)
        bill = self._sold(self._partner("Supplier"), move_type="in_invoice")
        touched = self._kind().touched((invoice | bill).sudo())
        self.assertEqual(touched.ids("account.move"), invoice.ids)
        self.assertEqual(touched.ids("sale.order"), order.ids)
        self.assertEqual(touched.ids("crm.lead"), lead.ids)
        self.assertEqual(touched.families, {self.customer.id})

    def test_queries(self):
        asked = self._asked("account.move", start=instant("2020-01-01 00:00:00"))

        def paid(count):
            orders = self._orders(count)
            orders.action_confirm()
            self._pay(self._billed(orders))

        paid(2)
        few = self._query_count(lambda: self._read(asked))
        paid(8)
        self.assertEqual(self._query_count(lambda: self._read(asked)), few)
        self.assertEqual(len(self._read(asked)), 10)

    def test_deleted(self):
        asked = self._asked("account.move")
        invoice = self._sold()
        self._match(invoice)
        changes = {invoice.id: {"payment_state": "not_paid"}}
        self.assertTrue(self._kind().told(self.env(su=True), asked, (), changes))
        invoice.button_draft()
        invoice.with_context(force_delete=True).unlink()
        self._commit()
        self.assertFalse(self._kind().told(self.env(su=True), asked, (), changes))
        self.assertFalse(self._read(asked))
