"""Who may do what, and that one company sees nothing of another one.

Where Odoo's own access rights refuse, the refusal is of the kind ``access`` (fault 4
over XML-RPC, status 403 over JSON-2); where a method of ours refuses, it has our code.
"""

import pytest

from company import (
    category,
    log,
    new_client,
    now,
    obligation,
    published,
    put_into_force,
    unique,
)

OUR_MODELS = (
    "crm.interaction", "crm.turnover.line", "crm.segmentation", "crm.segment",
    "crm.segment.criterion", "crm.segment.membership", "crm.segment.movement",
    "crm.regulation", "crm.regulation.step", "crm.obligation", "crm.obligation.event",
    "crm.excuse.request",
    "crm.rollout", "crm.rollout.stage", "crm.rollout.criterion", "crm.rollout.decision",
)  # fmt: skip
# A method of ours may refuse before the access rights do.
FROZEN = (
    "access", "crm_regulations.log_is_frozen", "crm_regulations.published_is_fixed",
    "crm_segmentation.history_is_frozen", "crm_regulations.use_buttons",
)  # fmt: skip
WRITTEN_BY_THE_ENGINE = {
    "crm.obligation": {"state": "done_on_time"},
    "crm.obligation.event": {"kind": "fulfilled"},
    "crm.excuse.request": {"state": "granted"},
    "crm.segment.membership": {"origin": "manual"},
    "crm.segment.movement": {"cause": "request"},
}
SET_UP_BY_THE_COORDINATOR = {
    "crm.segmentation": {"name": "Mine"},
    "crm.segment": {"name": "Mine"},
    "crm.segment.criterion": {"value_enter": 1},
    "crm.regulation": {"name": "Mine"},
    "crm.regulation.step": {"limit_value": 1},
    "crm.counterparty.type": {"name": "Mine"},
    "crm.interaction.type": {"name": "Mine"},
    "crm.metric": {"name": "Mine"},
}
INTEGRATION_MAY_NOT_CREATE = {
    "res.partner": {"name": "Made by the telephone exchange"},
    "crm.lead": {"name": "Made by the telephone exchange"},
    "sale.order": {"partner_id": 1},
    "crm.turnover.line": {"partner_id": 1, "amount": 1},
    "crm.segmentation": {"name": "Made by the telephone exchange"},
    "crm.regulation": {"name": "Made by the telephone exchange"},
    "crm.rollout": {"name": "Made by the telephone exchange"},
}


@pytest.fixture
def talk(person):
    """A request that the coordinator has logged, and what we owe because of it."""
    coordinator = person("coordinator")
    interaction_id = log(
        coordinator, "materials_request", new_client(coordinator), date=now()
    )
    return interaction_id, obligation(coordinator, interaction_id)["id"]


def first(client, model):
    """Some record of a model that the client sees."""
    return client.search(model, [], limit=1)[0]


@pytest.mark.parametrize("login", ["sales", "manager", "integration"])
def test_only_the_coordinator_sets_the_rules(person, refused, login):
    client = person(login)
    scheme = [published(client)]
    for method in (
        "action_publish",
        "classify",
        "preview",
        "action_archive_segmentation",
    ):
        with refused("crm_segmentation.coordinator_only"):
            client.call("crm.segmentation", method, scheme)
    regulation = client.search("crm.regulation", [("state", "=", "published")], limit=1)
    for method in ("action_submit", "action_publish", "action_retire"):
        with refused("crm_regulations.coordinator_only"):
            client.call("crm.regulation", method, regulation)
    with refused("crm_regulations.coordinator_only"):
        client.call(
            "crm.regulation", "start", regulation, record_ids=[1], external_ref="x"
        )


@pytest.mark.parametrize("login", ["sales", "integration"])
def test_only_a_manager_decides_by_hand(person, refused, talk, login):
    client = person(login)
    with refused("crm_segmentation.coordinator_only"):
        client.call(
            "crm.segmentation", "set_override", [published(client)],
            partner_id=1, segment_id=category(client, "A"), reason="A friend",
        )  # fmt: skip
    own = log(client, "materials_request", new_client(person("sales")), date=now())
    owed = obligation(client, own)["id"]
    for method in ("excuse", "cancel"):
        with refused("crm_regulations.manager_only"):
            client.call("crm.obligation", method, [owed], reason="I was ill")
    with refused("crm_regulations.manager_only"):
        client.call(
            "crm.obligation", "excuse_window",
            date_from="2026-01-01", date_to="2026-12-31", reason="I was ill",
        )  # fmt: skip
    assert client.read("crm.obligation", owed, "state")["state"] == "open"
    regulation = client.search("crm.regulation", [("state", "=", "published")], limit=1)
    with refused("crm_regulations.approver_only"):
        client.call("crm.regulation", "action_approve", regulation)


