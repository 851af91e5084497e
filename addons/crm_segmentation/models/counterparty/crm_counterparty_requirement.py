from odoo import api, fields, models, tools
from odoo.exceptions import UserError, ValidationError

from ...core import completeness as rule
from ...engine.completeness import Completeness, kind

# So many counterparties are measured anew at once; more are left to the cron.
AT_ONCE = 20_000

# Said by us about the counterparty, not by anybody who fills in a form.
_OURS = (
    "counterparty_type_ids",
    "completeness",
    "completeness_level",
    "own_segment_ids",
    "membership_ids",
)


class CrmCounterpartyRequirement(models.Model):
    """A field of a counterparty that one of its types asks for."""

    _name = "crm.counterparty.requirement"
    _description = "Required Information"
    _order = "type_id, sequence, id"

    type_id = fields.Many2one(
        "crm.counterparty.type",
        string="Counterparty type",
        required=True,
        ondelete="cascade",
        index=True,
    )
    sequence = fields.Integer(default=10)
    field_name = fields.Char(
        string="Field",
        required=True,
        help="The technical name of a field of the counterparty, such as “vat”.",
    )
    model_name = fields.Char(compute="_compute_model_name")
    name = fields.Char(
        string="Information",
        compute="_compute_name",
        help="What the field is called on the counterparty's page.",
    )
    level = fields.Selection(
        [
            ("advise", "Advise"),
            ("warn", "Warn"),
            ("block", "Block"),
        ],
        required=True,
        default="advise",
        help="Advise: it counts for completeness only.\n"
        "Warn: it is also shown wherever it will be missed, such as on a quotation.\n"
        "Block: the moment chosen beside is refused without it. Saving, importing and "
        "invoicing those who were incomplete before is never refused.",
    )
    moment = fields.Selection(
        [
            (rule.ASSIGNED, "the type is given"),
            (rule.EMPTIED, "it is emptied again"),
            (rule.ACTIVATED, "the work together begins"),
            (rule.FIRST_ORDER, "the first order is confirmed"),
            (rule.FIRST_BILL, "the first bill is posted"),
        ],
        string="Refused when",
        required=True,
        default=rule.ASSIGNED,
        help="From this moment on the information may not be emptied, either.",
    )
    is_enforced = fields.Boolean(
        string="In force",
        default=True,
        help="Off: what blocks only warns for now. Shipped requirements wait for you "
        "to switch them on.",
    )
    weight = fields.Integer(
        required=True,
        default=1,
        help="How much it counts for completeness, compared with the others.",
    )
    applies_to = fields.Selection(
        [
            ("all", "Companies and people"),
            ("company", "Companies"),
            ("person", "People"),
        ],
        string="Asked of",
        required=True,
        default="all",
    )
    used_for = fields.Char(
        translate=True,
        help="What becomes possible with it. Nobody likes to fill in what nobody uses.",
    )
    uses = fields.Char(
        string="Used by",
        compute="_compute_uses",
        help="Where Odoo reads it: metrics, saved filters, territories …",
    )
    is_unused = fields.Boolean(
        string="Used nowhere",
        compute="_compute_uses",
        search="_search_is_unused",
        help="Nobody has said what it is used for, and nothing in Odoo reads it.",
    )

    _field_once = models.Constraint(
        "UNIQUE(type_id, field_name, applies_to)",
        "This counterparty type asks for this field already.",
    )
    _weight_positive = models.Constraint(
        "CHECK(weight BETWEEN 1 AND 1000)",
        "The weight of required information is a whole number from 1 to 1000.",
    )

    def _compute_model_name(self):
        self.model_name = "res.partner"

    @api.depends("field_name")
    @api.depends_context("lang")
    def _compute_name(self):
        labels = self._labels(self.mapped("field_name"))
        for requirement in self:
            requirement.name = labels.get(
                requirement.field_name, requirement.field_name
            )

    @api.depends("field_name", "used_for")
    @api.depends_context("lang", "uid")
    def _compute_uses(self):
        uses = self._find_uses(set(self.mapped("field_name")) - {False})
        for requirement in self:
            found = uses.get(requirement.field_name, [])
            requirement.uses = ", ".join(dict.fromkeys(found))
            requirement.is_unused = not (requirement.uses or requirement.used_for)

    def _search_is_unused(self, operator, value):
        if operator != "in":
            return NotImplemented
        everything = self.search_fetch([], ["used_for"])
        unused = everything.filtered("is_unused")
        wanted = unused if True in value else self.browse()
        if False in value:
            wanted |= everything - unused
        return [("id", "in", wanted.ids)]

    @api.constrains("field_name")
    def _check_field_name(self):
        for requirement in self:
            field = self.env["res.partner"]._fields.get(requirement.field_name)
            if not self._can_be_asked_for(field):
                raise ValidationError(
                    self.env._(
                        "crm_segmentation.field_not_askable: “%(field)s” cannot be "
                        "required of a counterparty. Choose a field of the "
                        "counterparty that is stored, that somebody fills in, and "
                        "that you may read, such as “vat”.",
                        field=requirement.field_name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        requirements = super().create(vals_list)
        self._changed(requirements.type_id)
        return requirements

    def write(self, vals):
        types = self.type_id
        result = super().write(vals)
        if vals.keys() - {"used_for", "sequence"}:
            self._changed(types | self.type_id)
        return result

    def unlink(self):
        types = self.type_id
        result = super().unlink()
        self._changed(types)
        return result

    def action_enforce(self):
        """Let what blocks refuse from now on."""
        self.write({"is_enforced": True})
        return True

    def action_open_missing(self):
        """The counterparties that lack this information."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_segmentation.action_counterparty_incomplete"
        )
        domain = [("counterparty_type_ids", "in", self.type_id.ids)]
        if self.applies_to != "all":
            domain.append(("is_company", "=", self.applies_to == "company"))
        domain.append((self.field_name, "=", False))
        return {**action, "domain": domain, "context": {}, "name": self.name}

    # --- for those who ask ----------------------------------------------------

    @api.model
    @tools.ormcache()
    def _all(self):
        """Every requirement of the types in use, as ``core.completeness`` wants them.

        :return: tuple of ``core.completeness.Requirement`` in the order of the lists
        """
        rows = self.sudo().search([("type_id.active", "=", True)])
        return tuple(
            rule.Requirement(
                id=row.id,
                type_id=row.type_id.id,
                field=row.field_name,
                level=row.level,
                weight=row.weight,
                moment=row.moment,
                enforced=row.is_enforced,
                applies_to=row.applies_to,
            )
            for row in rows
        )

    @api.model
    def _measure(self, only_blocking=False):
        """The engine over all requirements, or over those that refuse something."""
        requirements = self._all()
        if only_blocking:
            requirements = [one for one in requirements if one.blocks]
        return Completeness(self.env, requirements)

    @api.model
    @tools.ormcache()
    def _asked_fields(self):
        """(fields that count for completeness, fields that may refuse a change)."""
        requirements = self._all()
        ours = {"counterparty_type_ids", "is_company"}
        refusing = {one.field for one in requirements if one.blocks}
        return (
            frozenset({one.field for one in requirements} | ours),
            frozenset(refusing | ours | {"activated_on"}) if refusing else frozenset(),
        )

    @api.model
    def _labels(self, names):
        """What fields of a counterparty are called in the user's language.

        :param names: technical names
        :return: dictionary of name → label
        """
        partner_fields = self.env["res.partner"]._fields
        return {
            name: partner_fields[name]._description_string(self.env)
            for name in names
            if name in partner_fields
        }

    @api.model
    def _can_be_asked_for(self, field):
        return bool(
            field
            and field.name not in (*_OURS, *models.MAGIC_COLUMNS, "display_name")
            and not field.related
            and not (field.compute and field.readonly)
            and kind(field)
            and self.env["res.partner"]._has_field_access(field, "read")
        )

    @api.model
    def _find_uses(self, names):
        """What reads these fields. Extend it with ``super()``.

        :param names: set of technical names of fields of a counterparty
        :return: dictionary of name → list of words
        """
        uses = {name: [] for name in names}
        self._uses_by_metrics(uses)
        self._uses_by_filters(uses)
        if "crm.territory" in self.env:
            words = self.env._("Territories")
            for name in {"country_id", "state_id", "zip", "territory_id"} & names:
                uses[name].append(words)
        return uses

    def _uses_by_metrics(self, uses):
        if "customer_since" in uses:
            uses["customer_since"].append(self.env._("Time with us"))
        metrics = self.env["crm.metric"].sudo().search_fetch([])
        readers = {"date_field", "measure", "domain"} & self.env[
            "crm.metric"
        ]._fields.keys()
        for metric in metrics:
            if metric._fields.get("res_model") and metric.res_model == "res.partner":
                text = " ".join(str(metric[reader]) for reader in readers)
                _add_named(uses, text, metric.name)

    def _uses_by_filters(self, uses):
        saved = self.env["ir.filters"].sudo().search([("model_id", "=", "res.partner")])
        for one in saved:
            text = f"{one.domain} {one.context} {one.sort}"
            _add_named(uses, text, self.env._("Filter “%s”", one.name))

    # --- inside ---------------------------------------------------------------

    @api.model
    def _changed(self, types):
        """Forget what was cached and measure the counterparties of the types anew."""
        # The dialog “Fill in” shows the fields that are asked for.
        self.env.registry.clear_cache("default", "templates")
        if self.env.registry.ready:
            types._refresh_completeness()

    @api.model
    def _refuse(self, moment_words, refused):
        """Raise the one error for whatever lacks information.

        :param moment_words: what is refused, in words
        :param refused: list of (counterparty, requirements that it lacks)
        """
        labels = self._labels({one.field for _who, lacks in refused for one in lacks})
        lines = [
            f"- {partner.display_name}: "
            + ", ".join(
                f"{labels.get(field, field)} ({field})"
                for field in dict.fromkeys(one.field for one in lacks)
            )
            for partner, lacks in refused[:10]
        ]
        if len(refused) > 10:
            lines.append(
                self.env._("- and %(count)s more", count=len(refused) - 10),
            )
        raise UserError(
            self.env._(
                "crm_segmentation.information_missing: %(moment)s, because required "
                "information is missing:\n%(lines)s\nFill it in on the counterparty "
                "first. What a type requires is set by your CRM coordinator.",
                moment=moment_words,
                lines="\n".join(lines),
            )
        )

    @api.model
    def _may_refuse(self):
        """Only people are refused; programs, portals and the shop go on."""
        return (
            self.env.uid != api.SUPERUSER_ID
            and self.env.registry.ready
            and self.env.user._is_internal()
        )


def _add_named(uses, text, words):
    """Add words to each field whose quoted name stands in a text."""
    for name, found in uses.items():
        if any(mark + name + end in text for mark in "'\"" for end in "'\".:"):
            found.append(words)
