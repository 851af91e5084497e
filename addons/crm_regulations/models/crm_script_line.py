from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..core import script

#: How a talk may end.
RESULTS = [
    ("meeting", "Meeting agreed"),
    ("materials", "Materials asked for"),
    ("solved", "Question settled"),
    ("call_again", "Call again"),
    ("not_reached", "Not reached"),
    ("not_interested", "Not interested"),
    ("do_not_call", "Do not call"),
    ("wrong_number", "Wrong number"),
]
# Set while the whole script is being saved: it is looked at once, at the end.
WHOLE = "crm_script_whole"


class CrmScriptPart(models.AbstractModel):
    """A part of a script: whoever changes it leaves a script that can be followed."""

    _name = "crm.script.part"
    _inherit = ["crm.checked.values"]
    _description = "Part of a Script"

    def _scripts(self):
        """The scripts that these are parts of."""
        raise NotImplementedError

    @api.model_create_multi
    def create(self, vals_list):
        parts = super().create(vals_list)
        parts._scripts()._check_script()
        return parts

    def write(self, vals):
        scripts = self._scripts()
        done = super().write(vals)
        (scripts | self._scripts())._check_script()
        return done

    def unlink(self):
        scripts = self._scripts()
        done = super().unlink()
        scripts.exists()._check_script()
        return done


class CrmScriptLine(models.Model):
    """What is said in a talk, and what may be answered."""

    _name = "crm.script.line"
    _inherit = ["crm.script.part"]
    _description = "Line of a Script"
    _order = "sequence, id"
    _rec_name = "text"

    script_id = fields.Many2one(
        "crm.material", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="script_id.company_id", store=True)
    sequence = fields.Integer(default=10)
    code = fields.Char(
        string="No.",
        help="Answers lead to this line by it. Left empty, it gets the next number.",
    )
    text = fields.Text(
        string="We say",
        required=True,
        translate=True,
        help="Word for word. In place of {customer} comes the person's name, of "
        "{company} the customer's company, of {me} your name, of {us} our company.",
    )
    hint = fields.Text(
        translate=True, help="For whoever calls, not to be said: what to watch out for."
    )
    answer_ids = fields.One2many(
        "crm.script.answer", "line_id", string="They answer", copy=True
    )
    answers = fields.Text(compute="_compute_answers")

    _code_unique = models.Constraint(
        "UNIQUE(script_id, code)", "Two lines of a script cannot have the same number."
    )

    @api.depends("answer_ids.name", "answer_ids.goto", "answer_ids.result")
    @api.depends_context("lang")
    def _compute_answers(self):
        results = dict(
            self.env["crm.script.answer"]
            ._fields["result"]
            ._description_selection(self.env)
        )
        for line in self:
            line.answers = "\n".join(
                f"{answer.name} → {answer.goto or results.get(answer.result, '…')}"
                for answer in line.answer_ids
            )

    @api.model_create_multi
    def create(self, vals_list):
        self._number(vals_list)
        return super().create(vals_list)

    @api.model
    def _number(self, vals_list):
        """Number the lines that nobody has numbered."""
        ids = {vals.get("script_id") for vals in vals_list}
        lines = self.sudo().search([("script_id", "in", list(ids))])
        taken = {(line.script_id.id, line.code) for line in lines}
        taken |= {(vals.get("script_id"), vals.get("code")) for vals in vals_list}
        last = {}
        for vals in vals_list:
            if vals.get("code"):
                continue
            script_id = vals.get("script_id")
            number = last.get(script_id, 0) + 1
            while (script_id, str(number)) in taken:
                number += 1
            last[script_id] = number
            vals["code"] = str(number)

    def _scripts(self):
        return self.script_id

    def _plain(self):
        """The line as the pure part of the addon sees it."""
        self.ensure_one()
        return script.Line(
            self.code or "",
            self.text or "",
            tuple(
                script.Answer(a.name or "", a.goto or "", a.result or "")
                for a in self.answer_ids
            ),
        )


