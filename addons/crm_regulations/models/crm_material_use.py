from markupsafe import Markup

from odoo import api, fields, models

from ..engine import bulk


class CrmMaterialUse(models.Model):
    """A material was used once: sent, said, or filled in. Never changed."""

    _name = "crm.material.use"
    _description = "Use of a Material"
    _order = "date desc, id desc"
    _rec_name = "material_id"

    material_id = fields.Many2one(
        "crm.material", required=True, ondelete="cascade", index=True, readonly=True
    )
    material_kind = fields.Selection(related="material_id.kind", store=True)
    version = fields.Integer(readonly=True)
    kind = fields.Selection(
        [
            ("letter", "Sent"),
            ("script", "Talk by the script"),
            ("sheet", "Customer invited"),
        ],
        string="How",
        required=True,
        readonly=True,
    )
    key = fields.Char(
        required=True, readonly=True, help="The natural name of what used it."
    )
    date = fields.Datetime(string="When", required=True, readonly=True)
    user_id = fields.Many2one(
        "res.users", string="Who", ondelete="set null", readonly=True
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        ondelete="set null",
        index="btree_not_null",
        readonly=True,
    )
    company_id = fields.Many2one("res.company", readonly=True)
    obligation_id = fields.Many2one(
        "crm.obligation",
        string="For the promise",
        ondelete="set null",
        index="btree_not_null",
        readonly=True,
    )

    _key_unique = models.Constraint(
        "UNIQUE(material_id, key)", "This use is counted already."
    )


class CrmMaterial(models.Model):
    """How often a material is used."""

    _inherit = "crm.material"

    use_count = fields.Integer(string="Used", compute="_compute_use")
    date_last_use = fields.Datetime(string="Last used", compute="_compute_use")

    def _compute_use(self):
        groups = (
            self.env["crm.material.use"]
            .sudo()
            ._read_group(
                [("material_id", "in", self.ids)],
                ["material_id"],
                ["__count", "date:max"],
            )
        )
        found = {material.id: figures for material, *figures in groups}
        for material in self:
            count, last = found.get(material.id, (0, False))
            material.use_count = count
            material.date_last_use = last

    def action_open_uses(self):
        """Who used it, when, for whom.

        :return: an action
        """
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_regulations.action_material_use"
        )
        return {**action, "domain": [("material_id", "=", self.id)]}

    def _use(self, kind, uses):
        """Count uses of these materials; twice is once.

        :param kind: letter, script or sheet
        :param uses: dictionaries with ``key`` and, if known, ``user_id``,
            ``partner_id``, ``company_id``, ``obligation_id`` and ``version``
        """
        now = fields.Datetime.now()
        bulk.insert(
            self.env,
            "crm.material.use",
            [
                {
                    "material_id": material.id,
                    "material_kind": material.kind,
                    "version": use.get("version") or material.version,
                    "kind": kind,
                    "key": use["key"],
                    "date": now,
                    "user_id": use.get("user_id") or None,
                    "partner_id": use.get("partner_id") or None,
                    "company_id": use.get("company_id") or None,
                    "obligation_id": use.get("obligation_id") or None,
                }
                for material in self
                for use in uses
            ],
        )
        self.invalidate_recordset(["use_count", "date_last_use"], flush=False)

    def _default_letter(self):
        """The links of materials as the beginning of a letter."""
        links = [
            Markup('<p><a href="%s">%s</a></p>') % (material.url, material.name)
            for material in self
            if material.url
        ]
        return {"default_body": Markup("").join(links)} if links else {}

    @api.model
    def _of_template(self, template_ids):
        """The materials whose letters begin with these templates."""
        template_ids = [id_ for id_ in template_ids if id_]
        if not template_ids:
            return self.sudo().browse()
        return self.sudo().search([("template_id", "in", template_ids)])


class MailMessage(models.Model):
    """A letter with a material's file uses it; an expired one is not sent."""

    _inherit = "mail.message"

    @api.model_create_multi
    def create(self, vals_list):
        messages = super().create(vals_list)
        if any(vals.get("attachment_ids") for vals in vals_list) or self._owed_now():
            for message in messages:
                message._use_materials()
        return messages

    @api.model
    def _owed_now(self):
        """The promise for which a letter is being written, possibly none."""
        id_ = self.env.context.get("crm_obligation_id")
        owed = self.env["crm.obligation"].sudo()
        return owed.browse(id_).exists() if type(id_) is int else owed

    def _use_materials(self):
        message = self.sudo()
        if message.message_type not in ("comment", "email_outgoing"):
            return
        if message.subtype_id.internal or message.is_internal:
            return
        for material, version in message._materials().items():
            material._refuse_expired()
            material._use("letter", [{**message._letter_use(), "version": version}])

    def _materials(self):
        """Material → which version of it goes with a letter; None: the present one."""
        files = self.attachment_ids.filtered(lambda a: a.res_model == "crm.material")
        materials = self.env["crm.material"].sudo()
        found = {}
        for material in materials.browse(files.mapped("res_id")).exists():
            own = files.filtered(lambda a, m=material: a.res_id == m.id)
            older = material.version_ids.filtered(
                lambda v, own=own: v.attachment_ids & own
            )
            is_now = own & material.attachment_ids
            found[material] = None if is_now else older[:1].version or None
        body = self.body or ""
        for material in self._owed_now().material_ids:
            if material.url and material.url in body:
                found.setdefault(material, None)
        return found

    def _letter_use(self):
        """A letter, for the count of what is used."""
        owed = self._owed_now()
        partner = self.partner_ids[:1] or owed.partner_id
        if not partner and self.model in self.env and self.res_id:
            record = self.env[self.model].sudo().browse(self.res_id)
            partner = record if self.model == "res.partner" else (
                record["partner_id"] if "partner_id" in record._fields else partner
            )  # fmt: skip
        return {
            "key": f"{self._name},{self.id}",
            "user_id": self.create_uid.id,
            "partner_id": partner.id if partner._name == "res.partner" else None,
            "company_id": (owed.company_id or self.env.company).id,
            "obligation_id": owed.id,
        }
