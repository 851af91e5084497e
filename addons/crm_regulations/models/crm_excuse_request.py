from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..core.case import BREACHED, LATE
from ..engine import asking

WAITING, GRANTED, DECLINED, WITHDRAWN = "waiting", "granted", "declined", "withdrawn"


class CrmExcuseRequest(models.Model):
    """Somebody who owes something asks to be excused; who may excuse it answers.

    Only methods write it, and an answer is final.
    """

    _name = "crm.excuse.request"
    _description = "Request for an Excuse"
    _order = "date_asked desc, id desc"
    _rec_name = "obligation_id"

    obligation_id = fields.Many2one(
        "crm.obligation",
        string="Promise",
        required=True,
        ondelete="cascade",
        index=True,
    )
    company_id = fields.Many2one(related="obligation_id.company_id", store=True)
    partner_id = fields.Many2one(related="obligation_id.partner_id")
    date_due = fields.Datetime(related="obligation_id.date_due")
    obligation_state = fields.Selection(
        related="obligation_id.state", string="The promise is"
    )
    user_id = fields.Many2one("res.users", string="Asked by", index=True)
    date_asked = fields.Datetime(string="Asked on", required=True)
    reason = fields.Text(required=True)
    date_until = fields.Datetime(
        string="More time until", help="Empty: it is to be excused for good."
    )
    state = fields.Selection(
        [
            (WAITING, "Waiting"),
            (GRANTED, "Excused"),
            (DECLINED, "Declined"),
            (WITHDRAWN, "Withdrawn"),
        ],
        string="Decision",
        required=True,
        default=WAITING,
        index=True,
    )
    answer = fields.Text(string="Why declined")
    answered_by_id = fields.Many2one("res.users", string="Answered by")
    date_answered = fields.Datetime(string="Answered on")
    is_open = fields.Boolean(
        string="To be answered",
        compute="_compute_is_open",
        search="_search_is_open",
        help="It waits, and the promise has not been kept or taken back meanwhile.",
    )
    may_answer = fields.Boolean(
        string="I may answer", related="obligation_id.may_manage", related_sudo=False
    )

    _one_waiting = models.UniqueIndex(
        "(obligation_id) WHERE state = 'waiting'",
        "An excuse of this promise has been asked for already.",
    )

    @api.depends("state", "obligation_id.date_end", "obligation_id.state")
    def _compute_is_open(self):
        for request in self.sudo():
            is_excusable = request.obligation_id._is_excusable()
            request.is_open = request.state == WAITING and is_excusable

    def _search_is_open(self, operator, value):
        if operator != "in":
            return NotImplemented
        waiting = Domain("state", "=", WAITING) & (
            Domain("obligation_id.date_end", "=", False)
            | Domain("obligation_id.state", "in", (LATE, BREACHED))
        )
        return waiting if True in value else ~waiting

    # --- asking -----------------------------------------------------------------

    @api.model
    def _ask(self, obligations, reason, until):
        """One request for each promise; one that waits gets the newest reason."""
        values = {
            "reason": reason,
            "date_until": until,
            "user_id": self.env.uid,
            "date_asked": fields.Datetime.now(),
        }
        waiting = self.search(
            [("obligation_id", "in", obligations.ids), ("state", "=", WAITING)]
        )
        changed = waiting.filtered(
            lambda r: (r.reason, r.date_until or None) != (reason, until)
        )
        changed.write(values)
        fresh = self.create(
            [
                {**values, "obligation_id": obligation.id}
                for obligation in obligations - waiting.obligation_id
            ]
        )
        asked = changed | fresh
        asked._log("asked", reason)
        asking.tell_deciders(asked, fields.Datetime.now())

    # --- answering --------------------------------------------------------------

    def grant(self, until=None):
        """Excuse the promises for the reasons that were given.

        :param until: None: as was asked; False: for good; or an instant until which
            the promises that are still open may be kept
        :return: True
        :raises UserError: answered already, or the time asked for has passed
        """
        promises = self._require_decider()
        if until is not None:
            until = promises._until(until) or False
        self._require_waiting()
        for (reason, more), some in self._as_asked(until).items():
            some.obligation_id.excuse(reason, more)
        return True

    def decline(self, reason):
        """Say no; the promise counts as it stands.

        :param reason: why not; who asked reads it
        :return: True
        :raises UserError: no reason, or answered already
        """
        promises = self._require_decider()
        reason = promises._reason(reason, self.env._("it is not excused"))
        self._require_waiting()
        self.sudo()._answer(DECLINED, reason)
        self.sudo()._log("declined", reason)
        return True

    def withdraw(self):
        """Take the request back; who asked and who may answer can.

        :return: True
        :raises UserError: answered already
        """
        self.check_access("read")
        strange = self.filtered(lambda r: r.user_id != self.env.user)
        if strange:
            strange._require_decider()
        self._require_waiting()
        self.sudo()._answer(WITHDRAWN)
        self.sudo()._log("withdrawn")
        return True

    def action_decline(self):
        """The dialog that asks why not."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_regulations.action_excuse_decline"
        )
        return {**action, "context": {"default_request_ids": self.ids}}

    def action_open_promise(self):
        """The promise that it is about."""
        self.ensure_one()
        return self.obligation_id.action_open_promise()

    def _as_asked(self, until):
        """(reason, until when) → the requests that are granted so."""
        granted, now = {}, fields.Datetime.now()
        for request in self:
            more = request.date_until if until is None else until
            if request.obligation_id.date_end:
                more = False
            elif until is None and more and more <= now:
                raise UserError(
                    self.env._(
                        "crm_regulations.ask_passed: The time that was asked for “"
                        "%(name)s” (%(customer)s) has passed. Say until when it is "
                        "excused, or excuse it for good.",
                        **request._named(),
                    )
                )
            key = request.reason, more
            granted[key] = granted.get(key, self.browse()) | request
        return granted

    def _answer(self, state, answer=False):
        """Keep the answer and have it told to who asked."""
        self.write(
            {
                "state": state,
                "answer": answer,
                "answered_by_id": self.env.uid,
                "date_answered": fields.Datetime.now(),
            }
        )
        if state != WITHDRAWN:
            asking.tell_askers(self, fields.Datetime.now())

    def _log(self, kind, note=False):
        now = fields.Datetime.to_string(fields.Datetime.now())
        for request in self:
            key = f"{request.id}:{now}"
            request.obligation_id._log(kind, key, note, by_person=True)

    def _require_decider(self):
        """The promises, if the user may excuse all of them."""
        self.check_access("read")
        promises = self.obligation_id
        promises._require_manager(self.env._("answer a request for an excuse"))
        return promises

    def _require_waiting(self):
        names = dict(self._fields["state"]._description_selection(self.env))
        for request in self.filtered(lambda r: r.state != WAITING):
            raise UserError(
                self.env._(
                    "crm_regulations.ask_answered: The request for “%(name)s” "
                    "(%(customer)s) is answered already: %(state)s.",
                    **request._named(),
                    state=names[request.state],
                )
            )

    def _named(self):
        owed = self.obligation_id
        return {
            "name": owed.name,
            "customer": owed.partner_id.name or owed.res_name or "",
        }
