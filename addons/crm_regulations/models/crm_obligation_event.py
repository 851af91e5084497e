from odoo import api, fields, models
from odoo.exceptions import UserError

from ..engine import bulk


class CrmObligationEvent(models.Model):
    """What happened to an obligation; each thing stands here once."""

    _name = "crm.obligation.event"
    _description = "Log of a Promise"
    _order = "id"
    _rec_name = "kind"

    obligation_id = fields.Many2one(
        "crm.obligation", required=True, ondelete="cascade", index=True
    )
    kind = fields.Selection(
        [
            ("opened", "Promised"),
            ("covers", "Instead of a more general one"),
            ("reminded", "Told to the responsible"),
            ("warned", "Warned"),
            ("breached", "Overdue"),
            ("escalated", "Escalated"),
            ("acted", "Done by Odoo"),
            ("mailed", "Automatic letter to the customer"),
            ("paused", "Clock stopped"),
            ("resumed", "Clock goes on"),
            ("reset", "Clock set back"),
            ("retimed", "Working hours changed"),
            ("retargeted", "Moved to a new version"),
            ("dated", "Date changed"),
            ("reassigned", "Passed on"),
            ("fulfilled", "Done"),
            ("asked", "Excuse asked for"),
            ("declined", "Excuse declined"),
            ("withdrawn", "Request for an excuse withdrawn"),
            ("excused", "Excused"),
            ("cancelled", "Cancelled"),
            ("moved", "Moved to another record"),
            ("identified", "The customer is known"),
            ("repaired", "Repaired"),
        ],
        string="What happened",
        required=True,
    )
    key = fields.Char(
        required=True, default="", help="Tells several events of a kind apart."
    )
    date = fields.Datetime(required=True, default=fields.Datetime.now)
    user_id = fields.Many2one("res.users", string="By")
    date_until = fields.Datetime(string="Until", help="How long it is excused.")
    note = fields.Text()
    by_person = fields.Boolean(
        string="A person said so", help="Nothing that Odoo has seen by itself."
    )

    _once = models.Constraint(
        "UNIQUE(obligation_id, kind, key)", "This has been recorded already."
    )

    @api.model
    def _add(self, rows):
        """Log what is not in the log yet; twice is once.

        :param rows: dictionaries with ``obligation_id``, ``kind`` and, if any,
            ``key``, ``date``, ``note``, ``date_until`` and ``by_person``
        :return: set of (obligation id, kind, key) of what is new
        """
        now = fields.Datetime.now()
        plain = {
            "key": "",
            "date": now,
            "note": None,
            "date_until": None,
            "by_person": False,
            "user_id": self.env.uid,
        }
        found = bulk.insert(
            self.env,
            self._name,
            [{**plain, **row} for row in rows],
            ("obligation_id", "kind", "key"),
        )
        if found:
            obligations = self.env["crm.obligation"].browse(row[0] for row in found)
            obligations.invalidate_recordset(["event_ids"], flush=False)
        return set(found)

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
