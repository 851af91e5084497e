from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.crm_segmentation.core.wire import words

from ..core import fit, gate

_SCORES = [
    ("0", "Not true of us"),
    ("1", "A little"),
    ("2", "Mostly"),
    ("3", "Entirely true"),
]


class CrmRolloutFitDefinition(models.AbstractModel):
    """A statement of the fit check, in a template and in a CRM project alike."""

    _name = "crm.rollout.fit.definition"
    _description = "Definition of a Statement of the Fit Check"
    _order = "sequence, id"

    sequence = fields.Integer(default=10)
    statement = fields.Char(required=True, help="As people would say it.")
    kind = fields.Selection(
        [
            ("crm", "Relations with customers"),
            ("logistics", "Logistics"),
            ("accounting", "Management accounting"),
            ("other", "Something else"),
        ],
        string="Speaks for",
        required=True,
        default="crm",
        help="What would help if the statement is true.",
    )
    weight = fields.Integer(default=1, required=True, help="How much it counts, 1-10.")

    _weight_range = models.Constraint(
        "CHECK(weight BETWEEN 1 AND 10)", "The weight of a statement is 1 to 10."
    )

    def _prepare_vals(self):
        """The values of the statement made from this definition."""
        self.ensure_one()
        names = ("sequence", "statement", "kind", "weight")
        return {name: self[name] for name in names}


class CrmRolloutTemplateFit(models.Model):
    _name = "crm.rollout.template.fit"
    _inherit = ["crm.rollout.fit.definition"]
    _description = "Statement of the Fit Check of a CRM Project Template"
    _rec_name = "statement"

    statement = fields.Char(translate=True)
    template_id = fields.Many2one(
        "crm.rollout.template", required=True, ondelete="cascade", index=True
    )


class CrmRolloutTemplate(models.Model):
    _inherit = "crm.rollout.template"

    fit_ids = fields.One2many(
        "crm.rollout.template.fit", "template_id", string="Fit Check", copy=True
    )


class CrmRolloutFit(models.Model):
    """A statement of the fit check with the company's score."""

    _name = "crm.rollout.fit"
    _inherit = ["crm.rollout.fit.definition", "crm.rollout.stage.line"]
    _description = "Statement of the Fit Check"
    _order = "sequence, id"
    _rec_name = "statement"
    _definition_fields = frozenset({"statement", "kind", "weight", "stage_id"})

    score = fields.Selection(
        _SCORES, help="How far it is true of the company; empty: nobody has said."
    )

    def _as_statement(self):
        self.ensure_one()
        score = int(self.score) if self.score else None
        return fit.Statement(self.statement, self.kind, self.weight, score)

    def _protocol_line(self):
        """The statement as plain values, for a protocol that stays as it is."""
        self.ensure_one()
        return {
            "statement": self.statement,
            "kind": self.kind,
            "weight": self.weight,
            "score": self.score or "",
        }


