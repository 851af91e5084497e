from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from odoo.addons.crm_segmentation.models.wire_json import WireJson

from ..engine.presence import can_owe

# How long a request that nothing was promised about, or that is done, is shown.
_SHOWN_DAYS = 92


class CrmServiceRequest(models.Model):
    """What customers ask of the service, with what was promised about it.

    A query: a row has the number of its interaction. Everybody of sales sees the
    requests of the own companies and who answers them until when, though not the
    promises themselves.
    """

    _name = "crm.service.request"
    _description = "Service Request"
    _auto = False
    _order = "is_open desc, date_due, date desc, id desc"
    _rec_name = "name"
    _depends = {
        "crm.interaction": [
            "name", "phone", "email", "partner_id", "company_id", "date", "direction",
            "type_id", "request_user_id", "request_done",
        ],
        "crm.obligation": [
            "res_model", "res_id", "user_id", "date_due", "date_done", "date_end",
            "date_paused", "state",
        ],
    }  # fmt: skip

    interaction_id = fields.Many2one("crm.interaction", readonly=True)
    name = fields.Char(string="Request", readonly=True)
    note = fields.Text(related="interaction_id.note", string="What was said")
    partner_id = fields.Many2one("res.partner", string="Customer", readonly=True)
    phone = fields.Char(readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    date = fields.Datetime(string="Came", readonly=True)
    user_id = fields.Many2one(
        "res.users",
        string="Who answers",
        readonly=True,
        help="Who owes the answer, or has taken the request.",
    )
    date_due = fields.Datetime(string="Answer until", readonly=True)
    date_done = fields.Datetime(string="Answered", readonly=True)
    state = fields.Selection(
        [
            ("none", "Nothing promised"),
            ("open", "Waiting"),
            ("paused", "Paused"),
            ("breached", "Late"),
            ("done", "Answered"),
            ("closed", "Closed"),
        ],
        readonly=True,
        help="As its promise stands. Closed: the promise was excused or taken back, or "
        "somebody marked a request without a promise as done.",
    )
    is_open = fields.Boolean(string="Open", readonly=True)
    obligation_id = fields.Many2one("crm.obligation", string="Promise", readonly=True)
    countdown = WireJson(
        string="Time left",
        compute="_compute_countdown",
        help="How long is left to answer, in working time where it counts in working "
        "time.",
    )
    is_mine = fields.Boolean(string="Mine", compute="_compute_is_mine")

    @property
    def _table_query(self):
        kind = self.env["ir.model.data"]._xmlid_to_res_id(
            "crm_segmentation.interaction_type_service_request",
            raise_if_not_found=False,
        )
        return SQL(
            """
            SELECT talk.id, talk.id AS interaction_id, talk.partner_id,
                   COALESCE(talk.name, talk.phone, talk.email) AS name,
                   talk.phone, talk.company_id, talk.date, owed.id AS obligation_id,
                   CASE WHEN owed.id IS NULL THEN talk.request_user_id
                        ELSE owed.user_id END AS user_id,
                   owed.date_due,
                   COALESCE(owed.date_done, talk.request_done) AS date_done,
                   CASE WHEN owed.id IS NULL AND talk.request_done IS NULL THEN 'none'
                        WHEN owed.id IS NULL THEN 'closed'
                        WHEN owed.state IN ('done_on_time', 'done_late') THEN 'done'
                        WHEN owed.date_end IS NOT NULL THEN 'closed'
                        WHEN owed.date_paused IS NOT NULL THEN 'paused'
                        WHEN owed.state = 'breached' OR owed.date_due < %(now)s
                            THEN 'breached'
                        ELSE 'open' END AS state,
                   CASE WHEN owed.id IS NULL THEN talk.request_done IS NULL
                        ELSE owed.date_end IS NULL END AS is_open
              FROM crm_interaction AS talk
              LEFT JOIN LATERAL (
                   SELECT id, user_id, date_due, date_done, date_end, date_paused, state
                     FROM crm_obligation
                    WHERE res_model = 'crm.interaction' AND res_id = talk.id
                    ORDER BY date_end IS NOT NULL, date_due, id
                    LIMIT 1) AS owed ON TRUE
             WHERE talk.type_id = %(kind)s
               AND talk.direction = 'in'
               AND (talk.date >= %(now)s - %(days)s * INTERVAL '1 day'
                    OR talk.id IN (SELECT res_id FROM crm_obligation
                                    WHERE res_model = 'crm.interaction'
                                      AND date_end IS NULL))
            """,
            kind=kind or 0,
            days=_SHOWN_DAYS,
            now=fields.Datetime.now(),
        )

    @api.depends("obligation_id", "is_open")
    def _compute_countdown(self):
        for request in self:
            owed = request.sudo().obligation_id if request.is_open else False
            request.countdown = owed and owed.countdown

    @api.depends("user_id")
    @api.depends_context("uid")
    def _compute_is_mine(self):
        for request in self:
            request.is_mine = request.user_id == self.env.user

    # --- what people do -------------------------------------------------------

    def action_take(self):
        """I take these requests: what is promised about them is mine from now on.

        :return: True
        :raises UserError: one is closed already, or the caller cannot owe promises
        """
        self.check_access("read")
        self._require_open()
        for request in self:
            if not can_owe(self.env.user.sudo(), request.company_id.sudo()):
                raise UserError(
                    self.env._(
                        "crm_regulations.cannot_owe: You cannot take “%(name)s”: only "
                        "people who work for %(company)s can.",
                        name=request.name or "",
                        company=request.company_id.sudo().name,
                    )
                )
        owed = self._owed()
        owed.filtered(lambda o: o.user_id != self.env.user)._pass_to(self.env.user)
        bare = self - self._with_promise(owed)
        bare._talks().write({"request_user_id": self.env.uid})
        self._forget()
        return True

    def action_answer(self):
        """Write to the customer; an unknown one must be named first.

        :return: a window action
        """
        self.ensure_one()
        self.check_access("read")
        talk = self.interaction_id
        if not talk.partner_id and not talk.lead_id:
            return talk.action_assign()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Answer"),
            "res_model": "mail.compose.message",
            "views": [[False, "form"]],
            "target": "new",
            "context": {
                "default_model": talk._name,
                "default_res_ids": talk.ids,
                "default_composition_mode": "comment",
                "default_partner_ids": (talk.partner_id or talk.lead_id.partner_id).ids,
                "default_subject": self.name or "",
            },
        }

    def action_done(self):
        """The button of :meth:`done`."""
        return self.done()

    def done(self, note=""):
        """These requests were answered in another way; counts as a person's word.

        :param note: how, in a few words
        :return: True
        :raises UserError: one is closed already
        :raises AccessError: somebody else owes the answer; take it first
        """
        self.check_access("read")
        self._require_open()
        owed = self._owed()
        owed.filtered(lambda o: not o.user_id)._pass_to(self.env.user)
        mine = owed.filtered(lambda o: o.user_id == self.env.user)
        # Whoever may not see the others may not close them either; managers may.
        others = (owed - mine).with_env(self.env)
        if others and not others._is_manager() and not others._are_my_people_s():
            raise AccessError(
                self.env._(
                    "crm_regulations.not_yours: “%(name)s” is owed by %(user)s. Press "
                    "“I take it” first.",
                    name=self.browse(others[0].sudo().res_id).name or "",
                    user=others[0].sudo().user_id.name,
                )
            )
        owed.with_env(self.env).fulfil(note)
        bare = self - self._with_promise(owed)
        bare._talks().write(
            {
                "request_user_id": self.env.uid,
                "request_done": fields.Datetime.now(),
            }
        )
        self._forget()
        return True

    def action_open_interaction(self):
        """Open the talk in which it came."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "crm.interaction",
            "res_id": self.id,
            "views": [[False, "form"]],
        }

    def _talks(self):
        return self.env["crm.interaction"].browse(self.ids)

    def _owed(self):
        """The open promises about them, as superuser: the caller may not see all."""
        return (
            self.env["crm.obligation"]
            .sudo()
            .search(
                [
                    ("res_model", "=", "crm.interaction"),
                    ("res_id", "in", self.ids),
                    ("date_end", "=", False),
                ]
            )
        )

    def _with_promise(self, owed):
        return self.browse(set(owed.mapped("res_id")) & set(self.ids))

    def _require_open(self):
        states = dict(self._fields["state"]._description_selection(self.env))
        for request in self:
            if not request.is_open:
                raise UserError(
                    self.env._(
                        "crm_regulations.request_closed: “%(name)s” needs nothing any "
                        "more: %(state)s.",
                        name=request.name or "",
                        state=states[request.state],
                    )
                )

    def _forget(self):
        """The rows of a query do not notice by themselves that something changed."""
        self.env.flush_all()
        self.invalidate_model()


class CrmInteraction(models.Model):
    """Requests about which nothing is promised wait for somebody as well."""

    _inherit = "crm.interaction"

    request_user_id = fields.Many2one(
        "res.users",
        string="Taken by",
        copy=False,
        readonly=True,
        help="Who takes care of a service request about which nothing is promised.",
    )
    request_done = fields.Datetime(
        string="Marked as done",
        copy=False,
        readonly=True,
        help="When a service request without a promise was marked as done.",
    )
