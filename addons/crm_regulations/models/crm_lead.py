from odoo import models
from odoo.fields import Domain


class CrmLead(models.Model):
    _name = "crm.lead"
    _inherit = ["crm.lead", "crm.obligation.mixin"]

    def _obligation_field(self):
        return "lead_id"

    def _merge_dependences(self, opportunities):
        """What is owed about the merged leads is owed about the one that stays."""
        done = super()._merge_dependences(opportunities)
        about = Domain(
            [("res_model", "=", self._name), ("res_id", "in", opportunities.ids)]
        )
        beside = Domain("lead_id", "in", opportunities.ids)
        self.env["crm.obligation"].sudo().search(about | beside)._move(self)
        return done
