import contextlib
from unittest.mock import patch

from odoo import SUPERUSER_ID, Command
from odoo.exceptions import AccessError, ConcurrencyError, UserError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from ..engine import blocking
from ..exceptions import PromiseHinders
from .blocking_common import TEN, BlockingCommon
from .common import MONDAY_9

PIXEL = (
    b"iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9"
    b"awAAAABJRU5ErkJggg=="
)


@tagged("post_install", "-at_install")
class TestBlock(BlockingCommon):
    def _ways(self, lead):
        """Act → the ways to do it."""
        move = {"stage_id": self.next.id}
        everybody = lead.sudo()
        parent = lead.partner_id
        return {
            "leave": [
                lambda: lead.write(move),
                lambda: lead.web_save(move, {"stage_id": {}}),
                lambda: setattr(lead, "stage_id", self.next),
                lambda: lead.with_user(SUPERUSER_ID).write(move),
                lambda: everybody.with_context(active_test=False).write(move),
                lambda: lead.with_context(
                    crm_obligation_closed=True, tracking_disable=True, install_mode=True
                ).write(move),
                lambda: parent.write(
                    {"opportunity_ids": [Command.update(lead.id, move)]}
                ),
            ],
            "win": [
                lambda: lead.action_set_won(),
                lambda: lead.action_set_won_rainbowman(),
                lambda: lead.write({"stage_id": self.won.id}),
                lambda: lead.write({"won_status": "won"}),
                lambda: self.first.write({"is_won": True}),
            ],
            "lose": [
                lambda: lead.action_set_lost(),
                lambda: self._lost(lead, lost_reason_id=self.reason.id),
                lambda: lead.write({"active": False, "probability": 0}),
                lambda: lead.write({"won_status": "lost"}),
            ],
            "archive": [
                lambda: lead.action_archive(),
                lambda: lead.write({"active": False}),
            ],
            "delete": [
                lambda: everybody.unlink(),
                lambda: parent.sudo().write(
                    {"opportunity_ids": [Command.delete(lead.id)]}
                ),
            ],
        }

    def test_every_way_is_closed(self):
        self._blocking()
        lead = self._deal()
        for act, ways in self._ways(lead).items():
            with self.subTest(act=act):
                self._hindered(*ways)
        self.assertEqual((lead.stage_id, lead.active), (self.first, True))
        self.assertEqual(lead.won_status, "pending")

    def test_only_what_is_ticked(self):
        """Losing is archiving, too, and winning leaves a stage."""
        also = {"archive": {"lose"}, "leave": {"win"}}
        for ticked in ("leave", "win", "lose", "archive", "delete"):
            regulation = self._blocking(ticked)
            lead = self._deal()
            for act, ways in self._ways(lead).items():
                with self.subTest(ticked=ticked, act=act):
                    if act == ticked:
                        self._hindered(*ways)
                    elif act not in also.get(ticked, ()):
                        self._allowed(ways[0])
                    else:
                        self._hindered(ways[0])
            regulation.action_retire()
            self._owed(regulation).cancel("Over")

    def test_what_is_no_act(self):
        self._blocking()
        lead = self._deal()
        lead.write({"stage_id": self.first.id, "active": True, "name": "Other"})
        lead.write({"priority": "2", "probability": 50})
        self.assertEqual(lead.name, "Other")

    def test_new_records_are_never_hindered(self):
        self._blocking()
        lead = self._lead(stage_id=self.won.id)
        self.assertEqual(lead.won_status, "won")

    def test_what_comes_back_is_not_hindered(self):
        regulation = self._blocking()
        lead = self._deal()
        self._owed(regulation).sudo().cancel("For now")
        lead.action_set_lost()
        self._commit()
        self._blocking(trigger_kind="field_set", fact_domain='[("active", "=", True)]')
        lead.action_restore()
        self._commit()
        self.assertTrue(lead.active)

    def test_done_paused_excused_cancelled(self):
        regulation = self._blocking()
        for word, is_free in (
            (lambda o: o.fulfil("Called"), True),
            (lambda o: o.with_user(self.manager).excuse("Ill"), True),
            (lambda o: o.with_user(self.manager).excuse("Ill", "2026-06-01"), True),
            (lambda o: o.with_user(self.manager).cancel("Wrong"), True),
            (lambda o: o.pause("Waits for the customer"), False),
        ):
            with self._at(MONDAY_9):
                lead = self._deal()
                owed = self._owed(regulation)[-1:].with_user(self.sales)
            with self._at(TEN):
                self._hindered(lead.action_set_won)
                word(owed)
                if is_free:
                    self._allowed(lead.action_set_won, lead.action_archive)
                else:
                    self._hindered(lead.action_set_won)

    def test_overdue_hinders_on(self):
        regulation = self._blocking()
        lead = self._deal()
        with self._at("2026-05-05 12:00:00"):
            self._sweep()
            self.assertEqual(self._owed(regulation).state, "breached")
            self._hindered(lead.action_set_won)
            self._owed(regulation).with_user(self.sales).fulfil("At last")
            lead.action_set_won()
        self.assertEqual(lead.won_status, "won")

    def test_what_the_same_save_proves(self):
        """The reason that is owed comes with the loss, the letter before it."""
        self._blocking(
            step={
                "evidence_kind": "field_set",
                "evidence_domain": '[("lost_reason_id", "!=", False)]',
            },
        )
        self._blocking(step={"evidence_kind": "message_out"})
        lead = self._deal()
        letter = {
            "body": "Why?",
            "message_type": "comment",
            "subtype_xmlid": "mail.mt_comment",
            "partner_ids": self.customer.ids,
        }
        with self._at(TEN):
            self._hindered(lambda: self._lost(lead, lost_reason_id=self.reason.id))
            self._hindered(
                lambda: (lead.message_post(**letter), self._lost(lead)),
            )
            lead.message_post(**letter)
            self._lost(lead, lost_reason_id=self.reason.id)
        self.assertEqual(lead.won_status, "lost")

    def test_more_than_ten_proofs_in_one_save(self):
        """The guard does not use up the rounds of the change collector."""
        regulation = self._blocking("win", step={"evidence_kind": "message_out"})
        leads = [self._deal() for _number in range(12)]
        with self._at(TEN):
            for lead in leads:
                lead.message_post(
                    body="Thanks",
                    message_type="comment",
                    subtype_xmlid="mail.mt_comment",
                    partner_ids=self.customer.ids,
                )
                lead.action_set_won()
            self._commit()
        self.assertEqual(set(self._owed(regulation).mapped("state")), {"done_on_time"})

    def test_the_act_does_not_hinder_itself(self):
        """A promise that begins by leaving a stage does not forbid to leave it."""
        regulation = self._blocking(
            "leave",
            trigger_kind="field_set",
            fact_domain=f'[("stage_id", "=", {self.next.id})]',
        )
        lead = self._deal()
        lead.write({"stage_id": self.next.id})
        self._commit()
        self.assertEqual(self._owed(regulation).state, "open")
        self._hindered(lambda: lead.write({"stage_id": self.first.id}))

    def test_counting_only_hinders_nobody(self):
        regulation = self._blocking()
        lead = self._deal()
        regulation.mode = "silent"
        self._allowed(lead.action_set_won, lead.action_set_lost, lead.sudo().unlink)
        regulation.mode = "remind"
        self._hindered(lead.action_set_won)

    def test_retired_rules_hinder_as_long_as_they_are_owed(self):
        regulation = self._blocking()
        lead = self._deal()
        regulation.action_retire()
        self._hindered(lead.action_set_won)
        self._owed(regulation).with_user(self.manager).cancel("Not any more")
        lead.action_set_won()

    def test_watching_steps_hinder_nothing(self):
        self._on_leads({"block_win": True})
        lead = self._deal()
        self.assertFalse(lead._hindered())
        self._allowed(lead.action_set_won, lead.sudo().unlink)

    def test_many_at_once(self):
        """One that is hindered holds up those that are saved with it, and is named."""
        self._blocking("win", trigger_domain='[("name", "=", "Hindered")]')
        free, held = self._deal(name="Free"), self._deal(name="Hindered")
        self._hindered((free | held).action_set_won)
        self._allowed(free.action_set_won)

    # --- about something else ---------------------------------------------------

    def test_a_talk_about_the_deal(self):
        self._blocking(
            "win", "delete", model="crm.interaction", trigger_kind="interaction"
        )
        lead = self._deal()
        talk = self._talk(lead_id=lead.id)
        self._hindered(lead.action_set_won, lead.sudo().unlink, talk.sudo().unlink)
        self._allowed(lead.action_archive)

    def test_orders(self):
        self._blocking("confirm", "delete", model="sale.order")
        order = self._order()
        self._hindered(
            order.action_confirm,
            lambda: order.write({"state": "sale"}),
            lambda: order.sudo().with_context(send_email=True).action_confirm(),
            order.sudo().unlink,
        )
        self.assertEqual(order.state, "draft")
        self._allowed(order.action_quotation_sent, lambda: order._action_cancel())

    def test_orders_of_a_deal(self):
        self._blocking("confirm")
        lead = self._deal()
        order = self._order(lead)
        self._hindered(
            order.action_confirm,
            lambda: order.write({"opportunity_id": False, "state": "sale"}),
        )
        self._allowed(self._order().action_confirm, lead.action_set_won)

    def test_customers(self):
        self._blocking(model="res.partner")
        with self._at(MONDAY_9):
            partner = self._partner("Hospital")
            self._commit()
        self._hindered(partner.action_archive, partner.unlink)
        self._allowed(lambda: partner.write({"name": "H"}))
        lead = self._deal(partner_id=partner.id)
        self._allowed(lead.action_set_won)

    def test_merged_customers_take_their_promises_along(self):
        regulation = self._blocking(model="res.partner")
        with self._at(MONDAY_9):
            partner, twin = self._partner("Hospital"), self._partner("Hospital 2")
            self._commit()
        self._owed(regulation)[1].cancel("One is enough")
        owed = self._owed(regulation)[0]
        wizard = self.env["base.partner.merge.automatic.wizard"]
        wizard._merge([partner.id, twin.id], twin)
        self._commit()
        self.assertFalse(partner.exists())
        self.assertEqual((owed.res_id, owed.state), (twin.id, "open"))
        self.assertEqual(owed.partner_id, twin)
        self.assertEqual(owed.event_ids.mapped("kind"), ["opened", "moved"])
        self._hindered(twin.action_archive)

    # --- merging deals ------------------------------------------------------------

    def test_merging_is_no_way_out(self):
        regulation = self._blocking()
        lead = self._deal()
        other = self._deal(stage_id=self.next.id)
        self._owed(regulation)[1].cancel("One is enough")
        merged = (lead | other).sudo().merge_opportunity()
        self._commit()
        self.assertEqual(merged, other)
        owed = self._owed(regulation)[0]
        self.assertEqual((owed.res_id, owed.lead_id.id), (other.id, other.id))
        self._hindered(other.action_set_won, other.sudo().unlink)

    def test_merging_into_a_deal_that_has_ended(self):
        regulation = self._blocking("win")
        lead = self._deal()
        other = self._deal(stage_id=self.won.id, probability=100)
        self._owed(regulation)[1].cancel("It is won")
        self._hindered((lead | other).sudo().merge_opportunity)
        self._owed(regulation)[0].fulfil("Called")
        self._allowed((lead | other).sudo().merge_opportunity)

    def test_an_emptied_deal_that_was_kept(self):
        """Merged without deleting it, over RPC: it does not get rid of its promises."""
        regulation = self._blocking()
        lead = self._deal()
        other = self._deal(stage_id=self.next.id)
        (lead | other).sudo().merge_opportunity(auto_unlink=False)
        self._commit()
        self._owed(regulation)[1].fulfil("The other's own one")
        self._hindered(lead.action_set_won, other.action_set_won)
        self._allowed(lead.sudo().unlink)
        self._owed(regulation)[0].fulfil("Called")
        lead.action_set_won()

    # --- what the customer does -------------------------------------------------

    def test_signed_orders_wait(self):
        regulation = self._blocking("confirm", model="sale.order")
        order = self._order()
        portal = order.with_user(self.env.ref("base.public_user")).sudo()
        portal.write({"signed_by": "Dr. Green", "signature": PIXEL})
        portal._validate_order()
        portal._validate_order()
        self._commit()
        self.assertEqual((order.state, order.signed_by), ("draft", "Dr. Green"))
        (activity,) = order.activity_ids
        self.assertEqual(activity.user_id, self.sales)
        self.assertIn("Call back", activity.note)
        self._owed(regulation).fulfil("Called")
        order.action_confirm()
        self.assertEqual(order.state, "sale")
        free = self._order()
        self._owed(regulation)[-1:].fulfil("Called")
        free.sudo()._validate_order()
        self.assertEqual(free.state, "sale")

    def test_paid_orders_wait(self):
        regulation = self._blocking("confirm", model="sale.order")
        order = self._order()
        provider = self.env["payment.provider"].create(
            {"name": "Bank", "code": "none", "company_id": self.company.id}
        )
        methods = self.env["payment.method"].with_context(active_test=False)
        method = methods.search([("is_primary", "=", True)], limit=1)
        paid = self.env["payment.transaction"].create(
            {
                "provider_id": provider.id,
                "payment_method_id": method.id,
                "reference": "P1",
                "amount": order.amount_total,
                "currency_id": order.currency_id.id,
                "partner_id": self.customer.id,
                "sale_order_ids": [Command.set(order.ids)],
                "state": "done",
            }
        )
        self.assertTrue(order._is_confirmation_amount_reached())
        self.assertFalse(paid._check_amount_and_confirm_order())
        self.assertEqual((order.state, len(order.activity_ids)), ("draft", 1))
        self._owed(regulation).fulfil("Called")
        self.assertEqual(paid._check_amount_and_confirm_order(), order)
        self.assertEqual(order.state, "sale")

    # --- words ------------------------------------------------------------------

    def _words(self, act):
        with self.assertRaises(PromiseHinders) as caught, self.env.cr.savepoint():
            act()
        return caught.exception

    def test_what_is_said(self):
        regulation = self._blocking()
        with self._at(MONDAY_9):
            lead = self._deal()
            owed = self._owed(regulation)
            error = self._words(lead.action_set_won)
            (name, line, advice) = error.args[0].split("\n")
        self.assertTrue(name.startswith("crm_regulations.blocked: This can be done"))
        self.assertIn("Call back, for Clinic; by 5/4/26", line)
        self.assertIn(f"owed by {self.sales.name}", line)
        self.assertIn("sales manager", advice)
        self.assertEqual(error.context["action"]["res_id"], owed.id)
        self.assertEqual(str(error), error.args[0])

    def test_many_promises(self):
        for number in range(5):
            self._blocking(step={"name": f"Promise {number}"})
        lead = self._deal()
        error = self._words(lead.action_set_won)
        self.assertEqual(error.args[0].count("• Promise"), 3)
        self.assertIn("• and 2 more", error.args[0])
        domain = error.context["action"]["domain"]
        self.assertEqual(self.env["crm.obligation"].search_count(domain), 5)

    def test_what_others_owe(self):
        """It is named, but the button opens only what the person may see."""
        self._blocking(step={"responsible_kind": "fixed",
                             "responsible_user_id": self.manager.id})  # fmt: skip
        lead = self._deal()
        error = self._words(lead.action_set_won)
        self.assertIn(self.manager.name, error.args[0])
        self.assertEqual(error.context, {})
        error = self._words(lead.with_user(self.manager).action_set_won)
        self.assertTrue(error.context["action"])

    def test_what_a_customer_is_told(self):
        self._blocking()
        lead = self._deal()
        public = self.env.ref("base.public_user")
        error = self._words(lead.with_user(public).sudo().action_set_won)
        self.assertNotIn("Call back", error.args[0])
        self.assertIn("get in touch", error.args[0])
        self.assertFalse(error.context)

    def test_second_company(self):
        """Its promises hinder what is shared, but are not told."""
        regulation = self._blocking(model="res.partner")
        with self._at(MONDAY_9):
            partner = self._partner("Shared")
            self._commit()
        other = self.env["res.company"].create({"name": "South Med"})
        stranger = self._user("south", "base.group_partner_manager", other)
        context = {"allowed_company_ids": other.ids, "lang": "en_US"}
        theirs = partner.with_env(self.env(user=stranger, context=context))
        error = self._words(theirs.action_archive)
        self.assertNotIn("Call back", error.args[0])
        self.assertIn("another company: 1", error.args[0])
        self.assertFalse(error.context)
        lead = self._lead(company_id=other.id, user_id=False, partner_id=False)
        self._owed(regulation).cancel("Over")
        self._blocking()
        self._allowed(lead.action_set_won)

    def test_nobody_gets_through_by_rank(self):
        self._blocking()
        lead = self._deal()
        for user in (self.manager, self.coordinator, self.env.ref("base.user_admin")):
            self._hindered(lead.with_user(user).sudo().action_set_won)

    # --- the guard fails ----------------------------------------------------------

    @contextlib.contextmanager
    def _broken(self, name, error=None):
        def fail(*_args):
            raise error or ValueError("broken")

        with (
            patch.object(blocking, name, fail),
            mute_logger("odoo.addons.crm_regulations.engine.blocking"),
        ):
            yield

    def test_a_guard_that_fails_lets_through(self):
        for name in ("standings", "hindering", "acts_between", "_open_about",
                     "_hinders"):  # fmt: skip
            regulation = self._blocking()
            lead = self._deal()
            with self.subTest(name=name), self._broken(name):
                lead.action_set_won()
                self._commit()
            self.assertEqual(lead.won_status, "won")
            incident = self._incidents(regulation)
            self.assertEqual(incident.message, "broken")
            self.assertEqual((incident.res_model, incident.res_id),
                             ("crm.lead", lead.id))  # fmt: skip
            regulation.action_retire()
            self._owed(regulation).cancel("Over")
        regulation = self._blocking()
        lead = self._deal()
        with self._broken("hindering"):
            lead.sudo().unlink()
        self.assertTrue(self._incidents(regulation))

    def test_conflicts_are_raised(self):
        self._blocking()
        lead = self._deal()
        with (
            self._broken("hindering", ConcurrencyError("again")),
            self.assertRaises(ConcurrencyError),
            self.env.cr.savepoint(),
        ):
            lead.action_set_won()
        self.assertFalse(self.env["crm.regulation.incident"].search([]))

    def test_a_rule_that_cannot_be_read(self):
        """A promise of a version whose frozen text is from before there was a block."""
        regulation = self._blocking()
        lead = self._deal()
        spec = regulation.spec
        for step in spec["steps"]:
            del step["enforcement"], step["blocks"]
        regulation.sudo().spec = spec
        self.env.registry.clear_cache()
        lead.action_set_won()
        self.assertEqual(lead.won_status, "won")

    # --- what it costs --------------------------------------------------------------

    def _cost(self, work):
        for _time in range(2):
            self._commit()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            work()
            self._commit()
            taken = self.env.cr.sql_log_count - before
        return taken

    def test_what_it_costs(self):
        lead = self._deal()
        with self._at(TEN):
            rename = lambda: lead.write({"name": "Other"})  # noqa: E731
            turn = lambda: lead.write(  # noqa: E731
                {"stage_id": (self.first + self.next - lead.stage_id).id}
            )
            orders = [self._order() for _number in range(2)]
            confirm = lambda: orders.pop().action_confirm()  # noqa: E731
            plain, moved, confirmed = map(self._cost, (rename, turn, confirm))
            self._on_leads()
            self.assertFalse(lead._hindered())
            watched = self._cost(turn)
            self._blocking(trigger_domain='[("name", "=", "never")]')
            orders = [self._order() for _number in range(2)]
            self.assertTrue(lead._hindered())
            self.assertEqual(self._cost(rename), plain)
            self.assertLessEqual(self._cost(turn), watched + 1)
            self.assertLessEqual(self._cost(confirm), confirmed + 1)
            self.assertLessEqual(moved, watched)

    def test_a_hundred_cost_what_one_costs(self):
        self._blocking("win", trigger_domain='[("name", "=", "never")]')
        leads = self._deal()
        for _number in range(19):
            leads |= self._deal()

        def cost(some):
            self._commit()
            self.env.invalidate_all()
            some.mapped("stage_id.name")
            before = self.env.cr.sql_log_count
            with patch.object(blocking, "watch", wraps=blocking.watch) as watch:
                some.write({"stage_id": self.next.id})
            watch.assert_called()
            seen = self.env.cr.sql_log_count - before
            some.write({"stage_id": self.first.id})
            return seen

        cost(leads[:2])
        self.assertEqual(cost(leads[:2]), cost(leads))

    # --- the document ---------------------------------------------------------------

    def test_said_in_words(self):
        regulation = self._draft(
            {"enforcement": "block", "block_delete": False, "block_leave": False},
            trigger_kind="created",
            res_model="crm.lead",
        )
        words = "Until it is done, nobody can: win the deal, lose the deal, archive, "
        self.assertEqual(
            regulation.step_ids.block_sentence, f"{words}confirm the order."
        )
        self.assertIn(words, regulation.sentence)
        regulation.step_ids.enforcement = "track"
        self.assertFalse(regulation.step_ids.block_sentence)
        self.assertNotIn("nobody can", regulation.sentence)

    def test_what_fits_the_record(self):
        for model, fitting in {
            "crm.lead": "leave,win,lose,archive,delete,confirm",
            "crm.interaction": "leave,win,lose,archive,delete,confirm",
            "sale.order": "leave,win,lose,archive,delete,confirm",
            "res.partner": "archive,delete",
            "account.move": "delete",
        }.items():
            with self.subTest(model=model):
                draft = self._draft(trigger_kind="field_set", res_model=model)
                self.assertEqual(draft.step_ids.block_fitting, fitting)

    def test_nothing_ticked(self):
        draft = self._draft(
            {"enforcement": "block", "block_archive": False, "block_delete": False},
            trigger_kind="created",
            res_model="res.partner",
        )
        with self.assertRaisesRegex(UserError, "^crm_regulations.hinders_nothing: A"):
            draft.action_publish()
        draft.step_ids.block_delete = True
        draft.action_publish()
        self.assertEqual(draft.spec["steps"][0]["blocks"], ["delete"])

    def test_the_block_is_part_of_the_document(self):
        regulation = self._blocking()
        for values in ({"enforcement": "track"}, {"block_win": False}):
            with self.assertRaisesRegex(UserError, "published_is_fixed"):
                regulation.step_ids.with_user(self.coordinator).write(values)

    def test_the_form(self):
        draft = self._draft(trigger_kind="created", res_model="crm.lead")
        with self.assertRaises(AccessError), mute_logger("odoo.models"):
            draft.step_ids.with_user(self.sales).write({"enforcement": "block"})
        with Form(draft.step_ids.with_user(self.coordinator)) as form:
            form.enforcement = "block"
            form.block_leave = False
        draft.action_publish()
        self.assertEqual(draft.spec["steps"][0]["enforcement"], "block")
        self.assertNotIn("leave", draft.spec["steps"][0]["blocks"])
