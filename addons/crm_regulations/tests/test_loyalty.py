import random
from datetime import date, timedelta
from unittest import TestCase

from hypothesis import given
from hypothesis import strategies as st

from odoo.exceptions import AccessError, UserError

from ..core.loyalty import Window, group
from .common import RegulationsCommon


class TestLoyaltyCore(TestCase):
    def test_groups(self):
        for on_time, counted, expected in (
            (0, 0, "nothing"),
            (2, 2, "too_few"),
            (3, 3, "all"),
            (4, 5, "most"),
            (79, 100, "some"),
            (2, 4, "some"),
            (1, 3, "few"),
            (0, 3, "few"),
        ):
            with self.subTest(on_time=on_time, counted=counted):
                self.assertEqual(group(on_time, counted), expected)

    @given(st.integers(3, 200), st.data())
    def test_one_more_on_time_is_never_worse(self, counted, data):
        order = ["few", "some", "most", "all"]
        on_time = data.draw(st.integers(0, counted - 1))
        self.assertLessEqual(
            order.index(group(on_time, counted)),
            order.index(group(on_time + 1, counted)),
        )

    @given(st.dates(date(1990, 1, 1), date(2100, 1, 1)), st.integers(0, 20))
    def test_windows_are_full_months(self, today, years):
        window = Window.before(today, years)
        days = (window.start_before, window.churn_start, window.start, window.middle)
        self.assertEqual(sorted(days), list(days))
        self.assertTrue(all(day.day == 1 for day in (*days, window.end)))
        self.assertLessEqual(window.end, today)
        self.assertEqual(window.start.replace(year=window.end.year), window.end)


