"""A deal was won: its lead came to be won, whatever the way.

A won deal that is reopened and won again is a second fact.
"""

from odoo.fields import Domain

from ...core.deal import is_won
from .deal_kind import DealKind


class DealWon(DealKind):
    code = "deal_won"

    def ended(self, values):
        return is_won(values)

    def likely(self):
        return Domain("won_status", "=", "won")
