from odoo import api, fields, models
from odoo.tools.sql import column_exists, create_column


class CrmLead(models.Model):
    """Whether somebody has planned what comes next in a deal."""

    _inherit = "crm.lead"

    crm_has_next_step = fields.Boolean(
        string="Has a next step",
        compute="_compute_crm_has_next_step",
        store=True,
        help="An activity is planned. The reminder of a promise is none.",
    )

    def _auto_init(self):
        # One statement instead of a computation for the leads of all years.
        if not column_exists(self.env.cr, self._table, "crm_has_next_step"):
            create_column(self.env.cr, self._table, "crm_has_next_step", "bool")
            self.pool.post_init(self._fill_next_step)
        return super()._auto_init()

    def _fill_next_step(self):
        """Once, after the tables of all models are there."""
        self.env.cr.execute(
            """
            UPDATE crm_lead SET crm_has_next_step = TRUE
              FROM mail_activity AS activity
             WHERE activity.res_model = 'crm.lead'
               AND activity.res_id = crm_lead.id
               AND activity.active
               AND activity.obligation_id IS NULL
            """
        )

    @api.depends("activity_ids.active", "activity_ids.obligation_id")
    def _compute_crm_has_next_step(self):
        for lead in self:
            planned = lead.activity_ids.filtered(lambda a: not a.sudo().obligation_id)
            lead.crm_has_next_step = bool(planned)
