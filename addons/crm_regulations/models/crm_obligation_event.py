from odoo import api, fields, models
from odoo.exceptions import UserError


class CrmObligationEvent(models.Model):
    """What happened to an obligation; each thing stands here once."""

    _name = "crm.obligation.event"
    _description = "Log of a Promise"
    _order = "date, id"
    _rec_name = "kind"

    obligation_id = fields.Many2one(
        "crm.obligation", required=True, ondelete="cascade", index=True
    )
    kind = fields.Selection(
        [
            ("opened", "Promised"),
            ("warned", "Warned"),
            ("breached", "Overdue"),
            ("fulfilled", "Done"),
            ("excused", "Excused"),
            ("cancelled", "Cancelled"),
            ("moved", "Moved to another record"),
        ],
        string="What happened",
        required=True,
    )
    key = fields.Char(
        required=True, default="", help="Tells several events of a kind apart."
    )
    date = fields.Datetime(required=True, default=fields.Datetime.now)
    user_id = fields.Many2one("res.users", string="By")
    note = fields.Text()

    _once = models.Constraint(
        "UNIQUE(obligation_id, kind, key)", "This has been recorded already."
    )

    def write(self, vals):  # pylint: disable=method-required-super
        raise UserError(self._frozen())

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self._frozen())

    def _frozen(self):
        return self.env._(
            "crm_regulations.log_is_frozen: The log of a promise is a record of "
            "what happened; it cannot be changed or deleted."
        )