@pytest.mark.parametrize("login", ["sales", "manager", "coordinator", "integration"])
def test_nobody_writes_what_the_engine_writes(person, refused, login):
    client = person(login)
    for model, values in WRITTEN_BY_THE_ENGINE.items():
        record_id = first(client, model)
        with refused(*FROZEN):
            client.write(model, record_id, values)
        with refused("access"):
            client.create(model, values)
        with refused("access"):
            client.call(model, "unlink", [record_id])


@pytest.mark.parametrize("login", ["sales", "manager", "integration"])
def test_rules_are_read_only(person, refused, login):
    client = person(login)
    for model, values in SET_UP_BY_THE_COORDINATOR.items():
        record_id = first(client, model)
        with refused(*FROZEN):
            client.write(model, record_id, values)
        with refused("access"):
            client.create(model, values)
        with refused("access"):
            client.call(model, "unlink", [record_id])


def test_published_rule_is_frozen_for_the_coordinator_too(person, refused):
    coordinator = person("coordinator")
    for values in ({"spec": {}}, {"state": "draft"}, {"version": 7}):
        with refused("crm_segmentation.use_buttons"):
            coordinator.write("crm.segmentation", published(coordinator), values)
    domain = [("state", "=", "published")]
    regulation = coordinator.search("crm.regulation", domain, limit=1)[0]
    for values in ({"spec": {}}, {"state": "draft"}, {"version": 7}):
        with refused("crm_regulations.use_buttons"):
            coordinator.write("crm.regulation", regulation, values)
    for values in ({"name": "Other"}, {"company_id": 1}):
        with refused("crm_regulations.published_is_fixed"):
            coordinator.write("crm.regulation", regulation, values)
    step = coordinator.search(
        "crm.regulation.step", [("regulation_id", "=", regulation)]
    )[0]
    with refused("crm_regulations.published_is_fixed"):
        coordinator.write("crm.regulation.step", step, {"limit_value": 100})
    with refused("crm_regulations.published_is_fixed"):
        coordinator.call("crm.regulation", "unlink", [regulation])


def test_category_is_not_written_on_the_partner(person, refused):
    for login in ("sales", "coordinator"):
        client = person(login)
        values = {"own_segment_ids": [(6, 0, [category(client, "A")])]}
        with refused("crm_segmentation.category_is_computed"):
            client.write("res.partner", first(client, "res.partner"), values)
        with refused("crm_segmentation.category_is_computed"):
            client.create("res.partner", {"name": "X", **values})


def test_salesperson_sees_and_fulfils_own_promises_only(person, refused, talk):
    sales, (_talk_id, owed) = person("sales"), talk
    strange = [("user_id", "!=", sales.uid)]
    assert not sales.count("crm.obligation", strange)
    assert person("manager").count("crm.obligation", strange)
    for method, values in (
        ("fulfil", {}),
        ("pause", {"reason": "Not mine"}),
        ("resume", {}),
        ("explain", {}),
    ):
        with refused("access"):
            sales.call("crm.obligation", method, [owed], **values)
    events = [("obligation_id", "=", owed)]
    assert not sales.count("crm.obligation.event", events)
    assert person("manager").count("crm.obligation.event", events)


def test_integration_logs_and_reads(person, refused, talk):
    client, (_talk_id, owed) = person("integration"), talk
    partner_id = client.search("res.partner", [("segment_ids", "!=", False)], limit=1)[
        0
    ]
    assert client.read("res.partner", partner_id, "segment_ids")["segment_ids"]
    assert client.read("crm.obligation", owed, "state")["state"] == "open"
    assert client.call("crm.obligation", "explain", [owed])["state"] == "open"
    talk_id = log(client, "call", partner_id, external_ref=unique("call"))
    assert (
        client.read("crm.interaction", talk_id, "user_id")["user_id"][0] == client.uid
    )
    for method, values in (
        ("fulfil", {}),
        ("pause", {"reason": "Not mine"}),
        ("resume", {}),
    ):
        with refused("crm_regulations.not_yours"):
            client.call("crm.obligation", method, [owed], **values)


def test_integration_creates_nothing_else(person, refused):
    client = person("integration")
    for model, values in INTEGRATION_MAY_NOT_CREATE.items():
        with refused("access"):
            client.create(model, values)
    with refused("access"):
        client.write("res.partner", first(client, "res.partner"), {"name": "Mine"})
    for model in ("crm.lead", "sale.order", "account.move", "crm.turnover.line"):
        with refused("access"):
            client.search(model, [])


def test_unknown_caller_becomes_a_lead(person):
    """It is the only thing that the integration makes beside interactions."""
    phone = unique("+380 44")
    answer = person("integration").call(
        "crm.interaction", "log", values={"type": "call", "phone": phone},
        create_lead=True,
    )  # fmt: skip
    coordinator = person("coordinator")
    logged = coordinator.read("crm.interaction", answer["id"], "lead_id", "partner_id")
    assert logged["partner_id"] is False
    lead = coordinator.read("crm.lead", logged["lead_id"][0], "phone", "company_id")
    assert lead["phone"] == phone


