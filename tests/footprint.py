"""What a database holds, so that two of them can be compared."""

import os

import psycopg2

# One row per named object of a kind.
_OBJECTS = {
    "column": """SELECT table_name || '.' || column_name FROM information_schema.columns
                  WHERE table_schema = 'public'""",
    "constraint": """SELECT conrelid::regclass || ': ' || conname FROM pg_constraint
                      WHERE connamespace = 'public'::regnamespace""",
    "function": """SELECT oid::regprocedure::text FROM pg_proc
                    WHERE pronamespace = 'public'::regnamespace""",
    "index": "SELECT indexname FROM pg_indexes WHERE schemaname = 'public'",
    "relation": """SELECT relkind::text || ' ' || relname FROM pg_class
                    WHERE relnamespace = 'public'::regnamespace
                      AND relkind IN ('r', 'v', 'm', 'S', 'p')""",
    "trigger": "SELECT tgrelid::regclass || ': ' || tgname FROM pg_trigger",
    "type": """SELECT typname FROM pg_type
                WHERE typnamespace = 'public'::regnamespace""",
}
_TABLES = """SELECT relname, EXISTS (SELECT FROM pg_attribute
                                      WHERE attrelid = pg_class.oid AND attname = 'id')
               FROM pg_class
              WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'"""


class Footprint:
    """The objects and the rows of a database as they are now.

    :param database: its name; the server is the one that PGHOST names
    """

    def __init__(self, database):
        connection = psycopg2.connect(
            dbname=database,
            host=os.environ["PGHOST"],
            port=os.environ.get("PGPORT", "5432"),
            user=os.environ.get("PGUSER"),
        )
        try:
            with connection.cursor() as cursor:
                self._cursor = cursor
                self.objects = {
                    f"{kind} {name}"
                    for kind, query in _OBJECTS.items()
                    for name in self._column(query)
                }
                self.rows = self._all_rows()
        finally:
            connection.close()

    def _all_rows(self):
        """Table → {key: text}; the key of a table without ids is the row itself."""
        self._cursor.execute(_TABLES)
        found = {}
        for table, has_id in self._cursor.fetchall():
            key = "id::text" if has_id else "to_jsonb(t)::text"
            self._cursor.execute(f'SELECT {key}, to_jsonb(t)::text FROM "{table}" AS t')
            found[table] = dict(self._cursor.fetchall())
        return found

    def _column(self, query):
        self._cursor.execute(query)
        return [row[0] for row in self._cursor.fetchall()]

    def new_objects(self, before):
        """Names of the objects that another footprint does not have."""
        return sorted(self.objects - before.objects)

    def lost_objects(self, before):
        """Names of the objects that only another footprint has."""
        return sorted(before.objects - self.objects)

    def new_rows(self, before, apart_from=()):
        """The rows that another footprint does not have.

        :param before: the other one
        :param apart_from: tables that do not matter
        :return: table → list of rows as JSON text
        """
        found = {}
        for table in self.rows.keys() - set(apart_from):
            old = before.rows.get(table, {})
            new = [text for key, text in self.rows[table].items() if key not in old]
            if new:
                found[table] = new
        return found
