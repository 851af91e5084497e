from odoo import Command
from odoo.fields import Domain
from odoo.tests import Form, tagged

from ..engine.facts.contract_ways import has_projects
from .common import instant
from .documents_common import DocumentsCommon

MONDAY_9 = "2026-05-04 09:00:00"
TUESDAY_9 = "2026-05-05 09:00:00"
FRIDAY_9 = "2026-05-08 09:00:00"
LATER = "2026-06-01 12:00:00"


class ContractCommon(DocumentsCommon):
    kind = "contract_completed"
    way = ""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.crm_contract_completed_by = cls.way

    def _told_at(self, moment, **values):
        with self._at(moment):
            return self._read(self._asked("sale.order", **values))

    def _on(self, day, work):
        with self._at(day):
            done = work()
            self._commit()
        return done


@tagged("post_install", "-at_install")
class TestContractInvoiced(ContractCommon):
    way = "invoiced"

    def test_same_story(self):
        asked = self._asked("sale.order")
        lead = self._lead()
        with self._at(MONDAY_9):
            order = self._confirmed(opportunity_id=lead.id)
            others = self._orders(2)
            others.action_confirm()
            self._confirmed()  # stays open
        with self._at(TUESDAY_9), self._hearing(asked) as told:
            (order | others)._create_invoices().action_post()
        facts = self._same_story(asked, told)
        self.assertEqual([fact.res_id for fact in facts], (order | others).ids)
        fact = facts[0]
        self.assertEqual(fact.key, f"contract_completed:sale.order,{order.id}")
        self.assertEqual(fact.date, instant(TUESDAY_9))
        self.assertEqual(fact.subject_ids("crm.lead"), lead.ids)
        self.assertEqual(fact.families, {self.customer.id})

    def test_history_knows_a_day_only(self):
        """What was not tracked has the same name and the day of the invoice."""
        asked = self._asked("sale.order")
        order = self._on(MONDAY_9, lambda: self._confirmed(quantity=2))
        invoice = self._on(MONDAY_9, order._create_invoices)
        self._on(MONDAY_9, lambda: invoice.invoice_line_ids.write({"quantity": 1}))
        with self._at(TUESDAY_9), self._hearing(asked) as told:
            order.order_line.product_uom_qty = 1
            invoice.action_post()
        self._forget_tracking(invoice)
        (read,) = self._told_at(LATER, start=instant("2026-05-05 00:00:00"))
        self.assertEqual([fact.key for fact in told], [read.key])
        self.assertEqual([fact.date for fact in told], [instant(TUESDAY_9)])
        self.assertEqual(read.date, instant("2026-05-05 00:00:00"))

    def test_all_in_one_go(self):
        """A program makes, confirms and bills an order at once."""
        asked = self._asked("sale.order")
        with self._at(TUESDAY_9), self._hearing(asked) as told:
            order = self._order()
            order.action_confirm()
            order._create_invoices().action_post()
        (fact,) = self._same_story(asked, told)
        self.assertEqual(fact.date, instant(TUESDAY_9))

    def test_a_draft_is_no_invoice(self):
        asked = self._asked("sale.order")
        order = self._on(MONDAY_9, self._confirmed)
        with self._at(TUESDAY_9), self._hearing(asked) as told:
            invoice = order._create_invoices()
        self.assertEqual(order.invoice_status, "invoiced")
        self.assertFalse(self._same_story(asked, told))
        invoice.invoice_date = "2026-04-01"
        self._on(FRIDAY_9, invoice.action_post)
        (fact,) = self._told_at(LATER)
        self.assertEqual(fact.date, instant(FRIDAY_9))
        # Nothing of the order itself changed, so time has to find it.
        self.assertTrue(self._kind().by_time)
        (again,) = self._told_at(LATER, start=instant(FRIDAY_9))
        self.assertEqual(again, fact)
        self.assertFalse(self._told_at(LATER, end=instant(FRIDAY_9)))

    def test_the_last_invoice_counts(self):
        order = self._on(MONDAY_9, self._confirmed)
        down = self.env["sale.advance.payment.inv"].with_context(
            active_model="sale.order", active_ids=order.ids
        )

        def pay_down():
            wizard = down.create({"advance_payment_method": "percentage", "amount": 50})
            wizard._create_invoices(order).action_post()

        self._on(MONDAY_9, pay_down)
        self.assertFalse(self._told_at(LATER))
        self._on(FRIDAY_9, lambda: order._create_invoices(final=True).action_post())
        (fact,) = self._told_at(LATER)
        self.assertEqual(fact.date, instant(FRIDAY_9))

    def test_more_than_ordered(self):
        order = self._on(MONDAY_9, self._confirmed)
        self._on(TUESDAY_9, lambda: self._billed(order))
        order.order_line.qty_delivered = 2
        self._commit()
        self.assertEqual(order.invoice_status, "upselling")
        self.assertEqual(len(self._told_at(LATER)), 1)

    def test_cancelled(self):
        order = self._on(MONDAY_9, self._confirmed)
        self._on(TUESDAY_9, lambda: self._billed(order))
        order._action_cancel()
        self._commit()
        self.assertFalse(self._told_at(LATER))

    def test_net_change(self):
        asked = self._asked("sale.order")
        order = self._confirmed()
        with self._hearing(asked) as told:
            order._create_invoices().unlink()
        self.assertFalse(self._same_story(asked, told))

    def test_each_company_its_way(self):
        other = self.env["res.company"].create(
            {"name": "South Med", "crm_contract_completed_by": "date"}
        )
        self.env.user.company_ids |= other
        order = self._on(MONDAY_9, self._confirmed)
        self._on(TUESDAY_9, lambda: self._billed(order))
        theirs = self._confirmed(company_id=other.id, crm_contract_end="2026-05-07")
        told = self._told_at(LATER)
        self.assertEqual([fact.res_id for fact in told], order.ids)
        told = self._told_at(LATER, company_id=other.id)
        self.assertEqual([fact.res_id for fact in told], theirs.ids)
        told = self._told_at(LATER, company_id=0)
        self.assertEqual([fact.res_id for fact in told], (order | theirs).ids)
        named = Domain("client_order_ref", "=", "nobody's")
        self.assertFalse(self._told_at(LATER, domain=named))

    def test_of_one_deal(self):
        lead, other = self._lead(), self._lead(name="Second")
        mine, theirs, free = orders = self._on(
            MONDAY_9,
            lambda: (
                self._confirmed(opportunity_id=lead.id),
                self._confirmed(opportunity_id=other.id),
                self._confirmed(),
            ),
        )
        self._on(TUESDAY_9, lambda: [self._billed(order) for order in orders])
        about = self._about(lead, instant(MONDAY_9), lead=lead)
        of_order = self._about(theirs, instant(MONDAY_9), id=2)
        asked = self._asked("sale.order")
        with self._at(LATER):
            found = self._concerning(asked, about, of_order)
        told = {id_: [f.res_id for f, _grade in facts] for id_, facts in found.items()}
        self.assertEqual(told, {1: (mine | free).ids, 2: theirs.ids})

    def test_queries(self):
        orders = self._orders(3)
        orders.action_confirm()
        self._billed(orders)
        start = instant("2020-01-01 00:00:00")

        def read():
            return self._read(self._asked("sale.order", start=start))

        few = self._query_count(read)
        orders = self._orders(9)
        orders.action_confirm()
        self._billed(orders)
        self.assertEqual(self._query_count(read), few)
        self.assertEqual(len(read()), 12)

    def test_goods(self):
        if "sale_id" not in self.env.get("stock.picking", self.env["base"])._fields:
            # Nobody counts goods here: what is invoiced was delivered.
            self.product.type = "consu"
            self._billed(self._on(MONDAY_9, self._confirmed))
            self.assertEqual(len(self._told_at(LATER)), 1)
            return
        goods = self.env["product.product"].create(
            {
                "name": "Gloves",
                "type": "consu",
                "invoice_policy": "order",
                "taxes_id": False,
            }
        )
        line = {"product_id": goods.id, "product_uom_qty": 4, "price_unit": 1}
        asked = self._asked("sale.order")
        with self._at(MONDAY_9):
            order = self._confirmed(order_line=[Command.create(line)])
            self._billed(order)
        self.assertEqual(order.invoice_status, "invoiced")
        self.assertFalse(self._told_at(LATER))
        delivery = order.picking_ids
        with self._at(TUESDAY_9):
            delivery.move_ids.quantity = 1
            Form.from_action(self.env, delivery.button_validate()).save().process()
            self._commit()
        self.assertFalse(self._told_at(LATER))
        with self._at(FRIDAY_9), self._hearing(asked) as told:
            (order.picking_ids - delivery).button_validate()
        (fact,) = self._same_story(asked, told)
        self.assertEqual(fact.date, instant(FRIDAY_9))
        self.assertEqual(self._told_at(LATER, start=instant(FRIDAY_9)), [fact])


