"""Being one of many, in a way that costs PostgreSQL and us little."""

from odoo.fields import Domain
from odoo.tools import SQL


def among(name, ids):
    """Domain of the records that point to one of some ids.

    An ``in`` of Odoo writes each id into the statement, several times where a domain is
    asked of several models, and thousands of them take longer than the search itself.
    Here they are one value.

    :param name: a stored many2one field, or ``id``
    :param ids: the ids, any number
    """
    if not ids:
        return Domain.FALSE
    array = "".join(("{", ",".join(map(str, sorted(ids))), "}"))

    def to_sql(model, alias, query):
        field = model._field_to_sql(alias, name, query)
        return SQL("%s = ANY(%s::int[])", field, array)

    return Domain.custom(to_sql=to_sql)
