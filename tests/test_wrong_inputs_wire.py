"""What a program gets wrong: each time a refusal with a code, and nothing written.

The clients of ``clients.py`` fail by themselves on a traceback, on words of programs
and on an answer without a clear status.
"""

import pytest

from clients import fits_the_wire
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

NOT_AN_ID = ("x", -1, 0, 2_000_000_000, 1.5, True, [1], {"id": 1}, "\x00", "", [])
NOT_WORDS = (5, 1.5, True, ["why"], {"why": 1}, "", "   ", False)
NOT_A_DATE = ("soon", "2026-13-01", "2001-01-01", 5, ["2026-01-01"], {"a": 1}, "\x00")
NOT_A_LIST_OF_IDS = (
    5,
    "x",
    [["x"]],
    ["x"],
    [0],
    [2_000_000_000],
    {"a": 1},
    True,
    [True],
)


@pytest.fixture
def coordinator(person):
    return person("coordinator")


@pytest.fixture
def client_id(coordinator):
    """A customer whom the segmentation in force covers."""
    partner_id = new_client(coordinator)
    coordinator.call("crm.segmentation", "classify", [published(coordinator)])
    return partner_id


@pytest.fixture
def override(coordinator, client_id):
    """The values of a category set by hand as they should be."""
    return {
        "partner_id": client_id,
        "segment_id": category(coordinator, "C"),
        "reason": "Pays late",
    }


@pytest.fixture
def talk_id(coordinator, client_id):
    """A request of this moment."""
    return log(coordinator, "materials_request", client_id, date=now())


@pytest.fixture
def owed_id(coordinator, talk_id):
    """What we owe because of it."""
    return obligation(coordinator, talk_id)["id"]


def test_override(coordinator, override, wrong):
    call = (coordinator, "crm.segmentation", "set_override", [published(coordinator)])
    strange = coordinator.search(
        "crm.segment", [("segmentation_id.code", "=", "method_example")]
    )
    no_partner, refusal = "crm_segmentation.no_partner", "crm_segmentation.override"
    wrong(*call, override, "partner_id", NOT_AN_ID, no_partner)
    wrong(*call, override, "segment_id", (*NOT_AN_ID, strange[0]), refusal)
    wrong(*call, override, "reason", NOT_WORDS, refusal)
    wrong(*call, override, "until", NOT_A_DATE, refusal)


def test_explain(coordinator, wrong):
    wrong(
        coordinator, "crm.segmentation", "explain", [published(coordinator)], {},
        "partner_id", NOT_AN_ID, "crm_segmentation.no_partner",
    )  # fmt: skip


def test_explain_of_somebody_who_is_not_covered(coordinator, refused, writes_nothing):
    competitor = coordinator.search(
        "res.partner", [("counterparty_type_ids.code", "=", "competitor")]
    )[0]
    with refused("crm_segmentation.not_covered"):
        coordinator.call(
            "crm.segmentation", "explain", [published(coordinator)],
            partner_id=competitor,
        )  # fmt: skip


@pytest.mark.parametrize("method", ["classify", "explain", "set_override"])
def test_segmentation_that_is_a_draft(
    coordinator, override, refused, method, writes_nothing
):
    draft = coordinator.search(
        "crm.segmentation", [("code", "=", "method_example"), ("state", "=", "draft")]
    )
    values = {"classify": {}, "explain": {"partner_id": override["partner_id"]}}
    with refused("crm_segmentation.not_published"):
        coordinator.call(
            "crm.segmentation", method, draft, **values.get(method, override)
        )


@pytest.mark.parametrize("method", ["action_publish", "preview"])
def test_segmentation_that_is_not_complete(coordinator, refused, method):
    empty = coordinator.create("crm.segmentation", {"name": unique("Empty")})
    with refused("crm_segmentation.incomplete"):
        coordinator.call("crm.segmentation", method, [empty])
    coordinator.call("crm.segmentation", "unlink", [empty])