@tagged("post_install", "-at_install")
class TestContractDate(ContractCommon):
    way = "date"

    def test_the_last_day_is_over(self):
        lead = self._lead()
        order = self._on(
            MONDAY_9,
            lambda: self._confirmed(
                crm_contract_end="2026-05-10", opportunity_id=lead.id
            ),
        )
        self._confirmed()
        self._order(crm_contract_end="2026-05-10")
        self._commit()
        self.assertFalse(self._told_at("2026-05-10 23:59:59"))
        (fact,) = self._told_at("2026-05-11 00:00:00")
        self.assertEqual(fact.key, f"contract_completed:sale.order,{order.id}")
        self.assertEqual(fact.date, instant("2026-05-11 00:00:00"))
        self.assertEqual(fact.subject_ids("crm.lead"), lead.ids)
        self.assertEqual(self._told_at(LATER, start=fact.date), [fact])
        self.assertFalse(self._told_at(LATER, end=fact.date))

    def test_time_zone_of_the_company(self):
        self.calendar.tz = "America/New_York"
        self._confirmed(crm_contract_end="2026-05-10")
        (fact,) = self._told_at(LATER)
        self.assertEqual(fact.date, instant("2026-05-11 04:00:00"))
        self.assertEqual(self._told_at(LATER, start=fact.date), [fact])

    def test_ended_in_the_past(self):
        """A date that is over already tells at once."""
        asked = self._asked("sale.order")
        with self._at(LATER):
            order = self._confirmed()
            with self._hearing(asked) as told:
                order.crm_contract_end = "2026-05-10"
                self._confirmed(crm_contract_end="2026-05-11")
                self._confirmed(crm_contract_end="2026-06-01")
            facts = self._same_story(asked, told)
        self.assertEqual(len(facts), 2)


