from odoo import SUPERUSER_ID, Command
from odoo.tests import new_test_user

from .common import MONDAY_9
from .facts_common import FactsCommon

AT_10, AT_11, AT_12, AT_13 = (f"2026-05-04 {hour}:00:00" for hour in (10, 11, 12, 13))


class DealsCommon(FactsCommon):
    """Deals that end, with what Odoo itself does for it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.price = cls.env["crm.lost.reason"].create({"name": "Too dear"})
        cls.buyer = new_test_user(
            cls.env,
            login="seg_buyer",
            groups="base.group_portal",
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
            partner_id=cls._doctor(cls.customer).id,
        )

    def _lead(self, text=MONDAY_9, **values):
        with self._at(text):
            lead = super()._lead(**{"type": "opportunity", **values})
        return lead

    def _lose(self, text, leads, reason=None, note=""):
        """With the wizard that asks for the reason."""
        with self._at(text):
            self.env["crm.lead.lost"].create(
                {
                    "lead_ids": [Command.set(leads.ids)],
                    "lost_reason_id": reason and reason.id,
                    "lost_feedback": note,
                }
            ).action_lost_reason_apply()
            self._commit()

    def _archive(self, text, leads):
        with self._at(text):
            leads.action_archive()
            self._commit()

    def _restore(self, text, leads):
        with self._at(text):
            leads.action_restore()
            self._commit()

    def _win(self, text, leads):
        with self._at(text):
            leads.action_set_won()
            self._commit()

    def _order(self, lead=None, **values):
        order = self.env["sale.order"].create(
            {
                "partner_id": self.customer.id,
                "company_id": self.company.id,
                "opportunity_id": lead.id if lead else False,
                **values,
            }
        )
        self._commit()
        return order

    def _decline(self, text, order, words="We found another one", user=None):
        """As the portal does it, see ``portal_quote_decline``."""
        user = user or self.buyer
        with self._at(text):
            order = order.with_user(SUPERUSER_ID)
            order._action_cancel()
            if words:
                order.message_post(
                    author_id=user.partner_id.id,
                    body=words,
                    message_type="comment",
                    subtype_xmlid="mail.mt_comment",
                )
            self._commit()

    def _once(self, told):
        """What is told again under the same name is ignored, as by the dispatcher."""
        return list({fact.key: fact for fact in reversed(told)}.values())

    def _short(self, facts):
        """(record, number, date, note) in order."""
        return [
            (
                fact.key.split(":")[1].split(",")[1],
                int(fact.key.rsplit(":", 1)[1]),
                str(fact.date),
                fact.note,
            )
            for fact in sorted(facts, key=self._place)
        ]
