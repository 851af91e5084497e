from markupsafe import Markup

from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools.mail import plaintext2html


class CrmRolloutKickoff(models.Model):
    """The opening: the head of the company tells everybody why, what for and what."""

    _name = "crm.rollout.kickoff"
    _inherit = ["mail.thread", "mail.activity.mixin", "crm.rollout.plan"]
    _description = "Opening Meeting"
    _mail_post_access = "read"
    _order = "date_start, id"
    _check_company_auto = True
    _guarded_fields = frozenset({"event_id"})
    _people_fields = ("speaker_id",)
    _living_fields = frozenset({"decisions"})

    name = fields.Char(
        required=True, default=lambda self: self.env._("Opening of the CRM project")
    )
    date_start = fields.Datetime(string="When", required=True)
    duration = fields.Float(string="Hours", default=1.0, required=True)
    location = fields.Char(string="Where")
    speaker_id = fields.Many2one(
        "res.users",
        required=True,
        ondelete="restrict",
        default=lambda self: self._default_speaker_id(),
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
        help="Best the head of the company: the project is then everybody's.",
    )
    agenda = fields.Text(help="One line for each point.")
    importance = fields.Text(
        string="Why It Matters", help="What the head says about the importance."
    )
    goals = fields.Text(string="What We Want", help="The goals, as people will hear.")
    tasks = fields.Text(string="What Everybody Does", help="What is asked of whom.")
    decisions = fields.Text(
        string="Minutes",
        copy=False,
        help="What was decided; absentees acknowledge it.",
    )
    event_id = fields.Many2one(
        "calendar.event",
        string="In the Calendar",
        readonly=True,
        copy=False,
        ondelete="set null",
    )
    attendee_ids = fields.One2many(
        "crm.rollout.kickoff.attendee", "kickoff_id", string="Invited"
    )
    invited_count = fields.Integer(string="People Invited", compute="_compute_counts")
    attended_count = fields.Integer(string="Attended", compute="_compute_counts")
    acknowledged_count = fields.Integer(
        string="Acknowledged the Minutes", compute="_compute_counts"
    )
    attendance = fields.Float(
        string="Attendance (%)",
        compute="_compute_counts",
        digits=(16, 1),
        help="Of the invited people, how many came.",
    )
    can_acknowledge = fields.Boolean(compute="_compute_can_acknowledge")

    _duration_positive = models.Constraint(
        "CHECK(duration > 0)", "A meeting lasts longer than zero hours."
    )

    def _default_speaker_id(self):
        rollout = self.env.context.get("default_rollout_id")
        return self.env["crm.rollout"].browse(rollout).sponsor_id

    @api.depends("attendee_ids.attended", "attendee_ids.is_acknowledged")
    def _compute_counts(self):
        for meeting in self:
            lines = meeting.attendee_ids
            came = lines.filtered("attended")
            read = (lines - came).filtered("is_acknowledged")
            meeting.invited_count = len(lines)
            meeting.attended_count = len(came)
            meeting.acknowledged_count = len(read)
            meeting.attendance = 100 * len(came) / len(lines) if lines else 0.0

    @api.depends("attendee_ids.is_acknowledged", "attendee_ids.attended", "decisions")
    @api.depends_context("uid")
    def _compute_can_acknowledge(self):
        for meeting in self:
            own = meeting._own_attendee()
            is_due = own and not own.attended and not own.is_acknowledged
            is_live = meeting.sudo().rollout_id.state in ("draft", "running")
            meeting.can_acknowledge = bool(is_due and is_live and meeting.decisions)

    def _own_attendee(self):
        me = self.env.user.partner_id
        return self.sudo().attendee_ids.filtered(lambda line: line.partner_id == me)

    @api.constrains("date_start", "rollout_id")
    def _check_date(self):
        for meeting in self:
            start = meeting.rollout_id.sudo().date_start
            if start and meeting.date_start.date() < start.date():
                raise ValidationError(
                    self.env._(
                        "crm_project_rollout.date_before_start: The opening meeting is "
                        "on %(date)s, but “%(rollout)s” started on %(start)s. Choose "
                        "that day or a later one.",
                        date=fields.Date.to_string(meeting.date_start),
                        rollout=meeting.rollout_id.sudo().name,
                        start=fields.Date.to_string(start),
                    )
                )

    def action_invite_scope(self):
        """Invite the team and everybody of the departments in scope, each once.

        :return: how many people were added
        """
        self.ensure_one()
        self._check_keeper()
        self._check_not_history()
        wanted = self._people_in_scope() - self.sudo().attendee_ids.partner_id
        self.env["crm.rollout.kickoff.attendee"]._unguarded().create(
            [{"kickoff_id": self.id, "partner_id": person.id} for person in wanted]
        )
        return len(wanted)

    def _people_in_scope(self):
        rollout = self.rollout_id.sudo()
        team = rollout.member_ids
        employees = (
            self.env["hr.employee"]
            .sudo()
            .search(
                [
                    (
                        "department_id",
                        "child_of",
                        rollout.department_line_ids.department_id.ids,
                    ),
                    ("company_id", "=", rollout.company_id.id),
                ]
            )
        )
        return (
            (employees.user_id | team.user_id).filtered("active").partner_id
            | employees.filtered(lambda person: not person.user_id).work_contact_id
            | team.partner_id
        )

    def action_schedule(self):
        """Put the meeting into the calendars of the invited; again: correct it there.

        :return: the id of the ``calendar.event``
        :raises UserError: nobody is invited
        """
        self.ensure_one()
        self._check_keeper()
        self._check_not_ended()
        if not self.attendee_ids:
            raise UserError(
                self.env._(
                    "crm_project_rollout.nobody_invited: Nobody is invited to "
                    "“%(meeting)s” yet. Invite the people in scope first.",
                    meeting=self.name,
                )
            )
        vals = self._prepare_event()
        event = self.sudo().event_id.with_user(self.env.user).sudo()
        if event:
            event.write(vals)
        else:
            event = self.env["calendar.event"].sudo().create(vals)
            self._unguarded().event_id = event
        return event.id

    def _prepare_event(self):
        parts = (self.agenda, self.importance, self.goals, self.tasks)
        return {
            "name": self.name,
            "start": self.date_start,
            "stop": fields.Datetime.add(self.date_start, hours=self.duration),
            "location": self.location,
            "description": Markup("").join(plaintext2html(p) for p in parts if p),
            "user_id": self.rollout_id.sudo().coordinator_id.id,
            "partner_ids": [
                Command.set(
                    (self.attendee_ids.partner_id | self.speaker_id.partner_id).ids
                )
            ],
        }

    def action_ask_absentees(self):
        """Ask those who did not come to read the minutes, each once.

        :return: how many people were asked
        """
        self.ensure_one()
        self._check_keeper()
        self._check_not_ended()
        self._check_minutes()
        absent = self.sudo().attendee_ids.filtered(
            lambda line: not line.attended and not line.is_acknowledged
        )
        wanted = absent.partner_id.user_ids.filtered(lambda user: not user.share)
        asked = wanted - self.sudo().activity_ids.user_id
        for user in asked:
            self.sudo().activity_schedule(
                "mail.mail_activity_data_todo",
                user_id=user.id,
                summary=self.env._("Read the minutes and confirm it"),
            )
        return len(asked)

    def _check_minutes(self):
        if not (self.decisions or "").strip():
            raise UserError(
                self.env._(
                    "crm_project_rollout.no_minutes: “%(meeting)s” has no minutes yet. "
                    "The coordinator writes down what was decided.",
                    meeting=self.name,
                )
            )

    def action_acknowledge(self):
        """Who was invited and did not come: confirm that the minutes are read.

        :return: True
        :raises AccessError: the caller was not invited
        :raises UserError: there are no minutes yet
        """
        self.check_access("read")
        for meeting in self:
            own = meeting._own_attendee()
            if not own:
                raise AccessError(
                    self.env._(
                        "crm_project_rollout.not_invited: You are not on the list of "
                        "“%(meeting)s”, so there is nothing for you to acknowledge.",
                        meeting=meeting.name,
                    )
                )
            meeting._check_minutes()
            own._acknowledge()
            meeting.sudo().activity_feedback(
                ["mail.mail_activity_data_todo"], user_id=self.env.uid
            )
        return True


