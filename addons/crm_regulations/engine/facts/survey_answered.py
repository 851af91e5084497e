"""A customer finished a survey, for example a quality sheet."""

from odoo.fields import Domain

from .document_kind import Matter, own
from .state_kind import StateKind


class SurveyAnswered(StateKind):
    code = "survey_answered"
    model = "survey.user_input"
    # A live session that is ended for everybody writes none.
    date_field = "end_datetime"
    may_lack_date = True
    state_field = "state"
    states = ("done",)

    def meant(self, role, asked):
        return super().meant(role, asked) & Domain("test_entry", "=", False)

    def pairs(self, answers):
        return [("crm.lead", _lead(answer).id) for answer in answers]

    def people(self, answers):
        return answers.partner_id

    def matter(self, documents, answer):
        lead = documents.document("crm.lead", _lead(answer).id)
        customers = documents.customers(answer.partner_id) or documents.customer(lead)
        return Matter(lead or customers, customers, lead)

    def note(self, answer):
        if answer.scoring_type == "no_scoring":
            return ""
        return f"{answer.scoring_percentage:g} %"

    def narrowed(self, env, asked):
        touched = asked.touched
        families = sorted(touched.families)
        domains = [
            own(asked, self.model),
            Domain("partner_id.commercial_partner_id", "in", families),
        ]
        if _LEAD in env[self.model]._fields:
            domains += [
                Domain(_LEAD, "in", touched.ids("crm.lead")),
                Domain(f"{_LEAD}.partner_id.commercial_partner_id", "in", families),
            ]
        return Domain.OR(domains)


# Of the module that makes leads from answers.
_LEAD = "lead_id"


def _lead(answer):
    return answer[_LEAD] if _LEAD in answer._fields else answer.env["crm.lead"]