@pytest.mark.parametrize(
    ("name", "bad"),
    [
        ("type", ("no_such", 5, ["call"], {"a": 1}, "\x00", "")),
        ("type_id", NOT_AN_ID),
        ("partner_id", [bad for bad in NOT_AN_ID if bad != ""]),
        ("lead_id", [bad for bad in NOT_AN_ID if bad != ""]),
        ("user_id", [bad for bad in NOT_AN_ID if bad != ""]),
        ("company_id", [bad for bad in NOT_AN_ID if bad != ""]),
        ("duration", ("long", -1, [5], {"a": 1}, True, 1e300, 1e12)),
        ("direction", ("up", 5, ["in"], True)),
        ("external_ref", (5, ["a"], {"a": 1}, True, "\x00")),
        ("name", (5, ["a"], {"a": 1}, True, "\x00")),
        ("note", (5, ["a"], {"a": 1}, "\x00")),
        ("phone", (380, ["a"])),
        ("email", (5, ["a"])),
        (
            "date",
            (
                "yesterday", "2026-02-30 10:00:00", "2026-05-04T25:00:00", 5, ["x"],
                "0001-01-01T00:00:00+03:00", "9999-12-31T23:59:59-03:00", "\x00",
            ),
        ),
        ("no_such_key", (1,)),
    ],
)  # fmt: skip
def test_log(person, client_id, wrong, refused, name, bad):
    """The integration's front door: no value may get through or break it."""
    client = person("integration")
    values = {"type": "materials_request", "partner_id": client_id, "duration": 5}
    if name == "type_id":
        values.pop("type")
    call = (client, "crm.interaction", "log", None)
    for value in bad:
        row = {**values, name: value}
        code = "crm_segmentation.interaction"
        wrong(*call, {}, "values", (row,), code)
        if fits_the_wire(client, value):
            answer = client.call("crm.interaction", "log_many", rows=[row])
            assert answer[0]["error"].startswith(f"{code}: "), value


def test_log_of_no_dictionary(person, wrong):
    client, code = person("integration"), "crm_segmentation.interaction"
    call = (client, "crm.interaction")
    wrong(
        *call, "log", None, {}, "values", (5, "x", [], [["type", "call"]], True), code
    )
    wrong(*call, "log_many", None, {}, "rows", (5, "x", {"type": "call"}, True), code)


def test_words_about_a_promise(coordinator, owed_id, wrong):
    words = [bad for bad in NOT_WORDS if bad not in ("", "   ", False)]
    call, code = (coordinator, "crm.obligation"), "crm_regulations."
    wrong(*call, "fulfil", [owed_id], {}, "note", (*words, "\x00"), f"{code}note")
    reasons = (*NOT_WORDS, None, "\x00")
    for method in ("excuse", "ask_excuse", "pause", "cancel"):
        wrong(*call, method, [owed_id], {}, "reason", reasons, f"{code}reason")
    values, instants = {"reason": "Power cut"}, (*NOT_A_DATE, True, 1.5)
    for method in ("excuse", "ask_excuse"):
        wrong(*call, method, [owed_id], values, "until", instants, f"{code}until")
    assert coordinator.read("crm.obligation", owed_id, "state")["state"] == "open"


def test_answer_to_who_asks_to_be_excused(coordinator, owed_id, wrong, refused):
    coordinator.call("crm.obligation", "ask_excuse", [owed_id], reason="Power cut")
    domain = [("obligation_id", "=", owed_id)]
    (asked,) = coordinator.search("crm.excuse.request", domain)
    call, code = (coordinator, "crm.excuse.request"), "crm_regulations."
    reasons = (*NOT_WORDS, None, "\x00")
    wrong(*call, "decline", [asked], {}, "reason", reasons, f"{code}reason")
    instants = (*NOT_A_DATE, True, 1.5)
    wrong(*call, "grant", [asked], {}, "until", instants, f"{code}until")
    assert coordinator.call(call[1], "decline", [asked], reason="No") is True
    for method, values in (
        ("grant", {}),
        ("decline", {"reason": "x"}),
        ("withdraw", {}),
    ):
        with refused("crm_regulations.ask_answered"):
            coordinator.call(call[1], method, [asked], **values)


def test_promise_that_is_closed(coordinator, owed_id, refused):
    coordinator.call("crm.obligation", "excuse", [owed_id], reason="Power cut")
    reason = {"reason": "Again"}
    for method, values in (
        ("fulfil", {}),
        ("excuse", reason),
        ("excuse", {**reason, "until": "2099-01-01 10:00:00"}),
        ("ask_excuse", reason),
        ("pause", reason),
        ("resume", {}),
        ("cancel", reason),
    ):
        with refused("crm_regulations.step_closed"):
            coordinator.call("crm.obligation", method, [owed_id], **values)


