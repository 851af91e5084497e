"""An open promise hinders what is done to a deal, whatever way a program tries it."""

import pytest

from company import unique

BLOCKED = "crm_regulations.blocked"


@pytest.fixture
def name():
    """The name of a deal that the promise is made for, and of no other."""
    return unique("Analyser")


@pytest.fixture
def regulation(person, name):
    """The id of a regulation in force; it is retired in the end."""
    admin, sales = person("admin"), person("sales")
    step = {"name": "Call back", "enforcement": "block", "limit_value": 4}
    values = {
        "name": unique("Call before it goes on"),
        "trigger_kind": "created",
        "res_model": "crm.lead",
        "mode": "remind",
        "trigger_domain": f'[("name", "=", "{name}")]',
        "company_id": sales.read("res.users", sales.uid, "company_id")["company_id"][0],
        "step_ids": [[0, 0, step]],
    }
    regulation_id = admin.create("crm.regulation", values)
    admin.call("crm.regulation", "action_publish", [regulation_id])
    yield regulation_id
    admin.call("crm.regulation", "action_retire", [regulation_id])


@pytest.fixture
def lead(person, name, regulation):
    """The id of a deal of the salesperson with an open promise."""
    values = {"name": name, "type": "opportunity"}
    return person("sales").create("crm.lead", values)


@pytest.fixture
def owed(person, lead):
    """The id of that promise."""
    return person("sales").one("crm.obligation", [("lead_id", "=", lead)], "id")["id"]


def won_stage(client):
    """The id of a stage of won deals."""
    return client.search("crm.stage", [("is_won", "=", True)], limit=1)[0]


def how_it_stands(client, lead):
    """What a refusal must not have changed."""
    return client.read("crm.lead", lead, "stage_id", "active", "won_status", "name")


def test_every_way_is_closed(person, refused, lead, owed):
    sales, admin = person("sales"), person("admin")
    won, before = won_stage(sales), how_it_stands(sales, lead)
    keys = {"tracking_disable": True, "crm_obligation_closed": True, "no_guard": True}
    lost = sales.create("crm.lead.lost", {"lead_ids": [[6, 0, [lead]]]})
    for client, model, method, ids, values in (
        (sales, "crm.lead", "write", [lead], {"vals": {"stage_id": won}}),
        (sales, "crm.lead", "write", [lead], {"vals": {"won_status": "won"}}),
        (sales, "crm.lead", "write", [lead], {"vals": {"active": False}}),
        (sales, "crm.lead", "write", [lead],
         {"vals": {"active": False, "name": "x"}, "context": keys}),
        (sales, "crm.lead", "web_save", [lead],
         {"vals": {"stage_id": won}, "specification": {}}),
        (sales, "crm.lead", "action_set_won", [lead], {}),
        (sales, "crm.lead", "action_set_won_rainbowman", [lead], {}),
        (sales, "crm.lead", "action_set_lost", [lead], {}),
        (sales, "crm.lead", "action_archive", [lead], {}),
        (sales, "crm.lead.lost", "action_lost_reason_apply", [lost], {}),
        (admin, "crm.lead", "unlink", [lead], {}),
    ):  # fmt: skip
        with refused(BLOCKED) as caught:
            client.call(model, method, ids, **values)
        assert "Call back" in caught.value.message
        assert how_it_stands(sales, lead) == before


def test_what_is_done_lets_through(person, refused, lead, owed):
    sales = person("sales")
    sales.call("crm.obligation", "pause", [owed], reason="The customer thinks")
    with refused(BLOCKED):
        sales.call("crm.lead", "action_set_won", [lead])
    sales.call("crm.obligation", "resume", [owed])
    sales.call("crm.obligation", "fulfil", [owed], note="Called")
    assert sales.call("crm.lead", "action_set_won", [lead]) is True
    assert how_it_stands(sales, lead)["won_status"] == "won"


def test_a_manager_excuses(person, refused, lead, owed):
    sales, manager = person("sales"), person("manager")
    with refused("access"):
        sales.call("crm.obligation", "excuse", [owed], reason="Please")
    manager.call("crm.obligation", "excuse", [owed], reason="The client is abroad")
    sales.write("crm.lead", lead, {"active": False})
    assert how_it_stands(sales, lead)["active"] is False


def test_merging_takes_the_promise_along(person, refused, lead, owed, name):
    sales, manager = person("sales"), person("manager")
    other = sales.create("crm.lead", {"name": unique("Other"), "type": "opportunity"})
    merged = manager.call("crm.lead", "merge_opportunity", [lead, other])
    merged = merged[0] if isinstance(merged, list) else merged
    assert sales.read("crm.obligation", owed, "lead_id")["lead_id"][0] == merged
    with refused(BLOCKED):
        sales.call("crm.lead", "action_set_won", [merged])


def test_counting_only_hinders_nobody(person, refused, regulation, lead, owed):
    sales, admin = person("sales"), person("admin")
    with refused(BLOCKED):
        sales.call("crm.lead", "action_set_won", [lead])
    admin.write("crm.regulation", regulation, {"mode": "silent"})
    assert sales.call("crm.lead", "action_set_won", [lead]) is True
