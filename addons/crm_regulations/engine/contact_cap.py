"""How many automatic letters a customer got lately, all sources together.

Mass mailings tell it by their traces, the letters of regulations by the log of the
promise. What people write themselves does not count.
"""

from datetime import timedelta

from odoo.tools import SQL

from ..core.announcing import may_write

#: The time that is looked at.
DAYS = 30
#: Kind of the event that stands for a letter of a regulation.
MAILED = "mailed"
# Letters that went out or are about to.
_ON_THE_WAY = ("outgoing", "process", "pending", "sent", "open", "reply")


def letters(now, customer_ids=None):
    """Automatic letters of the last days.

    :param now: naive UTC instant
    :param customer_ids: ids of commercial partners; None for all
    :return: SQL with the columns customer_id and letters
    """
    wanted = (
        SQL("")
        if customer_ids is None
        else SQL("AND partner.commercial_partner_id = ANY(%s)", list(customer_ids))
    )
    return SQL(
        """
        SELECT customer_id, COUNT(*) AS letters
          FROM (SELECT partner.commercial_partner_id AS customer_id, trace.id
                  FROM mailing_trace AS trace
                  JOIN res_partner AS partner ON partner.id = trace.res_id
                 WHERE trace.model = 'res.partner' AND %(recent)s %(wanted)s
                 UNION
                SELECT partner.commercial_partner_id, trace.id
                  FROM mailing_trace AS trace
                  JOIN res_partner AS partner
                    ON partner.email_normalized = trace.email
                 WHERE trace.model != 'res.partner' AND %(recent)s %(wanted)s
                 UNION ALL
                SELECT partner.commercial_partner_id, event.id
                  FROM crm_obligation_event AS event
                  JOIN crm_obligation AS owed ON owed.id = event.obligation_id
                  JOIN res_partner AS partner ON partner.id = owed.partner_id
                 WHERE event.kind = %(mailed)s AND event.date > %(since)s
                       %(wanted)s) AS letter
         GROUP BY customer_id
        """,
        recent=SQL(
            """COALESCE(trace.sent_datetime, trace.create_date) > %s
               AND trace.trace_status = ANY(%s)
               AND NOT COALESCE(trace.is_test_trace, FALSE)""",
            now - timedelta(days=DAYS),
            list(_ON_THE_WAY),
        ),
        wanted=wanted,
        mailed=MAILED,
        since=now - timedelta(days=DAYS),
    )


class ContactCap:
    """The cap of letters that actions on promises write to customers.

    :param obligations: crm.obligation records, superuser environment
    """

    def __init__(self, obligations):
        self.env = obligations.env
        self.obligations = obligations

    def held_back(self):
        """{obligation: words} of those whose customer has had enough letters."""
        capped = self.obligations.filtered(
            lambda o: o.company_id.crm_contact_cap and o.partner_id
        )
        if not capped:
            return {}
        counts, found = self._counts(capped), {}
        for obligation in capped:
            customer, cap = self._customer(obligation), obligation.company_id
            count = counts.get(customer, 0)
            if may_write(count, cap.crm_contact_cap):
                counts[customer] = count + 1
            else:
                found[obligation] = self.env._(
                    "%(customer)s got %(count)s automatic letters in %(days)s days "
                    "already; write or call in person",
                    customer=obligation.partner_id.commercial_partner_id.name,
                    count=count,
                    days=DAYS,
                )
        return found

    def note(self, obligations, key):
        """Log that letters went to customers, so that they count.

        :param obligations: for which
        :param key: key of the action
        """
        self.env["crm.obligation.event"]._add(
            {
                "obligation_id": obligation.id,
                "kind": MAILED,
                "key": key,
                "note": self.env._("An automatic letter to the customer."),
            }
            for obligation in obligations
            if obligation.partner_id
        )

    def _counts(self, obligations):
        customers = {self._customer(obligation) for obligation in obligations}
        self.env["mailing.trace"].flush_model()
        self.env["crm.obligation.event"].flush_model()
        self.env["res.partner"].flush_model(["email_normalized"])
        return dict(self.env.execute_query(letters(self.env.cr.now(), customers)))

    def _customer(self, obligation):
        return obligation.partner_id.commercial_partner_id.id
