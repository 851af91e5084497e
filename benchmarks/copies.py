"""Many rows by SQL: copies of one that Odoo itself has created."""

import contextlib

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
    rows = SQL("SELECT FROM generate_series(1, %s)", count)
    with _careless(record) as env:
        statement = _statement(record, rows, columns)
        made = env.execute_query(SQL("%s RETURNING id", statement))
    return sorted(id_ for (id_,) in made)


def spread(record, rows, **columns):
    """Copy the row of a record once for each row of a query.

    :param record: the record; its many2many and one2many fields are not copied
    :param rows: SQL of a query; its columns are known as columns of ``made``
    :param columns: as for :func:`copy`
    """
    with _careless(record) as env:
        env.cr.execute(_statement(record, rows, columns))


def drop_idle_indexes(env, table, *needed):
    """Set the indexes of a table aside that nothing reads; a rollback brings them back.

    :param table: the table's name
    :param needed: parts of the names of the indexes that stay; those of constraints do
    """
    env.cr.execute(
        """SELECT index.relname FROM pg_index
             JOIN pg_class AS index ON index.oid = indexrelid
            WHERE indrelid = %s::regclass AND NOT index.relname LIKE ANY(%s)
              AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid)""",
        [table, [f"%{part}%" for part in needed]],
    )
    for (name,) in env.cr.fetchall():
        env.cr.execute(SQL("DROP INDEX %s", SQL.identifier(name)))


@contextlib.contextmanager
def _careless(record):
    """What the copies refer to is there, because the record refers to it."""
    env = record.env
    env.cr.flush()
    env.cr.execute("SET LOCAL session_replication_role = replica")
    yield env
    env.cr.execute("SET LOCAL session_replication_role = DEFAULT")
    env.cr.execute(SQL("ANALYZE %s", SQL.identifier(record._table)))
    env.invalidate_all()


def _statement(record, rows, columns):
    table = SQL.identifier(record._table)
    values = {name: SQL("model.%s", SQL.identifier(name)) for name in
              table_columns(record.env.cr, record._table)}  # fmt: skip
    values |= {"id": SQL("made.id"), **columns}
    return SQL(
        """INSERT INTO %(table)s (%(names)s)
           SELECT %(values)s
             FROM %(table)s AS model,
                  (SELECT nextval(%(sequence)s) AS id, row.* FROM (%(rows)s) AS row)
                     AS made
            WHERE model.id = %(record)s""",
        table=table,
        names=SQL(", ").join(map(SQL.identifier, values)),
        values=SQL(", ").join(values.values()),
        sequence=f"{record._table}_id_seq",
        rows=rows,
        record=record.id,
    )
