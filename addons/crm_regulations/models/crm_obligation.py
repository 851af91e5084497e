from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.crm_segmentation.models.wire_json import WireJson

from ..core.duration import parts
from ..core.judge import on_time_percent
from ..engine.account import Account


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
    fact_model = fields.Char(string="Told by model")
    fact_res_id = fields.Many2oneReference(
        model_field="fact_model", string="Told by", help="What told the fact."
    )
    fact_note = fields.Char(
        string="What happened", help="For example the reason why a deal was lost."
    )
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
    territory_id = fields.Many2one(
        "crm.territory",
        ondelete="set null",
        index="btree_not_null",
        help="The customer's territory when the promise was made.",
    )
    sale_kind_id = fields.Many2one(
        "crm.sale.kind",
        string="Kind of sale",
        ondelete="set null",
        index="btree_not_null",
        help="What was being sold when the promise was made.",
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
    date_begun = fields.Datetime(
        string="Clock started at first", help="Before it was set back, if it was."
    )
    date_warn = fields.Datetime(string="Warning")
    date_due = fields.Datetime(string="Due", required=True)
    date_done = fields.Datetime(string="Done")
    date_breach = fields.Datetime(string="Overdue since")
    date_end = fields.Datetime(
        string="Ended",
        help="Since when nothing is left to do: it was kept, excused or cancelled, or "
        "its reason went away after it had been broken.",
    )
    date_grace = fields.Datetime(
        string="Excused until", help="It may still be kept until then."
    )
    date_paused = fields.Datetime(
        string="Paused since", help="The clock stands still since then."
    )
    paused_seconds = fields.Float(
        string="Paused (seconds)", help="Time of earlier pauses; it does not count."
    )
    pauses = WireJson(help="Beginning and end of each pause.")
    next_check = fields.Datetime(help="When the sweep looks at it again.")
    alarms = WireJson(help="What comes by itself: instant, kind and key of each.")
    attempts = fields.Integer(help="How often the sweep has failed on it in a row.")
    is_stale = fields.Boolean(
        help="Its working hours or its date have changed; it is measured again."
    )
    serial_key = fields.Char(help="The record, if only one may run at a time.")
    series_key = fields.Char(help="What began its series.")
    series_number = fields.Integer(default=1, help="Its number in the series.")
    series_start = fields.Datetime(help="When the series began.")
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
    _serial_unique = models.UniqueIndex(
        "(step_id, serial_key) WHERE serial_key IS NOT NULL AND date_end IS NULL",
        "The same promise is running already.",
    )
    _next_check_idx = models.Index("(next_check) WHERE next_check IS NOT NULL")
    _user_open_idx = models.Index("(user_id, date_due) WHERE date_end IS NULL")
    _calendar_open_idx = models.Index(
        "(calendar_id) WHERE state = 'open' AND date_end IS NULL"
    )
    _company_due_idx = models.Index("(company_id, date_due)")
    _subject_idx = models.Index("(res_model, res_id)")

    @api.depends("date_due", "date_warn", "date_done", "date_end")
    @api.depends_context("lang")
    def _compute_remaining(self):
        now = fields.Datetime.now()
        for obligation in self:
            is_open = not obligation.date_end
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

    def explain(self):
        """How the due time and the verdict came about.

        :return: dictionary with the regulation, its version, the limit in words, the
            working hours, all instants (UTC text or False), the state, the category of
            then, the account day by day (see :mod:`engine.account`), the log and what
            else came or comes by itself
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

        events = self.env["crm.obligation.event"]
        kinds = dict(events._fields["kind"]._description_selection(self.env))
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
            "date_end": text(obligation.date_end),
            "date_paused": text(obligation.date_paused),
            "evidence_grade": obligation.evidence_grade,
            "category": obligation.segment_id.code or False,
            "territory": obligation.territory_id.name or False,
            "sale_kind": obligation.sale_kind_id.code or False,
            "account": Account(obligation).told(),
            **obligation._explain_in_words(),
            "log": [
                {
                    "kind": event.kind,
                    "label": kinds[event.kind],
                    "date": text(event.date),
                    "user": event.user_id.name or False,
                    "note": event.note or False,
                    "by_person": event.by_person,
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

    def _window(self, model, res_id):
        there = model in self.env and self.env[model].browse(res_id).exists()
        if not there:
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