def test_clock_that_cannot_stop_or_go_on(coordinator, client_id, owed_id, refused):
    with refused("crm_regulations.not_paused"):
        coordinator.call("crm.obligation", "resume", [owed_id])
    why = {"reason": "The customer thinks"}
    coordinator.call("crm.obligation", "pause", [owed_id], **why)
    with refused("crm_regulations.paused"):
        coordinator.call("crm.obligation", "pause", [owed_id], **why)
    long_ago = "2026-03-11T10:00:00+02:00"
    talk = log(coordinator, "materials_request", client_id, date=long_ago)
    late = obligation(coordinator, talk)["id"]
    # Also before the clock has noticed that it is overdue.
    with refused("crm_regulations.overdue"):
        coordinator.call("crm.obligation", "pause", [late], **why)


@pytest.mark.parametrize(
    ("name", "bad"),
    [
        ("date_from", (*NOT_A_DATE, None, False, True, "2030-01-01 00:00:00")),
        ("date_to", (*NOT_A_DATE, None, False, True)),
        ("place", (0, 5, "", "x", [], ["x"], True, {"no_such": [1]}, {"": []})),
        ("place", [{"territory_ids": bad} for bad in ("x", ["x"], [0], [True], 5)]),
        ("place", [{"regulation_ids": bad} for bad in ("x", [[1]], [-1], {"a": 1})]),
    ],
)
def test_excuse_window(coordinator, owed_id, wrong, name, bad):
    """A time and a place that nobody can mean excuses nothing."""
    values = {
        "date_from": "2026-01-05 08:00:00",
        "date_to": "2026-01-05 17:00:00",
        "reason": "Power cut",
    }
    call = (coordinator, "crm.obligation", "excuse_window", None, values)
    if name == "date_from":
        bad = [value for value in bad if value != "2001-01-01"]
    if name == "date_to":
        bad = [value for value in bad if value != "2026-01-01"]
    wrong(*call, name, bad, "crm_regulations.window")


def test_excuse_window_without_a_reason(coordinator, owed_id, wrong):
    values = {"date_from": "2026-01-05 08:00:00", "date_to": "2026-01-05 17:00:00"}
    call = (coordinator, "crm.obligation", "excuse_window", None, values)
    wrong(*call, "reason", (*NOT_WORDS, None, "\x00"), "crm_regulations.reason")


def test_regulation_in_the_wrong_state(coordinator, refused, writes_nothing):
    [in_force] = coordinator.search(
        "crm.regulation", [("code", "=", "materials_2h"), ("state", "=", "published")]
    )
    for method in ("action_submit", "action_approve", "action_publish"):
        with refused("crm_regulations.wrong_state"):
            coordinator.call("crm.regulation", method, [in_force])
    draft = coordinator.create("crm.regulation", {"name": unique("Draft")})
    for method in ("action_submit", "action_publish"):
        with refused("crm_regulations.incomplete"):
            coordinator.call("crm.regulation", method, [draft])
    for method in ("action_approve", "action_retire"):
        with refused("crm_regulations.wrong_state"):
            coordinator.call("crm.regulation", method, [draft])
    coordinator.call("crm.regulation", "unlink", [draft])


def test_regulation_publish(coordinator, wrong):
    draft = coordinator.create("crm.regulation", {"name": unique("Draft")})
    wrong(
        coordinator, "crm.regulation", "action_publish", [draft], {},
        "open_obligations", ("drop", 5, ["keep"], {"a": 1}, True, "", False),
        "crm_regulations.open_obligations",
    )  # fmt: skip
    coordinator.call("crm.regulation", "unlink", [draft])


def test_regulation_start(coordinator, talk_id, wrong):
    in_force = coordinator.search(
        "crm.regulation", [("code", "=", "materials_2h"), ("state", "=", "published")]
    )
    call = (coordinator, "crm.regulation", "start", in_force)
    values = {"record_ids": [talk_id], "external_ref": unique("start")}
    code = "crm_regulations.start"
    wrong(*call, values, "record_ids", (*NOT_A_LIST_OF_IDS, None, [2**40]), code)
    references = (*NOT_WORDS, None, "\x00", "x" * 300)
    wrong(*call, values, "external_ref", references, code)


@pytest.mark.parametrize("state", ["draft", "retired"])
def test_start_of_what_is_not_in_force(person, coordinator, talk_id, refused, state):
    [in_force] = coordinator.search(
        "crm.regulation", [("code", "=", "materials_2h"), ("state", "=", "published")]
    )
    [copy] = coordinator.call("crm.regulation", "copy", [in_force])
    if state == "retired":
        put_into_force(person, copy)
        coordinator.call("crm.regulation", "action_retire", [copy])
    with refused("crm_regulations.wrong_state"):
        coordinator.call(
            "crm.regulation", "start", [copy],
            record_ids=[talk_id], external_ref=unique("start"),
        )  # fmt: skip


