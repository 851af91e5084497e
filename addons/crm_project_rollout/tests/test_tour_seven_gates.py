from contextlib import contextmanager
from datetime import timedelta

from dateutil.relativedelta import relativedelta
from freezegun import freeze_time

from odoo import Command, fields
from odoo.tests import HttpCase, tagged

from .common import COORDINATOR, SALESPERSON, RolloutCommon


@tagged("post_install", "-at_install")
class TestTourSevenGates(RolloutCommon, HttpCase):
    """A small company goes through all seven gates; no figure is pretended.

    What people do in the project they do in the browser, one tour for each stage. What
    happens meanwhile in the company (requests, promises, reading) is done in between.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rollout._unguarded().unlink()
        cls.boss = cls.new_user("rt_boss", COORDINATOR)
        cls.deputy = cls.new_user("rt_deputy", SALESPERSON)
        department = cls.new_department("Sales of gates", head=cls.boss)
        cls.new_employee(cls.salesperson, department)
        cls.client = cls._clients()[0]

    @classmethod
    def _clients(cls):
        """Three clients; the first is one of the best: long with us and large."""
        term = cls.env["account.payment.term"].create({"name": "30 days of gates"})
        known = {
            "is_company": True,
            "company_id": cls.company.id,
            "street": "Main street",
            "city": "Springfield",
            "phone": "+1 555 0100",
            "user_id": cls.salesperson.id,
            "property_payment_term_id": term.id,
            "counterparty_type_ids": [
                Command.link(cls.env.ref("crm_segmentation.type_client").id)
            ],
        }
        today = fields.Date.today()
        clients = (
            cls.env["res.partner"]
            .with_company(cls.company)
            .create(
                [
                    {
                        **known,
                        "name": name,
                        "vat": f"US{years}",
                        "phone": f"+1 555 010{years}",
                        "email": f"{name.lower()}@example.com",
                        "customer_since": today - relativedelta(years=years),
                    }
                    for name, years in (("North", 9), ("South", 3), ("West", 1))
                ]
            )
        )
        cls.env["crm.turnover.line"].create(
            [
                {
                    "partner_id": client.id,
                    "company_id": cls.company.id,
                    "currency_id": cls.company.currency_id.id,
                    "date": today.replace(day=1) - relativedelta(months=month),
                    "amount": amount,
                }
                for client, amount in zip(clients, (120_000, 1_000, 10), strict=True)
                for month in range(1, 13)
            ]
        )
        return clients

    def test_from_the_first_problem_to_the_last_gate(self):
        self.tour("need")
        self.tour("strategy")
        self.tour("tasks")
        self.tour("objects")
        self.tour("library", login="rt_coordinator")
        self._bring_into_force()
        self._a_month_goes_by()
        self._everybody_reads()
        self.tour("regulations")
        self.tour("system")
        self._everybody_works()
        self.tour("acceptance")

        rollout = self.env["crm.rollout"].search([("company_id", "=", self.company.id)])
        self.assertEqual(rollout.state, "done")
        self.assertEqual(set(rollout.stage_ids.mapped("state")), {"passed"})
        decisions = rollout.decision_ids.filtered(lambda line: line.decision == "go")
        self.assertEqual(sorted(decisions.stage_id.mapped("number")), [*range(1, 8)])
        self.assertEqual(decisions.user_id, self.boss)

    def tour(self, name, login="rt_boss"):
        self.start_tour(
            "/odoo/crm-rollouts", f"crm_seven_gates_{name}", login=login, timeout=180
        )

    # --- what happens in the company -------------------------------------------------

    @contextmanager
    def a_month_ago(self):
        """Put into the past what the browser, whose clock is real, cannot wait for."""
        now = fields.Datetime.now() - timedelta(days=33)
        cursor = self.env.cr
        before = cursor._now
        with freeze_time(now):
            cursor._now = now
            try:
                yield
            finally:
                cursor._now = before

    def _ours(self, model, *domain, user=None):
        records = self.env[model].with_user(user or self.env.user)
        return records.search([("company_id", "=", self.company.id), *domain])

    def _bring_into_force(self):
        """The boss approves what the coordinator has taken from the library."""
        with self.a_month_ago():
            waiting = self._ours("crm.regulation", ("state", "=", "review"))
            for regulation in waiting.with_user(self.boss):
                regulation.action_publish()
        self.assertEqual(len(waiting), 4)

    def _a_month_goes_by(self):
        """A client asks for materials and gets them; then a check is due."""
        with self.a_month_ago():
            self._log("materials_request", self.salesperson)
            owed = self._ours("crm.obligation", user=self.salesperson)
            owed.fulfil("Sent by courier")
        self.assertEqual(owed.state, "done_on_time")
        self.env.cr.flush()
        with self.enter_registry_test_mode():
            self.env.ref("crm_regulations.ir_cron_draw_checks").method_direct_trigger()
        self.env.invalidate_all()

    def _everybody_reads(self):
        for asked in self._ours("crm.regulation.acknowledgement"):
            asked.regulation_id.with_user(asked.user_id).action_acknowledge()

    def _everybody_works(self):
        for user in self.boss | self.coordinator | self.deputy | self.salesperson:
            self._log("call", user, direction="out", outcome="answered")

    def _log(self, kind, user, **values):
        self.env["crm.interaction"].with_user(user).create(
            {
                "type_id": self.env.ref(f"crm_segmentation.interaction_type_{kind}").id,
                "partner_id": self.client.id,
                "date": fields.Datetime.now(),
                **values,
            }
        )
        self.env.cr.flush()
