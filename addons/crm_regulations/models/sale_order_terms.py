from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_amount
from odoo.tools.sql import column_exists, create_column

from odoo.addons.crm_segmentation.core.wire import is_text
from odoo.addons.crm_segmentation.models.wire_json import WireJson

from ..core.terms import (
    APPROVED,
    BEYOND,
    CREDIT,
    DEFERRAL,
    DISCOUNT,
    PREPAYMENT,
    WITHIN,
    deviations,
    strictest,
    verdict,
)

_MANAGER = "sales_team.group_sale_manager"
# What only the judgement and an approval may write.
_DECIDED = {
    "crm_terms_state", "crm_terms_granted", "crm_terms_approved", "crm_terms_reason",
    "crm_terms_approver_id",
}  # fmt: skip


class SaleOrder(models.Model):
    """An order that grants more than its customer's category allows."""

    _inherit = "sale.order"

    crm_terms_state = fields.Selection(
        [
            (WITHIN, "Within the terms"),
            (BEYOND, "Beyond the terms"),
            (APPROVED, "Beyond, approved"),
        ],
        string="Terms",
        compute="_compute_crm_terms_state",
        store=True,
        index="btree_not_null",
        tracking=True,
        help="Whether the order keeps the financial terms of the customer's category, "
        "as of the last change of the order. Empty for customers without terms.",
    )
    crm_terms_granted = WireJson(
        string="Granted",
        compute="_compute_crm_terms_state",
        store=True,
        help="What the order grants, by the kind of term.",
    )
    crm_terms_approved = WireJson(
        string="Approved terms",
        readonly=True,
        copy=False,
        help="What was approved, by the kind of term; more needs a new approval.",
    )
    crm_terms_reason = fields.Text(
        string="Why beyond the terms", readonly=True, copy=False, tracking=True
    )
    crm_terms_approver_id = fields.Many2one(
        "res.users", string="Terms approved by", readonly=True, copy=False
    )
    crm_terms_words = fields.Text(
        string="Beyond the terms",
        compute="_compute_crm_terms_words",
        help="What the order grants, and what the category allows.",
    )
    crm_terms_may_approve = fields.Boolean(
        string="May approve the terms", compute="_compute_crm_terms_may_approve"
    )

    def _auto_init(self):
        # No category has terms yet: the orders of years need not be judged.
        for name, kind in (
            ("crm_terms_state", "varchar"),
            ("crm_terms_granted", "jsonb"),
        ):
            if not column_exists(self.env.cr, self._table, name):
                create_column(self.env.cr, self._table, name, kind)
        return super()._auto_init()

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._refuse_terms(vals)
        return super().create(vals_list)

    def write(self, vals):
        self._refuse_terms(vals)
        return super().write(vals)

    def _refuse_terms(self, vals):
        """Nobody writes by hand how an order stands."""
        if not self.env.su and not _DECIDED.isdisjoint(vals):
            raise AccessError(
                self.env._(
                    "crm_regulations.terms_by_hand: Whether an order keeps the terms "
                    "follows from the order. What goes beyond them is approved with "
                    "the button or with action_approve_terms(reason)."
                )
            )

    @api.depends(
        "partner_id", "company_id", "state", "amount_total", "currency_id",
        "payment_term_id", "require_payment", "prepayment_percent",
        "order_line.discount", "order_line.display_type", "crm_terms_approved",
    )  # fmt: skip
    def _compute_crm_terms_state(self):
        for order in self:
            terms = order._crm_terms()
            if not terms:
                order.crm_terms_state, order.crm_terms_granted = False, False
            elif order.state in ("draft", "sent") or not order.crm_terms_state:
                # What was confirmed stays as it was judged.
                granted = order._crm_granted(terms)
                found = deviations(terms, granted)
                order.crm_terms_granted = granted
                order.crm_terms_state = verdict(found, order.crm_terms_approved or {})
            else:
                order.crm_terms_state = order.crm_terms_state
                order.crm_terms_granted = order.crm_terms_granted

    @api.depends("crm_terms_state", "crm_terms_granted")
    @api.depends_context("lang")
    def _compute_crm_terms_words(self):
        for order in self:
            terms, granted = order._crm_terms(), order.crm_terms_granted or {}
            is_beyond = order.crm_terms_state in (BEYOND, APPROVED)
            found = deviations(terms, granted) if is_beyond else ()
            order.crm_terms_words = "; ".join(map(order._crm_term_in_words, found))

    @api.depends("crm_terms_state", "user_id")
    @api.depends_context("uid")
    def _compute_crm_terms_may_approve(self):
        for order in self:
            order.crm_terms_may_approve = (
                order.crm_terms_state == BEYOND and order._crm_may_approve_terms()
            )

    def _crm_terms(self):
        """The limits that hold for the customer.

        :return: {kind: limit}, empty if there are none
        """
        self.ensure_one()
        by_segment = self.env["crm.segment.terms"]._of_company(self.company_id.id)
        if not by_segment or not self.partner_id:
            return {}
        memberships = self.partner_id.sudo().commercial_partner_id.membership_ids
        segments = memberships.segment_id.ids
        return strictest(by_segment[id_] for id_ in segments if id_ in by_segment)

    def _crm_granted(self, kinds):
        """What the order grants.

        :param kinds: the kinds of terms that are asked for
        :return: {kind: number}
        """
        order = self.sudo().with_company(self.company_id)
        days, at_once = order._crm_payment()
        granted = {
            PREPAYMENT: at_once,
            DEFERRAL: days,
            DISCOUNT: order._crm_discount(),
        }
        if CREDIT in kinds:
            granted[CREDIT] = order._crm_debt()
        return {kind: granted[kind] for kind in kinds}

    def _crm_discount(self):
        lines = self.order_line.filtered(lambda line: not line.display_type)
        return max(lines.mapped("discount"), default=0.0)

    def _crm_payment(self):
        """(days until the last payment, per cent due at once) by the payment terms."""
        today = fields.Date.context_today(self)
        last, at_once = 0, 0.0
        for line in self.payment_term_id.line_ids:
            days = (line._get_due_date(today) - today).days
            last = max(last, days)
            if days > 0:
                continue
            if line.value == "percent":
                at_once += line.value_amount
            elif self.amount_total:
                at_once += 100 * line.value_amount / self.amount_total
        if not self.payment_term_id:
            at_once = 100.0
        if self.require_payment:
            at_once = max(at_once, 100 * self.prepayment_percent)
        return last, min(at_once, 100.0)

    def _crm_debt(self):
        """What the customer will owe us with this order, in the company's currency.

        Odoo's own figure of what is still to be invoiced is there only where its
        credit limits are switched on.
        """
        customer = self.partner_id.commercial_partner_id
        # Odoo does not notice what was paid meanwhile.
        customer.invalidate_recordset(["credit"])
        confirmed = self.search(
            [
                ("partner_id", "child_of", customer.id),
                ("company_id", "=", self.company_id.id),
                ("state", "=", "sale"),
                ("invoice_status", "!=", "invoiced"),
                ("id", "!=", self._origin.id),
            ]
        )
        to_invoice = sum(
            order._crm_converted(order.amount_to_invoice) for order in confirmed
        )
        return customer.credit + to_invoice + self._crm_converted(self.amount_total)

    def _crm_converted(self, amount):
        """An amount of the order in the company's currency."""
        company = self.company_id
        date = (self.date_order or fields.Datetime.now()).date()
        return self.currency_id._convert(amount, company.currency_id, company, date)

    def _crm_term_in_words(self, one):
        """“discount 25 % (at most 15 %)”."""
        if one.kind == CREDIT:
            currency = self.company_id.currency_id
            granted, allowed = (
                format_amount(self.env, value, currency)
                for value in (one.granted, one.allowed)
            )
        else:
            granted, allowed = f"{one.granted:g}", f"{one.allowed:g}"
        values = {"granted": granted, "allowed": allowed}
        match one.kind:
            case "prepayment":
                return self.env._(
                    "prepayment %(granted)s %% (at least %(allowed)s %%)", **values
                )
            case "deferral":
                return self.env._(
                    "payment after %(granted)s days (at most %(allowed)s)", **values
                )
            case "credit":
                return self.env._(
                    "open debt %(granted)s (at most %(allowed)s)", **values
                )
        return self.env._("discount %(granted)s %% (at most %(allowed)s %%)", **values)

    # --- approval -------------------------------------------------------------

    def action_approve_terms(self, reason):
        """Approve what these orders grant beyond the terms, and not more.

        :param reason: why, for the chatter
        :return: True
        :raises AccessError: the caller is no sales manager, or approves an own order
            though another manager could
        :raises UserError: an order is within its terms, or no reason is given
        """
        reason = reason.strip() if is_text(reason) else ""
        if not reason:
            raise UserError(
                self.env._(
                    "crm_regulations.reason_missing: Say why the order may go beyond "
                    "the terms; it is kept in its chatter."
                )
            )
        self.check_access("write")
        for order in self:
            order._require_terms_approver()
            if order.crm_terms_state != BEYOND:
                raise UserError(
                    self.env._(
                        "crm_regulations.terms_nothing: %(order)s has nothing to "
                        "approve: it keeps the terms, or it was approved already.",
                        order=order.display_name,
                    )
                )
        for order in self:
            order.sudo().write(
                {
                    "crm_terms_approved": order.crm_terms_granted,
                    "crm_terms_reason": reason,
                    "crm_terms_approver_id": self.env.uid,
                }
            )
        return True

    def _require_terms_approver(self):
        if not self.env.su and not self._crm_may_approve_terms():
            raise AccessError(
                self.env._(
                    "crm_regulations.terms_approver: %(order)s goes beyond the terms. "
                    "A sales manager approves that, and not whoever sells it.",
                    order=self.display_name,
                )
            )

    def _crm_may_approve_terms(self):
        user = self.env.user
        if not user.has_group(_MANAGER):
            return False
        return self.user_id != user or not self._crm_other_managers()

    def _crm_other_managers(self):
        """Managers who could approve it besides its salesperson."""
        return (
            self.env["res.users"]
            .sudo()
            .search_count(
                [
                    ("all_group_ids", "in", self.env.ref(_MANAGER).ids),
                    ("company_ids", "in", self.company_id.ids),
                    ("share", "=", False),
                    ("id", "!=", self.user_id.id),
                ],
                limit=1,
            )
        )
