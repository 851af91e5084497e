from unittest import TestCase

from hypothesis import given
from hypothesis import strategies as st

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import HttpCase, tagged

from ..core.campaign import per_piece, returned, share
from .documents_common import DocumentsCommon


class TestCampaignCore(TestCase):
    def test_relations(self):
        self.assertEqual(per_piece(100, 3), 33.33)
        self.assertEqual(share(1, 3), 33.3)
        self.assertEqual(returned(250, 100), 2.5)
        for found in (per_piece(0, 3), per_piece(100, 0), share(0, 0), returned(9, 0)):
            self.assertIsNone(found)

    @given(st.integers(1, 10**6), st.integers(1, 10**4))
    def test_pieces_cost_together_what_was_paid(self, cost, pieces):
        self.assertAlmostEqual(per_piece(cost, pieces) * pieces, cost, delta=pieces)


class CampaignCommon(DocumentsCommon):
    """Three customers were written to in May; a fourth letter came back."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.campaign = cls.env["utm.campaign"].create(
            {"title": "Spring", "user_id": cls.manager.id,
             "crm_date_start": "2026-05-04"}
        )  # fmt: skip
        cls.clinics = cls.env["res.partner"].browse()
        for number in range(4):
            cls.clinics += cls._partner(f"C{number}", email=f"c{number}@example.com")
        cls.mailing = cls.env["mailing.mailing"].create(
            {
                "subject": "News",
                "campaign_id": cls.campaign.id,
                "mailing_model_id": cls.env["ir.model"]._get_id("res.partner"),
                "user_id": cls.manager.id,
            }
        )
        cls._trace(cls.clinics[0], "reply", reply_datetime="2026-05-05 10:00:00")
        cls._trace(cls.clinics[1], "sent")
        cls._trace(cls.clinics[2], "open")
        cls._trace(cls.clinics[3], "bounce")

    @classmethod
    def _trace(cls, record, status, **values):
        return cls.env["mailing.trace"].create(
            {
                "mass_mailing_id": cls.mailing.id,
                "model": record._name,
                "res_id": record.id,
                "email": "x@example.com",
                "trace_status": status,
                "sent_datetime": "2026-05-04 10:00:00",
                **values,
            }
        )

    def _effect(self, user=None, **context):
        campaign = self.campaign.with_user(user or self.manager)
        self.env.invalidate_all()
        return campaign.with_company(self.company).with_context(**context).effect()


@tagged("post_install", "-at_install")
class TestCampaign(CampaignCommon):
    def test_reached_and_responses(self):
        found = self._effect()
        self.assertEqual((found["reached"], found["responses"]), (3, 1))

        self._trace(self.clinics[1], "reply", reply_datetime="2026-06-03 10:00:00")
        self.assertEqual(self._effect()["responses"], 1, "too late")
        self.assertEqual(found["response_percent"], 33.3)
        self.assertEqual(found["days"], 30)
        # Who turns to us in time has responded; who did not get through has not.
        for clinic, day, outcome in (
            (self.clinics[1], "2026-05-20 10:00:00", "answered"),
            (self.clinics[2], "2026-05-20 10:00:00", "missed"),
            (self.clinics[2], "2026-06-04 10:00:00", "answered"),
        ):
            self._typed(partner_id=clinic.id, date=day, direction="in", outcome=outcome)
        self.assertEqual(self._effect()["responses"], 2)
        self.company.crm_campaign_days = 60
        self.assertEqual(self._effect()["responses"], 3)

    def test_each_customer_once_whatever_the_way(self):
        doctor = self._doctor(self.clinics[1])
        self._trace(doctor, "sent")
        lead = self._lead(partner_id=self.clinics[2].id)
        self._trace(lead, "sent")
        contact = self.env["mailing.contact"].create(
            {"name": "C0", "email": "C0 <c0@example.com>"}
        )
        self._trace(contact, "sent")
        self._trace(self.clinics[3], "sent", is_test_trace=True)
        self.assertEqual(self._effect()["reached"], 3)
        other = self.env["mailing.contact"].create(
            {"name": "C3", "email": "c3@example.com"}
        )
        self._trace(other, "sent")
        self.assertEqual(self._effect()["reached"], 4)

    def test_announcement_of_the_campaign(self):
        self.clinics[3].email = False
        announcement = self.env["crm.announcement"].create(
            {
                "name": "News",
                "body": "<p>News</p>",
                "company_id": self.company.id,
                "campaign_id": self.campaign.id,
                "scope_domain": repr([("id", "in", self.clinics[2:].ids)]),
            }
        )
        announcement.action_prepare()
        self.assertEqual(announcement.mailing_id.campaign_id, self.campaign)
        self.assertEqual(self._effect()["reached"], 3)
        announcement.action_send()
        announcement.mark_told(self.clinics[3].ids, "She will order")
        self.assertEqual(self._effect()["reached"], 4)

    def test_leads_orders_and_turnover(self):
        self._lead(campaign_id=self.campaign.id)
        self._lead(campaign_id=self.campaign.id).action_set_won()
        order = self._order(campaign_id=self.campaign.id)
        order.action_confirm()
        self._order(campaign_id=self.campaign.id)
        for day, amount in (
            ("2026-05-03", 1000), ("2026-05-04", 100), ("2026-06-03", 50),
            ("2026-06-04", 5000),
        ):  # fmt: skip
            self._bought(self.clinics[1], day, amount)
        self.env["crm.campaign.cost"].create(
            [
                {"campaign_id": self.campaign.id, "name": name, "amount": amount,
                 "company_id": self.company.id}
                for name, amount in (("Journal", 150), ("Stand", 50))
            ]
        )  # fmt: skip
        found = self._effect()
        self.assertEqual((found["leads"], found["won_leads"]), (2, 1))
        self.assertEqual((found["orders"], found["cost"]), (1, 200))
        self.assertEqual(found["turnover_orders"], order.amount_untaxed)
        self.assertEqual(found["turnover_reached"], 150)
        self.assertEqual((found["cost_per_lead"], found["cost_per_order"]), (100, 200))
        self.assertEqual(found["return_ratio"], round(order.amount_untaxed / 200, 2))

    def test_orders_in_another_currency(self):
        currency = self.env["res.currency"].create(
            {
                "name": "XCU",
                "symbol": "X",
                "rate_ids": [
                    (0, 0, {"name": "2026-01-01", "rate": 4,
                            "company_id": self.company.id})
                ],
            }
        )  # fmt: skip
        pricelist = self.env["product.pricelist"].create(
            {"name": "X", "currency_id": currency.id, "company_id": self.company.id}
        )
        order = self._order(campaign_id=self.campaign.id, pricelist_id=pricelist.id)
        order.action_confirm()
        self.assertAlmostEqual(order.currency_rate, 4)
        self.assertAlmostEqual(
            self._effect()["turnover_orders"], order.amount_untaxed / 4
        )

    def test_nothing_known(self):
        self.mailing.mailing_trace_ids.unlink()
        found = self._effect()
        for name in ("cost", "reached", "leads", "orders", "turnover_orders"):
            self.assertEqual(found[name], 0, name)
        for name in ("response_percent", "cost_per_lead", "return_ratio"):
            self.assertIs(found[name], False, name)
        self.assertNotIn(None, found.values())

    def test_one_campaign_is_read_alone_and_once(self):
        self._bought(self.clinics[1], "2026-05-20", 150)
        other = self.campaign.copy({"title": "Summer"})
        letters = self.mailing.copy({"campaign_id": other.id})
        for clinic in self.clinics[1:3]:
            self._trace(clinic, "sent", mass_mailing_id=letters.id)
        self._lead(campaign_id=other.id)
        found = self._effect()
        self.assertEqual((found["reached"], found["turnover_reached"]), (3, 150))
        report = self.env["crm.campaign.effect"]
        rows = report.search([("campaign_id", "in", (self.campaign | other).ids)])
        figures = [
            (r.campaign_id, r.reached, r.turnover_reached, r.leads) for r in rows
        ]
        self.assertCountEqual(figures, [(self.campaign, 3, 150, 0), (other, 2, 150, 1)])
        query = report._search([("campaign_id", "=", other.id)])
        plan = self._plan(query.select())
        self.assertNotRegex(plan, "WindowAgg|CTE Scan")
        # Of its letters, announcements, leads, orders and costs, and itself.
        asked = plan.count(f"campaign_id = {other.id})") + plan.count(
            f"(id = {other.id})"
        )
        self.assertGreaterEqual(asked, 5)
        campaign = other.with_user(self.manager).with_company(self.company)
        campaign.effect()
        with self.assertQueryCount(3):
            self.env.invalidate_all()
            campaign.effect()

    def test_as_many_queries_for_any_number(self):
        report = self.env["crm.campaign.effect"].with_user(self.manager)

        def count():
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            rows = report.search_fetch([("company_id", "=", self.company.id)])
            rows.mapped("return_ratio")
            return len(rows), self.env.cr.sql_log_count - before

        count()
        (some, queries) = count()
        for number in range(10):
            campaign = self.env["utm.campaign"].create({"title": f"Next {number}"})
            self._lead(campaign_id=campaign.id)
        self.env.flush_all()
        count()
        more, as_many = count()
        self.assertEqual(more, some + 10)
        self.assertLessEqual(as_many, queries)

    def test_roles(self):
        for user in (self.manager, self.coordinator):
            self.assertEqual(self._effect(user)["reached"], 3)
        self.assertRaises(AccessError, self._effect, self.sales)
        cost = self.env["crm.campaign.cost"].create(
            {"campaign_id": self.campaign.id, "name": "Stand", "amount": 5,
             "company_id": self.company.id}
        )  # fmt: skip
        self.assertRaises(AccessError, cost.with_user(self.sales).read, ["amount"])
        for user in (self.sales, self.manager):
            campaign = self.campaign.with_user(user)
            views = campaign.get_views([(False, "form")])
            names = list(views["models"]["utm.campaign"]["fields"])
            campaign.read(names)
            self.assertEqual("crm_cost_ids" in names, user == self.manager)
        elsewhere = self.env["res.company"].create({"name": "Elsewhere"})
        stranger = self.manager.copy(
            {"company_id": elsewhere.id, "company_ids": [(6, 0, elsewhere.ids)]}
        )
        self.env.flush_all()
        mine = self.campaign.with_user(stranger).with_company(elsewhere)
        found = mine.with_context(allowed_company_ids=elsewhere.ids).effect()
        self.assertEqual((found["reached"], found["cost"]), (0, 0))
        self.assertRaises(AccessError, cost.with_user(stranger).read, ["amount"])

    def test_wrong_input(self):
        with self.assertRaisesRegex(UserError, "^crm_regulations.one_campaign: "):
            self.campaign.browse().effect()
        with self.assertRaisesRegex(
            ValidationError, "^crm_regulations.campaign_dates: "
        ):
            self.campaign.crm_date_end = "2026-05-03"
        with self.assertRaises(Exception), self.cr.savepoint():  # noqa: B017
            self.company.crm_campaign_days = 0
            self.env.flush_all()


@tagged("post_install", "-at_install")
class TestCampaignScreens(CampaignCommon, HttpCase):
    def test_cost_effect_and_loyalty(self):
        self.start_tour(
            "/odoo/effect-of-campaigns", "crm_campaign", login=self.manager.login
        )
        self.assertEqual(self.campaign.crm_cost_ids.amount, 200)
