from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools.mail import plaintext2html

from odoo.addons.crm_segmentation.core.wire import is_text, words

from ..core.duration import parts
from ..core.judge import LATE, on_time_percent, verdict
from ..engine import proving, sweep
from ..engine.facts.fact import Evidence

MANAGERS = (
    "sales_team.group_sale_manager",
    "crm_segmentation.group_crm_coordinator",
)


class CrmObligation(models.Model):
    """One step owed on one record. The engine writes it; people act through methods."""

    _name = "crm.obligation"
    _description = "Promise"
    _order = "date_due, id"
    _rec_name = "name"

    name = fields.Char(related="step_id.name", string="What is owed")
    sentence = fields.Char(related="step_id.sentence", string="Promised")
    regulation_id = fields.Many2one(
        "crm.regulation", required=True, ondelete="restrict", index=True
    )
    step_id = fields.Many2one("crm.regulation.step", required=True, ondelete="restrict")
    process = fields.Selection(related="regulation_id.process", store=True)
    fact_key = fields.Char(required=True, help="The natural name of what started it.")
    res_model = fields.Char(string="Model", required=True)
    res_id = fields.Many2oneReference(
        model_field="res_model", string="Record", required=True
    )
    res_name = fields.Char(string="About", help="What it is about, as it was called.")
    lead_id = fields.Many2one("crm.lead", ondelete="set null", index="btree_not_null")
    partner_id = fields.Many2one(
        "res.partner", string="Customer", ondelete="set null", index="btree_not_null"
    )
    commercial_partner_id = fields.Many2one(
        "res.partner",
        string="Customer company",
        ondelete="set null",
        index="btree_not_null",
    )
    segment_id = fields.Many2one(
        "crm.segment",
        string="Category",
        ondelete="set null",
        index="btree_not_null",
        help="The customer's category when the promise was made.",
    )
    user_id = fields.Many2one("res.users", string="Responsible", ondelete="set null")
    company_id = fields.Many2one("res.company", required=True)
    calendar_id = fields.Many2one(
        "resource.calendar", string="Working hours", ondelete="set null"
    )
    mode = fields.Char(help="The regulation's mode when the promise was made.")
    evidence_kind = fields.Char(string="Proof wanted", required=True)
    evidence_grade = fields.Selection(
        [
            ("none", "No proof"),
            ("attested", "A person says so"),
            ("system", "Proved by the system"),
        ],
        string="Proof",
        default="none",
        required=True,
        help="Proved: Odoo itself has seen it, for example the e-mail. A person says "
        "so: somebody marked it as done.",
    )
    evidence_model = fields.Char()
    evidence_res_id = fields.Many2oneReference(
        model_field="evidence_model", string="Proof record"
    )
    note = fields.Text(help="What was said when it was fulfilled or excused.")
    date_fact = fields.Datetime(
        string="Proof counts from",
        required=True,
        help="The beginning of the talk: a letter sent during it keeps the promise.",
    )
    date_start = fields.Datetime(string="Clock started", required=True)
    date_warn = fields.Datetime(string="Warning")
    date_due = fields.Datetime(string="Due", required=True)
    date_done = fields.Datetime(string="Done")
    date_breach = fields.Datetime(string="Overdue since")
    next_check = fields.Datetime(help="When the sweep looks at it again.")
    state = fields.Selection(
        [
            ("open", "Open"),
            ("breached", "Overdue"),
            ("done_on_time", "Done on time"),
            ("done_late", "Done late"),
            ("excused", "Excused"),
            ("cancelled", "Cancelled"),
        ],
        default="open",
        required=True,
        index=True,
    )
    event_ids = fields.One2many("crm.obligation.event", "obligation_id", string="Log")
    activity_ids = fields.One2many("mail.activity", "obligation_id")
    remaining = fields.Char(
        string="Time left",
        compute="_compute_remaining",
        help="By the clock, from now until it is due, or how late it is.",
    )
    is_urgent = fields.Boolean(compute="_compute_remaining")

    _step_fact_unique = models.Constraint(
        "UNIQUE(step_id, fact_key)", "This promise has been made already."
    )
    _next_check_idx = models.Index("(next_check) WHERE next_check IS NOT NULL")
    _user_open_idx = models.Index(
        "(user_id, date_due) WHERE state IN ('open', 'breached')"
    )
    _subject_idx = models.Index("(res_model, res_id)")

    @api.depends("date_due", "date_warn", "date_done", "state")
    @api.depends_context("lang")
    def _compute_remaining(self):
        now = fields.Datetime.now()
        for obligation in self:
            is_open = obligation.state in proving.OPEN_STATES
            until = now if is_open else obligation.date_done
            left = (obligation.date_due - until).total_seconds() if until else 0
            obligation.is_urgent = (
                is_open and bool(obligation.date_warn) and obligation.date_warn <= now
            )
            if left < 0:
                obligation.remaining = self.env._(
                    "%(time)s late", time=self._in_words(left)
                )
            else:
                obligation.remaining = is_open and self._in_words(left)

    @api.model
    def _in_words(self, seconds):
        days, hours, minutes = parts(seconds)
        if days:
            return self.env._("%(days)s d %(hours)s h", days=days, hours=hours)
        if hours:
            return self.env._(
                "%(hours)s h %(minutes)s min", hours=hours, minutes=minutes
            )
        return self.env._("%(minutes)s min", minutes=minutes)

    # --- what people do -------------------------------------------------------

    def fulfil(self, note=""):
        """Say that it was done; counts as attested.

        :param note: how, in a few words
        :return: True
        :raises UserError: it is closed already, or the note is no text
        """
        if note and not is_text(note):
            raise UserError(
                self.env._(
                    "crm_regulations.note: The note must be a text that says how it "
                    "was done."
                )
            )
        self._require_own_or_manager()
        self._require_open()
        now = fields.Datetime.now()
        attested = {
            o.id: Evidence(now, "attested", o.res_model, o.res_id) for o in self.sudo()
        }
        self.sudo()._fulfil_by(attested, note)
        return True

    def excuse(self, reason, until=False):
        """Excuse obligations; they are counted apart from kept and broken promises.

        :param reason: why; kept with the author
        :param until: not used for a closed period yet; must be False
        :return: True
        :raises UserError: no reason, or closed already otherwise than by lateness
        """
        self._require_manager()
        if not words(reason):
            raise UserError(
                self.env._(
                    "crm_regulations.reason: Say why it is excused, in a few words."
                )
            )
        if until:
            raise UserError(
                self.env._(
                    "crm_regulations.until: A promise is excused for good; excusing it "
                    "until a day does not exist yet. Leave “until” out."
                )
            )
        closed = ("done_on_time", "excused", "cancelled")
        self._refuse_closed(self.filtered(lambda o: o.state in closed))
        self.sudo()._close("excused", words(reason))
        return True

    def explain(self):
        """How the due time and the verdict came about.

        :return: dictionary with the regulation, its version, the limit in words, the
            working hours, all instants (UTC text or False), the state and the log
        """
        if len(self) != 1:
            raise UserError(
                self.env._(
                    "crm_regulations.one_record: Ask this of one promise; %(count)s "
                    "were given.",
                    count=len(self),
                )
            )
        self.check_access("read")
        obligation = self.sudo()

        def text(instant):
            return fields.Datetime.to_string(instant) or False

        return {
            "regulation": obligation.regulation_id.name,
            "version": obligation.regulation_id.version,
            "step": obligation.step_id.sentence,
            "working_hours": obligation.calendar_id.name or False,
            "responsible": obligation.user_id.name or False,
            "date_start": text(obligation.date_start),
            "date_warn": text(obligation.date_warn),
            "date_due": text(obligation.date_due),
            "date_done": text(obligation.date_done),
            "state": obligation.state,
            "evidence_grade": obligation.evidence_grade,
            "log": [
                {
                    "kind": event.kind,
                    "date": text(event.date),
                    "user": event.user_id.name or False,
                    "note": event.note or False,
                }
                for event in obligation.event_ids
            ],
        }

    def action_open_record(self):
        """Open the record that the promise is about."""
        self.ensure_one()
        return self._window(self.res_model, self.res_id)

    def action_open_evidence(self):
        """Open what proves that it was done; a message on the page where it stands."""
        self.ensure_one()
        model, res_id = self.evidence_model, self.evidence_res_id
        if model == "mail.message":
            message = self.env[model].sudo().browse(res_id).exists()
            model, res_id = message.model, message.res_id
        return self._window(model, res_id)

    def action_fulfil(self):
        """The button of :meth:`fulfil`."""
        return self.fulfil()

    # --- cron -----------------------------------------------------------------

    @api.model
    def _cron_sweep(self):
        """Warn and mark what is overdue, batch by batch, each committed."""
        cron = self.env["ir.cron"]
        now = fields.Datetime.now()
        remaining = self.search_count([("next_check", "<", now)])
        cron._commit_progress(remaining=remaining)
        while done := self._sweep_batch(now):
            if not cron._commit_progress(done):
                break

    @api.model
    def _sweep_batch(self, now):
        """Warn and mark one batch; returns how many, 0 when nothing is left."""
        batch = sweep.due_batch(self.env, now)
        sweep.advance(batch, now)
        self.env.flush_all()
        return len(batch)

    # --- for the engine -------------------------------------------------------

    def _window(self, model, res_id):
        if not model or not self.env[model].browse(res_id).exists():
            raise UserError(
                self.env._(
                    "crm_regulations.record_gone: The record has been deleted. What is "
                    "known of it stands in the log."
                )
            )
        return {
            "type": "ir.actions.act_window",
            "res_model": model,
            "res_id": res_id,
            "view_mode": "form",
            "views": [(False, "form")],
        }

    def _after_opening(self):
        """Log the opening, take proof that is there already, remind who owes it."""
        self._log("opened")
        proving.prove(self)
        still_open = self.filtered(lambda o: o.state == "open")
        still_open.filtered(lambda o: o.mode != "silent")._create_activities()

    def _evidence_domain(self):
        """The filter that the proof must fit, from the frozen regulation."""
        steps = {step["id"]: step for step in self.regulation_id.spec["steps"]}
        return steps[self.step_id.id]["evidence_domain"]

    def _fulfil_by(self, proofs, note=""):
        """Close those of the obligations that are proved.

        :param proofs: obligation id → evidence
        :param note: what a person says about it
        """
        proved = self.filtered(lambda o: o.id in proofs)
        for obligation in proved:
            evidence = proofs[obligation.id]
            state = verdict(obligation.date_due, evidence.date, evidence.date)
            obligation.write(
                {
                    "state": state,
                    "date_done": evidence.date,
                    # Proof that is found late may show that it never was overdue.
                    "date_breach": obligation.date_breach if state == LATE else False,
                    "next_check": False,
                    "evidence_grade": evidence.grade,
                    "evidence_model": evidence.res_model,
                    "evidence_res_id": evidence.res_id,
                    "note": note or obligation.note,
                }
            )
        if proved:
            proved._log("fulfilled", note=note)
            proved._end_activities()

    def _close(self, state, note):
        self.write({"state": state, "next_check": False, "note": note})
        self._log(state, note=note)
        self.activity_ids.unlink()

    def _move(self, record):
        """Follow the record into which the one they are about was merged."""
        for model, group in self.grouped("res_model").items():
            for res_id, same in group.grouped("res_id").items():
                same._log("moved", key=f"{model},{res_id}")
        about = self.filtered(lambda o: o.res_model == record._name)
        about.write({"res_id": record.id})
        if record._name == "crm.lead":
            self.write({"lead_id": record.id})

    def _warn(self, now):
        self.filtered(lambda o: o.date_warn and o.date_warn <= now)._log("warned")

    def _log(self, kind, key="", note=False):
        """One event per obligation; the same one twice is one."""
        if not self:
            return
        events = self.env["crm.obligation.event"]
        known = events.search_fetch(
            [("obligation_id", "in", self.ids), ("kind", "=", kind), ("key", "=", key)],
            ["obligation_id"],
        ).obligation_id
        events.create(
            [
                {
                    "obligation_id": obligation.id,
                    "kind": kind,
                    "key": key,
                    "user_id": self.env.uid,
                    "note": note,
                }
                for obligation in self - known
            ]
        )

    def _create_activities(self):
        """An activity per obligation on the page where the work is done."""
        todo = self.env.ref("mail.mail_activity_data_todo", raise_if_not_found=False)
        values = [
            {
                "obligation_id": obligation.id,
                "activity_type_id": todo.id if todo else False,
                "res_model_id": self.env["ir.model"]._get_id(model),
                "res_id": record_id,
                "user_id": obligation.user_id.id,
                "summary": obligation.name,
                "note": plaintext2html(obligation.regulation_id.purpose or ""),
                "date_deadline": fields.Datetime.context_timestamp(
                    obligation, obligation.date_due
                ).date(),
            }
            for user, owed in self.filtered("user_id").grouped("user_id").items()
            for obligation in owed.with_context(lang=user.lang, tz=user.tz)
            for model, record_id in [obligation._activity_place()]
            if record_id
        ]
        quick = self.env["mail.activity"].with_context(mail_activity_quick_update=True)
        quick.create(values)

    def _activity_place(self):
        """Model and id of the page: the subject, else the lead, else the customer."""
        if "activity_ids" in self.env[self.res_model]._fields:
            return self.res_model, self.res_id
        if self.lead_id:
            return "crm.lead", self.lead_id.id
        return "res.partner", self.partner_id.id

    def _end_activities(self):
        """Finish the activities of obligations that are closed."""
        activities = self.activity_ids.filtered("active")
        if activities:
            activities.with_context(crm_obligation_closed=True).action_done()

    @api.model
    def _figures(self, field, records):
        """Counts by state: id → {state: count}."""
        figures = {}
        groups = self.env["crm.obligation"]._read_group(
            [(field, "in", records.ids)], [field, "state"], ["__count"]
        )
        for record, state, count in groups:
            figures.setdefault(record.id, {})[state] = count
        return figures

    @api.model
    def _on_time(self, figure):
        """On time % of counts by state; 0 when nothing has ended."""
        return (
            on_time_percent(
                figure.get("done_on_time", 0),
                figure.get("done_late", 0),
                figure.get("breached", 0),
            )
            or 0.0
        )

    # --- checks ---------------------------------------------------------------

    def _require_open(self):
        self._refuse_closed(self.filtered(lambda o: o.state not in proving.OPEN_STATES))

    def _refuse_closed(self, closed):
        names = dict(self._fields["state"]._description_selection(self.env))
        for obligation in closed:
            raise UserError(
                self.env._(
                    "crm_regulations.step_closed: “%(name)s” for %(customer)s is "
                    "closed already: %(state)s.",
                    name=obligation.name,
                    customer=obligation.partner_id.name or obligation.res_name,
                    state=names[obligation.state],
                )
            )

    def _is_manager(self):
        return self.env.su or any(self.env.user.has_group(group) for group in MANAGERS)

    def _require_own_or_manager(self):
        self.check_access("read")
        strange = self.sudo().filtered(lambda o: o.user_id != self.env.user)
        if strange and not self._is_manager():
            raise AccessError(
                self.env._(
                    "crm_regulations.not_yours: “%(name)s” is owed by %(user)s. That "
                    "person or a sales manager can close it.",
                    name=strange[0].name,
                    user=strange[0].user_id.name or self.env._("nobody"),
                )
            )

    def _require_manager(self):
        self.check_access("read")
        if not self._is_manager():
            raise AccessError(
                self.env._(
                    "crm_regulations.manager_only: Only a sales manager or the CRM "
                    "coordinator can excuse a promise."
                )
            )
