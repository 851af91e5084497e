"""Several servers do the same at the same time: each thing is done once, for nobody in
vain, and what comes into another one's way is tried again.

A lock that the test holds makes sure that they meet.
"""

import pytest

from company import unique
from odoo_server import Server
from outage import (
    TALKS,
    WAITING,
    begin,
    holding,
    told,
    trigger,
    trigger_twin,
    value,
    wait_until,
)

BATCH = 500  # promises that the sweep looks at in one transaction
SWEEP = "crm_regulations.ir_cron_sweep"
RECONCILE = "crm_regulations.ir_cron_reconcile"
NO_NEW_PROMISES = "LOCK TABLE crm_obligation IN SHARE MODE"
EVENT = """INSERT INTO crm_obligation_event (obligation_id, kind, key, date)
           VALUES (%(id)s, 'breached', '', now())"""
CALLS_OF_SWEEP = """
SELECT count(*) FROM ir_cron_trigger AS t JOIN ir_model_data AS d ON d.res_id = cron_id
 WHERE d.model = 'ir.cron' AND d.module = 'crm_regulations' AND d.name = 'ir_cron_sweep'
"""
CONFLICT = "could not serialize access"


@pytest.fixture(scope="module")
def pair(server, tmp_path_factory):
    """Two more servers on the database; their logs may tell only of conflicts."""
    folders = [tmp_path_factory.mktemp(name) for name in ("one", "two")]
    with Server(server.database, folders[0]) as one:
        with Server(server.database, folders[1]) as two:
            yield one, two
    for some in (one, two):
        others = [line for line in some.troubles() if ": bad query: " not in line]
        assert not others, "\n".join(others)
        log = some.log.read_text()
        assert log.count(": bad query: ") == log.count(f"ERROR: {CONFLICT}")


def conflicts(*servers):
    """How often servers were in somebody's way."""
    return sum(server.log.read_text().count(CONFLICT) for server in servers)


def waiting(sql, count=1):
    """Wait until so many transactions wait for a lock."""
    wait_until(lambda: value(sql, WAITING) == count)


def start(client, talks, reference):
    """Start the regulation on interactions; returns the ids of the promises."""
    regulation = client.search(
        "crm.regulation", [("code", "=", "materials_2h"), ("state", "=", "published")]
    )
    return client.call(
        "crm.regulation", "start", regulation,
        record_ids=talks, external_ref=reference,
    )  # fmt: skip


def test_same_start(server, pair, sql, owed):
    """Both callers are told the same promise, and whoever owes another one is told."""
    one, two = (some.json_2("admin") for some in pair)
    talks, reference = one.search("crm.interaction", [], limit=3), unique("start")
    before = conflicts(*pair), value(sql, CALLS_OF_SWEEP)
    with holding(server, NO_NEW_PROMISES):
        finish = begin(
            lambda: start(one, talks[:2], reference),
            lambda: start(two, talks[1:], reference),
        )
        waiting(sql, 2)
    first, second = finish()
    assert (len(first), len(second)) == (2, 2)
    assert len(set(first) & set(second)) == 1
    key = f"start:{reference}:%"
    made = "SELECT count(*) FROM crm_obligation WHERE fact_key LIKE %(key)s"
    assert value(sql, made, key=key) == 3
    assert conflicts(*pair) == before[0] + 1
    # Also the one who had to try again has the reminders made right afterwards.
    assert value(sql, CALLS_OF_SWEEP) == before[1] + 2


def test_same_history(server, pair, sql, talks):
    """Two nightly runs open what nobody has told of."""
    one, two = (some.json_2("admin") for some in pair)
    made = "SELECT count(*) FROM crm_obligation WHERE res_id > %(after)s"
    told_of = f"""SELECT count(*) FROM crm_obligation_event WHERE kind = 'opened'
                     AND obligation_id IN ({made.replace("count(*)", "id")})"""
    before = conflicts(*pair)
    with holding(server, NO_NEW_PROMISES):
        finish = begin(
            lambda: trigger(one, RECONCILE), lambda: trigger_twin(two, RECONCILE)
        )
        waiting(sql, 2)
    assert finish() == [True, True]
    assert conflicts(*pair) > before
    assert value(sql, made, after=talks) == TALKS
    assert value(sql, told_of, after=talks) == TALKS


def test_two_sweeps(server, pair, sql, owed):
    """The second one leaves to the first what that has in its hands."""
    one, two = (some.json_2("admin") for some in pair)
    before = conflicts(*pair)
    with holding(server, EVENT, id=owed[0]):
        finish = begin(lambda: trigger(one, SWEEP))
        waiting(sql)
        assert trigger_twin(two, SWEEP) is True
        assert told(sql) == (len(owed) - BATCH,) * 5
    assert finish() == [True]
    assert told(sql) == (len(owed),) * 5
    assert conflicts(*pair) == before


def test_sweep_leaves_out_what_is_locked(server, pair, sql, owed):
    """Somebody has a promise in hand: the next run looks at it."""
    client = pair[0].json_2("admin")
    before = conflicts(*pair)
    with holding(server, "SELECT FROM crm_obligation WHERE id = %(id)s FOR UPDATE",
                 id=owed[0]):  # fmt: skip
        assert trigger(client, SWEEP) is True
        assert told(sql) == (len(owed) - 1,) * 5
    trigger(client, SWEEP)
    assert told(sql) == (len(owed),) * 5
    assert conflicts(*pair) == before


def test_sweep_tries_again(server, pair, sql, owed):
    """Somebody else has noted the same before the sweep could."""
    client = pair[0].json_2("admin")
    before = conflicts(*pair)
    with holding(server, EVENT, id=owed[0]) as other:
        finish = begin(lambda: trigger(client, SWEEP))
        waiting(sql)
        other.commit()
    assert finish() == [True]
    assert conflicts(*pair) == before + 1
    assert told(sql) == (len(owed),) * 5


def test_sweep_and_a_person(server, pair, sql, owed):
    """A promise was done after the sweep began to look: nobody is told of it."""
    client = pair[0].json_2("admin")
    before = conflicts(*pair)
    # The sweep sees the database as it was before it waits for this lock.
    with holding(server, "LOCK TABLE crm_obligation IN EXCLUSIVE MODE") as other:
        finish = begin(lambda: trigger(client, SWEEP))
        waiting(sql)
        other.cursor().execute(
            """UPDATE crm_obligation SET state = 'done_on_time', date_done = date_due,
                      date_end = date_due, alarms = '[]', next_check = NULL
                WHERE id = %s""",
            [owed[0]],
        )
        other.commit()
    assert finish() == [True]
    assert conflicts(*pair) == before + 1
    assert told(sql) == (len(owed) - 1,) * 5
    state = "SELECT state FROM crm_obligation WHERE id = %(id)s"
    assert value(sql, state, id=owed[0]) == "done_on_time"
