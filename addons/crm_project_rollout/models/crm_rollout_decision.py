from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import AccessError


class CrmRolloutDecision(models.Model):
    """A decision at a gate. It is written once and never changed or deleted."""

    _name = "crm.rollout.decision"
    _inherit = ["crm.rollout.guarded"]
    _description = "Gate Decision"
    _order = "date desc, id desc"
    _guarded_create = True

    stage_id = fields.Many2one(
        "crm.rollout.stage", required=True, ondelete="restrict", index=True
    )
    rollout_id = fields.Many2one(
        related="stage_id.rollout_id", store=True, index=True, string="CRM Project"
    )
    company_id = fields.Many2one(related="stage_id.company_id", store=True, index=True)
    decision = fields.Selection(
        [
            ("go", "Go"),
            ("conditional", "Go on conditions"),
            ("hold", "Hold"),
            ("stop", "Stop"),
            ("not_crm", "Not a CRM project"),
            ("is_crm", "Is a CRM project"),
        ],
        required=True,
        readonly=True,
    )
    reason = fields.Text(required=True, readonly=True)
    user_id = fields.Many2one(
        "res.users",
        string="Decided by",
        required=True,
        readonly=True,
        ondelete="restrict",
    )
    date = fields.Datetime(required=True, readonly=True)
    readiness = fields.Integer(
        readonly=True, help="Percent of the gate that was met at that moment."
    )
    protocol = fields.Json(
        readonly=True, help="Answers and criteria as the decider saw them."
    )
    protocol_html = fields.Html(string="Gate", compute="_compute_protocol_html")
    condition_ids = fields.One2many(
        "crm.rollout.condition", "decision_id", string="Conditions", readonly=True
    )

    @api.depends("stage_id", "decision")
    def _compute_display_name(self):
        labels = dict(self._fields["decision"]._description_selection(self.env))
        for record in self:
            stage = record.stage_id.display_name
            record.display_name = f"{stage}: {labels.get(record.decision, '')}"

    @api.depends("protocol")
    @api.depends_context("lang")
    def _compute_protocol_html(self):
        for record in self:
            protocol = record.protocol or {}
            rows = [
                (line["question"], "", line["answer"], bool(line["answer"].strip()))
                for line in protocol.get("questions", [])
            ] + [
                (line["criterion"], line["required"], line["value"], line["met"])
                for line in record._criteria_lines()
            ]
            record.protocol_html = Markup(
                '<table class="table table-sm"><tbody>%s</tbody></table>'
            ) % Markup().join(map(self._protocol_row, rows))

    def _criteria_lines(self):
        """The criteria as the decider saw them, in the reader's language."""
        criterion = self.env["crm.rollout.criterion"]
        lines = (self.protocol or {}).get("criteria", [])
        return [criterion._protocol_in_words(line) for line in lines]

    @staticmethod
    def _protocol_row(row):
        name, required, value, is_met = row
        return Markup("<tr><td>%s</td><td>%s</td><td>%s</td><td>%s</td></tr>") % (
            "✓" if is_met else "✗",
            name,
            required,
            value,
        )

    def write(self, vals):
        if not self._is_unguarded():
            self._refuse_change()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_guarded(self):
        self._refuse_change()

    def _refuse_change(self):
        raise AccessError(
            self.env._(
                "crm_project_rollout.decision_is_final: A recorded decision is never "
                "changed or deleted. If it was wrong, the sponsor records a new one "
                "with its reason."
            )
        )

    def _post(self):
        """Tell the history of the CRM project about the decision."""
        for record in self:
            lines = [record.display_name, record.reason]
            lines += [
                f"• {condition._in_words()}" for condition in record.condition_ids
            ]
            record.rollout_id.sudo().message_post(
                body=Markup("<br/>").join(lines),
                author_id=record.user_id.partner_id.id,
                date=record.date,
            )
