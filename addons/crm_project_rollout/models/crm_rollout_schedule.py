from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError


class CrmRolloutTemplateStage(models.Model):
    _inherit = "crm.rollout.template.stage"

    days_planned = fields.Integer(
        string="Days", help="How long the stage usually takes; 0: no date is planned."
    )

    _days_not_negative = models.Constraint(
        "CHECK(days_planned >= 0)", "A stage cannot take less than zero days."
    )


class CrmRollout(models.Model):
    _inherit = "crm.rollout"

    def _create_project(self):
        project = super()._create_project()
        # The company's own switch for milestones stays as it is.
        if self.env.user.has_group("project.group_project_milestone"):
            project.allow_milestones = True
        return project

    def _fill_from_template(self):
        result = super()._fill_from_template()
        self.sudo().stage_ids._create_milestones()
        return result

    def _start(self, when):
        result = super()._start(when)
        self._plan_dates(when.date())
        return result

    def _plan_dates(self, start):
        """Plan the gates one after the other, as long as the template says."""
        days = {line.number: line.days_planned for line in self.template_id.stage_ids}
        day = start
        for stage in self.sudo().stage_ids.sorted("number"):
            day += timedelta(days=days.get(stage.number, 0))
            if days.get(stage.number) and not stage.date_planned:
                stage._unguarded().date_planned = day
        self.sudo().stage_ids.filtered(lambda s: s.number <= 2)._freeze_dates()


class CrmRolloutStage(models.Model):
    """When the gate is planned, and the date that was promised."""

    _inherit = "crm.rollout.stage"

    date_planned = fields.Date(string="Gate Planned For")
    date_promised = fields.Date(
        string="Gate Promised For",
        readonly=True,
        help="The plan of gates 1 and 2 is kept when the CRM project starts, that of "
        "the others when gate 2 is passed. Lateness is counted from this day, however "
        "often the plan is moved.",
    )
    days_late = fields.Integer(
        compute="_compute_days_late",
    )
    milestone_id = fields.Many2one(
        "project.milestone", readonly=True, ondelete="set null"
    )

    @property
    def _guarded_fields(self):
        return super()._guarded_fields | {"date_promised", "milestone_id"}

    @api.depends("date_planned", "date_promised", "state")
    def _compute_days_late(self):
        today = fields.Date.context_today(self)
        for stage in self:
            stage.days_late = stage._days_late(today)

    def _days_late(self, today):
        """How many days after the promise the gate is, or is now planned."""
        promised = self.date_promised or self.date_planned
        if not promised or self.state == "passed":
            return 0
        expected = self.date_planned or promised
        if self.state == "open":
            expected = max(expected, today)
        return max((expected - promised).days, 0)

    @api.constrains("date_planned")
    def _check_date_planned(self):
        for rollout in self.rollout_id:
            rollout.sudo().stage_ids._check_dates_in_order()

    def _check_dates_in_order(self):
        start = self.rollout_id.date_start
        before = start and start.date()
        for stage in self.filtered("date_planned").sorted("number"):
            if before and stage.date_planned < before:
                raise ValidationError(
                    self.env._(
                        "crm_project_rollout.date_before_start: The gate of stage "
                        "%(stage)s cannot be planned for %(date)s: the CRM project or "
                        "the stage before ends or starts on %(before)s. Choose that "
                        "day or a later one.",
                        stage=stage.display_name,
                        date=fields.Date.to_string(stage.date_planned),
                        before=fields.Date.to_string(before),
                    )
                )
            before = stage.date_planned

    def write(self, vals):
        if "date_planned" in vals and not self._is_unguarded():
            for stage in self.filtered(lambda stage: stage._is_locked()):
                stage._refuse_closed()
        done = super().write(vals)
        if {"date_planned", "name", "state"} & vals.keys():
            self._sync_milestones()
        return done

    def _pass(self, when):
        result = super()._pass(when)
        if self.number == 2:
            self.rollout_id.sudo().stage_ids._freeze_dates()
        return result

    def _freeze_dates(self):
        for stage in self.filtered(lambda s: s.date_planned and not s.date_promised):
            stage._unguarded().date_promised = stage.date_planned

    def _create_milestones(self):
        """One milestone per gate, so that the project's own views show them."""
        milestones = self.env["project.milestone"].create(
            [
                {
                    "name": self.env._("Gate %(stage)s", stage=stage.display_name),
                    "project_id": stage.rollout_id.project_id.id,
                    "sequence": stage.number,
                    "deadline": stage.date_planned,
                }
                for stage in self
            ]
        )
        for stage, milestone in zip(self, milestones, strict=True):
            stage._unguarded().milestone_id = milestone
            # It belongs to how the task is made; nobody has changed anything.
            stage.task_id.with_context(mail_notrack=True).milestone_id = milestone

    def _sync_milestones(self):
        for stage in self.sudo().filtered("milestone_id"):
            stage.milestone_id.write(
                {
                    "name": self.env._("Gate %(stage)s", stage=stage.display_name),
                    "deadline": stage.date_planned,
                    "is_reached": stage.state == "passed",
                }
            )
