from odoo import fields, models

from ..wire_json import WireJson


class CrmSegmentationVersion(models.Model):
    """A published rule, frozen: what was in force from when, and who put it there."""

    _name = "crm.segmentation.version"
    _description = "Published Version of a Segmentation"
    _order = "version desc"
    _rec_name = "version"

    segmentation_id = fields.Many2one(
        "crm.segmentation", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="segmentation_id.company_id", store=True)
    version = fields.Integer(required=True, readonly=True)
    spec = WireJson(required=True, readonly=True)
    rule = fields.Text(readonly=True, help="The rule in words, as it was published.")
    user_id = fields.Many2one("res.users", string="Published by", readonly=True)
    date = fields.Datetime(
        string="Published on", default=fields.Datetime.now, readonly=True
    )

    _version_unique = models.Constraint(
        "UNIQUE(segmentation_id, version)", "This version exists already."
    )
