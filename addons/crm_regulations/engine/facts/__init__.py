"""What can happen to a customer: one file per kind of fact.

A kind that starts promises has ``facts(records)``: what happened, from the records that
tell it. A kind that proves promises says by ``IS_FOUND`` whether Odoo can find its
proof; then it has ``signalled(...)``: which open obligations a new record may prove,
and ``evidence(obligations, domain)``: the proof found in Odoo's history. The
live path and the late one (a call typed in after its letter was sent) both end in
``evidence``, so they cannot disagree.
"""

from . import created, interaction, manual, message_out

TRIGGERS = {"created": created, "interaction": interaction}
PROOFS = {"message_out": message_out, "interaction": interaction, "manual": manual}
