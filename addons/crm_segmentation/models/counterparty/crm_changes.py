from odoo import api, models

from ..crm_changes import merged


class CrmChanges(models.AbstractModel):
    """What changes the completeness of counterparties without a write on them.

    A write on the counterparty itself is measured where it happens, so that the form
    shows the new figure at once.
    """

    _inherit = "crm.changes"

    @api.model
    def _watched_models(self):
        return super()._watched_models() | self._lines_asked_for().keys()

    @api.model
    def _watched_fields(self):
        lines = {
            model: frozenset({*inverses, "active"} & self.env[model]._fields.keys())
            for model, inverses in self._lines_asked_for().items()
        }
        # Computed ones may change without being written.
        asked, _refusing = self.env["crm.counterparty.requirement"]._asked_fields()
        partner_fields = self.env["res.partner"]._fields
        computed = frozenset(
            name
            for name in asked
            if name in partner_fields
            and partner_fields[name].compute
            and not partner_fields[name].company_dependent
        )
        ours = {"res.partner": computed} if computed else {}
        return merged(super()._watched_fields(), merged(lines, ours))

    @api.model
    def _watched_deletions(self):
        return merged(super()._watched_deletions(), self._lines_asked_for())

    @api.model
    def _on_created(self, model, ids):
        done = super()._on_created(model, ids)
        inverses = self._lines_asked_for().get(model, ())
        lines = self.env[model].browse(ids).exists() if inverses else ()
        self._measure_owners({id_ for name in inverses for id_ in lines[name].ids})
        return done

    @api.model
    def _on_changed(self, model, changes):
        done = super()._on_changed(model, changes)
        owners = set()
        inverses = self._lines_asked_for().get(model, ())
        if inverses:
            lines = self.env[model].browse(changes)
            owners |= {id_ for name in inverses for id_ in lines[name].ids}
            owners |= {
                old[name] for old in changes.values() for name in inverses & old.keys()
            }
        if model == "res.partner":
            asked, _refusing = self.env["crm.counterparty.requirement"]._asked_fields()
            owners |= {id_ for id_, old in changes.items() if asked & old.keys()}
        self._measure_owners(owners)
        return done

    @api.model
    def _on_deleted(self, model, values):
        done = super()._on_deleted(model, values)
        inverses = self._lines_asked_for().get(model, ())
        self._measure_owners(
            {old[name] for old in values.values() for name in inverses & old.keys()}
        )
        return done

    @api.model
    def _measure_owners(self, partner_ids):
        partners = self.env["res.partner"].browse(partner_ids - {False})
        partners._refresh_completeness()

    @api.model
    def _lines_asked_for(self):
        """{model of lines: names of its fields that lead to the counterparty}."""
        asked, _refusing = self.env["crm.counterparty.requirement"]._asked_fields()
        partner_fields = self.env["res.partner"]._fields
        lines = {}
        for name in asked & partner_fields.keys():
            field = partner_fields[name]
            if field.type == "one2many" and field.inverse_name:
                known = lines.setdefault(field.comodel_name, frozenset())
                lines[field.comodel_name] = known | {field.inverse_name}
        return lines
