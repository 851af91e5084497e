"""What the tests of crashes and of conflicts do to a server and its database."""

import contextlib
import http.client
import os
import threading
import time

import psycopg2

TALKS = 300  # that another program writes
LIMIT = 120  # seconds until the server must be in the middle of the work
WAITING = """SELECT count(*) FROM pg_stat_activity
              WHERE datname = current_database() AND wait_event_type = 'Lock'"""
_COLUMNS = """
SELECT column_name FROM information_schema.columns
 WHERE table_schema = 'public' AND table_name = %(table)s AND column_name <> 'id'
"""
# What the sweep has done: each of it must be there once for each promise.
_TOLD = """
SELECT (SELECT count(*) FROM crm_obligation WHERE state = 'breached'),
       (SELECT count(*) FROM crm_obligation_event WHERE kind = 'breached'),
       (SELECT count(*) FROM crm_obligation_event WHERE kind = 'reminded'),
       (SELECT count(*) FROM mail_activity WHERE obligation_id IS NOT NULL),
       (SELECT count(DISTINCT obligation_id) FROM mail_activity)
"""


def connect(server):
    """A connection of the test's own to the server's database."""
    return psycopg2.connect(
        dbname=server.database,
        host=os.environ["PGHOST"],
        port=os.environ.get("PGPORT", "5432"),
        user=os.environ.get("PGUSER"),
    )


@contextlib.contextmanager
def holding(server, lock, **values):
    """Hold a lock so that the server must wait for it.

    :param lock: a statement that takes it
    :return: the connection that holds it, for whoever wants to commit
    """
    with contextlib.closing(connect(server)) as connection:
        connection.cursor().execute(lock, values)
        yield connection


def value(sql, query, **values):
    """The first value of the first row."""
    return row(sql, query, **values)[0]


def row(sql, query, **values):
    """The first row."""
    sql.execute(query, values)
    return sql.fetchone()


def copy_row(sql, table, row_id, count, **changed):
    """Insert many copies of a row behind Odoo's back.

    :param table: name of the table
    :param row_id: id of the row
    :param count: how many
    :param changed: column → SQL for its value; ``number`` counts the copies from 1
    """
    sql.execute(_COLUMNS, {"table": table})
    names = [name for (name,) in sql.fetchall()]
    given = ", ".join(changed.get(name, f't."{name}"') for name in names)
    columns = ", ".join(f'"{name}"' for name in names)
    sql.execute(
        f"""INSERT INTO {table} ({columns})
            SELECT {given} FROM {table} AS t, generate_series(1, %s) AS number
             WHERE t.id = %s""",
        [count, row_id],
    )


def record_id(client, name):
    """The id of a record that an addon ships."""
    module, name = name.split(".")
    domain = [("module", "=", module), ("name", "=", name)]
    return client.one("ir.model.data", domain, "res_id")["res_id"]


def trigger(client, cron):
    """Run a scheduled action as Odoo's scheduler does, and wait for its end."""
    return client.call("ir.cron", "method_direct_trigger", [record_id(client, cron)])


def trigger_twin(client, cron):
    """The same by a scheduled action of its own: Odoo runs none twice at once."""
    [twin] = client.call("ir.cron", "copy", [record_id(client, cron)])
    try:
        return client.call("ir.cron", "method_direct_trigger", [twin])
    finally:
        client.call("ir.cron", "unlink", [twin])


def told(sql):
    """How many promises are overdue, how many events say so, how many tell that the
    responsible was told, how many activities there are and for how many promises."""
    return row(sql, _TOLD)


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


def begin(*works):
    """Call functions at the same time, each in a thread.

    :return: a function that waits for them and returns their answers, in order
    """
    answers, errors = [None] * len(works), []

    def call(number, work):
        try:
            answers[number] = work()
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=call, args=pair) for pair in enumerate(works)]
    for thread in threads:
        thread.start()

    def finish():
        for thread in threads:
            thread.join()
        if errors:
            raise errors[0]
        return answers

    return finish


def wait_until(holds):
    """Wait until something holds, but not for ever."""
    deadline = time.monotonic() + LIMIT
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def start_again(server, sql):
    """Start the server when PostgreSQL has noticed that the killed one is gone."""
    left = "SELECT count(*) FROM pg_stat_activity WHERE application_name = %(name)s"
    name = f"odoo-{server.process.pid}"
    wait_until(lambda: value(sql, left, name=name) == 0)
    server.start()
