from odoo import models


class IrModuleModule(models.Model):
    _inherit = "ir.module.module"

    def _copied_texts(self):
        return [
            *super()._copied_texts(),
            ("crm.regulation", "name"),
            ("crm.regulation", "purpose"),
            ("crm.regulation", "control_note"),
            ("crm.regulation.step", "name"),
        ]
