from odoo import api, fields, models


class CrmRolloutDepartment(models.Model):
    """A department in scope: it gives people and hours, and its work changes."""

    _name = "crm.rollout.department"
    _inherit = ["crm.rollout.plan"]
    _description = "Department in Scope"
    _order = "id"
    _rec_name = "department_id"
    _check_company_auto = True

    department_id = fields.Many2one(
        "hr.department", required=True, check_company=True, ondelete="restrict"
    )
    note = fields.Char(string="What Changes There")
    head_name = fields.Char(string="Head", compute="_compute_people")
    expert_names = fields.Char(
        string="Experts",
        compute="_compute_people",
        help="Subject experts of the team for this department.",
    )
    hours_planned = fields.Float(
        compute="_compute_people",
        help="Hours of the named people of this department, without consultants.",
    )

    _department_unique = models.UniqueIndex(
        "(rollout_id, department_id)", "This department is in scope already."
    )

    @api.depends(
        "department_id.manager_id",
        "rollout_id.member_ids.user_id.active",
        "rollout_id.member_ids.department_id",
        "rollout_id.member_ids.role",
        "rollout_id.member_ids.hours_planned",
    )
    def _compute_people(self):
        for line in self:
            people = line._people()
            experts = people.filtered(lambda member: member.role == "expert")
            line.head_name = line.sudo().department_id.manager_id.name
            line.expert_names = ", ".join(experts.user_id.mapped("name"))
            line.hours_planned = sum(people.mapped("hours_planned"))

    def _people(self):
        """The named people of the company who speak for this department."""
        self.ensure_one()
        return self.sudo().rollout_id.member_ids.filtered(
            lambda member: (
                member.department_id == self.department_id
                and member.role not in ("consultant", "observer")
                and member.user_id.active
            )
        )


class CrmRollout(models.Model):
    _inherit = "crm.rollout"

    department_line_ids = fields.One2many(
        "crm.rollout.department", "rollout_id", string="Departments in Scope"
    )

    def _departments_in_scope(self):
        scopes = super()._departments_in_scope()
        for rollout in self:
            chosen = rollout.sudo().department_line_ids.department_id
            if chosen:
                scopes[rollout] = chosen
        return scopes
