from odoo import fields, models


class ResPartner(models.Model):
    """When somebody else began to look after a customer."""

    _inherit = "res.partner"

    crm_salesperson_since = fields.Datetime(
        string="Salesperson changed on",
        groups="base.group_user",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="When another salesperson took over. Empty as long as the first one looks "
        "after the customer.",
    )

    def write(self, vals):
        taken_over = self._taken_over_by(vals.get("user_id"))
        if not taken_over:
            return super().write(vals)
        since = {"crm_salesperson_since": fields.Datetime.now()}
        super(ResPartner, taken_over).write({**vals, **since})
        return super(ResPartner, self - taken_over).write(vals)

    def _taken_over_by(self, user_id):
        """Those that somebody else has looked after so far."""
        if not user_id:
            return self.browse()
        return self.filtered(lambda partner: partner.user_id.id not in (False, user_id))
