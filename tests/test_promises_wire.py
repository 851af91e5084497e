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
    published,
    put_into_force,
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


@pytest.fixture
def coordinator(person):
    return person("coordinator")


@pytest.fixture
def visit(coordinator):
    """The id of a type of interactions that no regulation knows."""
    return coordinator.create(
        "crm.interaction.type", {"name": unique("Visit"), "code": unique("visit")}
    )


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
    for name in ("date_done", "date_end", "date_paused", "territory", "sale_kind"):
        assert answer[name] is False, name
    assert answer["version"] == 1
    assert [event["kind"] for event in answer["log"]] == ["opened"]
    account = answer["account"]
    days = account.pop("days")
    assert (days[0]["from"], days[0]["day"]) == (answer["date_start"], "2026-03-11")
    assert {day["kind"] for day in days} == {"counted"}
    counted = sum(day["seconds"] for day in days)
    told = {
        "counted_seconds": counted, "paused_seconds": 0, "limit_seconds": 7200,
        "same_hours": True,
    }  # fmt: skip
    assert told.items() <= account.items()
    # The account ends when it was due; what came after is told apart.
    assert counted == 7200
    assert account["late_seconds"] == account["late_clock_seconds"] > 0


def test_explanation_says_what_it_was_about(coordinator, client_id):
    """Category, territory and kind of sale of then, also when they change."""
    coordinator.call("crm.segmentation", "classify", [published(coordinator)])
    territory = coordinator.create(
        "crm.territory", {"name": unique("North"), "code": unique("north")}
    )
    coordinator.write("res.partner", client_id, {"territory_id": territory})
    [kind] = coordinator.find("crm.sale.kind", [("code", "=", "services")], "code")
    lead = coordinator.create(
        "crm.lead",
        {
            "name": "Analyser",
            "partner_id": client_id,
            "sale_kind_ids": [(6, 0, [kind["id"]])],
        },
    )
    talk = log(coordinator, "materials_request", client_id, lead_id=lead, date=now())
    owed = obligation(coordinator, talk)["id"]
    coordinator.write("crm.territory", territory, {"name": "Renamed"})
    coordinator.write("res.partner", client_id, {"territory_id": False})
    answer = coordinator.call("crm.obligation", "explain", [owed])
    assert answer["territory"] == "Renamed"
    assert answer["sale_kind"] == kind["code"]
    [segment] = coordinator.read("res.partner", client_id, "segment_ids")["segment_ids"]
    code = coordinator.read("crm.segment", segment, "code")["code"]
    assert answer["category"] == code


def test_the_clock_stops_and_goes_on(sales, client_id):
    talk = log(sales, "materials_request", client_id, date=now())
    owed = obligation(sales, talk, "date_due")
    why = "The customer is on holiday"
    assert sales.call("crm.obligation", "pause", [owed["id"]], reason=why) is True
    paused = sales.call("crm.obligation", "explain", [owed["id"]])
    assert paused["date_paused"] >= paused["date_start"]
    assert (paused["state"], paused["date_end"]) == ("open", False)
    last = paused["log"][-1]
    assert (last["kind"], last["note"], last["by_person"]) == ("paused", why, True)
    assert last["user"] == sales.read("res.users", sales.uid, "name")["name"]

    assert sales.call("crm.obligation", "resume", [owed["id"]]) is True
    names = "date_paused", "date_due", "paused_seconds"
    running = sales.read("crm.obligation", owed["id"], *names)
    assert running["date_paused"] is False
    due = later(owed["date_due"], seconds=running["paused_seconds"])
    assert running["date_due"] == due
    told = sales.call("crm.obligation", "explain", [owed["id"]])
    assert told["account"]["paused_seconds"] == running["paused_seconds"]
    kinds = [event["kind"] for event in told["log"]]
    assert kinds == ["opened", "paused", "resumed"]


