"""The power goes out in the middle of the work: nothing half-done, nothing twice.

The server is killed with a signal that no program can catch. A lock that the test
holds, or a counter that no rollback takes back, makes sure that it was in the middle.
"""

import contextlib
import http.client
import os
import threading
import time

import psycopg2
import pytest

from clients import Refused
from odoo_server import Server, own_copy

CALLS = 1000
PARTNERS = 20_000
LIMIT = 120  # seconds until the server must be in the middle of the work
GROWN = 500
# The first key of the lock that every run takes; the second is the segmentation.
LOCK_SPACE = 0x43524D53
MEMBERS = "SELECT count(*) FROM crm_segment_membership"
MOVES = "SELECT count(*) FROM crm_segment_movement"
# What keeps a run from ending when everything but its own time is written.
LAST_STEP = "SELECT FROM crm_segmentation FOR NO KEY UPDATE"
_COPY_PARTNER = """
INSERT INTO res_partner ({columns})
SELECT {columns} FROM res_partner, generate_series(2, %(count)s) WHERE id = %(partner)s
"""
_BUY = """
UPDATE res_partner SET commercial_partner_id = id WHERE commercial_partner_id IS NULL;
INSERT INTO crm_turnover_line
       (partner_id, commercial_partner_id, company_id, currency_id, date, origin,
        amount, amount_company)
SELECT id, id, %(company)s, %(currency)s, CURRENT_DATE - 40, 'test', 1000, 1000
  FROM res_partner WHERE name = 'Clinic of the crash'
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """A server on a database without demo data, which the tests may kill."""
    with own_copy(os.environ["CRM_TEST_FRESH"], "crash") as database:
        with Server(database, tmp_path_factory.mktemp("crash")) as running:
            yield running
        assert not running.troubles(), "\n".join(running.troubles())


@pytest.fixture
def admin(server):
    return server.json_2("admin")


@pytest.fixture
def sql(server):
    """A look at what is committed, beside the server."""
    with contextlib.closing(connect(server)) as connection:
        connection.autocommit = True
        yield connection.cursor()


def connect(server):
    """A connection of the test's own to the server's database."""
    return psycopg2.connect(
        dbname=server.database,
        host=os.environ["PGHOST"],
        port=os.environ.get("PGPORT", "5432"),
        user=os.environ.get("PGUSER"),
    )


@contextlib.contextmanager
def holding(server, lock):
    """Hold a lock so that the server must wait for it."""
    with contextlib.closing(connect(server)) as connection:
        connection.cursor().execute(lock)
        yield


def value(sql, query, **values):
    """The first value of the first row."""
    sql.execute(query, values)
    return sql.fetchone()[0]


def record_id(client, name):
    """The id of a record that an addon ships."""
    module, name = name.split(".")
    domain = [("module", "=", module), ("name", "=", name)]
    return client.one("ir.model.data", domain, "res_id")["res_id"]


def kill_in_the_middle(server, work, is_in_the_middle):
    """Begin a call and kill the server while it works.

    :param work: makes the call that will not be answered
    :param is_in_the_middle: tells when to kill
    """
    answers = []

    def call():
        with contextlib.suppress(OSError, http.client.HTTPException):
            answers.append(work())

    caller = threading.Thread(target=call)
    caller.start()
    wait_until(is_in_the_middle)
    server.kill()
    caller.join()
    assert answers == []


def wait_until(holds):
    deadline = time.monotonic() + LIMIT
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def start_again(server, sql):
    """Start the server when PostgreSQL has noticed that the killed one is gone."""
    others = """SELECT count(*) FROM pg_stat_activity
                 WHERE datname = current_database() AND pid <> pg_backend_pid()"""
    wait_until(lambda: value(sql, others) == 0)
    server.start()


def waits_for_a_lock(sql):
    return value(
        sql,
        """SELECT count(*) FROM pg_stat_activity
            WHERE datname = current_database() AND wait_event_type = 'Lock'""",
    )


@pytest.fixture(scope="module")
def calls(server):
    """Requests that a regulation in force turns into promises."""
    admin = server.json_2("admin")
    regulation = record_id(admin, "crm_regulations.regulation_materials_2h")
    admin.write("crm.regulation", regulation, {"mode": "remind"})
    admin.call("crm.regulation", "action_publish", [regulation])
    partner_id = admin.create("res.partner", {"name": "Clinic"})
    return [
        {
            "type": "materials_request",
            "partner_id": partner_id,
            "external_ref": f"call {number}",
            "date": "2026-03-11T10:00:00+02:00",
        }
        for number in range(CALLS)
    ]


def test_log_many(server, admin, sql, calls):
    """Every call of a telephone exchange is logged and promised once, or none is."""
    tables = ("crm_interaction", "crm_obligation", "crm_obligation_event")
    tables += ("mail_activity", "crm_regulation_incident")

    def counts():
        return [value(sql, f"SELECT count(*) FROM {table}") for table in tables]

    before = counts()
    given = "SELECT last_value FROM crm_interaction_id_seq"
    goal = value(sql, given) + CALLS // 2
    kill_in_the_middle(
        server,
        lambda: admin.call("crm.interaction", "log_many", rows=calls),
        lambda: value(sql, given) > goal,
    )
    start_again(server, sql)
    assert counts() == before

    answers = admin.call("crm.interaction", "log_many", rows=calls)
    assert {answer["status"] for answer in answers} == {"created"}
    complete = counts()
    made = [now - then for now, then in zip(complete, before, strict=True)]
    assert made == [CALLS, CALLS, CALLS, CALLS, 0]
    again = admin.call("crm.interaction", "log_many", rows=calls)
    assert again == [{**answer, "status": "unchanged"} for answer in answers]
    assert counts() == complete


def test_sweep(server, admin, sql, calls):
    """What was overdue before the crash is marked after it, each once."""
    state = "SELECT count(*) FROM crm_obligation WHERE state = 'breached'"
    events = "SELECT count(*) FROM crm_obligation_event WHERE kind = 'breached'"
    admin.call("crm.interaction", "log_many", rows=calls)
    is_open = "SELECT count(*) FROM crm_obligation WHERE state = 'open'"
    assert value(sql, is_open) == CALLS
    cron = record_id(admin, "crm_regulations.ir_cron_sweep")

    def sweep():
        return admin.call("ir.cron", "method_direct_trigger", [cron])

    with holding(server, "LOCK TABLE crm_obligation_event IN SHARE MODE"):
        kill_in_the_middle(server, sweep, lambda: waits_for_a_lock(sql))
    start_again(server, sql)
    assert (value(sql, state), value(sql, events)) == (0, 0)
    sweep()
    assert (value(sql, state), value(sql, events)) == (CALLS, CALLS)
    sweep()
    assert (value(sql, state), value(sql, events)) == (CALLS, CALLS)


@pytest.fixture(scope="module")
def scheme(server):
    """The id of a published segmentation, with many buyers that are not in it yet."""
    admin = server.json_2("admin")
    scheme = record_id(admin, "crm_segmentation.segmentation_method_example")
    admin.call("crm.segmentation", "action_publish", [scheme])
    with contextlib.closing(connect(server)) as connection:
        connection.autocommit = True
        _many_partners(admin, connection.cursor())
    return scheme


def test_classify(server, admin, sql, scheme):
    """Every counterparty has its category and its one movement, or none has."""
    before = value(sql, MEMBERS), value(sql, MOVES)

    def classify():
        return admin.call("crm.segmentation", "classify", [scheme])["changed"]

    # The run notes its time at its end, when everything else is written.
    with holding(server, LAST_STEP):
        kill_in_the_middle(server, classify, lambda: waits_for_a_lock(sql))
    given = value(sql, "SELECT last_value FROM crm_segment_movement_id_seq")
    assert given >= PARTNERS
    start_again(server, sql)
    assert (value(sql, MEMBERS), value(sql, MOVES)) == before

    assert classify() == PARTNERS
    after = before[0] + PARTNERS, before[1] + PARTNERS
    assert (value(sql, MEMBERS), value(sql, MOVES)) == after
    assert classify() == 0
    assert (value(sql, MEMBERS), value(sql, MOVES)) == after


@pytest.fixture
def grown(admin, sql, scheme):
    """Some of the buyers buy more, and the rest have been looked at long ago."""
    admin.call("crm.segmentation", "classify", [scheme])
    for table in ("res_partner", "crm_turnover_line"):
        sql.execute(f"UPDATE {table} SET write_date = '2020-01-01'")
    sql.execute(
        """UPDATE crm_turnover_line SET write_date = now() AT TIME ZONE 'UTC',
                  amount = 12 * 40000 + amount, amount_company = 12 * 40000 + amount
            WHERE id IN (SELECT id FROM crm_turnover_line ORDER BY amount, id LIMIT %s)
        """,
        [GROWN],
    )
    return GROWN


def _trigger(client, cron):
    cron_id = record_id(client, f"crm_segmentation.{cron}")
    return client.call("ir.cron", "method_direct_trigger", [cron_id])


def _state(sql):
    """Who is where and since when, and every movement."""
    sql.execute(
        """SELECT partner_id, segment_id, computed_segment_id, date_from
             FROM crm_segment_membership ORDER BY segmentation_id, partner_id"""
    )
    memberships = sql.fetchall()
    sql.execute(
        """SELECT partner_id, from_segment_id, to_segment_id, cause
             FROM crm_segment_movement ORDER BY id"""
    )
    return memberships, sql.fetchall()


def _refreshed(sql):
    """How many moved in incremental passes, and up to when these have looked."""
    sql.execute(
        """SELECT (SELECT count(*) FROM crm_segment_movement WHERE cause = 'refresh'),
                  MAX(refresh_mark) FROM crm_segmentation"""
    )
    return sql.fetchone()


def test_refresh(server, admin, sql, scheme, grown):
    """An incremental pass that dies has seen nothing; the next one sees it all."""
    moved, mark = _refreshed(sql)
    before = _state(sql)
    given = "SELECT last_value FROM crm_segment_movement_id_seq"
    first = value(sql, given)
    with holding(server, LAST_STEP):
        kill_in_the_middle(
            server,
            lambda: _trigger(admin, "ir_cron_refresh"),
            lambda: waits_for_a_lock(sql) and value(sql, given) >= first + grown,
        )
    start_again(server, sql)
    assert _state(sql) == before
    assert _refreshed(sql) == (moved, mark)

    _trigger(admin, "ir_cron_refresh")
    now_moved, now_mark = _refreshed(sql)
    assert now_moved == moved + grown
    assert now_mark >= mark
    _the_full_pass_agrees(admin, sql, scheme)


@pytest.mark.parametrize("cron", ["ir_cron_refresh", "ir_cron_classify"])
def test_connection_lost(server, admin, sql, scheme, grown, cron, tmp_path):
    """PostgreSQL ends the connection of a pass: the next one begins anew."""
    before = _state(sql)
    with Server(server.database, tmp_path) as victim:
        client = victim.json_2("admin")
        answers = []

        def call():
            with contextlib.suppress(Exception):
                answers.append(_trigger(client, cron))

        caller = threading.Thread(target=call)
        with holding(server, LAST_STEP):
            caller.start()
            wait_until(lambda: waits_for_a_lock(sql))
            sql.execute(
                """SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                    WHERE datname = current_database() AND wait_event_type = 'Lock'"""
            )
            caller.join()
        assert answers == []
        assert _state(sql) == before
        # The same server goes on with a new connection.
        _trigger(client, cron)
        assert len(_state(sql)[1]) == len(before[1]) + grown
        assert victim.troubles()
    _the_full_pass_agrees(admin, sql, scheme)


def test_two_runs_at_once(server, admin, sql, scheme, grown):
    """The second one is told so, an incremental one leaves it to the first."""
    before = _state(sql)
    answers = []

    def call():
        answers.append(admin.call("crm.segmentation", "classify", [scheme]))

    caller = threading.Thread(target=call)
    with holding(server, LAST_STEP):
        caller.start()
        wait_until(lambda: waits_for_a_lock(sql))
        with pytest.raises(Refused) as refused:
            admin.call("crm.segmentation", "classify", [scheme])
        assert refused.value.code == "crm_segmentation.running"
        _trigger(admin, "ir_cron_refresh")
        assert _state(sql) == before
    caller.join()
    assert answers == [{"changed": grown}]
    assert len(_state(sql)[1]) == len(before[1]) + grown
    _the_full_pass_agrees(admin, sql, scheme)


def test_nightly_run_waits(server, admin, sql, scheme, grown):
    """The full pass of the night is not left out because another run is on."""
    before = _state(sql)
    running = f"SELECT pg_advisory_xact_lock({LOCK_SPACE}, {scheme})"
    caller = threading.Thread(target=lambda: _trigger(admin, "ir_cron_classify"))
    with holding(server, running):
        caller.start()
        wait_until(lambda: waits_for_a_lock(sql))
        assert _state(sql) == before
    caller.join()
    assert len(_state(sql)[1]) == len(before[1]) + grown
    _the_full_pass_agrees(admin, sql, scheme)


def _the_full_pass_agrees(admin, sql, scheme):
    """Looking at everybody changes nothing any more, and nobody moved twice."""
    state = _state(sql)
    answer = admin.call("crm.segmentation", "classify", [scheme])
    assert answer == {"changed": 0}
    assert _state(sql) == state


def _many_partners(admin, sql):
    """So many buyers that the statements take a while."""
    names = {"name": "Clinic of the crash", "is_company": True}
    partner_id = admin.create("res.partner", names)
    company = admin.one("res.company", [("id", "=", 1)], "currency_id")
    columns = value(
        sql,
        """SELECT string_agg(quote_ident(column_name), ', ')
             FROM information_schema.columns
            WHERE table_schema = 'public' AND table_name = 'res_partner'
              AND column_name NOT IN ('id', 'commercial_partner_id')""",
    )
    sql.execute(
        _COPY_PARTNER.format(columns=columns),
        {"count": PARTNERS, "partner": partner_id},
    )
    sql.execute(_BUY, {"company": company["id"], "currency": company["currency_id"][0]})
