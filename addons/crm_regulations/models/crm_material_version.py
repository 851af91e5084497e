from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.crm_segmentation.core.wire import is_text

# What the customer sees of a material. A script is kept by each of its talks.
_CONTENT = ("attachment_ids", "url", "template_id")
# What may come with a new version.
_RENEWED = (*_CONTENT, "text", "date_expiry")


class CrmMaterialVersion(models.Model):
    """A material as it was."""

    _name = "crm.material.version"
    _description = "Earlier Version of a Material"
    _order = "material_id, version desc"
    _rec_name = "version"

    material_id = fields.Many2one(
        "crm.material", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="material_id.company_id", store=True)
    version = fields.Integer(required=True)
    date = fields.Datetime(string="Replaced", required=True)
    user_id = fields.Many2one("res.users", string="By whom", ondelete="set null")
    note = fields.Char(string="What changed")
    attachment_ids = fields.Many2many(
        "ir.attachment", string="Files", bypass_search_access=True
    )
    url = fields.Char(string="Link")
    text = fields.Html()
    template_name = fields.Char(string="E-mail template")

    _version_unique = models.Constraint(
        "UNIQUE(material_id, version)", "This version is kept already."
    )


class CrmMaterial(models.Model):
    """A new version keeps the older ones."""

    _inherit = "crm.material"

    version = fields.Integer(default=1, readonly=True, copy=False)
    version_ids = fields.One2many(
        "crm.material.version", "material_id", string="Earlier versions", copy=False
    )

    def write(self, vals):
        """What has been sent is not lost: changing it makes a new version."""
        if not set(_CONTENT) & vals.keys() or self.env.context.get(_RENEWING):
            return super().write(vals)
        before = {m: m._frozen() for m in self if m._is_used_now()}
        done = super().write(vals)
        for material, old in before.items():
            if any(old[name] != material._frozen()[name] for name in _CONTENT):
                material._keep(old, self.env._("Files, link or template changed"))
        return done

    def _is_used_now(self):
        """Whether somebody has used its present version."""
        used = self.env["crm.material.use"].sudo()
        return bool(
            used.search_count(
                [("material_id", "=", self.id), ("version", "=", self.version)], limit=1
            )
        )

    def _frozen(self):
        return {
            "attachment_ids": self.attachment_ids.ids,
            "url": self.url,
            "text": self.text,
            "template_id": self.template_id.id,
            "template_name": self.template_id.name,
        }

    def _keep(self, old, note):
        """Keep how it was, and count on."""
        old = {name: value for name, value in old.items() if name != "template_id"}
        self.env["crm.material.version"].sudo().create(
            {
                **old,
                "attachment_ids": [fields.Command.set(old["attachment_ids"])],
                "material_id": self.id,
                "version": self.version,
                "date": fields.Datetime.now(),
                "user_id": self.env.uid,
                "note": note,
            }
        )
        self.sudo().write({"version": self.version + 1})

    def new_version(self, note, values=None):
        """Replace what it consists of; the version before is kept.

        :param note: what has changed
        :param values: new ``attachment_ids``, ``url``, ``text``, ``template_id`` and
            ``date_expiry``; what is left out stays
        :return: the number of the new version
        :raises UserError: no note, or another field
        """
        self.ensure_one()
        self._require_owner()
        if not note or not is_text(note, 255) or not note.strip():
            raise UserError(
                self.env._(
                    "crm_regulations.material_version: Say in a few words what has "
                    "changed in “%(name)s”.",
                    name=self.name,
                )
            )
        values = values or {}
        strange = (
            set(values) - set(_RENEWED) if isinstance(values, dict) else {"values"}
        )
        if strange:
            raise UserError(
                self.env._(
                    "crm_regulations.material_version: A new version can have other "
                    "%(known)s, but not %(names)s.",
                    known=", ".join(_RENEWED),
                    names=", ".join(sorted(map(str, strange))),
                )
            )
        material = self.sudo().with_context(**{_RENEWING: True})
        old = material._frozen()
        material.write(values)
        material._keep(old, note.strip())
        self._reviewed(self.env._("New version: %(note)s", note=note.strip()))
        return self.sudo().version

    def action_new_version(self):
        """Ask what has changed.

        :return: an action
        """
        self.ensure_one()
        self._require_owner()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_regulations.action_material_renew"
        )
        return {**action, "context": {"default_material_id": self.id}}

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        for material in self:
            if material.use_count:
                raise UserError(
                    self.env._(
                        "crm_regulations.material_used: “%(name)s” has been used "
                        "%(count)s times, and that stays known. Archive it instead of "
                        "deleting it.",
                        name=material.name,
                        count=material.use_count,
                    )
                )


# Set while a new version is being made.
_RENEWING = "crm_material_renewing"
