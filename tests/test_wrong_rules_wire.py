"""What a program gets wrong when it sets up regulations: a refusal with a code each
time, at the latest when the regulation is to be published, and nothing is written.

The clients of ``clients.py`` fail by themselves on a traceback, on words of programs
and on an answer without a clear status.
"""

from functools import partial

import pytest

from clients import Json2, fits_the_wire
from company import same_counts, unique

BAD_VALUE, REQUIRED = "crm_segmentation.bad_value", "crm_segmentation.required"
OUT_OF_RANGE, NO_RECORD = "crm_segmentation.out_of_range", "crm_segmentation.no_record"
UNKNOWN_FIELD = "crm_segmentation.unknown_field"
NOT_UNIQUE = "crm_segmentation.not_unique"
FILTER, START = "crm_regulations.filter", "crm_regulations.start"
TRIGGER, HOURS = "crm_regulations.trigger", "crm_regulations.working_hours"

# Nothing is wrong with it, but nothing fits it, either.
NEVER = '[(0, "=", 1)]'
NOBODY = 2_000_000_000
NOT_A_CHOICE = ("no_such", 5, ["x"], {"a": 1}, True, "\x00")
NOT_A_NUMBER = ("x", ["x"], {"a": 1}, "", "\x00", 1e300)
NOT_AN_INTEGER = (*NOT_A_NUMBER, 2**31)
NOT_A_LIST = ("x", 5, {"a": 1}, True, ["x"], [[9]], [[0, 0, "x"]], [[6, 0, ["x"]]])
NOT_A_RECORD = ("x", 1.5, True, [1], {"a": 1}, -1, "\x00", "1")
NOT_A_DATE = ("soon", "2026-13-01 10:00:00", 5, ["x"], {"a": 1}, True, "\x00")
NOT_A_FILTER = (
    "all", "5", "{}", "[(", "[lambda: 1]", "[open('x')]", "['|']", "[5]", "['name']",
    "[('no_such', '=', 1)]", "[('create_uid.no_such', '=', 1)]", "[('id', '~', 1)]",
    "[('create_date', '>', 'soon')]", "[('id', '=')]",
    "[('id', '=', 'x')]", "[('id', 'in', 'x')]", "[('id', '>', 'x')]",
    "[('id', '=', 10 ** 30)]",
    "[('display_name', 'any', [])]", "[" * 300,
)  # fmt: skip

