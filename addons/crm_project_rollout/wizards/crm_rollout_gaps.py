from odoo import api, fields, models

from ..core.chain import KINDS


class CrmRolloutGaps(models.TransientModel):
    """The page on which the chain of a CRM project and its broken links are shown."""

    _name = "crm.rollout.gaps"
    _inherit = ["crm.rollout.dialog"]
    _about = "rollout_id"
    _description = "Chain and Gaps of a CRM Project"

    rollout_id = fields.Many2one("crm.rollout", required=True, readonly=True)
    line_ids = fields.One2many(
        "crm.rollout.gaps.line",
        "wizard_id",
        string="Broken Links",
        compute="_compute_line_ids",
        compute_sudo=False,
        store=True,
    )
    start = fields.Reference(
        selection="_selection_start",
        string="Chain of",
        help="Choose a task, a category or a regulation: what leads to it and what "
        "follows from it stands below.",
    )
    chain_html = fields.Html(compute="_compute_chain_html", sanitize=False)

    @api.model
    def _selection_start(self):
        labels = self.env["crm.rollout"]._chain_labels()
        return [
            (model, labels[kind])
            for kind, model in self.env["crm.rollout"]._chain_models().items()
        ]

    @api.depends("rollout_id")
    def _compute_line_ids(self):
        for wizard in self:
            wizard.line_ids = [
                fields.Command.create(
                    {
                        "name": gap["name"],
                        "count": gap["count"],
                        "res_model": gap["model"],
                        "res_ids": gap["ids"],
                    }
                )
                for gap in wizard.rollout_id.gaps()
            ]

    @api.depends("start", "rollout_id")
    @api.depends_context("lang")
    def _compute_chain_html(self):
        kinds = {
            model: kind
            for kind, model in self.env["crm.rollout"]._chain_models().items()
        }
        for wizard in self:
            parts = []
            if wizard.start:
                kind = kinds[wizard.start._name]
                parts = wizard.rollout_id.chain(kind, wizard.start.id)
            wizard.chain_html = self.env["ir.qweb"]._render(
                "crm_project_rollout.chain_columns", {"parts": parts, "kinds": KINDS}
            )


class CrmRolloutGapsLine(models.TransientModel):
    _name = "crm.rollout.gaps.line"
    _inherit = ["crm.rollout.wire"]
    _description = "Broken Link of a CRM Project"

    wizard_id = fields.Many2one("crm.rollout.gaps", required=True, ondelete="cascade")
    name = fields.Char(string="What is broken", readonly=True)
    count = fields.Integer(string="How many", readonly=True)
    res_model = fields.Char(readonly=True)
    res_ids = fields.Json(readonly=True)

    def action_open(self):
        """Show the records that lead nowhere."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.name,
            "res_model": self.res_model,
            "view_mode": "list,form",
            "domain": [("id", "in", self.res_ids or [])],
        }
