from odoo import api, fields, models

from ..core.step import CANCEL, FULFIL, PAUSE, RESET, RESUME
from ..engine.facts import KINDS


class CrmRegulationCondition(models.Model):
    """What else may happen to the promise of a step, besides its proof."""

    _name = "crm.regulation.condition"
    _inherit = ["crm.regulation.part"]
    _description = "Condition of a Step"
    _order = "sequence, id"

    step_id = fields.Many2one(
        "crm.regulation.step", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="step_id.company_id", store=True)
    sequence = fields.Integer(default=10)
    role = fields.Selection(
        [
            (FULFIL, "It is done, too"),
            (PAUSE, "The clock stops"),
            (RESUME, "The clock goes on"),
            (RESET, "The clock begins anew"),
            (CANCEL, "It is not owed any more"),
        ],
        string="Then",
        default=CANCEL,
        required=True,
        help="Begins anew and not owed any more: only until it is overdue. What was "
        "overdue stays so; only an excuse takes it out of the count.",
    )
    kind = fields.Selection(
        selection="_selection_kind", string="When", required=True, default="field_set"
    )
    res_model = fields.Selection(
        selection=lambda self: self.env["crm.regulation"]._selection_res_model(),
        string="A record of",
        help="For “The record came to fit”: which record. Empty: the one that the "
        "promise is about.",
    )
    domain = fields.Char(
        string="Only if",
        default="[]",
        required=True,
        help="What the message, call, order or record must be like.",
    )
    times = fields.Integer(
        default=1,
        required=True,
        help="How often it must happen, for example three attempts to call.",
    )
    teller_model = fields.Char(compute="_compute_teller_model")

    _times_positive = models.Constraint(
        "CHECK(times > 0)", "It must happen at least once."
    )

    @api.model
    def _selection_kind(self):
        names = dict(self.env["crm.regulation"]._selection_kind())
        return [(code, names[code]) for code, kind in KINDS.items() if kind.proves]

    @api.depends("kind", "res_model", "step_id.regulation_id.res_model")
    def _compute_teller_model(self):
        for condition in self:
            kind = KINDS.get(condition.kind)
            model = condition.res_model or condition.step_id.regulation_id.res_model
            condition.teller_model = kind and (kind.model or model)

    @api.constrains("domain", "kind", "res_model")
    def _check_domain(self):
        for condition in self:
            if condition.teller_model:
                self.env["crm.regulation"]._check_domain(
                    condition.teller_model,
                    condition.domain,
                    condition._fields["domain"],
                )

    def _compile(self):
        """The condition in the form that the engine reads."""
        self.ensure_one()
        return {
            "role": self.role,
            "kind": self.kind,
            "model": self.res_model or False,
            "domain": self.env["crm.regulation"]._parse_domain(self.domain),
            "times": self.times if self.role == FULFIL else 1,
        }