# Field → values that it cannot have, other fields that they come with, the refusal.
REGULATION = (
    ("name", (False,), {}, REQUIRED),
    ("code", (5, ["x"], "\x00", "x" * 300), {}, BAD_VALUE),
    ("process", NOT_A_CHOICE, {}, BAD_VALUE),
    ("process", (False,), {}, REQUIRED),
    ("mode", NOT_A_CHOICE, {}, BAD_VALUE),
    ("trigger_kind", NOT_A_CHOICE, {}, BAD_VALUE),
    ("res_model", (*NOT_A_CHOICE, "res.users", "ir.model"), {}, BAD_VALUE),
    ("res_model", ("crm.interaction",), {"trigger_kind": "order_confirmed"}, TRIGGER),
    ("trigger_domain", NOT_A_FILTER, {}, FILTER),
    ("trigger_domain", ("\x00",), {}, BAD_VALUE),
    ("fact_domain", NOT_A_FILTER[-4:], {}, FILTER),
    ("scope_domain", NOT_A_FILTER[-4:], {}, FILTER),
    ("trigger_offset_hours", NOT_A_NUMBER, {}, BAD_VALUE),
    ("trigger_factor", (0, -1),
     {"trigger_kind": "purchase_late", "res_model": "res.partner"}, TRIGGER),
    ("trigger_date_field", ("", "no_such", "name", "partner_id", "id", "activity_ids"),
     {"trigger_kind": "date_reached", "res_model": "crm.lead"}, TRIGGER),
    ("date_from", NOT_A_DATE, {}, BAD_VALUE),
    ("segment_ids", NOT_A_LIST, {}, BAD_VALUE),
    ("segment_ids", ([(6, 0, [NOBODY])],), {}, NO_RECORD),
    ("owner_id", NOT_A_RECORD, {}, BAD_VALUE),
    ("owner_id", (NOBODY,), {}, NO_RECORD),
    ("step_ids", NOT_A_LIST, {}, BAD_VALUE),
    ("no_such", (1, "x", False), {}, UNKNOWN_FIELD),
)  # fmt: skip
STEP = (
    ("name", (False,), {}, REQUIRED),
    ("code", (5, ["x"], "\x00", "x" * 300), {}, BAD_VALUE),
    ("regulation_id", NOT_A_RECORD, {}, BAD_VALUE),
    ("regulation_id", (False,), {}, REQUIRED),
    ("regulation_id", (NOBODY,), {}, NO_RECORD),
    ("limit_value", NOT_A_NUMBER, {}, BAD_VALUE),
    ("limit_value", (0, -1), {}, OUT_OF_RANGE),
    ("limit_unit", NOT_A_CHOICE, {}, BAD_VALUE),
    ("outside", NOT_A_CHOICE, {}, BAD_VALUE),
    ("opening_minutes", (-1,), {}, OUT_OF_RANGE),
    ("start_kind", NOT_A_CHOICE, {}, BAD_VALUE),
    ("start_kind", ("step", "date"), {}, START),
    ("start_step_id", (NOBODY,), {"start_kind": "step"}, NO_RECORD),
    ("start_field", ("", "no_such", "name", "id", "partner_id", "\x00"),
     {"start_kind": "date"}, (START, BAD_VALUE)),
    ("start_offset", NOT_A_NUMBER, {}, BAD_VALUE),
    ("start_offset_unit", NOT_A_CHOICE, {}, BAD_VALUE),
    ("recurrence", NOT_A_CHOICE, {}, BAD_VALUE),
    ("every_value", (0, -1), {"recurrence": "rhythm"}, OUT_OF_RANGE),
    ("every_value", NOT_AN_INTEGER, {"recurrence": "rhythm"}, BAD_VALUE),
    ("every_unit", (False,), {"recurrence": "rhythm"}, OUT_OF_RANGE),
    ("every_unit", NOT_A_CHOICE, {"recurrence": "rhythm"}, BAD_VALUE),
    ("calendar_kind", NOT_A_CHOICE, {}, BAD_VALUE),
    ("calendar_kind", ("fixed",), {}, HOURS),
    ("calendar_id", (NOBODY,), {"calendar_kind": "fixed"}, NO_RECORD),
    ("responsible_kind", NOT_A_CHOICE, {}, BAD_VALUE),
    ("responsible_user_id", NOT_A_RECORD, {}, BAD_VALUE),
    ("evidence_kind", NOT_A_CHOICE, {}, BAD_VALUE),
    ("evidence_domain", NOT_A_FILTER, {}, FILTER),
    ("warn_percent", (-1, 101), {}, OUT_OF_RANGE),
    ("warn_percent", NOT_AN_INTEGER, {}, BAD_VALUE),
    ("enforcement", NOT_A_CHOICE, {}, BAD_VALUE),
    ("condition_ids", NOT_A_LIST, {}, BAD_VALUE),
    ("rung_ids", NOT_A_LIST, {}, BAD_VALUE),
    ("no_such", (1, "x", False), {}, UNKNOWN_FIELD),
)  # fmt: skip
CONDITION = (
    ("step_id", NOT_A_RECORD, {}, BAD_VALUE),
    ("step_id", (False,), {}, REQUIRED),
    ("step_id", (NOBODY,), {}, NO_RECORD),
    ("role", NOT_A_CHOICE, {}, BAD_VALUE),
    ("role", (False,), {}, REQUIRED),
    ("kind", (*NOT_A_CHOICE, "created"), {}, BAD_VALUE),
    ("kind", (False,), {}, REQUIRED),
    ("res_model", (*NOT_A_CHOICE, "res.users"), {}, BAD_VALUE),
    ("domain", NOT_A_FILTER, {}, FILTER),
    ("times", (0, -1), {}, OUT_OF_RANGE),
    ("times", NOT_AN_INTEGER, {}, BAD_VALUE),
    ("no_such", (1, "x", False), {}, UNKNOWN_FIELD),
)
RUNG = (
    ("step_id", NOT_A_RECORD, {}, BAD_VALUE),
    ("step_id", (NOBODY,), {}, NO_RECORD),
    ("basis", NOT_A_CHOICE, {}, BAD_VALUE),
    ("basis", (False,), {}, REQUIRED),
    ("value", NOT_A_NUMBER, {}, BAD_VALUE),
    ("value", (-1,), {}, OUT_OF_RANGE),
    ("value", (-1, 101), {"basis": "percent"}, OUT_OF_RANGE),
    ("unit", NOT_A_CHOICE, {}, BAD_VALUE),
    ("unit", (False,), {}, OUT_OF_RANGE),
    ("whom", NOT_A_CHOICE, {}, BAD_VALUE),
    ("no_such", (1, "x", False), {}, UNKNOWN_FIELD),
)


