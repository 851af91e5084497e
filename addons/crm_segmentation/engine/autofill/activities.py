"""Activities that were done: a call, a letter, a talk with a customer."""

from odoo.fields import Domain
from odoo.tools import html2plaintext

from ...core.touch import done_at
from .parties import DOCUMENTS, Parties
from .touch import Touch

MODEL = "mail.activity"


def done_in(start, stop):
    """Domain of the activities that were done in a time.

    :param start: first instant, UTC
    :param stop: first instant after it
    """
    return Domain(
        [
            ("active", "=", False),
            ("write_date", ">=", start),
            ("write_date", "<", stop),
            ("res_model", "in", list(DOCUMENTS)),
        ]
    )


def touches(activities):
    """What done activities tell of.

    An activity counts if its type is mapped to an interaction type. One that belongs to
    a meeting is told by the meeting.

    :param activities: mail.activity records, superuser environment
    :return: list of :class:`~.touch.Touch`
    """
    done = activities.filtered(
        lambda a: (
            not a.active
            and a.res_model in DOCUMENTS
            and a.activity_type_id.interaction_type_id
            and not a.calendar_event_id
        )
    )
    parties = Parties(activities.env)
    parties.load((activity.res_model, activity.res_id) for activity in done)
    return [touch for activity in done for touch in _touches(parties, activity)]


def _touches(parties, activity):
    document = parties.document(activity.res_model, activity.res_id)
    customer = parties.customer(document)
    if not customer and not parties.lead(document):
        return
    user = activity.user_id or activity.write_uid
    yield Touch(
        origin="activity",
        source_model=MODEL,
        source_id=activity.id,
        kind=activity.activity_type_id.interaction_type_id.id,
        date=done_at(activity.date_done or None, activity.write_date),
        direction="out",
        name=activity.summary or activity.activity_type_id.name,
        note=html2plaintext(activity.feedback or ""),
        **parties.shared(document, customer, user),
    )
