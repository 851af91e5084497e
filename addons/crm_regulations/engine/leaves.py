"""Approved time off is an absence by itself, where Odoo's time off is installed.

Nothing depends on that module: its records are read by name.
"""

from .presence import can_owe

MODEL = "hr.leave"
#: What of a leave an absence follows.
WATCHED = frozenset(
    ("state", "date_from", "date_to", "employee_id", "user_id", "holiday_status_id")
)
_APPROVED = "validate"


def follow(env, ids):
    """Make, move or take back the absences of leaves.

    :param env: superuser environment
    :param ids: ids of leaves, some may be deleted
    """
    leaves = env[MODEL].browse(ids).exists()
    known = {
        absence.leave_res_id: absence
        for absence in env["crm.absence"].search([("leave_res_id", "in", list(ids))])
    }
    approved = {leave.id: leave for leave in leaves if _is_absence(leave)}
    gone = [absence for id_, absence in known.items() if id_ not in approved]
    env["crm.absence"].union(*gone).unlink()
    for leave in approved.values():
        values = _values(leave)
        absence = known.get(leave.id)
        if absence:
            if absence.user_id.id == values["user_id"]:
                # The deputy may have been chosen by a person since.
                del values["deputy_id"]
            absence.write(values)
    new = [leave for id_, leave in approved.items() if id_ not in known]
    env["crm.absence"].create([_values(leave) for leave in new])


def _is_absence(leave):
    """Whether it is approved, and somebody with promises is away."""
    return (
        leave.state == _APPROVED
        and leave.employee_id.user_id.active
        and leave.holiday_status_id.time_type == "leave"
        and leave.date_from
        and leave.date_to
        and leave.date_from < leave.date_to
    )


def _values(leave):
    user = leave.employee_id.user_id
    company = leave.employee_id.company_id
    return {
        "user_id": user.id,
        "deputy_id": _deputy(user, leave.employee_id, company).id,
        "date_from": leave.date_from,
        "date_until": leave.date_to,
        "company_id": company.id,
        "leave_res_id": leave.id,
        "note": leave.holiday_status_id.name,
    }


def _deputy(user, employee, company):
    """The standing deputy, else the manager; nobody: the regulation's owner then."""
    for candidate in (user.crm_deputy_id, employee.parent_id.user_id):
        if candidate != user and can_owe(candidate, company):
            return candidate
    return user.browse()
