from odoo import api, fields, models


class CrmRegulationIncident(models.Model):
    """A rule that failed on a record: it hindered nobody, and here it can be seen."""

    _name = "crm.regulation.incident"
    _description = "Failed Rule"
    _order = "date desc, id desc"

    regulation_id = fields.Many2one(
        "crm.regulation", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="regulation_id.company_id", store=True)
    date = fields.Datetime(required=True, default=fields.Datetime.now)
    res_model = fields.Char(string="Model", required=True)
    res_id = fields.Many2oneReference(model_field="res_model", string="Record")
    times = fields.Integer(default=1, help="How often it has failed so.")
    message = fields.Text(required=True, string="What went wrong")

    @api.model
    def _record(self, regulation, record, error):
        """Note a failure; the same one again is counted.

        :param regulation: whose rule failed
        :param record: on which record
        :param error: the exception
        """
        values = {
            "regulation_id": regulation.id,
            "res_model": record._name,
            "res_id": record.id,
            "message": str(error) or type(error).__name__,
        }
        known = self.search([(name, "=", value) for name, value in values.items()])
        if known:
            known[0].write({"times": known[0].times + 1, "date": fields.Datetime.now()})
        else:
            self.create(values)

    def action_open_record(self):
        """Open the record on which the rule failed."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": self.res_model,
            "res_id": self.res_id,
            "view_mode": "form",
            "views": [(False, "form")],
        }
