from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..core import gate
from ..engine import queries


class CrmRolloutTemplate(models.Model):
    """What a company asks of itself in each of the seven stages."""

    _name = "crm.rollout.template"
    _description = "CRM Project Template"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    description = fields.Text(translate=True, help="For which companies it is meant.")
    company_id = fields.Many2one(
        "res.company", help="Leave it empty to offer the template to every company."
    )
    stage_ids = fields.One2many("crm.rollout.template.stage", "template_id", copy=True)

    def copy_data(self, default=None):
        vals_list = super().copy_data(default=default)
        for template, vals in zip(self, vals_list, strict=True):
            vals["name"] = self.env._("%(name)s (copy)", name=template.name)
        return vals_list

    def _check_complete(self):
        """Refuse a template that does not have each of the seven stages.

        :raises ValidationError: a stage is missing
        """
        self.ensure_one()
        wanted = set(range(1, gate.LAST_STAGE + 1))
        missing = sorted(wanted - set(self.stage_ids.mapped("number")))
        if missing:
            raise ValidationError(
                self.env._(
                    "crm_project_rollout.template_incomplete: The template "
                    "“%(template)s” has no stage %(numbers)s. Add the missing "
                    "stages; a CRM project always has the stages 1 to 7.",
                    template=self.name,
                    numbers=", ".join(map(str, missing)),
                )
            )


class CrmRolloutTemplateStage(models.Model):
    _name = "crm.rollout.template.stage"
    _description = "Stage of a CRM Project Template"
    _order = "template_id, number"

    template_id = fields.Many2one(
        "crm.rollout.template", required=True, ondelete="cascade", index=True
    )
    number = fields.Integer(required=True, help="1 to 7.")
    name = fields.Char(required=True, translate=True)
    origin = fields.Selection(
        [("method", "Published method"), ("completion", "Its completion")],
        required=True,
        default="method",
        help="The published text of the method ends at stage 5; stages 6 and 7 "
        "complete it.",
    )
    goal = fields.Text(
        translate=True, help="What the company has in its hands when the stage ends."
    )
    deliverables = fields.Text(
        translate=True,
        help="What is to be produced; becomes the description of the stage's task.",
    )
    question_ids = fields.One2many(
        "crm.rollout.template.question", "stage_id", string="Key Questions", copy=True
    )
    criterion_ids = fields.One2many(
        "crm.rollout.template.criterion", "stage_id", string="Gate Criteria", copy=True
    )

    _number_unique = models.Constraint(
        "UNIQUE(template_id, number)",
        "A template has each stage number once. Choose a number that is still free.",
    )
    _number_range = models.Constraint(
        "CHECK(number BETWEEN 1 AND 7)",
        "The number of a stage is between 1 and 7.",
    )

    @api.depends("number", "name")
    def _compute_display_name(self):
        for stage in self:
            stage.display_name = f"{stage.number}. {stage.name or ''}"

    def _prepare_stage_vals(self):
        """The values of the rollout stage made from this one."""
        self.ensure_one()
        return {
            "number": self.number,
            "name": self.name,
            "origin": self.origin,
            "goal": self.goal,
            "deliverables": self.deliverables,
            "question_ids": [
                fields.Command.create(line._prepare_vals())
                for line in self.question_ids
            ],
            "criterion_ids": [
                fields.Command.create(line._prepare_vals())
                for line in self.criterion_ids
            ],
        }


class CrmRolloutTemplateQuestion(models.Model):
    _name = "crm.rollout.template.question"
    _description = "Key Question of a CRM Project Template"
    _order = "sequence, id"

    stage_id = fields.Many2one(
        "crm.rollout.template.stage", required=True, ondelete="cascade", index=True
    )
    sequence = fields.Integer(default=10)
    question = fields.Char(required=True, translate=True)
    required = fields.Boolean(
        default=True, help="The gate stays closed until the question is answered."
    )

    def _prepare_vals(self):
        self.ensure_one()
        return {
            "sequence": self.sequence,
            "question": self.question,
            "required": self.required,
        }


class CrmRolloutCriterionDefinition(models.AbstractModel):
    """What a gate criterion asks, in a template and in a rollout alike."""

    _name = "crm.rollout.criterion.definition"
    _description = "Definition of a Gate Criterion"
    _order = "sequence, id"

    sequence = fields.Integer(default=10)
    name = fields.Char(required=True, help="What must be true, as one sentence.")
    kind = fields.Selection(
        [
            ("tick", "Confirmed by a person"),
            ("document", "Document approved"),
            ("query", "Figure from the system"),
        ],
        required=True,
        default="tick",
    )
    required = fields.Boolean(
        default=True, help="The gate stays closed until the criterion is met."
    )
    query_code = fields.Selection(
        selection="_selection_query_code",
        string="Figure",
        help="Which figure of the system is compared with the threshold.",
    )
    operator = fields.Selection(
        [(">=", "at least"), (">", "more than"), ("<=", "at most"), ("<", "less than")],
        required=True,
        default=">=",
    )
    threshold = fields.Float(
        digits=(16, 2), help="The number that the figure is compared with."
    )

    def _selection_query_code(self):
        return [
            (code, self.env._(query.label)) for code, query in queries.REGISTRY.items()
        ]

    @api.constrains("kind", "query_code")
    def _check_query(self):
        for criterion in self:
            if criterion.kind == "query" and not criterion.query_code:
                raise ValidationError(
                    self.env._(
                        "crm_project_rollout.figure_missing: The criterion "
                        "“%(name)s” reads a figure from the system. Choose which "
                        "one.",
                        name=criterion.name,
                    )
                )

    def _prepare_vals(self):
        """The values of the rollout criterion made from this definition."""
        self.ensure_one()
        names = (
            "sequence",
            "name",
            "kind",
            "required",
            "query_code",
            "operator",
            "threshold",
        )
        return {name: self[name] for name in names}


class CrmRolloutTemplateCriterion(models.Model):
    _name = "crm.rollout.template.criterion"
    _inherit = ["crm.rollout.criterion.definition"]
    _description = "Gate Criterion of a CRM Project Template"

    name = fields.Char(translate=True)
    stage_id = fields.Many2one(
        "crm.rollout.template.stage", required=True, ondelete="cascade", index=True
    )
