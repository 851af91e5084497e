"""Classifying many customers: the four rows of the design, and what people wait for.

All documents are posted customer invoices, made by SQL. ``SIZE`` in the environment is
the number of customers, five invoices each: ``make bench ARGS=classify SIZE=1000000``.
"""

import os
import resource
import time

from odoo import Command, fields
from odoo.tools import SQL

from odoo.addons.crm_segmentation.engine.metrics.purchases import purchases

from bench import ratio
from copies import drop_idle_indexes

PARTNERS = int(os.environ.get("SIZE") or 50_000)
INVOICES = 5  # per partner
FEW = 200  # partners in the ORM loop, which is too slow for more
SMALL = 20  # how many times smaller the first measurement of the growth is
MOST_MEGABYTES = 30  # that the Odoo process may grow by
LIMITS = (("A", 800), ("B", 300))
DAYS_AGO = SQL("(id * 31 + n * 137) %% 700")


def run(env):
    """Nothing moves, one in a hundred moves, all are new; preview, refresh, search."""
    bench = _Bench(env)
    bench.fill(PARTNERS // SMALL)
    bench.segmentation.action_publish()
    small = _seconds(bench.classify)
    bench.fill(PARTNERS - PARTNERS // SMALL)
    bench.segmentation.classify()
    yield bench.nothing_moves()
    yield bench.grows_evenly(small)
    yield bench.memory_is_flat()
    yield bench.some_move()
    yield bench.first_fill()
    yield bench.preview()
    yield bench.orm_loop()
    yield bench.refresh_of_one()
    yield bench.search()


def _seconds(work, rounds=3):
    times = []
    for _round in range(rounds):
        started = time.perf_counter()
        work()
        times.append(time.perf_counter() - started)
    return sorted(times)[rounds // 2]


class _Bench:
    """Customers of one company, a segmentation of three categories, and baselines.

    :param env: superuser environment that is rolled back
    """

    def __init__(self, env):
        self.env = env
        self.cr = env.cr
        self.today = fields.Date.today()
        self.metric = env.ref("crm_segmentation.metric_turnover_month_avg")
        self.segmentation = self._segmentation()
        self.model = env["res.partner"].create({"name": "Bench", "is_company": True})
        self.journal = env["account.journal"].create(
            {"name": "Bench", "code": "BENCH", "type": "general"}
        )
        env.flush_all()
        self.aggregate = purchases(env.company.id, "commercial_partner_id", self.today)
        self.turn = 0

    # --- what is measured -----------------------------------------------------

    def nothing_moves(self):
        self._assert_rests()
        return self._against_aggregate("nothing moves", self.classify)

    def some_move(self):
        """One in a hundred changes its category in each round."""

        def moving():
            changed = self.segmentation.classify()["changed"]
            assert changed, "nobody moved"
            self.turn += 1

        return self._against_aggregate("1 % move", moving, self._move_some)

    def preview(self):
        return self._against_aggregate("preview", self.segmentation.preview)

    def first_fill(self):
        title = f"first fill of {PARTNERS:,} against one INSERT … SELECT of the rows"
        return ratio(
            title,
            self.segmentation.classify,
            self._insert_by_hand,
            goal=1.5,
            rounds=3,
            before=self._empty,
        )

    def orm_loop(self):
        title = f"classify {PARTNERS:,} against the usual ORM loop"
        return ratio(
            title,
            self.classify,
            self._loop,
            goal=200,
            at_least=True,
            rounds=3,
            scale=PARTNERS // FEW,
        )

    def refresh_of_one(self):
        """One customer bought something; the others were looked at before."""
        self.cr.execute("UPDATE res_partner SET write_date = '2020-01-01'")
        self.cr.execute("UPDATE account_move SET write_date = '2020-01-01'")
        self.cr.execute("UPDATE res_users SET write_date = '2020-01-01'")
        self.cr.execute("UPDATE res_company SET write_date = '2020-01-01'")
        self.cr.execute("DELETE FROM crm_segment_recheck")
        self.cr.execute("ANALYZE res_partner; ANALYZE account_move")
        self.cr.execute(
            "UPDATE account_move SET write_date = now() AT TIME ZONE 'UTC' "
            "WHERE commercial_partner_id = %s",
            [self.model.id + 1],
        )

        def refresh():
            self.segmentation._refresh()
            self.env.flush_all()

        title = f"refresh one of {PARTNERS:,} against the full pass"
        goal = max(2, PARTNERS // 25_000)
        return ratio(title, refresh, self.classify, goal=goal, at_least=True)

    def search(self):
        """Customers of a category against customers of a tag, as many."""
        tag = self.env["res.partner.category"].create({"name": "Bench"})
        category = self.segmentation.segment_ids[0]
        self.cr.execute(
            SQL(
                """INSERT INTO res_partner_res_partner_category_rel
                          (partner_id, category_id)
                   SELECT partner_id, %s FROM crm_segment_membership
                    WHERE segment_id = %s;
                   ANALYZE res_partner_res_partner_category_rel;
                   ANALYZE crm_segment_membership""",
                tag.id,
                category.id,
            )
        )
        partners = self.env["res.partner"]

        def by_category():
            partners.search_count([("own_segment_ids", "in", category.ids)])

        def by_tag():
            partners.search_count([("category_id", "in", tag.ids)])

        return ratio("count by category against by tag", by_category, by_tag, goal=1.5)

    def grows_evenly(self, small):
        """Time per customer with twenty times as many."""
        growth = _seconds(self.classify) / small / SMALL
        met = growth <= 1.5
        print(
            f"{'ok ' if met else 'BAD'} {SMALL} times as many customers: "
            f"{growth:.3g} x the time for each (goal <= 1.5 x)",
            flush=True,
        )
        return met

    def memory_is_flat(self):
        """The Odoo process does not hold the rows."""
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        self._move_some()
        self.segmentation.classify()
        self.turn += 1
        after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        grown = (after - before) / 1024
        met = grown <= MOST_MEGABYTES
        print(
            f"{'ok ' if met else 'BAD'} memory of the process: +{grown:.1f} MB "
            f"(goal <= {MOST_MEGABYTES} MB)",
            flush=True,
        )
        return met

    def classify(self):
        """A run in which nothing moves."""
        assert self.segmentation.classify() == {"changed": 0}

    # --- baselines ------------------------------------------------------------

    def _against_aggregate(self, what, work, before=None):
        title = f"classify {PARTNERS:,}, {what}, against the bare aggregate"
        return ratio(title, work, self._aggregate, goal=1.5, rounds=5, before=before)

    def _aggregate(self):
        """What no computation of the category can do without, without its result.

        Named columns, because PostgreSQL leaves out those that nobody reads.
        """
        self.cr.execute(
            SQL(
                "SELECT COUNT(turnover_window), COUNT(first_date) FROM (%s) AS bought",
                self.aggregate,
            )
        )

    def _loop(self):
        """As it is usually written: a search and a write for each customer."""
        memberships = self.env["crm.segment.membership"]
        moves = self.env["account.move"]
        places = [*self.segmentation.segment_ids]
        partners = range(self.model.id + 1, self.model.id + 1 + FEW)
        for partner in self.env["res.partner"].browse(partners):
            documents = moves.search(
                [
                    ("commercial_partner_id", "=", partner.id),
                    ("state", "=", "posted"),
                    ("move_type", "in", ("out_invoice", "out_refund", "out_receipt")),
                ]
            )
            average = sum(documents.mapped("amount_untaxed_signed")) / 12
            place = [average >= 800, average >= 300, True].index(True)
            membership = memberships.search(
                [
                    ("partner_id", "=", partner.id),
                    ("segmentation_id", "=", self.segmentation.id),
                ]
            )
            membership.write({"computed_segment_id": places[place].id})
        self.env.flush_all()
        self.env.invalidate_all()

    def _insert_by_hand(self):
        """The rows of the first fill by one statement for this one rule."""
        a, b, c = self.segmentation.segment_ids.ids
        self.cr.execute(
            SQL(
                """
                WITH verdict AS MATERIALIZED (
                    SELECT partner.id AS partner_id, bought.average,
                           CASE WHEN average >= 800 THEN %(a)s
                                WHEN average >= 300 THEN %(b)s
                                ELSE %(c)s END AS segment_id
                      FROM res_partner AS partner
                      LEFT JOIN (SELECT owner_id, turnover_window / 12 AS average
                                   FROM (%(aggregate)s) AS p) AS bought
                        ON bought.owner_id = partner.id
                     WHERE partner.name = 'Bench'),
                kept AS (
                    INSERT INTO crm_segment_membership
                           (partner_id, segmentation_id, segment_id,
                            computed_segment_id, computed_since, date_from, outlook,
                            origin, company_id,
                            create_uid, write_uid, create_date, write_date)
                    SELECT partner_id, %(segmentation)s, segment_id, segment_id,
                           now(), now(), CASE WHEN partner_id %% 10 = 0 THEN 'risk' END,
                           'rule', %(company)s, 1, 1, now(), now()
                      FROM verdict)
                INSERT INTO crm_segment_movement
                       (partner_id, segmentation_id, to_segment_id, date, cause,
                        version, metric_values, company_id,
                        create_uid, write_uid, create_date, write_date)
                SELECT partner_id, %(segmentation)s, segment_id, now(), 'request', 1,
                       jsonb_build_object('turnover_month_avg', average), %(company)s,
                       1, 1, now(), now()
                  FROM verdict
                """,
                a=a,
                b=b,
                c=c,
                aggregate=self.aggregate,
                segmentation=self.segmentation.id,
                company=self.env.company.id,
            )
        )

    # --- rows -----------------------------------------------------------------

    def _assert_rests(self):
        """A second run writes no row."""
        before = self._written()
        self.segmentation.classify()
        assert self._written() == before, "the second run has written"

    def _written(self):
        rows = self.env.execute_query(
            SQL(
                "SELECT SUM(hashtext(ctid::text)), COUNT(*) FROM crm_segment_membership"
            )
        )
        return rows[0]

    def _empty(self):
        for table in ("crm_segment_membership", "crm_segment_movement"):
            self.cr.execute(
                SQL(
                    "DELETE FROM %s WHERE segmentation_id = %s",
                    SQL.identifier(table),
                    self.segmentation.id,
                )
            )

    def _move_some(self):
        """One customer in a hundred buys enough for A, and gives it back next time."""
        amount = 1 if self.turn % 2 else 100_000
        self.cr.execute(
            "UPDATE account_move SET amount_untaxed_signed = %s WHERE id IN ("
            "SELECT MIN(id) FROM account_move WHERE journal_id = %s"
            " AND commercial_partner_id %% 100 = 0 GROUP BY commercial_partner_id)",
            [amount, self.journal.id],
        )

    def _segmentation(self):
        rule = [
            Command.create(
                {
                    "name": code,
                    "code": code,
                    "sequence": number,
                    "criterion_ids": [
                        Command.create(
                            {"metric_id": self.metric.id, "value_enter": value}
                        )
                    ],
                }
            )
            for number, (code, value) in enumerate(LIMITS)
        ]
        rest = {"name": "C", "code": "C", "sequence": 9, "is_default": True}
        return self.env["crm.segmentation"].create(
            {
                "name": "Benchmark",
                "code": "benchmark",
                "segment_ids": [*rule, Command.create(rest)],
            }
        )

    def fill(self, partners, age=DAYS_AGO):
        """Customers and invoices by SQL, spread over two years and 0 to 9,000.

        Indexes that nothing here reads are set aside; the rollback brings them back.

        :param partners: how many customers
        :param age: SQL: how many days ago the invoice n of the customer id was
        """
        drop_idle_indexes(self.env, "res_partner", "crm", "commercial_partner_id")
        drop_idle_indexes(self.env, "account_move", "crm", "commercial_partner_id")
        self.cr.execute("SET LOCAL session_replication_role = replica")
        self.cr.execute(
            SQL(
                """
                WITH fresh AS (SELECT nextval('res_partner_id_seq') AS id
                                 FROM generate_series(1, %(partners)s)),
                     made AS (
                         INSERT INTO res_partner
                         SELECT (jsonb_populate_record(model, jsonb_build_object(
                                    'id', fresh.id,
                                    'commercial_partner_id', fresh.id))).*
                           FROM res_partner AS model, fresh WHERE model.id = %(model)s
                         RETURNING id)
                INSERT INTO account_move
                       (partner_id, commercial_partner_id, invoice_date, date,
                        amount_untaxed_signed, move_type, state, auto_post,
                        journal_id, currency_id, company_id, write_date)
                SELECT id, id, day, day, (id * 7 + n * 300) %% 9000,
                       'out_invoice', 'posted', 'no', %(journal)s, %(currency)s,
                       %(company)s, now() AT TIME ZONE 'UTC'
                  FROM made, generate_series(1, %(invoices)s) AS n,
                       LATERAL (SELECT %(today)s::date - (%(age)s)) AS on_day(day)
                """,
                partners=partners,
                model=self.model.id,
                today=self.today,
                journal=self.journal.id,
                currency=self.env.company.currency_id.id,
                company=self.env.company.id,
                invoices=INVOICES,
                age=age,
            )
        )
        self.cr.execute("SET LOCAL session_replication_role = DEFAULT")
        self.cr.execute("ANALYZE res_partner; ANALYZE account_move")
        self.env.invalidate_all()
