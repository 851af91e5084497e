from odoo import api, fields, models


class CrmRolloutDecide(models.TransientModel):
    """The dialog in which the sponsor decides at a gate."""

    _name = "crm.rollout.decide"
    _inherit = ["crm.rollout.dialog"]
    _about = "stage_id"
    _description = "Decide at a Gate"

    stage_id = fields.Many2one("crm.rollout.stage", required=True, readonly=True)
    number = fields.Integer(related="stage_id.number", related_sudo=False)
    company_id = fields.Many2one(related="stage_id.company_id", related_sudo=False)
    readiness = fields.Integer(related="stage_id.readiness", related_sudo=False)
    gate_summary = fields.Text(related="stage_id.gate_summary", related_sudo=False)
    decision = fields.Selection(
        [
            ("go", "Go: everything is there, the next stage opens"),
            ("conditional", "Go on conditions: they are closed before the next gate"),
            ("hold", "Hold: the stage stays open"),
            ("stop", "Stop: the CRM project ends here"),
            ("not_crm", "Not a CRM project, the trouble lies elsewhere (stage 1 only)"),
        ],
        required=True,
        compute="_compute_decision",
        compute_sudo=False,
        store=True,
        readonly=False,
    )
    reason = fields.Text(
        help="One or two sentences that will still be understood in a year."
    )
    condition_ids = fields.One2many(
        "crm.rollout.decide.condition",
        "wizard_id",
        string="Conditions",
        compute="_compute_condition_ids",
        compute_sudo=False,
        store=True,
        readonly=False,
    )

    @api.depends("stage_id")
    def _compute_decision(self):
        for wizard in self:
            wizard.decision = "go" if not wizard.gate_summary else "hold"

    @api.depends("decision")
    def _compute_condition_ids(self):
        """Propose what is missing as conditions."""
        for wizard in self:
            if wizard.decision != "conditional" or wizard.condition_ids:
                continue
            stage = wizard.stage_id
            proposed = self.env["crm.rollout.condition"]._prepare_conditions(
                stage.rollout_id, stage._gate().unmet, fields.Date.today()
            )
            wizard.condition_ids = [fields.Command.create(vals) for vals in proposed]

    def action_decide(self):
        """Record the decision."""
        self.ensure_one()
        stage = self.stage_id
        if self.decision == "not_crm":
            stage.rollout_id.action_not_crm(self.reason)
        else:
            is_conditional = self.decision == "conditional"
            lines = self.condition_ids if is_conditional else self.condition_ids[:0]
            stage.decide(self.decision, self.reason, lines._as_conditions())
        return {"type": "ir.actions.client", "tag": "soft_reload"}


class CrmRolloutDecideCondition(models.TransientModel):
    _name = "crm.rollout.decide.condition"
    _inherit = ["crm.rollout.wire"]
    _description = "Condition of a Decision to Take"

    wizard_id = fields.Many2one("crm.rollout.decide", required=True, ondelete="cascade")
    company_id = fields.Many2one(related="wizard_id.company_id")
    name = fields.Char(string="Condition", required=True)
    user_id = fields.Many2one(
        "res.users",
        string="Owner",
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
        help="The coordinator if nobody is named.",
    )
    date = fields.Date(string="Due", help="Two weeks from today if no day is given.")

    def _as_conditions(self):
        return [
            {"name": line.name, "user_id": line.user_id.id, "date": line.date}
            for line in self
        ]
