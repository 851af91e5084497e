from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from ..engine.facts import KINDS

# What needs no more than a choice; the other kinds are set on the form.
_EASY = (
    "interaction", "message_in", "call_missed", "meeting_held", "created", "deal_won",
    "deal_lost", "order_confirmed", "contract_completed", "document_paid",
    "document_overdue", "purchase_late", "survey_answered", "mailing_bounced",
)  # fmt: skip
_SCOPE = (
    "interaction_type_ids", "counterparty_type_ids", "segment_ids", "sale_kind_ids",
)  # fmt: skip
# What a ready one says otherwise than by choices stays.
_KEPT = (
    "trigger_kind", "res_model", "trigger_domain", "fact_domain", "scope_domain",
)  # fmt: skip
_NUMBERS = (
    "limit_value", "limit_unit", "responsible_kind", "responsible_user_id",
    "evidence_kind", "warn_percent",
)  # fmt: skip
_LADDER = ("after", "team_leader", False)


class CrmRegulationGuide(models.TransientModel):
    """A new regulation in a few questions, said in words at every moment."""

    _name = "crm.regulation.guide"
    _description = "New Regulation"

    start = fields.Selection(
        [
            ("ready", "A ready one: change a few numbers"),
            ("blank", "A blank page: choose what happens"),
        ],
        string="Begin with",
        required=True,
        default="ready",
    )
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    template_id = fields.Many2one(
        "crm.regulation",
        string="Which one",
        domain="[('company_id', '=', company_id)]",
        default=lambda self: self._default_template(),
    )
    name = fields.Char(string="How is it called?", required=True)
    trigger_kind = fields.Selection(
        selection="_selection_trigger_kind",
        string="What happens?",
        default="interaction",
        required=True,
    )
    res_model = fields.Selection(
        selection=lambda self: self.env["crm.regulation"]._selection_res_model(),
        string="A record of",
        default="crm.interaction",
        required=True,
    )
    interaction_type_ids = fields.Many2many(
        "crm.interaction.type", string="Interaction types", help="Empty: any type."
    )
    counterparty_type_ids = fields.Many2many(
        "crm.counterparty.type", string="Counterparty types", help="Empty: everybody."
    )
    segment_ids = fields.Many2many(
        "crm.segment", string="Categories", help="Empty: every category."
    )
    sale_kind_ids = fields.Many2many(
        "crm.sale.kind", string="Kinds of sale", help="Empty: every kind."
    )
    promise = fields.Char(
        string="What is promised?",
        required=True,
        help="An action in a few words: “Send the materials”.",
    )
    limit_value = fields.Float(string="Within", required=True, default=4)
    limit_unit = fields.Selection(
        selection=lambda self: self._step_selection("limit_unit"),
        default="work_hour",
        required=True,
    )
    responsible_kind = fields.Selection(
        selection=lambda self: self._step_selection("responsible_kind"),
        string="Who?",
        default="handler",
        required=True,
    )
    responsible_user_id = fields.Many2one(
        "res.users", string="Person", domain=[("share", "=", False)]
    )
    evidence_kind = fields.Selection(
        selection=lambda self: self._step_selection("evidence_kind"),
        string="What proves it?",
        default="message_out",
        required=True,
    )
    warn_percent = fields.Integer(
        string="Warn after",
        default=75,
        help="Part of the time; 0 for never.",
    )
    tells_leader = fields.Boolean(string="Tell the team leader", default=True)
    leader_hours = fields.Float(
        string="Working hours late", default=4, help="0: as soon as it is late."
    )
    other_steps = fields.Integer(
        compute="_compute_other_steps", help="Further steps of the ready one."
    )
    sentence = fields.Text(string="In words", compute="_compute_sentence")

    @api.model
    def _selection_trigger_kind(self):
        # Those that need no more than a choice come first.
        names = self.env["crm.regulation"]._selection_trigger_kind()
        return sorted(names, key=lambda name: name[0] not in _EASY)

    @api.model
    def _step_selection(self, field):
        step = self.env["crm.regulation.step"]
        return step._fields[field]._description_selection(self.env)

    def _default_template(self):
        """The first ready one, drafts before the others: they are meant as such."""
        ready = self.env["crm.regulation"].search(
            [("company_id", "=", self.env.company.id), ("step_ids", "!=", False)]
        )
        return ready.sorted(lambda r: (r.state != "draft", r.id))[:1]

    @api.onchange("start", "template_id")
    def _onchange_template(self):
        """Take over what a ready one says."""
        if self.start != "ready":
            self.template_id = False
            return
        self.template_id = self.template_id or self._default_template()
        template = self.template_id
        step = template.step_ids[:1]
        if not step:
            return
        for field in ("name", "trigger_kind", "res_model", *_SCOPE):
            self[field] = template[field]
        self.promise = step.name
        for field in _NUMBERS:
            self[field] = step[field]
        rung = self._leader_rung(step)
        self.tells_leader = bool(rung) or not step.rung_ids
        self.leader_hours = rung.value if rung.unit == "work_hour" else 4

    @api.onchange("trigger_kind", "start")
    def _onchange_trigger_kind(self):
        """A record of which such facts are told."""
        if self.start == "ready":
            return
        kind = KINDS[self.trigger_kind or "interaction"]
        opened = dict(self.env["crm.regulation"]._selection_res_model())
        own = [voice.model for voice in kind.voices if voice.model in opened]
        if own or not kind.tells_of(self.res_model):
            self.res_model = next(iter(own), "res.partner")

    @api.depends("template_id", "start")
    def _compute_other_steps(self):
        for guide in self:
            steps = len(guide.template_id.step_ids) if guide.start == "ready" else 0
            guide.other_steps = max(0, steps - 1)

    @api.depends(
        "start", "template_id", "name", "trigger_kind", "res_model",
        "interaction_type_ids", "counterparty_type_ids", "segment_ids",
        "sale_kind_ids", "promise", "limit_value", "limit_unit", "responsible_kind",
        "responsible_user_id", "evidence_kind", "warn_percent", "tells_leader",
        "leader_hours",
    )  # fmt: skip
    @api.depends_context("lang")
    def _compute_sentence(self):
        for guide in self:
            guide.sentence = guide._preview().sentence

    def _preview(self):
        """The regulation as it would become, only in memory."""
        regulations, template = self.env["crm.regulation"], self._template()
        fact = {name: template[name] for name in _KEPT} if template else {}
        fact |= self._regulation_values()
        step = template.step_ids[:1]
        first = {**self._kept_of(step), **self._step_values(), **self._parts_of(step)}
        draft = regulations.new({**fact, "step_ids": [Command.create(first)]})
        rest = template.step_ids[1:]
        if rest:
            draft.sentence = "\n".join(
                [draft.sentence, *(f"• {step.sentence_full}." for step in rest)]
            )
        return draft

    def _template(self):
        ready = self.start == "ready"
        return self.template_id._origin if ready else self.template_id.browse()

    def _kept_of(self, step):
        """The filter of a proof that stays."""
        if step and step.evidence_kind == self.evidence_kind:
            return {"evidence_domain": step.evidence_domain}
        return {"evidence_domain": "[]"}

    def _regulation_values(self):
        values = {
            "name": self.name,
            "company_id": self.company_id.id,
            "owner_id": self.env.uid,
            **{field: [Command.set(self[field]._origin.ids)] for field in _SCOPE},
        }
        if not self._template():
            values |= {"trigger_kind": self.trigger_kind, "res_model": self.res_model}
        return values

    def _step_values(self):
        fixed = self.responsible_kind == "fixed"
        return {
            "name": self.promise or "…",
            "limit_value": self.limit_value,
            "limit_unit": self.limit_unit,
            "responsible_kind": self.responsible_kind,
            "responsible_user_id": fixed and self.responsible_user_id._origin.id,
            "evidence_kind": self.evidence_kind,
            "warn_percent": self.warn_percent,
        }

    def _parts_of(self, step):
        """What the step would consist of: that of the ready one, and the ladder."""
        leader = self._leader_rung(step)
        rungs = self._copied(step.rung_ids - leader)
        rungs += self._ladder().get("rung_ids", [])
        return {
            "rung_ids": sorted(rungs, key=lambda rung: rung[2].get("sequence", 10)),
            "limit_ids": self._copied(step.limit_ids),
            "condition_ids": self._copied(step.condition_ids),
        }

    @api.model
    def _copied(self, parts):
        return [
            Command.create({k: v for k, v in values.items() if k != "step_id"})
            for values in parts.copy_data()
        ]

    def _ladder(self):
        """Commands for the rung of the team leader."""
        if not self.tells_leader:
            return {}
        rung = {
            "basis": "after",
            "value": self.leader_hours,
            "unit": "work_hour",
            "whom": "team_leader",
        }
        return {"rung_ids": [Command.create(rung)]}

    @api.model
    def _leader_rung(self, step):
        return step.rung_ids.filtered(
            lambda r: (r.basis, r.whom, r.segment_codes or False) == _LADDER
        )[:1]

    def action_make(self):
        """Make the draft and open it.

        :return: an action that opens the new regulation
        """
        self.ensure_one()
        regulations = self.env["crm.regulation"]
        regulations._require_coordinator()
        template = self._template()
        if self.start == "ready" and not template.step_ids:
            raise UserError(
                self.env._(
                    "crm_regulations.guide: Choose the regulation to begin with, or "
                    "begin with a blank page."
                )
            )
        if template:
            made = self._made_of(template)
        else:
            step = {**self._step_values(), **self._ladder()}
            made = regulations.create(
                {**self._regulation_values(), "step_ids": [Command.create(step)]}
            )
        return {
            "type": "ir.actions.act_window",
            "res_model": made._name,
            "res_id": made.id,
            "view_mode": "form",
            "views": [(False, "form")],
        }

    def _made_of(self, template):
        template.check_access("read")
        made = template.copy({"mode": "silent"})
        made.write(self._regulation_values())
        step = made.step_ids[:1]
        step.write({**self._kept_of(template.step_ids[:1]), **self._step_values()})
        rung = self._leader_rung(step)
        if not self.tells_leader:
            rung.unlink()
        elif rung:
            rung.write({"value": self.leader_hours, "unit": "work_hour"})
        else:
            step.write(self._ladder())
        return made
