"""The past of records as far as Odoo tracked it: values on the messages of a record.

Fields with ``tracking`` of models with a thread leave a tracked value for each change
on an existing record, dated like the transaction. It holds selections by their label in
the language of who saved, and many records by their names only. The values of a record
at its creation are not written down; they are what all changes started from.
"""

from collections import defaultdict

from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.crm_segmentation.engine.changes import plain_value

from ...core.past import UNKNOWN, Change, broken, spans, states

# Type of the field → which column of a tracked value has it.
_COLUMNS = {
    "boolean": "integer",
    "char": "char",
    "date": "datetime",
    "datetime": "datetime",
    "float": "float",
    "integer": "integer",
    "many2one": "integer",
    "monetary": "float",
    "selection": "char",
    "text": "text",
}
# Only the names of the records are written down: one knows when, but not what.
_VAGUE = ("many2many", "one2many")
# They never change.
_ETERNAL = frozenset({"id", "create_date", "create_uid"})


class Past:
    """What records of a model were like before.

    :param env: superuser environment
    :param model: name of the model
    :param names: the fields that matter
    :param conditions: conditions that plain values cannot decide, of which the present
        answer is known; see :mod:`...core.filter`
    """

    def __init__(self, env, model, names, conditions=()):
        self._model = env[model]
        self._conditions = conditions
        self._hanging = defaultdict(list)
        for condition in conditions:
            self._hanging[condition.root].append(condition)
        roots = {*names, *self._hanging}
        fields = self._model._fields
        self._plain = [
            name
            for name in sorted(roots & fields.keys())
            if fields[name].store and not fields[name].company_dependent
        ]
        tracked = tracked_names(self._model).intersection(self._plain)
        self._told = [name for name in sorted(tracked) if self._kind(name) in _COLUMNS]
        self._vague = [name for name in sorted(tracked) if self._kind(name) in _VAGUE]
        self._untold = roots - {*self._told, *self._vague} - _ETERNAL
        self._ids = {
            env["ir.model.fields"]._get(model, name).id: name
            for name in (*self._told, *self._vague)
        }

    def _kind(self, name):
        return self._model._fields[name].type

    @property
    def unclear(self):
        """Fields whose former values nobody wrote down, as a set of names."""
        return self._untold | set(self._vague)

    def states(self, records):
        """What records were like from their creation until now.

        A constant number of queries, whatever the number of records.

        :param records: existing records, superuser environment
        :return: {id: list of :class:`~...core.past.State`, oldest first}
        """
        return dict(self._each(records))

    def spans(self, records, fits):
        """The times in which records fitted.

        :param records: existing records, superuser environment
        :param fits: see :func:`~...core.past.spans`
        :return: {id: list of :class:`~...core.past.Span`, oldest first}
        """
        return {id_: spans(found, fits) for id_, found in self._each(records)}

    def _each(self, records):
        present = plain_values(records, [*self._plain, "create_date", "write_date"])
        self._answer(records, present)
        changes = self.changes(records)
        for id_, values in present.items():
            yield (
                id_,
                states(
                    values["create_date"],
                    values["write_date"],
                    values,
                    changes.get(id_, ()),
                    self._untold,
                    self._hanging,
                ),
            )

    def broken(self, records):
        """Fields that were changed while tracking was switched off.

        :param records: existing records, superuser environment
        :return: set of names
        """
        changes = self.changes(records)
        records = records.browse(changes)
        present = plain_values(records, self._told)
        return {
            name
            for id_, values in present.items()
            for name in broken(values, changes[id_])
        }

    def _answer(self, records, present):
        for condition in self._conditions:
            for id_, answer in answers(records, condition):
                present[id_][condition] = answer

    # --- what is written down -------------------------------------------------

    def changes(self, records):
        """The tracked changes of records.

        :param records: existing records
        :return: {id: list of :class:`~...core.past.Change`, oldest first}
        """
        found = defaultdict(list)
        if not self._ids or not records:
            return found
        columns = sorted({self._column(name) for name in self._ids.values()})
        reading = {
            field_id: (
                name,
                4 + 2 * columns.index(self._column(name)),
                self._reader(name),
            )
            for field_id, name in self._ids.items()
        }
        message = None
        for row in self._rows(records, columns):
            id_, source, date, field_id = row[:4]
            if source != message:
                message, old, new = source, {}, {}
                found[id_].append(Change(date, old, new, source))
            name, at, read = reading[field_id]
            old[name] = read(row[at])
            new[name] = read(row[at + 1])
        return found

    def _column(self, name):
        return _COLUMNS.get(self._kind(name), "char")

    def _rows(self, records, columns):
        env = records.env
        flush(env)
        values = [
            SQL.identifier("value", f"{age}_value_{column}")
            for column in columns
            for age in ("old", "new")
        ]
        # When leads are merged, the messages of the others move to the one that stays;
        # Odoo gives them a subject then, which its own tracking never has.
        env.cr.execute(
            SQL(
                """
                SELECT message.res_id, message.id, value.create_date, value.field_id, %s
                  FROM mail_tracking_value AS value
                  JOIN mail_message AS message ON message.id = value.mail_message_id
                 WHERE value.field_id = ANY(%s)
                   AND message.model = %s
                   AND message.res_id = ANY(%s)
                   AND COALESCE(message.subject, '') = ''
                 ORDER BY message.id, value.id
                """,
                SQL(", ").join(values),
                list(self._ids),
                records._name,
                list(records._ids),
            )
        )
        return env.cr.fetchall()

    def _reader(self, name):
        """A function that makes a plain value of a tracked one."""
        kind = self._kind(name)
        if kind == "selection":
            values = values_by_label(self._model, name)
            return lambda label: _only(values.get(label, ())) if label else False
        return _READERS.get(kind, _empty_is_false)