def test_rollout_from_template(person, coordinator, wrong):
    [template] = coordinator.search("crm.rollout.template", [], limit=1, order="id")
    sponsor = person("manager").uid
    call = (coordinator, "crm.rollout", "create_from_template", None)
    values = {"template_id": template, "values": {"sponsor_id": sponsor}}
    code = "crm_project_rollout."
    wrong(*call, values, "template_id", NOT_AN_ID, f"{code}unknown_template")
    wrong(*call, values, "values", (5, "x", ["x"], True), f"{code}wrong_value")
    for name, bad, reason in (
        ("sponsor_id", [b for b in NOT_AN_ID if b], "unknown_user"),
        ("sponsor_id", (0, "", []), "sponsor_missing"),
        ("coordinator_id", [b for b in NOT_AN_ID if b], "unknown_user"),
        ("company_id", [b for b in NOT_AN_ID if b], "unknown_company"),
        ("project_id", [b for b in NOT_AN_ID if b], "unknown_project"),
        ("name", (5, ["a"], {"a": 1}, "\x00"), "wrong_value"),
        ("state", ("done",), "unknown_values"),
    ):
        rows = [{"sponsor_id": sponsor, name: value} for value in bad]
        wrong(*call, values, "values", rows, f"{code}{reason}")


def test_decision(person, coordinator, wrong):
    [template] = coordinator.search("crm.rollout.template", [], limit=1, order="id")
    sponsor = person("manager")
    rollout = coordinator.call(
        "crm.rollout", "create_from_template",
        template_id=template, values={"sponsor_id": sponsor.uid, "name": unique("CRM")},
    )  # fmt: skip
    stage = coordinator.read("crm.rollout", rollout, "stage_id")["stage_id"][0]
    call = (sponsor, "crm.rollout.stage", "decide", [stage])
    values = {
        "decision": "conditional",
        "reason": "So",
        "conditions": ["Name a deputy"],
    }
    code = "crm_project_rollout."
    decisions = ("maybe", 5, ["go"], {"a": 1}, True, "", False)
    wrong(*call, values, "decision", decisions, f"{code}unknown_decision")
    wrong(*call, values, "reason", NOT_WORDS, f"{code}reason_missing")
    conditions = (5, "x", [5], [""], [{"name": 5}], [{"nam": "x"}], True, [["x"]])
    wrong(*call, values, "conditions", conditions, f"{code}wrong_condition")
    wrong(*call, values, "conditions", ([], ()), f"{code}conditions_missing")
    users = [[{"name": "x", "user_id": bad}] for bad in NOT_AN_ID if bad]
    wrong(*call, values, "conditions", users, f"{code}unknown_user")
    dates = [[{"name": "x", "date": bad}] for bad in ("soon", 5, ["x"])]
    wrong(*call, values, "conditions", dates, f"{code}wrong_condition")
    past = ([{"name": "x", "date": "2001-01-01"}],)
    wrong(*call, values, "conditions", past, f"{code}condition_in_the_past")
    wrong(
        *call,
        {"decision": "go", "reason": "So"},
        "decision",
        ("go",),
        f"{code}criteria_unmet",
    )


@pytest.mark.parametrize(
    ("model", "method", "values"),
    [
        ("crm.segmentation", "preview", {}),
        ("crm.segmentation", "explain", {"partner_id": 1}),
        (
            "crm.segmentation",
            "set_override",
            {"partner_id": 1, "segment_id": 1, "reason": "x"},
        ),
        ("crm.regulation", "start", {"record_ids": [], "external_ref": "x"}),
        ("crm.obligation", "explain", {}),
        ("crm.rollout.stage", "decide", {"decision": "go", "reason": "x"}),
    ],
)
@pytest.mark.parametrize("ids", [[], [2_000_000_000]])
def test_on_no_record(coordinator, model, method, values, ids, refused, writes_nothing):
    """On nothing, which we refuse, or on what does not exist, which Odoo does."""
    addon = {
        "crm.segmentation": "crm_segmentation",
        "crm.rollout.stage": "crm_project_rollout",
    }
    none = f"{addon.get(model, 'crm_regulations')}.one_record"
    with refused("missing" if ids else none):
        coordinator.call(model, method, ids, **values)
