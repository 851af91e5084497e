from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError


class CrmMaterial(models.Model):
    """What a salesperson works with: a script, a presentation, a proposal, a letter."""

    _name = "crm.material"
    _inherit = ["mail.thread", "mail.activity.mixin", "crm.checked.values"]
    _description = "Material"
    # Its owner, who may not edit it, says whether it is still valid.
    _mail_post_access = "read"
    _check_company_auto = True
    _order = "kind, name, id"

    name = fields.Char(required=True, translate=True)
    kind = fields.Selection(
        [
            ("call_script", "Call script"),
            ("cold_call_script", "Cold-call script"),
            ("presentation", "Presentation"),
            ("proposal", "Commercial proposal"),
            ("quality_sheet", "Quality sheet"),
            ("letter", "Letter"),
            ("other", "Other"),
        ],
        default="other",
        required=True,
    )
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company",
        default=lambda self: self.env.company,
        help="Empty: for all companies.",
    )
    owner_id = fields.Many2one(
        "res.users",
        default=lambda self: self.env.user,
        domain=[("share", "=", False)],
        help="Keeps it up to date.",
    )
    text = fields.Html(translate=True, help="What to say or to write.")
    attachment_ids = fields.Many2many(
        "ir.attachment",
        string="Files",
        bypass_search_access=True,
        help="They are attached when somebody writes to the customer from the promise.",
    )
    template_id = fields.Many2one(
        "mail.template",
        string="E-mail template",
        ondelete="restrict",
        help="The letter begins with it, if it is about the same kind of record.",
    )
    survey_id = fields.Many2one("survey.survey", ondelete="restrict")
    url = fields.Char(string="Link", help="Where it can be found, with https://.")

    @api.constrains("url")
    def _check_url(self):
        for material in self:
            if material.url and not material.url.startswith(("https://", "http://")):
                raise ValidationError(
                    self.env._(
                        "crm_regulations.link: %(name)s: “%(url)s” is no link; it "
                        "must begin with https://.",
                        name=material.name,
                        url=material.url,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        materials = super().create(vals_list)
        materials._own_files()
        return materials

    def write(self, vals):
        done = super().write(vals)
        if "attachment_ids" in vals:
            self._own_files()
        return done

    def copy_data(self, default=None):
        return [
            {**vals, "name": self.env._("%(name)s (copy)", name=material.name)}
            if "name" not in (default or {})
            else vals
            for material, vals in zip(self, super().copy_data(default), strict=True)
        ]

    def _own_files(self):
        """Who may read a material may read its files, and nobody else's are taken."""
        for material in self:
            place = {"res_model": self._name, "res_id": material.id}
            files = material.attachment_ids
            for file in files:
                if (file.res_model, file.res_id) == (self._name, material.id):
                    continue
                if file.res_id:
                    # One file belongs to one record.
                    files = files - file + file.copy(place)
                else:
                    file.write(place)
            if files != material.attachment_ids:
                material.attachment_ids = files

    def action_use(self):
        """Open it; several ones as a list.

        :return: an action
        :raises UserError: there are none
        """
        self.check_access("read")
        if not self:
            raise UserError(
                self.env._(
                    "crm_regulations.no_material: No material belongs to this "
                    "promise. A coordinator can add some to the step of a new version "
                    "of the regulation."
                )
            )
        if len(self) > 1:
            return self._several()
        if self.url and not self.text:
            return {"type": "ir.actions.act_url", "url": self.url, "target": "new"}
        return {
            "type": "ir.actions.act_window",
            "name": self.name,
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "views": [(False, "form")],
            "target": "new",
        }

    def _several(self):
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_regulations.action_material"
        )
        return {**action, "domain": [("id", "in", self.ids)], "context": {}}

    def action_open_survey(self):
        """The quality sheet as the customer sees it."""
        self.ensure_one()
        self.check_access("read")
        return self.sudo().survey_id.action_test_survey()