class CrmScriptAnswer(models.Model):
    """What the other side may answer, and where it leads."""

    _name = "crm.script.answer"
    _inherit = ["crm.script.part"]
    _description = "Answer in a Script"
    _order = "sequence, id"

    line_id = fields.Many2one(
        "crm.script.line", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="line_id.company_id", store=True)
    sequence = fields.Integer(default=10)
    name = fields.Char(string="They answer", required=True, translate=True)
    goto = fields.Char(
        string="Go on with line",
        help="The number of a line of this script. Empty if the talk ends here.",
    )
    result = fields.Selection(
        RESULTS, string="Or the talk ends", help="How the talk ends, if it ends here."
    )

    def _scripts(self):
        return self.line_id.script_id


class CrmMaterial(models.Model):
    """A script is looked at as a whole whenever a part of it is saved."""

    _inherit = "crm.material"

    script_line_ids = fields.One2many(
        "crm.script.line", "script_id", string="Script", copy=True
    )
    is_script = fields.Boolean(compute="_compute_is_script", search="_search_is_script")

    @api.depends("kind")
    def _compute_is_script(self):
        for material in self:
            material.is_script = material.kind in _SCRIPTS

    def _search_is_script(self, operator, value):
        if operator != "in":
            return NotImplemented
        return [("kind", "in" if True in value else "not in", _SCRIPTS)]

    @api.model_create_multi
    def create(self, vals_list):
        whole = self.with_context(**{WHOLE: True})
        made = super(CrmMaterial, whole).create(vals_list).with_env(self.env)
        made._check_script()
        return made

    def write(self, vals):
        whole = self.with_context(**{WHOLE: True})
        done = super(CrmMaterial, whole).write(vals)
        if {"script_line_ids", "kind"} & vals.keys():
            self._check_script()
        return done

    def _check_script(self):
        """Refuse a script that cannot be followed to an end.

        A script without lines is one that only has a text.
        """
        if self.env.context.get(WHOLE):
            return
        for material in self:
            if not material.script_line_ids:
                continue
            if not material.is_script:
                raise ValidationError(
                    self.env._(
                        "crm_regulations.script: “%(name)s” has lines of a script, so "
                        "its kind must be a call script or a cold-call script.",
                        name=material.name,
                    )
                )
            found = script.problem(line._plain() for line in material.script_line_ids)
            if found:
                raise ValidationError(
                    self.env._(
                        "crm_regulations.script: “%(name)s” cannot be followed: "
                        "%(problem)s.",
                        name=material.name,
                        problem=self._script_problem(found),
                    )
                )

    @api.model
    def _script_problem(self, found):
        """What is wrong with a script, in words."""
        values = {"line": found.line, "detail": found.detail}
        return {
            script.TWICE: self.env._("there are two lines %(line)s", **values),
            script.NO_ANSWERS: self.env._(
                "line %(line)s has no answers; add what the other side may say",
                **values,
            ),
            script.NOWHERE: self.env._(
                "in line %(line)s the answer “%(detail)s” leads nowhere; give the "
                "number of a line, or how the talk ends",
                **values,
            ),
            script.BOTH: self.env._(
                "in line %(line)s the answer “%(detail)s” goes on and ends the talk at "
                "the same time; keep one of the two",
                **values,
            ),
            script.UNKNOWN: self.env._(
                "line %(line)s leads to line “%(detail)s”, which this script does not "
                "have; an answer can only lead to a line of the same script",
                **values,
            ),
            script.ENDLESS: self.env._(
                "from line %(line)s the talk goes round in a circle and never ends; "
                "let an answer end it",
                **values,
            ),
            script.UNREACHED: self.env._(
                "no answer leads to line %(line)s; lead one to it, or delete it",
                **values,
            ),
            script.PLACE: self.env._(
                "line %(line)s: nothing is known that comes in place of {%(detail)s}; "
                "known are {customer}, {company}, {me} and {us}",
                **values,
            ),
        }[found.kind]

    def _script_spec(self):
        """The script as it is said now, for a talk to keep."""
        self.ensure_one()
        return [
            {
                "code": line.code,
                "text": line.text,
                "hint": line.hint or "",
                "answers": [
                    {"name": a.name, "goto": a.goto or "", "result": a.result or ""}
                    for a in line.answer_ids
                ],
            }
            for line in self.script_line_ids
        ]


_SCRIPTS = ["call_script", "cold_call_script"]
