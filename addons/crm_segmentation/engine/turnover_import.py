"""Loading a list of purchases as customers and turnover lines.

Every row has a natural key in the database, so a list that is loaded twice, or again
after the program was killed half-way, adds only what is not there yet.
"""

from collections import defaultdict
from datetime import timedelta
from functools import cached_property

from odoo import Command, fields
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..core.turnover_csv import Problem, batches

BATCH = 5000
# Tells our advisory locks from those of others; the second key is the company.
LOCK_SPACE = 0x43524D54
# What a new customer needs none of: thousands of "created" notes and followers.
_QUIET = {
    "tracking_disable": True,
    "mail_create_nolog": True,
    "mail_create_nosubscribe": True,
}
# How customers that are in Odoo already may be found.
_MATCH_COLUMN = {"name": "TRIM(partner.name)", "ref": "TRIM(partner.ref)"}


class TurnoverImport:
    """One list of purchases on its way into one company.

    :param env: environment whose cursor is used; access is the caller's business
    :param company: the company whose turnover it is
    :param origin: name of the list or system; with it, ids and lines are unique
    :param purchases: what ``core.turnover_csv.read`` found
    :param match_by: how customers who are in Odoo already are found the first time:
        ``name``, ``ref`` or ``none``; later on they are known by their id in the list
    :param as_companies: whether new customers are companies, not persons
    """

    def __init__(
        self, env, company, origin, purchases, match_by="name", as_companies=True
    ):
        self.env = env(su=True)["res.partner"].with_company(company).env
        self.company = company.with_env(self.env)
        self.origin = origin
        self.purchases = purchases
        self.as_companies = as_companies
        self.currencies = self._find("res.currency", "name", "currency")
        self.categories = self._find("product.category", "complete_name", "category")
        self.matches = self._find_matches(match_by)

    # --- checking -------------------------------------------------------------

    def problems(self, columns):
        """What the database has against the list, in the order of the file.

        :param columns: what we call a column → what the file calls it
        """
        found = []
        for name, known in (
            ("currency", self.currencies),
            ("category", self.categories),
        ):
            found += [
                Problem(purchase.line, columns[name], name, getattr(purchase, name))
                for purchase in self.purchases
                if getattr(purchase, name) and getattr(purchase, name) not in known
            ]
        found += self._ambiguous_customers(columns["customer"])
        return sorted(found, key=lambda problem: problem.line)

    def _ambiguous_customers(self, column):
        """Customers for whom several counterparties fit, and the other way round."""
        found = []
        taken = {}
        for customer, purchase in self.first_lines.items():
            partner_ids = self.matches.get(customer, ())
            if len(partner_ids) > 1:
                found.append(
                    Problem(purchase.line, column, "customer_ambiguous", customer)
                )
            elif partner_ids and taken.setdefault(partner_ids[0], customer) != customer:
                found.append(
                    Problem(purchase.line, column, "customer_shared", customer)
                )
        return found

    # --- loading --------------------------------------------------------------

    def load(self, shift=False, after_batch=None):
        """Load what is not there yet.

        :param shift: whether to move all dates so that the last purchase is yesterday;
            a list that was loaded in part moves by as many days as then
        :param after_batch: called as ``after_batch(done, total)`` after each batch;
            the command line commits and shows progress there
        :return: ``{"customers", "new_customers", "lines", "new_lines", "shift_days"}``
        :raises UserError: somebody else is loading this list at this moment
        """
        days = self._shift_days() if shift else 0
        new_customers = new_lines = done = 0
        for batch in batches(self.purchases, BATCH):
            self._lock()
            partner_ids, created = self._customers(batch)
            new_customers += created
            new_lines += self._insert_lines(batch, partner_ids, timedelta(days=days))
            done += len(batch)
            # Memory stays flat however long the list is.
            self.env.invalidate_all()
            if after_batch:
                after_batch(done, len(self.purchases))
        return {
            "customers": len(self.first_lines),
            "new_customers": new_customers,
            "lines": len(self.purchases),
            "new_lines": new_lines,
            "shift_days": days,
        }

    def classify(self):
        """Classify by every published segmentation of the company.

        :return: number of counterparties whose category changed
        """
        published = self.env["crm.segmentation"].search(
            [("company_id", "=", self.company.id), ("state", "=", "published")]
        )
        return sum(segmentation._classify("import") for segmentation in published)

    def _shift_days(self):
        """By how many days dates move: as before, or so that the last is yesterday."""
        dates = {purchase.key: purchase.date for purchase in self.purchases[:BATCH]}
        rows = self.env.execute_query(
            SQL(
                """SELECT external_ref, date FROM crm_turnover_line
                    WHERE company_id = %s AND origin = %s AND external_ref = ANY(%s)
                    LIMIT 1""",
                self.company.id,
                self.origin,
                list(dates),
            )
        )
        if rows:
            key, day = rows[0]
            return (day - dates[key]).days
        last = max(purchase.date for purchase in self.purchases)
        return (fields.Date.today() - timedelta(days=1) - last).days

    def _customers(self, batch):
        """The counterparty of each customer in a batch; missing ones are created.

        :return: (customer in the list → partner id, number of new counterparties)
        """
        wanted = list(dict.fromkeys(purchase.customer for purchase in batch))
        found = dict(
            self.env.execute_query(
                SQL(
                    """SELECT key, partner_id FROM crm_counterparty_key
                        WHERE company_id = %s AND origin = %s AND key = ANY(%s)""",
                    self.company.id,
                    self.origin,
                    wanted,
                )
            )
        )
        unknown = [self.first_lines[key] for key in wanted if key not in found]
        matched = {
            purchase.customer: self.matches[purchase.customer][0]
            for purchase in unknown
            if self.matches.get(purchase.customer)
        }
        created = self._create_customers(
            [p for p in unknown if p.customer not in matched]
        )
        self._insert_keys({**matched, **created})
        return {**found, **matched, **created}, len(created)

    def _create_customers(self, purchases):
        client = self.env.ref("crm_segmentation.type_client", raise_if_not_found=False)
        types = [Command.link(client.id)] if client else []
        partners = (
            self.env["res.partner"]
            .with_context(**_QUIET)
            .create(
                [
                    {
                        "name": self._customer_name(purchase),
                        "company_id": self.company.id,
                        "is_company": self.as_companies,
                        "counterparty_type_ids": types,
                    }
                    for purchase in purchases
                ]
            )
        )
        partners.flush_recordset()
        customers = (purchase.customer for purchase in purchases)
        return dict(zip(customers, partners.ids, strict=True))

    def _customer_name(self, purchase):
        if purchase.name:
            return purchase.name
        if purchase.customer.isdigit():
            return self.env._("Customer %(number)s", number=purchase.customer)
        return purchase.customer

    def _insert_keys(self, partner_ids):
        if not partner_ids:
            return
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO crm_counterparty_key
                       (company_id, origin, key, partner_id,
                        create_uid, write_uid, create_date, write_date)
                SELECT %(company)s, %(origin)s, row.key, row.partner_id,
                       %(uid)s, %(uid)s, %(now)s, %(now)s
                  FROM UNNEST(%(keys)s::text[], %(partners)s::int[])
                       AS row(key, partner_id)
                    ON CONFLICT (company_id, origin, key) DO NOTHING
                """,
                keys=list(partner_ids),
                partners=list(partner_ids.values()),
                **self._stamp(),
            )
        )

    def _insert_lines(self, batch, partner_ids, shift):
        """One statement per batch; returns how many lines were not there yet."""
        rate = _Rates(self.company)
        rows = []
        for purchase in batch:
            day = purchase.date + shift
            currency = self._currency(purchase)
            amount = currency.round(float(purchase.amount))
            rows.append(
                (
                    partner_ids[purchase.customer],
                    day,
                    amount,
                    currency.id,
                    rate.convert(amount, currency, day),
                    self.categories.get(purchase.category),
                    purchase.key,
                )
            )
        partners, days, amounts, currencies, converted, categories, keys = map(
            list, zip(*rows, strict=True)
        )
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO crm_turnover_line
                       (company_id, origin, external_ref, partner_id,
                        commercial_partner_id, date, amount, currency_id,
                        amount_company, product_categ_id,
                        create_uid, write_uid, create_date, write_date)
                SELECT %(company)s, %(origin)s, row.key, row.partner_id,
                       partner.commercial_partner_id, row.date, row.amount,
                       row.currency_id, row.converted, row.category_id,
                       %(uid)s, %(uid)s, %(now)s, %(now)s
                  FROM UNNEST(%(keys)s::text[], %(partners)s::int[], %(days)s::date[],
                              %(amounts)s::numeric[], %(currencies)s::int[],
                              %(converted)s::numeric[], %(categories)s::int[])
                       WITH ORDINALITY
                       AS row(key, partner_id, date, amount, currency_id, converted,
                              category_id, place)
                  JOIN res_partner AS partner ON partner.id = row.partner_id
                 ORDER BY row.place
                    ON CONFLICT (company_id, origin, external_ref)
                       WHERE external_ref IS NOT NULL DO NOTHING
                """,
                keys=keys,
                partners=partners,
                days=days,
                amounts=amounts,
                currencies=currencies,
                converted=converted,
                categories=categories,
                **self._stamp(),
            )
        )
        return self.env.cr.rowcount

    # --- looking up -----------------------------------------------------------

    def _find(self, model, field_name, attribute):
        """The ids of the records that a column of the list names."""
        names = {getattr(purchase, attribute) for purchase in self.purchases} - {""}
        if not names:
            return {}
        records = self.env[model].search_fetch([(field_name, "in", list(names))])
        return {record[field_name]: record.id for record in records}

    def _find_matches(self, match_by):
        """Customer in the list → ids of the counterparties that fit.

        Asked once for the whole list. A counterparty that has an id in this list
        already fits nobody else, so that a resumed load decides as the first one did.
        """
        if match_by not in _MATCH_COLUMN:
            return {}
        wanted = {
            customer: (purchase.name if match_by == "name" else "") or customer
            for customer, purchase in self.first_lines.items()
        }
        self.env["res.partner"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT %(column)s, partner.id
                  FROM res_partner AS partner
                 WHERE %(column)s = ANY(%(texts)s)
                   AND partner.active
                   AND partner.parent_id IS NULL
                   AND (partner.company_id IS NULL OR partner.company_id = %(company)s)
                   AND NOT EXISTS (SELECT FROM crm_counterparty_key AS known
                                    WHERE known.partner_id = partner.id
                                      AND known.company_id = %(company)s
                                      AND known.origin = %(origin)s)
                 ORDER BY partner.id
                """,
                column=SQL(_MATCH_COLUMN[match_by]),
                texts=list(set(wanted.values())),
                company=self.company.id,
                origin=self.origin,
            )
        )
        fits = defaultdict(list)
        for text, partner_id in rows:
            fits[text].append(partner_id)
        known = self._known_customers()
        return {
            customer: fits[text]
            for customer, text in wanted.items()
            if text in fits and customer not in known
        }

    def _known_customers(self):
        rows = self.env.execute_query(
            SQL(
                """SELECT key FROM crm_counterparty_key
                    WHERE company_id = %s AND origin = %s""",
                self.company.id,
                self.origin,
            )
        )
        return {row[0] for row in rows}

    @cached_property
    def first_lines(self):
        """Each customer of the list with the first line about them."""
        first = {}
        for purchase in self.purchases:
            first.setdefault(purchase.customer, purchase)
        return first

    def _currency(self, purchase):
        if not purchase.currency:
            return self.company.currency_id
        return self.env["res.currency"].browse(self.currencies[purchase.currency])

    def _lock(self):
        """One loader per company at a time; a second one is told so."""
        rows = self.env.execute_query(
            SQL("SELECT pg_try_advisory_xact_lock(%s, %s)", LOCK_SPACE, self.company.id)
        )
        if not rows[0][0]:
            raise UserError(
                self.env._(
                    "crm_segmentation.import_running: Turnover of %(company)s is being "
                    "loaded right now. Try again in a minute.",
                    company=self.company.name,
                )
            )

    def _stamp(self):
        return {
            "company": self.company.id,
            "origin": self.origin,
            "uid": self.env.uid,
            "now": self.env.cr.now(),
        }


class _Rates:
    """Conversion into company currency, with one look-up per currency and day."""

    def __init__(self, company):
        self.company = company
        self.known = {}

    def convert(self, amount, currency, day):
        """The amount in company currency at the rate of the day."""
        target = self.company.currency_id
        if currency == target:
            return amount
        if (currency, day) not in self.known:
            self.known[currency, day] = currency._get_conversion_rate(
                currency, target, self.company, day
            )
        return target.round(amount * self.known[currency, day])
