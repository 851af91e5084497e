from datetime import date

from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged

from ..engine.metrics.plan import measure
from .common import AccountingCommon

TODAY = date(2026, 5, 20)
CALLS = {
    "name": "Calls of this year",
    "res_model": "crm.interaction",
    "partner_path": "partner_id",
    "date_field": "date",
    "aggregate": "count",
}
INVOICES = {
    "name": "Invoiced",
    "res_model": "account.move",
    "partner_path": "partner_id",
    "date_field": "invoice_date",
    "aggregate": "sum",
    "measure": "amount_untaxed",
    "domain": "[('move_type', '=', 'out_invoice'), ('state', '=', 'posted')]",
}


class OwnMetricCommon(AccountingCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.partner = cls._partner()
        cls.contact = cls._doctor(cls.partner)
        cls.south = cls.env["res.company"].create({"name": "South Med"})
        cls.call = cls.env.ref("crm_segmentation.interaction_type_call")

    def _make(self, values, user=None, **more):
        metrics = self.env["crm.metric"].with_user(user or self.coordinator)
        metric = metrics.create({**values, **more})
        self.env.flush_all()
        return metric.sudo()

    def _value(self, metric, partner=None, owner="commercial_partner_id", **scope):
        partner = partner or self.partner
        company = scope.get("company", self.company)
        self.env.flush_all()
        definitions = metric._definitions([metric.code])
        values = measure(self.env, definitions, company.id, owner, TODAY, partner.ids)
        return values[partner.id][metric.code]

    def _talk(self, when, partner=None, **values):
        return self.env["crm.interaction"].create(
            {
                "type_id": self.call.id,
                "partner_id": (partner or self.partner).id,
                "company_id": self.company.id,
                "date": when,
                **values,
            }
        )

    def _rates(self, *rates):
        dollar = self.env.ref("base.USD")
        dollar.active = True
        self.env["res.currency.rate"].search([("currency_id", "=", dollar.id)]).unlink()
        self.env["res.currency.rate"].create(
            [
                {
                    "name": day,
                    "rate": rate,
                    "currency_id": dollar.id,
                    "company_id": self.company.id,
                }
                for day, rate in rates
            ]
        )
        return dollar


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestOwnMetrics(OwnMetricCommon):
    """What a user-made metric computes, worked out by hand."""

    def test_count(self):
        metric = self._make(CALLS)
        self.assertEqual(metric.code, "calls_of_this_year")
        self.assertEqual(self._value(metric), 0.0)
        self._talk("2026-01-01 10:00:00")
        self._talk("2026-05-20 23:00:00", self.contact)
        self._talk("2026-05-21 00:00:00")  # later than today
        self._talk("2026-01-01 10:00:00", company_id=self.south.id)
        self.assertEqual(self._value(metric), 2.0)
        self.assertEqual(self._value(metric, self.contact, "partner_id"), 1.0)
        self.assertEqual(self._value(metric, company=self.south), 1.0)

    def test_windows(self):
        for window, counted in (
            ("all", 5),
            ("1 months", 1),  # April
            ("2 months", 2),
            ("20 days", 2),
            ("19 days", 1),
            ("1 days", 1),
        ):
            for place, when in enumerate(
                ("2026-03-01", "2026-04-30", "2026-05-01", "2026-05-20", "2025-01-01")
            ):
                self._talk(f"{when} 00:00:00", external_ref=f"{window}-{place}")
            with self.subTest(window=window):
                metric = self._make(CALLS, window=window)
                self.assertEqual(self._value(metric), counted)
            self.env["crm.interaction"].search([]).unlink()

    def test_condition_and_different_values(self):
        metric = self._make(
            CALLS,
            aggregate="count_distinct",
            measure="user_id",
            domain="[('direction', '=', 'out')]",
        )
        for user in (self.sales, self.sales, self.manager):
            self._talk("2026-05-01 10:00:00", user_id=user.id, direction="out")
        self._talk("2026-05-01 10:00:00", user_id=self.coordinator.id)
        self.assertEqual(self._value(metric), 2.0)

    def test_days_since(self):
        last = self._make(CALLS, aggregate="days_since_last")
        first = self._make(CALLS, aggregate="days_since_first", name="First")
        self.assertIsNone(self._value(last))
        self._talk("2026-05-10 23:59:59")
        self._talk("2026-04-20 00:00:00")
        self.assertEqual(self._value(last), 10.0)
        self.assertEqual(self._value(first), 30.0)

    def test_numbers_of_the_counterparty_itself(self):
        """What is entered on the contact: path “id”."""
        metric = self._make(
            {
                "name": "Colour",
                "res_model": "res.partner",
                "partner_path": "id",
                "aggregate": "max",
                "measure": "color",
            }
        )
        self.contact.color = 7
        self.partner.color = 3
        self.assertEqual(self._value(metric, self.contact, "partner_id"), 7.0)
        self.assertEqual(self._value(metric, self.partner, "partner_id"), 3.0)
        self.assertEqual(self._value(metric), 7.0)

    def test_path_over_several_records(self):
        """Interactions through the lead they are about."""
        metric = self._make(CALLS, partner_path="lead_id.partner_id")
        lead = self.env["crm.lead"].create(
            {"name": "Analyser", "partner_id": self.contact.id}
        )
        self._talk("2026-05-01 10:00:00", self.env["res.partner"], lead_id=lead.id)
        self._talk("2026-05-01 10:00:00")
        self.assertEqual(self._value(metric), 1.0)

    def test_documents_without_a_company_are_everybodys(self):
        metric = self._make(
            {
                "name": "Leads",
                "res_model": "crm.lead",
                "partner_path": "partner_id",
                "aggregate": "sum",
                "measure": "expected_revenue",
            }
        )
        for company in (self.company, self.south, self.env["res.company"]):
            lead = self.env["crm.lead"].create(
                {
                    "name": "Analyser",
                    "partner_id": self.partner.id,
                    "expected_revenue": 100,
                    "user_id": False,
                    "team_id": False,
                }
            )
            lead.company_id = company
        self.assertEqual(self._value(metric), 200.0)
        archived = self.env["crm.lead"].search([("partner_id", "=", self.partner.id)])
        archived.active = False
        self.assertEqual(self._value(metric), 0.0)
        metric.domain = "[('active', 'in', [True, False])]"
        self.assertEqual(self._value(metric), 200.0)

    def test_sees_more_than_its_author(self):
        """A category must not depend on who looks."""
        lead = self.env["crm.lead"].create(
            {
                "name": "Analyser",
                "partner_id": self.partner.id,
                "user_id": self.manager.id,
            }
        )
        self.assertFalse(lead.with_user(self.sales).has_access("read"))
        metric = self._make(
            {"name": "L", "res_model": "crm.lead", "partner_path": "partner_id"}
        )
        values = measure(
            self.env(user=self.sales),
            metric._definitions([metric.code]),
            self.company.id,
            "commercial_partner_id",
            TODAY,
            self.partner.ids,
        )
        self.assertEqual(values[self.partner.id][metric.code], 1.0)

    def test_purchases_of_half_a_year(self):
        """Both kinds of purchases are one model for metrics, too."""
        metric = self._make(
            {
                "name": "Half a year",
                "res_model": "crm.purchase",
                "partner_path": "partner_id",
                "date_field": "date",
                "aggregate": "sum",
                "measure": "amount",
                "window": "6 months",
            }
        )
        self._invoice(self.contact, "2026-04-01", 600)
        self._bought(self.partner, "2025-11-01", 40)
        self._bought(self.partner, "2025-10-31", 7)
        self.assertEqual(self._value(metric), 640.0)
        self.assertTrue(metric.is_money)

    # --- money ----------------------------------------------------------------

    def test_money_at_the_rate_of_the_document(self):
        dollar = self._rates(("2026-01-01", 2.0), ("2026-03-01", 4.0))
        metric = self._make(INVOICES)
        self._invoice(self.partner, "2026-02-28", 80, currency_id=dollar.id)
        self._invoice(self.partner, "2026-03-01", 80, currency_id=dollar.id)
        self._invoice(self.partner, "2026-03-02", 5)
        self._invoice(self.partner, "2026-03-02", 900, post=False)
        self.assertAlmostEqual(self._value(metric), 40.0 + 20.0 + 5.0)
        largest = self._make(INVOICES, aggregate="max", name="Largest")
        self.assertAlmostEqual(self._value(largest), 40.0)
        average = self._make(INVOICES, aggregate="avg", name="Average")
        self.assertAlmostEqual(self._value(average), 65 / 3)

    def test_rates_are_those_of_odoo(self):
        """Also before the first rate, and with rates for all companies."""
        dollar = self._rates(("2026-02-01", 3.0))
        self.env["res.currency.rate"].create(
            [
                {
                    "name": day,
                    "rate": rate,
                    "currency_id": dollar.id,
                    "company_id": False,
                }
                for day, rate in (("2026-01-10", 5.0), ("2026-04-01", 7.0))
            ]
        )
        metric = self._make(INVOICES)
        for day in ("2026-01-01", "2026-01-15", "2026-03-01", "2026-04-15"):
            with self.subTest(day=day):
                partner = self._partner()
                self._invoice(partner, day, 210, currency_id=dollar.id)
                expected = dollar._convert(
                    210, self.company.currency_id, self.company, day, round=False
                )
                self.assertAlmostEqual(self._value(metric, partner), expected)

    def test_currency_without_a_rate(self):
        """Refused while somebody looks; at night the counterparty has no number."""
        metric = self._make(INVOICES)
        dollar = self._rates()
        other = self._partner()
        self._invoice(self.partner, "2026-03-01", 80, currency_id=dollar.id)
        self._invoice(self.partner, "2026-03-01", 80)
        self._invoice(other, "2026-03-01", 80)
        self.assertIsNone(self._value(metric))
        self.assertEqual(self._value(metric, other), 80.0)
        with self.assertRaisesRegex(ValidationError, "no_rate.*USD.*North Med"):
            self._make(INVOICES, name="Again")
        counted = self._make(INVOICES, name="Counted", aggregate="count")
        self.assertEqual(self._value(counted), 2.0)

    def test_publishing_with_a_currency_without_a_rate(self):
        metric = self._make(INVOICES)
        self.metrics[metric.code] = metric
        segmentation = self._segmentation(("A", (metric.code, ">=", 1)), ("C",))
        dollar = self._rates()
        self._invoice(self.partner, "2026-03-01", 80, currency_id=dollar.id)
        with self.assertRaisesRegex(ValidationError, "no_rate.*USD.*North Med"):
            segmentation.action_publish()
        self._rates(("2026-01-01", 2.0))
        segmentation.action_publish()
        self.assertEqual(self._category(self.partner, segmentation), "A")

    def test_a_list_of_metrics_asks_no_more_for_more_of_them(self):
        names = dict.fromkeys(["name", "formula", "state", "problem", "is_money"], {})
        counts = []
        for number in (2, 2, 10):
            for _place in range(number):
                self._make(INVOICES)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            metrics = self.env["crm.metric"].with_user(self.coordinator)
            metrics.web_search_read([("code", "like", "invoiced")], names)
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[1], counts[2])

    # --- life -----------------------------------------------------------------

    def test_a_category_by_an_own_metric(self):
        metric = self._make(CALLS, window="90 days")
        self.metrics[metric.code] = metric
        segmentation = self._segmentation(("A", (metric.code, ">=", 2)), ("C",))
        for _n in range(2):
            self._talk("2026-05-01 10:00:00")
        segmentation.action_publish()
        self.assertEqual(self._category(self.partner, segmentation), "A")
        frozen = metric._definition()
        self.assertEqual(segmentation.spec["metrics"][metric.code], frozen)
        told = segmentation.explain(self.partner.id)
        self.assertEqual(told["values"][metric.code], 2.0)
        # The published rule keeps the definition until it is published anew.
        metric.with_user(self.coordinator).domain = "[('direction', '=', 'out')]"
        segmentation.invalidate_recordset(["is_changed"])
        self.assertTrue(segmentation.is_changed)
        segmentation.classify()
        self.assertEqual(self._category(self.partner, segmentation), "A")
        segmentation.action_publish()
        self.assertEqual(self._category(self.partner, segmentation), "C")

    def test_a_vanished_field_breaks_only_what_reads_it(self):
        metric = self._make(CALLS)
        self.metrics[metric.code] = metric
        broken = self._segmentation(("A", (metric.code, ">=", 1)), ("C",))
        broken.action_publish()
        self._talk("2026-05-01 10:00:00")
        # What an uninstalled app leaves behind.
        for change in (
            "domain = '[[''x_gone'', ''='', 1]]'",
            "date_field = 'x_gone'",
            "res_model = 'x.gone'",
        ):
            with self.subTest(change=change):
                savepoint = self.env.cr.savepoint()
                self.env.cr.execute(
                    f"UPDATE crm_metric SET {change} WHERE id = {metric.id}"
                )
                self.env.invalidate_all()
                self.assertEqual(metric.state, "broken")
                self.assertIn("gone", metric.problem)
                self.assertIn(metric, metric.search([("state", "=", "broken")]))
                self.assertNotIn(metric, metric.search([("state", "=", "ready")]))
                self.assertEqual(metric.search([("state", "!=", "ready")]), metric)
                with self.assertRaisesRegex(UserError, "gone"):
                    broken.action_publish()
                savepoint.close(rollback=True)
                self.env.invalidate_all()
        self.assertEqual(metric.state, "ready")

    def test_nightly_run_goes_on_beside_a_broken_metric(self):
        metric = self._make(CALLS)
        self.metrics[metric.code] = metric
        broken = self._segmentation(
            ("A", (metric.code, ">=", 1)), ("C",), sequence=1, name="First"
        )
        sound = self._by_turnover(name="Second", sequence=2)
        (broken + sound).action_publish()
        spec = broken.spec
        spec["metrics"][metric.code]["date_field"] = "x_gone"
        broken.sudo().spec = spec
        self._bought(self.partner, "2026-04-01", 1200)
        self.env.flush_all()
        with (
            self.enter_registry_test_mode(),
            self.assertLogs("odoo.addons.crm_segmentation", "ERROR") as logs,
        ):
            self.env.ref("crm_segmentation.ir_cron_classify").method_direct_trigger()
        self.env.invalidate_all()
        self.assertIn("x_gone", "".join(logs.output))
        self.assertEqual(self._category(self.partner, sound), "A")
        self.assertEqual(self._category(self.partner, broken), "C")

    def test_deleting_a_metric_in_use(self):
        metric = self._make(CALLS)
        self.metrics[metric.code] = metric
        segmentation = self._segmentation(("A", (metric.code, ">=", 1)), ("C",))
        with self.assertRaisesRegex(UserError, "(?s)metric_in_use.*Category A"):
            metric.with_user(self.coordinator).unlink()
        segmentation.action_publish()
        segmentation.segment_ids[0].criterion_ids.metric_id = self.metrics[
            "turnover_total"
        ]
        segmentation.action_publish()
        # Only a version of the past names it; its history keeps the values by code.
        with self.assertRaisesRegex(UserError, "(?s)metric_in_use.*archive the metric"):
            metric.with_user(self.coordinator).unlink()
        with self.assertRaisesRegex(UserError, "metric_code_fixed"):
            metric.with_user(self.coordinator).code = "another"
        metric.with_user(self.coordinator).action_archive()
        self.assertFalse(metric.active)
        free = self._make(CALLS, name="Free")
        free.with_user(self.coordinator).unlink()
        self.assertFalse(free.exists())

    def test_documents_behind_an_own_number(self):
        metric = self._make(CALLS, window="90 days", domain="[('direction','=','out')]")
        counted = self._talk("2026-05-01 10:00:00", self.contact, direction="out")
        self._talk("2026-05-01 10:00:00")
        self._talk("2025-05-01 10:00:00", direction="out")
        self._talk("2026-05-01 10:00:00", direction="out", company_id=self.south.id)
        action = metric._action_documents(self.partner, self.company, TODAY)
        found = self.env[action["res_model"]].search(action["domain"])
        self.assertEqual(found, counted)
        action = metric._action_documents(self.contact, self.company, TODAY)
        self.assertEqual(
            self.env[action["res_model"]].search(action["domain"]), counted
        )

    def test_trying_it(self):
        metric = self._make(CALLS, unit="calls")
        self._talk("2026-05-01 10:00:00")
        action = metric.action_try()
        wizard = (
            self.env["crm.metric.try"]
            .with_user(self.coordinator)
            .with_context(**action["context"])
            .create({"partner_id": self.partner.id})
        )
        self.assertEqual(wizard.result, "1 calls")
        self.assertEqual(wizard.action_documents()["res_model"], "crm.interaction")
        wizard.metric_id = self.metrics["days_since_purchase"]
        self.assertIn("No number", wizard.result)
        wizard.metric_id = self.metrics["turnover_total"]
        self.assertIn("0.00", wizard.result)
        wizard.partner_id = False
        self.assertFalse(wizard.result)
        with self.assertRaisesRegex(UserError, "no_partner"):
            wizard.action_documents()

    def test_words(self):
        metric = self._make(INVOICES, window="6 months")
        for word in ("Sum", "Untaxed Amount", "Invoice", "last 6 full calendar months"):
            self.assertIn(word, metric.formula)
        shipped = self.metrics["turnover_total"]
        self.assertEqual(shipped.formula, shipped.description)

    def test_window_by_its_parts(self):
        metric = self._make(CALLS, window_unit="months", window_number=6)
        self.assertEqual(metric.window, "6 months")
        metric.window = "all"
        self.assertEqual((metric.window_unit, metric.window_number), ("all", 0))


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestOwnMetricsRefused(OwnMetricCommon):
    """Whatever a program or a person may write, the answer names what is wrong."""

    def test_wrong_definitions(self):
        for values, code, named in (
            ({"res_model": False}, "metric_model", "choose"),
            ({"res_model": "sale.odrer"}, "metric_model", "sale.odrer"),
            ({"res_model": "mail.thread"}, "metric_model", "mail.thread"),
            ({"res_model": "crm.metric.try"}, "metric_model", "crm.metric.try"),
            ({"partner_path": False}, "metric_path", "choose"),
            ({"partner_path": "user_id"}, "metric_path", "user_id"),
            ({"partner_path": "name"}, "metric_path", "name"),
            ({"partner_path": "partner_id.name"}, "metric_path", "partner_id.name"),
            ({"partner_path": "partner_id.child_ids"}, "metric_path", "child_ids"),
            ({"partner_path": "name.partner_id"}, "metric_field", "partner_id"),
            ({"partner_path": "x_gone_id"}, "metric_field", "x_gone_id"),
            ({"partner_path": "id"}, "metric_path", "id"),
            ({"date_field": "x_gone"}, "metric_field", "x_gone"),
            ({"date_field": "direction"}, "metric_date", "direction"),
            ({"date_field": "partner_id.create_date"}, "metric_field", "partner_id"),
            ({"date_field": False, "window": "90 days"}, "metric_date", ""),
            ({"date_field": False, "aggregate": "days_since_last"}, "metric_date", ""),
            ({"aggregate": "sum"}, "metric_measure", ""),
            ({"aggregate": "sum", "measure": "name"}, "metric_measure", "name"),
            ({"aggregate": "avg", "measure": "user_id"}, "metric_measure", "user_id"),
            ({"aggregate": "sum", "measure": "x_gone"}, "metric_field", "x_gone"),
            (
                {"aggregate": "sum", "measure": "message_needaction_counter"},
                "metric_field",
                "message_needaction_counter",
            ),
            ({"window": "0 months"}, "metric_window", "0 months"),
            ({"window": "-1 days"}, "metric_window", "-1 days"),
            ({"window": "a while"}, "metric_window", "a while"),
            ({"window": "30"}, "metric_window", "30"),
            ({"domain": "[("}, "metric_domain", r"\[\("),
            ({"domain": "{}"}, "metric_domain", "{}"),
            ({"domain": "[('user_id', '=', uid)]"}, "metric_domain", "uid"),
            ({"domain": "[('a',)]"}, "metric_domain", "a"),
            ({"domain": "__import__('os').system('true')"}, "metric_domain", "os"),
            ({"domain": "[('x_gone', '=', 1)]"}, "metric_field", "x_gone"),
            ({"domain": "[('partner_id.x_gone', '=', 1)]"}, "metric_field", "x_gone"),
            ({"domain": "[('name', 'resembles', 'a')]"}, "metric_domain", "resembles"),
            ({"domain": "[('name', 'any', [('a', '=', 1)])]"}, "metric_domain", "name"),
            (
                {"domain": "[('partner_id', 'any!', [('name', '=', 'a')])]"},
                "metric_domain",
                "any!",
            ),
            (
                {"domain": "[('partner_id', 'any', [('x_gone', '=', 1)])]"},
                "metric_field",
                "x_gone",
            ),
            ({"code": "Two Words"}, "metric_code", "Two Words"),
            ({"code": "a" * 41}, "metric_code", "aaa"),
            ({"code": "turnover_total"}, "metric_code", "turnover_total"),
            ({"name": "a" * 300}, "metric_text", "name"),
            ({"measure": "a\0b"}, "metric_text", "measure"),
            ({"domain": "[" * 5000}, "metric_domain", ""),
        ):
            with (
                self.subTest(values=str(values)[:80]),
                self.assertRaisesRegex(
                    UserError, f"(?s)crm_segmentation.{code}: .*{named}"
                ),
            ):
                self._make({**CALLS, **values})

    def test_in_circles(self):
        for values in (
            {"res_model": "crm.segment.membership"},
            {"res_model": "crm.timeline"},
            {"partner_path": "segment_ids.create_uid.partner_id"},
            {"domain": "[('partner_id.own_segment_ids.code', '=', 'A')]"},
            {"domain": "[('segment_ids', '!=', False)]"},
            {"domain": "[('partner_id', 'any', [('segment_ids.code', '=', 'A')])]"},
            {"domain": "['!', ('partner_id.membership_ids', '=', False)]"},
        ):
            with (
                self.subTest(values=values),
                self.assertRaisesRegex(ValidationError, "metric_cycle"),
            ):
                self._make({**CALLS, **values})

    def test_only_what_the_author_may_read(self):
        """A coordinator is no administrator; the administrator may do more."""
        for values, named in (
            ({"res_model": "res.users.log", "date_field": "create_date",
              "partner_path": "create_uid.partner_id"}, "res.users.log"),
            ({"res_model": "res.users.apikeys", "date_field": "create_date",
              "partner_path": "user_id.partner_id"}, "res.users.apikeys"),
            ({"domain": "[('partner_id.signup_type', '=', 'reset')]"}, "signup_type"),
            ({"domain": "[('user_id', 'any', [('totp_secret', '!=', False)])]"},
             "totp_secret"),
            ({"domain": "[('partner_id.credit_limit', '>', 5)]"}, "credit_limit"),
        ):  # fmt: skip
            with (
                self.subTest(values=values),
                self.assertRaisesRegex(AccessError, f"metric_access.*{named}"),
            ):
                self._make({**CALLS, **values})

    def test_passwords_cannot_be_guessed(self):
        for domain in (
            "[('user_id.password', '=like', '$pbkdf2%')]",
            "[('user_id', 'any', [('password', '=like', '$pbkdf2%')])]",
        ):
            with self.subTest(domain=domain), self.assertRaises(UserError):
                self._make(CALLS, domain=domain)

    def test_offered_are_models_that_may_be_read(self):
        metrics = self.env["crm.metric"]
        offered = dict(metrics.with_user(self.coordinator)._selection_model_choice())
        self.assertIn("sale.order", offered)
        self.assertIn("crm.purchase", offered)
        for name in ("res.users", "mail.message", "account.payment", "crm.segment"):
            self.assertNotIn(name, offered)

    def test_writing_is_checked_like_creating(self):
        metric = self._make(CALLS)
        metric = metric.with_user(self.coordinator)
        for values, code in (
            ({"window": "0 days"}, "metric_window"),
            ({"window_unit": "days", "window_number": -1}, "metric_window"),
            ({"domain": "nonsense("}, "metric_domain"),
            ({"date_field": "x_gone"}, "metric_field"),
            ({"code": "won_count"}, "metric_code"),
            ({"code": "Ä"}, "metric_code"),
        ):
            with (
                self.subTest(values=values),
                self.assertRaisesRegex(UserError, code),
                self.env.cr.savepoint(),
            ):
                metric.write(values)
            metric.invalidate_recordset(flush=False)
        metric.write({"code": "phone_calls"})
        self.assertEqual(metric.code, "phone_calls")

    def test_two_metrics_with_one_code(self):
        self._make(CALLS, code="calls")
        with self.assertRaisesRegex(ValidationError, "metric_code"):
            self._make(CALLS, code="calls")
        names = self.env["crm.metric"].with_user(self.coordinator)
        pair = names.create([dict(CALLS, name="Twice"), dict(CALLS, name="Twice")])
        self.assertEqual(pair.mapped("code"), ["twice", "twice_2"])

    def test_built_in_metrics_are_fixed(self):
        metric = self.metrics["turnover_total"].with_user(self.coordinator)
        for values in (
            {"code": "mine"},
            {"unit": "roubles"},
            {"better": "low"},
            {"domain": "[]"},
            {"active": False},
        ):
            with (
                self.subTest(values=values),
                self.assertRaisesRegex(UserError, "metric_built_in"),
            ):
                metric.write(values)
        metric.write({"name": "All they bought", "description": "Ever", "sequence": 3})
        with self.assertRaisesRegex(UserError, "metric_built_in"):
            metric.unlink()

    def test_who_may_make_metrics(self):
        metric = self._make(CALLS)
        for user in (self.sales, self.manager, self.integration):
            with self.subTest(user=user.login):
                with self.assertRaises(AccessError):
                    self._make(CALLS, user)
                with self.assertRaises(AccessError):
                    metric.with_user(user).write({"name": "Mine"})
                with self.assertRaises(AccessError):
                    metric.with_user(user).unlink()
                self.assertEqual(metric.with_user(user).state, "ready")
        with self.assertRaises(AccessError):
            self.env["crm.metric.try"].with_user(self.sales).create(
                {"metric_id": metric.id, "partner_id": self.partner.id}
            )

    def test_nothing_over_the_wire_is_none(self):
        self._make(CALLS)
        metrics = self.env["crm.metric"].with_user(self.coordinator)
        names = ["code", "domain", "state", "problem", "formula", "window", "is_money"]
        for row in metrics.search_read([], names):
            self.assertNotIn(None, row.values())

    def test_form_fills_in_what_is_meant(self):
        form = Form(self.env["crm.metric"].with_user(self.coordinator))
        form.name = "Orders"
        form.model_choice = "sale.order"
        self.assertEqual(
            (form.partner_path, form.date_field, form.window_unit),
            ("partner_id", "date_order", "all"),
        )
        form.window_unit = "months"
        self.assertEqual(form.window_number, 12)
        form.window_number = 3
        metric = form.save()
        self.assertEqual((metric.res_model, metric.window), ("sale.order", "3 months"))
        form = Form(metric)
        form.window_number = -3
        with (
            self.assertRaisesRegex(ValidationError, "metric_window.*-3 months"),
            self.env.cr.savepoint(),
        ):
            form.save()
        metric.invalidate_recordset(flush=False)
        with Form(metric) as form:
            form.window_unit = "all"
        self.assertEqual(metric.window, "all")