class TestLoyalty(RegulationsCommon):
    """On 10 June 2026 the twelve months are June 2025 to May 2026."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.step = cls._regulation().step_ids
        cls.loyal = cls._partner("Loyal")
        cls.lost = cls._partner("Lost")
        cls.new = cls._partner("New")
        for day, amount in (
            ("2024-07-01", 50),
            ("2025-07-01", 100),
            ("2026-02-01", 70),
        ):
            cls._bought(cls.loyal, day, amount)
        cls._bought(cls.lost, "2025-01-10", 40)
        cls._bought(cls.lost, "2025-08-10", 30)
        cls._bought(cls.new, "2026-05-31", 10)
        cls._bought(cls.new, "2026-06-01", 999)
        cls._promised(cls.loyal, "done_on_time", 3)
        cls._promised(cls.lost, "breached", 2)
        cls._promised(cls.lost, "done_on_time", 1)
        cls._promised(cls.lost, "excused", 5)

    @classmethod
    def _promised(cls, partner, state, times):
        cls.env["crm.obligation"].create(
            [
                {
                    "step_id": cls.step.id,
                    "regulation_id": cls.step.regulation_id.id,
                    "res_model": "res.partner",
                    "res_id": partner.id,
                    "partner_id": partner.id,
                    "company_id": cls.company.id,
                    "commercial_partner_id": partner.id,
                    "date_fact": f"2026-03-0{day} 08:00:00",
                    "date_start": f"2026-03-0{day} 08:00:00",
                    "date_due": f"2026-03-0{day} 12:00:00",
                    "fact_key": f"{partner.id} {state} {day}",
                    "state": state,
                    "evidence_kind": "manual",
                }
                for day in range(1, times + 1)
            ]
        )

    def _rows(self, user=None, **context):
        report = self.env["crm.loyalty.report"].with_context(**context)
        if user:
            report = report.with_user(user)
        with self._at("2026-06-10 10:00:00"):
            rows = report.search([("company_id", "=", self.company.id)])
            names = ("kept", "counted", "on_time", "turnover", "turnover_before")
            return {r.partner_id.name: tuple(r[n] for n in names) for r in rows}

    def test_customers_with_their_promises_and_turnover(self):
        self.assertEqual(
            self._rows(),
            {
                "Loyal": ("all", 3, 3, 170.0, 50.0),
                "Lost": ("few", 3, 1, 30.0, 40.0),
                "New": ("nothing", 0, 0, 10.0, 0.0),
            },
        )

    def test_averages_leave_out_whom_they_cannot_judge(self):
        with self._at("2026-06-10 10:00:00"):
            found = self.env["crm.loyalty.report"]._read_group(
                [("company_id", "=", self.company.id)],
                aggregates=["customers:sum", "repeat_share:avg", "churn_share:avg"],
            )
        self.assertEqual(found, [(3, 50.0, 50.0)])

    def test_a_year_earlier(self):
        rows = self._rows(loyalty_years_ago=1)
        self.assertEqual(rows["Loyal"], ("nothing", 0, 0, 50.0, 0.0))
        self.assertNotIn("New", rows)

    def test_a_wrong_year_is_refused(self):
        for wrong in ("1", -1, 21, True, 1.5):
            with (
                self.subTest(wrong=wrong),
                self.assertRaisesRegex(UserError, "^crm_regulations.bad_year: "),
            ):
                self._rows(loyalty_years_ago=wrong)

    def test_who_may_look(self):
        for user in (self.manager, self.coordinator):
            self.assertEqual(len(self._rows(user)), 3)
        for user in (self.sales, self.integration):
            with self.assertRaises(AccessError):
                self._rows(user)

    def test_another_company_sees_nothing(self):
        other = self.env["res.company"].create({"name": "South Med"})
        stranger = self._user("south", "sales_team.group_sale_manager", other)
        self.assertFalse(self._rows(stranger, allowed_company_ids=other.ids))

    def test_groups_cost_one_query(self):
        report = self.env["crm.loyalty.report"].with_user(self.manager)
        asked = ([("company_id", "=", self.company.id)], ["kept"], ["customers:sum"])
        with self._at("2026-06-10 10:00:00"):
            report.formatted_read_group(*asked)
            with self.assertQueryCount(1):
                found = report.formatted_read_group(*asked)
        self.assertEqual(len(found), 3)

    def test_as_somebody_would_count_it(self):
        """Random documents and promises, added up one by one."""
        chance = random.Random(7)
        window = Window.before(date(2026, 6, 10), 0)
        for number in range(12):
            customer = self._partner(f"Chance {number}")
            for _document in range(chance.randrange(5)):
                day = window.start_before + timedelta(chance.randrange(-60, 800))
                self._bought(customer, str(day), chance.choice([-20, 30, 70]))
            for state in ("done_on_time", "done_late", "breached", "cancelled"):
                self._promised(customer, state, chance.randrange(4))
        with self._at("2026-06-10 10:00:00"):
            rows = self.env["crm.loyalty.report"].search(
                [("company_id", "=", self.company.id)]
            )
            names = ("kept", "counted", "on_time", "turnover", "turnover_before",
                     "repeat_share", "churn_share")  # fmt: skip
            found = {r.partner_id: tuple(r[n] for n in names) for r in rows}
            self.assertEqual(len(found), len(rows))
            self.assertEqual(len(set(rows.ids)), len(rows))
            for partner, row in found.items():
                with self.subTest(partner=partner.name):
                    self.assertEqual(row, self._counted_by_hand(partner, window))
        self.assertGreater(len(found), 10)

    def _counted_by_hand(self, partner, window):
        mine = [("commercial_partner_id", "=", partner.id)]
        states = [
            owed.state
            for owed in self.env["crm.obligation"].search(mine)
            if window.start <= owed.date_due.date() < window.end
            and owed.state in ("done_on_time", "done_late", "breached")
        ]
        bought = self.env["crm.purchase"].search(mine)

        def among(start, end):
            return [b.amount for b in bought if start <= b.date < end]

        def buys(start, end):
            return any(amount > 0 for amount in among(start, end))

        again = buys(window.middle, window.end)
        first = buys(window.start, window.middle)
        earlier = buys(window.churn_start, window.middle)
        on_time = states.count("done_on_time")
        return (
            group(on_time, len(states)),
            len(states),
            on_time,
            sum(among(window.start, window.end)),
            sum(among(window.start_before, window.start)),
            100 * again if first else 0,
            100 * (not again) if earlier else 0,
        )

    def test_one_customer_is_read_alone(self):
        query = self.env["crm.loyalty.report"]._search(
            [("partner_id", "=", self.lost.id), ("company_id", "=", self.company.id)]
        )
        plan = self._plan(query.select())
        for table in ("crm_obligation", "account_move", "crm_turnover_line"):
            self.assertIn(table, plan)
        alone = f"(commercial_partner_id = {self.lost.id})"
        self.assertGreaterEqual(plan.count(alone), 3)

    def test_a_row_opens_its_customer(self):
        with self._at("2026-06-10 10:00:00"):
            row = self.env["crm.loyalty.report"].search(
                [("partner_id", "=", self.lost.id)]
            )
            self.assertEqual(row.action_open()["res_id"], self.lost.id)
