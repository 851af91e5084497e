from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..core import gate
from ..engine import queries
from ..engine.page import number

# What a protocol keeps of a criterion, so that it can be read in any language.
_FACTS = ("kind", "operator", "threshold", "query_code", "has_document")


class CrmRolloutCriterion(models.Model):
    """One thing that must hold before the gate of a stage opens.

    A figure is read when it is looked at, never stored, so it cannot be stale; a
    decision that ends the stage freezes what was seen.
    """

    _name = "crm.rollout.criterion"
    _inherit = ["crm.rollout.criterion.definition", "crm.rollout.stage.line"]
    _description = "Gate Criterion of a CRM Project"
    _order = "stage_id, sequence, id"

    _definition_fields = frozenset(
        {
            "name",
            "kind",
            "required",
            "query_code",
            "operator",
            "threshold",
            "approver_id",
            "stage_id",
        }
    )
    _guarded_fields = frozenset(
        {
            "has_document",
            "is_approved",
            "confirmed_by_id",
            "date_confirmed",
            "is_frozen",
            "value_at_gate",
            "met_at_gate",
            "text_at_gate",
        }
    )

    ticked = fields.Boolean(string="Confirmed", help="Somebody vouches that it is so.")
    document = fields.Binary(attachment=True)
    document_name = fields.Char()
    has_document = fields.Boolean(string="Document Attached", readonly=True)
    approver_id = fields.Many2one(
        "res.users",
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
        help="Who approves the document; the sponsor if nobody is named.",
    )
    is_approved = fields.Boolean(string="Approved", readonly=True)
    can_approve = fields.Boolean(compute="_compute_can_approve")
    confirmed_by_id = fields.Many2one(
        "res.users", readonly=True, help="Who confirmed it, or approved the document."
    )
    date_confirmed = fields.Datetime(string="Confirmed On", readonly=True)
    is_frozen = fields.Boolean(readonly=True)
    value_at_gate = fields.Float(readonly=True)
    met_at_gate = fields.Boolean(readonly=True)
    text_at_gate = fields.Char(readonly=True)
    value = fields.Float(
        string="Present Value",
        compute="_compute_value",
        help="The figure as it is now; for a confirmation or a document 1 or 0. After "
        "the decision: as it was then.",
    )
    met = fields.Boolean(compute="_compute_value", search="_search_met")
    verdict = fields.Selection(
        [("met", "Met"), ("unmet", "Not met")], compute="_compute_value"
    )
    requirement_text = fields.Char(
        string="Asked For", compute="_compute_requirement_text"
    )
    value_text = fields.Char(
        string="Now", compute="_compute_value", help="The present value in words."
    )

    @api.depends(
        "kind",
        "query_code",
        "operator",
        "threshold",
        "ticked",
        "has_document",
        "is_approved",
        "is_frozen",
    )
    @api.depends_context("lang")
    def _compute_value(self):
        figures = self._measure()
        for line in self:
            if line.is_frozen:
                line.value, line.met = line.value_at_gate, line.met_at_gate
                line.value_text = line.text_at_gate
            elif line.kind == "query":
                figure = figures.get(line)
                line.value = figure or 0.0
                line.met = gate.reaches(figure, line.operator, line.threshold)
                line.value_text = line._figure_text(figure)
            else:
                line.met = line.ticked if line.kind == "tick" else line.is_approved
                line.value = float(line.met)
                line.value_text = line._confirmation_text()
            line.verdict = "met" if line.met else "unmet"

    def _measure(self):
        """``{criterion: number or None}`` of the figures, one query per code."""
        live = self.filtered(lambda line: line.kind == "query" and not line.is_frozen)
        figures = {}
        for code, lines in live.grouped("query_code").items():
            query = queries.REGISTRY.get(code)
            values = query.values(lines.rollout_id.sudo()) if query else {}
            figures |= {line: values.get(line.rollout_id) for line in lines}
        return figures

    def _search_met(self, operator, value):
        if operator != "in":
            return NotImplemented
        lines = self.search_fetch([("stage_id", "!=", False)], ["kind"])
        return [("id", "in", lines.filtered(lambda line: line.met in value).ids)]

    @api.depends("kind", "operator", "threshold", "query_code", "approver_id")
    @api.depends_context("lang")
    def _compute_requirement_text(self):
        for line in self:
            line.requirement_text = line._requirement_text()

    def _requirement_text(self):
        if self.kind == "tick":
            return self.env._("confirmed")
        if self.kind == "document":
            return self._approval_text(self._approver().sudo().name)
        labels = dict(self._fields["operator"]._description_selection(self.env))
        return (
            f"{labels[self.operator]} {number(self.env, self.threshold)}{self._unit()}"
        )

    def _approval_text(self, name):
        name = name or self.env._("the sponsor")
        return self.env._("approved by %(name)s", name=name)

    def _unit(self):
        query = queries.REGISTRY.get(self.query_code)
        return f"\N{NO-BREAK SPACE}{query.unit}" if query and query.unit else ""

    def _figure_text(self, figure):
        if figure is None:
            return self.env._("nothing to measure yet")
        return number(self.env, gate.shown(figure, self.operator)) + self._unit()

    def _confirmation_text(self):
        if self.met:
            return self.confirmed_by_id.sudo().name or self.env._("yes")
        if self.kind == "tick":
            return self.env._("not yet")
        if self.has_document:
            return self.env._("waits for approval")
        return self.env._("no document")

    @api.depends("approver_id", "rollout_id.sponsor_id")
    @api.depends_context("uid")
    def _compute_can_approve(self):
        for line in self:
            line.can_approve = line._may_approve()

    @api.constrains("approver_id")
    def _check_approver(self):
        for line in self.filtered("approver_id"):
            line.sudo().rollout_id._check_person(line.sudo().approver_id)

    def _approver(self):
        return self.approver_id or self.sudo().rollout_id.sponsor_id

    def _may_approve(self):
        user = self.env.user
        return user == self._approver() or user.has_group("base.group_system")

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        for line, vals in zip(lines, vals_list, strict=True):
            if vals.get("document"):
                line._unguarded().has_document = True
        lines._check_kind()
        lines.filtered("ticked")._stamp(True)
        return lines

    def write(self, vals):
        ticks = self.browse()
        if "ticked" in vals:
            ticks = self.filtered(lambda line: line.ticked != bool(vals["ticked"]))
        done = super().write(vals)
        if "document" in vals:
            self._unguarded().write({"has_document": bool(vals["document"])})
        if {"ticked", "document", "kind"} & vals.keys():
            self._check_kind()
        if ticks:
            ticks._stamp(bool(vals["ticked"]))
        if {"document", "document_name", "kind"} & vals.keys():
            # What was approved was another paper.
            self.filtered("is_approved")._stamp(False, is_approved=False)
        return done

    def _stamp(self, is_confirmed, **vals):
        self._unguarded().write(
            {
                "confirmed_by_id": is_confirmed and self.env.uid,
                "date_confirmed": is_confirmed and fields.Datetime.now(),
                **vals,
            }
        )

    def _check_kind(self):
        for line in self:
            wrong_tick = line.ticked and line.kind != "tick"
            wrong_document = line.has_document and line.kind != "document"
            if wrong_tick or wrong_document:
                raise UserError(
                    self.env._(
                        "crm_project_rollout.wrong_kind: The criterion “%(name)s” "
                        "is met in another way: %(way)s.",
                        name=line.name,
                        way=line.requirement_text,
                    )
                )

    def action_approve(self):
        """Approve the attached document.

        :return: True
        :raises AccessError: the caller is not the approver
        :raises UserError: there is no document, or the stage is closed
        """
        self.check_access("read")
        self._check_editable(is_definition=False)
        for line in self:
            if not line._may_approve():
                line._refuse_approver()
            if line.kind != "document" or not line.has_document:
                line._refuse_no_document()
        self._stamp(True, is_approved=True)
        return True

    def _refuse_approver(self):
        raise AccessError(
            self.env._(
                "crm_project_rollout.not_approver: The document “%(name)s” is "
                "approved by %(approver)s, not by you.",
                name=self.name,
                approver=self._approver().sudo().name,
            )
        )

    def _refuse_no_document(self):
        raise UserError(
            self.env._(
                "crm_project_rollout.document_missing: There is no document to approve "
                "at “%(name)s”. Attach it first.",
                name=self.name,
            )
        )

    def action_open_offenders(self):
        """Show the records that keep the figure from its threshold."""
        self.ensure_one()
        query = queries.REGISTRY.get(self.query_code)
        if self.kind != "query" or not query:
            raise UserError(
                self.env._(
                    "crm_project_rollout.no_figure: The criterion “%(name)s” "
                    "reads no figure, so there is nothing to open.",
                    name=self.name,
                )
            )
        model, domain = query.offenders(self.rollout_id)
        return {
            "type": "ir.actions.act_window",
            "name": self.name,
            "res_model": model,
            "view_mode": "list,form",
            "domain": domain,
            "help": self.env._(
                "<p class='o_view_nocontent_smiling_face'>Nothing stands in the way</p>"
            ),
        }

    def _freeze(self):
        """Keep what is seen now, for good."""
        for line in self:
            line._unguarded().write(
                {
                    "value_at_gate": line.value,
                    "met_at_gate": line.met,
                    "text_at_gate": line.value_text,
                    "is_frozen": True,
                }
            )

    def _requirement(self):
        self.ensure_one()
        return gate.Requirement(self.name, self.met, self.required)

    def _protocol_line(self):
        self.ensure_one()
        is_known = self.value_text != self._figure_text(None)
        return {
            "criterion": self.name,
            "required": self.requirement_text,
            "value": self.value_text,
            "met": self.met,
            "facts": {
                **{name: self[name] for name in _FACTS},
                "figure": is_known and self.value,
                "approver": self._approver().sudo().name or "",
            },
        }

    @api.model
    def _protocol_in_words(self, line):
        """A kept line of a protocol as its reader writes it; old ones have words only.

        :param line: of :meth:`_protocol_line`
        """
        facts = line.get("facts")
        if not facts:
            return line
        criterion = self.new({name: facts[name] for name in _FACTS})
        words = {"required": criterion._requirement_text()}
        if facts["kind"] == "document":
            words["required"] = self._approval_text(facts["approver"])
        if facts["kind"] == "query":
            figure = facts["figure"]
            words["value"] = criterion._figure_text(None if figure is False else figure)
        elif not line["met"]:
            words["value"] = criterion._confirmation_text()
        return {**line, **words}
