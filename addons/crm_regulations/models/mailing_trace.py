from odoo import models


class MailingTrace(models.Model):
    """Promises to customers ask what was mailed to each of them."""

    _inherit = "mailing.trace"

    _crm_recipient_idx = models.Index("(model, res_id)")
