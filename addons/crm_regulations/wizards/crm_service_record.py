from odoo import fields, models


class CrmServiceRecord(models.TransientModel):
    """The period of a service record that is printed for a customer."""

    _name = "crm.service.record"
    _description = "Customer Service Record"

    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        required=True,
        ondelete="cascade",
        default=lambda self: self._default_partner_id(),
    )
    date_from = fields.Date(
        string="From",
        required=True,
        default=lambda self: self.env["res.partner"]._service_days(False, False)[0],
    )
    date_to = fields.Date(string="To", required=True, default=fields.Date.context_today)

    def _default_partner_id(self):
        if self.env.context.get("active_model") == "res.partner":
            return self.env.context.get("active_id")
        return False

    def action_print(self):
        """The record as a PDF, in the customer's language."""
        self.ensure_one()
        # Wrong days and other people's customers are refused before the download.
        self.partner_id.service_record(self.date_from, self.date_to)
        report = self.env.ref("crm_regulations.action_report_service_record_period")
        return report.report_action(self)
