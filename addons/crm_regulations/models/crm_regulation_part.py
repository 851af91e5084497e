from odoo import api, models


class CrmRegulationPart(models.AbstractModel):
    """What a regulation consists of; fixed as soon as it is in force."""

    _name = "crm.regulation.part"
    _description = "Part of a Regulation"

    def _whole(self):
        """The regulations that these are parts of."""
        return self.step_id.regulation_id

    @api.model
    def _whole_of(self, vals_list):
        """The regulations that new parts will belong to, as far as they are named."""
        steps = [vals.get("step_id") for vals in vals_list]
        steps = self.env["crm.regulation.step"].browse(id_ for id_ in steps if id_)
        return steps.exists().regulation_id

    @api.model_create_multi
    def create(self, vals_list):
        # Said before the database says something else.
        self._whole_of(vals_list)._refuse_if_published()
        parts = super().create(vals_list)
        parts._whole()._refuse_if_published()
        return parts

    def write(self, vals):
        # Neither may a part leave a published regulation, nor come to one.
        (self._whole() | self._whole_of([vals]))._refuse_if_published()
        done = super().write(vals)
        self._whole()._refuse_if_published()
        return done

    @api.ondelete(at_uninstall=False)
    def _unlink_except_published(self):
        self._whole()._refuse_if_published()
