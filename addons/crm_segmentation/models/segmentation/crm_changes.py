from odoo import api, models, tools

from ...engine.refreshing import own_paths, owners
from ..crm_changes import merged

# What the built-in metrics read: model → the field that names for whom a row counts.
_OWNERS = {
    "account.move": ("partner_id", "commercial_partner_id"),
    "crm.turnover.line": ("partner_id", "commercial_partner_id"),
    "crm.interaction": ("partner_id", "commercial_partner_id"),
    "crm.lead": ("partner_id",),
    # Our own people and companies are no counterparties.
    "res.users": ("partner_id",),
    "res.company": ("partner_id",),
}
# A contact that moves to another company takes its documents along.
_PARTNER = ("commercial_partner_id",)


class CrmChanges(models.AbstractModel):
    """Counterparties that lose a document leave no row behind that tells so."""

    _inherit = "crm.changes"

    @api.model
    def _watched_fields(self):
        wanted = {model: frozenset(fields) for model, fields in self._owners().items()}
        return merged(
            super()._watched_fields(), merged(wanted, {"res.partner": _PARTNER})
        )

    @api.model
    def _watched_deletions(self):
        wanted = {model: frozenset(fields) for model, fields in self._owners().items()}
        return merged(super()._watched_deletions(), wanted)

    @api.model
    def _on_changed(self, model, changes):
        result = super()._on_changed(model, changes)
        self._recheck_former_owners(model, changes)
        return result

    @api.model
    def _on_deleted(self, model, values):
        result = super()._on_deleted(model, values)
        self._recheck_former_owners(model, values)
        return result

    @api.model
    def _owners(self):
        """Model → fields that lead to the counterparty that a row counts for."""
        found = {model: set(fields) for model, fields in _OWNERS.items()}
        for model, path in self._own_paths():
            if path != "id":
                found.setdefault(model, set()).add(path.split(".")[0])
        return found

    @api.model
    @tools.ormcache()
    def _own_paths(self):
        """(model, path to a partner) of the user-made metrics of all rules in force."""
        published = self.env["crm.segmentation"].sudo()
        return tuple(
            sorted(
                {
                    pair
                    for segmentation in published.search([("state", "=", "published")])
                    for pair in own_paths(segmentation.spec)
                }
            )
        )

    def _recheck_former_owners(self, model, values):
        """Those for whom the rows counted before.

        :param model: name of the model
        :param values: {id: {field: former id of a many2one}}
        """
        partner_fields = {*_OWNERS.get(model, ())}
        if model == "res.partner":
            partner_fields.update(_PARTNER)
        paths = {
            path.split(".")[0]: path.split(".")[1:]
            for own, path in self._own_paths()
            if own == model and path != "id"
        }
        found = set()
        for name in {name for row in values.values() for name in row}:
            former = {row[name] for row in values.values() if row.get(name)}
            if name in partner_fields:
                found |= former
            elif name in paths and former:
                field = self.env[model]._fields[name]
                records = self.env[field.comodel_name].browse(former).exists()
                found |= owners(records, ".".join(paths[name]) or "id")
        self.env["crm.segment.recheck"]._add(self._with_companies(found))

    def _with_companies(self, partner_ids):
        """A lead names a contact, and counts for the contact's company."""
        partners = self.env["res.partner"].browse(partner_ids).exists()
        return {*partner_ids, *partners.commercial_partner_id.ids}
