"""Many rows by one statement, without the ORM's work for each of them."""

import json

from odoo.tools import SQL


def insert(env, model, rows, returning=("id",)):
    """Insert the rows that are not there yet.

    Whatever unique key a row would break, it is left out: twice is once.

    :param env: the author of the rows
    :param model: name of the model
    :param rows: dictionaries with the same stored fields
    :param returning: columns that are returned
    :return: list of tuples of what was inserted
    """
    if not rows:
        return []
    now = env.cr.now()
    source = _Source(env[model], rows)
    source.add_same(
        create_uid=env.uid, create_date=now, write_uid=env.uid, write_date=now
    )
    env[model].flush_model()
    return env.execute_query(
        SQL(
            """INSERT INTO %(table)s (%(columns)s)
               SELECT %(values)s FROM %(source)s
                   ON CONFLICT DO NOTHING RETURNING %(returning)s""",
            table=SQL.identifier(env[model]._table),
            columns=_names(source.values),
            values=SQL(", ").join(source.values.values()),
            source=source.table(),
            returning=_names(returning),
        )
    )


def update(env, model, rows):
    """Write different values to many records.

    :param env: the author
    :param model: name of the model
    :param rows: dictionaries with ``id`` and the same stored fields
    """
    if not rows:
        return
    records = env[model]
    source = _Source(records, rows, key="id")
    source.add_same(write_uid=env.uid, write_date=env.cr.now())
    id_ = source.values.pop("id")
    records.flush_model()
    env.cr.execute(
        SQL(
            """UPDATE %(table)s AS record SET %(values)s FROM %(source)s
                WHERE record.id = %(id)s""",
            table=SQL.identifier(records._table),
            values=SQL(", ").join(
                SQL("%s = %s", SQL.identifier(name), value)
                for name, value in source.values.items()
            ),
            source=source.table(),
            id=id_,
        )
    )
    records.browse(row["id"] for row in rows).invalidate_recordset(
        source.values, flush=False
    )


class _Source:
    """Rows as PostgreSQL reads them fastest.

    One typed array for each column in which they differ, and one value for each of the
    others: what is opened or judged at once has most of its columns in common.

    :param records: records of their model
    :param rows: dictionaries with the same stored fields; at least one
    :param key: a column that stays an array even if there is only one row
    """

    def __init__(self, records, rows, key=None):
        self._fields = records._fields
        self._arrays = {}
        #: Column → SQL of its value in a row.
        self.values = {}
        key = key or next(iter(rows[0]))
        for name in rows[0]:
            column = [row[name] for row in rows]
            if name == key or any(value != column[0] for value in column):
                self._add_array(name, column)
            else:
                self.add_same(**{name: column[0]})

    def add_same(self, **values):
        """Add columns that have the same value in all rows."""
        for name, value in values.items():
            kind = SQL(self._type(name))
            self.values[name] = SQL("%s::%s", self._adapted(name, value), kind)

    def table(self):
        """The FROM part that the values refer to."""
        arrays = SQL(", ").join(self._arrays.values())
        return SQL("unnest(%s) AS news (%s)", arrays, _names(self._arrays))

    def _add_array(self, name, column):
        values = [self._adapted(name, value) for value in column]
        self._arrays[name] = SQL("%s::%s[]", values, SQL(self._type(name)))
        self.values[name] = SQL.identifier("news", name)

    def _type(self, name):
        return self._fields[name].column_type[0]

    def _adapted(self, name, value):
        if value is not None and self._type(name) == "jsonb":
            return json.dumps(value)
        return value


def _names(columns):
    return SQL(", ").join(SQL.identifier(column) for column in columns)