def test_manager_takes_back(person, sales, client_id):
    owed = obligation(sales, log(sales, "materials_request", client_id, date=now()))
    manager, why = person("manager"), "Logged by mistake"
    assert manager.call("crm.obligation", "cancel", [owed["id"]], reason=why) is True
    answer = sales.call("crm.obligation", "explain", [owed["id"]])
    assert answer["state"] == "cancelled"
    assert answer["date_end"] and answer["date_done"] is False
    assert (answer["log"][-1]["kind"], answer["log"][-1]["note"]) == ("cancelled", why)
    # What was taken back is not owed anew.
    post(sales, client_id, attachment_ids=[attach(sales, "prices.txt")])
    state = sales.read("crm.obligation", owed["id"], "state")
    assert state["state"] == "cancelled"


def test_salesperson_asks_and_the_manager_answers(person, sales, client_id, refused):
    start = "2026-03-11T10:00:00+02:00"
    talk = log(sales, "materials_request", client_id, date=start)
    owed, model = obligation(sales, talk)["id"], "crm.excuse.request"
    for reason in ("Stocktaking", "Power cut", "Power cut"):
        ask = {"reason": reason}
        assert sales.call("crm.obligation", "ask_excuse", [owed], **ask) is True
    (asked,) = sales.search(model, [("obligation_id", "=", owed)])
    for method, values in (("grant", {}), ("decline", {"reason": "No"})):
        with refused("crm_regulations.manager_only"):
            sales.call(model, method, [asked], **values)
    assert sales.read(model, asked, "is_open")["is_open"] is True
    assert person("manager").call(model, "grant", [asked]) is True
    given = sales.read("crm.obligation", owed, "state", "note")
    assert given == {"id": owed, "state": "excused", "note": "Power cut"}
    with refused("crm_regulations.ask_answered"):
        sales.call(model, "withdraw", [asked])


def test_manager_gives_more_time(person, sales, client_id):
    """Kept by then, it counts as excused and not as kept on time."""
    start = "2026-03-11T10:00:00+02:00"
    talk = log(sales, "materials_request", client_id, date=start)
    owed = obligation(sales, talk)["id"]
    values = {"reason": "Power cut", "until": "2099-01-01T10:00:00+02:00"}
    assert person("manager").call("crm.obligation", "excuse", [owed], **values) is True
    names = "state", "date_due", "date_end"
    given = sales.read("crm.obligation", owed, *names)
    assert given == {
        "id": owed,
        "state": "excused",
        "date_due": "2099-01-01 08:00:00",
        "date_end": False,
    }
    post(sales, client_id, attachment_ids=[attach(sales, "prices.txt")])
    done = sales.read("crm.obligation", owed, *names, "evidence_grade", "date_done")
    assert (done["state"], done["evidence_grade"]) == ("excused", "system")
    assert done["date_end"] == done["date_done"]


def test_manager_excuses_a_day(person, sales, client_id):
    """Everything that was due then and there, nothing else, and only once."""
    manager = person("manager")
    owed = [
        obligation(sales, log(sales, "materials_request", client_id, date=date))["id"]
        for date in ("2026-01-14T10:00:00+02:00", "2026-01-15T10:00:00+02:00")
    ]
    words = {
        "date_from": "2026-01-14T12:00:00+02:00",
        "date_to": "2026-01-14 23:59:59",
        "reason": "Power cut",
    }
    elsewhere = {**words, "place": {"user_ids": [manager.uid]}}
    answer = manager.call("crm.obligation", "excuse_window", **elsewhere)
    assert answer == {"excused": 0}
    here = {**words, "place": {"user_ids": [sales.uid], "territory_ids": []}}
    answer = manager.call("crm.obligation", "excuse_window", **here)
    assert answer == {"excused": 1}
    assert manager.call("crm.obligation", "excuse_window", **words) == {"excused": 0}
    states = [sales.read("crm.obligation", id_, "state")["state"] for id_ in owed]
    assert states == ["excused", "open"]


def sweep(person):
    """The clock looks at once, as it does right after each commit."""
    admin = person("admin")
    domain = [("module", "=", "crm_regulations"), ("name", "=", "ir_cron_sweep")]
    cron = admin.one("ir.model.data", domain, "res_id")["res_id"]
    assert admin.call("ir.cron", "method_direct_trigger", [cron]) is True


