"""What was written down of what happened: beside every figure about promises.

Promises can only be measured where calls, meetings and leads are logged with what came
of them. A high figure over a low capture rate says little.
"""

from odoo.fields import Domain

from odoo.addons.crm_segmentation.core.touch import NOT_REACHED


def captured(env, start, end, people=None):
    """Domains of what happened in a time, and of what of it was written down.

    :param env: the environment of the person who looks
    :param start: first instant, naive UTC
    :param end: first instant after it
    :param people: only what these users did; None for everybody
    :return: {kind: (model, domain of what happened, domain of what was logged)}
    """
    companies = env.companies.ids
    whose = Domain("user_id", "in", people) if people is not None else Domain.TRUE
    calls = (
        Domain("type_id.code", "=", "call")
        & Domain("date", ">=", start)
        & Domain("date", "<", end)
        & Domain("company_id", "in", companies)
        & whose
    )
    meetings = (
        Domain("is_with_customer", "=", True)
        & Domain("stop", ">=", start)
        & Domain("stop", "<", end)
        & Domain("user_id.company_ids", "in", companies)
        & whose
    )
    leads = (
        Domain("create_date", ">=", start)
        & Domain("create_date", "<", end)
        & Domain("company_id", "in", [*companies, False])
        & whose
    )
    return {
        "calls": (
            "crm.interaction", calls, calls & Domain("outcome", "!=", False),
        ),
        "meetings": (
            "calendar.event", meetings, meetings & Domain("outcome", "!=", False),
        ),
        "leads": (
            "crm.lead",
            leads,
            leads & Domain("interaction_ids", "any", [
                "|", ("outcome", "=", False), ("outcome", "not in", list(NOT_REACHED)),
            ]),
        ),
    }  # fmt: skip
