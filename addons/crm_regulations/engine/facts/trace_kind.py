"""What became of a mass mailing at one of its recipients."""

from odoo.fields import Domain

from .document_kind import Matter
from .documents import near, placed
from .state_kind import StateKind


class TraceKind(StateKind):
    """A kind that the trace of a mass mailing tells."""

    model = "mailing.trace"
    document_fields = ("model", "res_id")
    state_field = "trace_status"

    def meant(self, role, asked):
        return super().meant(role, asked) & Domain("is_test_trace", "=", False)

    def matter(self, documents, trace):
        recipient = documents.document(trace.model, trace.res_id)
        if not recipient:
            return None
        customers = documents.customer(recipient)
        return Matter(recipient, customers, documents.lead(recipient))

    def narrowed(self, env, asked):
        mailed = [
            name
            for name, model in env.registry.items()
            if getattr(model, "_mailing_enabled", False)
        ]
        return placed(near(env, asked.touched, mailed), *self.document_fields)
