from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ...core.touch import NOT_REACHED
from ...core.wire import LONGEST_LINE, is_text
from ...engine.callers import MOST_CANDIDATES, Callers

# What a program that only logs has no business to know.
_WITHHELD = ("debt", "open_leads", "open_orders")


class CrmInteraction(models.Model):
    """Who is calling?"""

    _inherit = "crm.interaction"

    @api.model
    def identify(self, phone=False, email=False):
        """The counterparties that a number or an address may belong to.

        :param phone: the number as the telephone exchange gives it
        :param email: an e-mail address
        :return: at most ten dictionaries, the surest first; an empty list for a
            stranger. Each has ``kind`` (partner, or lead for an open lead of somebody
            who is no counterparty yet), ``id``, ``name``, ``company``, ``company_id``
            (the commercial entity, 0 without one), ``match`` (number, email; similar:
            only the last digits), ``shared`` (others have it as well), ``types``
            (codes), ``categories`` (``segmentation``, ``code``, ``name``, ``id``),
            ``territory``, ``user`` and ``user_id`` (0 without one), ``last_touch``
            (``id``, ``date``, ``type``, ``subject``, ``user``; empty without one),
            ``source``, ``open_obligations`` (a list), and for people who sell also
            ``debt`` (``total``, ``overdue``, ``currency``), ``open_leads`` and
            ``open_orders``; ``withheld`` names what was left out for this user
        :raises UserError: neither a number nor an address, or not text
        """
        self.browse().check_access("read")
        for name, value in (("phone", phone), ("email", email)):
            if value is not False and not is_text(value, LONGEST_LINE):
                raise self._identify_error(
                    self.env._(
                        "%(name)s: it must be a text of at most %(n)s characters",
                        name=name,
                        n=LONGEST_LINE,
                    )
                )
        if not (phone or "").strip() and not (email or "").strip():
            raise self._identify_error(self.env._("give phone or email"))
        callers = Callers(self.env, self.env.company, phone, email)
        sells = self.env["crm.lead"].has_access("read")
        if callers.found:
            return self._candidates(callers, sells)
        return self._lead_candidates(callers) if sells else []

    def _identify_error(self, problem):
        return UserError(
            self.env._(
                "crm_segmentation.identify: Nobody was looked for: %(problem)s.",
                problem=problem,
            )
        )

    def _candidates(self, callers, sells):
        partners = callers.found[:MOST_CANDIDATES]
        companies = partners.commercial_partner_id
        touches = self._last_touches(companies)
        owed = self._open_obligations_of(companies)
        money = self._money_of(companies) if sells else {}
        return [
            {
                **self._who(partner),
                "match": callers.match(partner),
                "shared": len(partners) > 1,
                "last_touch": touches.get(partner.commercial_partner_id.id, {}),
                "open_obligations": owed.get(partner.commercial_partner_id.id, []),
                **money.get(partner.commercial_partner_id.id, {}),
                "withheld": [] if sells else list(_WITHHELD),
            }
            for partner in partners
        ]

    def _who(self, partner):
        company = partner.commercial_partner_id
        territory = "territory_id" in partner._fields and company.territory_id
        user = partner.user_id or company.user_id
        return {
            "kind": "partner",
            "id": partner.id,
            "name": partner.name or partner.display_name,
            "company": company.name or "",
            "company_id": company.id,
            "types": (partner.counterparty_type_ids or company.counterparty_type_ids)
            .mapped("code"),
            "categories": [
                {
                    "id": segment.id,
                    "segmentation": segment.segmentation_id.code or "",
                    "code": segment.code or "",
                    "name": segment.name or "",
                }
                for segment in partner.segment_ids
            ],
            "territory": (territory and territory.sudo().display_name) or "",
            "user": user.name or "",
            "user_id": user.id or 0,
            "source": company.sudo().utm_source_id.name or "",
        }  # fmt: skip

    def _last_touches(self, companies):
        """Commercial counterparty → the newest talk that the user may see."""
        self.flush_model(["commercial_partner_id", "company_id", "outcome", "date"])
        newest = SQL(
            """SELECT talk.id FROM UNNEST(%s) AS company(id),
                 LATERAL (SELECT id FROM crm_interaction
                           WHERE commercial_partner_id = company.id
                             AND company_id = ANY(%s)
                             AND (outcome IS NULL OR outcome NOT IN %s)
                           ORDER BY date DESC, id DESC LIMIT 1) AS talk""",
            companies.ids,
            self.env.companies.ids,
            NOT_REACHED,
        )
        ids = [row[0] for row in self.env.execute_query(newest)]
        talks = self.browse(ids)._filtered_access("read")
        return {
            talk.commercial_partner_id.id: {
                "id": talk.id,
                "date": fields.Datetime.to_string(talk.date),
                "type": talk.type_id.code,
                "subject": talk.name or "",
                "user": talk.user_id.name or "",
            }
            for talk in talks
        }

    def _open_obligations_of(self, companies):
        """What we owe these counterparties. Extended where obligations are kept.

        :param companies: commercial counterparties
        :return: {id: list of dictionaries}
        """
        return {}

    def _money_of(self, companies):
        """What is open with these counterparties, as far as the user may see it."""
        inside = [("partner_id.commercial_partner_id", "in", companies.ids)]
        leads = self._count_by_company(
            "crm.lead", [*inside, ("won_status", "=", "pending")]
        )
        orders = self._count_by_company(
            "sale.order",
            [
                *inside,
                "|",
                ("state", "in", ("draft", "sent")),
                "&",
                ("state", "=", "sale"),
                ("invoice_status", "!=", "invoiced"),
            ],
        )
        debts = self._debts_of(companies)
        return {
            company.id: {
                "debt": debts[company.id],
                "open_leads": leads.get(company.id, 0),
                "open_orders": orders.get(company.id, 0),
            }
            for company in companies
        }

    def _count_by_company(self, model, domain):
        found = {}
        for partner, count in self.env[model]._read_group(
            domain, ["partner_id"], ["__count"]
        ):
            company = partner.sudo().commercial_partner_id.id
            found[company] = found.get(company, 0) + count
        return found

    def _debts_of(self, companies):
        """Unpaid posted invoices less refunds, in the company's currency."""
        self.env["account.move"].flush_model(
            ["state", "payment_state", "amount_residual_signed", "invoice_date_due"]
        )
        today = fields.Date.context_today(self)
        rows = self.env.execute_query(
            SQL(
                """SELECT partner.commercial_partner_id,
                          SUM(move.amount_residual_signed),
                          SUM(move.amount_residual_signed)
                              FILTER (WHERE move.invoice_date_due < %(today)s)
                     FROM res_partner AS partner
                     JOIN account_move AS move ON move.partner_id = partner.id
                    WHERE partner.commercial_partner_id = ANY(%(ids)s)
                      AND move.company_id = %(company)s
                      AND move.state = 'posted'
                      AND move.move_type IN ('out_invoice', 'out_refund', 'out_receipt')
                      AND move.payment_state IN ('not_paid', 'partial')
                    GROUP BY 1""",
                ids=companies.ids,
                company=self.env.company.id,
                today=today,
            )
        )
        currency = self.env.company.currency_id
        known = {id_: (total, overdue) for id_, total, overdue in rows}
        return {
            company.id: {
                "total": currency.round(float(known.get(company.id, (0, 0))[0] or 0)),
                "overdue": currency.round(float(known.get(company.id, (0, 0))[1] or 0)),
                "currency": currency.name,
            }
            for company in companies
        }

    def _lead_candidates(self, callers):
        return [
            {
                "kind": "lead",
                "id": lead.id,
                "name": lead.name,
                "company": lead.partner_name or "",
                "company_id": 0,
                "match": "number" if callers.key else "email",
                "shared": False,
                "types": [],
                "categories": [],
                "territory": "",
                "user": lead.user_id.name or "",
                "user_id": lead.user_id.id or 0,
                "source": lead.source_id.name or "",
                "last_touch": {},
                "open_obligations": [],
                "withheld": [],
            }
            for lead in callers.open_leads()
        ]
