"""Indexes by which the incremental pass finds what has changed since its last look."""

from odoo import models


class AccountMove(models.Model):
    _inherit = "account.move"

    _crm_changed_idx = models.Index(
        "(write_date) WHERE move_type IN ('out_invoice', 'out_refund', 'out_receipt')"
    )


class ResPartner(models.Model):
    _inherit = "res.partner"

    _crm_changed_idx = models.Index("(write_date)")


class CrmLead(models.Model):
    _inherit = "crm.lead"

    _crm_changed_idx = models.Index("(write_date)")
