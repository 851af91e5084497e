from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.crm_segmentation.core.wire import words

from ..core import gate


class CrmRolloutStage(models.Model):
    """One of the seven stages of a CRM project, with the gate at its end."""

    _name = "crm.rollout.stage"
    _inherit = ["crm.rollout.guarded"]
    _description = "Stage of a CRM Project"
    _order = "rollout_id, number"

    _guarded_create = True
    _guarded_fields = frozenset(
        {
            "rollout_id",
            "number",
            "origin",
            "state",
            "date_open",
            "date_passed",
            "decision_ids",
            "task_id",
        }
    )

    rollout_id = fields.Many2one(
        "crm.rollout", string="CRM Project", required=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        related="rollout_id.company_id", store=True, index=True
    )
    rollout_state = fields.Selection(
        related="rollout_id.state", string="State of the CRM Project"
    )
    number = fields.Integer(required=True, readonly=True)
    name = fields.Char(required=True)
    origin = fields.Selection(
        [("method", "Published method"), ("completion", "Its completion")],
        required=True,
        readonly=True,
        default="method",
        help="The published text of the method ends at stage 5; stages 6 and 7 "
        "complete it.",
    )
    goal = fields.Text(help="What the company has in its hands when the stage ends.")
    deliverables = fields.Text(help="What is to be produced in this stage.")
    state = fields.Selection(
        [("pending", "Not reached"), ("open", "Open"), ("passed", "Passed")],
        required=True,
        readonly=True,
        default="pending",
        index=True,
    )
    date_open = fields.Datetime(string="Opened", readonly=True)
    date_passed = fields.Datetime(string="Passed On", readonly=True)
    question_ids = fields.One2many(
        "crm.rollout.question", "stage_id", string="Key Questions"
    )
    criterion_ids = fields.One2many(
        "crm.rollout.criterion", "stage_id", string="Gate Criteria"
    )
    decision_ids = fields.One2many(
        "crm.rollout.decision", "stage_id", string="Decisions", readonly=True
    )
    task_id = fields.Many2one("project.task", readonly=True, ondelete="set null")
    readiness = fields.Integer(
        compute="_compute_gate",
        help="Percent of the required answers and criteria that are there.",
    )
    gate_summary = fields.Text(
        string="Still Missing",
        compute="_compute_gate",
        help="What keeps the gate closed, one line each.",
    )
    missing_count = fields.Integer(
        compute="_compute_gate", help="How many things keep the gate closed."
    )

    _number_unique = models.UniqueIndex(
        "(rollout_id, number)", "A CRM project has each stage number once."
    )
    _number_range = models.Constraint(
        "CHECK(number BETWEEN 1 AND 7)", "The number of a stage is between 1 and 7."
    )

    def write(self, vals):
        if {"name", "goal", "deliverables"} & vals.keys() and not self._is_unguarded():
            for stage in self.filtered(lambda stage: stage._is_locked()):
                stage._refuse_closed()
        return super().write(vals)

    @api.depends("number", "name")
    def _compute_display_name(self):
        for stage in self:
            stage.display_name = f"{stage.number}. {stage.name or ''}"

    @api.depends(
        "question_ids.is_answered",
        "question_ids.required",
        "criterion_ids.met",
        "criterion_ids.required",
        "rollout_id.condition_ids.is_closed",
    )
    def _compute_gate(self):
        for stage in self:
            facts = stage._gate()
            missing = [*facts.unmet, *stage._condition_lines(facts)]
            stage.readiness = facts.readiness
            stage.missing_count = len(missing)
            stage.gate_summary = "\n".join(f"• {name}" for name in missing)

    def _condition_lines(self, facts):
        return [
            self.env._("Condition of an earlier gate: %(name)s", name=name)
            for name in facts.open_conditions
        ]

    def _gate(self):
        """The gate of this stage as plain values for the rules in ``core``."""
        self.ensure_one()
        lines = [*self.question_ids, *self.criterion_ids]
        conditions = self.rollout_id.condition_ids.filtered(
            lambda condition: not condition.is_closed
        )
        return gate.Gate(
            requirements=tuple(line._requirement() for line in lines),
            open_conditions=tuple(conditions.mapped("name")),
        )

    def _is_locked(self):
        """Whether the stage is history: passed, or its CRM project has ended."""
        self.ensure_one()
        is_live = self.rollout_id.state in ("draft", "running")
        return self.state == "passed" or not is_live

    def _refuse_closed(self):
        raise UserError(
            self.env._(
                "crm_project_rollout.stage_is_closed: Stage %(stage)s of "
                "“%(rollout)s” is history: it stays as the decision found it.",
                stage=self.display_name,
                rollout=self.rollout_id.name,
            )
        )

    def action_open(self):
        """Open the stage with its questions and its gate."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.display_name,
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
        }

    def action_decide(self):
        """Open the dialog for a decision on this stage."""
        self.ensure_one()
        self._check_decidable()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Decide on stage %(stage)s", stage=self.display_name),
            "res_model": "crm.rollout.decide",
            "view_mode": "form",
            "target": "new",
            "context": {"default_stage_id": self.id},
        }

    def decide(self, decision, reason, conditions=()):
        """Decide at the gate of the open stage. Only the sponsor may.

        :param decision: ``go`` (everything is met), ``conditional`` (go on, what is
            missing follows as conditions), ``hold`` (stay here) or ``stop`` (end the
            CRM project)
        :param reason: why; it stays in the log
        :param conditions: for ``conditional``: names, or dictionaries with ``name``
            and, if the default is not right, ``user_id`` (the coordinator) and
            ``date`` (two weeks from today). They must be closed before the next gate.
        :return: the id of the ``crm.rollout.decision``
        :raises AccessError: the caller is not the sponsor, or leads the CRM project
            although somebody else could decide
        :raises UserError: the decision is not possible; the message begins with a code
            and names what is missing
        """
        self.ensure_one()
        self._check_decidable()
        now = fields.Datetime.now()
        return self._decide(decision, words(reason), conditions, now).id

    def _check_decidable(self):
        self.check_access("read")
        if not self.rollout_id._may_decide():
            self._refuse_decider()
        if self.rollout_id._judges_own_work():
            self._refuse_own_judge()
        # Two decisions at the same moment would otherwise pass two stages.
        self.rollout_id.sudo().lock_for_update()
        self.rollout_id._check_running()
        if self.state != "open":
            self._refuse_not_open()

    def _refuse_decider(self):
        raise AccessError(
            self.env._(
                "crm_project_rollout.not_decider: At the gates of “%(rollout)s” "
                "its sponsor %(sponsor)s decides, not you. Ask the sponsor for the "
                "decision.",
                rollout=self.rollout_id.name,
                sponsor=self.rollout_id.sponsor_id.sudo().name,
            )
        )

    def _refuse_own_judge(self):
        raise AccessError(
            self.env._(
                "crm_project_rollout.own_judge: You lead “%(rollout)s” yourself, so "
                "somebody else decides at its gates. Name another sponsor, best the "
                "head of the company; for example %(people)s.",
                rollout=self.rollout_id.name,
                people=", ".join(self.rollout_id._other_judges(3).mapped("name")),
            )
        )

    def _refuse_not_open(self):
        raise UserError(
            self.env._(
                "crm_project_rollout.stage_not_open: Stage %(stage)s cannot be decided "
                "on: the open stage is %(open)s. Stages are passed one after the "
                "other.",
                stage=self.display_name,
                open=self.rollout_id.stage_id.display_name,
            )
        )

    def _decide(self, decision, reason, conditions, when):
        prepared = self.env["crm.rollout.condition"]._prepare_conditions(
            self.rollout_id, conditions, when.date()
        )
        names = tuple(vals["name"] for vals in prepared)
        refused = gate.refusal(self._gate(), self.number, decision, reason, names)
        if refused:
            self._refuse_decision(refused)
        record = self._record_decision(decision, reason, prepared, when)
        outcome = gate.outcome(decision, self.number)
        if outcome.passes:
            self._pass(when)
        if outcome.next_number:
            self.rollout_id.stage_ids.filtered(
                lambda stage: stage.number == outcome.next_number
            )._open(when)
        self._end_rollout(outcome.rollout_state, when)
        return record

    def _close_as_not_crm(self, reason):
        self._check_decidable()
        if self.number != 1:
            raise UserError(
                self.env._(
                    "crm_project_rollout.need_already_decided: Whether this is a CRM "
                    "project is decided in stage 1, and the open stage is %(stage)s. "
                    "Stop the CRM project instead.",
                    stage=self.display_name,
                )
            )
        reason = words(reason)
        if not reason:
            self._refuse_decision(gate.Refusal("reason_missing"))
        when = fields.Datetime.now()
        self._record_decision("not_crm", reason, [], when)
        self._end_rollout("not_crm", when)

    def _record_decision(self, decision, reason, conditions, when):
        record = (
            self.env["crm.rollout.decision"]
            ._unguarded()
            .create(
                {
                    "stage_id": self.id,
                    "decision": decision,
                    "reason": reason.strip(),
                    "user_id": self.env.uid,
                    "date": when,
                    "readiness": self.readiness,
                    "protocol": self._protocol(),
                    "condition_ids": [
                        fields.Command.create(vals) for vals in conditions
                    ],
                }
            )
        )
        record._post()
        self.rollout_id._close_requests()
        return record.with_env(self.env)

    def _protocol(self):
        """What the decider had before the eyes, kept as it was."""
        return {
            "questions": [line._protocol_line() for line in self.question_ids],
            "criteria": [line._protocol_line() for line in self.criterion_ids],
        }

    def _open(self, when):
        self._unguarded().write({"state": "open", "date_open": when})
        self.rollout_id._unguarded().stage_id = self.id

    def _pass(self, when):
        self.criterion_ids._freeze()
        self._unguarded().write({"state": "passed", "date_passed": when})
        task = self.sudo().task_id
        last_column = task.project_id.type_ids.filtered("fold")[:1]
        task.write({"state": "1_done", "stage_id": (last_column or task.stage_id).id})

    def _end_rollout(self, state, when):
        if state == "running":
            return
        if self.state != "passed":
            self.criterion_ids._freeze()
        self.rollout_id._end(state, when)

    def _refuse_decision(self, refused):
        names = "\n".join(f"• {name}" for name in refused.names)
        raise UserError(getattr(self, f"_words_{refused.code}")(names))

    def _words_unknown_decision(self, names):
        return self.env._(
            "crm_project_rollout.unknown_decision: There is no such decision:\n"
            "%(names)s\nPossible are go, conditional, hold and stop.",
            names=names,
        )

    def _words_reason_missing(self, names):
        return self.env._(
            "crm_project_rollout.reason_missing: A decision needs a reason. Write one "
            "or two sentences that will still be understood in a year."
        )

    def _words_conditions_unexpected(self, names):
        return self.env._(
            "crm_project_rollout.conditions_unexpected: Only a conditional decision "
            "has conditions. Decide “conditional”, or leave these out:\n%(names)s",
            names=names,
        )

    def _words_conditions_open(self, names):
        return self.env._(
            "crm_project_rollout.conditions_open: Stage %(stage)s cannot be passed "
            "before these conditions of earlier gates are closed:\n%(names)s",
            stage=self.display_name,
            names=names,
        )

    def _words_criteria_unmet(self, names):
        return self.env._(
            "crm_project_rollout.criteria_unmet: The gate of stage %(stage)s stays "
            "closed. Not there yet:\n%(names)s\nComplete these, or decide "
            "“conditional” with an owner and a date for each.",
            stage=self.display_name,
            names=names,
        )

    def _words_conditions_missing(self, names):
        return self.env._(
            "crm_project_rollout.conditions_missing: A conditional decision needs at "
            "least one condition: what is still to be done, by whom, until when.\n"
            "%(names)s",
            names=names,
        )

    def _words_conditional_at_last_gate(self, names):
        return self.env._(
            "crm_project_rollout.conditional_at_last_gate: After stage 7 there is no "
            "gate at which conditions could be checked. Hold until the rest is done:\n"
            "%(names)s",
            names=names,
        )

    def _create_tasks(self):
        """One task per stage, for what is to be produced in it."""
        tasks = self.env["project.task"].create(
            [
                {
                    "name": stage.display_name,
                    "project_id": stage.rollout_id.project_id.id,
                    "company_id": stage.company_id.id,
                    "user_ids": [
                        fields.Command.link(stage.rollout_id.coordinator_id.id)
                    ],
                    "description": stage.deliverables,
                    "sequence": stage.number,
                }
                for stage in self
            ]
        )
        for stage, task in zip(self._unguarded(), tasks, strict=True):
            stage.task_id = task
