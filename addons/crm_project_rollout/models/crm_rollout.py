from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError


class CrmRollout(models.Model):
    """A CRM project: seven stages, each with a gate that its sponsor decides."""

    _name = "crm.rollout"
    _inherit = ["mail.thread", "mail.activity.mixin", "crm.rollout.guarded"]
    _description = "CRM Project"
    _order = "id desc"
    _mail_post_access = "read"

    _guarded_fields = frozenset(
        {"state", "stage_id", "stage_ids", "decision_ids", "date_start", "date_end"}
    )
    _guarded_on_write = frozenset({"template_id", "project_id", "company_id"})

    name = fields.Char(required=True, tracking=True)
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    template_id = fields.Many2one(
        "crm.rollout.template",
        required=True,
        ondelete="restrict",
        default=lambda self: self._default_template_id(),
        help="Where the stages, questions and criteria are copied from. Changing the "
        "template later does not change this CRM project.",
    )
    project_id = fields.Many2one(
        "project.project",
        ondelete="restrict",
        copy=False,
        index=True,
        help="The project that holds the tasks; created together with the CRM project "
        "unless you choose one.",
    )
    coordinator_id = fields.Many2one(
        "res.users",
        required=True,
        ondelete="restrict",
        tracking=True,
        index=True,
        default=lambda self: self.env.user,
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
        help="Leads all stages and keeps the CRM true afterwards.",
    )
    sponsor_id = fields.Many2one(
        "res.users",
        ondelete="restrict",
        tracking=True,
        index=True,
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
        help="Decides at every gate; best the head of the company. Once the CRM "
        "project runs, only the sponsor can hand this over.",
    )
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("running", "Running"),
            ("done", "Done"),
            ("stopped", "Stopped"),
            ("not_crm", "Not a CRM project"),
        ],
        required=True,
        readonly=True,
        copy=False,
        default="draft",
        tracking=True,
        index=True,
    )
    stage_id = fields.Many2one(
        "crm.rollout.stage",
        string="Open Stage",
        readonly=True,
        copy=False,
        domain="[('rollout_id', '=', id)]",
        help="The stage that is being worked on, or the last one of a CRM project that "
        "has ended.",
    )
    stage_ids = fields.One2many(
        "crm.rollout.stage", "rollout_id", string="Stages", readonly=True
    )
    decision_ids = fields.One2many(
        "crm.rollout.decision", "rollout_id", string="Decisions", readonly=True
    )
    date_start = fields.Datetime(string="Started", readonly=True, copy=False)
    date_end = fields.Datetime(string="Ended", readonly=True, copy=False)
    readiness = fields.Integer(
        related="stage_id.readiness",
        string="Readiness of the Open Stage",
        help="Percent of what the gate of the open stage asks for.",
    )
    passed_count = fields.Integer(
        string="Stages Passed", compute="_compute_passed_count"
    )
    # What the form shows of the open stage, editable in place.
    question_ids = fields.One2many(
        "crm.rollout.question",
        "rollout_id",
        string="Key Questions",
        domain=[("is_current", "=", True)],
    )
    criterion_ids = fields.One2many(
        "crm.rollout.criterion",
        "rollout_id",
        string="Gate Criteria",
        domain=[("is_current", "=", True)],
    )
    condition_ids = fields.One2many(
        "crm.rollout.condition", "rollout_id", string="Conditions"
    )
    stage_goal = fields.Text(related="stage_id.goal", string="Goal of the Open Stage")
    missing_count = fields.Integer(related="stage_id.missing_count")
    can_decide = fields.Boolean(compute="_compute_can_decide")
    is_own_judge = fields.Boolean(compute="_compute_is_own_judge")

    _project_unique = models.Constraint(
        "UNIQUE(project_id)",
        "This project already has a CRM project. Choose another project, or leave it "
        "empty to have a new one made.",
    )

    def _default_template_id(self):
        return self.env["crm.rollout.template"].search(
            [("company_id", "in", [False, self.env.company.id])], limit=1
        )

    @api.depends("stage_ids.state")
    def _compute_passed_count(self):
        for rollout in self:
            states = rollout.stage_ids.mapped("state")
            rollout.passed_count = states.count("passed")

    @api.depends("state", "sponsor_id", "coordinator_id")
    @api.depends_context("uid")
    def _compute_can_decide(self):
        for rollout in self:
            rollout.can_decide = (
                rollout.state == "running"
                and rollout._may_decide()
                and not rollout._judges_own_work()
            )

    @api.depends("sponsor_id", "coordinator_id")
    def _compute_is_own_judge(self):
        for rollout in self:
            rollout.is_own_judge = rollout.sponsor_id == rollout.coordinator_id

    @api.constrains("sponsor_id", "coordinator_id", "company_id")
    def _check_people(self):
        for rollout in self:
            for user in rollout.sponsor_id | rollout.coordinator_id:
                rollout._check_person(user.sudo())
            if rollout.state != "draft" and not rollout.sponsor_id:
                rollout._refuse_sponsor_missing()

    def _check_person(self, user):
        if user.share:
            raise ValidationError(
                self.env._(
                    "crm_project_rollout.person_not_internal: %(user)s is not an "
                    "internal user and can neither lead nor decide the CRM project "
                    "“%(rollout)s”. Choose somebody of the company; a consultant "
                    "works on the tasks of the project.",
                    user=user.name,
                    rollout=self.name,
                )
            )
        if self.company_id not in user.company_ids:
            raise ValidationError(
                self.env._(
                    "crm_project_rollout.person_other_company: %(user)s does not work "
                    "in %(company)s. Choose somebody who does, or give this user the "
                    "company first.",
                    user=user.name,
                    company=self.company_id.name,
                )
            )

    @api.constrains("project_id", "company_id")
    def _check_project_company(self):
        for rollout in self:
            company = rollout.project_id.company_id
            if company and company != rollout.company_id:
                raise ValidationError(
                    self.env._(
                        "crm_project_rollout.project_other_company: The project "
                        "“%(project)s” belongs to %(other)s, the CRM project to "
                        "%(company)s. Choose a project of the same company.",
                        project=rollout.project_id.name,
                        other=company.name,
                        company=rollout.company_id.name,
                    )
                )

    @api.constrains("template_id", "company_id")
    def _check_template_company(self):
        for rollout in self:
            company = rollout.template_id.company_id
            if company and company != rollout.company_id:
                raise ValidationError(
                    self.env._(
                        "crm_project_rollout.template_other_company: The template "
                        "“%(template)s” belongs to %(other)s. Choose one of "
                        "%(company)s or a shared one.",
                        template=rollout.template_id.name,
                        other=company.name,
                        company=rollout.company_id.name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_project_free(vals.get("project_id"))
        rollouts = super().create(vals_list)
        for rollout in rollouts:
            rollout._fill_from_template()
        return rollouts

    def write(self, vals):
        if "sponsor_id" in vals:
            self._check_sponsor_handover(vals["sponsor_id"])
        return super().write(vals)

    def unlink(self):
        # Row by row: the database's own cascade would leave the approved files behind.
        self.env["crm.rollout.criterion"].sudo().search(
            [("rollout_id", "in", self._deletable().ids)]
        )._unguarded().unlink()
        return super().unlink()

    def _deletable(self):
        return self.filtered(lambda rollout: not rollout.sudo().decision_ids)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_decided(self):
        for rollout in self - self._deletable():
            raise UserError(
                self.env._(
                    "crm_project_rollout.rollout_has_decisions: Decisions were "
                    "recorded in “%(rollout)s”, and they are kept. Stop the CRM "
                    "project instead of deleting it.",
                    rollout=rollout.name,
                )
            )

    def _check_project_free(self, project_id):
        taken = project_id and self.sudo().search(
            [("project_id", "=", project_id)], limit=1
        )
        if taken:
            raise ValidationError(
                self.env._(
                    "crm_project_rollout.project_taken: The project “%(project)s” "
                    "already has the CRM project “%(rollout)s”. Choose another "
                    "project, or leave it empty to have a new one made.",
                    project=taken.project_id.name,
                    rollout=taken.name,
                )
            )

    def _check_sponsor_handover(self, sponsor_id):
        for rollout in self:
            changes = rollout.state != "draft" and rollout.sponsor_id.id != sponsor_id
            if changes and not rollout._may_decide() and not self._is_unguarded():
                raise AccessError(
                    self.env._(
                        "crm_project_rollout.sponsor_is_fixed: “%(rollout)s” has been "
                        "started; only its sponsor %(sponsor)s or an administrator can "
                        "name another sponsor.",
                        rollout=rollout.name,
                        sponsor=rollout.sponsor_id.sudo().name,
                    )
                )

    @api.model
    def _load_demo(self):
        from ..demo import load

        load.load(self.env)

    def action_start(self):
        """Start: the first stage opens. A started one is left as it is.

        :return: True
        :raises ValidationError: no sponsor is named
        :raises UserError: the CRM project has ended
        """
        self.check_access("write")
        for rollout in self:
            if rollout.state == "draft":
                rollout._start(fields.Datetime.now())
            elif rollout.state != "running":
                rollout._refuse_not_running()
        return True

    def _start(self, when):
        if not self.sponsor_id:
            self._refuse_sponsor_missing()
        self._unguarded().write({"state": "running", "date_start": when})
        self.stage_ids.filtered(lambda stage: stage.number == 1)._open(when)

    def action_stop(self, reason):
        """Stop the CRM project for good; the same as deciding "stop" at its gate.

        :param reason: why; it stays in the log
        :return: True
        """
        self.ensure_one()
        self._check_running()
        self.stage_id.decide("stop", reason)
        return True

    def action_not_crm(self, reason):
        """Close at stage 1: what hurts is not about relations with customers.

        :param reason: why, and where the company should look instead
        :return: True
        :raises UserError: stage 1 is already passed
        """
        self.ensure_one()
        self._check_running()
        self.stage_id._close_as_not_crm(reason)
        return True

    def _end(self, state, when):
        self._unguarded().write({"state": state, "date_end": when})

    def _check_running(self):
        for rollout in self:
            if rollout.state != "running":
                rollout._refuse_not_running()

    def _refuse_not_running(self):
        state = dict(self._fields["state"]._description_selection(self.env))[self.state]
        raise UserError(
            self.env._(
                "crm_project_rollout.not_running: “%(rollout)s” is in the state "
                "“%(state)s”. A draft has to be started first; one that has "
                "ended stays as it is.",
                rollout=self.name,
                state=state,
            )
        )

    def _may_decide(self):
        """Whether the present user decides at the gates."""
        user = self.env.user
        if user.share:
            return False
        return user == self.sponsor_id or user.has_group("base.group_system")

    def _judges_own_work(self):
        """Whether the present user would decide on work led by the same person.

        Where nobody else could, the only one does; an administrator is answerable for
        the system, not for the project.
        """
        user = self.env.user
        if user != self.coordinator_id or user.has_group("base.group_system"):
            return False
        return bool(self._other_judges(1))

    def _other_judges(self, limit):
        """People who could be sponsor instead of the coordinator."""
        machines = self.env.ref("crm_segmentation.group_crm_integration")
        return (
            self.env["res.users"]
            .sudo()
            .search(
                [
                    ("share", "=", False),
                    ("company_ids", "in", self.company_id.ids),
                    ("id", "!=", self.coordinator_id.id),
                    ("id", "not in", machines.sudo().all_user_ids.ids),
                ],
                limit=limit,
            )
        )

    def action_decide(self):
        """Open the dialog in which the sponsor decides on the open stage."""
        self.ensure_one()
        return self.stage_id.action_decide()

    def action_request_decision(self):
        """Put the decision on the sponsor's list of activities.

        :return: True
        """
        self.check_access("write")
        self._check_running()
        for rollout in self:
            rollout._close_requests()
            rollout.activity_schedule(
                "mail.mail_activity_data_todo",
                user_id=rollout.sponsor_id.id,
                summary=self.env._(
                    "Decide on stage %(stage)s", stage=rollout.stage_id.display_name
                ),
            )
        return True

    def _close_requests(self):
        self.sudo().activity_feedback(
            ["mail.mail_activity_data_todo"], user_id=self.sponsor_id.id
        )

    def action_refresh(self):
        """Read the figures anew; opening the form does the same.

        :return: True
        """
        self.check_access("read")
        self.env["crm.rollout.criterion"].invalidate_model(["value", "met"])
        return True

    def action_open_tasks(self):
        """The tasks of the project."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.project_id.name,
            "res_model": "project.task",
            "view_mode": "kanban,list,form",
            "domain": [("project_id", "=", self.project_id.id)],
            "context": {"default_project_id": self.project_id.id},
        }
