"""The power goes out in the middle of the work: nothing half-done, nothing twice.

The server is killed with a signal that no program can catch. A lock that the test
holds, or a counter that no rollback takes back, makes sure that it was in the middle.
"""

import contextlib
import threading

import pytest

from clients import Refused
from odoo_server import Server
from outage import (
    TALKS,
    WAITING,
    connect,
    copy_row,
    holding,
    kill_in_the_middle,
    record_id,
    start_again,
    told,
    trigger,
    value,
    wait_until,
)

PARTNERS = 20_000
GROWN = 500
BATCH = 500  # promises that the sweep looks at in one transaction
SWEEP = "crm_regulations.ir_cron_sweep"
RECONCILE = "crm_regulations.ir_cron_reconcile"
# The first key of the lock that every run takes; the second is the segmentation.
LOCK_SPACE = 0x43524D53
MEMBERS = "SELECT count(*) FROM crm_segment_membership"
MOVES = "SELECT count(*) FROM crm_segment_movement"
# What keeps a run from ending when everything but its own time is written.
LAST_STEP = "SELECT FROM crm_segmentation FOR NO KEY UPDATE"
NO_EVENTS = "LOCK TABLE crm_obligation_event IN SHARE MODE"
_BUY = """
UPDATE res_partner SET commercial_partner_id = id WHERE commercial_partner_id IS NULL;
INSERT INTO crm_turnover_line
       (partner_id, commercial_partner_id, company_id, currency_id, date, origin,
        amount, amount_company)
SELECT id, id, %(company)s, %(currency)s, CURRENT_DATE - 40, 'test', 1000, 1000
  FROM res_partner WHERE name = 'Clinic of the crash'
"""


def waits_for_a_lock(sql):
    return value(sql, WAITING)


def test_log_many(server, admin, sql, calls):
    """Every call of a telephone exchange is logged and promised once, or none is."""
    tables = ("crm_interaction", "crm_obligation", "crm_obligation_event")
    tables += ("crm_regulation_incident",)
    rows = [{**call, "external_ref": f"new {call['external_ref']}"} for call in calls]

    def counts():
        return [value(sql, f"SELECT count(*) FROM {table}") for table in tables]

    before = counts()
    given = "SELECT last_value FROM crm_interaction_id_seq"
    goal = value(sql, given) + len(rows) // 2
    kill_in_the_middle(
        server,
        lambda: admin.call("crm.interaction", "log_many", rows=rows),
        lambda: value(sql, given) > goal,
    )
    start_again(server, sql)
    assert counts() == before

    answers = admin.call("crm.interaction", "log_many", rows=rows)
    assert {answer["status"] for answer in answers} == {"created"}
    complete = counts()
    made = [now - then for now, then in zip(complete, before, strict=True)]
    assert made == [len(rows), len(rows), len(rows), 0]
    again = admin.call("crm.interaction", "log_many", rows=rows)
    assert again == [{**answer, "status": "unchanged"} for answer in answers]
    assert counts() == complete


def _ends_as_ever(admin, sql, owed):
    """The next run does what is left, and the one after it nothing."""
    for _run in range(2):
        trigger(admin, SWEEP)
        assert told(sql) == (len(owed),) * 5


def test_sweep(server, admin, sql, owed):
    """What was overdue before the crash is marked after it, each once."""
    with holding(server, NO_EVENTS):
        kill_in_the_middle(
            server, lambda: trigger(admin, SWEEP), lambda: waits_for_a_lock(sql)
        )
    start_again(server, sql)
    assert told(sql) == (0,) * 5
    _ends_as_ever(admin, sql, owed)


def test_sweep_between_batches(server, admin, sql, owed):
    """What was committed stays; the batch in which it died is done by the next run."""
    with holding(
        server,
        """INSERT INTO crm_obligation_event (obligation_id, kind, key, date)
           VALUES (%(last)s, 'breached', '', now())""",
        last=owed[-1],
    ):
        kill_in_the_middle(
            server, lambda: trigger(admin, SWEEP), lambda: waits_for_a_lock(sql)
        )
    start_again(server, sql)
    assert told(sql) == (BATCH,) * 5
    _ends_as_ever(admin, sql, owed)


