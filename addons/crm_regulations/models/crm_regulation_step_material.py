from odoo import fields, models


class CrmRegulationStep(models.Model):
    """What the responsible person works with."""

    _inherit = "crm.regulation.step"

    material_ids = fields.Many2many(
        "crm.material",
        string="Materials",
        # What a promise shows must not vanish from under it.
        ondelete="restrict",
        check_company=True,
        copy=True,
        help="Scripts, presentations, proposals: one click away wherever the promise "
        "is shown.",
    )

    def _compile(self):
        materials = [
            {"id": material.id, "name": material.name} for material in self.material_ids
        ]
        return {**super()._compile(), "materials": materials}


class CrmObligation(models.Model):
    _inherit = "crm.obligation"

    # A step in force is fixed, so these are those of its frozen text.
    material_ids = fields.Many2many(related="step_id.material_ids")
