from odoo import api, fields, models


class CrmRolloutBudget(models.Model):
    """Money for one purpose: planned at gate 2, spent afterwards."""

    _name = "crm.rollout.budget"
    _inherit = ["crm.rollout.plan"]
    _description = "Budget Line"
    _order = "sequence, id"
    _living_fields = frozenset({"sequence", "spent"})

    sequence = fields.Integer(default=10)
    name = fields.Char(string="Purpose", required=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    planned = fields.Monetary(help="Frozen when gate 2 is passed.")
    spent = fields.Monetary(
        string="Spent (entered)",
        help="Counts as long as no money has gone out of the analytic account of the "
        "project.",
    )

    _amounts_not_negative = models.Constraint(
        "CHECK(planned >= 0 AND spent >= 0)", "Money cannot be below zero here."
    )


class CrmRollout(models.Model):
    _inherit = "crm.rollout"

    budget_ids = fields.One2many(
        "crm.rollout.budget",
        "rollout_id",
    )
    budget_planned = fields.Monetary(compute="_compute_budget")
    budget_spent = fields.Monetary(
        compute="_compute_budget",
        help="From the analytic account of the project once money has gone out of it, "
        "else as entered. Hours of timesheets are no money here.",
    )
    budget_percent = fields.Float(
        string="Budget Spent (%)", compute="_compute_budget", digits=(16, 1)
    )
    budget_source = fields.Selection(
        [("analytic", "Analytic account of the project"), ("entered", "As entered")],
        string="Spent According to",
        compute="_compute_budget",
    )

    @api.depends("budget_ids.planned", "budget_ids.spent", "project_id.account_id")
    def _compute_budget(self):
        costs = self._analytic_costs()
        for rollout in self:
            account = rollout.sudo().project_id.account_id
            lines = rollout.budget_ids
            planned = sum(lines.mapped("planned"))
            # An account alone says nothing: with Timesheets every project has one.
            spent = costs.get((account.id, rollout.company_id.id))
            rollout.budget_source = "entered" if spent is None else "analytic"
            if spent is None:
                spent = sum(lines.mapped("spent"))
            rollout.budget_planned = planned
            rollout.budget_spent = spent
            rollout.budget_percent = 100 * spent / planned if planned else 0.0

    def _analytic_costs(self):
        """``{(account id, company id): money}`` that went out of the projects.

        Hours of timesheets are planned and counted by themselves.
        """
        accounts = self.sudo().project_id.account_id
        if not accounts:
            return {}
        Line = self.env["account.analytic.line"].sudo()
        domain = [
            ("account_id", "in", accounts.ids),
            ("company_id", "in", self.company_id.ids),
            ("amount", "<", 0),
        ]
        if {"project_id", "employee_id"} <= Line._fields.keys():
            domain.append(("project_id", "=", False))
        groups = Line._read_group(domain, ["account_id", "company_id"], ["amount:sum"])
        return {
            (account.id, company.id): -amount for account, company, amount in groups
        }
