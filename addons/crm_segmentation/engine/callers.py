"""Who may be at the other end of a line, by the number or the address."""

from odoo.fields import Domain
from odoo.tools import SQL, email_normalize

from ..core.phone import may_be_same, tail

MOST_CANDIDATES = 10
# So many rows with the same last digits are looked at; they are few or a joke.
_MOST_SIMILAR = 200


class Callers:
    """The counterparties that a number or an address may belong to.

    A number is compared in E.164, with Odoo's one number of a counterparty and with its
    further ones. Only if nobody has it, the ends of the numbers are compared, which
    finds those that were typed without prefixes. Every look-up is by an index.

    :param env: of the person who asks; others' counterparties are not found
    :param company: res.company that was called; its country reads local numbers
    :param phone: a number as it came, or nothing
    :param email: an address as it came, or nothing
    """

    def __init__(self, env, company, phone, email):
        self.env = env
        self.company = company
        self.phone = phone or ""
        self.key = env["crm.phone.number"]._key(self.phone, company.country_id)
        self.address = (email and email_normalize(email)) or ""
        self._numbers = env["crm.phone.number"].sudo()
        self.by_number = self._by_number()
        self.by_address = self._by_address()
        nobody = not self.by_number and not self.by_address
        self.similar = self._similar() if nobody else env["res.partner"]

    @property
    def found(self):
        """All candidates, the surest first."""
        return self.by_number | self.by_address | self.similar

    def match(self, partner):
        """How a candidate was found: number, email or similar."""
        if partner in self.by_number:
            return "number"
        return "email" if partner in self.by_address else "similar"

    def only_one(self):
        """Whom an interaction may be logged with unasked; empty if that is a guess.

        Several contacts of one company stand for the company.
        """
        sure = self.by_number & self.by_address or self.by_number or self.by_address
        if len(sure) > 1:
            sure = sure.commercial_partner_id
        return sure if len(sure) == 1 else sure.browse()

    def open_leads(self):
        """The open leads without counterparty of this number or else address."""
        leads = self.env["crm.lead"]
        if self.key.startswith("+"):
            fits = Domain("phone_sanitized", "=", self.key)
        elif self.phone:
            fits = Domain("phone", "=", self.phone)
        elif self.address:
            fits = Domain("email_normalized", "=", self.address)
        else:
            return leads
        still = [
            ("won_status", "=", "pending"),
            ("partner_id", "=", False),
            ("company_id", "in", [False, self.company.id]),
        ]
        return leads.search(fits & Domain(still), limit=MOST_CANDIDATES)

    def _seen(self, domain):
        """The counterparties of the company among those that fit."""
        company = Domain("company_id", "in", [False, self.company.id])
        return self.env["res.partner"].search(
            company & domain,
            order="last_interaction_date DESC NULLS LAST, id",
            limit=MOST_CANDIDATES,
        )

    def _by_number(self):
        if not self.key:
            return self.env["res.partner"]
        found = self._numbers.search([("phone_key", "=", self.key)], limit=100)
        # Two look-ups, because an OR of them would read the whole table.
        partners = self._seen(Domain("id", "in", found.partner_id.ids))
        if self.key.startswith("+"):
            partners = self._seen(Domain("phone_sanitized", "=", self.key)) | partners
        return partners[:MOST_CANDIDATES]

    def _by_address(self):
        if not self.address:
            return self.env["res.partner"]
        return self._seen(Domain("email_normalized", "=", self.address))

    def _similar(self):
        ending = tail(self.phone)
        if not ending:
            return self.env["res.partner"]
        self.env["res.partner"].flush_model(["phone", "active"])
        self._numbers.flush_model(["phone_tail", "number"])
        rows = self.env.execute_query(
            SQL(
                """(SELECT id, phone FROM res_partner
                     WHERE RIGHT(REGEXP_REPLACE(phone, '[^0-9]', '', 'g'), 7) = %(end)s
                       AND phone IS NOT NULL AND active
                     LIMIT %(most)s)
                   UNION ALL
                   (SELECT partner_id, number FROM crm_phone_number
                     WHERE phone_tail = %(end)s LIMIT %(most)s)""",
                end=ending,
                most=_MOST_SIMILAR,
            )
        )
        dialled = self.key if self.key.startswith("+") else self.phone
        ids = [id_ for id_, number in rows if may_be_same(dialled, number)]
        return self._seen(Domain("id", "in", ids)) if ids else self.env["res.partner"]