@tagged("post_install", "-at_install")
class TestContractProject(ContractCommon):
    way = "project"

    def test_silence(self):
        asked = self._asked("sale.order")
        silence = self._kind().silence(self.env, asked)
        if has_projects(self.env):
            self.assertFalse(silence)
            return
        self.assertIn("sale_project", silence)
        self._confirmed()
        self.assertFalse(self._told_at(LATER))
        settings = self.env["res.config.settings"].create({})
        self.assertTrue(settings.crm_contract_lacks_projects)
        self.company.crm_contract_completed_by = "date"
        self.assertFalse(self._kind().silence(self.env, asked))
        settings = self.env["res.config.settings"].create({})
        self.assertFalse(settings.crm_contract_lacks_projects)

    def _project(self, tasks=1):
        """A confirmed order with a project of its own."""
        order = self._on(MONDAY_9, self._confirmed)
        project = self.env["project.project"].create(
            {
                "name": "Installation",
                "allow_billable": True,
                "partner_id": self.customer.id,
                "company_id": self.company.id,
                "sale_line_id": order.order_line.id,
            }
        )
        for number in range(tasks):
            self._task(project, name=f"Task {number}")
        self._commit()
        return order, project

    def _task(self, project, **values):
        return self.env["project.task"].create(
            {"name": "Task", "project_id": project.id, **values}
        )

    def _lacks_projects(self):
        """Whether the app is missing; then nothing is told, and this is said."""
        if has_projects(self.env):
            return False
        self._billed(self._on(MONDAY_9, self._confirmed))
        self.assertFalse(self._told_at(LATER))
        self.assertTrue(self._kind().silence(self.env, self._asked("sale.order")))
        return True

    def test_all_tasks_are_closed(self):
        if self._lacks_projects():
            return
        order, project = self._project(tasks=2)
        first, second = project.task_ids
        self._on(TUESDAY_9, lambda: first.write({"state": "1_done"}))
        self.assertFalse(self._told_at(LATER))
        self._on(FRIDAY_9, lambda: second.write({"state": "1_canceled"}))
        (fact,) = self._told_at(LATER)
        self.assertEqual(fact.key, f"contract_completed:sale.order,{order.id}")
        self.assertEqual(fact.date, instant(FRIDAY_9))
        self.assertEqual(self._told_at(LATER, start=instant(FRIDAY_9)), [fact])
        self.assertFalse(self._told_at(LATER, end=instant(FRIDAY_9)))
        self._on(FRIDAY_9, lambda: first.write({"state": "1_canceled"}))
        self.assertFalse(self._told_at(LATER))

    def test_the_last_update_says_so(self):
        if self._lacks_projects():
            return
        order, project = self._project()

        def update():
            self.env["project.update"].create(
                {"project_id": project.id, "name": "Done", "status": "done"}
            )

        self._on(FRIDAY_9, update)
        (fact,) = self._told_at(LATER, start=instant(FRIDAY_9))
        self.assertEqual((fact.res_id, fact.date), (order.id, instant(FRIDAY_9)))

    def test_the_stage_says_so(self):
        if self._lacks_projects():
            return
        _order, project = self._project()
        done = self.env.ref("project.project_project_stage_2")
        cancelled = self.env.ref("project.project_project_stage_3")
        self._on(FRIDAY_9, lambda: project.write({"stage_id": done.id}))
        (fact,) = self._told_at(LATER)
        self.assertEqual(fact.date, instant(FRIDAY_9))
        self._on(LATER, lambda: project.write({"stage_id": cancelled.id}))
        self.assertFalse(self._told_at(LATER))

    def test_every_project_and_task(self):
        """Of an order with two projects, and a task in a project of others."""
        if self._lacks_projects():
            return
        order, project = self._project()
        second = self.env["project.project"].create(
            {
                "name": "Training",
                "allow_billable": True,
                "partner_id": self.customer.id,
                "company_id": self.company.id,
                "reinvoiced_sale_order_id": order.id,
            }
        )
        hotline = self.env["project.project"].create(
            {
                "name": "Hotline",
                "allow_billable": True,
                "partner_id": self.customer.id,
                "company_id": self.company.id,
            }
        )
        tasks = project.task_ids | self._task(second)
        elsewhere = self._task(hotline, sale_line_id=order.order_line.id)
        self._task(hotline, name="Of nobody")
        self._commit()
        self.assertEqual(elsewhere.sale_order_id, order)
        for task in tasks | elsewhere:
            self.assertFalse(self._told_at(LATER))
            self._on(FRIDAY_9, lambda t=task: t.write({"state": "1_done"}))
        (fact,) = self._told_at(LATER)
        self.assertEqual(fact.res_id, order.id)

    def test_queries(self):
        if self._lacks_projects():
            return

        def read():
            return self._told_at(LATER, start=instant(MONDAY_9))

        def finish(count):
            for _number in range(count):
                _order, project = self._project()
                self._on(
                    FRIDAY_9, lambda p=project: p.task_ids.write({"state": "1_done"})
                )

        finish(2)
        few = self._query_count(read)
        finish(4)
        self.assertEqual(self._query_count(read), few)
        self.assertEqual(len(read()), 6)


@tagged("post_install", "-at_install")
class TestContractScreens(ContractCommon):
    way = "invoiced"

    def test_settings(self):
        settings = self.env["res.config.settings"].create(
            {"crm_contract_completed_by": "date"}
        )
        settings.execute()
        self.assertEqual(self.company.crm_contract_completed_by, "date")

    def test_order(self):
        """The date is asked for where contracts end by their date."""
        order = self._order()
        with Form(order) as form:
            with self.assertRaises(AssertionError):
                form.crm_contract_end = "2026-05-10"
        self.company.crm_contract_completed_by = "date"
        with Form(order) as form:
            form.crm_contract_end = "2026-05-10"
        self.assertTrue(order.crm_contract_end)
