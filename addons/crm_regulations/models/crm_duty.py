from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..engine.presence import can_owe


class CrmDuty(models.Model):
    """Who is on duty, from when to when.

    Read when a promise begins; changing it needs no new version of a regulation and
    leaves promises that have begun with whom they are.
    """

    _name = "crm.duty"
    _description = "Duty Roster"
    _order = "date_from desc, id desc"
    _rec_name = "user_id"
    _check_company_auto = True

    user_id = fields.Many2one(
        "res.users",
        string="Who",
        required=True,
        ondelete="cascade",
        index=True,
        domain=[("share", "=", False)],
        check_company=True,
    )
    date_from = fields.Datetime(
        string="From", required=True, default=fields.Datetime.now
    )
    date_until = fields.Datetime(string="Until", help="Empty: until further notice.")
    process = fields.Selection(
        selection=lambda self: self.env["crm.regulation"]._fields["process"].selection,
        help="Empty: for every process.",
    )
    regulation_id = fields.Many2one(
        "crm.regulation",
        string="Only for",
        ondelete="cascade",
        check_company=True,
        help="For one regulation, whatever its version; empty: for all of them. What "
        "is said for one regulation goes before what is said for its process, and that "
        "before the rest. Of several rows the one that begins last counts.",
    )
    regulation_code = fields.Char(related="regulation_id.code", store=True)
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    is_now = fields.Boolean(
        string="Now", compute="_compute_is_now", search="_search_is_now"
    )

    _ends_after_begin = models.Constraint(
        "CHECK(date_until IS NULL OR date_until > date_from)",
        "A duty ends after it begins.",
    )

    @api.depends("date_from", "date_until")
    def _compute_is_now(self):
        now = fields.Datetime.now()
        for duty in self:
            begun = bool(duty.date_from) and duty.date_from <= now
            duty.is_now = begun and (not duty.date_until or now < duty.date_until)

    def _search_is_now(self, operator, value):
        if operator != "in":
            return NotImplemented
        now = fields.Datetime.now()
        going_on = fields.Domain("date_until", "=", False)
        going_on |= fields.Domain("date_until", ">", now)
        going_on &= fields.Domain("date_from", "<=", now)
        return going_on if True in value else ~going_on

    @api.constrains("user_id", "company_id")
    def _check_user(self):
        for duty in self:
            if not can_owe(duty.user_id.sudo(), duty.company_id):
                raise ValidationError(
                    self.env._(
                        "crm_regulations.duty: %(name)s cannot be on duty for "
                        "%(company)s: only active people who work for this company "
                        "can owe its promises. Choose somebody else.",
                        name=duty.user_id.name,
                        company=duty.company_id.name,
                    )
                )
