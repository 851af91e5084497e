from odoo import models

from ..core.blocking import ARCHIVE, CONFIRM, LOSE, WIN, acts_between
from ..engine import blocking
from ..engine.blocking import refuse, standings, surely


class CrmLead(models.Model):
    """Deals that end by several writes, or by becoming one with another."""

    _inherit = "crm.lead"

    def action_set_lost(self, **additional_values):
        # The reason that is owed comes with the last of its writes.
        with blocking.together():
            return super().action_set_lost(**additional_values)

    def action_set_won(self):
        with blocking.together():
            return super().action_set_won()

    def _merge_dependences(self, opportunities):
        """No way out: what ends by the merge must be allowed to end."""
        if opportunities._hindered():
            self._refuse_end_by_merge(opportunities)
            # Whoever keeps the emptied deal does not get rid of its promises so.
            owed = self.env["crm.obligation"].sudo()
            owed = owed.search([("lead_id", "in", opportunities.ids)])
            for lead, same in owed.grouped("lead_id").items():
                same._log("moved", key=f"{lead._name},{lead.id}")
        return super()._merge_dependences(opportunities)

    def _refuse_end_by_merge(self, opportunities):
        """A deal that is merged into one that has ended ends with it."""

        def ended():
            (after,) = standings(self).values()
            acts = {
                id_: acts_between(before, after) & {WIN, LOSE, ARCHIVE}
                for id_, before in standings(opportunities).items()
            }
            return {id_: (done, frozenset()) for id_, done in acts.items() if done}

        refuse(opportunities, surely(opportunities, ended, {}))


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def _validate_order(self):
        """The customer has signed: the signature stays, the order waits."""
        free = self - self._held_back()
        return super(SaleOrder, free)._validate_order() if free else None

    def _held_back(self):
        """Those that a promise hinders from being confirmed; the salesperson is told.

        A customer who signs or pays must not be refused for what we have not done.
        """
        if CONFIRM not in self._hindered():
            return self.browse()
        held = self.browse()
        for order in self.filtered(lambda o: o.state in ("draft", "sent")):
            acts = order._confirming()
            promises = surely(
                order,
                lambda o=order, a=acts: blocking.hindering(o, a),
                self.env["crm.obligation"].sudo(),
            )
            if promises:
                order.sudo()._tell_held_back(promises)
                held |= order
        return held

    def _confirming(self):
        """The act of confirming these, see :func:`~..engine.blocking.refuse`."""
        found = surely(self, lambda: standings(self), {})
        return {id_: (frozenset({CONFIRM}), s.deals) for id_, s in found.items()}

    def _tell_held_back(self, promises):
        """An activity for the salesperson, once for each order."""
        user = self.user_id or promises.user_id[:1] or self.env.ref("base.user_admin")
        told = {"lang": user.lang, "tz": user.tz}
        theirs = self.env(user=user.id, su=True, context=told)
        summary = theirs._("The customer agrees; confirm the order")
        if summary in self.activity_ids.mapped("summary"):
            return
        lines = promises.with_env(theirs)._hindrances(theirs)
        self.activity_schedule(
            "mail.mail_activity_data_todo",
            summary=summary,
            note=self.with_env(theirs)._held_back_note(lines),
            user_id=user.id,
        )

    def _held_back_note(self, lines):
        return self.env._(
            "The customer has signed or paid, but the order waits until this is done: "
            "%(promises)s. Then confirm it.",
            promises="; ".join(line.removeprefix("• ") for line in lines),
        )


class PaymentTransaction(models.Model):
    _inherit = "payment.transaction"

    def _check_amount_and_confirm_order(self):
        """A payment is booked; the order that a promise hinders waits."""
        orders = self.sale_order_ids.filtered(
            lambda o: (
                o.state in ("draft", "sent") and o._is_confirmation_amount_reached()
            )
        )
        held = orders._held_back()
        free = self.filtered(lambda transaction: not transaction.sale_order_ids & held)
        return super(PaymentTransaction, free)._check_amount_and_confirm_order()


class CrmObligationEvent(models.Model):
    _inherit = "crm.obligation.event"

    _moved_idx = models.Index("(key) WHERE kind = 'moved'")
