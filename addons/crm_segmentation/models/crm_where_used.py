from odoo import api, models, tools
from odoo.exceptions import UserError

# So many names are told of one kind; the rest is a number.
SHOWN = 5


class CrmWhereUsed(models.AbstractModel):
    """What refers to a record: told when asked, and in the way of its deletion.

    Every stored link of any model is found by itself. Extend :meth:`_where_used` for
    what only names the record, such as a saved filter, and for what must be told in
    better words.
    """

    _name = "crm.where.used"
    _description = "Where Used"

    # The stable code of the error when a record in use is deleted.
    _in_use_code = "in_use"

    def where_used(self):
        """What refers to the record.

        :return: list of dictionaries: ``kind`` (in words), ``count``, ``names`` (text,
            of the first ones that the user may see), ``blocks`` (whether the record
            cannot be deleted because of it), ``model`` and ``domain`` (how to find
            them)
        :raises AccessError: the user may not read the record
        """
        if len(self) != 1:
            raise UserError(
                self.env._(
                    "crm_segmentation.one_record: Ask this of one record; %(count)s "
                    "were given.",
                    count=len(self),
                )
            )
        self.check_access("read")
        return self._where_used()

    def action_where_used(self):
        """The list of what refers to the record, in a dialog."""
        lines = [
            {**use, "domain": repr(use["domain"]), "sequence": place}
            for place, use in enumerate(self.where_used())
        ]
        dialog = self.env["crm.where.used.dialog"].create(
            {
                "name": self.display_name,
                "line_ids": [(0, 0, line) for line in lines],
            }
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Where used"),
            "res_model": dialog._name,
            "res_id": dialog.id,
            "view_mode": "form",
            "target": "new",
        }

    # --- what others extend ---------------------------------------------------

    def _where_used(self):
        """What refers to the record. Extend it with ``super()``.

        :return: list of what :meth:`_use` gives
        """
        self.ensure_one()
        uses = []
        for model, field, blocks in self._pointing_fields():
            use = self._use(model, [(field, "in", self.ids)], blocks)
            uses += [use] if use["count"] else []
        return uses

    @api.model
    def _not_listed(self):
        """Links that are no use: parts of the record, or told in other words.

        :return: set of ``model.field``
        """
        return set()

    # --- inside ---------------------------------------------------------------

    def _use(self, model, domain, blocks, kind=None):
        """One entry of the list.

        :param model: name of the model that refers to the record
        :param domain: which of its records do
        :param blocks: whether they forbid to delete the record
        :param kind: what they are, in words; by default what the model is called
        """
        records = self.env[model].with_context(active_test=False)
        count = records.sudo().search_count(domain)
        # Names of what the user may see; the number tells of the rest.
        seen = records.browse()
        if count and records.has_access("read"):
            seen = records.search(domain, limit=SHOWN)
        names = seen.mapped("display_name")
        more = ["…"] if count > len(names) else []
        return {
            "kind": kind or self.env["ir.model"]._get(model).name,
            "count": count,
            "names": ", ".join([*(name or "?" for name in names), *more]),
            "blocks": blocks,
            "model": model,
            "domain": domain,
        }

    @api.model
    @tools.ormcache("self._name")
    def _pointing_fields(self):
        """Every stored link to this model: (model, field, whether it blocks).

        What is deleted with the record does not block.
        """
        parts = {
            f"{field.comodel_name}.{field.inverse_name}"
            for field in self._fields.values()
            if field.type == "one2many"
        }
        left_out = parts | self._not_listed()
        return tuple(
            (name, field.name, not self._goes_with_it(field))
            for name, model in sorted(self.env.registry.items())
            if model._auto and not model._abstract and not model._transient
            for field in model._fields.values()
            if self._points_here(field) and f"{name}.{field.name}" not in left_out
        )

    @api.model
    def _points_here(self, field):
        return (
            field.type in ("many2one", "many2many")
            and field.comodel_name == self._name
            and field.store
            and not field.related
            and not field.compute
        )

    @api.model
    def _goes_with_it(self, field):
        return field.type == "many2one" and field.ondelete == "cascade"

    @api.ondelete(at_uninstall=False)
    def _unlink_except_in_use(self):
        for record in self:
            blocking = [
                use for use in record.sudo(False)._where_used() if use["blocks"]
            ]
            if blocking:
                raise UserError(record._in_use_words(blocking))

    def _in_use_words(self, uses):
        listed = "\n".join(
            f"- {use['kind']}: {use['names'] or use['count']}" for use in uses
        )
        return self.env._(
            "crm_segmentation.%(code)s: “%(name)s” cannot be deleted, because it is "
            "used by:\n%(uses)s\nTake it out there first%(else)s.",
            code=self._in_use_code,
            name=self.display_name,
            uses=listed,
            **{"else": self._instead_of_deleting()},
        )

    def _instead_of_deleting(self):
        """What to do where it cannot be taken out."""
        return ""