class CrmRollout(models.Model):
    _inherit = "crm.rollout"

    fit_ids = fields.One2many("crm.rollout.fit", "rollout_id", string="Fit Check")
    fit_verdict = fields.Selection(
        [
            ("nothing", "Not scored yet"),
            ("incomplete", "Not scored to the end"),
            ("no_pain", "Nothing hurts"),
            ("close", "Too close to call"),
            ("crm", "A CRM project"),
            ("elsewhere", "Rather not a CRM project"),
        ],
        string="Fit",
        compute="_compute_fit",
    )
    fit_summary = fields.Text(
        string="Recommendation",
        compute="_compute_fit",
        help="What the scores say, and why. The sponsor decides.",
    )
    fit_decision_id = fields.Many2one(
        "crm.rollout.decision",
        string="Decision on Fit",
        compute="_compute_fit_decision_id",
        help="What the sponsor has decided: a CRM project or not.",
    )
    can_decide_fit = fields.Boolean(compute="_compute_can_decide_fit")

    @api.depends("fit_ids.score", "fit_ids.weight", "fit_ids.kind", "fit_ids.statement")
    @api.depends_context("lang")
    def _compute_fit(self):
        for rollout in self:
            found = rollout._fit()
            rollout.fit_verdict = rollout._fit_verdict_of(found)
            rollout.fit_summary = rollout._fit_in_words(found)

    @api.depends("decision_ids.decision")
    def _compute_fit_decision_id(self):
        for rollout in self:
            decisions = rollout.decision_ids.filtered(
                lambda record: record.decision in ("is_crm", "not_crm")
            )
            rollout.fit_decision_id = decisions.sorted("id")[-1:]

    @api.depends("can_decide", "stage_id")
    @api.depends_context("uid")
    def _compute_can_decide_fit(self):
        for rollout in self:
            is_first = rollout.stage_id.number == 1
            rollout.can_decide_fit = rollout.can_decide and is_first

    def _fit(self):
        """What the scores say, by the rule in ``core``."""
        self.ensure_one()
        return fit.judge(line._as_statement() for line in self.fit_ids)

    @staticmethod
    def _fit_verdict_of(found):
        if found.verdict != fit.CLEAR:
            return found.verdict
        return "crm" if found.best == fit.CRM else "elsewhere"

    def _kind_label(self, kind):
        field = self.env["crm.rollout.fit"]._fields["kind"]
        return dict(field._description_selection(self.env)).get(kind, "")

    def _fit_in_words(self, found):
        """The recommendation with its reasons, a line each."""
        lines = [
            self.env._(
                "%(kind)s: %(percent)s %%",
                kind=self._kind_label(kind),
                percent=round(value),
            )
            for kind, value in found.percents
            if value is not None
        ]
        lines.insert(0, self._fit_sentence(found))
        lines += [self.env._("Because: %(reason)s", reason=r) for r in found.reasons]
        return "\n".join(lines)

    def _fit_sentence(self, found):
        kind = self._kind_label(found.best)
        if found.verdict == fit.NOTHING:
            return self.env._("Nobody has scored a statement yet.")
        if found.verdict == fit.INCOMPLETE:
            return self.env._(
                "%(answered)s of %(asked)s statements are scored. Each area needs at "
                "least one score before they can be compared.",
                answered=found.answered,
                asked=found.asked,
            )
        if found.verdict == fit.NO_PAIN:
            return self.env._(
                "By these scores nothing hurts: there is no reason for a project."
            )
        if found.verdict == fit.CLOSE:
            return self.env._(
                "Too close to call: “%(kind)s” is only %(margin)s points ahead. Talk "
                "it over and look at the problems before you decide.",
                kind=kind,
                margin=round(found.margin),
            )
        if found.best == fit.CRM:
            return self.env._(
                "A CRM project is the right cure: relations with customers are "
                "%(margin)s points ahead.",
                margin=round(found.margin),
            )
        return self.env._(
            "What hurts is elsewhere: “%(kind)s” is %(margin)s points ahead. Better "
            "start there than with a CRM project.",
            kind=kind,
            margin=round(found.margin),
        )

    def fit_result(self):
        """What the fit check says.

        :return: ``{"verdict": …, "summary": text, "percents": {kind: percent},
            "best": kind or "", "margin": points, "answered": n, "asked": n,
            "decision": "is_crm", "not_crm" or ""}``
        """
        self.ensure_one()
        self.check_access("read")
        found = self._fit()
        return {
            "verdict": self._fit_verdict_of(found),
            "summary": self.fit_summary,
            "percents": {
                kind: round(value, 1)
                for kind, value in found.percents
                if value is not None
            },
            "best": found.best,
            "margin": round(found.margin, 1),
            "answered": found.answered,
            "asked": found.asked,
            "decision": self.fit_decision_id.decision or "",
        }

    def decide_fit(self, decision, reason):
        """Record the sponsor's decision on the fit check, in stage 1.

        :param decision: ``is_crm`` (the project goes on) or ``not_crm`` (it ends here)
        :param reason: why; it stays in the log
        :return: the id of the ``crm.rollout.decision``
        :raises AccessError: the caller is not the sponsor
        :raises UserError: not possible; the message begins with a code
        """
        self.ensure_one()
        self._check_running()
        self.stage_id._check_decidable()
        if decision == "not_crm":
            self.action_not_crm(reason)
            return self.fit_decision_id.id
        if decision != "is_crm":
            raise UserError(
                self.env._(
                    "crm_project_rollout.unknown_fit_decision: %(decision)s is no "
                    "decision on fit. Possible are is_crm and not_crm.",
                    decision=repr(decision)[:40],
                )
            )
        return self.stage_id._record_fit(words(reason)).id

    def action_decide_fit(self):
        """Open the dialog for the decision on fit."""
        self.ensure_one()
        self._check_running()
        self.stage_id._check_decidable()
        self.stage_id._check_first()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Is this a CRM project?"),
            "res_model": "crm.rollout.decide.fit",
            "view_mode": "form",
            "target": "new",
            "context": {"default_rollout_id": self.id},
        }

    def action_fill_fit(self):
        """Add the statements of the template that are not there yet.

        :return: True
        """
        self.check_access("write")
        for rollout in self:
            rollout._fill_fit()
        return True

    def _fill_from_template(self):
        result = super()._fill_from_template()
        self._fill_fit()
        return result

    def _fill_fit(self):
        stage = self.sudo().stage_ids.filtered(lambda stage: stage.number == 1)
        if stage._is_locked():
            stage._refuse_closed()
        there = set(self.sudo().fit_ids.mapped("statement"))
        self.env["crm.rollout.fit"]._unguarded().create(
            [
                {**line._prepare_vals(), "stage_id": stage.id}
                for line in self.template_id.fit_ids
                if line.statement not in there
            ]
        )


class CrmRolloutStage(models.Model):
    _inherit = "crm.rollout.stage"

    def _check_first(self):
        if self.number != 1:
            raise UserError(
                self.env._(
                    "crm_project_rollout.fit_already_decided: Whether this is a CRM "
                    "project is decided in stage 1, and the open stage is %(stage)s.",
                    stage=self.display_name,
                )
            )

    def _record_fit(self, reason):
        self._check_first()
        if not reason:
            self._refuse_decision(gate.Refusal("reason_missing"))
        record = self._record_decision("is_crm", reason, [], fields.Datetime.now())
        # The gate was looked at for the protocol, before the decision was there.
        self.criterion_ids.invalidate_recordset()
        self.invalidate_recordset(["readiness", "gate_summary", "missing_count"])
        self.rollout_id.invalidate_recordset(["readiness", "missing_count"])
        return record

    def _protocol(self):
        protocol = super()._protocol()
        if self.number == 1:
            rollout = self.sudo().rollout_id
            protocol["fit"] = [line._protocol_line() for line in rollout.fit_ids]
        return protocol
