import itertools

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

from ..core.step import FULFIL
from ..engine.calendars import Calendars
from ..engine.facts import KINDS

_ANY_CODE = "step"
_MANUAL = "manual"


class CrmRegulationStep(models.Model):
    _name = "crm.regulation.step"
    _inherit = ["crm.regulation.part"]
    _description = "Step of a Regulation"
    _check_company_auto = True
    _order = "sequence, id"

    regulation_id = fields.Many2one(
        "crm.regulation", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="regulation_id.company_id", store=True)
    sequence = fields.Integer(default=10)
    code = fields.Char(
        required=True,
        default=_ANY_CODE,
        help="Short name within the regulation. Left as it is, it gets a number.",
    )
    name = fields.Char(
        string="What is promised",
        required=True,
        translate=True,
        help="An action in a few words: “Send the materials”.",
    )
    limit_value = fields.Float(
        string="Within", required=True, default=4, help="How long it may take."
    )
    limit_unit = fields.Selection(
        [
            ("minute", "working minutes"),
            ("hour", "hours by the clock"),
            ("work_hour", "working hours"),
            ("work_day", "working days"),
            ("day", "calendar days"),
        ],
        default="work_hour",
        required=True,
        help="Working time stops at night, on weekends and holidays; hours by the "
        "clock and calendar days do not. A working day has as many hours as the "
        "working hours have on an average day.",
    )
    ends_with_day = fields.Boolean(
        string="Until the end of the day",
        help="Working days only: one working day from Monday ends when Tuesday's work "
        "ends, whatever the hour of the beginning.",
    )
    outside = fields.Selection(
        [("leave", "leave it"), ("opening", "move it to the next opening")],
        string="If due outside working hours",
        default="leave",
        required=True,
        help="For limits by the clock. Moved: whoever begins in the morning has the "
        "minutes below for it; a time shortly after opening is moved, too.",
    )
    opening_minutes = fields.Float(
        string="Working minutes after opening", default=60, digits=(16, 0)
    )
    start_kind = fields.Selection(
        [
            ("trigger", "when the regulation starts"),
            ("date", "at a date of the record"),
            ("step", "when an earlier step is done"),
        ],
        string="The clock starts",
        default="trigger",
        required=True,
    )
    start_step_id = fields.Many2one(
        "crm.regulation.step",
        string="Earlier step",
        ondelete="restrict",
        index="btree_not_null",
        copy=False,
    )
    start_field = fields.Char(
        string="Date field",
        help="A date of the record that the regulation is about, for example "
        "“date_deadline”. While it is empty nothing is owed; if it is corrected, the "
        "promise follows.",
    )
    start_offset = fields.Float(
        string="Later by", help="Negative: so much before the date."
    )
    start_offset_unit = fields.Selection(
        [("hour", "hours by the clock"), ("day", "calendar days")], default="day"
    )
    recurrence = fields.Selection(
        [
            ("each", "every time"),
            ("first", "once for each record"),
            ("next", "one at a time"),
            ("again", "again as soon as it was done"),
            ("rhythm", "again and again in a rhythm"),
        ],
        string="How often",
        default="each",
        required=True,
        help="One at a time: what begins while one is open is covered by it, as with "
        "the reply to several questions. Again: the next one begins when this one was "
        "done. Rhythm: a new one begins every so often, done or not.",
    )
    every_value = fields.Integer(string="Every", default=1)
    every_unit = fields.Selection(
        [("day", "days"), ("week", "weeks"), ("month", "months")], default="month"
    )
    calendar_kind = fields.Selection(
        [
            ("company", "Company's working hours"),
            ("responsible", "Responsible person's working hours"),
            ("fixed", "These working hours"),
        ],
        string="Whose time",
        default="company",
        required=True,
    )
    calendar_id = fields.Many2one(
        "resource.calendar", string="Working hours", check_company=True
    )
    responsible_kind = fields.Selection(
        [
            ("handler", "Who talked to the customer"),
            ("salesperson", "The customer's salesperson"),
            ("fixed", "This person"),
            ("owner", "The owner of the regulation"),
        ],
        string="Responsible",
        default="handler",
        required=True,
        help="If there is no such person, the next of these owes it: the person named "
        "below, the customer's salesperson, who talked to the customer, the owner of "
        "the regulation.",
    )
    responsible_user_id = fields.Many2one(
        "res.users",
        string="Person",
        domain=[("share", "=", False)],
        check_company=True,
    )
    evidence_kind = fields.Selection(
        selection="_selection_evidence_kind",
        string="Proof",
        default="message_out",
        required=True,
        help="Odoo finds the proof itself. Whoever owes the promise can also mark it "
        "as done with a note; that is counted apart, as a person's word.",
    )
    evidence_domain = fields.Char(
        string="Only if",
        default="[]",
        help="What the message or interaction must have, for example an attachment.",
    )
    condition_ids = fields.One2many(
        "crm.regulation.condition",
        "step_id",
        string="What else may happen",
        copy=True,
        help="Other ways to prove it, and what stops, resets or ends it.",
    )
    warn_percent = fields.Integer(
        string="Warn after",
        default=75,
        help="Part of the time after which the promise is shown as urgent; 0 for "
        "never.",
    )
    rung_ids = fields.One2many(
        "crm.regulation.rung", "step_id", string="Escalation", copy=True
    )
    enforcement = fields.Selection(
        [("track", "Watch")],
        default="track",
        required=True,
        help="Watch: nothing is hindered, lateness is shown.",
    )
    limit_text = fields.Char(string="Time limit", compute="_compute_sentence")
    sentence = fields.Char(compute="_compute_sentence")
    evidence_res_model = fields.Char(compute="_compute_evidence_res_model")

    _code_unique = models.Constraint(
        "UNIQUE(regulation_id, code)",
        "Two steps of a regulation cannot have the same code.",
    )
    _limit_positive = models.Constraint(
        "CHECK(limit_value > 0)", "The time for a step must be more than zero."
    )
    _every_positive = models.Constraint(
        "CHECK(recurrence != 'rhythm' OR (every_value > 0 AND every_unit IS NOT NULL))",
        "Say how often it begins anew: every 1 or more days, weeks or months.",
    )
    _opening_not_negative = models.Constraint(
        "CHECK(opening_minutes >= 0)",
        "The minutes after opening must not be negative.",
    )
    _warn_percent_range = models.Constraint(
        "CHECK(warn_percent >= 0 AND warn_percent <= 100)",
        "Warn at 0 (never) to 100 percent of the time.",
    )

    @api.model
    def _selection_evidence_kind(self):
        names = self.env["crm.regulation"]._selection_kind()
        manual = (_MANUAL, self.env._("A person's word"))
        return [*(name for name in names if KINDS[name[0]].proves), manual]

    @api.constrains("evidence_domain", "evidence_kind", "regulation_id")
    def _check_evidence_domain(self):
        for step in self:
            model = step.evidence_res_model
            if model:
                self.env["crm.regulation"]._check_domain(
                    model, step.evidence_domain, step._fields["evidence_domain"]
                )

    @api.constrains("start_kind", "start_step_id", "start_field", "regulation_id")
    def _check_start(self):
        if not self.env.context.get("crm_regulation_copy"):
            self._refuse_endless_wait()

    def _refuse_endless_wait(self):
        for step in self:
            problem = step._start_problem()
            if problem:
                raise ValidationError(
                    self.env._(
                        "crm_regulations.start: %(step)s: %(problem)s.",
                        step=step.name,
                        problem=problem,
                    )
                )

    def _start_problem(self):
        """Why the clock of a step could never start, in words; empty if it can."""
        if self.start_kind == "date":
            return self._date_problem()
        if self.start_kind != "step":
            return ""
        if not self.start_step_id:
            return self.env._("choose the step after which it begins")
        if self.start_step_id.regulation_id != self.regulation_id:
            return self.env._("the earlier step must be one of the same regulation")
        seen, step = self.browse(), self
        while step.start_kind == "step" and step.start_step_id:
            if step in seen:
                return self.env._(
                    "it would wait for itself; the steps begin in a circle: %(names)s",
                    names=" → ".join((seen | step).mapped("name")),
                )
            seen |= step
            step = step.start_step_id
        return ""

    def _date_problem(self):
        model = self.regulation_id.res_model
        described = self.env[model]._fields.get(self.start_field or "")
        if described and described.store and described.type in ("date", "datetime"):
            return ""
        return self.env._(
            "“%(field)s” is no stored date of %(model)s",
            field=self.start_field or "",
            model=self.env["ir.model"]._get(model).name or model,
        )

    @api.constrains("calendar_kind", "calendar_id", "limit_unit")
    def _check_calendar(self):
        for step in self:
            if step.calendar_kind == "fixed" and not step.calendar_id:
                problem = self.env._("choose the working hours")
            else:
                calendars = Calendars(self.env, step.company_id)
                problem = step.calendar_id and calendars.problem(step.calendar_id)
            if not problem:
                continue
            raise ValidationError(
                self.env._(
                    "crm_regulations.working_hours: %(step)s: %(problem)s.",
                    step=step.name,
                    problem=problem,
                )
            )

    @api.depends("evidence_kind", "regulation_id.res_model")
    def _compute_evidence_res_model(self):
        for step in self:
            kind = KINDS.get(step.evidence_kind)
            step.evidence_res_model = kind and (
                kind.model or step.regulation_id.res_model
            )

    def _whole(self):
        return self.regulation_id

    @api.model
    def _whole_of(self, vals_list):
        ids = [vals.get("regulation_id") for vals in vals_list]
        return self.env["crm.regulation"].browse(id_ for id_ in ids if id_).exists()

    @api.model_create_multi
    def create(self, vals_list):
        self._name_apart(vals_list)
        return super().create(vals_list)

    @api.model
    def _name_apart(self, vals_list):
        """Number the codes that nobody has thought about."""
        # A code of an earlier version stands for the step of then, for ever.
        regulations = self._whole_of(vals_list).sudo()
        versions = {regulation: regulation.version_ids for regulation in regulations}
        taken = {
            (regulation.id, step.code)
            for regulation, chain in versions.items()
            for step in (regulation | chain).step_ids
        }
        taken |= {(vals.get("regulation_id"), vals.get("code")) for vals in vals_list}
        for vals in vals_list:
            if vals.get("code", _ANY_CODE) != _ANY_CODE:
                continue
            regulation = vals.get("regulation_id")
            vals["code"] = next(
                code
                for number in itertools.count(1)
                if (regulation, code := f"{_ANY_CODE}_{number}") not in taken
            )
            taken.add((regulation, vals["code"]))

    def _compile(self):
        """The step in the form that the engine reads."""
        self.ensure_one()
        is_day, is_rhythm = self.limit_unit == "work_day", self.recurrence == "rhythm"
        return {
            "id": self.id,
            "code": self.code,
            "limit_value": self.limit_value,
            "limit_unit": self.limit_unit,
            "ends_with_day": is_day and self.ends_with_day,
            "outside": self.outside,
            "opening_minutes": self.opening_minutes,
            "start_kind": self.start_kind,
            "start_step": self.start_step_id.code or False,
            "start_field": self.start_field or False,
            "start_offset": self.start_offset,
            "start_offset_unit": self.start_offset_unit or "day",
            "recurrence": self.recurrence,
            "every_value": self.every_value if is_rhythm else False,
            "every_unit": self.every_unit if is_rhythm else False,
            "calendar_kind": self.calendar_kind,
            "calendar_id": self.calendar_id.id,
            "responsible_kind": self.responsible_kind,
            "responsible_user_id": self.responsible_user_id.id,
            "evidence_kind": self.evidence_kind,
            "evidence_domain": self._proof_domain(),
            "warn_percent": self.warn_percent,
            "rungs": [rung._compile() for rung in self.rung_ids],
            "conditions": self._compile_conditions(),
        }

    def _proof_domain(self):
        parsed = self.env["crm.regulation"]._parse_domain(self.evidence_domain)
        return list(Domain(parsed))

    def _compile_conditions(self):
        conditions = [condition._compile() for condition in self.condition_ids]
        if self.evidence_kind != _MANUAL:
            proof = {
                "role": FULFIL,
                "kind": self.evidence_kind,
                "model": False,
                "domain": self._proof_domain(),
                "times": 1,
            }
            conditions.insert(0, proof)
        return conditions

    def _check_usable(self):
        """Refuse to publish what could never be due."""
        self._refuse_endless_wait()
        for step in self:
            company = step.regulation_id.company_id
            calendar = step.calendar_id or company.resource_calendar_id
            needs = step.limit_unit not in ("hour", "day") or step.outside != "leave"
            problem = needs and Calendars(self.env, company).problem(calendar)
            if problem:
                raise UserError(
                    self.env._(
                        "crm_regulations.working_hours: %(step)s counts in working "
                        "time, but %(problem)s. Or count by the clock.",
                        step=step.name,
                        problem=problem,
                    )
                )
            step._refuse_impossible()

    def _refuse_impossible(self):
        """Refuse conditions that nothing can ever fulfil."""
        regulations = self.env["crm.regulation"]
        for field, owner, model in (
            ("evidence_domain", self, self.evidence_res_model),
            *(("domain", c, c.teller_model) for c in self.condition_ids),
        ):
            if model and regulations._is_impossible(model, owner[field]):
                raise UserError(
                    self.env._(
                        "crm_regulations.never: %(step)s: nothing can ever fit the "
                        "filter %(filter)s, so it would never be proved or ended. "
                        "Change the filter.",
                        step=self.name,
                        filter=owner[field],
                    )
                )
