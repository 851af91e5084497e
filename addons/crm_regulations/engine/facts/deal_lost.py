"""A deal was lost, whatever the way; see :mod:`...core.deal` for what counts.

Its lead is marked as lost, with or without a reason, or an opportunity is archived; or
the customer declines the quotation on the portal, see :mod:`.refusal`. Whichever comes
first dates the fact, and what follows until the deal is reopened belongs to it. A lead
that goes because it is merged into another one or deleted is no lost deal.

The note is what is known of the reason when the fact is told: the lost reason, the
closing note, the customer's words. The signal knows what was saved together with the
loss; the reader also what was added until the deal was reopened.
"""

from dataclasses import replace

from lxml import html

from odoo.fields import Domain
from odoo.tools import html2plaintext, is_html_empty

from ...core.deal import NAMES, is_lost
from ...core.step import START
from .deal_kind import DealKind
from .refusal import Refusals

_REASON = "lost_reason_id"


class DealLost(DealKind):
    code = "deal_lost"
    names = (*NAMES, _REASON)

    def __init__(self):
        self._refusals = Refusals(self)

    @property
    def voices(self):
        return (self, self._refusals)

    def ended(self, values):
        return is_lost(values)

    def likely(self):
        return Domain("active", "=", False) | Domain("won_status", "=", "lost")

    def recounted(self, env, asked, role=START):
        refusals = self._refusals.history(env, asked)
        # What its customer refused may have been lost long before.
        said = Domain("id", "in", [r.order.opportunity_id.id for r in refusals])
        leads = self.leads(env, asked) | self.fitting(env, asked, said)
        found = self.spans(leads)
        facts = [f for some in self.stories(leads, asked, found).values() for f in some]
        facts += self._refusals.stories(env, refusals, found)
        return self.in_time(_merged(facts), asked)

    def notes(self, asked, leads, found):
        env = leads.env
        spans = [span for times in found.values() for span in times]
        reasons = _reasons(env, asked, spans)
        said = _said(env, spans)
        # What is said with a loss that is about to be saved is not written down yet.
        coming = env.cr.precommit.data.get(f"mail.tracking.message.{self.model}", {})
        return {
            id_: [
                _note(
                    reasons.get(_reason(span)),
                    *(said.get(state.source) for state in span.states),
                    words(coming.get(id_, "")) if span.end is None else "",
                )
                for span in times
            ]
            for id_, times in found.items()
        }


def _reasons(env, asked, spans):
    """Id of a lost reason → its name in the language of the company."""
    company = env["res.company"].browse(asked.company_id)
    reasons = env["crm.lost.reason"].with_context(lang=company.partner_id.lang)
    # One that was given in the past may be deleted since.
    reasons = reasons.browse({_reason(span) for span in spans} - {False}).exists()
    return {reason.id: reason.name for reason in reasons}


def _said(env, spans):
    """Id of a message that tells of a loss → what is said there."""
    ids = {state.source for span in spans for state in span.states}
    messages = env["mail.message"].browse(sorted(ids - {0}))
    return {message.id: words(message.body) for message in messages}


def words(body):
    """What somebody says in a message, as plain text.

    :param body: its HTML; the heading that Odoo gives to a closing note is left out
    """
    if is_html_empty(body):
        return ""
    note = html.fragment_fromstring(str(body), create_parent="div")
    inner = note[0] if len(note) == 1 and note[0].tag == "div" else note
    if len(inner) > 1 and inner[0].tag == "p" and (inner[0].text or "").endswith(":"):
        inner[0].drop_tree()
    text = html2plaintext(
        html.tostring(note, encoding="unicode"), include_references=False
    )
    return text.strip()


def _reason(span):
    """Id of the last reason that was given, or False."""
    given = [
        state.values[_REASON] for state in span.states if state.values.get(_REASON)
    ]
    return given[-1] if given else False


def _note(*texts):
    return "\n".join(dict.fromkeys(text for text in texts if text))


def _merged(facts):
    """Facts with one key are one, since the first of them."""
    found = {}
    for fact in sorted(facts, key=lambda fact: (fact.date, fact.res_model)):
        first = found.setdefault(fact.key, fact)
        if first is not fact:
            found[fact.key] = replace(
                first,
                places=first.places | fact.places,
                families=first.families | fact.families,
                note=_note(first.note, fact.note),
            )
    return list(found.values())
