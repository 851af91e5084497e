"""Counterparties that are probably entered twice, found in one statement.

Two counterparties are probably the same when they have the same tax number, the same
e-mail address, the same name as companies, or the same name and phone as persons.
A phone number alone says little: a whole clinic shares its switchboard.
"""

from odoo.tools import SQL

from .queries import counterparties


def surplus(company):
    """Who repeats a counterparty that was entered earlier.

    :param company: a ``res.company`` record with full rights
    :return: ids of ``res.partner``
    """
    return _found(company, SQL("id <> first_id"))


def groups(company):
    """Everybody who shares a key with somebody else, the first one included.

    :param company: a ``res.company`` record with full rights
    :return: ids of ``res.partner``
    """
    return _found(company, SQL("same > 1"))


def _found(company, condition):
    partners = company.env["res.partner"]
    pool = partners._search(counterparties(company)).select(
        *(SQL.identifier("res_partner", name) for name in _COLUMNS)
    )
    rows = company.env.execute_query(
        SQL(
            """
            WITH pool AS (%(pool)s),
                 keyed AS (
                SELECT id, 'tax ' || UPPER(%(number)s) AS key
                  FROM pool WHERE LENGTH(%(number)s) > 3
                 UNION ALL
                SELECT id, 'mail ' || email_normalized
                  FROM pool WHERE email_normalized <> ''
                 UNION ALL
                SELECT id, 'name ' || %(name)s FROM pool WHERE is_company
                 UNION ALL
                SELECT id, 'person ' || %(name)s || ' ' || phone
                  FROM pool WHERE NOT COALESCE(is_company, FALSE) AND phone <> ''),
                 compared AS (
                SELECT id, MIN(id) OVER same_key AS first_id,
                       COUNT(*) OVER same_key AS same
                  FROM keyed WINDOW same_key AS (PARTITION BY key))
            SELECT DISTINCT id FROM compared WHERE %(condition)s ORDER BY id
            """,
            pool=pool,
            name=SQL("LOWER(REGEXP_REPLACE(BTRIM(name), '[[:space:]]+', ' ', 'g'))"),
            number=SQL("REGEXP_REPLACE(vat, '[^[:alnum:]]', '', 'g')"),
            condition=condition,
            to_flush=tuple(partners._fields[name] for name in _COLUMNS[1:]),
        )
    )
    return [id_ for (id_,) in rows]


_COLUMNS = ("id", "name", "vat", "email_normalized", "phone", "is_company")
