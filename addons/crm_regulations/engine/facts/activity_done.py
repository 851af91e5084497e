"""An activity on a document was marked as done.

Cancelling one deletes it, so it tells nothing. The activities that show promises to
those who owe them are no work of their own.
"""

from odoo.fields import Domain

from odoo.addons.crm_segmentation.core.touch import done_at
from odoo.addons.crm_segmentation.engine.autofill.parties import DOCUMENTS

from .document_kind import Matter
from .fact import ATTESTED
from .state_kind import StateKind


class ActivityDone(StateKind):
    code = "activity_done"
    model = "mail.activity"
    date_field = "write_date"
    state_field = "active"
    states = (False,)

    def meant(self, role, asked):
        models = [*DOCUMENTS, asked.model]
        return (
            super().meant(role, asked)
            & Domain("obligation_id", "=", False)
            & Domain("res_model", "in", models)
        )

    def within(self, asked):
        """It was done on the day that Odoo keeps, or in the moment of the saving."""
        domain = Domain.TRUE
        if asked.start is not None:
            domain &= Domain("write_date", ">=", asked.start)
        if asked.end is not None:
            domain &= Domain("write_date", "<", asked.end) | Domain(
                "date_done", "<=", asked.end.date()
            )
        return domain

    def matter(self, documents, activity):
        document = documents.document(activity.res_model, activity.res_id)
        if not document:
            return None
        customers = documents.customer(document)
        return Matter(document, customers, documents.lead(document))

    def ended(self, activity):
        return done_at(activity.date_done or None, activity.write_date)

    def grade(self, activity):
        return ATTESTED

    def note(self, activity):
        return activity.feedback or ""
