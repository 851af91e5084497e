"""A talk with a customer was logged, or Odoo noticed one.

A try is none: nobody answered, the meeting was moved, nobody came. Neither is a call
that is still going on; one whose end is never reported counts after a day.
"""

from dataclasses import replace
from datetime import timedelta

from odoo import fields
from odoo.fields import Domain

from odoo.addons.crm_segmentation.core.touch import NOT_REACHED

from ...core.step import START
from .document_kind import DocumentKind, Matter, own
from .fact import ATTESTED, SYSTEM
from .kind import Kind
from .rings import missed_before, of_same_number

_LETTERS = ("mail_out", "plugin")
_GOING_ON = ("ringing", "answered")
_LONGEST_CALL = timedelta(days=1)
# What an interaction was made from → the kinds of facts that it tells as well.
_SOURCES = {
    "calendar.event": ("meeting_held",),
    "mail.activity": ("activity_done",),
    "mail.message": ("message_in", "message_out"),
}


class Interaction(DocumentKind):
    code = "interaction"
    model = "crm.interaction"
    date_field = "date_end"

    def tells_of(self, model):
        return Kind.tells_of(self, model)

    def watched(self, env, asked):
        # A meeting was held after all; a call ended; somebody said who the caller was.
        return {"outcome", "call_state", "partner_id", "lead_id"}

    def meant(self, role, asked):
        domain = asked.domain & _over()
        if not speaks_of(asked.domain, "outcome"):
            domain &= Domain("outcome", "not in", NOT_REACHED)
        if role != START:
            if not speaks_of(asked.domain, "direction"):
                domain &= Domain("direction", "=", "out")
        elif not speaks_of(asked.domain, "direction", "origin"):
            # The letter that we wrote ourselves asks us for nothing.
            domain &= ~(
                Domain("origin", "in", _LETTERS) & Domain("direction", "=", "out")
            )
        return domain

    def pairs(self, talks):
        return ()

    def people(self, talks):
        return talks.partner_id

    def matter(self, documents, talk):
        return talk_matter(documents, talk)

    def began(self, talk):
        return talk.date

    def grade(self, talk):
        # The telephone exchange knows who answered; otherwise a person says so.
        is_call = talk.origin == "call_log" and talk.outcome == "answered"
        return SYSTEM if is_call else ATTESTED

    def facts(self, talks, asked):
        """Whoever talks to a number answers the calls of it that were missed."""
        facts = super().facts(talks, asked)
        missed = missed_before(talks)
        calls = {talk.id: calls for talk, calls in missed.items()}
        return [
            replace(fact, places=fact.places | _places(calls[fact.res_id]))
            if fact.res_id in calls
            else fact
            for fact in facts
        ]

    def narrowed(self, env, asked):
        return talks_of(asked) | of_same_number(
            env, asked.touched.ids("crm.interaction")
        )

    def weigh(self, fact, about):
        sources = {
            f"{kind}:{id_}"
            for model, id_ in fact.places
            for kind in _SOURCES.get(model, ())
        }
        # The talk that Odoo made from what began the promise is no answer to it.
        return "" if about.key in sources else super().weigh(fact, about)


def _places(calls):
    return {(calls._name, id_) for id_ in calls.ids}


def talk_matter(documents, talk):
    """What an interaction is about."""
    source = (talk.source_model, talk.source_id)
    return Matter(
        talk,
        documents.customers(talk.partner_id),
        talk.lead_id,
        [source] if all(source) else (),
    )


def talks_of(asked):
    """Domain of the interactions with those touched."""
    touched = asked.touched
    return Domain.OR(
        [
            own(asked, "crm.interaction"),
            Domain("lead_id", "in", touched.ids("crm.lead")),
            Domain("partner_id", "in", touched.ids("res.partner")),
            Domain("commercial_partner_id", "in", sorted(touched.families)),
        ]
    )


def speaks_of(domain, *names):
    """Whether a domain says itself what it wants of some fields."""
    return any(condition.field_expr in names for condition in domain.iter_conditions())


def _over():
    """Domain of the talks that are over, as far as somebody can know."""
    forgotten = fields.Datetime.now() - _LONGEST_CALL
    return Domain("call_state", "not in", _GOING_ON) | Domain("date", "<", forgotten)
