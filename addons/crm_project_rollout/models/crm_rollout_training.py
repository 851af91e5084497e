from datetime import timedelta

from odoo import Command, api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..engine.adoption import workers

RESULTS = [("passed", "Passed"), ("failed", "Not passed")]


class CrmRolloutTraining(models.Model):
    """One training of one role: when, by whom, with what, who came, who can do it."""

    _name = "crm.rollout.training"
    _inherit = ["crm.rollout.record"]
    _description = "Training of a CRM Project"
    _order = "rollout_id, date, id"
    _check_company_auto = True

    _people_fields = ("trainer_id",)

    name = fields.Char(string="Subject", required=True)
    role = fields.Selection(
        [
            ("sales", "Salespeople"),
            ("manager", "Sales managers"),
            ("service", "Service"),
            ("marketing", "Marketing"),
            ("finance", "Accounting"),
            ("head", "Heads of departments"),
            ("coordinator", "CRM coordinators"),
            ("other", "Others"),
        ],
        required=True,
        default="sales",
        help="Each role has to be trained by itself.",
    )
    department_id = fields.Many2one(
        "hr.department",
        ondelete="set null",
        check_company=True,
        domain="[('company_id', 'in', [company_id, False])]",
    )
    trainer_id = fields.Many2one(
        "res.users",
        ondelete="restrict",
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
        help="Notes who came and who can do it.",
    )
    date = fields.Datetime(string="When")
    hours = fields.Float(default=1.0)
    event_id = fields.Many2one(
        "calendar.event",
        string="Meeting",
        ondelete="set null",
        readonly=True,
        copy=False,
    )
    material_id = fields.Many2one("crm.material", ondelete="set null")
    participant_ids = fields.One2many(
        "crm.rollout.training.participant", "training_id", string="Participants"
    )
    participant_count = fields.Integer(string="Invited", compute="_compute_counts")
    attended_count = fields.Integer(string="Were There", compute="_compute_counts")
    passed_count = fields.Integer(string="Can Do It", compute="_compute_counts")

    _hours_positive = models.Constraint(
        "CHECK(hours > 0)", "A training takes more than no time."
    )

    @api.depends("participant_ids.attended", "participant_ids.result")
    def _compute_counts(self):
        for training in self:
            people = training.participant_ids
            training.participant_count = len(people)
            training.attended_count = len(people.filtered("attended"))
            training.passed_count = people.mapped("result").count("passed")

    def invite(self, user_ids):
        """Put people on the list of a training; those on it stay as they are.

        :param user_ids: ids of users of the company
        :return: True
        :raises ValidationError: an id is unknown, or somebody works elsewhere
        """
        self.check_access("write")
        users = self._check_known_ids("res.users", user_ids, "user_ids")
        for training in self:
            fresh = users - training.participant_ids.user_id
            training.participant_ids = [
                Command.create({"user_id": user.id}) for user in fresh
            ]
        return True

    def action_invite_everybody(self):
        """Invite the department, else everybody who works with customers.

        Who is on the list of another training of the same CRM project is left out.

        :return: True
        """
        for training in self:
            invited = training.rollout_id.training_ids.participant_ids.user_id
            training.invite((training._wanted() - invited).ids)
        return True

    def _wanted(self):
        company = self.company_id.sudo()
        if not self.department_id:
            return workers(company)[company.id].sudo(False)
        employees = self.department_id.sudo().member_ids
        return employees.user_id.filtered(
            lambda user: not user.share and company in user.company_ids
        )

    def action_plan(self):
        """Put the training into the calendars of trainer and participants.

        :return: True
        :raises UserError: no time is given
        """
        self.check_access("write")
        for training in self.filtered(lambda training: not training.event_id):
            if not training.date:
                raise UserError(
                    self.env._(
                        "crm_project_rollout.training_without_date: Say when "
                        "“%(training)s” takes place, then plan it.",
                        training=training.name,
                    )
                )
            people = (training.trainer_id | training.participant_ids.user_id).sudo()
            training.event_id = self.env["calendar.event"].create(
                {
                    "name": training.name,
                    "start": training.date,
                    "stop": training.date + timedelta(hours=training.hours),
                    "partner_ids": [Command.set(people.partner_id.ids)],
                }
            )
        return True

    def mark(self, user_ids, attended=True, result=False):
        """Note who came and who can do it.

        :param user_ids: ids of participants
        :param attended: whether they came
        :param result: ``passed``, ``failed`` or False
        :return: True
        :raises UserError: somebody is not on the list
        :raises AccessError: the caller is neither trainer nor coordinator
        """
        self.ensure_one()
        self.check_access("read")
        self._check_may_act(self.trainer_id)
        users = self._check_known_ids("res.users", user_ids, "user_ids")
        if result not in (False, None, "", *dict(RESULTS)):
            raise ValidationError(
                self.env._(
                    "crm_project_rollout.wrong_result: The result cannot be "
                    "%(result)s. Give passed, failed or nothing.",
                    result=repr(result)[:80],
                )
            )
        strangers = users - self.sudo().participant_ids.user_id
        if strangers:
            raise UserError(
                self.env._(
                    "crm_project_rollout.not_a_participant: %(people)s is not on the "
                    "list of “%(training)s”. Invite the person first.",
                    people=", ".join(strangers.sudo().mapped("name")),
                    training=self.name,
                )
            )
        lines = self.sudo().participant_ids.filtered(lambda p: p.user_id in users)
        lines.write({"attended": bool(attended), "result": result or False})
        return True


class CrmRolloutTrainingParticipant(models.Model):
    _name = "crm.rollout.training.participant"
    _inherit = ["crm.rollout.record"]
    _description = "Participant of a Training"
    _order = "training_id, id"
    _rec_name = "user_id"

    _people_fields = ("user_id",)
    _guarded_on_write = frozenset({"rollout_id", "training_id"})

    training_id = fields.Many2one(
        "crm.rollout.training", required=True, ondelete="cascade", index=True
    )
    rollout_id = fields.Many2one(
        related="training_id.rollout_id", store=True, index=True, required=False
    )
    user_id = fields.Many2one(
        "res.users",
        string="Person",
        required=True,
        ondelete="restrict",
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
    )
    attended = fields.Boolean(string="Was There")
    result = fields.Selection(RESULTS)
    note = fields.Char()

    _once = models.Constraint(
        "UNIQUE(training_id, user_id)", "This person is on the list already."
    )

    @api.constrains("attended", "result")
    def _check_attended(self):
        for line in self.filtered(lambda line: line.result and not line.attended):
            raise ValidationError(
                self.env._(
                    "crm_project_rollout.result_without_attendance: %(person)s did not "
                    "come and can have no result. Note first that the person came.",
                    person=line.user_id.sudo().name,
                )
            )


class CrmRollout(models.Model):
    _inherit = "crm.rollout"

    training_ids = fields.One2many(
        "crm.rollout.training", "rollout_id", string="Trainings"
    )
