from contextlib import contextmanager

from odoo import api, fields, models

from ...core import completeness as rule
from ...core.type_tree import with_ancestors
from ...engine.completeness import kind

_COMPUTED = ("completeness", "completeness_level")


class ResPartner(models.Model):
    """Required information: how complete, what is missing, what is refused."""

    _inherit = "res.partner"

    # Written by one statement for many, never by the ORM: see engine/completeness.py.
    # What we think of a customer is not for the customer: portal users read their own
    # contact over the interface.
    completeness = fields.Integer(
        groups="base.group_user",
        readonly=True,
        copy=False,
        aggregator="avg",
        help="How much of what its counterparty types require is known, in percent "
        "by weight. Empty without a type.",
    )
    completeness_level = fields.Selection(
        [
            ("low", "Below 50 %"),
            ("medium", "50 to 79 %"),
            ("high", "80 to 99 %"),
            ("full", "Complete"),
        ],
        string="Completeness level",
        groups="base.group_user",
        readonly=True,
        copy=False,
    )
    missing_information = fields.Char(
        compute="_compute_missing_information",
        groups="base.group_user",
        help="What its counterparty types require and nobody has filled in; what is "
        "refused without it stands first.",
    )
    missing_blocks = fields.Boolean(
        compute="_compute_missing_information", groups="base.group_user"
    )
    completeness_now = fields.Integer(
        string="Known",
        groups="base.group_user",
        compute="_compute_missing_information",
        help="How much of what its counterparty types require is known.",
    )
    activated_on = fields.Date(
        string="Works with us since",
        copy=False,
        help="Set it when the work together begins, for instance when the contract of "
        "a dealer comes into force. What its types require for that moment must be "
        "known by then. Empty: not yet, or no more.",
    )
    contract_number = fields.Char(
        copy=False, help="Number and date of the contract that is in force."
    )
    contract_until = fields.Date(copy=False, help="The last day of the contract.")

    @api.depends("counterparty_type_ids", "is_company", "vat", "street", "city",
                 "phone", "email", "user_id", "activated_on", "contract_number",
                 "contract_until")  # fmt: skip
    @api.depends_context("lang")
    def _compute_missing_information(self):
        measure = self.env["crm.counterparty.requirement"]._measure()
        facts = measure.facts(self._origin.ids)
        for partner in self:
            known = (
                partner.sudo()._facts_on_screen(measure, facts.get(partner._origin.id))
                if partner != partner._origin
                else facts.get(partner.id)
            ) or rule.Facts()
            lacks = rule.missing(measure.requirements, known)
            labels = self.env["crm.counterparty.requirement"]._labels(
                [one.field for one in lacks]
            )
            partner.missing_information = ", ".join(labels[one.field] for one in lacks)
            partner.missing_blocks = any(one.blocks for one in lacks)
            partner.completeness_now = (
                rule.completeness(measure.requirements, known) or 0
            )

    def _facts_on_screen(self, measure, saved):
        """The facts of a form that is being edited."""
        names = set(measure.fields)
        if saved and self._origin:
            # What the form does not show has no value to look at but the saved one.
            changed = {name for name in names if self[name] != self._origin[name]}
        else:
            saved, changed = rule.Facts(), names
        filled = {
            name
            for name in changed
            if rule.is_filled(kind(self._fields[name]), self[name])
        }
        return rule.Facts(
            types=frozenset(self.counterparty_type_ids._origin.ids),
            is_company=bool(self.is_company),
            filled=(saved.filled - changed) | filled,
            passed=saved.passed,
        )

    @api.model_create_multi
    def create(self, vals_list):
        vals_list = [self._with_parent_types(vals) for vals in vals_list]
        partners = super().create(vals_list)
        # As superuser: not everybody who creates partners may read types.
        typed = partners.sudo().filtered("counterparty_type_ids").with_env(self.env)
        if typed:
            typed._check_required({})
            typed._refresh_completeness()
        return partners

    def write(self, vals):
        vals = self._with_parent_types(vals)
        with self._keeping_required(vals):
            return super().write(vals)

    @contextmanager
    def _keeping_required(self, names):
        """Refuse what a change breaks; measure anew whoever changed.

        :param names: names of the fields that the change touches
        """
        asked, refusing = self.env["crm.counterparty.requirement"]._asked_fields()
        before = None
        if refusing and not refusing.isdisjoint(names):
            requirements = self.env["crm.counterparty.requirement"]
            if requirements._may_refuse():
                before = requirements._measure(only_blocking=True).facts(self.ids)
        yield
        if before is not None:
            self._check_required(before)
        if not asked.isdisjoint(names):
            self._refresh_completeness()

    def _check_required(self, before):
        """Raise if a change has broken what the types of these partners require.

        :param before: id → facts before the change; partners not in it are new
        """
        requirements = self.env["crm.counterparty.requirement"]
        measure = requirements._measure(only_blocking=True)
        if not measure.requirements or not requirements._may_refuse():
            return
        refused = [
            (self.browse(id_), lacks)
            for id_, after in measure.facts(self.ids).items()
            if (
                lacks := rule.refused_change(
                    measure.requirements, before.get(id_, rule.Facts()), after
                )
            )
        ]
        if refused:
            requirements._refuse(
                self.env._("The counterparty cannot be saved like this"), refused
            )

    def _check_moment(self, moment, words):
        """Raise if these counterparties lack what a moment requires for the first time.

        :param moment: a moment of ``core.completeness``
        :param words: what is refused, in words
        """
        requirements = self.env["crm.counterparty.requirement"]
        refused = self._refused_at(moment) if requirements._may_refuse() else []
        if refused:
            requirements._refuse(words, refused)

    def _refused_at(self, moment):
        """[(counterparty, requirements it lacks)] for a moment that is to come."""
        measure = self.env["crm.counterparty.requirement"]._measure(only_blocking=True)
        if all(one.moment != moment for one in measure.requirements):
            return []
        return [
            (self.browse(id_), lacks)
            for id_, known in measure.facts(self.ids).items()
            if (lacks := rule.refused_at(measure.requirements, known, moment))
        ]

    def _information_notices(self, moment):
        """What a document about these counterparties should say in advance.

        :param moment: the moment that the document leads to
        :return: id → (labels in words, whether the moment is refused without them);
            counterparties about whom nothing is missed are left out
        """
        measure = self.env["crm.counterparty.requirement"]._measure()
        notices = {}
        for id_, known in measure.facts(self.ids).items():
            refusing = rule.refused_at(measure.requirements, known, moment)
            missed = [
                one
                for one in rule.missing(measure.requirements, known)
                if one.level != "advise"
            ]
            names = dict.fromkeys(one.field for one in (*refusing, *missed))
            if names:
                labels = self.env["crm.counterparty.requirement"]._labels(names)
                words = ", ".join(labels[name] for name in names)
                notices[id_] = (words, bool(refusing))
        return notices

    def _refresh_completeness(self):
        """Measure these counterparties anew, in one statement."""
        if not self.ids:
            return
        measure = self.env["crm.counterparty.requirement"]._measure()
        changed = self.browse(measure.refresh(partner_ids=self.ids))
        changed.invalidate_recordset(_COMPUTED, flush=False)

    @api.model
    def _with_parent_types(self, vals):
        """Values in which a kind of client is a client, too.

        What is computed is left out: exported lists are imported again with it.
        """
        vals = {name: value for name, value in vals.items() if name not in _COMPUTED}
        if vals.get("counterparty_type_ids"):
            vals["counterparty_type_ids"] = with_ancestors(
                vals["counterparty_type_ids"],
                self.env["crm.counterparty.type"]._ancestors(),
            )
        return vals

    # --- filling in -----------------------------------------------------------

    def action_fill_in(self):
        """A dialog with nothing but what is missing."""
        self.ensure_one()
        self.check_access("read")
        measure = self.env["crm.counterparty.requirement"]._measure()
        known = measure.facts(self.ids)[self.id]
        lacks = rule.missing(measure.requirements, known)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Missing: %s", self.display_name),
            "res_model": "res.partner",
            "res_id": self.id,
            "views": [
                (
                    self.env.ref("crm_segmentation.res_partner_view_form_fill_in").id,
                    "form",
                )
            ],
            "target": "new",
            "context": {"missing_fields": [one.field for one in lacks]},
        }

    @api.model
    def _get_view(self, view_id=None, view_type="form", **options):
        arch, view = super()._get_view(view_id, view_type, **options)
        fill_in = self.env.ref(
            "crm_segmentation.res_partner_view_form_fill_in", raise_if_not_found=False
        )
        if fill_in and view.id == fill_in.id:
            self._add_asked_fields(arch.find(".//group[@name='asked']"))
        return arch, view

    @api.model
    def _add_asked_fields(self, group):
        """Every field that some type asks for; the dialog shows what is missing."""
        measure = self.env["crm.counterparty.requirement"]._measure()
        for name in measure.fields:
            options = {
                "invisible": f"'{name}' not in context.get('missing_fields', [])"
            }
            if self._fields[name].type == "many2many":
                options["widget"] = "many2many_tags"
            elif self._fields[name].type == "binary":
                options["widget"] = "image" if "image" in name else "binary"
            group.append(group.makeelement("field", {"name": name, **options}))
