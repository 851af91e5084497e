"""Approved time off is an absence by itself, where Odoo's time off is installed."""

import os

import pytest

from company import unique
from odoo_server import Server, own_copy

PASSWORD = "a long word for a test"
SALES = "sales_team.group_sale_salesman"


@pytest.fixture(scope="module")
def admin(tmp_path_factory):
    """An administrator of a database in which time off is installed meanwhile."""
    with own_copy(os.environ["CRM_TEST_FRESH"], "time_off") as database:
        with Server(database, tmp_path_factory.mktemp("time_off")) as server:
            client = server.json_2("admin")
            module = [("name", "=", "hr_holidays")]
            (found,) = client.search("ir.module.module", module)
            client.call("ir.module.module", "button_immediate_install", [found])
            yield client
        lines = {line: line.split(" ", 5)[5] for line in server.troubles()}
        ours = [line for line, told in lines.items() if "crm" in told]
        assert not ours, "\n".join(ours)


def user(admin, name):
    """An employee with a login: ids of the user and of the employee."""
    group = admin.call(
        "ir.model.data", "check_object_reference",
        module=SALES.split(".")[0], xml_id=SALES.split(".")[1],
    )[1]  # fmt: skip
    login = unique(name).replace(" ", "_")
    user_id = admin.create(
        "res.users",
        {"name": name, "login": login, "email": f"{login}@example.com",
         "group_ids": [[4, group]]},
    )  # fmt: skip
    employee_id = admin.create("hr.employee", {"name": name, "user_id": user_id})
    return user_id, employee_id


def absences(admin, user_id):
    """(deputy, beginning, return) of somebody's absences."""
    names = "deputy_id", "date_from", "date_until"
    rows = admin.call(
        "crm.absence", "search_read",
        domain=[("user_id", "=", user_id)], fields=list(names),
    )  # fmt: skip
    return [tuple(row[name] for name in names) for row in rows]


def test_a_leave_is_an_absence(admin):
    seller, employee = user(admin, "Seller")
    head, head_employee = user(admin, "Head")
    deputy, _employee = user(admin, "Deputy")
    admin.write("hr.employee", employee, {"parent_id": head_employee})
    kind = admin.create(
        "hr.leave.type",
        {"name": unique("Leave"), "requires_allocation": False,
         "leave_validation_type": "hr", "time_type": "leave"},
    )  # fmt: skip

    def leave(first, last, kind=kind):
        return admin.create(
            "hr.leave",
            {"employee_id": employee, "holiday_status_id": kind,
             "request_date_from": first, "request_date_to": last},
        )  # fmt: skip

    asked = leave("2031-05-05", "2031-05-09")
    assert not absences(admin, seller), "it is not approved yet"
    admin.call("hr.leave", "action_approve", [asked])
    ((found, start, end),) = absences(admin, seller)
    assert found[0] == head, "the manager, because nobody else was named"
    assert start[:10] == "2031-05-05" and end[:10] == "2031-05-09"

    # Refused: it goes.
    admin.call("hr.leave", "action_refuse", [asked])
    assert not absences(admin, seller)

    # The standing deputy comes first; who is there already is no obstacle.
    admin.write("res.users", seller, {"crm_deputy_id": deputy})
    again = leave("2031-06-02", "2031-06-03")
    admin.call("hr.leave", "action_approve", [again])
    ((found, _start, _end),) = absences(admin, seller)
    assert found[0] == deputy

    # Worked elsewhere is not away.
    elsewhere = admin.create(
        "hr.leave.type",
        {"name": unique("Elsewhere"), "requires_allocation": False,
         "leave_validation_type": "hr", "time_type": "other"},
    )  # fmt: skip
    remote = leave("2031-07-07", "2031-07-08", elsewhere)
    admin.call("hr.leave", "action_approve", [remote])
    assert len(absences(admin, seller)) == 1

    # Taken back and deleted.
    admin.call("hr.leave", "action_refuse", [again])
    assert not absences(admin, seller)
