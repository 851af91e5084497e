"""A customer called and nobody of us answered.

Several phones that rang for one call are one missed call, whoever of them reports it,
and none if one of us answered.
"""

from odoo.fields import Domain

from .fact import ATTESTED, SYSTEM
from .interaction import talk_matter, talks_of
from .kind import Kind
from .rings import MISSED, first_rings
from .state_kind import StateKind


class CallMissed(StateKind):
    code = "call_missed"
    model = "crm.interaction"
    date_field = "date_end"
    state_field = "outcome"
    states = MISSED
    # Somebody said who the unknown caller was.
    retold_by = frozenset({"partner_id", "lead_id"})

    def tells_of(self, model):
        return Kind.tells_of(self, model)

    def meant(self, role, asked):
        return super().meant(role, asked) & Domain("direction", "=", "in")

    def facts(self, calls, asked):
        return super().facts(first_rings(calls), asked)

    def pairs(self, calls):
        return ()

    def people(self, calls):
        return calls.partner_id

    def matter(self, documents, call):
        return talk_matter(documents, call)

    def began(self, call):
        return call.date

    def grade(self, call):
        # The telephone exchange knows it; otherwise a person says so.
        return SYSTEM if call.origin == "call_log" else ATTESTED

    def narrowed(self, env, asked):
        return talks_of(asked)
