"""Somebody said that a meeting with a customer took place.

Private meetings and those among ourselves are none.
"""

from odoo.fields import Domain

from odoo.addons.crm_segmentation.engine.autofill.meetings import is_private, sides

from .document_kind import Matter, own
from .documents import near, placed
from .fact import ATTESTED
from .state_kind import StateKind


class MeetingHeld(StateKind):
    code = "meeting_held"
    model = "calendar.event"
    date_field = "stop"
    state_field = "outcome"
    states = ("held",)
    retold_by = frozenset({"start", "stop"})

    def pairs(self, events):
        leads = [("crm.lead", event.opportunity_id.id) for event in events]
        return [*super().pairs(events), *leads]

    def people(self, events):
        return events.partner_ids

    def matter(self, documents, event):
        if is_private(event):
            return None
        document, customers = sides(documents, event)
        lead = event.opportunity_id or documents.lead(document)
        if not customers and not lead:
            return None
        about = documents.document(event.res_model, event.res_id)
        return Matter(about or lead, customers, lead)

    def facts(self, events, asked):
        ours = events.filtered(lambda e: not _is_of_others(e, asked.company_id))
        return super().facts(ours, asked)

    def began(self, event):
        return event.start

    def note(self, event):
        return event.name

    def grade(self, event):
        return ATTESTED

    def narrowed(self, env, asked):
        documents = near(env, asked.touched)
        families = sorted(asked.touched.families)
        return Domain.OR(
            [
                own(asked, self.model),
                Domain("partner_ids.commercial_partner_id", "in", families),
                Domain("opportunity_id", "in", sorted(documents["crm.lead"])),
                placed(documents, *self.document_fields),
            ]
        )


def _is_of_others(event, company_id):
    """Whether a meeting is one of another of our companies.

    Meetings belong to no company. One that is about no deal or document is that of the
    company of whoever organized it, as its interactions are.
    """
    if not company_id or event.opportunity_id or event.res_id:
        return False
    company = event.user_id.company_id
    return bool(company) and company.id != company_id
