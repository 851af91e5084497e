"""Many rows by SQL: copies of one that Odoo itself has created."""

from odoo.tools import SQL


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
    changed = {"id": SQL("made.id"), **columns}
    rows = env.execute_query(
        SQL(
            """INSERT INTO %(table)s
               SELECT (jsonb_populate_record(model, jsonb_build_object(%(changed)s))).*
                 FROM %(table)s AS model,
                      (SELECT nextval(%(sequence)s) AS id
                         FROM generate_series(1, %(count)s)) AS made
                WHERE model.id = %(record)s
            RETURNING id""",
            table=table,
            changed=SQL(", ").join(
                SQL("%s, %s", name, value) for name, value in changed.items()
            ),
            sequence=f"{record._table}_id_seq",
            count=count,
            record=record.id,
        )
    )
    env.cr.execute(SQL("ANALYZE %s", table))
    env.invalidate_all()
    return sorted(id_ for (id_,) in rows)
