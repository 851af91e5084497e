from odoo import api, fields, models, tools
from odoo.exceptions import AccessError, ValidationError

from ..engine import absences
from ..engine.presence import can_owe
from .crm_obligation_word import MANAGERS


class CrmAbsence(models.Model):
    """Somebody is away, and somebody else does the work meanwhile.

    Nothing happens when it is written: the sweep hands promises over and back, whatever
    was changed in between, so that twice is once.
    """

    _name = "crm.absence"
    _inherit = ["crm.checked"]
    _description = "Absence"
    _order = "date_from desc, id desc"
    _rec_name = "user_id"

    user_id = fields.Many2one(
        "res.users",
        string="Who",
        required=True,
        ondelete="cascade",
        index=True,
        default=lambda self: self.env.user,
        domain=[("share", "=", False)],
    )
    deputy_id = fields.Many2one(
        "res.users",
        ondelete="set null",
        index="btree_not_null",
        compute="_compute_deputy_id",
        store=True,
        readonly=False,
        domain="[('share', '=', False), ('id', '!=', user_id)]",
        help="Gets new promises at once, and those that are due before the return. If "
        "the deputy is away, too, the deputy's deputy.",
    )
    date_from = fields.Datetime(
        string="Away from", required=True, default=fields.Datetime.now
    )
    date_until = fields.Datetime(
        string="Back on",
        required=True,
        help="Promises that are still open then come back by themselves.",
    )
    note = fields.Char(help="For colleagues, for example “Exhibition in Prague”.")
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    leave_res_id = fields.Integer(
        string="Time off",
        readonly=True,
        copy=False,
        help="The approved leave that it follows, if there is one.",
    )
    state = fields.Selection(
        [("planned", "Planned"), ("away", "Away"), ("back", "Back")],
        compute="_compute_state",
    )
    promise_count = fields.Integer(
        string="Handed over",
        compute="_compute_promise_count",
        help="Open promises that others keep meanwhile.",
    )

    _leave_unique = models.UniqueIndex(
        "(leave_res_id) WHERE leave_res_id > 0",
        "This leave has its absence already.",
    )

    @api.depends("user_id")
    def _compute_deputy_id(self):
        for absence in self:
            standing = absence.user_id.sudo().crm_deputy_id
            absence.deputy_id = standing or absence.deputy_id

    @api.depends("date_from", "date_until")
    def _compute_state(self):
        now = fields.Datetime.now()
        for absence in self:
            begun = absence.date_from and absence.date_from <= now
            over = absence.date_until and absence.date_until <= now
            absence.state = "back" if over else "away" if begun else "planned"

    def _compute_promise_count(self):
        counts = dict(
            self.env["crm.obligation"]
            .sudo()
            ._read_group(
                [
                    ("absent_user_id", "in", self.user_id.ids),
                    ("date_end", "=", False),
                ],
                ["absent_user_id"],
                ["__count"],
            )
        )
        for absence in self:
            is_away = absence.state == "away"
            absence.promise_count = is_away and counts.get(absence.user_id, 0)

    @api.constrains("user_id", "deputy_id", "company_id", "date_from", "date_until")
    def _check_sound(self):
        for absence in self:
            code, problem = absence._problem()
            if code:
                raise ValidationError(
                    self.env._(
                        "crm_regulations.%(code)s: %(who)s: %(problem)s.",
                        code=code,
                        who=absence.user_id.sudo().name,
                        problem=problem,
                    )
                )

    def _problem(self):
        """What is wrong with it: a code and words; empty if nothing is."""
        user, deputy = self.sudo().user_id, self.sudo().deputy_id
        if self.date_from >= self.date_until:
            return "absence_order", self.env._("the return comes before the beginning")
        if self.leave_res_id:
            # Nobody is there to whom it could be said.
            return "", ""
        if not deputy:
            return "absence_deputy", self.env._("say who keeps the promises meanwhile")
        if deputy == user:
            return "absence_deputy_self", self.env._(
                "nobody is the own deputy; choose somebody else"
            )
        if not deputy.active:
            return "absence_deputy_inactive", self.env._(
                "%(name)s does not work here any more; choose somebody else",
                name=deputy.name,
            )
        if self.company_id not in deputy.company_ids:
            return "absence_deputy_company", self.env._(
                "%(name)s does not work in %(company)s",
                name=deputy.name,
                company=self.company_id.sudo().name,
            )
        if not can_owe(deputy, self.company_id):
            return "absence_deputy", self.env._(
                "%(name)s cannot owe promises; choose an employee", name=deputy.name
            )
        return self._overlap_problem()

    def _overlap_problem(self):
        other = self.sudo().search(
            [
                ("user_id", "=", self.user_id.id),
                ("id", "!=", self.id),
                ("date_from", "<", self.date_until),
                ("date_until", ">", self.date_from),
            ],
            limit=1,
        )
        if not other:
            return "", ""
        return "absence_overlap", self.env._(
            "is away from %(start)s to %(end)s (UTC) already; change that absence",
            start=other.date_from,
            end=other.date_until,
        )

    def action_back(self):
        """Say “I am back”: it ends now, and what is open comes back.

        :return: True
        """
        self.check_access("write")
        now = fields.Datetime.now()
        for absence in self:
            if absence.date_from >= now:
                absence.unlink()
            elif absence.date_until > now:
                absence.date_until = now
        return True

    # --- access ---------------------------------------------------------------

    def _require_own_or_manager(self):
        """Everybody's own; a manager's anybody's, also while the record rules sleep."""
        if self.env.su or any(self.env.user.has_group(group) for group in MANAGERS):
            return
        if self.user_id - self.env.user:
            raise AccessError(
                self.env._(
                    "crm_regulations.absence_not_yours: You can say only of yourself "
                    "that you are away. A sales manager or the CRM coordinator can do "
                    "it for others."
                )
            )

    @api.model_create_multi
    def create(self, vals_list):
        made = super().create(vals_list)
        made._require_own_or_manager()
        made._followed()
        return made

    def write(self, vals):
        self._require_own_or_manager()
        done = super().write(vals)
        self._require_own_or_manager()
        self._followed()
        return done

    def unlink(self):
        self._require_own_or_manager()
        done = super().unlink()
        self._followed()
        return done

    @api.model
    def _followed(self):
        """Have the sweep hand promises over or back, and new ones find their way."""
        self.env.registry.clear_cache()
        self.env["crm.obligation"]._wake_sweep()

    # --- what the engine asks -------------------------------------------------

    @api.model
    @tools.ormcache()
    def _roster(self):
        """Who is or will be away: id → ((beginning, return, id of the deputy), …)."""
        # Whoever was asked before the commit must hear of what was written since.
        found = {}
        now = fields.Datetime.now()
        for absence in self.sudo().search([("date_until", ">", now)], order="id"):
            deputy = absence.deputy_id or absence.user_id.crm_deputy_id
            span = absence.date_from, absence.date_until, deputy.id or 0
            found.setdefault(absence.user_id.id, []).append(span)
        return {user_id: tuple(spans) for user_id, spans in found.items()}

    @api.model
    def _keep(self):
        """Hand promises over and back, as absences begin and end."""
        absences.keep(self.sudo().env, fields.Datetime.now())
