import itertools
from ast import literal_eval

import psycopg2

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

from odoo.addons.crm_segmentation.models.wire_json import WireJson

from ..engine.facts import KINDS
from ..engine.facts.fact import Asked

# What may change while a regulation is in force.
FREE_FIELDS = {
    "mode", "owner_id", "sequence", "message_follower_ids", "message_ids",
    "message_main_attachment_id", "activity_ids", "date_review", "reader_ids",
    "control_user_id", "on_service_record",
}  # fmt: skip
# What the rules in memory are made of, besides the frozen text.
_CACHED_FIELDS = {"state", "spec", "mode", "owner_id", "date_until"}
# What changes through the buttons only.
LIFE_FIELDS = {
    "state", "spec", "version", "origin_id", "approver_id", "author_id",
    "date_published", "open_obligations", "date_approved", "date_review_told",
    "editor_id", "is_library",
    "readers_chosen", "acknowledgement_ids",
}  # fmt: skip


class CrmRegulation(models.Model):
    _name = "crm.regulation"
    _description = "Regulation"
    _inherit = ["mail.thread"]
    _check_company_auto = True
    _order = "process, sequence, name, version desc"

    name = fields.Char(required=True, translate=True, tracking=True)
    code = fields.Char(
        required=True,
        default=lambda self: self._free_codes(1)[0],
        help="Short name for integrations. It stays the same over all versions.",
    )
    sequence = fields.Integer(default=10)
    version = fields.Integer(default=1, readonly=True, copy=False)
    origin_id = fields.Many2one(
        "crm.regulation",
        string="Previous version",
        readonly=True,
        copy=False,
        ondelete="restrict",
        index="btree_not_null",
    )
    process = fields.Selection(
        [
            ("relations", "Customer relations"),
            ("sales", "Sales"),
            ("marketing", "Marketing"),
            ("finance", "Finance"),
        ],
        default="relations",
        required=True,
    )
    purpose = fields.Text(
        string="Why",
        translate=True,
        help="What the customer gets from it; shown to whoever owes it.",
    )
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    owner_id = fields.Many2one(
        "res.users",
        default=lambda self: self.env.user,
        help="Keeps the regulation true, and owes a step when nobody else does.",
    )
    author_id = fields.Many2one(
        "res.users", default=lambda self: self.env.user, readonly=True, copy=False
    )
    approver_id = fields.Many2one("res.users", readonly=True, copy=False)
    mode = fields.Selection(
        [
            ("silent", "Count only"),
            ("remind", "Remind"),
            ("escalate", "Remind and escalate"),
        ],
        string="What Odoo does",
        default="silent",
        required=True,
        tracking=True,
        help="Count only: promises are measured and nobody is told. Remind: whoever "
        "owes a promise gets an activity, and is told in working hours when it will be "
        "due soon or is overdue. Remind and escalate: the people of the escalation are "
        "told, too. Begin with counting, look at the numbers, then remind.",
    )
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("review", "In review"),
            ("published", "In force"),
            ("retired", "Retired"),
        ],
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        tracking=True,
    )
    date_published = fields.Datetime(string="In force since", readonly=True, copy=False)
    date_reconciled = fields.Datetime(
        string="History read until",
        readonly=True,
        copy=False,
        help="Until when Odoo's history was searched for what nobody has told.",
    )
    date_from = fields.Datetime(
        string="For what happens from",
        copy=False,
        help="What happened earlier starts no promise, even if it is typed in later. "
        "In the future: the version before stays in force until then.",
    )

    trigger_kind = fields.Selection(
        selection="_selection_trigger_kind",
        string="It starts when",
        default="interaction",
        required=True,
    )
    res_model = fields.Selection(
        selection="_selection_res_model",
        string="A record of",
        default="crm.interaction",
        required=True,
        help="What the promise is about.",
    )
    trigger_date_field = fields.Char(
        string="Which date",
        help="For a date that comes: a date of the record, such as “date_deadline”.",
    )
    trigger_offset_hours = fields.Float(
        string="Later by (hours)",
        help="Negative: so much before the date. Also for “A document is overdue”.",
    )
    trigger_factor = fields.Float(
        string="Times the usual gap",
        default=1.5,
        help="For a purchase that is late: the customer usually buys every so many "
        "days; it is late when so many times as much has passed.",
    )
    fact_domain = fields.Char(
        string="Only what is like",
        default="[]",
        help="A filter on what happened: the message, the call, the order.",
    )
    trigger_teller_model = fields.Char(compute="_compute_trigger_teller_model")
    interaction_type_ids = fields.Many2many(
        "crm.interaction.type", string="Interaction types", help="Empty: any type."
    )
    trigger_domain = fields.Char(
        string="Only if", default="[]", help="A filter on the record it is about."
    )
    counterparty_type_ids = fields.Many2many(
        "crm.counterparty.type", string="Counterparty types", help="Empty: everybody."
    )
    segment_ids = fields.Many2many(
        "crm.segment",
        string="Categories",
        check_company=True,
        help="Empty: every category.",
    )
    sale_kind_ids = fields.Many2many(
        "crm.sale.kind", string="Kinds of sale", help="Empty: every kind."
    )
    scope_domain = fields.Char(
        string="Only counterparties", default="[]", help="A filter on the counterparty."
    )
    step_ids = fields.One2many(
        "crm.regulation.step", "regulation_id", string="Steps", copy=True
    )
    spec = WireJson(readonly=True, copy=False)
    sentence = fields.Text(
        string="In words",
        compute="_compute_sentence",
        help="The regulation as a person would say it.",
    )
    obligation_count = fields.Integer(
        string="Promises", compute="_compute_obligation_figures"
    )
    obligation_ended_count = fields.Integer(
        string="Promises that ended",
        compute="_compute_obligation_figures",
        help="Kept on time, kept late or not kept.",
    )
    on_time_percent = fields.Float(
        string="On time, %",
        digits=(5, 1),
        compute="_compute_obligation_figures",
        help="Kept on time ÷ (kept on time + kept late + not kept). Excused, cancelled "
        "and open promises are not in it.",
    )

    _code_version_unique = models.Constraint(
        "UNIQUE(company_id, code, version)",
        "This version of the regulation exists already.",
    )

    @api.model
    def _selection_res_model(self):
        models_ = self.env["ir.model"].sudo()
        opened = self.env["crm.regulation.subject"]._opened()
        return [(model, models_._get(model).name) for model in opened]

    @api.model
    def _selection_kind(self):
        """All kinds of facts, in words."""
        return [
            ("interaction", self.env._("A call, visit or letter")),
            ("message_in", self.env._("A message from the customer")),
            ("message_out", self.env._("A message to the customer")),
            ("call_missed", self.env._("A missed call")),
            ("meeting_held", self.env._("A meeting was held")),
            ("activity_done", self.env._("An activity was done")),
            ("created", self.env._("A record appeared")),
            ("field_set", self.env._("A record came to fit a filter")),
            ("date_reached", self.env._("A date of a record has come")),
            ("deal_won", self.env._("A deal was won")),
            ("deal_lost", self.env._("A deal was lost or refused")),
            ("order_confirmed", self.env._("An order was confirmed")),
            ("contract_completed", self.env._("A contract was completed")),
            ("document_paid", self.env._("An invoice was paid")),
            ("document_overdue", self.env._("An invoice is overdue")),
            ("purchase_late", self.env._("A customer buys later than usual")),
            ("survey_answered", self.env._("A questionnaire was answered")),
            ("mailing_sent", self.env._("A mailing was delivered")),
            ("mailing_bounced", self.env._("A mailing came back")),
            ("in_force", self.env._("The regulation came into force")),
        ]

    @api.model
    def _selection_trigger_kind(self):
        return [name for name in self._selection_kind() if KINDS[name[0]].starts]

    # --- computed -------------------------------------------------------------

    @api.depends("trigger_kind", "res_model")
    def _compute_trigger_teller_model(self):
        for regulation in self:
            kind = KINDS.get(regulation.trigger_kind)
            regulation.trigger_teller_model = kind and kind.teller(
                Asked(regulation.res_model)
            )

    def _compute_obligation_figures(self):
        figures = self.env["crm.obligation"]._figures("regulation_id", self)
        for regulation in self:
            figure = figures.get(regulation.id, {})
            regulation.obligation_count = sum(figure.values())
            regulation.obligation_ended_count = sum(
                figure.get(state, 0)
                for state in ("done_on_time", "done_late", "breached")
            )
            regulation.on_time_percent = self.env["crm.obligation"]._on_time(figure)

    @api.depends("name", "version")
    def _compute_display_name(self):
        for regulation in self:
            regulation.display_name = (
                f"{regulation.name} v{regulation.version}"
                if regulation.version > 1
                else regulation.name
            )

    # --- constraints ----------------------------------------------------------

    @api.constrains("trigger_kind", "res_model", "trigger_date_field", "trigger_factor")
    def _check_trigger(self):
        for regulation in self:
            problem = regulation._trigger_problem()
            if problem:
                raise ValidationError(
                    self.env._(
                        "crm_regulations.trigger: %(name)s: %(problem)s.",
                        name=regulation.name,
                        problem=problem,
                    )
                )

    def _trigger_problem(self):
        """Why the trigger can never start the regulation, in words."""
        kind = KINDS[self.trigger_kind]
        if not kind.tells_of(self.res_model):
            return self.env._(
                "“%(fact)s” is not told of records of %(model)s; choose another record",
                fact=dict(self._selection_kind())[kind.code],
                model=self.env["ir.model"]._get(self.res_model).name,
            )
        if self.trigger_kind == "purchase_late" and self.trigger_factor <= 0:
            return self.env._("the number of usual gaps must be more than zero")
        if self.trigger_kind != "date_reached":
            return ""
        described = self.env[self.res_model]._fields.get(self.trigger_date_field or "")
        if described and described.store and described.type in ("date", "datetime"):
            return ""
        return self.env._(
            "“%(field)s” is no stored date of the record",
            field=self.trigger_date_field or "",
        )

    @api.constrains("trigger_domain", "fact_domain", "scope_domain", "res_model",
                    "trigger_kind")  # fmt: skip
    def _check_domains(self):
        for regulation in self:
            kind = KINDS[regulation.trigger_kind]
            teller = kind.teller(Asked(regulation.res_model))
            for name, model in (
                ("trigger_domain", regulation.res_model),
                ("fact_domain", teller),
                ("scope_domain", "res.partner"),
            ):
                self._check_domain(model, regulation[name], self._fields[name])

    @api.model
    def _is_impossible(self, model, text):
        """Whether no record can ever fit a filter."""
        domain = Domain(self._parse_domain(text))
        return domain.optimize_full(self.env[model].sudo()).is_false()

    @api.model
    def _check_domain(self, model, text, field):
        """Refuse a filter that does not parse or does not fit its model."""
        problem = self._domain_problem(model, text)
        if problem:
            raise ValidationError(
                self.env._(
                    "crm_regulations.filter: “%(field)s” cannot be used on %(model)s: "
                    '%(error)s. Write it as [("field", "=", value)].',
                    field=field._description_string(self.env),
                    model=self.env["ir.model"]._get(model).name or model,
                    error=problem,
                )
            )

    @api.model
    def _domain_problem(self, model, text):
        """Why a filter cannot be used on a model; empty if it can."""
        try:
            with self.env.cr.savepoint(flush=False):
                domain = Domain(self._parse_domain(text))
                query = self.env[model].sudo()._search(domain, limit=1)
                self.env.cr.execute(query.select(), log_exceptions=False)
        except psycopg2.Error:
            return self.env._("a value does not fit its field")
        except Exception as error:
            return str(error) or type(error).__name__
        return ""

    @api.model
    def _parse_domain(self, text):
        """A literal list from the text of a filter; nothing is evaluated.

        :raises ValueError: the text is not a list
        """
        try:
            parsed = literal_eval(text or "[]")
        except (SyntaxError, ValueError, MemoryError, RecursionError) as error:
            raise ValueError(f"{text!r} is not a list of conditions") from error
        if not isinstance(parsed, list):
            raise ValueError(f"{text!r} is not a list of conditions")
        return parsed

    # --- guarded writing ------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        nameless = [vals for vals in vals_list if not vals.get("code")]
        for vals, code in zip(nameless, self._free_codes(len(nameless)), strict=True):
            vals["code"] = code
        if not self.env.su:
            for vals in vals_list:
                for field in LIFE_FIELDS & vals.keys():
                    del vals[field]
        return super().create(vals_list)

    def write(self, vals):
        if not self.env.su:
            if LIFE_FIELDS & vals.keys():
                raise UserError(
                    self.env._(
                        "crm_regulations.use_buttons: The state of a regulation "
                        "changes through its buttons only."
                    )
                )
            if vals.keys() - FREE_FIELDS:
                self._refuse_if_published()
        done = super().write(vals)
        if _CACHED_FIELDS & vals.keys():
            self.env.registry.clear_cache()
        return done

    def copy_data(self, default=None):
        default = default or {}
        if self.env.context.get("crm_regulation_keeps_code"):
            codes = self.mapped("code")
        else:
            codes = self._free_codes(len(self))
        return [
            {**vals, "code": default.get("code") or code}
            for vals, code in zip(super().copy_data(default), codes, strict=True)
        ]

    def copy(self, default=None):
        # Each copy waits for its own earlier steps, which are there only afterwards.
        waiting = self.with_context(crm_regulation_copy=True, crm_in_our_words=True)
        with self._in_our_words("no_record"):
            copies = super(CrmRegulation, waiting).copy(default).with_env(self.env)
        for regulation, made in zip(self, copies, strict=True):
            steps = dict(zip(regulation.step_ids, made.step_ids, strict=True))
            for old, new in steps.items():
                if old.start_step_id:
                    new.start_step_id = steps[old.start_step_id]
        return copies

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        self._refuse_if_published()

    def _refuse_if_published(self):
        for regulation in self.filtered(lambda r: r.state in ("published", "retired")):
            raise UserError(
                self.env._(
                    "crm_regulations.published_is_fixed: %(name)s has been published; "
                    "people rely on it as it stands. Make a new version to change it.",
                    name=regulation.display_name,
                )
            )

    @api.model
    def _free_codes(self, count):
        """So many codes that no regulation has."""
        known = self.sudo().search_fetch(
            [("code", "=like", "regulation\\_%")], ["code"]
        )
        taken = set(known.mapped("code"))
        free = (
            code for n in itertools.count(1) if (code := f"regulation_{n}") not in taken
        )
        return list(itertools.islice(free, count))

    def action_open_obligations(self):
        """The obligations that this regulation made."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_regulations.action_obligation"
        )
        return {**action, "domain": [("regulation_id", "=", self.id)], "context": {}}

    @api.model
    def _load_demo(self):
        """Called by the demo data."""
        from ..demo.promises import Promises

        Promises(self.sudo().env).load()
