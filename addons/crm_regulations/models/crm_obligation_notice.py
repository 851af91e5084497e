from odoo import api, fields, models

from ..engine import telling


class CrmObligationNotice(models.Model):
    """What somebody is told of a promise, once, in working hours."""

    _name = "crm.obligation.notice"
    _description = "Notice of a Promise"
    _order = "id"
    _rec_name = "kind"

    obligation_id = fields.Many2one(
        "crm.obligation", required=True, ondelete="cascade", index=True
    )
    user_id = fields.Many2one(
        "res.users", string="Who is told", required=True, ondelete="cascade"
    )
    kind = fields.Selection(
        [
            ("reminder", "It is overdue"),
            ("warning", "It will be due soon"),
            ("escalation", "Somebody else has not done it"),
            ("asked", "An excuse is asked for"),
            ("answered", "A request for an excuse is answered"),
        ],
        string="What",
        required=True,
    )
    request_id = fields.Many2one(
        "crm.excuse.request",
        string="Request for an Excuse",
        ondelete="cascade",
        index="btree_not_null",
    )
    key = fields.Char(required=True, default="", help="Tells several of a kind apart.")
    date_send = fields.Datetime(
        string="To be told from",
        required=True,
        help="When the person works again, or when the day's summary is due.",
    )
    date_sent = fields.Datetime(string="Told")

    _once = models.Constraint(
        "UNIQUE(obligation_id, user_id, kind, key)", "The person was told already."
    )
    _waiting_idx = models.Index("(date_send, user_id) WHERE date_sent IS NULL")
    _user_idx = models.Index("(user_id)")

    @api.model
    def _tell_some(self, now):
        """Tell the next people what has come.

        :param now: naive UTC instant
        :return: how many notices were looked at; 0 when nothing is left
        """
        return telling.tell_some(self.sudo().env, now)
