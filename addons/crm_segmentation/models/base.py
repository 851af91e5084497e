from odoo import api, models, tools

from ..engine.changes import collect_created


class Base(models.AbstractModel):
    _inherit = "base"

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        # While modules are installed nobody is promised anything.
        if self.pool.ready and self._is_watched():
            collect_created(records)
        return records

    @api.model
    @tools.ormcache("self._name")
    def _is_watched(self):
        """One cached look-up: all that a model costs that nobody watches."""
        return self._name in self.env["crm.changes"]._watched_models()
