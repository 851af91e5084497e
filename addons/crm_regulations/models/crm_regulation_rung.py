from odoo import fields, models

from ..core.category_limits import codes_of
from ..core.limit import UNITS


class CrmRegulationRung(models.Model):
    """A step of the escalation ladder."""

    _name = "crm.regulation.rung"
    _inherit = ["crm.regulation.part"]
    _description = "Escalation Step"
    _order = "sequence, id"

    step_id = fields.Many2one(
        "crm.regulation.step", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="step_id.company_id", store=True)
    sequence = fields.Integer(default=10)
    basis = fields.Selection(
        [("percent", "Part of the time, %"), ("after", "Time after it was due")],
        string="When",
        default="after",
        required=True,
    )
    value = fields.Float(required=True, default=4)
    unit = fields.Selection(
        selection=lambda self: (
            self.env["crm.regulation.step"]
            ._fields["limit_unit"]
            ._description_selection(self.env)
        ),
        default="work_hour",
        help="For a time after it was due.",
    )
    whom = fields.Selection(
        [
            ("responsible", "The responsible"),
            ("deputy", "The deputy"),
            ("team_leader", "The team leader"),
            ("department_manager", "The head of the department"),
            ("next_manager", "The manager's manager"),
            ("coordinator", "The CRM coordinator"),
            ("owner", "The owner of the regulation"),
        ],
        string="Who is told",
        default="team_leader",
        required=True,
        help="If nobody has this role, or the person was told before, the next one "
        "above; the owner of the regulation at last. Whoever is away is replaced by "
        "the deputy.",
    )

    segment_codes = fields.Char(
        string="Only for",
        help="Codes of categories with commas between them, for example A, B; empty: "
        "all. For these categories it replaces what tells the same person otherwise.",
    )

    _value_positive = models.Constraint(
        "CHECK(value >= 0 AND (basis != 'percent' OR value <= 100))",
        "A part of the time is 0 to 100 percent; a time after it was due is not "
        "negative.",
    )
    _unit_given = models.Constraint(
        "CHECK(basis = 'percent' OR unit IS NOT NULL)",
        "Say in which unit the time after it was due is counted.",
    )

    def _compile(self):
        """The rung in the form that the engine reads."""
        self.ensure_one()
        unit = self.unit if self.unit in UNITS else False
        when = "%" if self.basis == "percent" else unit
        return {
            # The same in the next version, to which open promises may move: what was
            # told is not told again.
            "key": f"{self.value:g}_{when}_{self.whom}",
            "basis": self.basis,
            "value": self.value,
            "unit": unit,
            "whom": self.whom,
            "codes": list(codes_of(self.segment_codes or "")),
        }
