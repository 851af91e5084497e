from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

ROLES = [
    ("sponsor", "Sponsor"),
    ("coordinator", "CRM coordinator"),
    ("deputy", "Deputy coordinator"),
    ("expert", "Subject expert"),
    ("member", "Team member"),
    ("consultant", "Consultant (external)"),
    ("observer", "Observer (reads only)"),
]
# Without somebody in these gate 2 stays closed; the others join when they are found.
MANDATORY = ("deputy", "expert")
# Gate 2 asks for nobody in these roles, so somebody may come later.
LATE = ("member", "consultant", "observer")
# Named on the CRM project itself: they decide and lead, a line in a list does not.
LEADERS = {"sponsor": "sponsor_id", "coordinator": "coordinator_id"}


class CrmRolloutTemplateRole(models.Model):
    _name = "crm.rollout.template.role"
    _inherit = ["crm.rollout.raci"]
    _description = "Role of a CRM Project Template"
    _order = "sequence, id"
    _rec_name = "role"

    template_id = fields.Many2one(
        "crm.rollout.template", required=True, ondelete="cascade", index=True
    )
    sequence = fields.Integer(default=10)
    role = fields.Selection(ROLES, required=True, default="member")
    duties = fields.Char(translate=True, help="What is expected of the person.")
    hours_planned = fields.Float(string="Hours", help="For the whole CRM project.")

    _role_unique = models.UniqueIndex(
        "(template_id, role)", "A template has each role once."
    )
    _hours_not_negative = models.Constraint(
        "CHECK(hours_planned >= 0)", "Hours cannot be below zero."
    )

    def _prepare_vals(self):
        """The values of the member made from this role; who it is comes later."""
        self.ensure_one()
        names = ("sequence", "role", "duties", "hours_planned")
        return {name: self[name] for name in names} | self._prepare_raci()


class CrmRolloutTemplate(models.Model):
    _inherit = "crm.rollout.template"

    role_ids = fields.One2many(
        "crm.rollout.template.role", "template_id", string="Roles", copy=True
    )


