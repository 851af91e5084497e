from odoo import api, fields, models, tools
from odoo.exceptions import UserError, ValidationError

# Our own records and Odoo's inner life promise nobody anything. To a company its own
# people owe what keeps the system true.
_CLOSED = (
    "base.", "bus.", "crm.obligation", "crm.regulation", "crm.segment", "ir.", "mail.",
    "res.groups", "res.users",
)  # fmt: skip
_TARGETS = {
    "partner_path": "res.partner",
    "lead_path": "crm.lead",
    "user_path": "res.users",
}
#: A path that stays where it is.
ITSELF = "id"


class CrmRegulationSubject(models.Model):
    """A model whose records regulations may be about.

    Opening one shows its records to the rules, so that is the administrator's work.
    """

    _name = "crm.regulation.subject"
    _description = "Records of Regulations"
    _order = "sequence, id"
    _rec_name = "model_id"

    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    model_id = fields.Many2one(
        "ir.model",
        string="Records",
        required=True,
        ondelete="cascade",
        domain=[("transient", "=", False), ("abstract", "=", False)],
    )
    model = fields.Char(related="model_id.model", store=True, string="Technical name")
    partner_path = fields.Char(
        string="Counterparty",
        help="The field that leads to the counterparty, dotted if there are several: "
        "“partner_id” or “project_id.partner_id”; “id” if the record is one. Empty: "
        "the lead's, else there is none, and no scope of types or categories fits.",
    )
    lead_path = fields.Char(
        string="Lead", help="The field that leads to the lead, if there is one."
    )
    user_path = fields.Char(
        string="Who handles it",
        help="The field that leads to the person, for example “user_id”.",
    )

    _model_unique = models.Constraint(
        "UNIQUE(model_id)", "These records are opened to regulations already."
    )

    @api.constrains("model_id", "partner_path", "lead_path", "user_path")
    def _check_paths(self):
        for subject in self:
            problem = subject._problem()
            if problem:
                raise ValidationError(
                    self.env._(
                        "crm_regulations.subject: %(model)s: %(problem)s.",
                        model=subject.model_id.name,
                        problem=problem,
                    )
                )

    def _problem(self):
        """What is wrong with it, in words; empty if nothing is."""
        records = self.env.get(self.model)
        if records is None or records._abstract or records._transient:
            return self.env._("there are no such records that stay")
        if self.model.startswith(_CLOSED):
            return self.env._("these records cannot be opened to regulations")
        for name, target in _TARGETS.items():
            if self[name] and self._end_of(self[name]) != target:
                return self.env._(
                    "“%(path)s” does not lead to %(target)s by stored fields",
                    path=self[name],
                    target=self.env["ir.model"]._get(target).name,
                )
        return ""

    def _end_of(self, path):
        """The model to which a path leads; None if it leads nowhere."""
        model = self.env[self.model]
        if path == ITSELF:
            return model._name
        for name in path.split("."):
            field = model._fields.get(name)
            if not field or field.type != "many2one" or not field.store:
                return None
            model = self.env[field.comodel_name]
        return model._name

    @api.model
    @tools.ormcache()
    def _opened(self):
        """Model → (path to the counterparty, to the lead, to the person)."""
        return {
            subject.model: (
                subject.partner_path or "",
                subject.lead_path or "",
                subject.user_path or "",
            )
            for subject in self.sudo().search([])
            if subject.model in self.env
        }

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._propose(vals)
        subjects = super().create(vals_list)
        self.env.registry.clear_cache()
        return subjects

    @api.model
    def _propose(self, vals):
        """Fill in the paths that are usual, where nobody has said another."""
        model = self.env["ir.model"].sudo().browse(vals.get("model_id") or []).exists()
        names = getattr(self.env.get(model.model), "_fields", {})
        for path, usual in (("partner_path", "partner_id"), ("user_path", "user_id")):
            field = names.get(usual)
            if field and field.comodel_name == _TARGETS[path] and field.store:
                vals.setdefault(path, usual)

    def write(self, vals):
        done = super().write(vals)
        self.env.registry.clear_cache()
        return done

    def unlink(self):
        self.env.registry.clear_cache()
        return super().unlink()

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        # A ready draft that nobody has taken into use hinders nobody.
        used = self.env["crm.regulation"].search(
            [
                ("res_model", "in", self.mapped("model")),
                ("state", "!=", "retired"),
                "|",
                ("state", "!=", "draft"),
                ("is_library", "=", False),
            ]
        )
        if used:
            raise UserError(
                self.env._(
                    "crm_regulations.subject: %(names)s is made for these records. "
                    "Retire it before you close them.",
                    names=", ".join(used.mapped("display_name")),
                )
            )
