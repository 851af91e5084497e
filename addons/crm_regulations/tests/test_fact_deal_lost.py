from markupsafe import Markup

from odoo import Command
from odoo.fields import Domain
from odoo.http import Request
from odoo.tests import HttpCase, tagged

from ..core.step import FULFIL
from ..engine.facts import KINDS
from ..engine.facts.deal_lost import words
from .common import MONDAY_9, instant
from .deals_common import AT_10, AT_11, AT_12, AT_13, DealsCommon

NO = "We found another one"


@tagged("post_install", "-at_install")
class TestDealLost(DealsCommon):
    kind = "deal_lost"

    # --- by us ----------------------------------------------------------------

    def test_wizard(self):
        asked = self._asked()
        with self._hearing(asked) as told:
            lead, won, gone = self._lead(), self._lead(), self._lead()
            self._lose(AT_10, lead | gone, self.price, "<p>They <b>need</b> ten</p>")
            gone.unlink()
            self._win(AT_10, won)
        told = [fact for fact in told if fact.res_id != gone.id]
        (fact,) = self._same_story(asked, told)
        self.assertEqual(fact.key, f"deal_lost:crm.lead,{lead.id}:0")
        self.assertEqual(fact.date, instant(AT_10))
        self.assertEqual(fact.note, "Too dear\nThey *need* ten")
        self.assertEqual(fact.families, {self.customer.id})
        self.assertEqual(fact.places, {("res.partner", self.customer.id)})
        self.assertFalse(fact.is_guess)

    def test_reason_in_the_language_of_the_company(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.price.with_context(lang="fr_FR").name = "Trop cher"
        self.company.partner_id.lang = "fr_FR"
        lead = self._lead()
        self._lose(AT_10, lead, self.price)
        (fact,) = self._read(self._asked())
        self.assertEqual(fact.note, "Trop cher")

    def test_reason_that_is_gone(self):
        lead = self._lead()
        self._lose(AT_10, lead, self.price, "<p>No</p>")
        self._restore(AT_11, lead)
        self.price.unlink()
        (fact,) = self._read(self._asked())
        self.assertEqual(fact.note, "No")

    def test_all_ways_at_one_time(self):
        """Over RPC, in the list, by hand: each is one fact."""
        asked = self._asked()
        with self._hearing(asked) as told:
            leads = [self._lead() for _way in range(4)]
            with self._at(AT_10):
                leads[0].action_set_lost(lost_reason_id=self.price.id)
                leads[1].write({"active": False, "probability": 0})
                leads[2].probability = 0
                leads[2].flush_recordset()
                leads[2].active = False
                self._commit()
            self._archive(AT_10, leads[3])
        facts = self._same_story(asked, told)
        self.assertEqual(
            self._short(facts),
            [
                (str(leads[0].id), 0, AT_10, "Too dear"),
                *((str(lead.id), 0, AT_10, "") for lead in leads[1:]),
            ],
        )

    def test_archived_now_and_explained_later(self):
        """In two saves, as if one had clicked twice: one loss, since the first."""
        asked = self._asked()
        with self._hearing(asked) as told:
            lead = self._lead()
            self._archive(AT_10, lead)
            with self._at(AT_11):
                lead.write({"probability": 0, "lost_reason_id": self.price.id})
                self._commit()
        self.assertEqual(lead.won_status, "lost")
        self.assertEqual(self._short(told), [(str(lead.id), 0, AT_10, "")])
        # The reader knows what was added.
        self.assertEqual(
            self._short(self._read(asked)), [(str(lead.id), 0, AT_10, "Too dear")]
        )

    def test_lost_again_is_another_fact(self):
        asked = self._asked()
        with self._hearing(asked) as told:
            lead = self._lead()
            self._lose(AT_10, lead, self.price)
            self._restore(AT_11, lead)
            self._archive(AT_12, lead)
        facts = self._same_story(asked, told)
        self.assertEqual(
            self._short(facts),
            [(str(lead.id), 0, AT_10, "Too dear"), (str(lead.id), 1, AT_12, "")],
        )

    def test_no_losses(self):
        """Junk, tidying up, there and back, merging, deleting."""
        asked = self._asked(domain=Domain("name", "!=", "Old"))
        with self._hearing(asked) as told:
            junk = self._lead(type="lead", probability=5)
            won = self._lead()
            self._win(AT_10, won)
            self._archive(AT_11, junk | won)
            back = self._lead()
            with self._at(AT_11):
                back.action_archive()
                back.flush_recordset()
                back.action_restore()
                self._commit()
            one, two = self._lead(probability=90), self._lead(probability=10)
            with self._at(AT_12):
                (one | two).merge_opportunity()
                self._commit()
            self._lead().unlink()
        self.assertFalse(self._same_story(asked, told))

    def test_loss_of_a_merged_lead_is_none_of_the_one_that_stays(self):
        one, two = self._lead(probability=90), self._lead(probability=10)
        self._lose(AT_10, two, self.price)
        self._restore(AT_11, two)
        self._lose(AT_12, two, self.price)
        with self._at(AT_13):
            (one | two).with_context(active_test=False).merge_opportunity()
            self._commit()
        self.assertTrue(one.exists())
        self.assertFalse(self._read(self._asked()))
        with self._hearing(self._asked()) as told:
            self._lose("2026-05-04 14:00:00", one)
        self.assertEqual(
            [fact.key for fact in told], [f"deal_lost:crm.lead,{one.id}:0"]
        )

    def test_lead_that_is_no_opportunity_yet(self):
        """It is lost if Odoo says so: archived without any chance."""
        leads = self._lead(type="lead") | self._lead(type="lead", probability=0)
        self._lose(AT_10, leads[0], self.price)
        self._archive(AT_10, leads[1])
        self.assertEqual(
            {fact.res_id for fact in self._read(self._asked())}, {*leads.ids}
        )

    def test_imported_and_untracked(self):
        asked = self._asked()
        with self._hearing(asked) as told:
            lost = {"active": False, "probability": 0, "lost_reason_id": self.price.id}
            imported = self._lead(AT_10, **lost, date_closed="2026-03-01 12:00:00")
            bare = self._lead(AT_10, **lost, date_closed=False)
            silent = self._lead()
            self._lose(AT_11, silent.with_context(tracking_disable=True), self.price)
        later = self._lead(AT_10, **lost, date_closed=False)
        with self._at(AT_12):
            later.name = "Renamed"
            self._commit()
        facts = {fact.res_id: fact for fact in self._read(asked)}
        self.assertEqual(str(facts[imported.id].date), "2026-03-01 12:00:00")
        self.assertEqual(str(facts[bare.id].date), AT_10)
        self.assertEqual(str(facts[silent.id].date), AT_11)
        self.assertFalse(any(f.is_guess for f in told))
        guess = facts.pop(later.id)
        self.assertEqual((str(guess.date), guess.is_guess), (AT_12, True))
        self.assertEqual({fact.note for fact in facts.values()}, {"Too dear"})
        self.assertEqual(
            {(fact.key, fact.date) for fact in told},
            {(fact.key, fact.date) for fact in facts.values()},
        )

    def test_closing_note_that_is_not_written_down_yet(self):
        """The signal may be asked before Odoo writes the message of the loss."""
        lead = self._lead()
        asked = self._asked()
        self._commit()
        with self._at(AT_10):
            lead._track_set_log_message(
                Markup("<div><p>Lost Comment:</p><p>Too big</p></div>")
            )
            lead.action_set_lost(lost_reason_id=self.price.id)
            self.env.flush_all()
            changes = {lead.id: {"active": True, "won_status": "pending"}}
            (fact,) = KINDS["deal_lost"].told(
                self.env(su=True, context={"active_test": False}), asked, (), changes
            )
            self.assertEqual(fact.note, "Too dear\nToo big")
            self._commit()
        self.assertEqual(self._read(asked), [fact])

    def test_words(self):
        for body, text in [
            ("", ""),
            ("<p><br></p>", ""),
            ("<p>No</p>", "No"),
            ("No", "No"),
            ('<div style="m"><p>Lost Comment:</p><p>A &amp; B</p><br></div>', "A & B"),
            ("<div><p>Lost Comment:</p>Bare<br></div>", "Bare"),
            ("<div><p>Reason:</p></div>", "Reason:"),
        ]:
            with self.subTest(body=body):
                self.assertEqual(words(body), text)

    # --- by the customer ------------------------------------------------------

    def test_refusal(self):
        asked = self._asked()
        with self._hearing(asked) as told:
            lead = self._lead()
            order = self._order(lead)
            self._decline(AT_10, order)
        (fact,) = self._same_story(asked, told)
        self.assertEqual(fact.key, f"deal_lost:crm.lead,{lead.id}:0")
        self.assertEqual(fact.date, instant(AT_10))
        self.assertEqual(fact.note, NO)
        self.assertEqual(fact.teller, ("sale.order", order.id))
        self.assertEqual(fact.subject_ids("crm.lead"), lead.ids)
        self.assertEqual(fact.families, {self.customer.id})

    def test_refusal_and_marking_are_one_loss(self):
        asked = self._asked()
        with self._hearing(asked) as told:
            lead = self._lead()
            self._decline(AT_10, self._order(lead))
            self._lose(AT_11, lead, self.price)
            self._decline(AT_12, self._order(lead), "Once more: no")
        keys = {fact.key for fact in told}
        self.assertEqual(keys, {f"deal_lost:crm.lead,{lead.id}:0"})
        (fact,) = self._read(asked)
        self.assertIn(fact.key, keys)
        self.assertEqual(fact.date, instant(AT_10))
        self.assertEqual(fact.note, f"{NO}\nToo dear\nOnce more: no")
        # It is not dated anew when only a later part of the story is read.
        self.assertFalse(self._read(self._asked(start=instant(AT_11))))
        self.assertTrue(self._read(self._asked(end=instant(AT_11))))

    def test_refusal_before_reopening(self):
        """It belongs to the loss of its time, not to the next one."""
        asked = self._asked()
        with self._hearing(asked) as told:
            lead = self._lead()
            self._decline(AT_10, self._order(lead))
            self._lose(AT_11, lead, self.price)
            self._restore(AT_12, lead)
        self.assertEqual(len({fact.key for fact in told}), 1)
        self.assertEqual(
            self._short(self._read(asked)),
            [(str(lead.id), 0, AT_10, f"{NO}\nToo dear")],
        )

    def test_refusal_after_the_loss(self):
        asked = self._asked()
        with self._hearing(asked) as told:
            lead = self._lead()
            order = self._order(lead)
            self._lose(AT_10, lead, self.price)
            self._decline(AT_12, order)
        self.assertEqual(len({fact.key for fact in told}), 1)
        (fact,) = self._read(asked)
        self.assertEqual(str(fact.date), AT_10)
        self.assertFalse(self._read(self._asked(start=instant(AT_11))))

    def test_refusal_after_reopening(self):
        asked = self._asked()
        with self._hearing(asked) as told:
            lead = self._lead()
            self._lose(AT_10, lead, self.price)
            self._restore(AT_11, lead)
            self._decline(AT_12, self._order(lead))
            self._lose(AT_13, lead, self.price)
        id_ = str(lead.id)
        self.assertEqual(
            self._short(self._read(asked)),
            [(id_, 0, AT_10, "Too dear"), (id_, 1, AT_12, f"{NO}\nToo dear")],
        )
        self.assertEqual(
            {fact.key for fact in told}, {fact.key for fact in self._read(asked)}
        )

    def test_refusal_without_a_lead(self):
        asked = self._asked()
        with self._hearing(asked) as told:
            order = self._order()
            self._decline(AT_10, order)
            with self._at(AT_11):
                order.action_draft()
                self._commit()
            self._decline(AT_12, order, "No again")
        (fact,) = self._read(asked)
        self.assertEqual(fact.key, f"deal_lost:sale.order,{order.id}:0")
        self.assertEqual(str(fact.date), AT_10)
        self.assertEqual({told_fact.key for told_fact in told}, {fact.key})
        # What leads are asked to be like, an order without one is not.
        self.assertFalse(self._read(self._asked(domain=Domain("type", "!=", False))))

    def test_no_refusals(self):
        """One of us cancels; two carts are joined; a customer only writes."""
        asked = self._asked()
        with self._hearing(asked) as told:
            lead = self._lead()
            self._decline(AT_10, self._order(lead), user=self.sales)
            self._decline(AT_10, self._order(lead), words="")
            order = self._order(lead)
            with self._at(AT_10):
                order.message_post(
                    author_id=self.buyer.partner_id.id,
                    body=NO,
                    message_type="comment",
                )
                self._commit()
            with self._at(AT_11):
                order.action_cancel()
                self._commit()
        self.assertFalse(self._same_story(asked, told))

    def test_refusal_in_another_language(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        state = self.env["ir.model.fields.selection"].search(
            [
                ("field_id.model", "=", "sale.order"),
                ("field_id.name", "=", "state"),
                ("value", "=", "cancel"),
            ]
        )
        state.with_context(lang="fr_FR").name = "Annulé"
        order = self._order().with_context(lang="fr_FR")
        self._decline(AT_10, order)
        self.assertIn(
            "Annulé", order.message_ids.tracking_value_ids.mapped("new_value_char")
        )
        self.assertEqual(len(self._read(self._asked())), 1)

    def test_refusal_company_and_domain(self):
        other = self.env["res.company"].create({"name": "South Med"})
        asked = self._asked(domain=Domain("name", "=", "Analyser"))
        with self._hearing(asked) as told:
            mine = self._lead()
            for lead in (mine, self._lead(name="Gloves")):
                self._decline(AT_10, self._order(lead))
            self._decline(AT_10, self._order(company_id=other.id))
            self._decline(AT_10, self._order())
        (fact,) = self._same_story(asked, told)
        self.assertEqual(fact.subject_ids("crm.lead"), mine.ids)
        theirs = self._asked(company_id=other.id)
        self.assertEqual(len(self._read(theirs)), 1)

    # --- promises and reading -------------------------------------------------

    def test_only_the_deal_of_the_promise(self):
        mine, other = self._lead(), self._lead()
        order, lonely = self._order(mine), self._order()
        abouts = [
            self._about(mine, instant(MONDAY_9), mine, id=1),
            self._about(order, instant(MONDAY_9), mine, id=2),
            self._about(lonely, instant(MONDAY_9), id=3),
            self._about(other, instant(MONDAY_9), other, id=4),
            self._about(self.customer, instant(MONDAY_9), id=5),
        ]
        self._decline(AT_10, order)
        found = self._concerning(self._asked(), *abouts, role=FULFIL)
        self.assertEqual(sorted(found), [1, 2, 5])
        self._decline(AT_11, lonely)
        found = self._concerning(self._asked(), *abouts, role=FULFIL)
        self.assertEqual(sorted(found), [1, 2, 3, 5])
        self.assertEqual(len(found[5]), 2)

    def test_touched(self):
        lead = self._lead()
        order = self._order(lead)
        own, refusals = KINDS["deal_lost"].voices
        self.assertEqual(own.teller(self._asked()), "crm.lead")
        self.assertEqual(refusals.teller(self._asked()), "sale.order")
        touched = refusals.touched(order.sudo())
        self.assertEqual(touched.ids("sale.order"), order.ids)
        self.assertEqual(touched.ids("crm.lead"), lead.ids)
        self.assertEqual(touched.families, set(self.customer.ids))
        lab = self._partner("Lab")
        self._decline(AT_10, self._order(partner_id=lab.id))
        self._lose(AT_10, self._lead(partner_id=lab.id))
        self._decline(AT_11, order)
        (fact,) = self._read(self._asked(touched=touched))
        self.assertEqual(fact.teller, ("sale.order", order.id))
        self.assertEqual(len(self._read(self._asked())), 3)

    def test_the_signal_asks_as_often_for_thirty_as_for_three(self):
        own, refusals = KINDS["deal_lost"].voices
        everywhere = self.env(su=True, context={"active_test": False})

        def queries(voice, records, old):
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            changes = {id_: old for id_ in records.ids}
            told = voice.told(everywhere, self._asked(), (), changes)
            self.assertEqual(len(told), len(records))
            return self.env.cr.sql_log_count - before

        leads = self.env["crm.lead"].create([{"name": f"L{n}"} for n in range(30)])
        self._commit()
        self._lose(AT_10, leads, self.price, "<p>No</p>")
        old = {"active": True, "won_status": "pending"}
        queries(own, leads[:1], old)
        self.assertEqual(queries(own, leads[:3], old), queries(own, leads, old))
        orders = self.env["sale.order"].union(
            *(self._order(lead) for lead in leads[:9])
        )
        for order in orders:
            self._decline(AT_11, order)
        old = {"state": "sent"}
        with self._at(AT_11):
            queries(refusals, orders[:1], old)
            few, many = (
                queries(refusals, orders[:3], old),
                queries(refusals, orders, old),
            )
        self.assertEqual(few, many)

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
            self._lose(AT_10, leads, self.price, "<p>No</p>")
            for lead in leads:
                self._decline(AT_11, self._order(lead))
                self._decline(AT_11, self._order())
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self._read(self._asked())
            return self.env.cr.sql_log_count - before

        queries(1)
        self.assertEqual(queries(2), queries(7))


@tagged("post_install", "-at_install")
class TestPortalRefusal(DealsCommon, HttpCase):
    """The customer's browser, so that Odoo's own way of declining is what counts."""

    kind = "deal_lost"

    def _click(self, order, **values):
        return self.url_open(
            f"/my/orders/{order.id}/decline",
            data={
                "access_token": order._portal_ensure_token(),
                "csrf_token": Request.csrf_token(self),
                **values,
            },
        )

    def _quotation(self, lead):
        order = self._order(
            lead,
            require_signature=True,
            order_line=[
                Command.create({"name": "Gloves", "display_type": "line_note"})
            ],
        )
        order.state = "sent"
        self._commit()
        return order

    def test_with_the_link_only(self):
        self._check(None)

    def test_logged_in(self):
        self._check("seg_buyer")

    def _check(self, login):
        lead = self._lead()
        order = self._quotation(lead)
        self.authenticate(login, login)
        asked = self._asked()
        with self._hearing(asked) as told:
            self._click(order)
            self.env.invalidate_all()
            self.assertEqual(order.state, "sent")
            self._click(order, decline_message=NO)
            self.env.invalidate_all()
            self.assertEqual(order.state, "cancel")
        (fact,) = self._same_story(asked, told)
        self.assertEqual(fact.key, f"deal_lost:crm.lead,{lead.id}:0")
        self.assertEqual(fact.note, NO)