class CrmRolloutMember(models.Model):
    """Somebody of the team, or a role for which somebody is still to be found."""

    _name = "crm.rollout.member"
    _inherit = ["crm.rollout.plan", "crm.rollout.raci"]
    _description = "Team Member"
    _order = "sequence, id"
    _check_company_auto = True
    # People come and go; only the hours promised at gate 2 stay as they were.
    _living_fields = frozenset(
        {
            "sequence",
            "user_id",
            "partner_id",
            "duties",
            "hours_entered",
            *(f"raci_{number}" for number in range(1, 8)),
        }
    )

    sequence = fields.Integer(default=10)
    role = fields.Selection(ROLES, required=True, default="member")
    user_id = fields.Many2one(
        "res.users",
        string="Person",
        ondelete="restrict",
        index=True,
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Consultant",
        ondelete="restrict",
        check_company=True,
        help="Somebody from outside; works on the tasks, but neither decides at gates "
        "nor keeps regulations.",
    )
    department_id = fields.Many2one(
        "hr.department",
        check_company=True,
        ondelete="restrict",
        help="For which department the person speaks.",
    )
    duties = fields.Char(help="What is expected of the person.")
    hours_planned = fields.Float(help="For the whole CRM project.")
    hours_entered = fields.Float(help="Where people keep no timesheets.")
    hours_done = fields.Float(
        compute="_compute_hours_done",
        help="From the timesheets of the project if people keep them, else as entered.",
    )
    is_named = fields.Boolean(compute="_compute_is_named", string="Somebody Is Named")

    _leader_unique = models.UniqueIndex(
        "(rollout_id, role) WHERE role IN ('sponsor', 'coordinator')",
        "A CRM project has one sponsor and one coordinator.",
    )
    _person_unique = models.UniqueIndex(
        "(rollout_id, role, user_id, COALESCE(department_id, 0)) "
        "WHERE user_id IS NOT NULL",
        "This person has this role in the CRM project already.",
    )
    _hours_not_negative = models.Constraint(
        "CHECK(hours_planned >= 0 AND hours_entered >= 0)",
        "Hours cannot be below zero.",
    )

    @api.depends("user_id", "partner_id", "role")
    def _compute_display_name(self):
        labels = dict(self._fields["role"]._description_selection(self.env))
        for member in self:
            who = member.user_id.sudo().name or member.partner_id.sudo().name
            who = who or self.env._("to be named")
            member.display_name = f"{labels.get(member.role, '')}: {who}"

    @api.depends("user_id.active", "partner_id.active")
    def _compute_is_named(self):
        for member in self:
            person = member.sudo().user_id or member.sudo().partner_id
            member.is_named = bool(person.active)

    @api.depends(
        "user_id",
        "hours_entered",
        "rollout_id.project_id",
        "rollout_id.member_ids.user_id",
    )
    def _compute_hours_done(self):
        sheets = self._timesheets()
        for member in self:
            if sheets is None:
                member.hours_done = member.hours_entered
                continue
            key = member.rollout_id.project_id, member.user_id
            member.hours_done = sheets.get(key, 0.0) if member._has_the_hours() else 0.0

    def _has_the_hours(self):
        """Two roles, but hours are worked once: the first line of a person has them."""
        lines = self.sudo().rollout_id.member_ids
        own = lines.filtered(lambda line: line.user_id == self.user_id)
        return bool(self.user_id) and own[:1] == self

    def _timesheets(self):
        """``{(project, user): hours}``; None where people keep no timesheets."""
        Line = self.env["account.analytic.line"].sudo()
        if not {"project_id", "employee_id"} <= Line._fields.keys():
            return None
        groups = Line._read_group(
            [
                ("project_id", "in", self.sudo().rollout_id.project_id.ids),
                ("user_id", "in", self.sudo().user_id.ids),
            ],
            ["project_id", "user_id"],
            ["unit_amount:sum"],
        )
        return {(project, user): hours for project, user, hours in groups}

    @api.constrains("role", "user_id", "partner_id", "rollout_id")
    def _check_role(self):
        for member in self:
            if member.role == "consultant":
                member._check_consultant()
                continue
            if member.partner_id:
                member._refuse_outsider()
            if member.user_id:
                member._check_insider(member.user_id.sudo())
            if member.role in LEADERS:
                member._check_leader()
            if member.role == "deputy":
                member._check_deputy()

    def _check_consultant(self):
        rollout = self.sudo().rollout_id
        users = self._consultant_users()
        if users & (rollout.sponsor_id | rollout.coordinator_id):
            raise ValidationError(
                self.env._(
                    "crm_project_rollout.consultant_decides: %(name)s is sponsor or "
                    "coordinator of “%(rollout)s” and cannot be its consultant. "
                    "Somebody of the company decides and leads; name such a person "
                    "first.",
                    name=users[:1].name,
                    rollout=rollout.name,
                )
            )
        if rollout.state not in ("draft", "running"):
            return
        kept = (
            self.env["crm.regulation"]
            .sudo()
            .search(
                [
                    ("owner_id", "in", users.ids),
                    ("company_id", "=", rollout.company_id.id),
                    ("state", "!=", "retired"),
                ],
                limit=1,
            )
        )
        if kept:
            raise ValidationError(
                self.env._(
                    "crm_project_rollout.consultant_keeps: %(name)s keeps the "
                    "regulation “%(regulation)s” and cannot be named consultant. Give "
                    "the regulation to somebody of the company first.",
                    name=kept.owner_id.name,
                    regulation=kept.name,
                )
            )

    @api.constrains("rollout_id", *(f"raci_{number}" for number in range(1, 8)))
    def _check_one_answers(self):
        for rollout in self.sudo().rollout_id:
            for name in self._raci_fields:
                who = rollout.member_ids.filtered(lambda m, name=name: m[name] == "a")
                if len(who) > 1:
                    raise ValidationError(
                        self.env._(
                            "crm_project_rollout.two_answer: For %(stage)s two answer: "
                            "%(names)s. Only one person answers for a stage.",
                            stage=self._fields[name]._description_string(self.env),
                            names=", ".join(who.mapped("display_name")),
                        )
                    )

    def _check_may_be_added(self):
        """Who comes after gate 2 brings no hours: those were promised there."""
        late = self.filtered(lambda line: line.role in LATE and not line.hours_planned)
        (self - late)._check_not_history()
        if not self._is_unguarded():
            late._check_not_ended()

    def _consultant_users(self):
        members = self.sudo().filtered(lambda member: member.role == "consultant")
        partners = members.partner_id.with_context(active_test=False)
        return members.user_id | partners.user_ids

    def _refuse_outsider(self):
        labels = dict(self._fields["role"]._description_selection(self.env))
        raise ValidationError(
            self.env._(
                "crm_project_rollout.outsider_role: %(name)s comes from outside and "
                "cannot be “%(role)s”. People from outside are consultants; choose a "
                "user of the company for this role.",
                name=self.partner_id.sudo().name,
                role=labels[self.role],
            )
        )

    def _check_leader(self):
        leader = self.sudo().rollout_id[LEADERS[self.role]]
        if self.user_id != leader:
            raise ValidationError(
                self.env._(
                    "crm_project_rollout.leader_differs: %(role)s of “%(rollout)s” is "
                    "%(leader)s. Sponsor and coordinator are named on the CRM project "
                    "itself; this list follows.",
                    role=dict(self._fields["role"]._description_selection(self.env))[
                        self.role
                    ],
                    rollout=self.rollout_id.sudo().name,
                    leader=leader.name or self.env._("not named"),
                )
            )

    def _check_deputy(self):
        if self.user_id and self.user_id == self.sudo().rollout_id.coordinator_id:
            raise ValidationError(
                self.env._(
                    "crm_project_rollout.deputy_is_coordinator: %(name)s is the "
                    "coordinator and cannot be the own deputy. Name somebody else.",
                    name=self.user_id.sudo().name,
                )
            )


