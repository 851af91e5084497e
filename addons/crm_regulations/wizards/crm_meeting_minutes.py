from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

# Until when something is done, if nobody says it.
_USUAL_DAYS = 3


class CrmMeetingMinutes(models.TransientModel):
    """What comes after a meeting: notes, agreements, a letter."""

    _name = "crm.meeting.minutes"
    _description = "After the Meeting"

    event_id = fields.Many2one(
        "calendar.event", string="Meeting", required=True, ondelete="cascade"
    )
    customer_ids = fields.Many2many(
        "res.partner", string="With", compute="_compute_customer_ids"
    )
    notes = fields.Html(
        compute="_compute_notes",
        store=True,
        readonly=False,
        help="For ourselves: kept with the meeting and in the customer's history.",
    )
    line_ids = fields.One2many(
        "crm.meeting.minutes.line",
        "minutes_id",
        string="What we promised",
        help="Each becomes an activity of the person, and a line of the letter.",
    )
    agreement_ids = fields.One2many(
        related="event_id.agreement_ids", string="Agreed before"
    )

    @api.depends("event_id")
    def _compute_customer_ids(self):
        for minutes in self:
            minutes.customer_ids = minutes.event_id.sudo()._customers()

    @api.depends("event_id")
    def _compute_notes(self):
        for minutes in self:
            minutes.notes = minutes.event_id.notes

    def action_save(self):
        """Keep notes and agreements.

        :return: a window action that closes the dialog
        """
        self.ensure_one()
        self._keep()
        return {"type": "ir.actions.act_window_close"}

    def action_save_and_write(self):
        """Keep notes and agreements, then open the letter.

        :return: a window action: Odoo's mail composer
        """
        self.ensure_one()
        self._keep()
        return self.event_id.action_write_letter()

    def _keep(self):
        event = self.event_id
        if event.outcome != "held":
            event.action_meeting_held()
        event.check_access("write")
        event._take_minutes(self.notes)
        agreements = self.env["crm.agreement"]
        # Whoever presses twice agrees once.
        for line in self.line_ids.filtered(lambda line: not line.agreement_id):
            line.agreement_id = agreements.create(line._agreement())
            agreements |= line.agreement_id
        agreements._plan()


class CrmMeetingMinutesLine(models.TransientModel):
    _name = "crm.meeting.minutes.line"
    _description = "Agreement to be Kept"

    minutes_id = fields.Many2one(
        "crm.meeting.minutes", required=True, ondelete="cascade"
    )
    name = fields.Char(string="What", required=True)
    user_id = fields.Many2one(
        "res.users",
        string="Who of us",
        required=True,
        domain=[("share", "=", False)],
        default=lambda self: self.env.user,
    )
    date_deadline = fields.Date(
        string="Until",
        required=True,
        default=lambda self: (
            fields.Date.context_today(self) + timedelta(days=_USUAL_DAYS)
        ),
    )
    customer_ids = fields.Many2many(related="minutes_id.customer_ids")
    partner_id = fields.Many2one(
        "res.partner", string="For whom", domain="[('id', 'in', customer_ids)]"
    )
    agreement_id = fields.Many2one("crm.agreement", ondelete="set null")

    def _agreement(self):
        """The values of what was agreed."""
        event = self.minutes_id.event_id
        if not (self.name or "").strip():
            raise UserError(
                self.env._("crm_regulations.agreement: Say what was agreed.")
            )
        lead = event.sudo().opportunity_id
        return {
            "event_id": event.id,
            "name": self.name.strip(),
            "user_id": self.user_id.id,
            "date_deadline": self.date_deadline,
            "partner_id": (self.partner_id or self.minutes_id.customer_ids[:1]).id,
            "company_id": (lead.company_id or self.env.company).id,
        }
