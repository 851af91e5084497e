import itertools
from ast import literal_eval

from odoo import api, fields, models, tools
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain

from odoo.addons.crm_segmentation.core.wire import LONGEST_LINE, is_id, words
from odoo.addons.crm_segmentation.models.wire_json import WireJson

from ..engine.facts.fact import Fact
from ..engine.opening import open_facts
from ..engine.rules import Rule

COORDINATOR = "crm_segmentation.group_crm_coordinator"
# What may change while a regulation is in force.
_FREE_FIELDS = {
    "mode", "owner_id", "sequence", "message_follower_ids", "message_ids",
    "message_main_attachment_id",
}  # fmt: skip
# What changes through the buttons only.
_LIFE_FIELDS = {
    "state", "spec", "version", "origin_id", "approver_id", "author_id",
    "date_published",
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
        "owes a promise gets an activity. Remind and escalate: the same for now; "
        "telling the manager comes with a later version. Begin with counting, look at "
        "the numbers, then remind.",
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
    date_from = fields.Datetime(
        string="For what happens from",
        help="What happened earlier starts no promise, even if it is typed in later.",
    )

    trigger_kind = fields.Selection(
        [
            ("interaction", "An interaction was logged"),
            ("created", "A record was created"),
        ],
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
        return [
            ("crm.interaction", self.env._("Interaction")),
            ("crm.lead", self.env._("Lead or opportunity")),
        ]

    # --- computed -------------------------------------------------------------

    @api.depends(
        "trigger_kind", "res_model", "interaction_type_ids.name", "segment_ids.code",
        "counterparty_type_ids.name", "step_ids.sentence", "step_ids.warn_percent",
    )  # fmt: skip
    @api.depends_context("lang")
    def _compute_sentence(self):
        for regulation in self:
            who = ", ".join(regulation.counterparty_type_ids.mapped("name"))
            categories = ", ".join(regulation.segment_ids.mapped("code"))
            whom = who or self.env._("any counterparty")
            if categories:
                whom = self.env._(
                    "%(who)s of category %(categories)s",
                    who=whom,
                    categories=categories,
                )
            lines = [regulation._sentence_when(whom)]
            lines += [
                f"• {sentence}" for sentence in regulation.step_ids.mapped("sentence")
            ]
            regulation.sentence = "\n".join(lines)

    def _sentence_when(self, whom):
        if self.trigger_kind == "interaction":
            types = ", ".join(self.interaction_type_ids.mapped("name"))
            return self.env._(
                "When there was an interaction (%(types)s) with %(whom)s:",
                types=types or self.env._("any type"),
                whom=whom,
            )
        names = dict(self._selection_res_model())
        return self.env._(
            "When a record appears (%(what)s) for %(whom)s:",
            what=names.get(self.res_model, self.res_model or ""),
            whom=whom,
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

    @api.constrains("trigger_kind", "res_model")
    def _check_trigger(self):
        for regulation in self:
            if (
                regulation.trigger_kind == "interaction"
                and regulation.res_model != "crm.interaction"
            ):
                raise ValidationError(
                    self.env._(
                        "crm_regulations.trigger: %(name)s starts from an interaction, "
                        "so it must be about an interaction.",
                        name=regulation.name,
                    )
                )

    @api.constrains("trigger_domain", "scope_domain", "res_model")
    def _check_domains(self):
        for regulation in self:
            self._check_domain(
                regulation.res_model,
                regulation.trigger_domain,
                self._fields["trigger_domain"],
            )
            self._check_domain(
                "res.partner", regulation.scope_domain, self._fields["scope_domain"]
            )

    @api.model
    def _check_domain(self, model, text, field):
        """Refuse a filter that does not parse or does not fit its model."""
        try:
            domain = Domain(self._parse_domain(text))
            self.env[model].sudo().search(domain, limit=1)
        except Exception as error:
            raise ValidationError(
                self.env._(
                    "crm_regulations.filter: “%(field)s” cannot be used on %(model)s: "
                    '%(error)s. Write it as [("field", "=", value)].',
                    field=field._description_string(self.env),
                    model=self.env["ir.model"]._get(model).name or model,
                    error=error,
                )
            ) from error

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
                for field in _LIFE_FIELDS & vals.keys():
                    del vals[field]
        return super().create(vals_list)

    def write(self, vals):
        if not self.env.su:
            if _LIFE_FIELDS & vals.keys():
                raise UserError(
                    self.env._(
                        "crm_regulations.use_buttons: The state of a regulation "
                        "changes through its buttons only."
                    )
                )
            if vals.keys() - _FREE_FIELDS:
                self._refuse_if_published()
        return super().write(vals)

    def copy_data(self, default=None):
        default = default or {}
        codes = self._free_codes(len(self))
        return [
            {**vals, "code": default.get("code") or code}
            for vals, code in zip(super().copy_data(default), codes, strict=True)
        ]

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

    # --- life -----------------------------------------------------------------

    def action_submit(self):
        """Hand a draft over for approval.

        :return: True
        """
        self._require_coordinator()
        self._require_state("draft")
        self._check_complete()
        self.sudo().write({"state": "review"})
        return True

    def action_approve(self):
        """Approve a regulation in review; the approver is the caller.

        :return: True
        """
        self._require_coordinator(or_manager=True)
        self._require_state("review")
        self.sudo().write({"approver_id": self.env.uid})
        return True

    def action_publish(self, open_obligations="keep"):
        """Put the regulation into force; the previous version is retired.

        :param open_obligations: what becomes of the open obligations of the previous
            version: ``keep`` or ``cancel``
        :return: True
        :raises UserError: the regulation is incomplete or not a draft
        """
        self._require_coordinator()
        self._require_state("draft", "review")
        if open_obligations not in ("keep", "cancel"):
            raise UserError(
                self.env._(
                    "crm_regulations.open_obligations: “%(given)s” is not known. Say "
                    "“keep” or “cancel”.",
                    given=open_obligations,
                )
            )
        self._check_complete()
        for regulation in self.sudo():
            previous = self.sudo().search(
                [
                    ("company_id", "=", regulation.company_id.id),
                    ("code", "=", regulation.code),
                    ("state", "=", "published"),
                ]
            )
            previous._retire(cancel=open_obligations == "cancel")
            regulation.write(
                {
                    "spec": regulation._compile(),
                    "state": "published",
                    "date_published": fields.Datetime.now(),
                }
            )
        self.env.registry.clear_cache()
        return True

    def action_retire(self):
        """Take a published regulation out of force; its open obligations stay.

        :return: True
        """
        self._require_coordinator()
        self._require_state("published")
        self.sudo()._retire()
        self.env.registry.clear_cache()
        return True

    def action_new_version(self):
        """Open the draft of the next version; it is made when there is none.

        :return: a window action
        """
        self.ensure_one()
        self._require_coordinator()
        last = self.search(
            [("company_id", "=", self.company_id.id), ("code", "=", self.code)],
            order="version desc",
            limit=1,
        )
        draft = last
        if last.state in ("published", "retired"):
            version = last.version + 1
            draft = self.sudo().copy(
                {"code": self.code, "version": version, "origin_id": self.id}
            )
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": draft.id,
            "view_mode": "form",
            "views": [(False, "form")],
        }

    def start(self, record_ids, external_ref):
        """Start the regulation on given records, whatever its trigger says.

        :param record_ids: ids of the regulation's model
        :param external_ref: the caller's name for this start; starting again under
            the same name changes nothing
        :return: ids of the obligations, also those of an earlier call
        :raises UserError: not published, no reference, or a record that the caller
            cannot see
        """
        if len(self) != 1:
            raise UserError(
                self.env._(
                    "crm_regulations.one_record: Ask this of one regulation; %(count)s "
                    "were given.",
                    count=len(self),
                )
            )
        self._require_coordinator()
        self._require_state("published")
        records = self._start_records(record_ids, external_ref)
        now = fields.Datetime.now()
        facts = [
            Fact(f"start:{external_ref}:{r.id}", r._name, r.id, now) for r in records
        ]
        open_facts(self.sudo(), facts)
        return (
            self.env["crm.obligation"]
            .sudo()
            .search(
                [
                    ("regulation_id", "=", self.id),
                    ("fact_key", "in", [fact.key for fact in facts]),
                ]
            )
            .ids
        )

    def _start_records(self, record_ids, external_ref):
        """The records to start on, checked."""
        records = self.env[self.res_model]
        if not words(external_ref) or len(external_ref) > LONGEST_LINE:
            problem = self.env._("external_ref must be a text that names this start")
        elif not isinstance(record_ids, list | tuple) or not all(
            is_id(record_id) for record_id in record_ids
        ):
            problem = self.env._("record_ids must be a list of ids")
        else:
            records = records.browse(dict.fromkeys(record_ids)).exists()
            records = records._filtered_access("read")
            missing = sorted(set(record_ids) - set(records.ids))
            if not missing:
                return records
            problem = self.env._("there are no such records: %(ids)s", ids=missing)
        raise UserError(
            self.env._(
                "crm_regulations.start: %(name)s was not started: %(problem)s.",
                name=self.display_name,
                problem=problem,
            )
        )

    def action_open_obligations(self):
        """The obligations that this regulation made."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_regulations.action_obligation"
        )
        return {**action, "domain": [("regulation_id", "=", self.id)], "context": {}}

    # --- for the engine -------------------------------------------------------

    @api.model
    @tools.ormcache()
    def _rules(self):
        """(kind of fact, model) → rules of the published regulations."""
        found = {}
        for regulation in self.sudo().search([("state", "=", "published")]):
            key = (regulation.trigger_kind, regulation.res_model)
            found.setdefault(key, []).append(Rule.of(regulation))
        return {key: tuple(rules) for key, rules in found.items()}

    @api.model
    def _rules_for(self, kind, model):
        """The rules of the published regulations that a fact may start."""
        return self._rules().get((kind, model), ())

    @api.model
    def _subject_models(self):
        """Names of the models that published regulations are about."""
        return frozenset(model for _kind, model in self._rules())

    @api.model
    def _load_demo(self):
        """Called by the demo data."""
        from ..demo.promises import Promises

        Promises(self.sudo().env).load()

    def _retire(self, cancel=False):
        self.write({"state": "retired"})
        if cancel:
            obligations = self.env["crm.obligation"].search(
                [
                    ("regulation_id", "in", self.ids),
                    ("state", "in", ("open", "breached")),
                ]
            )
            obligations._close("cancelled", self.env._("A new version was published."))

    def _compile(self):
        """The regulation in the form that the engine reads and that never changes."""
        self.ensure_one()
        return {
            "trigger_domain": self._parse_domain(self.trigger_domain),
            "interaction_type_ids": (
                self.interaction_type_ids.ids
                if self.trigger_kind == "interaction"
                else []
            ),
            "type_ids": self.counterparty_type_ids.ids,
            "segment_ids": self.segment_ids.ids,
            "scope_domain": self._parse_domain(self.scope_domain),
            "date_from": fields.Datetime.to_string(self.date_from) or False,
            "steps": [step._compile() for step in self.step_ids],
        }

    def _check_complete(self):
        for regulation in self:
            if not regulation.step_ids:
                raise UserError(
                    self.env._(
                        "crm_regulations.incomplete: %(name)s promises nothing yet. "
                        "Add at least one step.",
                        name=regulation.display_name,
                    )
                )
            regulation.step_ids._check_usable()

    def _require_state(self, *states):
        names = dict(self._fields["state"]._description_selection(self.env))
        for regulation in self:
            if regulation.state not in states:
                raise UserError(
                    self.env._(
                        "crm_regulations.wrong_state: %(name)s is “%(state)s”; this "
                        "can be done only while it is: %(wanted)s.",
                        name=regulation.display_name,
                        state=names[regulation.state],
                        wanted=", ".join(names[state] for state in states),
                    )
                )

    def _require_coordinator(self, or_manager=False):
        user = self.env.user
        allowed = self.env.su or user.has_group(COORDINATOR)
        if or_manager:
            allowed = allowed or user.has_group("sales_team.group_sale_manager")
        if not allowed:
            raise AccessError(
                self.env._(
                    "crm_regulations.coordinator_only: This is the CRM coordinator's "
                    "work. Ask the coordinator, or an administrator for the role."
                )
            )
        self.check_access("read")
