from odoo import api, fields, models


class CrmObligation(models.Model):
    """Who may not excuse a promise asks somebody who may."""

    _inherit = "crm.obligation"

    request_ids = fields.One2many(
        "crm.excuse.request", "obligation_id", string="Requests for an excuse"
    )
    asked_reason = fields.Text(
        string="Reason given",
        compute="_compute_asked_reason",
        help="The reason of a request for an excuse that nobody has answered yet.",
    )
    may_ask = fields.Boolean(
        string="I may ask for an excuse", compute="_compute_asked_reason"
    )

    @api.depends(
        "request_ids.is_open", "request_ids.reason", "date_end", "state", "may_manage"
    )
    @api.depends_context("uid")
    def _compute_asked_reason(self):
        for obligation in self:
            waiting = obligation.request_ids.filtered("is_open")
            obligation.asked_reason = waiting.reason
            obligation.may_ask = (
                not waiting and not obligation.may_manage and obligation._is_excusable()
            )

    def ask_excuse(self, reason, until=False):
        """Ask somebody who may excuse these promises to do it.

        No clock stops by asking. Asked again before anybody has answered, the newest
        reason counts.

        :param reason: why it was not or will not be kept
        :param until: an instant (with an offset or UTC) until which more time is asked
            for, of what is still open. False: for good
        :return: True
        :raises UserError: no reason, no instant to come, or closed already otherwise
            than by lateness
        """
        self._require_own_or_manager()
        reason = self._reason(reason, self.env._("it should be excused"))
        until = self._until(until)
        self._refuse_closed(self.filtered(lambda o: not o._is_excusable(until)))
        self.env["crm.excuse.request"].sudo()._ask(self.sudo(), reason, until)
        return True

    def action_ask_excuse(self):
        """The dialog that asks for the reason.

        :return: a window action
        """
        return self._ask("action_obligation_ask")

    def action_open_requests(self):
        """What was asked about this promise, and what was answered.

        :return: a window action
        """
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_regulations.action_excuse_request"
        )
        return {**action, "domain": [("obligation_id", "=", self.id)], "context": {}}

    def _grant_requests(self):
        """An excuse answers what was asked, wherever it was given."""
        waiting = self.env["crm.excuse.request"].search(
            [("obligation_id", "in", self.ids), ("state", "=", "waiting")]
        )
        waiting._answer("granted")