def test_other_company_sees_nothing(person, talk):
    stranger, coordinator = person("coordinator2"), person("coordinator")
    company = coordinator.read("res.users", coordinator.uid, "company_id")["company_id"]
    assert (
        stranger.read("res.users", stranger.uid, "company_id")["company_id"] != company
    )
    for model in OUR_MODELS:
        assert coordinator.count(model), model
        fields = coordinator.call(model, "fields_get", attributes=["type"])
        domain = [("company_id", "!=", company[0])] if "company_id" in fields else []
        ours = coordinator.search(model, [])
        theirs = stranger.search(model, domain)
        assert not set(ours) & set(theirs), model


def test_other_company_cannot_touch_anything(person, refused, talk):
    stranger, coordinator = person("coordinator2"), person("coordinator")
    talk_id, owed = talk
    for model, record_id, method, values in (
        ("crm.segmentation", published(coordinator), "classify", {}),
        ("crm.segmentation", published(coordinator), "preview", {}),
        ("crm.segmentation", published(coordinator), "explain", {"partner_id": 1}),
        ("crm.segmentation", published(coordinator), "action_publish", {}),
        ("crm.obligation", owed, "explain", {}),
        ("crm.obligation", owed, "fulfil", {}),
        ("crm.obligation", owed, "excuse", {"reason": "Ours"}),
        ("crm.obligation", owed, "ask_excuse", {"reason": "Ours"}),
        ("crm.obligation", owed, "pause", {"reason": "Ours"}),
        ("crm.obligation", owed, "resume", {}),
        ("crm.obligation", owed, "cancel", {"reason": "Ours"}),
        ("crm.interaction", talk_id, "read", {"fields": ["name"]}),
        ("crm.interaction", talk_id, "write", {"vals": {"name": "x"}}),
        ("crm.interaction", talk_id, "message_post", {"body": "x"}),
        (
            "crm.rollout",
            first(coordinator, "crm.rollout"),
            "action_stop",
            {"reason": "x"},
        ),
    ):
        with refused("access"):
            stranger.call(model, method, [record_id], **values)
    company = coordinator.read("res.users", coordinator.uid, "company_id")["company_id"]
    theirs = new_client(coordinator, company_id=company[0])
    shared = new_client(coordinator)
    for wrong in (
        {"partner_id": theirs},
        {"partner_id": shared, "company_id": company[0]},
    ):
        with refused("crm_segmentation.interaction"):
            stranger.call("crm.interaction", "log", values={"type": "call", **wrong})


def test_excuse_of_another_company(person, talk):
    """A manager excuses a day in the own company only."""
    stranger, coordinator = person("coordinator2"), person("coordinator")
    names = "date_due", "state"
    owed = coordinator.read("crm.obligation", talk[1], *names)
    place = {"regulation_ids": coordinator.search("crm.regulation", [])}
    answer = stranger.call(
        "crm.obligation", "excuse_window",
        date_from=owed["date_due"], date_to=owed["date_due"], reason="A power cut",
        place=place,
    )  # fmt: skip
    assert answer == {"excused": 0}
    assert coordinator.read("crm.obligation", talk[1], *names) == owed


def test_same_reference_in_two_companies(person):
    """References are names of another system; each company has its own."""
    reference, ids = unique("call"), set()
    for login in ("coordinator", "coordinator2"):
        client = person(login)
        answer = client.call(
            "crm.interaction", "log",
            values={
                "type": "call", "partner_id": new_client(client),
                "external_ref": reference,
            },
        )  # fmt: skip
        assert answer["status"] == "created"
        ids.add(answer["id"])
    assert len(ids) == 2


def test_start_on_a_record_of_another_company(person, refused, talk):
    """Its name would otherwise be told to the other company."""
    stranger = person("coordinator2")
    draft = stranger.search("crm.regulation", [("code", "=", "materials_2h")])
    copy = stranger.call("crm.regulation", "copy", draft)
    # Nobody else of that company could approve it but the administrator.
    put_into_force(person, copy[0], "coordinator2", "admin")
    with refused("crm_regulations.start"):
        stranger.call(
            "crm.regulation", "start", copy,
            record_ids=[talk[0]], external_ref=unique("start"),
        )  # fmt: skip
    stranger.call("crm.regulation", "action_retire", copy)


def test_private_methods_are_private(person, refused):
    """Odoo refuses what begins with an underscore; nothing of ours has another name."""
    admin = person("admin")
    for model, method in (
        ("crm.segmentation", "_classify"),
        ("crm.obligation", "_sweep_batch"),
        ("crm.obligation", "_close"),
        ("crm.regulation", "_compile"),
        ("crm.rollout", "_unguarded"),
    ):
        with refused("access"):
            admin.call(model, method, [])
