"""From an interaction to a promise, kept or not, as a program outside sees it."""

import base64
import threading

import pytest

from company import (
    WorkingHours,
    later,
    log,
    new_client,
    now,
    obligation,
    type_id,
    unique,
    utc,
)

# Fixed instants, so that every run sees the same: each is in the past of any run.
STARTS = (
    "2026-03-11T10:00:00+02:00",  # Wednesday; the lunch hour is not worked
    "2026-03-11T11:59:58+02:00",  # two seconds before lunch
    "2026-03-11 15:30:07",  # without an offset it is UTC: after work in Kyiv
    "2026-03-27T16:50:37+02:00",  # Friday; the clocks go forward on Sunday
    "2026-03-28T23:59:59Z",  # the night in which they do
    "2026-10-23T15:00:01+03:00",  # Friday; the clocks go back on Sunday
)


@pytest.fixture
def sales(person):
    return person("sales")


@pytest.fixture
def client_id(sales):
    """A client whom the salesperson looks after."""
    return new_client(sales, email="clinic@example.com")


def step_of(client, code):
    """The only step of a regulation in force."""
    domain = [
        ("regulation_id.code", "=", code),
        ("regulation_id.state", "=", "published"),
    ]
    names = ("limit_value", "limit_unit", "calendar_kind", "warn_percent")
    return client.one("crm.regulation.step", domain, *names)


def attach(client, name):
    """A file that a message will carry, as the client program uploads it."""
    values = {
        "name": name,
        "datas": base64.b64encode(b"All our prices").decode(),
        "res_model": "mail.compose.message",
        "res_id": 0,
    }
    return client.create("ir.attachment", values)


def post(client, partner_id, **values):
    """A message to a customer on the customer's page."""
    return client.call(
        "res.partner", "message_post", [partner_id],
        body="Good day!", partner_ids=[partner_id], subtype_xmlid="mail.mt_comment",
        message_type="comment",
        **values,
    )  # fmt: skip


def test_materials_are_due_two_hours_after_the_talk(sales, client_id):
    step = step_of(sales, "materials_2h")
    assert (step["limit_value"], step["limit_unit"]) == (2, "hour")
    talk = log(
        sales, "materials_request", client_id,
        date="2026-03-27T23:10:37+02:00", duration=15, direction="in",
    )  # fmt: skip
    assert sales.read("crm.interaction", talk, "date")["date"] == "2026-03-27 21:10:37"
    owed = obligation(
        sales, talk, "date_start", "date_warn", "date_due", "state", "user_id",
        "lead_id", "partner_id", "evidence_grade",
    )  # fmt: skip
    assert owed["date_start"] == "2026-03-27 21:25:37"
    assert owed["date_due"] == "2026-03-27 23:25:37"
    assert owed["date_warn"] == later(owed["date_start"], hours=1.5)
    assert owed["user_id"][0] == sales.uid
    assert owed["partner_id"][0] == client_id
    assert owed["lead_id"] is False
    assert (owed["state"], owed["evidence_grade"]) == ("open", "none")


@pytest.mark.parametrize("start", STARTS)
def test_service_answers_in_working_hours(sales, client_id, start):
    step = step_of(sales, "service_4wh")
    assert (step["limit_unit"], step["calendar_kind"]) == ("work_hour", "company")
    talk = log(sales, "service_request", client_id, date=start)
    owed = obligation(sales, talk, "date_start", "date_due", "date_warn", "company_id")
    hours = WorkingHours(sales, owed["company_id"][0])
    assert owed["date_start"] == utc(start)
    due = hours.after(owed["date_start"], step["limit_value"])
    warn_after = step["limit_value"] * step["warn_percent"] / 100
    assert owed["date_due"] == due
    assert owed["date_warn"] == hours.after(owed["date_start"], warn_after)


def test_only_what_the_regulation_wants_is_promised(sales, client_id):
    talk = log(sales, "call", client_id)
    assert not sales.count("crm.obligation", [("res_id", "=", talk)])


def test_same_reference_is_the_same_interaction(sales, client_id):
    values = {
        "type": "materials_request",
        "partner_id": client_id,
        "date": now(),
        "external_ref": unique("call"),
    }
    first = sales.call("crm.interaction", "log", values=values)
    assert first["status"] == "created"
    again = sales.call("crm.interaction", "log", values=values)
    assert again == {"id": first["id"], "status": "unchanged"}
    changed = {**values, "note": "Wants it today"}
    more = sales.call("crm.interaction", "log", values=changed)
    assert more == {"id": first["id"], "status": "updated"}
    assert (
        sales.read("crm.interaction", first["id"], "note")["note"] == "Wants it today"
    )
    obligation(sales, first["id"])


