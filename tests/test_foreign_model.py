"""Regulations about records of addons that know nothing of ours: of one that Odoo
brings along, and of one by other people, which is installed and uninstalled meanwhile.
"""

import os
import pathlib

import pytest

import python_env
from company import unique
from odoo_server import Server, own_copy
from outage import record_id, trigger

LOCK = pathlib.Path(__file__).resolve().parent.parent / "requirements" / "helpdesk.txt"
SWEEP = "crm_regulations.ir_cron_sweep"
RECONCILE = "crm_regulations.ir_cron_reconcile"
PASSWORD = "a long word for a test"


@pytest.fixture(scope="module")
def foreign(tmp_path_factory):
    """A server that finds one more addon; nothing of ours may complain in its log."""
    addons = python_env.unpacked(LOCK, "helpdesk") / "odoo" / "addons"
    with own_copy(os.environ["CRM_TEST_FRESH"], "foreign") as database:
        folder = tmp_path_factory.mktemp("foreign")
        with Server(database, folder, [addons]) as server:
            yield server
        # What comes after the name of the database.
        lines = {line: line.split(" ", 5)[5] for line in server.troubles()}
        ours = [line for line, told in lines.items() if "crm" in told]
        assert not ours, "\n".join(ours)


@pytest.fixture(scope="module")
def admin(foreign):
    return foreign.json_2("admin")


def customers(admin, count):
    """The ids of companies that buy from us; a letter to one is none to another."""
    values = {"is_company": True, "email": "clinic@example.com"}
    return [
        admin.create("res.partner", {"name": unique("Clinic"), **values})
        for _number in range(count)
    ]


@pytest.fixture(scope="module")
def helpdesk(admin):
    """The addon, installed while the server runs."""
    admin.call("ir.module.module", "update_list")
    switch(admin, "button_immediate_install")
    assert installed(admin)


def installed(client):
    domain = [("name", "=", "helpdesk_mgmt"), ("state", "=", "installed")]
    return client.count("ir.module.module", domain)


def switch(client, method):
    """Install or uninstall the addon as the administrator does in the list of apps."""
    [module] = client.search("ir.module.module", [("name", "=", "helpdesk_mgmt")])
    client.call("ir.module.module", method, [module])


def worker(server, admin, *groups):
    """Somebody who works with the records and has no right over regulations."""
    login = unique("agent")
    values = {
        "name": "Agent",
        "login": login,
        "email": "agent@example.com",
        "password": PASSWORD,
        "group_ids": [(4, record_id(admin, group)) for group in groups],
    }
    admin.create("res.users", values)
    return server.xml_rpc(login, PASSWORD)


def promise_answers(admin, model, **paths):
    """Open a model to regulations and promise to answer each of its new records."""
    values = {"model_id": admin.search("ir.model", [("model", "=", model)])[0], **paths}
    admin.create("crm.regulation.subject", values)
    regulation = admin.create(
        "crm.regulation",
        {
            "name": "Answer",
            "code": unique(model),
            "mode": "remind",
            "trigger_kind": "created",
            "res_model": model,
            "step_ids": [
                (0, 0, {
                    "name": "Answer", "limit_value": 4, "limit_unit": "hour",
                    "evidence_kind": "message_out",
                }),
            ],
        },
    )  # fmt: skip
    assert admin.call("crm.regulation", "action_publish", [regulation]) is True
    return regulation


def promise(client, model, record_id_, *names):
    """The only promise about a record."""
    domain = [("res_model", "=", model), ("res_id", "=", record_id_)]
    return client.one("crm.obligation", domain, *names)


def answer(client, model, id_, customer):
    """Write to the customer from the page of the record."""
    client.call(
        model, "message_post", [id_], body="Good day!", partner_ids=[customer],
        subtype_xmlid="mail.mt_comment", message_type="comment",
    )  # fmt: skip