def test_sweep_before_the_commit(server, admin, sql, owed):
    """Activities that were made, but not committed, are made again: one for each."""
    given = "SELECT last_value FROM mail_activity_id_seq"
    first = value(sql, given)
    # PostgreSQL looks whether the person exists when the rows are in the table.
    with holding(server, "SELECT FROM res_users WHERE id = %(id)s FOR UPDATE",
                 id=admin.uid):  # fmt: skip
        kill_in_the_middle(
            server,
            lambda: trigger(admin, SWEEP),
            lambda: value(sql, given) > first and waits_for_a_lock(sql),
        )
    start_again(server, sql)
    assert told(sql) == (0,) * 5
    _ends_as_ever(admin, sql, owed)


def test_reconcile(server, admin, sql, talks):
    """What nobody has told of is opened once and ended once, whenever it dies."""
    state, event = (
        f"SELECT count(*) FROM crm_obligation{more} WHERE {where}"
        for more, where in (
            (" AS o", "res_id > %(after)s AND state = %(word)s"),
            ("_event AS e JOIN crm_obligation AS o ON o.id = obligation_id",
             "res_id > %(after)s AND kind = %(word)s"),
        )
    )  # fmt: skip

    def dies():
        with holding(server, NO_EVENTS):
            kill_in_the_middle(
                server,
                lambda: trigger(admin, RECONCILE),
                lambda: waits_for_a_lock(sql),
            )
        start_again(server, sql)

    def found(word, kind):
        return value(sql, state, after=talks, word=word), value(
            sql, event, after=talks, word=kind
        )

    dies()
    assert found("open", "opened") == (0, 0)
    for _run in range(2):
        trigger(admin, RECONCILE)
        assert found("open", "opened") == (TALKS, TALKS)

    sql.execute("DELETE FROM crm_interaction WHERE id > %s", [talks])
    dies()
    assert found("open", "opened") == (TALKS, TALKS)
    assert found("cancelled", "cancelled") == (0, 0)
    for _run in range(2):
        trigger(admin, RECONCILE)
        assert found("cancelled", "cancelled") == (TALKS, TALKS)


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
            lambda: trigger(admin, "crm_segmentation.ir_cron_refresh"),
            lambda: waits_for_a_lock(sql) and value(sql, given) >= first + grown,
        )
    start_again(server, sql)
    assert _state(sql) == before
    assert _refreshed(sql) == (moved, mark)

    trigger(admin, "crm_segmentation.ir_cron_refresh")
    now_moved, now_mark = _refreshed(sql)
    assert now_moved == moved + grown
    assert now_mark >= mark
    _the_full_pass_agrees(admin, sql, scheme)


@pytest.mark.parametrize(
    "cron", ["crm_segmentation.ir_cron_refresh", "crm_segmentation.ir_cron_classify"]
)
def test_connection_lost(server, admin, sql, scheme, grown, cron, tmp_path):
    """PostgreSQL ends the connection of a pass: the next one begins anew."""
    before = _state(sql)
    with Server(server.database, tmp_path) as victim:
        client = victim.json_2("admin")
        answers = []

        def call():
            with contextlib.suppress(Exception):
                answers.append(trigger(client, cron))

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
        trigger(client, cron)
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
        trigger(admin, "crm_segmentation.ir_cron_refresh")
        assert _state(sql) == before
    caller.join()
    assert answers == [{"changed": grown}]
    assert len(_state(sql)[1]) == len(before[1]) + grown
    _the_full_pass_agrees(admin, sql, scheme)


def test_nightly_run_waits(server, admin, sql, scheme, grown):
    """The full pass of the night is not left out because another run is on."""
    before = _state(sql)
    running = f"SELECT pg_advisory_xact_lock({LOCK_SPACE}, {scheme})"
    caller = threading.Thread(
        target=lambda: trigger(admin, "crm_segmentation.ir_cron_classify")
    )
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
    more = PARTNERS - 1
    copy_row(sql, "res_partner", partner_id, more, commercial_partner_id="NULL")
    sql.execute(_BUY, {"company": company["id"], "currency": company["currency_id"][0]})
