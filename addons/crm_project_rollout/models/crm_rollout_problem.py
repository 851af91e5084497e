from odoo import api, fields, models


class CrmRolloutProblem(models.Model):
    """What hurts the company today: the reason for a CRM project."""

    _name = "crm.rollout.problem"
    _inherit = ["crm.rollout.plan"]
    _description = "Problem"
    _order = "sequence, id"
    _check_company_auto = True
    _stage_number = 1
    _people_fields = ("owner_id",)

    sequence = fields.Integer(default=10)
    name = fields.Char(
        string="What Hurts", required=True, help="One sentence, as people say it."
    )
    department_id = fields.Many2one(
        "hr.department",
        string="Department Hurt",
        check_company=True,
        ondelete="restrict",
        help="Which department suffers from it.",
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Person Hurt",
        check_company=True,
        ondelete="set null",
        help="A colleague or a customer who can tell about it.",
    )
    place = fields.Char(string="Where", help="At which step of which process.")
    process_now = fields.Text(help="How the work goes today.")
    process_wanted = fields.Text(help="How it should go.")
    currency_id = fields.Many2one(related="company_id.currency_id")
    cost_year = fields.Monetary(
        string="Cost per Year", help="What the problem costs the company in a year."
    )
    cost_basis = fields.Char(
        string="How Estimated", help="For example: 3 lost clinics of 40,000 each."
    )
    about_customers = fields.Selection(
        [("yes", "Yes"), ("partly", "Partly"), ("no", "No")],
        string="About Relations with Customers",
        help="Would a customer notice if the problem were gone?",
    )
    kind = fields.Selection(
        [
            ("crm", "Relations with customers"),
            ("logistics", "Logistics"),
            ("accounting", "Management accounting"),
            ("other", "Something else"),
        ],
        string="Belongs to",
    )
    owner_id = fields.Many2one(
        "res.users",
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
        ondelete="restrict",
        help="Who wants it solved and says when it is.",
    )
    attachment_ids = fields.Many2many("ir.attachment", string="Proofs")

    _cost_not_negative = models.Constraint(
        "CHECK(cost_year >= 0)", "The cost of a problem cannot be below zero."
    )

    def _protocol_line(self):
        """The problem as plain values, for a protocol that stays as it is."""
        self.ensure_one()
        problem = self.sudo()
        return {
            "name": problem.name,
            "department": problem.department_id.name or "",
            "owner": problem.owner_id.name or "",
            "cost": problem.cost_year,
            "basis": problem.cost_basis or "",
            "about_customers": problem.about_customers or "",
            "kind": problem.kind or "",
        }


class CrmRollout(models.Model):
    _inherit = "crm.rollout"

    problem_ids = fields.One2many("crm.rollout.problem", "rollout_id")
    problem_count = fields.Integer(
        string="Number of Problems", compute="_compute_problems"
    )
    problem_cost = fields.Monetary(
        string="Cost of All Problems per Year", compute="_compute_problems"
    )
    problem_cost_customers = fields.Monetary(
        string="Of That about Customers",
        compute="_compute_problems",
        help="Problems that are at least partly about relations with customers.",
    )
    currency_id = fields.Many2one(related="company_id.currency_id")

    @api.depends("problem_ids.cost_year", "problem_ids.about_customers")
    def _compute_problems(self):
        for rollout in self:
            problems = rollout.problem_ids
            ours = problems.filtered(lambda p: p.about_customers in ("yes", "partly"))
            rollout.problem_count = len(problems)
            rollout.problem_cost = sum(problems.mapped("cost_year"))
            rollout.problem_cost_customers = sum(ours.mapped("cost_year"))


class CrmRolloutStage(models.Model):
    _inherit = "crm.rollout.stage"

    def _protocol(self):
        protocol = super()._protocol()
        if self.number == 1:
            problems = self.sudo().rollout_id.problem_ids
            protocol["problems"] = [line._protocol_line() for line in problems]
        return protocol
