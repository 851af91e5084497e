"""A CRM project from its template to the second stage, as a program outside sees it."""

import shutil
from datetime import UTC, datetime

import pytest

from company import unique


@pytest.fixture
def coordinator(person):
    return person("coordinator")


@pytest.fixture
def sponsor(person):
    return person("manager")


@pytest.fixture
def rollout(coordinator, sponsor):
    """A CRM project that has just begun; returns its id."""
    [template] = coordinator.search("crm.rollout.template", [], limit=1, order="id")
    rollout_id = coordinator.call(
        "crm.rollout", "create_from_template",
        template_id=template,
        values={"name": unique("CRM"), "sponsor_id": sponsor.uid},
    )  # fmt: skip
    assert isinstance(rollout_id, int)
    return rollout_id


def open_stage(client, rollout_id):
    """Id and number of the stage that is being worked on."""
    stage = client.read("crm.rollout", rollout_id, "stage_id")["stage_id"][0]
    return stage, client.read("crm.rollout.stage", stage, "number")["number"]


def meet_the_gate(coordinator, sponsor, stage_id):
    """Answer the questions, confirm and approve what the gate asks for."""
    at_stage = [("stage_id", "=", stage_id)]
    stage = coordinator.read("crm.rollout.stage", stage_id, "rollout_id", "number")
    if stage["number"] == 1:
        agree_on_the_need(coordinator, sponsor, stage["rollout_id"][0])
    else:
        name_the_team(coordinator, sponsor, stage["rollout_id"][0])
    for question in coordinator.search("crm.rollout.question", at_stage):
        coordinator.write("crm.rollout.question", question, {"answer": "We know."})
    for line in coordinator.find("crm.rollout.criterion", at_stage, "kind"):
        if line["kind"] == "tick":
            coordinator.write("crm.rollout.criterion", line["id"], {"ticked": True})
        elif line["kind"] == "document":
            paper = {"document": "cGFwZXI=", "document_name": "paper.txt"}
            coordinator.write("crm.rollout.criterion", line["id"], paper)
            sponsor.call("crm.rollout.criterion", "action_approve", [line["id"]])


def agree_on_the_need(coordinator, sponsor, rollout):
    """Three problems about customers, and the sponsor's word on fit."""
    for number in range(3):
        coordinator.create(
            "crm.rollout.problem",
            {
                "rollout_id": rollout,
                "name": f"Request {number} got lost",
                "owner_id": coordinator.uid,
                "about_customers": "yes",
            },
        )
    decision = {"decision": "is_crm", "reason": "Customers notice"}
    assert sponsor.call("crm.rollout", "decide_fit", [rollout], **decision)
    assert coordinator.call("crm.rollout", "fit_result", [rollout])["decision"]


def name_the_team(coordinator, sponsor, rollout):
    """A goal, a deputy, a department with its expert, a well attended opening."""
    own = {"rollout_id": rollout}
    [kpi] = coordinator.search("crm.rollout.kpi", [("code", "=", "turnover")])
    goal = {"kpi_id": kpi, "name": "More turnover", "user_id": sponsor.uid}
    figures = {"baseline": 100, "target": 120, "date": "2099-12-31"}
    coordinator.create("crm.rollout.goal", {**own, **goal, **figures})
    [deputy] = coordinator.search(
        "crm.rollout.member", [("rollout_id", "=", rollout), ("role", "=", "deputy")]
    )
    coordinator.write("crm.rollout.member", deputy, {"user_id": sponsor.uid})
    [department] = coordinator.search("hr.department", [], limit=1)
    coordinator.create("crm.rollout.department", {**own, "department_id": department})
    expert = {"role": "expert", "user_id": sponsor.uid, "hours_planned": 8}
    coordinator.create(
        "crm.rollout.member", {**own, **expert, "department_id": department}
    )
    now = datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S")
    meeting = coordinator.create(
        "crm.rollout.kickoff", {**own, "date_start": now, "speaker_id": sponsor.uid}
    )
    assert coordinator.call("crm.rollout.kickoff", "action_invite_scope", [meeting])
    for person in coordinator.search(
        "crm.rollout.kickoff.attendee", [("kickoff_id", "=", meeting)]
    ):
        coordinator.write("crm.rollout.kickoff.attendee", person, {"attended": True})


def test_seven_stages_and_a_project(coordinator, rollout):
    made = coordinator.read("crm.rollout", rollout, "state", "project_id", "company_id")
    assert made["state"] == "running" and made["project_id"]
    stages = coordinator.find(
        "crm.rollout.stage", [("rollout_id", "=", rollout)], "number", "state"
    )
    assert {row["number"]: row["state"] for row in stages} == {
        1: "open", **dict.fromkeys(range(2, 8), "pending"),
    }  # fmt: skip
    tasks = [("project_id", "=", made["project_id"][0])]
    assert coordinator.count("project.task", tasks) == 7


