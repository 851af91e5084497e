"""Many rows by SQL: copies of one that Odoo itself has created."""

from odoo.tools import SQL
from odoo.tools.sql import table_columns


def copy(record, count, **columns):
    """Copy the row of a record so many times.

    :param record: the record; its many2many and one2many fields are not copied
    :param count: how many
    :param columns: column → SQL of another value than the record has; ``made.id`` is
        the id of the copy
    :return: the new ids, in order
    """
    env, table = record.env, SQL.identifier(record._table)
    env.cr.flush()
    # What the copies refer to is there, because the record refers to it.
    env.cr.execute("SET LOCAL session_replication_role = replica")
    values = {name: SQL("model.%s", SQL.identifier(name)) for name in
              table_columns(env.cr, record._table)}  # fmt: skip
    values |= {"id": SQL("made.id"), **columns}
    rows = env.execute_query(
        SQL(
            """INSERT INTO %(table)s (%(names)s)
               SELECT %(values)s
                 FROM %(table)s AS model,
                      (SELECT nextval(%(sequence)s) AS id
                         FROM generate_series(1, %(count)s)) AS made
                WHERE model.id = %(record)s
            RETURNING id""",
            table=table,
            names=SQL(", ").join(map(SQL.identifier, values)),
            values=SQL(", ").join(values.values()),
            sequence=f"{record._table}_id_seq",
            count=count,
            record=record.id,
        )
    )
    env.cr.execute("SET LOCAL session_replication_role = DEFAULT")
    env.cr.execute(SQL("ANALYZE %s", table))
    env.invalidate_all()
    return sorted(id_ for (id_,) in rows)