def test_same_reference_at_the_same_moment(served, person, client_id):
    """A telephone exchange that reports a call twice: both are told the same id."""
    logged = []
    reference = unique("call")
    values = {"type": "materials_request", "partner_id": client_id}

    def report():
        client = served.json_2("integration")
        logged.append(
            client.call(
                "crm.interaction", "log", values={**values, "external_ref": reference}
            )
        )

    threads = [threading.Thread(target=report) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(logged) == 4
    assert len({answer["id"] for answer in logged}) == 1
    assert sorted(answer["status"] for answer in logged)[0] == "created"
    assert [answer["status"] for answer in logged].count("created") == 1
    obligation(person("coordinator"), logged[0]["id"])


def test_letter_with_the_file_keeps_the_promise(served, sales, client_id):
    talk = log(sales, "materials_request", client_id, date=now())
    subject = unique("Prices")
    post(
        sales, client_id, subject=subject, attachment_ids=[attach(sales, "prices.txt")]
    )
    owed = obligation(
        sales,
        talk,
        "state",
        "date_done",
        "date_due",
        "evidence_grade",
        "evidence_model",
    )
    assert owed["state"] == "done_on_time"
    assert owed["date_done"] <= owed["date_due"]
    assert owed["evidence_grade"] == "system"
    assert owed["evidence_model"] == "mail.message"
    assert served.mail.letters_with(subject)


def test_letter_that_comes_too_late(sales, client_id):
    talk = log(sales, "materials_request", client_id, date="2026-03-11T10:00:00+02:00")
    post(sales, client_id, attachment_ids=[attach(sales, "prices.txt")])
    owed = obligation(sales, talk, "state", "evidence_grade")
    assert (owed["state"], owed["evidence_grade"]) == ("done_late", "system")


def test_letter_without_the_file_keeps_nothing(sales, client_id):
    talk = log(sales, "materials_request", client_id, date=now())
    post(sales, client_id)
    assert obligation(sales, talk, "state")["state"] == "open"


def test_note_among_ourselves_keeps_nothing(sales, client_id):
    talk = log(sales, "materials_request", client_id, date=now())
    sales.call(
        "res.partner", "message_post", [client_id], body="Prices are attached.",
        subtype_xmlid="mail.mt_note", attachment_ids=[attach(sales, "prices.txt")],
    )  # fmt: skip
    assert obligation(sales, talk, "state")["state"] == "open"


def test_letter_to_somebody_else_keeps_nothing(sales, client_id):
    talk = log(sales, "materials_request", client_id, date=now())
    post(sales, new_client(sales), attachment_ids=[attach(sales, "prices.txt")])
    assert obligation(sales, talk, "state")["state"] == "open"


def test_word_of_the_responsible_person(sales, client_id, refused):
    talk = log(sales, "materials_request", client_id, date=now())
    owed = obligation(sales, talk)["id"]
    assert sales.call("crm.obligation", "fulfil", [owed], note="Handed over") is True
    done = sales.read("crm.obligation", owed, "state", "evidence_grade", "note")
    assert done["state"] == "done_on_time"
    assert (done["evidence_grade"], done["note"]) == ("attested", "Handed over")
    with refused("crm_regulations.step_closed"):
        sales.call("crm.obligation", "fulfil", [owed], note="Again")


def test_explanation_names_every_instant(sales, client_id):
    start = "2026-03-11T10:00:00+02:00"
    talk = log(sales, "materials_request", client_id, date=start)
    answer = sales.call("crm.obligation", "explain", [obligation(sales, talk)["id"]])
    assert answer["date_start"] == "2026-03-11 08:00:00"
    assert answer["date_due"] == "2026-03-11 10:00:00"
    assert answer["date_done"] is False
    assert answer["version"] == 1
    assert [event["kind"] for event in answer["log"]] == ["opened"]


def test_finishing_the_activity_keeps_the_promise(sales, client_id):
    talk = log(sales, "materials_request", client_id, date=now())
    owed = obligation(sales, talk)["id"]
    todo = sales.one("mail.activity", [("obligation_id", "=", owed)], "user_id")
    assert todo["user_id"][0] == sales.uid
    sales.call("mail.activity", "action_feedback", [todo["id"]], feedback="Sent by fax")
    assert sales.read("crm.obligation", owed, "state")["state"] == "done_on_time"


def test_clock_marks_what_is_overdue(person, sales, client_id):
    admin = person("admin")
    talk = log(sales, "materials_request", client_id, date="2026-03-11T10:00:00+02:00")
    cron = admin.one(
        "ir.model.data",
        [("module", "=", "crm_regulations"), ("name", "=", "ir_cron_sweep")],
        "res_id",
    )
    admin.call("ir.cron", "method_direct_trigger", [cron["res_id"]])
    owed = obligation(sales, talk, "state", "date_breach", "date_due")
    assert owed["state"] == "breached"
    assert owed["date_breach"] == owed["date_due"]


def test_manager_excuses(person, sales, client_id):
    talk = log(sales, "materials_request", client_id, date="2026-03-11T10:00:00+02:00")
    owed = obligation(sales, talk)["id"]
    manager = person("manager")
    assert manager.call("crm.obligation", "excuse", [owed], reason="Power cut") is True
    excused = sales.read("crm.obligation", owed, "state", "note")
    assert (excused["state"], excused["note"]) == ("excused", "Power cut")
    # Excused stays excused, whatever is sent afterwards.
    post(sales, client_id, attachment_ids=[attach(sales, "prices.txt")])
    assert sales.read("crm.obligation", owed, "state")["state"] == "excused"


def test_wrong_row_does_not_spoil_the_others(person, client_id):
    client = person("integration")
    good = {"type": "call", "partner_id": client_id, "external_ref": unique("call")}
    rows = [good, {"type": "no such"}, 5, {**good, "partner_id": "x"}, good]
    first, *wrong, last = client.call("crm.interaction", "log_many", rows=rows)
    assert first["status"] == "created"
    assert last == {"id": first["id"], "status": "unchanged"}
    for answer in wrong:
        assert answer["error"].startswith("crm_segmentation.interaction: ")


def test_regulation_from_draft_to_force_and_out_of_it(person, client_id):
    coordinator, manager = person("coordinator"), person("manager")
    kind = coordinator.create(
        "crm.interaction.type", {"name": unique("Visit"), "code": unique("visit")}
    )
    regulation = coordinator.create(
        "crm.regulation",
        {
            "name": "Thank for the visit",
            "code": unique("thanks"),
            "interaction_type_ids": [(6, 0, [kind])],
            "counterparty_type_ids": [(6, 0, [type_id(coordinator, "client")])],
            "step_ids": [
                (0, 0, {"name": "Thank", "limit_value": 1, "limit_unit": "day"})
            ],
        },
    )
    assert coordinator.call("crm.regulation", "action_submit", [regulation]) is True
    assert manager.call("crm.regulation", "action_approve", [regulation]) is True
    assert coordinator.call("crm.regulation", "action_publish", [regulation]) is True
    start = "2026-03-27T12:00:05+02:00"
    talk = coordinator.call(
        "crm.interaction", "log",
        values={"type_id": kind, "partner_id": client_id, "date": start},
    )["id"]  # fmt: skip
    owed = obligation(coordinator, talk, "date_due")
    assert owed["date_due"] == "2026-03-28 10:00:05"
    stranger = coordinator.create(
        "res.partner",
        {
            "name": unique("Supplier"),
            "counterparty_type_ids": [(6, 0, [type_id(coordinator, "supplier")])],
        },
    )
    visit = coordinator.call(
        "crm.interaction", "log", values={"type_id": kind, "partner_id": stranger}
    )["id"]
    assert not coordinator.count("crm.obligation", [("res_id", "=", visit)])

    words = {"record_ids": [talk], "external_ref": unique("start")}
    ids = coordinator.call("crm.regulation", "start", [regulation], **words)
    assert len(ids) == 1 and ids != [owed["id"]]
    assert coordinator.call("crm.regulation", "start", [regulation], **words) == ids

    assert coordinator.call("crm.regulation", "action_retire", [regulation]) is True
    later_talk = coordinator.call(
        "crm.interaction", "log", values={"type_id": kind, "partner_id": client_id}
    )["id"]
    assert not coordinator.count("crm.obligation", [("res_id", "=", later_talk)])
