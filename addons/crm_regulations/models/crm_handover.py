from dateutil.relativedelta import relativedelta

from odoo import Command, api, fields, models
from odoo.exceptions import LockError, UserError, ValidationError

from odoo.addons.crm_segmentation.core.wire import is_id

from ..core.handover import (
    NOBODY,
    PARTNER,
    SAME,
    STRANGER,
    Choice,
    counted,
    shared,
)
from ..engine.handing_over import HandingOver
from ..engine.portfolio import portfolio, turnover
from ..engine.presence import can_owe
from .crm_handover_line import FIGURES, MONTHS

_OWN = {"state", "date_done", "done_user_id", "frozen"}


class CrmHandover(models.Model):
    """A salesperson's customers and work go to one colleague, or to several."""

    _name = "crm.handover"
    _description = "Hand-over of a Portfolio"
    _order = "state desc, date_done desc, id desc"
    _rec_name = "from_user_id"
    _check_company_auto = True

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    from_user_id = fields.Many2one(
        "res.users",
        string="From whom",
        required=True,
        ondelete="restrict",
        index=True,
        domain="[('share', '=', False), ('company_ids', 'in', company_id),"
        " ('active', 'in', [True, False])]",
        help="Who leaves or gets other customers. May have no access any more.",
    )
    to_user_id = fields.Many2one(
        "res.users",
        string="To whom",
        ondelete="restrict",
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
        help="Gets everything for which no other successor is chosen below.",
    )
    line_ids = fields.One2many("crm.handover.line", "handover_id", copy=False)
    state = fields.Selection(
        [("draft", "Being prepared"), ("done", "Handed over")],
        default="draft",
        required=True,
        readonly=True,
        copy=False,
    )
    date_done = fields.Datetime(string="Handed over on", readonly=True, copy=False)
    done_user_id = fields.Many2one(
        "res.users",
        string="Handed over by",
        ondelete="set null",
        readonly=True,
        copy=False,
    )

    # --- rows of the plan -------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._refuse_own(vals)
        handovers = super().create(vals_list)
        handovers._complete()
        return handovers

    def write(self, vals):
        self._refuse_done(vals)
        self._refuse_own(vals)
        answer = super().write(vals)
        if {"from_user_id", "company_id"} & vals.keys():
            self.line_ids.filtered(lambda line: not line.user_id).unlink()
            self._complete()
        return answer

    @api.ondelete(at_uninstall=False)
    def _unlink_only_drafts(self):
        self._refuse_done({"state"})

    @api.model
    def _refuse_own(self, vals):
        """Only :meth:`hand_over` says that something was handed over."""
        if not self.env.su and _OWN & vals.keys():
            raise UserError(
                self.env._(
                    "crm_regulations.handover_state: What was handed over is noted by "
                    "the hand-over itself. Press *Hand over* or call hand_over()."
                )
            )

    def _refuse_done(self, names):
        if names and any(one.state == "done" for one in self):
            raise UserError(
                self.env._(
                    "crm_regulations.handover_done: This has been handed over and "
                    "stays as it was. Prepare another hand-over."
                )
            )

    @api.onchange("from_user_id", "company_id")
    def _onchange_from_user_id(self):
        self.line_ids = [
            Command.clear(),
            *(Command.create({"segment_id": id_}) for id_ in self._categories()),
        ]

    def _complete(self):
        """A row for each category that the person has."""
        for handover in self:
            known = set(handover.line_ids.segment_id.ids)
            if handover.line_ids.filtered(lambda line: not line.segment_id):
                known.add(False)
            missing = [id_ for id_ in handover._categories() if id_ not in known]
            self.env["crm.handover.line"].create(
                [{"handover_id": handover.id, "segment_id": id_} for id_ in missing]
            )

    def _categories(self):
        """Ids of the categories of what is handed over, False for “without one”."""
        had = {item.category for item in self._items()}
        ordered = self.env["crm.segment"].search([("id", "in", [*filter(None, had)])])
        return [*ordered.ids, *([False] if 0 in had else [])]

    def _items(self):
        user = self.from_user_id.sudo()
        if not user or not self.company_id:
            return []
        return portfolio(user.env, user, self.company_id)

    def _figures(self, items=None):
        """Figures by category, as :data:`FIGURES` names them.

        :param items: what is handed over, if it is known already
        """
        self.ensure_one()
        items = self._items() if items is None else items
        figures = counted(items)
        since = fields.Date.context_today(self) - relativedelta(months=MONTHS)
        category_of = {i.customer: i.category for i in items if i.model == PARTNER}
        bought = turnover(self.sudo().env, category_of, self.company_id, since)
        for figure in figures.values():
            figure["turnover"] = 0.0
        for customer, amount in bought.items():
            figures[category_of[customer]]["turnover"] += amount
        return figures

    def _choice(self):
        return Choice(
            self.from_user_id.id,
            {line.segment_id.id or 0: line.user_id.id for line in self.line_ids},
            self.to_user_id.id or 0,
        )

    # --- what is checked --------------------------------------------------------

    @api.constrains("from_user_id", "to_user_id", "company_id")
    def _check_people(self):
        for handover in self:
            leaving = handover.from_user_id.sudo()
            if leaving.share or handover.company_id not in leaving.company_ids:
                raise ValidationError(handover._stranger(leaving))
            handover._refuse(handover._choice(), [])

    def _refuse(self, choice, items):
        """Refuse a choice of successors that cannot be carried out."""
        people = self.to_user_id | self.line_ids.user_id
        able = [u.id for u in people.sudo() if can_owe(u, self.company_id)]
        problem, about = choice.problem(able, items)
        if problem == SAME:
            raise ValidationError(
                self.env._(
                    "crm_regulations.handover_same: %(name)s cannot hand over to the "
                    "same person. Choose somebody else.",
                    name=self.from_user_id.sudo().name,
                )
            )
        if problem == STRANGER:
            raise ValidationError(
                self._stranger(self.env["res.users"].sudo().browse(about))
            )
        if problem == NOBODY:
            raise UserError(
                self.env._(
                    "crm_regulations.handover_nobody: Nobody is chosen for “%(name)s”. "
                    "Say to whom all goes, or choose a successor for each category.",
                    name=self.env["crm.handover.line"]._named(about),
                )
            )

    def _stranger(self, user):
        if not user.active:
            return self.env._(
                "crm_regulations.handover_archived: %(name)s has no access any more "
                "and cannot take over customers. Choose somebody else.",
                name=user.name,
            )
        return self.env._(
            "crm_regulations.handover_company: %(name)s does not work in %(company)s. "
            "Choose a colleague of this company.",
            name=user.name,
            company=self.company_id.sudo().name,
        )

    # --- what it would be and what is done ---------------------------------------

    def preview(self):
        """What would be handed over to whom; after the hand-over, what was.

        :return: dictionary with ``state``, ``rows`` (category, successor and figures)
            and ``total``; money is in the company's currency
        """
        self._require_one()
        self.check_access("read")
        rows = [
            {
                "category_id": line.segment_id.id,
                "category": line.name,
                "successor_id": line.successor_id.id,
                "successor": line.successor_id.sudo().name or False,
                **{name: line[name] for name in FIGURES},
            }
            for line in self.line_ids
        ]
        return {
            "id": self.id,
            "state": self.state,
            "from_user_id": self.from_user_id.id,
            "currency": self.company_id.sudo().currency_id.name,
            "rows": rows,
            "total": {name: sum(row[name] for row in rows) for name in FIGURES},
        }

    @api.model
    def plan(self, from_user_id, to_user_id=False, by_category=False):
        """Prepare a hand-over in the caller's company; nothing is moved yet.

        :param from_user_id: whose portfolio
        :param to_user_id: who gets all for which no other successor is named
        :param by_category: id of a category as text → id of its successor; ``"0"``
            stands for customers without a category
        :return: what :meth:`preview` gives
        """
        chosen = {} if by_category is False else by_category
        ids = [from_user_id, *([] if to_user_id is False else [to_user_id])]
        if not isinstance(chosen, dict) or not all(
            map(is_id, [*ids, *chosen.values()])
        ):
            raise UserError(self._misread())
        if not all(isinstance(key, str) and key.isdecimal() for key in chosen):
            raise UserError(self._misread())
        self.check_access("create")
        self._require_known(ids + [*chosen.values()], chosen)
        handover = self.create(
            {
                "from_user_id": from_user_id,
                "to_user_id": to_user_id,
                "line_ids": [
                    Command.create({"segment_id": int(key) or False, "user_id": id_})
                    for key, id_ in chosen.items()
                ],
            }
        )
        return handover.preview()

    def _misread(self):
        return self.env._(
            "crm_regulations.handover_plan: Give the ids of users, and by_category as "
            'category id → user id, for example {"12": 7, "0": 8}.'
        )

    def _require_known(self, user_ids, chosen):
        users = self.env["res.users"].with_context(active_test=False).browse(user_ids)
        segments = self.env["crm.segment"].browse(int(key) for key in chosen)
        wanted = segments.filtered("id")
        known = self.env["crm.segment"].search(
            [("id", "in", wanted.ids), ("company_id", "=", self.env.company.id)]
        )
        if users.exists() != users or known != wanted.sorted():
            raise UserError(self._misread())

    def hand_over(self):
        """Move customers, open leads and quotations, promises and activities.

        All or nothing. Whoever has other work or is asked twice changes nothing more.

        :return: ``{"status": "done" or "unchanged", **figures}``
        """
        self._require_one()
        self.check_access("write")
        self._lock()
        if self.state == "done":
            return {"status": "unchanged", **self.preview()["total"]}
        self._complete()
        items, choice = self._items(), self._choice()
        if not items:
            raise UserError(
                self.env._(
                    "crm_regulations.handover_empty: %(name)s has no customers, open "
                    "leads, quotations, promises or activities in %(company)s. There "
                    "is nothing to hand over.",
                    name=self.from_user_id.sudo().name,
                    company=self.company_id.sudo().name,
                )
            )
        self._refuse(choice, items)
        self.line_ids._freeze(items)
        total = self.preview()["total"]
        giving = HandingOver(self.sudo().from_user_id)
        for user_id, records in shared(items, choice).items():
            giving.give(giving._leaving.browse(user_id), records)
        self.sudo().write(
            {
                "state": "done",
                "date_done": fields.Datetime.now(),
                "done_user_id": self.env.uid,
            }
        )
        return {"status": "done", **total}

    def _lock(self):
        """Two people who press the button at once do it once."""
        try:
            self.lock_for_update()
        except LockError as error:
            raise UserError(
                self.env._(
                    "crm_regulations.handover_running: This is being handed over right "
                    "now. Look again in a minute."
                )
            ) from error
        self.invalidate_recordset()

    def _require_one(self):
        if len(self) != 1:
            raise UserError(
                self.env._(
                    "crm_regulations.one_handover: Ask this of one hand-over; "
                    "%(count)s were given.",
                    count=len(self),
                )
            )

    # --- buttons -----------------------------------------------------------------

    def action_hand_over(self):
        """The button of :meth:`hand_over`; the page then shows what was moved."""
        self.hand_over()
        return True

    def action_print(self):
        """The papers for all successors, one after the other."""
        self._require_one()
        return self.line_ids._print()
