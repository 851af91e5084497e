"""Meetings of which somebody said how they ended."""

from odoo.fields import Domain

from ...core.touch import minutes_between
from .parties import Parties
from .touch import Touch

MODEL = "calendar.event"


def done_in(start, stop):
    """Domain of the meetings with an outcome in a time.

    :param start: first instant, UTC
    :param stop: first instant after it
    """
    return Domain(
        [("outcome", "!=", False), ("start", ">=", start), ("start", "<", stop)]
    )


def touches(events):
    """What ended meetings tell of: one touch per customer, not per participant.

    Private meetings are left out, and so are participants who declined.

    :param events: calendar.event records, superuser environment
    :return: list of :class:`~.touch.Touch`
    """
    events = events.filtered(lambda e: e.outcome and not is_private(e))
    parties = Parties(events.env)
    parties.load((event.res_model, event.res_id) for event in events)
    return [touch for event in events for touch in _touches(parties, event)]


def is_private(event):
    """Whether a meeting is nobody's business, by its own or its organizer's setting."""
    return event.effective_privacy == "private"


def timing(event):
    """When a meeting was and how long, as field values of an interaction."""
    minutes = minutes_between(event.start, event.stop, event.allday)
    return {"date": event.start, "duration": minutes}


def sides(parties, event):
    """What a meeting was about and with whom.

    Participants who declined do not count. Without others it was with the customer of
    the opportunity or of the document.

    :param parties: a :class:`~.parties.Parties` that has read the event's document
    :param event: a calendar.event record
    :return: its document and the first contact of each customer, both may be empty
    """
    declined = event.attendee_ids.filtered(lambda a: a.state == "declined").partner_id
    customers = parties.customers(event.partner_ids - declined)
    # The meeting itself is a document, too: it knows its lead.
    document = event if event.opportunity_id else None
    document = document or parties.document(event.res_model, event.res_id)
    behind = event.opportunity_id or document
    return document, customers or parties.customer(behind)


def _touches(parties, event):
    document, customers = sides(parties, event)
    if not customers and not parties.lead(document):
        return
    when = timing(event)
    for customer in customers or (customers,):
        yield Touch(
            origin="meeting",
            source_model=MODEL,
            source_id=event.id,
            kind="meeting",
            date=when["date"],
            minutes=when["duration"],
            direction="out",
            outcome=event.outcome,
            name=event.name,
            **_shared(parties, event, document, customer),
        )


def _shared(parties, event, document, customer):
    place = parties.lead(document) or document
    return parties.shared(place, customer, event.user_id)
