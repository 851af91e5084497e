from datetime import timedelta

from odoo import api, fields, models

from ..engine import control_letters

KEPT_DAYS = 90


class CrmControlLetter(models.Model):
    """Who got the weekly control report for which week; each of them once."""

    _name = "crm.control.letter"
    _description = "Weekly Control Report Sent"
    _order = "id"
    _rec_name = "day"

    user_id = fields.Many2one(
        "res.users", string="Who got it", required=True, ondelete="cascade"
    )
    company_id = fields.Many2one("res.company", required=True, ondelete="cascade")
    day = fields.Date(string="Monday", required=True, help="When it was due.")

    _once = models.Constraint(
        "UNIQUE(user_id, company_id, day)", "The report was sent already."
    )
    _company_idx = models.Index("(company_id)")

    @api.model
    def _cron_send(self):
        """Send the weekly reports that are due, person by person."""
        due = control_letters.due(self.sudo().env, fields.Datetime.now())
        cron = self.env["ir.cron"]
        cron._commit_progress(remaining=len(due))
        for user, company, monday in due:
            control_letters.send(self.sudo().env, user, company, monday)
            if not cron._commit_progress(1):
                break

    @api.autovacuum
    def _gc_letters(self):
        day = fields.Date.today() - timedelta(days=KEPT_DAYS)
        self.search([("day", "<", day)]).unlink()


class ResCompany(models.Model):
    _inherit = "res.company"

    crm_control_report = fields.Boolean(
        string="Weekly control report",
        help="On Monday, in working hours, CRM coordinators get the figures of last "
        "week by e-mail, and heads of departments those of their departments.",
    )


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    crm_control_report = fields.Boolean(
        related="company_id.crm_control_report", readonly=False
    )
