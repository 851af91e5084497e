from odoo.fields import Domain
from odoo.tests import tagged

from .common import instant
from .documents_common import DocumentsCommon

MONDAY_9 = "2026-05-04 09:00:00"
MONDAY_10 = "2026-05-04 10:00:00"
TUESDAY_9 = "2026-05-05 09:00:00"


@tagged("post_install", "-at_install")
class TestOrderConfirmed(DocumentsCommon):
    kind = "order_confirmed"

    def test_same_story(self):
        asked = self._asked("sale.order")
        lead = self._lead()
        with self._at(MONDAY_9):
            order = self._order(opportunity_id=lead.id)
            several = self._orders(3)
            self._order()  # stays a quotation
            gone = self._order()
        with self._at(MONDAY_10), self._hearing(asked) as told:
            (order | several | gone).action_confirm()
            at_once = self._order()
            at_once.action_confirm()
            gone._action_cancel()
            gone.unlink()
        facts = self._same_story(asked, told)
        self.assertEqual(
            [fact.res_id for fact in facts], (order | several | at_once).ids
        )
        fact = facts[0]
        self.assertEqual(fact.key, f"order_confirmed:sale.order,{order.id}")
        self.assertEqual(fact.date, instant(MONDAY_10))
        self.assertEqual(fact.subject_ids("crm.lead"), lead.ids)
        self.assertEqual(fact.subject_ids("res.partner"), self.customer.ids)
        self.assertEqual(fact.families, {self.customer.id})

    def test_contact(self):
        asked = self._asked("sale.order")
        doctor = self._doctor(self.customer)
        with self._hearing(asked) as told:
            self._confirmed(partner_id=doctor.id)
        (fact,) = self._same_story(asked, told)
        self.assertEqual(fact.subject_ids("res.partner"), doctor.ids)
        self.assertEqual(fact.families, {self.customer.id})

    def test_ourselves_are_no_customer(self):
        asked = self._asked("sale.order")
        with self._hearing(asked) as told:
            self._confirmed(partner_id=self.sales.partner_id.id)
            self._confirmed(partner_id=self.company.partner_id.id)
        for fact in self._same_story(asked, told):
            self.assertFalse(fact.families)
            self.assertFalse(fact.places)

    def test_only_what_is_asked_for(self):
        domain = Domain("client_order_ref", "=", "yes")
        asked = self._asked("sale.order", domain=domain)
        with self._hearing(asked) as told:
            order = self._confirmed(client_order_ref="yes")
            self._confirmed(client_order_ref="no")
        (fact,) = self._same_story(asked, told)
        self.assertEqual(fact.res_id, order.id)

    def test_another_company(self):
        other = self.env["res.company"].create({"name": "South Med"})
        self.env.user.company_ids |= other
        asked = self._asked("sale.order")
        theirs = self._asked("sale.order", company_id=other.id)
        with self._hearing(asked) as told:
            self._confirmed(company_id=other.id)
        self.assertFalse(self._same_story(asked, told))
        with self._hearing(theirs) as told:
            order = self._confirmed(company_id=other.id)
        self.assertEqual([fact.res_id for fact in told], order.ids)
        self.assertEqual(len(self._read(theirs)), 2)

    def test_net_change(self):
        asked = self._asked("sale.order")
        order = self._order()
        with self._hearing(asked) as told:
            order.action_confirm()
            order._action_cancel()
        self.assertFalse(self._same_story(asked, told))

    def test_once(self):
        """The first confirmation counts, whatever happens to the order later."""
        asked = self._asked("sale.order")
        with self._at(MONDAY_9):
            order = self._confirmed()
        with self._at(MONDAY_10):
            order._action_cancel()
            self._commit()
            self.assertEqual(self._read(asked)[0].date, instant(MONDAY_9))
            order.action_draft()
            self._commit()
        with self._at(TUESDAY_9), self._hearing(asked) as told:
            order.action_confirm()
            order.date_order = MONDAY_10
        (fact,) = self._same_story(asked, told)
        self.assertEqual(fact.date, instant(MONDAY_9))

    def test_language_of_the_tracking(self):
        """Tracking is written in the language of whoever confirms."""
        self.env["res.lang"]._activate_lang("fr_FR")
        selection = self.env["ir.model.fields.selection"].search(
            [
                ("field_id.model", "=", "sale.order"),
                ("field_id.name", "=", "state"),
                ("value", "=", "sale"),
            ]
        )
        selection.with_context(lang="fr_FR").name = "Bon de commande"
        asked = self._asked("sale.order")
        with self._at(MONDAY_9):
            order = self._order().with_context(lang="fr_FR")
            self._commit()
            order.action_confirm()
            self._commit()
        order.date_order = MONDAY_10
        tracked = self.env["mail.tracking.value"].search(
            [("mail_message_id.res_id", "=", order.id), ("field_id.name", "=", "state")]
        )
        self.assertEqual(tracked.new_value_char, "Bon de commande")
        (fact,) = self._read(asked)
        self.assertEqual(fact.date, instant(MONDAY_9))

    def test_imported(self):
        """Without tracking the date of the order tells."""
        asked = self._asked("sale.order")
        with self._at(TUESDAY_9), self._hearing(asked) as told:
            order = self._order()
            order.with_context(tracking_disable=True).write(
                {"state": "sale", "date_order": MONDAY_9}
            )
        (fact,) = self._same_story(asked, told)
        self.assertEqual(fact.date, instant(MONDAY_9))

    def test_time_asked_for(self):
        with self._at(MONDAY_9):
            first = self._confirmed()
        with self._at(TUESDAY_9):
            second = self._confirmed()
            first.date_order = TUESDAY_9
            self._commit()
        early = self._asked("sale.order", end=instant(MONDAY_10))
        late = self._asked("sale.order", start=instant(MONDAY_10))
        self.assertEqual([fact.res_id for fact in self._read(early)], first.ids)
        self.assertEqual([fact.res_id for fact in self._read(late)], second.ids)

    def test_of_one_deal(self):
        asked = self._asked("sale.order")
        lead, other = self._lead(), self._lead(name="Second")
        with self._at(MONDAY_10):
            mine = self._confirmed(opportunity_id=lead.id)
            self._confirmed(opportunity_id=other.id)
            free = self._confirmed()
            self._confirmed(partner_id=self._partner("Other").id)
        since = instant(MONDAY_9)
        found = self._concerning(asked, self._about(lead, since, lead=lead))
        told = [fact.res_id for fact, _grade in found[1]]
        self.assertCountEqual(told, (mine | free).ids)
        late = self._about(lead, instant(TUESDAY_9), lead=lead)
        self.assertFalse(self._concerning(asked, late))

    def test_another_order_is_no_proof(self):
        asked = self._asked("sale.order")
        with self._at(MONDAY_9):
            order = self._order()
        with self._at(MONDAY_10):
            self._confirmed()
        about = self._about(order, instant(MONDAY_9))
        self.assertFalse(self._concerning(asked, about))
        with self._at(MONDAY_10):
            order.action_confirm()
        ((fact, grade),) = self._concerning(asked, about)[1]
        self.assertEqual((fact.res_id, grade), (order.id, "system"))

    def test_touched(self):
        lead = self._lead()
        doctor = self._doctor(self.customer)
        order = self._order(opportunity_id=lead.id, partner_id=doctor.id)
        touched = self._kind().touched(order.sudo())
        self.assertEqual(touched.ids("crm.lead"), lead.ids)
        self.assertEqual(touched.ids("sale.order"), order.ids)
        self.assertEqual(touched.ids("res.partner"), doctor.ids)
        self.assertEqual(touched.families, {self.customer.id})

    def test_queries(self):
        asked = self._asked("sale.order")
        self._orders(3).action_confirm()
        few = self._query_count(lambda: self._read(asked))
        self._orders(27).action_confirm()
        self.assertEqual(self._query_count(lambda: self._read(asked)), few)
        self.assertEqual(len(self._read(asked)), 30)

    def test_what_tells_nothing_costs_nothing(self):
        kind = self._kind()
        orders = self._orders(3)
        self._commit()
        orders.mapped("state")
        changes = {id_: {"state": "sent"} for id_ in orders.ids}
        before = self.env.cr.sql_log_count
        self.assertFalse(kind.told(self.env, self._asked("sale.order"), (), changes))
        self.assertEqual(self.env.cr.sql_log_count, before)
