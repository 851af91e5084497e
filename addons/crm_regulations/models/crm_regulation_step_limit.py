from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..core.category_limits import codes_of, named_twice, same_time


class CrmRegulationStepLimit(models.Model):
    """The limit of a step for some categories, where it is not that of everybody."""

    _name = "crm.regulation.step.limit"
    _inherit = ["crm.regulation.part"]
    _description = "Time Limit of a Category"
    _order = "sequence, id"

    step_id = fields.Many2one(
        "crm.regulation.step", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="step_id.company_id", store=True)
    sequence = fields.Integer(default=10)
    segment_codes = fields.Char(
        string="Categories",
        required=True,
        help="Codes of categories with commas between them, for example A, B. A "
        "category is meant by its code, in whichever segmentation of the company.",
    )
    is_owed = fields.Boolean(
        string="Promised",
        default=True,
        help="Off: these categories are promised nothing.",
    )
    limit_value = fields.Float(string="Time limit", default=1, required=True)
    limit_unit = fields.Selection(
        selection=lambda self: (
            self.env["crm.regulation.step"]
            ._fields["limit_unit"]
            ._description_selection(self.env)
        ),
        string="Unit",
        default="work_hour",
        required=True,
    )
    unknown_codes = fields.Char(
        compute="_compute_unknown_codes",
        string="No such category",
        help="The company has no category with these codes now, so nobody has this "
        "limit yet.",
    )

    _limit_positive = models.Constraint(
        "CHECK(limit_value > 0)", "The time for a step must be more than zero."
    )

    @api.depends("segment_codes", "company_id")
    def _compute_unknown_codes(self):
        for company, lines in self.grouped("company_id").items():
            segments = self.env["crm.segment"].search([("company_id", "=", company.id)])
            known = {(code or "").upper() for code in segments.mapped("code")}
            for line in lines:
                codes = codes_of(line.segment_codes or "")
                line.unknown_codes = ", ".join(c for c in codes if c not in known)

    @api.constrains("segment_codes", "step_id")
    def _check_codes(self):
        for step in self.step_id:
            lines = [codes_of(line.segment_codes) for line in step.limit_ids]
            if not all(lines):
                raise ValidationError(
                    self.env._(
                        "crm_regulations.limit_category: %(step)s: name the category "
                        "of each limit, for example A, B.",
                        step=step.name,
                    )
                )
            twice = named_twice(lines)
            if twice:
                raise ValidationError(
                    self.env._(
                        "crm_regulations.limit_twice: %(step)s: category %(codes)s has "
                        "more than one limit. Leave one of them.",
                        step=step.name,
                        codes=", ".join(dict.fromkeys(twice)),
                    )
                )

    def _refuse_mixed(self):
        """Refuse limits by the clock beside limits in working time."""
        for line in self:
            if line.is_owed and not same_time(line.limit_unit, line.step_id.limit_unit):
                raise UserError(
                    self.env._(
                        "crm_regulations.limit_mixed: %(step)s: the limit of category "
                        "%(codes)s and that of everybody else must both count in "
                        "working time or both by the clock. Change one of the units.",
                        step=line.step_id.name,
                        codes=line.segment_codes,
                    )
                )

    def _compile(self):
        """The line in the form that the engine reads."""
        self.ensure_one()
        return {
            "codes": list(codes_of(self.segment_codes)),
            "is_owed": self.is_owed,
            "value": self.limit_value,
            "unit": self.limit_unit,
        }


class CrmRegulationStep(models.Model):
    """A step with limits by category."""

    _inherit = "crm.regulation.step"

    limit_ids = fields.One2many(
        "crm.regulation.step.limit",
        "step_id",
        string="Other limits",
        copy=True,
        help="Categories for which another limit holds; all others have the one above.",
    )

    def _compile(self):
        return {
            **super()._compile(),
            "limits": [line._compile() for line in self.limit_ids],
        }

    def _check_usable(self):
        self.limit_ids._refuse_mixed()
        return super()._check_usable()


class CrmSegment(models.Model):
    """A category whose code says which limit its open promises have."""

    _inherit = "crm.segment"

    def write(self, vals):
        if "code" in vals:
            for segment in self:
                segment._refuse_other_limits(vals["code"])
        return super().write(vals)

    def _refuse_other_limits(self, code):
        """Refuse a new code that would change what is promised already.

        :param code: the new code
        :raises UserError: an open promise has its limit by the old or the new code
        """
        changed = {(self.code or "").upper(), str(code or "").upper()}
        if len(changed) == 1:
            return
        owed = self.env["crm.obligation"].sudo()
        steps = owed.search(
            [
                ("segment_id", "=", self.id),
                ("date_end", "=", False),
                ("step_id.limit_ids", "!=", False),
            ]
        ).step_id
        lines = steps.limit_ids.filtered(
            lambda line: not changed.isdisjoint(codes_of(line.segment_codes))
        )
        if lines:
            raise UserError(
                self.env._(
                    "crm_regulations.category_code: Open promises have their time "
                    "limit by the code of category %(category)s (%(step)s). Change the "
                    "code when they are done, or publish a new version of the "
                    "regulation and move them to it.",
                    category=self.display_name,
                    step=lines[0].step_id.name,
                )
            )
