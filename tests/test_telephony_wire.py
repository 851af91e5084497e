"""A telephone exchange on the wire: reports of calls, and who is calling."""

import random

import pytest

from company import new_client, unique

CODE = "crm_segmentation.interaction"
# Values that are no text.
NOT_TEXT = (5, ["x"], {"a": 1}, True)


@pytest.fixture
def program(person):
    return person("integration")


@pytest.fixture
def number():
    """A number that nobody has yet."""
    return f"+38044{random.randrange(10**6, 10**7)}"


@pytest.fixture
def customer(person, number):
    """The id of a client with this number."""
    return new_client(person("coordinator"), phone=number)


def report(client, reference, create_lead=False, **values):
    """One report of a call."""
    values = {"type": "call", "external_ref": reference, **values}
    return client.call("crm.interaction", "log", values=values, create_lead=create_lead)


def test_life_of_a_call(person, program, number, customer):
    reference = unique("pbx")
    first = report(
        program, reference, state="ringing", at="2026-05-04T10:00:00+03:00",
        phone=number, direction="in",
    )  # fmt: skip
    assert first["status"] == "created"
    ended = {"state": "ended", "at": "2026-05-04T10:04:30+03:00", "outcome": "answered"}
    assert report(program, reference, **ended) == {**first, "status": "updated"}
    assert report(program, reference, **ended) == {**first, "status": "unchanged"}
    late = {"state": "answered", "at": "2026-05-04T10:00:30+03:00", "note": "late"}
    assert report(program, reference, **late)["status"] == "updated"
    recording = "https://pbx.example/r/7.mp3"
    report(program, reference, state="recording", recording_url=recording)
    old = {"state": "ringing", "at": "2026-05-04T10:00:00+03:00", "outcome": "missed"}
    assert report(program, reference, **old)["status"] == "unchanged"
    talk = person("coordinator").read(
        "crm.interaction", first["id"], "date", "date_end", "outcome", "partner_id",
        "recording_url", "call_state", "is_first_contact",
    )  # fmt: skip
    assert talk["partner_id"][0] == customer
    assert (talk["date"], talk["date_end"]) == (
        "2026-05-04 07:00:30",
        "2026-05-04 07:04:30",
    )
    assert (talk["outcome"], talk["call_state"]) == ("answered", "ended")
    assert talk["recording_url"] == recording
    assert talk["is_first_contact"] is True


def test_who_is_calling(person, program, number, customer):
    (card,) = program.call("crm.interaction", "identify", phone=number)
    assert (card["id"], card["kind"], card["match"]) == (customer, "partner", "number")
    assert card["last_touch"] == {} and card["open_obligations"] == []
    assert card["withheld"] == ["debt", "open_leads", "open_orders"]
    (card,) = person("sales").call("crm.interaction", "identify", phone=number)
    assert card["debt"]["total"] == 0 and card["withheld"] == []
    values = {"type": "materials_request", "partner_id": customer, "name": "Prices"}
    program.call("crm.interaction", "log", values=values)
    (card,) = program.call("crm.interaction", "identify", phone=number[3:])
    assert card["last_touch"]["subject"] == "Prices"
    assert [owed["state"] for owed in card["open_obligations"]] == ["open"]
    assert program.call("crm.interaction", "identify", phone="+380 44 000 00 00") == []


def test_unknown_caller(person, program, number):
    sales = person("sales")
    first = report(program, unique("pbx"), phone=number)["id"]
    second = report(program, unique("pbx"), phone=number)["id"]
    customer = new_client(person("coordinator"))
    dialog = sales.create(
        "crm.interaction.assign",
        {"interaction_ids": [(6, 0, [first])], "partner_id": customer},
    )
    sales.call("crm.interaction.assign", "action_assign", [dialog])
    for talk in (first, second):
        found = sales.read("crm.interaction", talk, "partner_id")["partner_id"]
        assert found[0] == customer
    (card,) = program.call("crm.interaction", "identify", phone=number)
    assert card["id"] == customer


def test_unknown_caller_becomes_one_lead(person, program, number):
    ids = {
        person("coordinator").read(
            "crm.interaction",
            report(program, unique("pbx"), True, phone=number)["id"],
            "lead_id",
        )["lead_id"][0]
        for _again in range(2)
    }
    assert len(ids) == 1


def test_trial_and_talks_among_ourselves_write_nothing(person, program, number):
    before = person("coordinator").count("crm.interaction")
    trial = report(program, unique("pbx"), True, phone=number, dry_run=True)
    assert trial == {"id": False, "status": "created", "dry_run": True}
    inside = report(program, unique("pbx"), True, phone=number, internal=True)
    assert inside == {"id": False, "status": "unchanged", "internal": True}
    assert person("coordinator").count("crm.interaction") == before


def test_rows_one_by_one(program, number):
    rows = [
        {"type": "call", "phone": number, "create_lead": True},
        {"type": "call", "outcome": "lost"},
        {"type": "call", "create_lead": "yes"},
        {"type": "call", "phone": number, "internal": True},
        5,
    ]
    answers = program.call("crm.interaction", "log_many", rows=rows)
    assert [answer.get("status", "error") for answer in answers] == [
        "created", "error", "error", "unchanged", "error",
    ]  # fmt: skip
    assert all(
        answer["error"].startswith(f"{CODE}: ")
        for answer in answers
        if "error" in answer
    )


@pytest.mark.parametrize(
    ("name", "bad"),
    [
        ("outcome", ("lost", *NOT_TEXT)),
        ("state", ("dialing", *NOT_TEXT)),
        ("at", ("soon", "2026-02-30T10:00:00Z", 5, ["x"])),
        ("recording_url", ("javascript:alert(1)", "ftp://x/y", "x" * 300, *NOT_TEXT)),
        ("source", ("no such source", *NOT_TEXT)),
        ("extension", ("x" * 300, *NOT_TEXT)),
        ("transferred_to", NOT_TEXT),
        ("hidden", ("yes", 1, ["x"])),
        ("internal", ("yes", 1, ["x"])),
        ("dry_run", ("yes", 1, ["x"])),
    ],
)
def test_wrong_values(program, refused, name, bad):
    for value in bad:
        with refused(CODE):
            report(program, unique("pbx"), **{name: value})
    with refused(CODE):
        report(program, unique("pbx"), create_lead="yes")


@pytest.mark.parametrize("name", ["phone", "email"])
def test_wrong_questions(program, refused, name):
    for value in (*NOT_TEXT, "", "   ", "x" * 300):
        with refused("crm_segmentation.identify"):
            program.call("crm.interaction", "identify", **{name: value})
    with refused("crm_segmentation.identify"):
        program.call("crm.interaction", "identify")
    for value in ("abc", "' OR 1=1 --", "%", "+"):
        assert program.call("crm.interaction", "identify", **{name: value}) == []


def test_program_does_nothing_else(person, program, refused, number, customer):
    talk = report(program, unique("pbx"))["id"]
    for model in ("crm.phone.number", "crm.phone.extension", "crm.timeline"):
        with refused("access"):
            program.search(model, [])
    with refused("access"):
        program.call("crm.interaction", "action_new_lead", [talk])
    with refused("access"):
        program.create("crm.phone.number", {"partner_id": customer, "number": number})
    stranger = person("coordinator2")
    assert talk not in stranger.search("crm.interaction", [])
    theirs = new_client(
        stranger, phone=number, company_id=stranger.read(
            "res.users", stranger.uid, "company_id"
        )["company_id"][0],
    )  # fmt: skip
    found = program.call("crm.interaction", "identify", phone=number)
    assert theirs not in [card["id"] for card in found]
