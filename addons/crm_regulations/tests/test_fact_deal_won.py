from odoo.fields import Domain
from odoo.tests import tagged

from ..core.step import FULFIL
from ..engine.facts import KINDS
from ..engine.facts.fact import Touched
from .common import MONDAY_9, instant
from .deals_common import AT_10, AT_11, AT_12, AT_13, DealsCommon


@tagged("post_install", "-at_install")
class TestDealWon(DealsCommon):
    kind = "deal_won"

    def test_same_story(self):
        asked = self._asked()
        with self._hearing(asked) as told:
            lead, other, pending = self._lead(), self._lead(), self._lead()
            gone = self._lead()
            self._win(AT_10, lead | gone)
            gone.unlink()
            self._lose(AT_11, other)
            pending.name = "Renamed"
        told = [fact for fact in told if fact.res_id != gone.id]
        (fact,) = self._same_story(asked, told)
        self.assertEqual(fact.key, f"deal_won:crm.lead,{lead.id}:0")
        self.assertEqual(fact.date, instant(AT_10))
        self.assertEqual(fact.teller, ("crm.lead", lead.id))
        self.assertIn(("res.partner", self.customer.id), fact.places)
        self.assertEqual(fact.families, {self.customer.id})
        self.assertFalse(fact.is_guess)

    def test_won_again_is_another_fact(self):
        asked = self._asked()
        lead = self._lead()
        first_stage = lead.stage_id
        with self._hearing(asked) as told:
            self._win(AT_10, lead)
            with self._at(AT_11):
                lead.write({"stage_id": first_stage.id, "probability": 10})
                self._commit()
            self._lose(AT_12, lead)
            self._win(AT_13, lead)
        facts = self._same_story(asked, told)
        id_ = str(lead.id)
        self.assertEqual(self._short(facts), [(id_, 0, AT_10, ""), (id_, 1, AT_13, "")])

    def test_there_and_back_is_none(self):
        lead = self._lead()
        stage = lead.stage_id
        with self._hearing(self._asked()) as told, self._at(AT_10):
            lead.action_set_won()
            lead.flush_recordset()
            lead.write({"stage_id": stage.id, "probability": 10})
        self.assertFalse(told)
        self.assertFalse(self._read(self._asked()))

    def test_created_won(self):
        """Dated by what Odoo keeps as the closing, if somebody imports it."""
        stage = self.env["crm.stage"].search([("is_won", "=", True)], limit=1)
        asked = self._asked()
        with self._hearing(asked) as told:
            won = {"stage_id": stage.id, "probability": 100}
            today = self._lead(AT_10, **won)
            before = self._lead(AT_10, **won, date_closed="2026-03-01 12:00:00")
        facts = {fact.res_id: fact for fact in self._same_story(asked, told)}
        self.assertEqual(facts[today.id].date, instant(AT_10))
        self.assertEqual(str(facts[before.id].date), "2026-03-01 12:00:00")

    def test_company_and_domain(self):
        other = self.env["res.company"].create({"name": "South Med"})
        asked = self._asked(domain=Domain("name", "=", "Analyser"))
        values = {"user_id": False, "partner_id": False}
        with self._hearing(asked) as told:
            leads = [
                self._lead(**values),
                self._lead(**values, company_id=False),
                self._lead(**values, company_id=other.id),
                self._lead(name="Gloves", **values),
            ]
            for lead in leads:
                self._win(AT_10, lead)
        facts = self._same_story(asked, told)
        self.assertEqual({f.res_id for f in facts}, {leads[0].id, leads[1].id})
        self.assertFalse(any(fact.places or fact.families for fact in facts))

    def test_our_own_people_are_no_counterparties(self):
        lead = self._lead(partner_id=self.sales.partner_id.id)
        self._win(AT_10, lead)
        (fact,) = self._read(self._asked())
        self.assertFalse(fact.families)

    def test_only_the_deal_of_the_promise(self):
        mine, other = self._lead(), self._lead()
        order, lonely = self._order(mine), self._order()
        about = [
            self._about(mine, instant(MONDAY_9), mine, id=1),
            self._about(order, instant(MONDAY_9), mine, id=2),
            # Another deal, though of the same customer.
            self._about(lonely, instant(MONDAY_9), id=3),
            self._about(other, instant(MONDAY_9), other, id=4),
            # Any deal of the customer.
            self._about(self.customer, instant(MONDAY_9), id=5),
            # It was over before.
            self._about(mine, instant(AT_11), mine, id=6),
        ]
        self._win(AT_10, mine)
        found = self._concerning(self._asked(), *about, role=FULFIL)
        self.assertEqual(sorted(found), [1, 2, 5])
        self.assertEqual([grade for _f, grade in found[1]], ["system"])

    def test_time_and_touched(self):
        one = self._lead()
        two = self._lead(partner_id=self._partner("Lab").id)
        self._win(AT_10, one)
        self._win(AT_11, two)

        def read(**values):
            return {fact.res_id for fact in self._read(self._asked(**values))}

        self.assertEqual(read(end=instant(AT_11)), {one.id})
        self.assertEqual(read(start=instant(AT_11)), {two.id})
        touched = KINDS["deal_won"].touched(one.sudo())
        self.assertEqual(touched.ids("crm.lead"), one.ids)
        self.assertEqual(touched.ids("res.partner"), self.customer.ids)
        self.assertEqual(touched.families, set(self.customer.ids))
        self.assertEqual(read(touched=touched), {one.id})
        family = Touched()
        family.add((), self.customer.ids)
        self.assertEqual(read(touched=family), {one.id})
        self.assertFalse(read(touched=Touched()))

    def test_what_happened_later_does_not_hide_it(self):
        lead = self._lead()
        stage = lead.stage_id
        self._win(AT_10, lead)
        with self._at(AT_12):
            lead.write({"stage_id": stage.id, "probability": 10})
            self._commit()
        asked = self._asked(start=instant(AT_10), end=instant(AT_11))
        self.assertEqual([fact.res_id for fact in self._read(asked)], lead.ids)

    def test_as_many_queries_for_thirty_as_for_three(self):
        def queries(count):
            with self._at(MONDAY_9):
                leads = self.env["crm.lead"].create(
                    [
                        {"name": f"L{n}", "partner_id": self.customer.id}
                        for n in range(count)
                    ]
                )
                self._commit()
            self._win(AT_10, leads)
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self._read(self._asked())
            return self.env.cr.sql_log_count - before

        queries(1)
        self.assertEqual(queries(3), queries(30))
