from odoo import api, models, tools

from ..engine.changes import (
    collect_before,
    collect_created,
    collect_deleted,
    stored_values,
)


class Base(models.AbstractModel):
    """Reports creations, changes and deletions of watched models to the collector.

    While modules are installed (the registry is not ready) nobody is told anything.
    """

    _inherit = "base"

    def modified(self, fnames, create=False, before=False):
        # Called for new records before anything of them is computed, so that their
        # first computation is known not to be a change.
        if create and self.pool.ready and self._watched():
            collect_created(self)
        return super().modified(fnames, create=create, before=before)

    def write(self, vals):
        if self.pool.ready and (watched := self._watched()):
            names = watched.changed.intersection(vals)
            if names:
                collect_before(self, names)
        return super().write(vals)

    def _compute_field_value(self, field):
        if self.pool.ready and (watched := self._watched()) and watched.changed:
            together = {computed.name for computed in self.pool.field_computed[field]}
            names = watched.changed & together
            if names and any(self._ids):
                collect_before(self, names)
        return super()._compute_field_value(field)

    def unlink(self):
        watched = self.pool.ready and self._watched()
        if not watched or not self:
            return super().unlink()
        env, model, ids, values = self.env, self._name, self._ids, None
        if watched.deleted is not None:
            values = {id_: {} for id_ in ids}
            for name in watched.deleted:
                for id_, value in stored_values(self, name):
                    values[id_][name] = value
        done = super().unlink()
        collect_deleted(env, model, ids, values)
        return done

    @api.model
    @tools.ormcache("self._name")
    def _watched(self):
        """One cached look-up: all that a model costs that nobody watches."""
        return self.env["crm.changes"]._watch_of(self._name)
