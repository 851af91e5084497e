from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..core import health

_SCALE = [("1", "1"), ("2", "2"), ("3", "3"), ("4", "4"), ("5", "5")]


class CrmRolloutRiskDefinition(models.AbstractModel):
    """What may go wrong, in a template and in a CRM project alike."""

    _name = "crm.rollout.risk.definition"
    _description = "Definition of a Risk"
    _order = "sequence, id"

    sequence = fields.Integer(default=10)
    name = fields.Char(string="Risk", required=True, help="What may go wrong.")
    probability = fields.Selection(
        _SCALE, required=True, default="3", help="1: hardly, 5: almost certainly."
    )
    impact = fields.Selection(
        _SCALE, required=True, default="3", help="1: a nuisance, 5: the project fails."
    )
    response = fields.Text(help="What we do so that it does not happen, or if it does.")

    def _prepare_vals(self):
        """The values of the risk made from this definition."""
        self.ensure_one()
        names = ("sequence", "name", "probability", "impact", "response")
        return {name: self[name] for name in names}


class CrmRolloutTemplateRisk(models.Model):
    _name = "crm.rollout.template.risk"
    _inherit = ["crm.rollout.risk.definition"]
    _description = "Typical Risk of a CRM Project Template"

    name = fields.Char(translate=True)
    response = fields.Text(translate=True)
    template_id = fields.Many2one(
        "crm.rollout.template", required=True, ondelete="cascade", index=True
    )


class CrmRolloutTemplate(models.Model):
    _inherit = "crm.rollout.template"

    risk_ids = fields.One2many(
        "crm.rollout.template.risk", "template_id", string="Typical Risks", copy=True
    )


class CrmRolloutRisk(models.Model):
    _name = "crm.rollout.risk"
    _inherit = ["crm.rollout.risk.definition", "crm.rollout.record"]
    _description = "Risk"
    _order = "is_open desc, score desc, sequence, id"
    # A risk is looked after until the end.
    _stage_number = 7
    _people_fields = ("owner_id",)

    owner_id = fields.Many2one(
        "res.users",
        ondelete="restrict",
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
        help="Watches the risk and sees to the response.",
    )
    date_due = fields.Date(string="Response Until")
    state = fields.Selection(
        [("open", "Open"), ("handled", "Handled"), ("happened", "Happened")],
        required=True,
        default="open",
    )
    is_open = fields.Boolean(compute="_compute_score", store=True)
    score = fields.Integer(
        compute="_compute_score", store=True, help="Probability times impact, 1 to 25."
    )
    level = fields.Selection(
        [("low", "Low"), ("medium", "Medium"), ("high", "High")],
        compute="_compute_score",
        store=True,
    )

    @api.depends("probability", "impact", "state")
    def _compute_score(self):
        for risk in self:
            risk.is_open = risk.state == "open"
            risk.score = health.risk_score(
                int(risk.probability or 1), int(risk.impact or 1)
            )
            risk.level = health.risk_level(risk.score)

    @api.constrains("date_due", "rollout_id")
    def _check_date(self):
        for risk in self:
            start = risk.rollout_id.sudo().date_start
            if risk.date_due and start and risk.date_due < start.date():
                raise ValidationError(
                    self.env._(
                        "crm_project_rollout.date_before_start: The response to "
                        "“%(risk)s” is due on %(date)s, but “%(rollout)s” started on "
                        "%(start)s. Choose that day or a later one.",
                        risk=risk.name,
                        date=fields.Date.to_string(risk.date_due),
                        rollout=risk.rollout_id.sudo().name,
                        start=fields.Date.to_string(start),
                    )
                )

    def _is_unanswered(self, today):
        """Whether nobody does anything about it: no owner, no response, or too late."""
        self.ensure_one()
        is_late = self.date_due and self.date_due < today
        has_answer = self.owner_id and (self.response or "").strip() and not is_late
        return self.state == "open" and not has_answer


class CrmRollout(models.Model):
    _inherit = "crm.rollout"

    risk_ids = fields.One2many("crm.rollout.risk", "rollout_id", string="Risks")
    high_risk_count = fields.Integer(
        string="High Risks", compute="_compute_high_risk_count"
    )

    @api.depends("risk_ids.level", "risk_ids.is_open")
    def _compute_high_risk_count(self):
        for rollout in self:
            high = rollout.risk_ids.filtered(lambda r: r.is_open and r.level == "high")
            rollout.high_risk_count = len(high)

    def _fill_from_template(self):
        result = super()._fill_from_template()
        self.env["crm.rollout.risk"]._unguarded().create(
            [
                {**line._prepare_vals(), "rollout_id": self.id}
                for line in self.template_id.risk_ids
            ]
        )
        return result

    def _risk_lines(self):
        levels = self.env["crm.rollout.risk"]._fields["level"]
        labels = dict(levels._description_selection(self.env))
        return [
            {
                "name": risk.name,
                "level": labels[risk.level],
                "owner": risk.owner_id.sudo().name or "",
                "response": risk.response or "",
            }
            for risk in self.risk_ids.filtered("is_open").sorted(
                lambda risk: -risk.score
            )
        ]
