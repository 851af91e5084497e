from odoo import fields, models


class CrmInteraction(models.Model):
    """Who calls is shown with what we owe."""

    _inherit = "crm.interaction"

    def _open_obligations_of(self, companies):
        found = super()._open_obligations_of(companies)
        obligations = self.env["crm.obligation"]
        if not obligations.has_access("read"):
            return found
        owed = obligations.search(
            [
                ("commercial_partner_id", "in", companies.ids),
                ("date_end", "=", False),
            ],
            limit=10 * len(companies),
        )
        for obligation in owed:
            found.setdefault(obligation.commercial_partner_id.id, []).append(
                {
                    "id": obligation.id,
                    "name": obligation.sudo().name or "",
                    "about": obligation.res_name or "",
                    "date_due": fields.Datetime.to_string(obligation.date_due),
                    "state": obligation.state,
                    "user": obligation.user_id.name or "",
                }
            )
        return found
