import itertools

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

_ANY_CODE = "step"
_PROOF_MODELS = {"message_out": "mail.message", "interaction": "crm.interaction"}


class CrmRegulationStep(models.Model):
    _name = "crm.regulation.step"
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
        [
            ("message_out", "A message to the customer"),
            ("interaction", "A call, visit or letter from us"),
            ("manual", "A person's word"),
        ],
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
    warn_percent = fields.Integer(
        string="Warn after",
        default=75,
        help="Part of the time after which the promise is shown as urgent; 0 for "
        "never.",
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
    _warn_percent_range = models.Constraint(
        "CHECK(warn_percent >= 0 AND warn_percent <= 100)",
        "Warn at 0 (never) to 100 percent of the time.",
    )

    @api.constrains("evidence_domain", "evidence_kind")
    def _check_evidence_domain(self):
        for step in self:
            model = _PROOF_MODELS.get(step.evidence_kind)
            if model:
                self.env["crm.regulation"]._check_domain(
                    model, step.evidence_domain, step._fields["evidence_domain"]
                )

    @api.constrains("calendar_kind", "calendar_id", "limit_unit")
    def _check_calendar(self):
        for step in self:
            if step.calendar_kind == "fixed" and not step.calendar_id:
                problem = self.env._("choose the working hours")
            elif step.calendar_id.flexible_hours:
                problem = self.env._(
                    "“%(calendar)s” is flexible, so nobody can say when an hour of "
                    "work has passed; choose fixed working hours",
                    calendar=step.calendar_id.name,
                )
            else:
                continue
            raise ValidationError(
                self.env._(
                    "crm_regulations.working_hours: %(step)s: %(problem)s.",
                    step=step.name,
                    problem=problem,
                )
            )

    @api.depends("name", "limit_value", "limit_unit")
    @api.depends_context("lang")
    def _compute_sentence(self):
        units = dict(self._fields["limit_unit"]._description_selection(self.env))
        for step in self:
            step.limit_text = f"{step.limit_value:g} {units.get(step.limit_unit, '')}"
            step.sentence = self.env._(
                "%(what)s within %(limit)s",
                what=step.name or "…",
                limit=step.limit_text,
            )

    @api.depends("evidence_kind")
    def _compute_evidence_res_model(self):
        for step in self:
            step.evidence_res_model = _PROOF_MODELS.get(step.evidence_kind)

    @api.model_create_multi
    def create(self, vals_list):
        self._name_apart(vals_list)
        steps = super().create(vals_list)
        steps.regulation_id._refuse_if_published()
        return steps

    def write(self, vals):
        self.regulation_id._refuse_if_published()
        done = super().write(vals)
        self.regulation_id._refuse_if_published()
        return done

    @api.model
    def _name_apart(self, vals_list):
        """Number the codes that nobody has thought about."""
        regulations = {vals.get("regulation_id") for vals in vals_list}
        known = self.sudo().search_fetch(
            [("regulation_id", "in", [r for r in regulations if r])],
            ["regulation_id", "code"],
        )
        taken = {(step.regulation_id.id, step.code) for step in known}
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

    @api.ondelete(at_uninstall=False)
    def _unlink_except_published(self):
        self.regulation_id._refuse_if_published()

    def _compile(self):
        """The step in the form that the engine reads."""
        self.ensure_one()
        return {
            "id": self.id,
            "code": self.code,
            "limit_value": self.limit_value,
            "limit_unit": self.limit_unit,
            "calendar_kind": self.calendar_kind,
            "calendar_id": self.calendar_id.id,
            "responsible_kind": self.responsible_kind,
            "responsible_user_id": self.responsible_user_id.id,
            "evidence_kind": self.evidence_kind,
            "evidence_domain": list(
                Domain(self.env["crm.regulation"]._parse_domain(self.evidence_domain))
            ),
            "warn_percent": self.warn_percent,
        }

    def _check_usable(self):
        """Refuse to publish what could never be due."""
        for step in self:
            company = step.regulation_id.company_id
            calendar = step.calendar_id or company.resource_calendar_id
            needs = step.limit_unit not in ("hour", "day")
            if needs and (not calendar or calendar.flexible_hours):
                raise UserError(
                    self.env._(
                        "crm_regulations.working_hours: %(step)s counts in working "
                        "time, but %(company)s has no fixed working hours. Set them in "
                        "the company's settings or count by the clock.",
                        step=step.name,
                        company=company.name,
                    )
                )
