from odoo import api, fields, models


class CrmExcuseReason(models.Model):
    """A reason that comes again and again, so that nobody types it twice."""

    _name = "crm.excuse.reason"
    _description = "Reason for an Excuse"
    _order = "sequence, id"

    name = fields.Char(
        string="Reason",
        required=True,
        translate=True,
        help="It is put into the reason of the excuse, where it can be completed.",
    )
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)


class CrmExcuseReasonMixin(models.AbstractModel):
    """A dialog that asks for a reason."""

    _name = "crm.excuse.reason.mixin"
    _description = "Asks for a Reason"

    reason_id = fields.Many2one(
        "crm.excuse.reason",
        string="Choose a reason",
        store=False,
        help="It fills the reason below.",
    )

    @api.onchange("reason_id")
    def _onchange_reason_id(self):
        if self.reason_id:
            self.reason = self.reason_id.name
