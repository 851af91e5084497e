"""A mass mailing went out to a customer, for example an announcement."""

from .trace_kind import TraceKind


class MailingSent(TraceKind):
    code = "mailing_sent"
    date_field = "sent_datetime"
    may_lack_date = True
    states = ("sent", "open", "reply")
