from odoo import api, models

from ..engine.presence import can_owe


class ResUsers(models.Model):
    """Promises of somebody who leaves are passed on, never left with nobody."""

    _inherit = "res.users"

    def write(self, vals):
        done = super().write(vals)
        if vals.get("active") is False:
            self._pass_on_promises()
        return done

    @api.ondelete(at_uninstall=False)
    def _unlink_pass_on_promises(self):
        self._pass_on_promises()

    def _pass_on_promises(self):
        """Give the open promises to the customer's salesperson, else to the owner."""
        obligations = self.env["crm.obligation"].sudo()
        owed = obligations.search(
            [("user_id", "in", self.ids), ("date_end", "=", False)]
        )
        for obligation in owed:
            partner = obligation.commercial_partner_id
            candidates = (
                obligation.lead_id.user_id,
                partner.user_id,
                obligation.regulation_id.owner_id,
            )
            after = next(
                (
                    user
                    for user in candidates
                    if user not in self and can_owe(user, obligation.company_id)
                ),
                self.browse(),
            )
            obligation._pass_to(after)
