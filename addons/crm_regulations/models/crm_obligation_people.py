from odoo import fields, models


class CrmObligation(models.Model):
    """Who is told of promises, and whose they are while somebody is away."""

    _inherit = "crm.obligation"

    absent_user_id = fields.Many2one(
        "res.users",
        string="Instead of",
        ondelete="set null",
        help="Is away and gets it back after the return, if it is still open.",
    )
    notice_ids = fields.One2many("crm.obligation.notice", "obligation_id")

    _absent_user_idx = models.Index(
        "(absent_user_id) WHERE absent_user_id IS NOT NULL AND date_end IS NULL"
    )
