"""A user-made metric as SQL, made by the ORM from its definition.

It reads the documents of the company (those without a company are everybody's), and not
only those that its author sees: a category must not depend on who looks. Archived
documents count only if the condition speaks of “active”. With a date field, documents
without a date or dated after today do not count.

Money is converted into the company's currency at the rate of the document's day, or of
today where the metric has no date field; as in Odoo, a day before the first rate takes
the first one. A counterparty with a document in a currency that has no rate at all has
no number.
"""

from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from .definition import ITSELF, Definition
from .windows import only_partners

# How the values of a counterparty's documents become one number.
_AGGREGATES = {
    "count": SQL("COUNT(*)"),
    "count_distinct": SQL("COUNT(DISTINCT value)"),
    "sum": SQL("CASE WHEN BOOL_AND(known) THEN COALESCE(SUM(value), 0) END"),
    "avg": SQL("CASE WHEN BOOL_AND(known) THEN AVG(value) END"),
    "min": SQL("CASE WHEN BOOL_AND(known) THEN MIN(value) END"),
    "max": SQL("CASE WHEN BOOL_AND(known) THEN MAX(value) END"),
}
_ZERO_WITHOUT_DOCUMENTS = ("count", "count_distinct", "sum")


class OwnMetric:
    """One user-made metric for one company on one day.

    :param env: environment whose cursor is used; access is the caller's business
    :param code: code of the metric
    :param definition: its frozen definition
    :param company_id: whose documents count, and whose currency
    :param owner: ``commercial_partner_id`` or ``partner_id``: for whom they count
    :param today: the day of the computation
    :param partner_ids: measure these owners only; None for everybody
    :raise ValidationError: the definition does not fit the database (any more)
    """

    def __init__(
        self, env, code, definition, company_id, owner, today, partner_ids=None
    ):
        # Nobody's rights, language or companies may change the number.
        context = {"allowed_company_ids": [company_id], "lang": "en_US", "tz": "UTC"}
        self.env = env(su=True, context=context)
        self.code = code
        self.definition = Definition(self.env, code, definition)
        self.company = self.env["res.company"].browse(company_id)
        self.owner = owner
        self.today = today
        self.partner_ids = partner_ids
        self.model = self.definition.model
        self.aggregate = self.definition.aggregate

    @property
    def source(self):
        """Name of the table expression."""
        return SQL.identifier(f"own_{self.code}")

    @property
    def expression(self):
        """SQL with the columns owner_id and value, one row per owner of documents."""
        query = self._query()
        owner = self._owner(query)
        return SQL(
            """
            SELECT owner_id, %(result)s AS value
              FROM (%(documents)s) AS document
             WHERE owner_id IS NOT NULL %(only)s
             GROUP BY owner_id
            """,
            result=self._result(),
            documents=query.select(
                SQL("%s AS owner_id", owner),
                SQL("%s AS value", self._value(query)),
                SQL("%s AS known", self._known(query)),
            ),
            only=only_partners(SQL("owner_id"), self.partner_ids),
        )

    @property
    def column(self):
        """SQL of the value beside the population; NULL where there is none."""
        if self.aggregate in _ZERO_WITHOUT_DOCUMENTS:
            return SQL(
                "CASE WHEN %(source)s.owner_id IS NULL THEN 0 ELSE %(source)s.value "
                "END::float8",
                source=self.source,
            )
        return SQL("%s.value::float8", self.source)

    def document_domain(self):
        """The documents that count, whenever they were made, as a domain."""
        domain = self.definition.domain
        if self.definition.company_field:
            ours = [self.company.id, False]
            domain &= Domain(self.definition.company_field, "in", ours)
        return domain

    def counted_domain(self, partner):
        """The documents of the window that count for a counterparty, as a domain.

        :param partner: record of res.partner
        """
        domain = self.document_domain()
        date = self.definition.date_field
        start, end = self.definition.window.bounds(self.today)
        if date is not None:
            domain &= Domain(date.name, "<", str(end))
        if start is not None:
            domain &= Domain(date.name, ">=", str(start))
        path = ".".join(self.definition.partner_path)
        if self.owner == "partner_id":
            return domain & Domain(path, "=", partner.id)
        path = "" if path == ITSELF else f"{path}."
        return domain & Domain(f"{path}commercial_partner_id", "=", partner.id)

    def unrated(self):
        """Names of the currencies of documents that have no rate.

        :return: list of names; empty if every document can be converted
        """
        if not self.definition.is_money:
            return []
        query = self._query()
        currency = self._currency(query)
        if currency is None:
            return []
        query.add_where(SQL("NOT %s", self._known(query)))
        rows = self.env.execute_query(query.select(SQL("DISTINCT %s", currency)))
        names = self.env["res.currency"].browse([row[0] for row in rows if row[0]])
        return names.mapped("name")

    # --- pieces ---------------------------------------------------------------

    def _query(self):
        """The documents that count, joined to nothing yet."""
        try:
            query = self.model._search(self.document_domain())
        except UserError:
            raise
        except Exception as error:
            # Search methods of fields raise whatever they like.
            text = self.definition.values.get("domain")
            raise self.definition._bad_domain(text, error) from error
        start, end = self.definition.window.bounds(self.today)
        date = self._date(query)
        if date is not None:
            query.add_where(SQL("%s < %s", date, end))
        if start is not None:
            query.add_where(SQL("%s >= %s", date, start))
        return query

    def _result(self):
        if self.aggregate == "days_since_last":
            return SQL("%s::date - MAX(value)::date", self.today)
        if self.aggregate == "days_since_first":
            return SQL("%s::date - MIN(value)::date", self.today)
        return _AGGREGATES[self.aggregate]

    def _date(self, query):
        field = self.definition.date_field
        return field and self._column(self.model, query.table, field.name, query)

    def _owner(self, query):
        """SQL of the counterparty for whom a document counts."""
        model, alias = self.model, query.table
        for name in self.definition.partner_path:
            if name == ITSELF:
                break
            value = self._column(model, alias, name, query)
            model = self.env[model._fields[name].comodel_name]
            alias = self._join(query, alias, name, model._table, value)
        if self.owner == "partner_id":
            return SQL.identifier(alias, "id")
        return SQL.identifier(alias, "commercial_partner_id")

    def _join(self, query, alias, link, table, value):
        joined = query.make_alias(alias, f"{link}__owner")
        condition = SQL("%s = %s", value, SQL.identifier(joined, "id"))
        query.add_join("LEFT JOIN", joined, table, condition)
        return joined

    def _column(self, model, alias, name, query):
        try:
            return model._field_to_sql(alias, name, query)
        except ValueError as error:
            raise self.definition.not_stored(name) from error

    def _value(self, query):
        """SQL of what a document contributes."""
        if self.aggregate in ("days_since_last", "days_since_first"):
            return self._date(query)
        field = self.definition.measure
        if field is None:
            return SQL("1")
        value = self._column(self.model, query.table, field.name, query)
        currency = self._currency(query) if self.definition.is_money else None
        if currency is None:
            return value
        return SQL(
            """CASE WHEN %(currency)s = %(company_currency)s THEN %(value)s
                    ELSE %(value)s / %(rate)s * %(company_rate)s END""",
            value=value,
            currency=currency,
            company_currency=self.company.currency_id.id,
            rate=self._rate(currency, query),
            company_rate=SQL(
                "COALESCE(%s, 1)",
                self._rate(SQL("%s", self.company.currency_id.id), query),
            ),
        )

    def _known(self, query):
        """SQL that tells whether a document's amount can be converted."""
        currency = self._currency(query) if self.definition.is_money else None
        if currency is None:
            return SQL("TRUE")
        value = self._column(
            self.model, query.table, self.definition.measure.name, query
        )
        return SQL(
            """(COALESCE(%(value)s, 0) = 0 OR %(currency)s = %(company_currency)s
                OR EXISTS (SELECT FROM res_currency_rate AS rate
                            WHERE rate.currency_id = %(currency)s AND %(ours)s))""",
            value=value,
            currency=currency,
            company_currency=self.company.currency_id.id,
            ours=self._our_rate(),
        )

    def _currency(self, query):
        """SQL of the document's currency; None if it is the company's by nature."""
        name = self.definition.measure.get_currency_field(self.model)
        try:
            currency = self.model._field_to_sql(query.table, name, query)
            return SQL("COALESCE(%s, %s)", currency, self.company.currency_id.id)
        except ValueError as error:
            if name.startswith("company_currency"):
                return None
            raise self.definition.not_stored(name) from error

    def _rate(self, currency, query):
        """SQL of the rate that Odoo's own conversion takes, NULL without any."""
        date = self._date(query)
        return SQL(
            """(SELECT rate.rate FROM res_currency_rate AS rate
                 WHERE rate.currency_id = %(currency)s AND %(ours)s
                 ORDER BY rate.name > %(date)s::date, rate.company_id,
                          ABS(rate.name - %(date)s::date)
                 LIMIT 1)""",
            currency=currency,
            ours=self._our_rate(),
            date=SQL("%s", self.today) if date is None else date,
        )

    def _our_rate(self):
        return SQL(
            "(rate.company_id IS NULL OR rate.company_id = %s)", self.company.root_id.id
        )
