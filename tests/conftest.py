"""Fixtures of the black-box tests: the demo company's server, people on its wires, and
a server that may be killed."""

import contextlib
import os
import pathlib
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "scripts"))

# pylint: disable=wrong-import-position
from clients import Refused, fits_the_wire  # noqa: E402
from company import same_counts  # noqa: E402
from odoo_server import Server, own_copy  # noqa: E402
from outage import TALKS, connect, copy_row, record_id, row, value  # noqa: E402

CALLS = 600  # more than the sweep looks at in one transaction


@pytest.fixture(scope="session")
def served(tmp_path_factory):
    """A server on a copy of the demo company; its log must be clean at the end."""
    with own_copy(os.environ["CRM_TEST_DEMO"], "served") as database:
        with Server(database, tmp_path_factory.mktemp("served")) as server:
            yield server
        assert not server.troubles(), "\n".join(server.troubles())


@pytest.fixture(params=["XML-RPC", "JSON-2"])
def person(request, served):
    """A function of a login that gives that person's client, over each wire in turn."""
    wire = served.xml_rpc if request.param == "XML-RPC" else served.json_2
    known = {}

    def log_in(login):
        if login not in known:
            known[login] = wire(login)
        return known[login]

    return log_in


@pytest.fixture
def refused():
    """A context that wants a refusal: one of some codes of ours or kinds of Odoo's."""

    @contextlib.contextmanager
    def expect(*wanted):
        with pytest.raises(Refused) as caught:
            yield caught
        answer = caught.value
        assert {answer.code, answer.kind} & set(wanted), answer.message

    return expect


@pytest.fixture
def writes_nothing(person):
    """Fails a test after which there are more or fewer records than before."""
    with same_counts(person("admin")):
        yield


@pytest.fixture
def wrong(refused, person):
    """Calls a method with each of some wrong values for one argument."""

    def check(client, model, method, ids, values, name, bad, *codes):
        with same_counts(person("admin")):
            for value in bad:
                if not fits_the_wire(client, value):
                    continue
                with refused(*codes):
                    client.call(model, method, ids, **{**values, name: value})
                    pytest.fail(f"{method} took {name}={value!r}")

    return check


@pytest.fixture(scope="module")
def server(request, tmp_path_factory):
    """A server on a database without demo data, which the tests may kill."""
    name = request.module.__name__.removeprefix("test_")
    with own_copy(os.environ["CRM_TEST_FRESH"], name) as database:
        with Server(database, tmp_path_factory.mktemp(name)) as running:
            yield running
        assert not running.troubles(), "\n".join(running.troubles())


@pytest.fixture
def admin(server):
    """The administrator of that server."""
    return server.json_2("admin")


@pytest.fixture
def sql(server):
    """A look at what is committed, beside that server."""
    with contextlib.closing(connect(server)) as connection:
        connection.autocommit = True
        yield connection.cursor()


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


@pytest.fixture(scope="module")
def fresh_promises(server, calls):
    """The ids of promises, and the columns that the clock has not written yet."""
    answers = server.json_2("admin").call("crm.interaction", "log_many", rows=calls)
    with contextlib.closing(connect(server)) as connection:
        cursor = connection.cursor()
        return row(
            cursor,
            """SELECT array_agg(id ORDER BY id), MIN(alarms::text), MIN(next_check)
                 FROM crm_obligation WHERE res_id = ANY(%(ids)s)""",
            ids=[answer["id"] for answer in answers],
        )


@pytest.fixture
def owed(sql, fresh_promises):
    """The ids of overdue promises at which the clock has not looked; no others."""
    ids, alarms, next_check = fresh_promises
    assert len(ids) == CALLS
    sql.execute("DELETE FROM crm_obligation WHERE id <> ALL(%s)", [ids])
    sql.execute("DELETE FROM mail_activity WHERE obligation_id IS NOT NULL")
    sql.execute("DELETE FROM crm_obligation_event WHERE kind <> 'opened'")
    sql.execute(
        """UPDATE crm_obligation SET state = 'open', date_breach = NULL,
                  date_done = NULL, date_end = NULL, alarms = %s, next_check = %s""",
        [alarms, next_check],
    )
    return ids


@pytest.fixture
def talks(sql, owed):
    """Requests of the last second that another program wrote into the table.

    :return: the id after which theirs come
    """
    last = value(sql, "SELECT MAX(id) FROM crm_interaction")
    moment = "date_trunc('second', now() AT TIME ZONE 'UTC') - interval '1 second'"
    copy_row(
        sql, "crm_interaction", last, TALKS, date=moment, date_end=moment,
        external_ref="'written by another program ' || number",
    )  # fmt: skip
    yield last
    sql.execute("DELETE FROM crm_interaction WHERE id > %s", [last])