def test_of_odoo(foreign, admin):
    regulation = promise_answers(admin, "project.task", partner_path="partner_id")
    agent = worker(foreign, admin, "project.group_project_user")
    project = admin.create("project.project", {"name": "Analysers"})
    clinics = customers(admin, 2)
    first, second = (
        agent.create(
            "project.task",
            {"name": "Install it", "project_id": project, "partner_id": clinic},
        )
        for clinic in clinics
    )
    owed = promise(admin, "project.task", first, "res_name", "partner_id", "state")
    assert (owed["res_name"], owed["state"]) == ("Install it", "open")
    assert owed["partner_id"][0] == clinics[0]
    answer(agent, "project.task", first, clinics[0])
    kept = promise(admin, "project.task", first, "state", "evidence_grade")
    assert (kept["state"], kept["evidence_grade"]) == ("done_on_time", "system")
    assert promise(admin, "project.task", second, "state")["state"] == "open"
    admin.call("project.task", "unlink", [second])
    ended = promise(admin, "project.task", second, "state", "date_end")
    assert ended["state"] == "cancelled" and ended["date_end"]
    assert admin.call("crm.regulation", "action_retire", [regulation]) is True


def test_of_other_people(foreign, admin, helpdesk):
    model = "helpdesk.ticket"
    paths = {"partner_path": "partner_id", "user_path": "user_id"}
    regulation = promise_answers(admin, model, **paths)
    agent = worker(foreign, admin, "helpdesk_mgmt.group_helpdesk_user")
    clinics = customers(admin, 3)
    values = {"name": "Repair", "description": "It beeps.", "user_id": agent.uid}
    tickets = [
        agent.create(model, {**values, "partner_id": clinic}) for clinic in clinics
    ]
    for ticket, clinic in zip(tickets, clinics, strict=True):
        owed = promise(admin, model, ticket, "state", "user_id", "partner_id")
        assert owed["state"] == "open"
        assert owed["user_id"][0] == agent.uid
        assert owed["partner_id"][0] == clinic
    answered, waiting, closed = tickets
    answer(agent, model, answered, clinics[0])
    names = "state", "evidence_grade", "date_end"
    kept = promise(agent, model, answered, *names)
    assert (kept["state"], kept["evidence_grade"]) == ("done_on_time", "system")
    last = promise(agent, model, closed)["id"]
    assert agent.call("crm.obligation", "fulfil", [last], note="By telephone") is True
    todo = [("obligation_id", "=", promise(admin, model, waiting)["id"])]
    # A sweep in the very second of the promise leaves it for the next.
    for _attempt in range(50):
        assert trigger(admin, SWEEP) is True
        if admin.count("mail.activity", todo):
            break
    page = admin.one("mail.activity", todo, "res_model", "res_id")
    assert (page["res_model"], page["res_id"]) == (model, waiting)

    # It is gone, and with it its records; what was promised about them is not.
    switch(admin, "button_immediate_uninstall")
    assert not installed(admin)
    assert trigger(admin, SWEEP) is True
    assert trigger(admin, RECONCILE) is True
    ended = promise(admin, model, waiting, *names)
    assert ended["state"] == "cancelled" and ended["date_end"]
    assert not admin.count("mail.activity", todo)
    assert promise(admin, model, answered, *names) == kept
    told = admin.call("crm.obligation", "explain", [ended["id"]])
    assert [event["kind"] for event in told["log"]][-1] == "cancelled"

    # The rest goes on.
    assert not admin.count("crm.regulation.subject", [("model", "=", model)])
    names = "res_model", "sentence", "state"
    assert admin.read("crm.regulation", regulation, *names)["res_model"] == model
    talk = {"type": "call", "partner_id": clinics[0]}
    logged = admin.call("crm.interaction", "log", values=talk)
    assert logged["status"] == "created"
    assert admin.call("crm.regulation", "action_retire", [regulation]) is True
    assert trigger(admin, RECONCILE) is True
