from odoo import models
from odoo.exceptions import UserError


class ProductTemplate(models.Model):
    """The button that begins an announcement."""

    _inherit = "product.template"

    def action_announce(self):
        """Open a new announcement about these products; nothing is saved yet.

        :return: a window action
        :raises UserError: a product is archived
        """
        self.check_access("read")
        archived = self.filtered(lambda product: not product.active)
        if archived:
            raise UserError(
                self.env._(
                    "crm_regulations.announcement_product: %(names)s: archived "
                    "products are not announced. Restore them first.",
                    names=", ".join(archived.mapped("name")),
                )
            )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Announcement"),
            "res_model": "crm.announcement",
            "view_mode": "form",
            "views": [(False, "form")],
            "context": {"announced_product_ids": self.ids},
        }
