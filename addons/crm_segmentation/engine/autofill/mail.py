"""Letters from and to customers, and e-mails that the mail plugin logged."""

from odoo.fields import Domain
from odoo.tools import email_normalize, html2plaintext

from ...core.touch import is_automatic_mail, origin_of_message, plugin_direction
from ..changes import stored_values
from .parties import DOCUMENTS, Parties
from .touch import Touch

MODEL = "mail.message"
_TYPES = ("email", "comment")


def done_in(start, stop):
    """Domain of the messages of a time that may be letters.

    :param start: first instant, UTC
    :param stop: first instant after it
    """
    return Domain(
        [
            ("date", ">=", start),
            ("date", "<", stop),
            ("model", "in", list(DOCUMENTS)),
            "|",
            ("message_type", "in", _TYPES),
            ("touch_mark", "=", "plugin"),
        ]
    )


def maybe(messages):
    """Those of new messages that may be letters, from memory and without a query.

    :param messages: mail.message records; some may be deleted already
    :return: those of them whose kind and document fit
    """
    models = dict(stored_values(messages, "model"))
    kinds = dict(stored_values(messages, "message_type"))
    marks = dict(stored_values(messages, "touch_mark"))
    return messages.browse(
        id_
        for id_ in messages._ids
        if models.get(id_) in DOCUMENTS
        and (kinds.get(id_) in _TYPES or marks.get(id_) == "plugin")
    )


def touches(messages):
    """What messages tell of: one touch per message and counterparty.

    :param messages: mail.message records, superuser environment
    :return: list of :class:`~.touch.Touch`
    """
    messages = maybe(messages).exists()
    if not messages:
        return []
    parties = Parties(messages.env)
    parties.load((message.model, message.res_id) for message in messages)
    return [touch for message in messages for touch in _touches(parties, message)]


def _touches(parties, message):
    author = message.author_id
    side = ("ours" if parties.is_ours(author) else "theirs") if author else "unknown"
    is_note = message.is_internal or message.subtype_id.internal
    origin = origin_of_message(
        message.message_type, message.touch_mark or "", is_note, side
    )
    # Of the letters before this addon was here only the subject can tell.
    if origin is None or is_automatic_mail({}, message.subject):
        return
    document = parties.document(message.model, message.res_id)
    if not document:
        return
    yield from _KINDS[origin](parties, message, document)


def _incoming(parties, message, document):
    author = message.author_id
    if not author and document._name != "crm.lead":
        # A stranger on somebody's order may be anybody.
        return
    customer = author or parties.customer(document)
    yield _touch(parties, message, document, customer, "mail_in", "in")


def _outgoing(parties, message, document):
    reached = message.partner_ids | message.notified_partner_ids
    for customer in parties.customers(reached):
        yield _touch(parties, message, document, customer, "mail_out", "out")


def _plugin(parties, message, document):
    customer = parties.customer(document)
    if not customer and not parties.lead(document):
        return
    own = (message.author_id.email_normalized, message.author_id.email)
    direction = plugin_direction(html2plaintext(message.body or ""), own)
    yield _touch(parties, message, document, customer, "plugin", direction)


_KINDS = {"mail_in": _incoming, "mail_out": _outgoing, "plugin": _plugin}


def _touch(parties, message, document, customer, origin, direction):
    if origin == "mail_in":
        user = parties.user(document)
    else:
        user = message.author_id.user_ids.filtered(lambda u: not u.share)[:1]
    # The text stays where it is: not everybody who sees the customer's interactions
    # may read the document.
    return Touch(
        origin=origin,
        source_model=MODEL,
        source_id=message.id,
        kind="email",
        date=message.date,
        direction=direction,
        name=message.subject or document.display_name,
        email="" if customer else email_normalize(message.email_from) or "",
        **parties.shared(document, customer, user),
    )
