"""Completeness and missing information for many counterparties, one statement each."""

from odoo.fields import Domain
from odoo.tools import SQL

from ..core import completeness as rule

_TEXTS = ("char", "text", "html", "selection", "reference")
_NUMBERS = ("integer", "float", "monetary")
_OTHERS = ("boolean", "date", "datetime", "many2one", "binary")

# What an HTML field holds besides words.
_MARKUP = r"<[^>]*>|&nbsp;"


def kind(field):
    """How a field of a partner is asked whether it is filled.

    :param field: a field object
    :return: ``text``, ``number``, ``any``; False if it cannot be asked
    """
    if not field.store or field.type == "many2one_reference":
        return False
    if field.type == "one2many":
        return "any" if field.inverse_name else False
    if field.type in _TEXTS:
        return "text"
    if field.type in _NUMBERS:
        return "number"
    return "any" if field.type in (*_OTHERS, "many2many") else False


class Completeness:
    """Reads and writes how much is known about counterparties.

    :param env: environment; read as the superuser, access is the caller's business
    :param requirements: requirements of ``core.completeness``; those on fields that
        are no longer there are left out
    """

    def __init__(self, env, requirements):
        self.env = env
        self.partners = env["res.partner"].sudo().with_context(active_test=False)
        known = self.partners._fields
        self.requirements = tuple(
            one for one in requirements if one.field in known and kind(known[one.field])
        )
        self.fields = tuple(dict.fromkeys(one.field for one in self.requirements))

    def facts(self, partner_ids):
        """What is known about these counterparties.

        :param partner_ids: ids
        :return: dictionary of id → ``core.completeness.Facts``
        """
        if not partner_ids:
            return {}
        moments = {one.moment for one in self.requirements if one.blocks}
        never = SQL("FALSE")
        rows = self.env.execute_query(
            SQL(
                """
                SELECT partner.id, held.types, COALESCE(partner.is_company, FALSE),
                       ARRAY[%(filled)s]::boolean[],
                       partner.activated_on IS NOT NULL, %(ordered)s, %(billed)s
                  FROM res_partner AS partner
                  LEFT JOIN (%(held)s) AS held ON held.partner_id = partner.id
                 WHERE partner.id = ANY(%(ids)s)
                """,
                filled=SQL(", ").join(self._filled(name) for name in self.fields),
                ordered=self._ordered() if rule.FIRST_ORDER in moments else never,
                billed=self._billed() if rule.FIRST_BILL in moments else never,
                held=self._held(partner_ids),
                ids=list(partner_ids),
                to_flush=self._flushed("is_company", "activated_on"),
            )
        )
        return {id_: self._as_facts(*row) for id_, *row in rows}

    def refresh(self, partner_ids=None, type_ids=None, skip_locked=False):
        """Write the completeness of counterparties where it differs.

        ``write_date`` stays: nobody changed the counterparty.

        :param partner_ids: only these; None for everybody
        :param type_ids: only those of these types; None for all
        :param skip_locked: leave out rows that somebody else is writing
        :return: ids of the counterparties that were changed
        """
        locked = SQL("SKIP LOCKED") if skip_locked else SQL("")
        rows = self.env.execute_query(
            SQL(
                """
                UPDATE res_partner AS partner
                   SET completeness = stale.percent,
                       completeness_level = stale.level
                  FROM (SELECT partner.id, measured.percent, %(level)s AS level
                          FROM res_partner AS partner
                          JOIN (%(measured)s) AS measured
                            ON measured.id = partner.id
                         WHERE partner.completeness IS DISTINCT FROM measured.percent
                            OR partner.completeness_level IS DISTINCT FROM %(level)s
                         ORDER BY partner.id
                           FOR NO KEY UPDATE OF partner %(locked)s) AS stale
                 WHERE partner.id = stale.id
                RETURNING partner.id
                """,
                level=_level(),
                measured=self.measured(partner_ids, type_ids),
                locked=locked,
            )
        )
        return [row[0] for row in rows]

    def measured(self, partner_ids=None, type_ids=None):
        """The completeness as SQL with the columns ``id`` and ``percent``."""
        names = [SQL.identifier(f"weight_{place}") for place in range(len(self.fields))]
        weights = SQL(", ").join(
            SQL("%s AS %s", self._weight(field), name)
            for field, name in zip(self.fields, names, strict=True)
        )
        known = SQL(" + ").join(
            SQL("CASE WHEN %s > 0 AND %s THEN %s ELSE 0 END", name, filled, name)
            for name, filled in zip(names, map(self._filled, self.fields), strict=True)
        )
        return SQL(
            """
            SELECT partner.id,
                   CASE WHEN held.types IS NULL THEN NULL
                        WHEN score.total = 0 THEN 100
                        ELSE 100 * score.known / score.total END AS percent
              FROM res_partner AS partner
              LEFT JOIN (%(held)s) AS held ON held.partner_id = partner.id
             CROSS JOIN LATERAL (SELECT %(weights)s) AS weight
             CROSS JOIN LATERAL (SELECT %(total)s AS total, %(known)s AS known)
                   AS score
             WHERE %(wanted)s
            """,
            held=self._held(partner_ids),
            weights=weights if names else SQL("0"),
            total=SQL(" + ").join(names) if names else SQL("0"),
            known=known if names else SQL("0"),
            wanted=self._wanted(partner_ids, type_ids),
            to_flush=self._flushed("is_company"),
        )

    # --- inside ---------------------------------------------------------------

    def _as_facts(self, types, is_company, filled, active, ordered, billed):
        passed = (
            (rule.ACTIVATED, active),
            (rule.FIRST_ORDER, ordered),
            (rule.FIRST_BILL, billed),
        )
        pairs = zip(self.fields, filled, strict=True)
        return rule.Facts(
            types=frozenset(types or ()),
            is_company=is_company,
            filled=frozenset(name for name, is_there in pairs if is_there),
            passed=frozenset(moment for moment, is_past in passed if is_past),
        )

    def _wanted(self, partner_ids, type_ids):
        wanted = [SQL("TRUE")]
        if partner_ids is not None:
            wanted.append(SQL("partner.id = ANY(%s)", list(partner_ids)))
        if type_ids is not None:
            wanted.append(
                SQL(
                    """EXISTS (SELECT FROM crm_counterparty_type_partner_rel AS typed
                                WHERE typed.partner_id = partner.id
                                  AND typed.type_id = ANY(%s))""",
                    list(type_ids),
                )
            )
        return SQL(" AND ").join(wanted)

    def _held(self, partner_ids):
        """The types in use of each counterparty that has any."""
        only = (
            SQL("")
            if partner_ids is None
            else SQL("WHERE typed.partner_id = ANY(%s)", list(partner_ids))
        )
        return SQL(
            """SELECT typed.partner_id, ARRAY_AGG(typed.type_id) AS types
                 FROM crm_counterparty_type_partner_rel AS typed
                 JOIN crm_counterparty_type AS type
                   ON type.id = typed.type_id AND type.active
                 %s
                GROUP BY typed.partner_id""",
            only,
            to_flush=(
                *self._flushed("counterparty_type_ids"),
                self.env["crm.counterparty.type"]._fields["active"],
            ),
        )

    def _flushed(self, *names):
        return tuple(self.partners._fields[name] for name in names)

    def _weight(self, field):
        """The weight of a field for the types of a counterparty, 0 if none asks."""
        kinds = {
            "all": SQL("TRUE"),
            "company": SQL("COALESCE(partner.is_company, FALSE)"),
            "person": SQL("NOT COALESCE(partner.is_company, FALSE)"),
        }
        weights = SQL(", ").join(
            SQL(
                "CASE WHEN %s = ANY(held.types) AND %s THEN %s ELSE 0 END",
                one.type_id,
                kinds[one.applies_to],
                one.weight,
            )
            for one in self.requirements
            if one.field == field
        )
        return SQL("GREATEST(0, %s)", weights)

    def _filled(self, name):
        """Whether a field of ``partner`` is filled, as SQL that is never NULL."""
        field = self.partners._fields[name]
        if field.type == "one2many":
            return self._has_lines(field)
        if field.type == "many2many":
            return SQL(
                "EXISTS (SELECT FROM %s AS link WHERE %s = partner.id)",
                SQL.identifier(field.relation),
                SQL.identifier("link", field.column1),
                to_flush=field,
            )
        if field.type == "binary" and field.attachment:
            return SQL(
                """EXISTS (SELECT FROM ir_attachment AS file
                            WHERE file.res_model = 'res.partner'
                              AND file.res_field = %s AND file.res_id = partner.id)""",
                name,
                to_flush=field,
            )
        column = SQL.identifier("partner", name, to_flush=field)
        if field.company_dependent:
            return SQL(
                """EXISTS (SELECT FROM jsonb_each_text(%s) AS own(company, value)
                            WHERE (partner.company_id IS NULL
                                   OR own.company = partner.company_id::text)
                              AND %s)""",
                column,
                _is_information(field, SQL("own.value")),
                to_flush=self.partners._fields["company_id"],
            )
        if field.translate:
            return SQL(
                "EXISTS (SELECT FROM jsonb_each_text(%s) AS own(lang, value) WHERE %s)",
                column,
                _is_information(field, SQL("own.value")),
            )
        return _is_information(field, column)

    def _ordered(self):
        return SQL(
            """EXISTS (SELECT FROM sale_order
                         JOIN res_partner AS buyer ON buyer.id = sale_order.partner_id
                        WHERE buyer.commercial_partner_id = partner.id
                          AND sale_order.state = 'sale')""",
            to_flush=self.env["sale.order"]._fields["state"],
        )

    def _billed(self):
        return SQL(
            """EXISTS (SELECT FROM account_move
                        WHERE account_move.commercial_partner_id = partner.id
                          AND account_move.state = 'posted'
                          AND account_move.move_type
                              IN ('in_invoice', 'in_receipt'))""",
            to_flush=self.env["account.move"]._fields["state"],
        )

    def _has_lines(self, field):
        lines = self.env[field.comodel_name].sudo().with_context(active_test=True)
        there = Domain(field.inverse_name, "!=", False)
        query = lines._search(there & field.get_comodel_domain(self.partners))
        inverse = lines._field_to_sql(lines._table, field.inverse_name, query)
        return SQL("partner.id IN (%s)", query.subselect(inverse))


def _is_information(field, value):
    """Whether a column's value is information; the same as ``core.is_filled``."""
    if field.type == "html":
        value = SQL("REGEXP_REPLACE(%s, %s, '', 'g')", value, _MARKUP)
    if field.type in _TEXTS:
        return SQL("COALESCE(BTRIM(%s, %s), '') <> ''", value, rule.BLANKS)
    if field.type in _NUMBERS:
        return SQL("COALESCE((%s)::numeric, 0) <> 0", value)
    if field.type == "boolean":
        return SQL("COALESCE((%s)::boolean, FALSE)", value)
    return SQL("%s IS NOT NULL", value)


def _level():
    """The band of ``measured.percent``, NULL without one."""
    bands = SQL(" ").join(
        SQL("WHEN measured.percent >= %s THEN %s", lowest, name)
        for name, lowest in rule.BANDS
    )
    return SQL("CASE %s END", bands)
