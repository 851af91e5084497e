"""From turnover to a category, why, and what if: as a program outside sees it."""

from datetime import date, timedelta

import pytest

from clients import Refused
from company import (
    add_turnover,
    category,
    new_client,
    published,
    unique,
    years_ago,
)


@pytest.fixture
def coordinator(person):
    return person("coordinator")


@pytest.fixture
def key_client(coordinator):
    """Bought for 120,000 in each of the last twelve months, with us for nine years."""
    partner_id = new_client(coordinator, customer_since=years_ago(9))
    add_turnover(coordinator, partner_id, 120_000)
    coordinator.call("crm.segmentation", "classify", [published(coordinator)])
    return partner_id


def code_of(client, partner_id, field="own_segment_ids"):
    """The code of the partner's category in the segmentation in force."""
    ids = client.read("res.partner", partner_id, field)[field]
    wanted = [("id", "in", ids), ("segmentation_id", "=", published(client))]
    codes = [row["code"] for row in client.find("crm.segment", wanted, "code")]
    assert len(codes) == 1
    return codes[0]


@pytest.mark.parametrize("login", ["coordinator", "sales"])
def test_log_in(served, person, login):
    me = person(login).read("res.users", person(login).uid, "login")
    assert me["login"] == login
    with pytest.raises(Refused):
        served.xml_rpc(login, "wrong")


def test_turnover_and_tenure_give_the_best_category(person, coordinator, key_client):
    for client in (coordinator, person("sales")):
        assert code_of(client, key_client) == "A"
        assert code_of(client, key_client, "segment_ids") == "A"


@pytest.mark.parametrize(
    ("amount", "years", "code"),
    [
        (100_000, 6, "A"),  # the threshold itself is enough
        (99_999.99, 6, "B"),
        (120_000, 4, "B"),  # with us for too short a time
        (29_999.99, 9, "C"),
    ],
)
def test_each_side_of_a_threshold(coordinator, amount, years, code):
    partner_id = new_client(coordinator, customer_since=years_ago(years))
    add_turnover(coordinator, partner_id, amount)
    coordinator.call("crm.segmentation", "classify", [published(coordinator)])
    assert code_of(coordinator, partner_id) == code


def test_second_run_changes_nothing(coordinator, key_client):
    answer = coordinator.call("crm.segmentation", "classify", [published(coordinator)])
    assert answer == {"changed": 0}


def test_contact_has_the_category_of_its_company(person, coordinator, key_client):
    doctor = coordinator.create(
        "res.partner", {"name": unique("Doctor"), "parent_id": key_client}
    )
    assert code_of(person("sales"), doctor, "segment_ids") == "A"
    wanted = [("segment_ids", "in", [category(coordinator, "A")])]
    assert doctor in person("sales").search("res.partner", wanted)
    assert key_client in person("sales").search("res.partner", wanted)


def test_explanation_has_every_number(person, key_client):
    client = person("sales")
    answer = client.call(
        "crm.segmentation", "explain", [published(client)], partner_id=key_client
    )
    assert answer["category"] == answer["computed"] == "A"
    assert answer["origin"] == "rule"
    assert answer["values"]["turnover_month_avg"] == 120_000
    assert 9 < answer["values"]["tenure_years"] < 9.1
    best, *others = answer["categories"]
    assert best["code"] == "A" and best["holds"]
    assert {row["metric"]: row["met"] for row in best["conditions"]} == {
        "turnover_month_avg": True,
        "tenure_years": True,
    }
    assert [row["code"] for row in others] == ["B", "C"]


def test_movement_keeps_the_numbers(person, key_client):
    """They are there on the record that says when and why the category changed."""
    movement = person("sales").one(
        "crm.segment.movement", [("partner_id", "=", key_client)],
        "from_segment_id", "to_segment_id", "cause", "metric_values",
    )  # fmt: skip
    assert movement["cause"] == "request"
    assert movement["from_segment_id"] is False
    assert movement["to_segment_id"][0] == category(person("sales"), "A")
    assert movement["metric_values"]["turnover_month_avg"] == 120_000


def test_preview_is_what_publishing_gives(coordinator):
    draft = coordinator.call(
        "crm.segmentation", "copy", [published(coordinator)],
        default={"code": unique("draft"), "name": "What if"},
    )[0]  # fmt: skip
    criterion = coordinator.one(
        "crm.segment.criterion",
        [
            ("segment_id.segmentation_id", "=", draft),
            ("segment_id.code", "=", "A"),
            ("metric_id.code", "=", "turnover_month_avg"),
        ],
    )
    coordinator.write(
        "crm.segment.criterion",
        criterion["id"],
        {"value_enter": 200_000, "value_leave": 150_000},
    )
    preview = coordinator.call("crm.segmentation", "preview", [draft])
    again = coordinator.call("crm.segmentation", "preview", [draft])
    assert preview == again and preview["token"]
    expected = {row["to_id"]: row["count"] for row in preview["rows"]}
    assert all(row["from_id"] is False for row in preview["rows"])
    assert len(expected) == 3

    assert coordinator.call("crm.segmentation", "action_publish", [draft]) is True
    for segment_id, count in expected.items():
        wanted = [("segment_id", "=", segment_id)]
        assert coordinator.count("crm.segment.membership", wanted) == count
    coordinator.call("crm.segmentation", "action_archive_segmentation", [draft])


def test_preview_writes_nothing(coordinator):
    counted = ("crm.segment.membership", "crm.segment.movement")
    before = [coordinator.count(model) for model in counted]
    coordinator.call("crm.segmentation", "preview", [published(coordinator)])
    assert [coordinator.count(model) for model in counted] == before


def test_category_by_hand_stays_until_its_last_day(person, coordinator, key_client):
    scheme = published(coordinator)
    values = {
        "partner_id": key_client,
        "segment_id": category(coordinator, "C"),
        "reason": "Pays late",
        "until": str(date.today() + timedelta(days=30)),
    }
    membership = coordinator.call(
        "crm.segmentation", "set_override", [scheme], **values
    )
    assert isinstance(membership, int)
    coordinator.call("crm.segmentation", "classify", [scheme])
    assert code_of(person("sales"), key_client) == "C"
    answer = coordinator.call(
        "crm.segmentation", "explain", [scheme], partner_id=key_client
    )
    assert (answer["category"], answer["computed"]) == ("C", "A")
    assert (answer["origin"], answer["reason"]) == ("manual", "Pays late")
    # A program that repeats its call changes nothing.
    again = coordinator.call("crm.segmentation", "set_override", [scheme], **values)
    assert again == membership
    moves = [("partner_id", "=", key_client), ("cause", "=", "override")]
    assert coordinator.count("crm.segment.movement", moves) == 1
