import random
from collections import defaultdict
from datetime import date, datetime, timedelta

from freezegun import freeze_time

from odoo import Command, fields
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged

from odoo.addons.crm_project_rollout.core import goals as rule
from odoo.addons.crm_project_rollout.engine import kpis

from .common import RolloutCommon

TODAY = date(2026, 6, 20)
FIRST, LAST = date(2025, 3, 1), date(2026, 7, 1)
IN_VAIN = ("missed", "voicemail", "busy", "moved", "no_show")


@tagged("post_install", "-at_install")
@freeze_time("2026-06-20 09:00:00")
class TestKpis(RolloutCommon):
    """Each KPI against plain Python over the same random records."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.random = random.Random(7)
        cls.clients = cls.env["res.partner"].create(
            [
                {
                    "name": f"Client {n}",
                    "is_company": True,
                    "company_id": cls.company.id,
                }
                for n in range(12)
            ]
        )
        cls.categories = cls.env["product.category"].create(
            [{"name": f"Kind {n}"} for n in range(4)]
        )
        cls.lines = cls._turnover_lines()
        cls.env.flush_all()

    @classmethod
    def _day(cls):
        return date(2024, 1, 10) + timedelta(days=cls.random.randrange(880))

    @classmethod
    def _turnover_lines(cls):
        return cls.env["crm.turnover.line"].create(
            [
                {
                    "partner_id": cls.random.choice(cls.clients).id,
                    "company_id": cls.company.id,
                    "currency_id": cls.company.currency_id.id,
                    "date": cls._day(),
                    "amount": cls.random.randrange(10, 900),
                    "product_categ_id": cls.random.choice(cls.categories).id,
                }
                for _n in range(90)
            ]
        )

    def months(self, code, category=None):
        company = self.company.sudo()
        return kpis.REGISTRY[code].months(company, FIRST, LAST, category)

    def check(self, code, oracle, category=None):
        """Compare each month, and see that the figures say something."""
        found = self.months(code, category)
        self.assertEqual(list(found), rule.month_range(FIRST, LAST))
        for month, value in found.items():
            with self.subTest(code=code, month=month):
                expected = oracle(month) if month <= TODAY else None
                if expected is None:
                    self.assertIsNone(value)
                else:
                    self.assertAlmostEqual(value, expected, places=4)
        self.assertGreater(len({value for value in found.values() if value}), 1)

    def bought(self, first, last):
        """Who bought from one month to another, both included."""
        return {
            line.partner_id
            for line in self.lines
            if first <= rule.month_of(line.date) <= last
        }

    def before(self, month):
        return self.bought(date(1900, 1, 1), rule.shifted(month, -1))

    def test_turnover(self):
        self.check(
            "turnover",
            lambda month: sum(
                line.amount for line in self.lines if rule.month_of(line.date) == month
            ),
        )

    def test_nothing_before_the_first_purchase(self):
        found = kpis.REGISTRY["turnover"].months(
            self.company.sudo(), date(2023, 1, 1), date(2026, 8, 1)
        )
        begun = rule.month_of(min(self.lines.mapped("date")))
        for month, value in found.items():
            self.assertEqual(value is not None, begun <= month <= TODAY)

    def test_new_customers(self):
        first = {}
        for line in self.lines.sorted("date"):
            first.setdefault(line.partner_id, rule.month_of(line.date))
        found = kpis.REGISTRY["new_customers"].months(
            self.company.sudo(), date(2024, 1, 1), LAST
        )
        for month, value in found.items():
            expected = sum(begun == month for begun in first.values())
            if value is None:
                self.assertFalse(expected)
            else:
                self.assertEqual(value, expected)
        self.assertEqual(sum(filter(None, found.values())), len(first))

    def test_repeat_purchase_share(self):
        def oracle(month):
            now = self.bought(month, month)
            earlier = self.bought(rule.shifted(month, -12), rule.shifted(month, -1))
            return 100 * len(now & earlier) / len(now) if now else None

        self.check("repeat_purchase_share", oracle)

    def test_repeat_and_cross_sales(self):
        # One who comes late, so that not everything is old.
        late = self.env["res.partner"].create({"name": "Late"})
        self.lines += self.env["crm.turnover.line"].create(
            {
                "partner_id": late.id,
                "company_id": self.company.id,
                "currency_id": self.company.currency_id.id,
                "date": "2026-02-10",
                "amount": 300,
            }
        )

        def oracle(month):
            own = [line for line in self.lines if rule.month_of(line.date) == month]
            old = self.before(month)
            total = sum(line.amount for line in own)
            again = sum(line.amount for line in own if line.partner_id in old)
            return 100 * again / total if total else None

        self.check("repeat_and_cross_sales", oracle)

    def test_cross_sale_share(self):
        def oracle(month):
            old = self.before(month)
            had = defaultdict(set)
            for line in self.lines:
                if rule.month_of(line.date) < month:
                    had[line.partner_id].add(line.product_categ_id)
            new = defaultdict(bool)
            for line in self.lines:
                if rule.month_of(line.date) == month and line.partner_id in old:
                    is_new = line.product_categ_id not in had[line.partner_id]
                    new[line.partner_id] |= is_new
            return 100 * sum(new.values()) / len(new) if new else None

        self.lines[:40].product_categ_id = self.categories[0]
        self.check("cross_sale_share", oracle)

    def test_retention(self):
        def oracle(month):
            then = self.bought(rule.shifted(month, -23), rule.shifted(month, -12))
            now = self.bought(rule.shifted(month, -11), month)
            return 100 * len(then & now) / len(then) if then else None

        self.lines.filtered(
            lambda line: line.partner_id in self.clients[:4] and line.date.year == 2026
        ).unlink()
        self.lines = self.lines.exists()
        self.lines.filtered(
            lambda line: line.partner_id in self.clients[:2] and line.date.year == 2025
        ).unlink()
        self.lines = self.lines.exists()
        self.check("retention", oracle)

    def _category(self, code="A", segmentation="kpi_test"):
        segmentation = self.env["crm.segmentation"].create(
            {
                "name": "Test",
                "code": segmentation,
                "company_id": self.company.id,
                "segment_ids": [
                    Command.create({"name": code, "code": code}),
                    Command.create({"name": "rest", "code": "Z", "is_default": True}),
                ],
            }
        )
        return segmentation.segment_ids.filtered(lambda s: s.code == code)

    def _moves(self, category):
        """Random movements into the category and out of it."""
        other = category.segmentation_id.segment_ids - category
        rows = []
        for client in self.clients:
            day = date(2024, 2, 3)
            inside = False
            while day < TODAY:
                inside = not inside
                rows.append((client, day, category if inside else other))
                day += timedelta(days=self.random.randrange(20, 300))
        movements = self.env["crm.segment.movement"].create(
            [
                {
                    "partner_id": client.id,
                    "segmentation_id": category.segmentation_id.id,
                    "to_segment_id": to.id,
                    "company_id": self.company.id,
                    "date": day,
                    "cause": "nightly",
                }
                for client, day, to in rows
            ]
        )
        self.env.flush_all()
        self.assertTrue(movements)
        return rows

    def _inside(self, rows, category, end):
        """Who was in the category in the evening before a day."""
        last = {}
        for client, day, to in rows:
            if day < end:
                last[client] = to
        return {client for client, to in last.items() if to == category}

    def test_retention_by_category(self):
        category = self._category()
        rows = self._moves(category)

        def oracle(month):
            then = self._inside(rows, category, rule.shifted(month, -11))
            now = self.bought(rule.shifted(month, -11), month)
            return 100 * len(then & now) / len(then) if then else None

        self.lines.filtered(
            lambda line: line.partner_id in self.clients[:6] and line.date.year == 2026
        ).unlink()
        self.lines = self.lines.exists()
        self.check("retention", oracle, category)
        self.assertFalse(any(self.months("retention_a").values()))
        self.env.cr.execute(
            "UPDATE crm_segmentation SET state = 'published' WHERE id = %s",
            [category.segmentation_id.id],
        )
        category.segmentation_id.invalidate_recordset()
        self.check("retention_a", oracle)

    def test_retention_of_the_best_of_two_segmentations(self):
        """Whoever is “A” in both at the same time is one customer."""
        best = [self._category(), self._category(segmentation="kpi_other")]
        rows = [(category, self._moves(category)) for category in best]
        for category in best:
            self.env.cr.execute(
                "UPDATE crm_segmentation SET state = 'published' WHERE id = %s",
                [category.segmentation_id.id],
            )
            category.segmentation_id.invalidate_recordset()

        def oracle(month):
            end = rule.shifted(month, -11)
            then = set()
            for category, moves in rows:
                then |= self._inside(moves, category, end)
            now = self.bought(rule.shifted(month, -11), month)
            return 100 * len(then & now) / len(then) if then else None

        self.lines.filtered(
            lambda line: line.partner_id in self.clients[:6] and line.date.year == 2026
        ).unlink()
        self.lines = self.lines.exists()
        self.check("retention_a", oracle)

    def test_a_category_changes_on_the_first_of_a_month(self):
        """The evening before counts: on the first day the month before is over."""
        category = self._category()
        other = category.segmentation_id.segment_ids - category
        movements = [
            (category, date(2025, 4, 1)),
            (other, date(2025, 6, 1)),
            (category, date(2025, 9, 30)),
            (other, date(2025, 10, 1)),
        ]
        self.env["crm.segment.movement"].create(
            [
                {
                    "partner_id": self.clients[0].id,
                    "segmentation_id": category.segmentation_id.id,
                    "to_segment_id": to.id,
                    "company_id": self.company.id,
                    "date": day,
                    "cause": "nightly",
                }
                for to, day in movements
            ]
        )
        self.env["crm.turnover.line"].create(
            [
                {
                    "partner_id": self.clients[0].id,
                    "company_id": self.company.id,
                    "currency_id": self.company.currency_id.id,
                    "date": month,
                    "amount": 1,
                }
                for month in rule.month_range(date(2025, 3, 1), date(2025, 12, 1))
            ]
        )
        found = self.months("turnover", category)
        self.assertEqual(
            [month for month, value in found.items() if value],
            [date(2025, 4, 1), date(2025, 5, 1), date(2025, 9, 1)],
        )

    def test_turnover_by_category(self):
        category = self._category()
        rows = self._moves(category)

        def oracle(month):
            members = self._inside(rows, category, rule.shifted(month, 1))
            return sum(
                line.amount
                for line in self.lines
                if rule.month_of(line.date) == month and line.partner_id in members
            )

        self.check("turnover", oracle, category)

    def test_market_share(self):
        market = self.env.ref("crm_project_rollout.kpi_market_size")
        for month, size in (("2025-05-20", 50_000), ("2026-01-01", 80_000)):
            self.env["crm.rollout.kpi.entry"].create(
                {
                    "kpi_id": market.id,
                    "company_id": self.company.id,
                    "month": month,
                    "value": size,
                }
            )
        turnover = self.months("turnover")

        def oracle(month):
            if month < date(2025, 5, 1):
                return None
            size = 50_000 if month < date(2026, 1, 1) else 80_000
            return 100 * turnover[month] / size

        self.check("market_share", oracle)

    def test_sales_management_cost(self):
        plan = self.env["account.analytic.plan"].create({"name": "Departments"})
        accounts = self.env["account.analytic.account"].create(
            [
                {"name": "Heads", "plan_id": plan.id, "crm_is_sales_cost": True},
                {"name": "Stock", "plan_id": plan.id},
            ]
        )
        lines = self.env["account.analytic.line"].create(
            [
                {
                    "name": "Wages",
                    "date": self._day(),
                    "amount": -self.random.randrange(100),
                    "company_id": self.company.id,
                    plan._column_name(): self.random.choice(accounts).id,
                }
                for _n in range(80)
            ]
        )

        def oracle(month):
            own = [
                -line.amount
                for line in lines
                if rule.month_of(line.date) == month
                and line[plan._column_name()] == accounts[0]
            ]
            return sum(own) if own else None

        self.check("sales_management_cost", oracle)

    def _leads(self):
        leads = self.env["crm.lead"].create(
            [
                {
                    "name": f"Deal {n}",
                    "type": "opportunity",
                    "company_id": self.company.id,
                }
                for n in range(60)
            ]
        )
        self.env.flush_all()
        for lead in leads:
            status = self.random.choice(["won", "lost", "pending"])
            day = datetime.combine(self._day(), datetime.min.time())
            closed = day + timedelta(hours=self.random.randrange(2000))
            self.env.cr.execute(
                "UPDATE crm_lead SET won_status = %s, create_date = %s, "
                "date_closed = %s WHERE id = %s",
                [status, day, None if status == "pending" else closed, lead.id],
            )
        self.env.invalidate_all()
        return leads

    def test_deals(self):
        leads = self._leads()
        now = fields.Datetime.now()

        def closed(month, status):
            return [
                lead
                for lead in leads
                if lead.won_status in status
                and lead.date_closed < now
                and rule.month_of(lead.date_closed.date()) == month
            ]

        def rate(month):
            ended = closed(month, ("won", "lost"))
            return 100 * len(closed(month, ("won",))) / len(ended) if ended else None

        def cycle(month):
            won = closed(month, ("won",))
            times = [(x.date_closed - x.create_date).total_seconds() for x in won]
            return sum(times) / len(times) / 86400 if times else None

        self.check("win_rate", rate)
        self.check("sales_cycle_days", cycle)

    def _touches(self):
        kinds = self.env["crm.interaction.type"].search([], limit=3)
        return self.env["crm.interaction"].create(
            [
                {
                    "type_id": self.random.choice(kinds).id,
                    "partner_id": self.random.choice(self.clients).id,
                    "company_id": self.company.id,
                    "date": datetime.combine(self._day(), datetime.min.time())
                    + timedelta(minutes=self.random.randrange(1440)),
                    "duration": self.random.randrange(30),
                    "direction": self.random.choice(["in", "out"]),
                    "outcome": self.random.choice([False, "answered", "missed"]),
                }
                for _n in range(150)
            ]
        )

    def test_first_response_hours(self):
        touches = self._touches().sorted("date")
        first = datetime.combine(FIRST, datetime.min.time())

        def answer(touch):
            return next(
                (
                    other.date
                    for other in touches
                    if other.partner_id == touch.partner_id
                    and other.direction == "out"
                    and other.outcome not in IN_VAIN
                    and (other.date, other.id) > (touch.date, touch.id)
                ),
                None,
            )

        waits = {
            touch: answer(touch)
            for touch in touches
            if touch.direction == "in"
            and touch.outcome not in ("answered", "held")
            and touch.date >= first
        }

        def oracle(month):
            hours = [
                (when - touch.date_end).total_seconds() / 3600
                for touch, when in waits.items()
                if when and rule.month_of(touch.date.date()) == month
            ]
            return sum(hours) / len(hours) if hours else None

        self.check("first_response_hours", oracle)

    def test_counterparty_coverage(self):
        touches = self._touches()
        tomorrow = TODAY + timedelta(days=1)

        def oracle(month):
            customers = self.bought(rule.shifted(month, -11), month)
            end = min(rule.shifted(month, 1), tomorrow)
            reached = {
                touch.partner_id
                for touch in touches
                if touch.outcome not in IN_VAIN
                and end - timedelta(days=90) <= touch.date.date() < end
            }
            if not customers:
                return None
            return 100 * len(customers & reached) / len(customers)

        self.check("counterparty_coverage", oracle)

    def test_regulation_compliance(self):
        regulation = self.env["crm.regulation"].create(
            {
                "name": "Promise",
                "company_id": self.company.id,
                "trigger_kind": "created",
                "res_model": "crm.lead",
                "step_ids": [Command.create({"name": "Do"})],
            }
        )
        states = [
            "open", "breached", "done_on_time", "done_late", "excused", "cancelled"
        ]  # fmt: skip
        promises = self.env["crm.obligation"].create(
            [
                {
                    "regulation_id": regulation.id,
                    "step_id": regulation.step_ids.id,
                    "fact_key": f"kpi-{n}",
                    "res_model": "res.partner",
                    "res_id": self.clients[0].id,
                    "company_id": self.company.id,
                    "evidence_kind": "manual",
                    "date_fact": self._day(),
                    "date_start": self._day(),
                    "date_due": self._day(),
                    "state": self.random.choice(states),
                }
                for n in range(120)
            ]
        )

        def oracle(month):
            own = [
                promise.state
                for promise in promises
                if rule.month_of(promise.date_due.date()) == month
                and promise.state in ("done_on_time", "done_late", "breached")
            ]
            return 100 * own.count("done_on_time") / len(own) if own else None

        self.check("regulation_compliance", oracle)

    def test_data_completeness(self):
        """Only the running month is known; what was kept fills the others."""
        kpi = self.env.ref("crm_project_rollout.kpi_data_completeness")
        self.clients[:2].write(
            {"counterparty_type_ids": self.env.ref("crm_segmentation.type_client").ids}
        )
        self.env.flush_all()
        known = self.env["res.partner"].search(
            [
                ("completeness_level", "!=", False),
                ("company_id", "in", [False, self.company.id]),
            ]
        )
        self.assertTrue(known)
        value = sum(known.mapped("completeness")) / len(known)
        found = self.months("data_completeness")
        running = found.pop(date(2026, 6, 1))
        self.assertAlmostEqual(running, value)
        self.assertFalse(any(found.values()))
        Entry = self.env["crm.rollout.kpi.entry"]
        Entry._keep_present(kpi, self.company)
        Entry._keep_present(kpi, self.company)
        entry = Entry.search([("kpi_id", "=", kpi.id)])
        self.assertEqual((len(entry), entry.is_kept), (1, True))
        self.assertAlmostEqual(entry.value, value, places=3)
        with freeze_time("2026-07-02"):
            later = kpi._months(self.company, date(2026, 5, 1), date(2026, 6, 1))
        self.assertIsNone(later[date(2026, 5, 1)])
        self.assertAlmostEqual(later[date(2026, 6, 1)], value, places=3)

    def test_what_a_person_entered_stays(self):
        kpi = self.env.ref("crm_project_rollout.kpi_data_completeness")
        Entry = self.env["crm.rollout.kpi.entry"].with_user(self.coordinator)
        entry = Entry.create({"kpi_id": kpi.id, "month": "2026-06-11", "value": 12.5})
        self.clients[0].counterparty_type_ids = self.env.ref(
            "crm_segmentation.type_client"
        )
        Entry.sudo()._keep_present(kpi, self.company)
        entry.invalidate_recordset()
        self.assertEqual((entry.value, entry.month), (12.5, date(2026, 6, 1)))
        self.assertEqual(entry.user_id, self.coordinator)

    def test_other_companies_count_elsewhere(self):
        for code in kpis.REGISTRY:
            with self.subTest(code=code):
                found = kpis.REGISTRY[code].months(
                    self.other_company.sudo(), FIRST, date(2026, 5, 1)
                )
                self.assertFalse(any(found.values()))

    def test_one_statement_for_all_months(self):
        company = self.company.sudo()
        for code, kpi in kpis.REGISTRY.items():
            with self.subTest(code=code):
                kpi.months(company, FIRST, LAST)
                before = self.env.cr.sql_log_count
                kpi.months(company, FIRST, LAST)
                # A setting, the figures, and for some marked accounts, categories “A”
                # or the market's record.
                self.assertLessEqual(self.env.cr.sql_log_count - before, 3)

    def test_many_at_once_are_the_same(self):
        """Together in one statement, for a category too, as each alone."""
        company = self.company.sudo()
        category = self._category()
        self._moves(category)
        self._touches()
        self._leads()
        every = list(kpis.REGISTRY.values())
        sliced = [kpi for kpi in every if kpi.by_category]
        for group, inside in ((every, None), (sliced, category), ([], None)):
            kpis.read(group, company, FIRST, LAST, inside)
            before = self.env.cr.sql_log_count
            found = kpis.read(group, company, FIRST, LAST, inside)
            # A setting, marked accounts, categories “A”, the market, and the figures.
            self.assertLessEqual(self.env.cr.sql_log_count - before, 5)
            self.assertEqual(list(found), group)
            for kpi in group:
                with self.subTest(code=kpi.code, category=inside):
                    self.assertEqual(
                        found[kpi], kpi.months(company, FIRST, LAST, inside)
                    )

    def test_months_over_the_wire(self):
        kpi = self.env.ref("crm_project_rollout.kpi_turnover")
        ours = kpi.with_user(self.coordinator)
        found = ours.months("2023-12", "2024-02")
        self.assertEqual(list(found), ["2023-12", "2024-01", "2024-02"])
        self.assertIs(found["2023-12"], False)
        self.assertNotIn(None, found.values())
        with self.assertRefused("figures_of_company", AccessError):
            kpi.with_user(self.salesperson).months("2024-01", "2024-02")
        for args in (
            ("2024-1", "2024-02"),
            ("2024-13", "2024-02"),
            (202401, "2024-02"),
            (False, "2024-02"),
            ("2024-01", "2024-02-31x"),
        ):
            with self.assertRefused("wrong_month", ValidationError):
                ours.months(*args)
        for args in (("2024-03", "2024-02"), ("1990-01", "2024-02")):
            with self.assertRefused("wrong_months", ValidationError):
                ours.months(*args)
        for company in (self.other_company.id, "1", True, 0, None):
            with self.assertRefused("unknown_company", ValidationError):
                ours.months("2024-01", "2024-02", company_id=company)
        for category in (99_999_999, "A", True):
            with self.assertRefused("no_such_category", ValidationError):
                ours.months("2024-01", "2024-02", segment_id=category)
        share = self.env.ref("crm_project_rollout.kpi_win_rate")
        with self.assertRefused("no_such_category", ValidationError):
            share.with_user(self.coordinator).months(
                "2024-01", "2024-02", segment_id=self._category().id
            )

    def test_invoices_are_purchases_too(self):
        """Posted invoices and credit notes; drafts do not count."""
        company = self.company
        journal = self.env["account.journal"].create(
            {
                "name": "Sales",
                "code": "KPIS",
                "type": "sale",
                "company_id": company.id,
                "default_account_id": self.env["account.account"]
                .with_company(company)
                .create(
                    {
                        "name": "Income",
                        "code": "700000",
                        "account_type": "income",
                        "company_ids": company.ids,
                    }
                )
                .id,
            }
        )
        receivable = (
            self.env["account.account"]
            .with_company(company)
            .create(
                {
                    "name": "Receivable",
                    "code": "400000",
                    "account_type": "asset_receivable",
                    "company_ids": company.ids,
                    "reconcile": True,
                }
            )
        )
        client = self.clients[0].with_company(company)
        client.property_account_receivable_id = receivable
        before = self.months("turnover")[date(2026, 5, 1)]

        def bill(kind, amount, partner=client):
            return self.env["account.move"].create(
                {
                    "move_type": kind,
                    "partner_id": partner.id,
                    "journal_id": journal.id,
                    "company_id": company.id,
                    "invoice_date": "2026-05-12",
                    "invoice_line_ids": [
                        Command.create(
                            {"name": "x", "price_unit": amount, "tax_ids": []}
                        )
                    ],
                }
            )

        bill("out_invoice", 1000).action_post()
        bill("out_refund", 250).action_post()
        bill("out_invoice", 7777)
        self.assertAlmostEqual(self.months("turnover")[date(2026, 5, 1)], before + 750)
        fact = self.env["crm.plan.fact"].search(
            [("company_id", "=", company.id), ("month", "=", "2026-05-01")]
        )
        lines = self.lines.filtered(
            lambda line: rule.month_of(line.date) == date(2026, 5, 1)
        )
        self.assertAlmostEqual(
            sum(fact.mapped("fact_amount")), 750 + sum(lines.mapped("amount"))
        )
        # A credit note lowers turnover and makes nobody a customer.
        stranger = client.copy({"name": "Stranger"})
        stranger.property_account_receivable_id = receivable
        codes = ("new_customers", "repeat_purchase_share", "counterparty_coverage")
        known = {code: self.months(code) for code in codes}
        bill("out_refund", 100, stranger).action_post()
        self.assertEqual({code: self.months(code) for code in codes}, known)
        self.assertAlmostEqual(self.months("turnover")[date(2026, 5, 1)], before + 650)
        bill("out_invoice", 40, stranger).action_post()
        new = self.months("new_customers")
        self.assertEqual(
            new[date(2026, 5, 1)], known["new_customers"][date(2026, 5, 1)] + 1
        )
