"""Who may be at the other end of a line, by the number or the address."""

from odoo.fields import Domain
from odoo.tools import SQL, email_normalize

from ..core.phone import is_international, may_be_same, tail

MOST_CANDIDATES = 10
# So many rows with the same last digits are looked at; they are few or a joke.
_MOST = 200


class Callers:
    """The counterparties that a number or an address may belong to.

    The index finds numbers with the same last digits, among Odoo's one number of a
    counterparty and its further ones. Those that are the same in E.164 are sure; if
    there are none, those that were typed without their prefixes are offered. Odoo's
    column ``phone_sanitized`` is not used: where its library is not installed it holds
    the number as it was typed.

    :param env: of the person who asks; others' counterparties are not found
    :param company: res.company that was called; its country reads local numbers
    :param phone: a number as it came, or nothing
    :param email: an address as it came, or nothing
    """

    def __init__(self, env, company, phone, email):
        self.env = env
        self.company = company
        self.phone = phone or ""
        self.ending = tail(self.phone)
        self.key = env["crm.phone.number"]._key(self.phone, company.country_id)
        self.address = (email and email_normalize(email)) or ""
        self._numbers = env["crm.phone.number"].sudo()
        sure, alike = self._by_number()
        self.by_number = self._seen(sure)
        self.by_address = self._by_address()
        known = self.by_number or self.by_address
        self.similar = self._nobody() if known else self._seen(alike)

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
        if self.key:
            rows = self._ending_alike(leads) if self.ending else []
            fits = Domain("id", "in", self._same(leads, rows))
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

    def _seen(self, ids):
        """The counterparties of the company among these."""
        return self._search(Domain("id", "in", ids)) if ids else self._nobody()

    def _search(self, domain):
        company = Domain("company_id", "in", [False, self.company.id])
        return self.env["res.partner"].search(
            company & domain,
            order="last_interaction_date DESC NULLS LAST, id",
            limit=MOST_CANDIDATES,
        )

    def _nobody(self):
        return self.env["res.partner"]

    def _by_address(self):
        if not self.address:
            return self._nobody()
        return self._search(Domain("email_normalized", "=", self.address))

    def _by_number(self):
        """Ids of those who have the number, and of those with a similar one."""
        if not self.key:
            return [], []
        known = self._numbers.search([("phone_key", "=", self.key)], limit=100)
        sure = list(known.partner_id.ids)
        if not self.ending:
            return sure, []
        rows = self._ending_alike(self._nobody())
        sure += self._same(self._nobody(), rows)
        alike = [id_ for id_, number in rows if may_be_same(self._dialled, number)]
        tails = self._numbers.search([("phone_tail", "=", self.ending)], limit=_MOST)
        alike += [
            line.partner_id.id
            for line in tails
            if may_be_same(self._dialled, line.number)
        ]
        return sure, alike

    @property
    def _dialled(self):
        """The number with as much of its prefix as is known."""
        return self.key if is_international(self.key) else self.phone

    def _same(self, model, rows):
        """Ids of the rows with the very number, in whatever way it was typed."""
        numbers, ours = dict(rows), self.company.country_id
        return [
            record.id
            for record in model.sudo().browse(list(numbers))
            if self.key
            == self._numbers._key(numbers[record.id], record.country_id or ours)
        ]

    def _ending_alike(self, model):
        """(id, number) of the records whose number has the same last digits."""
        model.flush_model(["phone", "active"])
        return self.env.execute_query(
            SQL(
                """SELECT id, phone FROM %s
                    WHERE RIGHT(REGEXP_REPLACE(phone, '[^0-9]', '', 'g'), 7) = %s
                      AND phone IS NOT NULL AND active
                    LIMIT %s""",
                SQL.identifier(model._table),
                self.ending,
                _MOST,
            )
        )
