from odoo import api, models

from ..engine.changes import take_created


class CrmChanges(models.AbstractModel):
    """What other addons extend to hear of changes in any model."""

    _name = "crm.changes"
    _description = "Subscription to Changes"

    @api.model
    def _watched_models(self):
        """Names of the models whose new records somebody wants to hear of.

        Extend it with ``super()``. The answer is cached in the registry: clear its
        cache when it changes.
        """
        return frozenset()

    @api.model
    def _on_created(self, model, ids):
        """New records of a watched model, once per flush. Extend it.

        :param model: name of the model
        :param ids: ids in order of creation; some may be deleted again
        """

    @api.model
    def _dispatch_pending(self):
        # The saver's context (defaults, a language) must not leak into other records.
        everywhere = self.with_env(self.env(su=True, context={"active_test": False}))
        for model, ids in take_created(self.env).items():
            everywhere._on_created(model, ids)
