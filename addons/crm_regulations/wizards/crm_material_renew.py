from odoo import api, fields, models


class CrmMaterialRenew(models.TransientModel):
    """Asks what a new version of a material consists of."""

    _name = "crm.material.renew"
    _description = "New Version of a Material"

    material_id = fields.Many2one("crm.material", required=True, ondelete="cascade")
    note = fields.Char(string="What has changed", required=True)
    attachment_ids = fields.Many2many(
        "ir.attachment",
        string="Files",
        compute="_compute_content",
        store=True,
        readonly=False,
        bypass_search_access=True,
    )
    url = fields.Char(
        string="Link", compute="_compute_content", store=True, readonly=False
    )
    date_expiry = fields.Date(string="Valid until")

    @api.depends("material_id")
    def _compute_content(self):
        for renew in self:
            renew.attachment_ids = renew.material_id.attachment_ids
            renew.url = renew.material_id.url

    def action_renew(self):
        """Make the new version.

        :return: an action that closes the dialog
        """
        self.ensure_one()
        values = {
            "attachment_ids": [fields.Command.set(self.attachment_ids.ids)],
            "url": self.url,
            "date_expiry": self.date_expiry,
        }
        self.material_id.new_version(self.note, values)
        return {"type": "ir.actions.act_window_close"}
