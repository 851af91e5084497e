"""A company with five years of trade: what the KPIs of CRM projects read."""

from odoo import Command, fields
from odoo.tools import SQL

from classify import _Bench
from copies import drop_idle_indexes, spread

DAYS = 1_825
PRODUCTS = 40
CATEGORIES = 10
COSTS = 3_600
# A customer begins somewhen and stays for a tenth of the time since, or for all of it.
AGE = SQL(
    "((1 + id * 31 %% %s) * (1 - (n - 1) * (1 + id %% 10) / 50.0))::integer", DAYS
)


class Trade:
    """Five invoices of each customer, and what belongs to as many.

    For each customer: five invoices, one in 25 of them a credit note, of two product
    lines and a receivable each; a turnover line of every second; an opportunity; five
    touches; three promises; two movements between categories.

    :param env: superuser environment that is rolled back
    :param partners: how many customers
    """

    def __init__(self, env, partners):
        self.env = env
        self.company = env.company
        self.today = fields.Date.today()
        base = _Bench(env)
        self.categories = base.segmentation.segment_ids
        base.segmentation.action_publish()
        base.model.counterparty_type_ids = env.ref("crm_segmentation.type_client")
        env.flush_all()
        base.fill(partners, age=AGE)
        # The pages of Odoo keep it, and the planner uses it.
        env.cr.execute("CREATE INDEX ON account_move (invoice_date)")
        self.customer = base.model
        #: SQL: one row for each customer.
        self.each = SQL(
            "SELECT n, %s + n AS partner FROM generate_series(1, %s) AS n",
            base.model.id,
            partners,
        )
        self._invoices(base.journal)
        self._turnover(partners)
        self._leads()
        self._touches()
        self._promises()
        self._movements(base.segmentation)
        self._costs_and_market()
        env.invalidate_all()

    def _rows(self, count):
        """SQL: so many rows for each customer, ``k`` from 1."""
        each = self.each
        return SQL("SELECT * FROM (%s) AS c, generate_series(1, %s) AS k", each, count)

    def _moment(self, salt):
        """SQL: a moment of the five years, another one for each customer and row."""
        spread_over = DAYS * 86_400
        return SQL(
            "%s::timestamp - make_interval(secs => (made.id::bigint * %s) %% %s)",
            self.today,
            salt,
            spread_over,
        )

    def _invoices(self, journal):
        self.env.cr.execute(
            "UPDATE account_move SET move_type = 'out_refund',"
            " amount_untaxed_signed = -amount_untaxed_signed / 4 WHERE id % 25 = 0"
        )
        kinds = self.env["product.category"].create(
            [{"name": f"Kind {n}"} for n in range(CATEGORIES)]
        )
        products = self.env["product.product"].create(
            [
                {"name": f"Product {n}", "categ_id": kinds[n % CATEGORIES].id}
                for n in range(PRODUCTS)
            ]
        )
        account = self.env["account.account"].create(
            {"name": "Bench", "code": "BENCH", "account_type": "income"}
        )
        self.env.flush_all()
        drop_idle_indexes(self.env, "account_move_line", "move_id", "product_id")
        self.env.cr.execute("SET LOCAL session_replication_role = replica")
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO account_move_line
                       (move_id, move_name, name, date, parent_state, journal_id,
                        company_id, currency_id, company_currency_id, account_id,
                        partner_id, display_type, product_id, quantity, price_unit,
                        price_subtotal, price_total, debit, credit, balance,
                        amount_currency)
                SELECT move.id, 'INV/' || move.id, 'Line ' || n, move.date, 'posted',
                       journal_id, company_id, currency_id, currency_id, %(account)s,
                       partner_id,
                       CASE WHEN n < 3 THEN 'product' ELSE 'payment_term' END,
                       CASE WHEN n < 3 THEN
                            %(product)s
                            + (partner_id + n * (move.id %% 3)) %% %(products)s END,
                       1, amount, amount, amount, 0, 0, 0, 0
                  FROM account_move AS move, generate_series(1, 3) AS n,
                       LATERAL (SELECT amount_untaxed_signed / 2) AS half(amount)
                 WHERE move.journal_id = %(journal)s
                """,
                account=account.id,
                product=products[0].id,
                products=PRODUCTS,
                journal=journal.id,
            )
        )
        self.env.cr.execute("SET LOCAL session_replication_role = DEFAULT")
        self.env.cr.execute("ANALYZE account_move; ANALYZE account_move_line")

    def _turnover(self, partners):
        model = self.env["crm.turnover.line"].create(
            {
                "partner_id": self.customer.id,
                "date": self.today,
                "amount": 500,
                "currency_id": self.company.currency_id.id,
            }
        )
        spread(
            model,
            SQL("%s LIMIT %s", self.each, partners // 2),
            partner_id=SQL("made.partner"),
            commercial_partner_id=SQL("made.partner"),
            date=SQL("(%s)::date", self._moment(15_485_863)),
        )

    def _leads(self):
        model = self.env["crm.lead"].create(
            {"name": "Bench", "type": "opportunity", "partner_id": self.customer.id}
        )
        closed = self._moment(32_452_843)
        status = SQL(
            "(ARRAY['won', 'lost', 'won', 'lost', 'pending'])[1 + made.n %% 5]"
        )
        spread(
            model,
            self.each,
            partner_id=SQL("made.partner"),
            won_status=status,
            date_closed=SQL("CASE WHEN made.n %% 5 < 4 THEN %s END", closed),
            create_date=SQL("%s - make_interval(days => 1 + made.n %% 90)", closed),
        )

    def _touches(self):
        """A letter, its answer, a call in vain, a call missed and the call back."""
        model = self.env["crm.interaction"].create(
            {
                "type_id": self.env.ref("crm_segmentation.interaction_type_call").id,
                "partner_id": self.customer.id,
                "date": fields.Datetime.now(),
                "direction": "out",
            }
        )
        drop_idle_indexes(
            self.env, "crm_interaction", "commercial_partner_id", "date_index", "touch"
        )
        # The answer comes some hours after the letter of the row before.
        asked = SQL(
            """%s::timestamp - make_interval(
                   days => (made.partner * 37 + (made.k + 1) / 2 * 211) %% %s,
                   hours => made.partner %% 24)""",
            self.today,
            DAYS,
        )
        date = SQL(
            "%s + make_interval(hours => CASE WHEN made.k IN (2, 4) THEN "
            "1 + made.partner %% 40 ELSE 0 END)",
            asked,
        )
        spread(
            model,
            self._rows(5),
            partner_id=SQL("made.partner"),
            commercial_partner_id=SQL("made.partner"),
            date=date,
            date_end=date,
            direction=SQL("(ARRAY['in', 'out', 'in', 'out', 'out'])[made.k]"),
            outcome=SQL("(ARRAY[NULL, NULL, 'missed', 'answered', 'missed'])[made.k]"),
            is_first_contact=SQL("FALSE"),
        )

    def _promises(self):
        regulation = self.env["crm.regulation"].create(
            {
                "name": "Benchmark",
                "trigger_kind": "created",
                "res_model": "crm.lead",
                "step_ids": [Command.create({"name": "Do"})],
            }
        )
        now = fields.Datetime.now()
        model = self.env["crm.obligation"].create(
            {
                "regulation_id": regulation.id,
                "step_id": regulation.step_ids.id,
                "fact_key": "benchmark",
                "res_model": "res.partner",
                "res_id": self.customer.id,
                "company_id": self.company.id,
                "evidence_kind": "manual",
                "date_fact": now,
                "date_start": now,
                "date_due": now,
            }
        )
        drop_idle_indexes(self.env, "crm_obligation", "company_due")
        states = SQL(
            """(ARRAY['done_on_time', 'done_on_time', 'done_on_time', 'done_late',
                      'breached', 'excused', 'cancelled', 'done_on_time', 'open',
                      'done_on_time'])[1 + made.id %% 10]"""
        )
        due = self._moment(49_979_687)
        spread(
            model,
            self._rows(3),
            res_id=SQL("made.partner"),
            partner_id=SQL("made.partner"),
            commercial_partner_id=SQL("made.partner"),
            fact_key=SQL("'benchmark:' || made.id"),
            state=states,
            date_start=SQL("%s - interval '1 day'", due),
            date_due=due,
            date_end=SQL("CASE WHEN made.id %% 10 <> 8 THEN %s END", due),
        )

    def _movements(self, segmentation):
        model = self.env["crm.segment.movement"].create(
            {
                "partner_id": self.customer.id,
                "segmentation_id": segmentation.id,
                "to_segment_id": self.categories[0].id,
                "company_id": self.company.id,
                "date": self.today,
                "cause": "nightly",
            }
        )
        spread(
            model,
            self._rows(2),
            partner_id=SQL("made.partner"),
            to_segment_id=SQL(
                "(%s::int[])[1 + (made.n + made.k) %% 3]", self.categories.ids
            ),
            date=SQL("(%s)::date", self._moment(67_867_967)),
        )

    def _costs_and_market(self):
        plan = self.env["account.analytic.plan"].search([], limit=1) or self.env[
            "account.analytic.plan"
        ].create({"name": "Bench"})
        account = self.env["account.analytic.account"].create(
            {"name": "Bench", "plan_id": plan.id, "crm_is_sales_cost": True}
        )
        cost = self.env["account.analytic.line"].create(
            {
                "name": "Salaries",
                plan._column_name(): account.id,
                "amount": -1000,
                "date": self.today,
                "company_id": self.company.id,
            }
        )
        days = SQL("(%s)::date", self._moment(86_028_121))
        spread(cost, SQL("SELECT FROM generate_series(1, %s)", COSTS), date=days)
        self.env["crm.rollout.kpi.entry"].create(
            {
                "kpi_id": self.env.ref("crm_project_rollout.kpi_market_size").id,
                "month": "2020-01-01",
                "value": 1_000_000_000,
                "company_id": self.company.id,
            }
        )
