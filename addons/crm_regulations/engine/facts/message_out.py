"""A message went out to the customer.

What counts: a comment or an e-mail that one of our people wrote, or the mail plugin
logged for them; not an internal note, an automatic reply or a mass mailing. It went to
the customer when the customer or a colleague of the customer's company is among its
recipients: then the proof is the system's. A message on the customer's, the lead's or
the subject's own page that is addressed to nobody is taken as the author's word; one
that is addressed to somebody else proves nothing.
"""

from odoo.fields import Domain

from ...core.letter import NOTICE, OUT, SENT
from .among import among
from .document_kind import Matter
from .documents import near, placed
from .fact import ATTESTED, SYSTEM
from .message_kind import LOGGED, MessageKind, is_logged


class MessageOut(MessageKind):
    code = "message_out"
    way = OUT
    types = (*SENT, NOTICE)

    def people(self, messages):
        return _recipients(messages) | messages.author_id

    def matter(self, documents, message):
        if not self.is_mine(documents, message):
            return None
        page = documents.document(message.model, message.res_id)
        if is_logged(message):
            return Matter(page, documents.customer(page))
        return Matter(page, documents.customers(_recipients(message)))

    def grade(self, message):
        return SYSTEM if message.partner_ids else ATTESTED

    def facts(self, messages, asked):
        return super().facts(messages - _mass_mailed(messages), asked)

    def weigh(self, fact, about):
        if not super().weigh(fact, about):
            return ""
        if fact.families & about.families:
            return SYSTEM
        # It stands on one of the promise's pages; was it meant for somebody else?
        return fact.grade if fact.grade == ATTESTED else ""

    def narrowed(self, env, asked):
        family = among("commercial_partner_id", asked.touched.families)
        pages = placed(asked.touched.places, *self.document_fields)
        theirs = placed(near(env, asked.touched), *self.document_fields)
        return self.found_by(
            env,
            asked,
            Domain("partner_ids", "any", family),
            Domain("notified_partner_ids", "any", family),
            pages | (theirs & LOGGED),
        )


def _recipients(messages):
    """Everybody to whom they went."""
    notified = messages.notified_partner_ids
    return messages.partner_ids | notified if notified else messages.partner_ids


def _mass_mailed(messages):
    """Those that are copies of mass mailings, which are facts of their own."""
    sent = messages.filtered(lambda m: m.message_type == "email_outgoing")
    traces = sent.env["mailing.trace"].search_fetch(
        [
            ("model", "in", list(set(sent.mapped("model")))),
            ("res_id", "in", sent.mapped("res_id")),
            ("message_id", "in", sent.mapped("message_id")),
        ],
        ["message_id"],
    )
    names = set(traces.mapped("message_id"))
    return sent.filtered(lambda m: m.message_id and m.message_id in names)
