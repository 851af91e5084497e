from psycopg2 import IntegrityError

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from ..exceptions import PromiseHinders
from .blocking_common import TEN, BlockingCommon


class TermsCommon(BlockingCommon):
    """The customer is in category C; it allows 15 % and 30 days."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.scheme = cls._by_turnover()
        cls.scheme.action_publish()
        cls.category = cls.customer.own_segment_ids & cls.scheme.segment_ids
        cls.terms = cls.env["crm.segment.terms"].create(
            [
                {"segment_id": cls.category.id, "kind": "discount", "value": 15},
                {"segment_id": cls.category.id, "kind": "deferral", "value": 30},
            ]
        )
        cls.in_60_days = cls._payment((100, 60))

    @classmethod
    def _payment(cls, *lines):
        """Payment terms of (per cent, days)."""
        return cls.env["account.payment.term"].create(
            {
                "name": "Term",
                "line_ids": [
                    Command.create(
                        {"value": "percent", "value_amount": part, "nb_days": days}
                    )
                    for part, days in lines
                ],
            }
        )

    def _offer(self, discount=0, user=None, **values):
        order = self._order(**values)
        order.user_id = self.sales
        order.order_line.discount = discount
        return order.with_user(user or self.sales)

    def _limit(self, kind, value):
        return self.env["crm.segment.terms"].create(
            {"segment_id": self.category.id, "kind": kind, "value": value}
        )


@tagged("post_install", "-at_install")
class TestTerms(TermsCommon):
    # --- what is judged -------------------------------------------------------

    def test_discount(self):
        order = self._offer(15)
        self.assertEqual(order.crm_terms_state, "within")
        self.assertFalse(order.crm_terms_words)
        order.order_line.discount = 25
        self.assertEqual(order.crm_terms_state, "beyond")
        self.assertEqual(order.crm_terms_words, "discount 25 % (at most 15 %)")

    def test_deferral(self):
        order = self._offer(payment_term_id=self.in_60_days.id)
        self.assertEqual(order.crm_terms_words, "payment after 60 days (at most 30)")
        order.payment_term_id = False
        self.assertEqual(order.crm_terms_state, "within")

    def test_prepayment(self):
        self._limit("prepayment", 50)
        order = self._offer(payment_term_id=self._payment((40, 0), (60, 30)).id)
        self.assertEqual(order.crm_terms_words, "prepayment 40 % (at least 50 %)")
        order.write({"require_payment": True, "prepayment_percent": 0.5})
        self.assertEqual(order.crm_terms_state, "within")

    def test_open_debt_counts_what_is_owed_already(self):
        self._limit("credit", 100)
        first = self._offer()
        first.order_line.price_unit = 60
        self.assertEqual(first.crm_terms_state, "within")
        first.sudo().action_confirm()
        second = self._offer()
        second.order_line.price_unit = 60
        self.assertEqual(second.crm_terms_state, "beyond")
        self.assertIn("120", second.crm_terms_words)

    def test_without_terms_nothing_is_said(self):
        self.terms.unlink()
        self.assertFalse(self._offer(90).crm_terms_state)

    def test_another_category_has_other_terms(self):
        other = self.scheme.segment_ids - self.category
        self.scheme.set_override(self.customer.id, other.id, reason="Test")
        self.assertFalse(self._offer(90).crm_terms_state, "no terms for that one")

    def test_a_confirmed_order_stays_as_it_was_judged(self):
        order = self._offer(10).sudo()
        order.action_confirm()
        self.terms.filtered(lambda t: t.kind == "discount").value = 5
        order.order_line.discount = 12
        self.assertEqual(order.crm_terms_state, "within")

    def test_companies_do_not_share_terms(self):
        other = self.env["res.company"].create({"name": "South Med"})
        terms = self.env["crm.segment.terms"]
        self.assertTrue(terms._of_company(self.company.id))
        self.assertEqual(terms._of_company(other.id), {})
        stranger = self._user("south", "sales_team.group_sale_manager", other)
        terms = terms.with_user(stranger).with_context(allowed_company_ids=other.ids)
        self.assertFalse(terms.search([]))

    def test_queries(self):
        """An order of a company without terms costs nothing more."""
        self.terms.unlink()
        order = self._offer().sudo()
        order._crm_terms()
        self.env.flush_all()
        with self.assertQueryCount(0):
            self.assertEqual(order._crm_terms(), {})

    # --- wrong input ----------------------------------------------------------

    def test_wrong_limits(self):
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            self._limit("discount", 20).flush_recordset()
        for kind, value in (("discount", 101), ("discount", -1), ("credit", -5)):
            with (
                self.subTest(kind=kind, value=value),
                self.assertRaisesRegex(ValidationError, "^crm_regulations.terms_value"),
            ):
                self.terms[0].write({"kind": kind, "value": value})

    def test_nobody_writes_the_verdict(self):
        order = self._offer(25)
        for name, value in (
            ("crm_terms_state", "approved"),
            ("crm_terms_approved", {"discount": 100}),
            ("crm_terms_granted", {}),
            ("crm_terms_reason", "Because"),
            ("crm_terms_approver_id", self.manager.id),
        ):
            with (
                self.subTest(name=name),
                self.assertRaisesRegex(AccessError, "^crm_regulations.terms_by_hand"),
            ):
                order.write({name: value})
        with self.assertRaisesRegex(AccessError, "^crm_regulations.terms_by_hand"):
            order.create({"partner_id": self.customer.id, "crm_terms_reason": "x"})

    # --- approval -------------------------------------------------------------

    def test_a_manager_approves_with_a_reason(self):
        order = self._offer(25)
        mine = order.with_user(self.manager)
        self.assertTrue(mine.crm_terms_may_approve)
        self.assertFalse(order.crm_terms_may_approve)
        self.assertIs(mine.action_approve_terms("A year's volume"), True)
        self.assertRecordValues(
            order,
            [
                {
                    "crm_terms_state": "approved",
                    "crm_terms_approver_id": self.manager.id,
                    "crm_terms_reason": "A year's volume",
                }
            ],
        )
        order.order_line.discount = 20
        self.assertEqual(order.crm_terms_state, "approved", "less than was approved")
        order.order_line.discount = 26
        self.assertEqual(order.crm_terms_state, "beyond", "more than was approved")

    def test_who_may_not(self):
        order = self._offer(25)
        for user in (self.sales, self.integration):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                order.with_user(user).action_approve_terms("Please")
        order.sudo().user_id = self.manager
        self._user("second", "sales_team.group_sale_manager")
        with self.assertRaisesRegex(AccessError, "^crm_regulations.terms_approver"):
            order.with_user(self.manager).action_approve_terms("My own")

    def test_wrong_approvals(self):
        mine = self._offer(25).with_user(self.manager)
        for reason in ("", "  ", None, 7, ["x"]):
            with (
                self.subTest(reason=reason),
                self.assertRaisesRegex(UserError, "^crm_regulations.reason_missing"),
            ):
                mine.action_approve_terms(reason)
        within = self._offer(0).with_user(self.manager)
        with self.assertRaisesRegex(UserError, "^crm_regulations.terms_nothing"):
            (mine | within).action_approve_terms("Both")
        self.assertEqual(mine.crm_terms_state, "beyond", "all or nothing")

    def test_the_dialog(self):
        order = self._offer(25)
        dialog = self.env["sale.order.approve.terms"].with_user(self.manager)
        dialog = dialog.with_context(active_id=order.id).create({"reason": "Volume"})
        self.assertIn("25", dialog.words)
        dialog.action_approve()
        self.assertEqual(order.crm_terms_state, "approved")

    # --- the shipped regulation -----------------------------------------------

    def _in_force(self):
        shipped = self.env.ref("crm_regulations.regulation_terms_approval")
        mine = shipped.copy({"company_id": self.company.id, "code": "terms"})
        mine.write({"owner_id": self.manager.id, "mode": "remind"})
        with self._at("2026-05-04 08:30:00"):
            mine.action_publish()
        return mine

    def test_the_order_waits_for_the_approval(self):
        regulation = self._in_force()
        with self._at(TEN):
            order = self._offer(25)
            self._commit()
            promise = self._owed(regulation)
            self.assertEqual(promise.user_id, self.manager)
            with self.assertRaises(PromiseHinders):
                order.action_confirm()
        with self._at("2026-05-04 11:00:00"):
            order.with_user(self.manager).action_approve_terms("A year's volume")
            self._commit()
            self.assertEqual(promise.state, "done_on_time")
            order.action_confirm()
        self.assertEqual(order.state, "sale")

    def test_the_order_is_brought_back(self):
        regulation = self._in_force()
        with self._at(TEN):
            order = self._offer(25)
            self._commit()
            order.order_line.discount = 15
            self._commit()
            self.assertEqual(self._owed(regulation).state, "done_on_time")
            order.action_confirm()
        self.assertEqual(order.state, "sale")

    def test_a_cancelled_order_owes_nothing(self):
        regulation = self._in_force()
        with self._at(TEN):
            order = self._offer(25)
            self._commit()
            order._action_cancel()
            self._commit()
        self.assertEqual(self._owed(regulation).state, "cancelled")


@tagged("post_install", "-at_install")
class TestTermsScreens(HttpCase, TermsCommon):
    def test_manager_approves(self):
        order = self._offer(25)
        self.start_tour(
            "/odoo/beyond-terms", "crm_regulations_terms", login=self.manager.login
        )
        self.env.invalidate_all()
        self.assertEqual(order.crm_terms_state, "approved")
        self.assertEqual(order.crm_terms_approver_id, self.manager)