def test_gate_opens_when_its_criteria_hold(coordinator, sponsor, rollout, refused):
    stage_id, number = open_stage(coordinator, rollout)
    assert number == 1
    go = {"decision": "go", "reason": "Requests get lost"}
    with refused("crm_project_rollout.criteria_unmet"):
        sponsor.call("crm.rollout.stage", "decide", [stage_id], **go)
    meet_the_gate(coordinator, sponsor, stage_id)
    decision = sponsor.call("crm.rollout.stage", "decide", [stage_id], **go)
    written = sponsor.read("crm.rollout.decision", decision, "decision", "user_id")
    assert (written["decision"], written["user_id"][0]) == ("go", sponsor.uid)
    assert open_stage(coordinator, rollout)[1] == 2
    with refused("crm_project_rollout.stage_not_open"):
        sponsor.call("crm.rollout.stage", "decide", [stage_id], **go)


@pytest.mark.parametrize("login", ["coordinator", "sales", "admin"])
def test_who_decides(person, rollout, refused, login):
    """The sponsor does, and the administrator may; nobody else."""
    stage_id, _number = open_stage(person("coordinator"), rollout)
    hold = {"decision": "hold", "reason": "Not now"}
    if login == "admin":
        assert person(login).call("crm.rollout.stage", "decide", [stage_id], **hold)
    else:
        with refused("crm_project_rollout.not_decider"):
            person(login).call("crm.rollout.stage", "decide", [stage_id], **hold)


def test_conditions_must_be_closed_before_the_next_gate(
    coordinator, sponsor, rollout, refused
):
    stage_id, _number = open_stage(coordinator, rollout)
    sponsor.call(
        "crm.rollout.stage", "decide", [stage_id],
        decision="conditional", reason="Nearly", conditions=["Name a deputy"],
    )  # fmt: skip
    second, number = open_stage(coordinator, rollout)
    assert number == 2
    meet_the_gate(coordinator, sponsor, second)
    go = {"decision": "go", "reason": "All is there"}
    with refused("crm_project_rollout.conditions_open"):
        sponsor.call("crm.rollout.stage", "decide", [second], **go)
    [condition] = coordinator.search(
        "crm.rollout.condition", [("rollout_id", "=", rollout)]
    )
    assert (
        coordinator.call("crm.rollout.condition", "action_close", [condition]) is True
    )
    sponsor.call("crm.rollout.stage", "decide", [second], **go)
    assert open_stage(coordinator, rollout)[1] == 3


def test_no_stage_is_skipped_and_no_decision_edited(
    coordinator, sponsor, rollout, refused
):
    stage_id, _number = open_stage(coordinator, rollout)
    last = [("rollout_id", "=", rollout), ("number", "=", 7)]
    [seventh] = coordinator.search("crm.rollout.stage", last)
    with refused("crm_project_rollout.stage_not_open"):
        sponsor.call(
            "crm.rollout.stage", "decide", [seventh], decision="stop", reason="Jump"
        )
    for model, record_id, values in (
        ("crm.rollout.stage", seventh, {"state": "open"}),
        ("crm.rollout", rollout, {"stage_id": seventh}),
        ("crm.rollout", rollout, {"state": "done"}),
        ("crm.rollout", rollout, {"sponsor_id": coordinator.uid}),
    ):
        with refused("access"):
            coordinator.write(model, record_id, values)
    decision = sponsor.call(
        "crm.rollout.stage", "decide", [stage_id], decision="hold", reason="Not now"
    )
    for client in (coordinator, sponsor):
        with refused("access"):
            client.write("crm.rollout.decision", decision, {"reason": "Other"})
        with refused("access"):
            client.call("crm.rollout.decision", "unlink", [decision])


def test_salesperson_starts_no_project(person, refused):
    sales = person("sales")
    template = sales.search("crm.rollout.template", [], limit=1)[0]
    values = {"sponsor_id": sales.uid}
    with refused("access"):
        sales.call(
            "crm.rollout", "create_from_template", template_id=template, values=values
        )


def test_papers_find_their_styles_on_any_port(served):
    """Also before an administrator has logged in, who would tell Odoo its address."""
    address = served.json_2("admin").one(
        "ir.config_parameter", [("key", "=", "report.url")], "value"
    )
    assert address["value"] == served.url
    if not shutil.which("wkhtmltopdf"):
        return  # Nothing makes PDFs here.
    [rollout] = served.json_2("coordinator").search("crm.rollout", [], limit=1)
    report = "crm_project_rollout.report_rollout_charter"
    paper = served.browser("coordinator")(f"/report/pdf/{report}/{rollout}")
    assert paper.startswith(b"%PDF")
    assert "network error" not in served.log.read_text()
