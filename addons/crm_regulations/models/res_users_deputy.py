from odoo import api, fields, models
from odoo.exceptions import ValidationError


class ResUsers(models.Model):
    """Everybody names a standing deputy in the own preferences."""

    _inherit = "res.users"

    crm_deputy_id = fields.Many2one(
        "res.users",
        string="Standing deputy",
        ondelete="set null",
        copy=False,
        domain="[('share', '=', False), ('id', '!=', id)]",
        help="Keeps the promises to customers while you are away, unless another one "
        "is named for that time.",
    )

    @property
    def SELF_READABLE_FIELDS(self):
        return [*super().SELF_READABLE_FIELDS, "crm_deputy_id"]

    @property
    def SELF_WRITEABLE_FIELDS(self):
        return [*super().SELF_WRITEABLE_FIELDS, "crm_deputy_id"]

    @api.constrains("crm_deputy_id")
    def _check_crm_deputy_id(self):
        for user in self.filtered("crm_deputy_id"):
            deputy = user.sudo().crm_deputy_id
            if deputy == user or deputy.share or not deputy.active:
                raise ValidationError(
                    self.env._(
                        "crm_regulations.deputy: %(name)s cannot be the deputy of "
                        "%(user)s. Choose a colleague who works here.",
                        name=deputy.name,
                        user=user.name,
                    )
                )

    def write(self, vals):
        done = super().write(vals)
        if "crm_deputy_id" in vals:
            self.env.registry.clear_cache()
        return done
