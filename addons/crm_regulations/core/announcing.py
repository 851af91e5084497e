"""Who is told of something new, in which way, and what counts as told."""

from __future__ import annotations

# What became of one customer.
PLANNED, WAITING, CALL, PERSONAL = "planned", "waiting", "to_call", "personal"
SENT, OPENED, REPLIED, TOLD, EXCLUDED = (
    "sent", "opened", "replied", "told", "excluded",
)  # fmt: skip
#: The customer knows.
INFORMED = (SENT, OPENED, REPLIED, TOLD)
#: A person of ours has to do something.
BY_PERSON = (CALL, PERSONAL)

# How a customer is to be told.
BY_MAIL, BY_CALL, PERSONALLY, NOT_AT_ALL = "mail", "call", "personal", "none"

#: What keeps from mailing, in the order in which it is asked, and what is done instead.
#: Who does not want our mailings is left alone; who cannot be written to is called.
REASONS = (
    ("blacklisted", NOT_AT_ALL),
    ("opted_out", NOT_AT_ALL),
    ("bad_email", BY_CALL),
    ("no_email", BY_CALL),
    ("cap", BY_CALL),
)

#: What the trace of a letter says: status → (state, reason), the strongest first.
#: A letter to an address tells of every customer with this address.
TRACES = (
    ("reply", REPLIED, None),
    ("open", OPENED, None),
    ("sent", SENT, None),
    ("pending", SENT, None),
    ("bounce", CALL, "bounced"),
    ("error", CALL, "failed"),
    ("cancel", CALL, "failed"),
)
#: The same of letters that Odoo itself did not send: failure → reason to leave alone.
CANCELLED = (("mail_bl", "blacklisted"), ("mail_optout", "opted_out"))
#: Reasons that a later letter can lift.
OF_LETTERS = ("bounced", "failed")


def figures(counts: dict[str, int], target: float) -> dict:
    """How far an announcement has come.

    :param counts: state → number of customers
    :param target: percent of all that are to be told
    :return: ``total``, ``informed``, ``excluded``, ``open`` (not told yet and not left
        out), ``percent`` (informed ÷ all in scope), ``reached`` (target reached)
    """
    total = sum(counts.values())
    informed = sum(counts.get(state, 0) for state in INFORMED)
    excluded = counts.get(EXCLUDED, 0)
    return {
        "total": total,
        "informed": informed,
        "excluded": excluded,
        "open": total - informed - excluded,
        "percent": round(100.0 * informed / total, 1) if total else 0.0,
        # Not of the rounded figure: 94.96 % are no 95 %.
        "reached": bool(total) and 100 * informed >= target * total,
    }


def may_write(letters: int, cap: int) -> bool:
    """Whether a customer may get one more automatic letter.

    :param letters: how many there were in the last days
    :param cap: how many there may be; 0 for any number
    """
    return not cap or letters < cap