def each(fields):
    """The arguments of a test for each field."""
    return pytest.mark.parametrize(
        ("name", "bad", "more", "code"),
        [pytest.param(*row, id=f"{row[0]}-{row[3]}") for row in fields],
    )


@pytest.fixture
def coordinator(person):
    return person("coordinator")


@pytest.fixture
def draft(coordinator):
    """A regulation that promises nothing yet; it is gone afterwards."""
    regulation = coordinator.create("crm.regulation", {"name": unique("Draft")})
    yield regulation
    coordinator.call("crm.regulation", "unlink", [regulation])


@pytest.fixture
def step(coordinator, draft):
    """The step of a draft."""
    return coordinator.create(
        "crm.regulation.step", {"regulation_id": draft, "name": "Answer"}
    )


@pytest.fixture
def unfit(refused, person, coordinator):
    """Gives a field each of some wrong values: in a new record, and over one of the
    wires in an old one, too."""

    def check(model, values, record_id, name, bad, more, code):
        codes = (code,) if isinstance(code, str) else code
        old = [record_id] if isinstance(coordinator, Json2) else []
        with same_counts(person("admin")):
            for value in filter(partial(fits_the_wire, coordinator), bad):
                wrong = {**more, name: value}
                with refused(*codes):
                    coordinator.create(model, {**values, **wrong})
                    pytest.fail(f"a new {model} took {name}={value!r}")
                for id_ in old:
                    with refused(*codes):
                        coordinator.write(model, id_, wrong)
                        pytest.fail(f"{model} took {name}={value!r}")

    return check


@each(REGULATION)
def test_regulation(unfit, draft, name, bad, more, code):
    values = {"name": "Answer", "code": unique("wrong")}
    unfit("crm.regulation", values, draft, name, bad, more, code)


@each(STEP)
def test_step(unfit, draft, step, name, bad, more, code):
    values = {"name": "Call", "regulation_id": draft}
    unfit("crm.regulation.step", values, step, name, bad, more, code)


@each(CONDITION)
def test_condition(unfit, coordinator, step, name, bad, more, code):
    values = {"step_id": step, "role": "cancel", "kind": "deal_lost"}
    record_id = coordinator.create("crm.regulation.condition", values)
    unfit("crm.regulation.condition", values, record_id, name, bad, more, code)


@each(RUNG)
def test_rung(unfit, coordinator, step, name, bad, more, code):
    values = {"step_id": step, "value": 2, "unit": "hour"}
    record_id = coordinator.create("crm.regulation.rung", values)
    unfit("crm.regulation.rung", values, record_id, name, bad, more, code)


def test_none_is_no_value(coordinator, refused):
    """Only JSON knows it."""
    if isinstance(coordinator, Json2):
        for name in ("name", "process", "mode", "trigger_kind", "res_model"):
            with refused(REQUIRED):
                coordinator.create("crm.regulation", {"name": "Answer", name: None})


