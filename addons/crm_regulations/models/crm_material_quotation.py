from odoo import api, fields, models

# Of Odoo's module of quotation templates; nothing depends on it.
_TEMPLATE = "sale.order.template"


class CrmMaterial(models.Model):
    """A commercial proposal may begin with one of Odoo's quotation templates."""

    _inherit = "crm.material"

    quotation_template = fields.Selection(
        selection="_selection_quotation_template",
        help="Where Odoo's quotation templates are switched on: the one with which a "
        "quotation for this proposal begins.",
    )
    has_quotation_templates = fields.Boolean(compute="_compute_has_quotation_templates")

    @api.model
    def _selection_quotation_template(self):
        templates = self.env.get(_TEMPLATE)
        if templates is None:
            return []
        return [(str(one.id), one.name) for one in templates.sudo().search([])]

    def _compute_has_quotation_templates(self):
        self.has_quotation_templates = _TEMPLATE in self.env

    def action_new_quotation(self):
        """A new quotation that begins with the template.

        :return: an action
        """
        self.ensure_one()
        self.check_access("read")
        self._refuse_expired()
        return {
            "type": "ir.actions.act_window",
            "res_model": "sale.order",
            "views": [(False, "form")],
            "context": {
                "default_sale_order_template_id": int(self.quotation_template or 0)
            },
        }
