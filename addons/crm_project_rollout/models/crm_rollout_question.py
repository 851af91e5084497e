from odoo import api, fields, models

from ..core import gate


class CrmRolloutQuestion(models.Model):
    """A key question of a stage and the company's answer."""

    _name = "crm.rollout.question"
    _inherit = ["crm.rollout.stage.line"]
    _description = "Key Question of a CRM Project"
    _order = "stage_id, sequence, id"
    _rec_name = "question"

    _definition_fields = frozenset({"question", "required", "stage_id"})
    _guarded_fields = frozenset({"answered_by_id", "date_answered"})

    sequence = fields.Integer(default=10)
    question = fields.Char(required=True)
    required = fields.Boolean(
        default=True, help="The gate stays closed until the question is answered."
    )
    answer = fields.Text()
    is_answered = fields.Boolean(compute="_compute_is_answered", store=True)
    answered_by_id = fields.Many2one("res.users", readonly=True)
    date_answered = fields.Datetime(string="Answered On", readonly=True)

    @api.depends("answer")
    def _compute_is_answered(self):
        for line in self:
            line.is_answered = bool((line.answer or "").strip())

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines.filtered("is_answered")._stamp()
        return lines

    def write(self, vals):
        if "answer" not in vals:
            return super().write(vals)
        changed = self.filtered(lambda line: line.answer != vals["answer"])
        done = super().write(vals)
        changed._stamp()
        return done

    def _stamp(self):
        for is_answered, lines in self.grouped("is_answered").items():
            lines._unguarded().write(
                {
                    "answered_by_id": is_answered and self.env.uid,
                    "date_answered": is_answered and fields.Datetime.now(),
                }
            )

    def _requirement(self):
        self.ensure_one()
        return gate.Requirement(
            name=self.env._("Answer: %(question)s", question=self.question),
            met=self.is_answered,
            required=self.required,
        )

    def _protocol_line(self):
        self.ensure_one()
        return {"question": self.question, "answer": self.answer or ""}
