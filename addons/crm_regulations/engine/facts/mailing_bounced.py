"""A mass mailing did not reach a customer: the address or the server refused it."""

from .trace_kind import TraceKind


class MailingBounced(TraceKind):
    code = "mailing_bounced"
    # Odoo keeps no date of it; nothing happens to a trace after it.
    date_field = "write_date"
    states = ("bounce", "error")

    def note(self, trace):
        return trace.failure_reason or ""
