"""Indexes by which the incremental pass finds what has changed, and measures it."""

from odoo import models


class AccountMove(models.Model):
    _inherit = "account.move"

    _crm_changed_idx = models.Index(
        "(write_date) WHERE move_type IN ('out_invoice', 'out_refund', 'out_receipt')"
    )
    # Odoo has none, and measuring one company would read every document.
    _crm_owner_idx = models.Index(
        "(commercial_partner_id) WHERE state = 'posted'"
        " AND move_type IN ('out_invoice', 'out_refund', 'out_receipt')"
    )


class ResPartner(models.Model):
    _inherit = "res.partner"

    _crm_changed_idx = models.Index("(write_date)")


class CrmLead(models.Model):
    _inherit = "crm.lead"

    _crm_changed_idx = models.Index("(write_date)")
