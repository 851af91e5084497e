from odoo import api, models
from odoo.exceptions import AccessError

_TOKEN = object()


class CrmRolloutGuarded(models.AbstractModel):
    """Fields that only the methods of a rollout may write.

    A value that came over the wire can never be the token of this module, so no call
    from outside gets past the guard, whatever its rights and its context.
    """

    _name = "crm.rollout.guarded"
    _description = "Fields of a CRM Rollout that Only its Methods Write"

    _guarded_fields = frozenset()
    _guarded_on_write = frozenset()
    # Whether even creating a record belongs to the methods.
    _guarded_create = False

    @api.model_create_multi
    def create(self, vals_list):
        if not self._is_unguarded():
            computed = self._computed_fields()
            for vals in vals_list:
                self._refuse_guarded((self._guarded_fields | computed) & vals.keys())
            if self._guarded_create:
                self._refuse_guarded({"id"})
        return super().create(vals_list)

    def write(self, vals):
        if not self._is_unguarded():
            guarded = self._guarded_fields | self._guarded_on_write
            self._refuse_guarded((guarded | self._computed_fields()) & vals.keys())
        return super().write(vals)

    @api.model
    def default_get(self, fields):
        """Defaults of the context and of users do not get past the guard."""
        values = super().default_get(fields)
        for name in self._guarded_fields & values.keys():
            default = self._fields[name].default
            if default:
                values[name] = default(self)
            else:
                del values[name]
        return values

    def copy_data(self, default=None):
        """What only methods write is not carried over: a copy starts anew."""
        vals_list = super().copy_data(default=default)
        dropped = (self._guarded_fields | self._computed_fields()) - set(default or ())
        return [
            {name: value for name, value in vals.items() if name not in dropped}
            for vals in vals_list
        ]

    @api.ondelete(at_uninstall=False)
    def _unlink_except_guarded(self):
        if self._guarded_create and not self._is_unguarded():
            self._refuse_guarded({"id"})

    def _unguarded(self):
        """The same records with full rights and with the guard lifted."""
        return self.sudo().with_context(crm_rollout_token=_TOKEN)

    def _is_unguarded(self):
        return self.env.context.get("crm_rollout_token") is _TOKEN

    def _computed_fields(self):
        """Results: the ORM would let a caller overwrite them, or say it had done so."""
        return {
            name
            for name, field in self._fields.items()
            if field.compute and field.readonly
        }

    def _refuse_guarded(self, names):
        if not names:
            return
        labels = [self._fields[name].string for name in sorted(names)]
        raise AccessError(
            self.env._(
                "crm_project_rollout.field_is_guarded: %(model)s: %(fields)s cannot be "
                "written directly. Stages move by a decision of the sponsor "
                "(crm.rollout.stage, decide); a rollout starts with “Start” and "
                "is created from a template (crm.rollout, create_from_template).",
                model=self._description,
                fields=", ".join(labels),
            )
        )
