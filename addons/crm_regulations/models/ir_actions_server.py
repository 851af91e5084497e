from odoo import api, fields, models


class IrActionsServer(models.Model):
    """Any automation, button, cron or webhook can start a regulation."""

    _inherit = "ir.actions.server"

    state = fields.Selection(
        selection_add=[("crm_regulation", "Start a regulation"), ("followers",)],
        ondelete={"crm_regulation": "cascade"},
    )
    crm_regulation_id = fields.Many2one(
        "crm.regulation",
        string="Regulation",
        compute="_compute_crm_regulation_id",
        store=True,
        readonly=False,
        ondelete="set null",
        help="The version in force is started, whatever its own trigger says; the "
        "counterparty must fit its scope.",
    )

    @api.depends("state", "model_id")
    def _compute_crm_regulation_id(self):
        for action in self:
            fits = (
                action.state == "crm_regulation"
                and action.crm_regulation_id.res_model == action.model_id.model
            )
            action.crm_regulation_id = action.crm_regulation_id if fits else False

    def _name_depends(self):
        return [*super()._name_depends(), "crm_regulation_id"]

    def _generate_action_name(self):
        self.ensure_one()
        if self.state == "crm_regulation" and self.crm_regulation_id:
            return self.env._(
                "Start “%(regulation)s”", regulation=self.crm_regulation_id.name
            )
        return super()._generate_action_name()

    @api.model
    def _warning_depends(self):
        return [*super()._warning_depends(), "crm_regulation_id"]

    def _get_warning_messages(self):
        self.ensure_one()
        warnings = super()._get_warning_messages()
        if self.state == "crm_regulation":
            regulation = self.crm_regulation_id
            if not regulation:
                warnings.append(self.env._("Choose the regulation to start."))
            elif regulation.res_model != self.model_id.model:
                warnings.append(
                    self.env._("The regulation is about other records than the action.")
                )
        return warnings

    def _run_action_crm_regulation_multi(self, eval_context=None):
        """Start the version in force on all records of the action."""
        records = (eval_context or {}).get("records") or (eval_context or {}).get(
            "record"
        )
        regulation = self.crm_regulation_id.sudo()._in_force()
        if records and regulation:
            moment = fields.Datetime.to_string(fields.Datetime.now())
            regulation._start(records.sudo(), f"action:{self.id}:{moment}")
        return False