class CrmRollout(models.Model):
    _inherit = "crm.rollout"

    member_ids = fields.One2many("crm.rollout.member", "rollout_id", string="Team")
    hours_planned = fields.Float(
        compute="_compute_hours",
    )
    hours_done = fields.Float(
        compute="_compute_hours",
    )

    @api.depends("member_ids.hours_planned", "member_ids.hours_entered")
    def _compute_hours(self):
        for rollout in self:
            rollout.hours_planned = sum(rollout.member_ids.mapped("hours_planned"))
            rollout.hours_done = sum(rollout.member_ids.mapped("hours_done"))

    @api.model
    def _team_domain(self):
        me = self.env.user.id
        return (
            super()._team_domain()
            | Domain("member_ids.user_id", "=", me)
            | Domain("department_line_ids.department_id.manager_id.user_id", "=", me)
        )

    @api.depends("member_ids.user_id", "department_line_ids.department_id")
    def _compute_is_team(self):
        return super()._compute_is_team()

    def write(self, vals):
        done = super().write(vals)
        if vals.keys() & set(LEADERS.values()):
            self._sync_leaders()
        return done

    def _fill_from_template(self):
        result = super()._fill_from_template()
        Member = self.env["crm.rollout.member"]._unguarded()
        Member.create(
            [
                {**line._prepare_vals(), "rollout_id": self.id}
                for line in self.template_id.role_ids
                if line.role in MANDATORY
            ]
        )
        self._sync_leaders()
        return result

    def _sync_leaders(self):
        """The team's lines of sponsor and coordinator follow the CRM project.

        Once it has ended, the list says who it was then.
        """
        live = self.sudo().filtered(lambda r: r.state in ("draft", "running"))
        for rollout in live:
            for role, name in LEADERS.items():
                rollout._sync_leader(role, rollout[name])

    def _sync_leader(self, role, user):
        line = self.member_ids.filtered(lambda member: member.role == role)
        if line.user_id == user:
            return
        if line:
            line._unguarded().user_id = user
            return
        planned = self.template_id.role_ids.filtered(lambda line: line.role == role)
        vals = planned and planned._prepare_vals() or {"role": role, "sequence": 0}
        self.env["crm.rollout.member"]._unguarded().create(
            {**vals, "rollout_id": self.id, "user_id": user.id}
        )

    def _check_person(self, user):
        result = super()._check_person(user)
        self._check_not_left(user)
        if user in self.sudo().member_ids._consultant_users():
            raise ValidationError(
                self.env._(
                    "crm_project_rollout.consultant_decides: %(name)s is a consultant "
                    "of “%(rollout)s” and can neither decide nor lead. Choose somebody "
                    "of the company.",
                    name=user.name,
                    rollout=self.name,
                )
            )
        return result

    def _check_not_left(self, user):
        if not user.active:
            raise ValidationError(
                self.env._(
                    "crm_project_rollout.person_left: %(user)s has left the company "
                    "(the user is archived). Choose somebody who works here.",
                    user=user.name,
                )
            )