def test_steps_in_a_circle(coordinator, draft, step, refused):
    last = step
    for name in ("Call", "Visit"):
        waiting = {"start_kind": "step", "start_step_id": last}
        last = coordinator.create(
            "crm.regulation.step", {"regulation_id": draft, "name": name, **waiting}
        )
    for wrong in (last, step):
        with refused(START):
            waiting = {"start_kind": "step", "start_step_id": wrong}
            coordinator.write("crm.regulation.step", step, waiting)
    unchanged = coordinator.read("crm.regulation.step", step, "start_kind")
    assert unchanged["start_kind"] == "trigger"


def test_step_of_another_regulation(coordinator, draft, refused):
    other = coordinator.search(
        "crm.regulation.step", [("regulation_id.state", "=", "published")], limit=1
    )
    with refused(START):
        coordinator.create(
            "crm.regulation.step",
            {
                "regulation_id": draft,
                "name": "Call",
                "start_kind": "step",
                "start_step_id": other[0],
            },
        )


def test_names_that_are_taken(coordinator, draft, step, refused):
    values = {"regulation_id": draft, "name": "Call", "code": "call"}
    coordinator.create("crm.regulation.step", values)
    with refused(NOT_UNIQUE):
        coordinator.create("crm.regulation.step", values)
    with refused(NOT_UNIQUE):
        coordinator.write("crm.regulation.step", step, {"code": "call"})
    code = coordinator.read("crm.regulation", draft, "code")["code"]
    with refused(NOT_UNIQUE):
        coordinator.create("crm.regulation", {"name": "Answer", "code": code})


@pytest.mark.parametrize("part", ["step", "condition"])
def test_what_nothing_can_fit(coordinator, draft, step, refused, part):
    """It would never be proved, or never end."""
    if part == "step":
        values = {"evidence_domain": NEVER}
        coordinator.write("crm.regulation.step", step, values)
    else:
        values = {"step_id": step, "role": "cancel", "kind": "deal_lost"}
        coordinator.create("crm.regulation.condition", {**values, "domain": NEVER})
    for method in ("action_submit", "action_publish"):
        with refused("crm_regulations.never"):
            coordinator.call("crm.regulation", method, [draft])
    assert coordinator.read("crm.regulation", draft, "state")["state"] == "draft"


def test_what_is_in_force_is_fixed(coordinator, refused, writes_nothing):
    [regulation] = coordinator.search(
        "crm.regulation", [("code", "=", "materials_2h"), ("state", "=", "published")]
    )
    [step] = coordinator.search(
        "crm.regulation.step", [("regulation_id", "=", regulation)]
    )
    for model, values in (
        ("crm.regulation.step", {"regulation_id": regulation, "name": "Call"}),
        ("crm.regulation.condition", {"step_id": step, "kind": "deal_lost"}),
        ("crm.regulation.rung", {"step_id": step}),
    ):
        with refused("crm_regulations.published_is_fixed"):
            coordinator.create(model, values)
    values = {"step_ids": [(0, 0, {"name": "Call"})]}
    with refused("crm_regulations.published_is_fixed"):
        coordinator.write("crm.regulation", regulation, values)
    with refused("crm_regulations.published_is_fixed"):
        coordinator.call("crm.regulation.step", "unlink", [step])


@pytest.mark.parametrize("login", ["sales", "manager", "integration"])
def test_only_the_coordinator_sets_up(person, refused, login, writes_nothing):
    client = person(login)
    step = client.search("crm.regulation.step", [], limit=1)[0]
    for model, values in (
        ("crm.regulation", {"name": "Mine"}),
        ("crm.regulation.condition", {"step_id": step, "kind": "deal_lost"}),
        ("crm.regulation.rung", {"step_id": step}),
        ("crm.regulation.subject", {"model_id": 1}),
    ):
        with refused("access", "crm_regulations.published_is_fixed"):
            client.create(model, values)
