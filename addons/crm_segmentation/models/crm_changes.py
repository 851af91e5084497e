import logging

from odoo import api, models

from ..engine.changes import Watch, net_changes, outside_rounds, take_pending

_logger = logging.getLogger(__name__)


class CrmChanges(models.AbstractModel):
    """What other addons extend to hear of changes in any model.

    Every method is extended with ``super()``. The answers of ``_watched_…`` are cached
    in the registry: clear its cache when they change. The handlers ``_on_…`` run as
    superuser without context, once per flush before the commit, with all records of a
    model at once. What they change is reported in a further round. An error in one is
    the user's error: the save is refused, never lost in silence.
    """

    _name = "crm.changes"
    _description = "Subscription to Changes"

    @api.model
    def _watched_models(self):
        """Names of the models whose new records somebody wants to hear of."""
        return frozenset()

    @api.model
    def _watched_fields(self):
        """Stored fields whose changes on existing records somebody wants to hear of.

        :return: {model: frozenset of field names}; names that do not exist are
            ignored; see :func:`merged` for adding to it
        """
        return {}

    @api.model
    def _watched_deletions(self):
        """Models whose deletions somebody wants to hear of, and with which values.

        :return: {model: frozenset of the names of stored fields}, may be empty
        """
        return {}

    @api.model
    def _on_created(self, model, ids):
        """New records of a watched model.

        :param model: name of the model
        :param ids: ids in order of creation; the database may have deleted some
        """

    @api.model
    def _on_changed(self, model, changes):
        """Net changes of existing records since the last flush.

        :param model: name of the model
        :param changes: {id: {field: old value}}: ids for a many2one (or False), a
            sorted tuple of ids for an x2many, the plain value otherwise
        """

    @api.model
    def _on_deleted(self, model, values):
        """Records that were deleted.

        :param model: name of the model
        :param values: {id: {field: last value}}, values as for :meth:`_on_changed`
        """

    @api.model
    def _watch_of(self, model):
        """What is watched of a model, or None."""
        watched = Watch(
            model in self._watched_models(),
            self._stored_names(model, self._watched_fields().get(model, ())),
            self._stored_names(model, self._watched_deletions().get(model)),
        )
        heard = watched.created or watched.changed or watched.deleted is not None
        return watched if heard else None

    @api.model
    def _stored_names(self, model, names):
        if names is None:
            return None
        # Optional modules may be missing; a value per company is none of the record.
        fields = [self.env[model]._fields.get(name) for name in names]
        stored = {
            field.name
            for field in fields
            if field and field.store and not field.company_dependent
        }
        refused = sorted({field.name for field in fields if field} - stored)
        if refused:
            _logger.warning("%s: cannot watch %s, not stored once", model, refused)
        return frozenset(stored)

    @api.model
    def _report_now(self):
        """Tell what has happened so far, and what follows from it, before the flush.

        For whoever must know at once, such as a guard; however often it is asked, the
        rounds at the end stay as many.
        """
        with outside_rounds(self.env) as is_pending:
            while is_pending():
                self._dispatch_pending()

    @api.model
    def _dispatch_pending(self):
        # Hooks before this one and earlier rounds leave computations behind, which
        # belong to the same change.
        self.env.flush_all()
        pending = take_pending(self.env)
        if pending is None:
            return
        # The saver's context (defaults, a language) must not leak into other records.
        everywhere = self.with_env(self.env(su=True, context={"active_test": False}))
        for model, values in pending.deleted.items():
            if values:
                everywhere._on_deleted(model, values)
        for model, ids in pending.created.items():
            # The others were collected to know that their changes are none.
            watched = self.env[model]._watched()
            if ids and watched and watched.created:
                everywhere._on_created(model, list(ids))
        for model, before in pending.before.items():
            changes = net_changes(everywhere.env, model, before)
            if changes:
                everywhere._on_changed(model, changes)


def merged(first, second):
    """Two answers to ``_watched_fields`` or ``_watched_deletions`` in one.

    :param first: {model: frozenset of names}
    :param second: the same
    :return: the same, with the names of both
    """
    return {
        model: frozenset(first.get(model, ())) | frozenset(second.get(model, ()))
        for model in {**first, **second}
    }