def test_finishing_the_activity_keeps_the_promise(person, sales, client_id):
    date = later(utc(now()), minutes=-1)
    talk = log(sales, "materials_request", client_id, date=date)
    owed = obligation(sales, talk)["id"]
    sweep(person)
    todo = sales.one("mail.activity", [("obligation_id", "=", owed)], "user_id")
    assert todo["user_id"][0] == sales.uid
    events = sales.call("crm.obligation", "explain", [owed])["log"]
    assert [event["kind"] for event in events] == ["opened", "reminded"]
    sales.call("mail.activity", "action_feedback", [todo["id"]], feedback="Sent by fax")
    done = sales.read("crm.obligation", owed, "state", "note", "date_end")
    assert (done["state"], done["note"]) == ("done_on_time", "Sent by fax")
    assert done["date_end"]


def test_clock_marks_what_is_overdue(person, sales, client_id):
    talk = log(sales, "materials_request", client_id, date="2026-03-11T10:00:00+02:00")
    sweep(person)
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


def test_regulation_from_draft_to_force_and_out_of_it(
    person, coordinator, client_id, visit
):
    manager, kind = person("manager"), visit
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

    assert coordinator.call("crm.regulation", "action_retire", [regulation]) is True
    later_talk = coordinator.call(
        "crm.interaction", "log", values={"type_id": kind, "partner_id": client_id}
    )["id"]
    assert not coordinator.count("crm.obligation", [("res_id", "=", later_talk)])


def regulation_of(person, kind, step):
    """A regulation in force about interactions of a type, with one step."""
    values = {
        "name": "Thank for the visit",
        "code": unique("thanks"),
        "interaction_type_ids": [(6, 0, [kind])],
        "step_ids": [(0, 0, {"name": "Thank", "limit_unit": "day", **step})],
    }
    regulation = person("coordinator").create("crm.regulation", values)
    put_into_force(person, regulation)
    return regulation


def test_what_else_may_happen(person, coordinator, client_id, visit):
    """Two calls prove it, too; the ladder of escalation is part of what is frozen."""
    call = coordinator.search("crm.interaction.type", [("code", "=", "call")])[0]
    regulation = regulation_of(
        person,
        visit,
        {
            "condition_ids": [
                (0, 0, {
                    "role": "fulfil", "kind": "interaction", "times": 2,
                    "domain": f"[('type_id', '=', {call})]",
                }),
            ],
            "rung_ids": [
                (0, 0, {"basis": "percent", "value": 50, "whom": "responsible"}),
                (0, 0, {"value": 2, "unit": "hour", "whom": "owner"}),
            ],
        },
    )  # fmt: skip
    [step] = coordinator.read("crm.regulation", regulation, "spec")["spec"]["steps"]
    ladder = [(rung["basis"], rung["value"], rung["whom"]) for rung in step["rungs"]]
    assert ladder == [("percent", 50, "responsible"), ("after", 2, "owner")]
    proofs = [(c["role"], c["kind"], c["times"]) for c in step["conditions"]]
    assert proofs == [("fulfil", "message_out", 1), ("fulfil", "interaction", 2)]

    values = {"type_id": visit, "partner_id": client_id}
    visited = coordinator.call("crm.interaction", "log", values=values)["id"]
    for state in ("open", "done_on_time"):
        log(coordinator, "call", client_id, direction="out")
        owed = obligation(coordinator, visited, "state", "evidence_grade")
        assert owed["state"] == state
    assert owed["evidence_grade"] == "attested"


def test_started_by_a_program(person, coordinator, client_id, visit):
    """The same name starts nothing anew, another one does."""
    regulation = regulation_of(person, visit, {"limit_value": 1})
    talks = [log(coordinator, "call", client_id) for _number in range(2)]
    assert not coordinator.count("crm.obligation", [("res_id", "in", talks)])

    def start(reference, *ids):
        return coordinator.call(
            "crm.regulation", "start", [regulation],
            record_ids=list(ids), external_ref=reference,
        )  # fmt: skip

    first = unique("start")
    [made] = start(first, talks[0])
    assert start(first, talks[0], talks[0]) == [made]
    both = start(first, *talks)
    assert len(both) == 2 and made in both
    assert sorted(start(first, *talks)) == sorted(both)
    assert not set(start(unique("start"), *talks)) & set(both)
    assert start(unique("start")) == []
    assert coordinator.count("crm.obligation", [("res_id", "in", talks)]) == 4