class CrmRolloutKickoffAttendee(models.Model):
    """Somebody who is to hear why the company does this."""

    _name = "crm.rollout.kickoff.attendee"
    _inherit = ["crm.rollout.plan"]
    _description = "Person Invited to an Opening Meeting"
    _order = "id"
    _rec_name = "partner_id"
    _guarded_fields = frozenset({"is_acknowledged", "date_acknowledged"})
    _guarded_on_write = frozenset({"rollout_id", "kickoff_id"})

    kickoff_id = fields.Many2one(
        "crm.rollout.kickoff", required=True, ondelete="cascade", index=True
    )
    rollout_id = fields.Many2one(
        related="kickoff_id.rollout_id",
        store=True,
        index=True,
        required=False,
        string="CRM Project",
    )
    partner_id = fields.Many2one(
        "res.partner", string="Person", required=True, ondelete="restrict"
    )
    attended = fields.Boolean(help="Was there; to be ticked after the meeting.")
    is_acknowledged = fields.Boolean(
        string="Read the Minutes",
        readonly=True,
        help="Was not there, and has confirmed that the minutes are read.",
    )
    date_acknowledged = fields.Datetime(string="Read On", readonly=True)

    _person_unique = models.UniqueIndex(
        "(kickoff_id, partner_id)", "This person is invited already."
    )

    @api.constrains("attended")
    def _check_attended(self):
        now = fields.Datetime.now()
        for line in self:
            if line.attended and line.kickoff_id.date_start > now:
                raise ValidationError(
                    self.env._(
                        "crm_project_rollout.not_held_yet: “%(meeting)s” begins on "
                        "%(date)s (UTC); nobody can have attended it yet.",
                        meeting=line.kickoff_id.name,
                        date=fields.Datetime.to_string(line.kickoff_id.date_start),
                    )
                )

    def _acknowledge(self):
        new = self.filtered(lambda line: not line.attended and not line.is_acknowledged)
        new._check_not_ended()
        new._unguarded().write(
            {"is_acknowledged": True, "date_acknowledged": fields.Datetime.now()}
        )


class CrmRollout(models.Model):
    _inherit = "crm.rollout"

    kickoff_ids = fields.One2many(
        "crm.rollout.kickoff", "rollout_id", string="Opening Meetings"
    )
