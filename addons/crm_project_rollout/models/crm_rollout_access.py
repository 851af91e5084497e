from odoo import api, fields, models
from odoo.fields import Domain


class CrmRollout(models.Model):
    """Who takes part in a CRM project, asked by the record rules of its records."""

    _inherit = "crm.rollout"

    is_team = fields.Boolean(
        string="I Take Part", compute="_compute_is_team", search="_search_is_team"
    )

    @api.model
    def _team_domain(self):
        """The CRM projects that the present user takes part in.

        Whoever adds a role to a CRM project adds its people here with ``super()``.

        :return: a domain
        """
        user = self.env.user
        return Domain("sponsor_id", "=", user.id) | Domain(
            "coordinator_id", "=", user.id
        )

    @api.depends("sponsor_id", "coordinator_id")
    @api.depends_context("uid")
    def _compute_is_team(self):
        own = self.sudo().filtered_domain(self._team_domain())
        for rollout in self:
            rollout.is_team = rollout.sudo() in own

    def _search_is_team(self, operator, value):
        if operator != "in" or len(set(value)) != 1:
            return NotImplemented
        own = self._team_domain()
        return own if True in value else ~own
