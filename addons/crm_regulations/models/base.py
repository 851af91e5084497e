from odoo import api, models, tools

from ..engine import blocking


class Base(models.AbstractModel):
    """Where open promises stand in the way of what is done to a record.

    While modules are installed (the registry is not ready) nobody is hindered.
    """

    _inherit = "base"

    def write(self, vals):
        if not self.pool.ready or not self._hindered():
            return super().write(vals)
        seen = blocking.watch(self, vals)
        done = super().write(vals)
        if seen:
            seen.end()
        return done

    def unlink(self):
        if self and self.pool.ready and blocking.DELETE in self._hindered():
            blocking.refuse_deletion(self)
        return super().unlink()

    @api.model
    @tools.ormcache("self._name")
    def _hindered(self):
        """One cached look-up: all that a model costs on which nothing is hindered.

        :return: {act: ids of the steps that hinder it}
        """
        return self.env["crm.regulation"]._hindering_steps(self._name)