def _empty_is_false(value):
    return value or False


def _only(values):
    return next(iter(values)) if len(values) == 1 else UNKNOWN


_READERS = {
    "boolean": bool,
    "date": lambda value: value.date() if value else False,
    **dict.fromkeys(("float", "integer", "monetary"), lambda value: value or 0),
    **dict.fromkeys(_VAGUE, lambda value: UNKNOWN),
}


def tracked_names(model):
    """Names of the fields of a model whose changes Odoo writes down."""
    if not hasattr(model, "_track_get_fields"):
        return frozenset()
    return frozenset(model.sudo()._track_get_fields())


def tracked(env, model, names):
    """Domain of the records of which a change of a field was ever tracked.

    :param env: superuser environment
    :param model: name of the model
    :param names: names of the fields
    """
    flush(env)
    ids = [env["ir.model.fields"]._get(model, name).id for name in names]
    return Domain(
        "id",
        "in",
        SQL(
            """(SELECT message.res_id
                  FROM mail_tracking_value AS value
                  JOIN mail_message AS message ON message.id = value.mail_message_id
                 WHERE value.field_id = ANY(%s) AND message.model = %s)""",
            ids,
            model,
        ),
    )


def flush(env):
    """Have the history written that SQL is about to read."""
    env["mail.message"].flush_model()
    env["mail.tracking.value"].flush_model()


def values_by_label(model, name):
    """The values of a selection by what they are called in any installed language.

    :param model: recordset of the model
    :param name: name of the field
    :return: {label: set of values}
    """
    found = defaultdict(set)
    codes = [code for code, _name in model.env["res.lang"].get_installed()]
    for code in ["en_US", *codes]:
        described = model.with_context(lang=code).fields_get([name], ["selection"])
        for value, label in described[name]["selection"]:
            found[label].add(value)
    # A value that had left the selection was written down by itself.
    for value in set().union(*found.values()):
        found.setdefault(value, {value})
    return found


def plain_values(records, names):
    """Values as :mod:`...core.filter` wants them.

    :param records: records, superuser environment; those that are gone are left out
    :param names: names of stored fields
    :return: {id: {field: value}}
    """
    names = [name for name in names if name != "id"]
    records = records.with_env(records.env(su=True, context={}))
    if names:
        records = _fetched(records, names)
    found = {id_: {"id": id_} for id_ in records._ids}
    blank = records.browse()
    for name in names:
        field = records._fields[name]
        cache = field._get_cache(records.env)
        for id_, values in found.items():
            if id_ in cache:
                values[name] = plain_value(field, cache[id_], blank)
    return found


def _fetched(records, names):
    """Read at once what is not in the cache.

    :return: those of the records that are there
    """
    caches = [records._fields[name]._get_cache(records.env) for name in names]
    missing = {id_ for cache in caches for id_ in records._ids if id_ not in cache}
    if not missing:
        return records
    records.browse(sorted(missing)).fetch(names)
    cache = records._fields[names[0]]._get_cache(records.env)
    return records.browse(id_ for id_ in records._ids if id_ in cache)


def answers(records, condition):
    """What records answer to a condition now, as pairs of id and answer."""
    domain = Domain(condition.path, condition.operator, condition.value)
    fitting = set(records.filtered_domain(domain)._ids)
    return [(id_, id_ in fitting) for id_ in records._ids]
