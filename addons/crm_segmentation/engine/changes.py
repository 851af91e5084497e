"""The one collector of changes that every addon of ours subscribes to.

``models/base.py`` reports what is about to change. The collector remembers ids and the
values before the first change, and ``crm.changes`` calls the subscribers once per
flush, before the commit, when all computed fields are there.

A *segment* is the time between two flushes with hooks (``cr.flush()``: the commit and
every flushing savepoint). Changes are net per segment: A → B → A is none. A rollback to
a flushing savepoint forgets what was collected since, as Odoo clears the hooks then.

What nobody can see here: raw SQL, rows that the database itself deletes by a foreign
key, and a many2many or one2many that is written from its other side.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import NamedTuple

_logger = logging.getLogger(__name__)

_KEY = "crm_segmentation.changes"
_ROUNDS_KEY = "crm_segmentation.rounds"
# A subscriber that writes what another one watches takes a round; they must end.
MOST_ROUNDS = 10


class Watch(NamedTuple):
    """What somebody wants to hear of one model."""

    created: bool
    #: Names of the fields whose changes on existing records are reported.
    changed: frozenset
    #: Names of the fields reported with deletions; None: nobody asks for deletions.
    deleted: frozenset | None


def _ids_in_order():
    return defaultdict(dict)


@dataclass
class Pending:
    """What happened in the running segment, by model."""

    #: {model: {id: None}} in order of creation
    created: dict = field(default_factory=_ids_in_order)
    #: {model: {id: {field: value before the first change}}}
    before: dict = field(default_factory=_ids_in_order)
    #: {model: {id: {field: last value}}}
    deleted: dict = field(default_factory=_ids_in_order)


def collect_created(records):
    """Remember new records, also to know that their later changes are none.

    :param records: new records of a watched model
    """
    saved = dict.fromkeys(id_ for id_ in records._ids if id_)
    _pending(records.env).created[records._name].update(saved)


def collect_before(records, names):
    """Remember the values of fields, unless they are remembered already.

    :param records: records of a watched model that are about to change
    :param names: names of the watched fields that may change
    """
    pending = _pending(records.env)
    new = pending.created.get(records._name, ())
    before = pending.before[records._name]
    wanted = defaultdict(list)
    for id_ in records._ids:
        # Records that are not saved yet have no true id.
        if id_ and id_ not in new:
            known = before.setdefault(id_, {})
            for name in names:
                if name not in known:
                    wanted[name].append(id_)
    for name, ids in wanted.items():
        for id_, value in stored_values(records.browse(ids), name):
            before[id_][name] = value


def collect_deleted(env, model, ids, values):
    """Remember deletions, and forget what was collected of these records.

    :param env: the environment of who deleted them
    :param model: name of a watched model
    :param ids: their former ids
    :param values: {id: {field: last value}} or None, if nobody asks for deletions
    """
    pending = _pending(env)
    created, before = pending.created[model], pending.before[model]
    for id_ in ids:
        before.pop(id_, None)
        is_new = id_ in created
        created.pop(id_, None)
        if values is not None and not is_new:
            pending.deleted[model][id_] = values.get(id_, {})


def stored_values(records, name):
    """The values of a stored field as they are, without recomputing them.

    A field that waits for its computation still has the old value in the cache or in
    the database, and that is the one asked for.

    :param records: existing records
    :param name: name of a stored field
    :return: pairs (id, value); ids for a many2one or False, a sorted tuple of ids for
        an x2many, the plain value otherwise; records that are gone are left out
    """
    records = records.with_env(_clean(records.env))
    described = records._fields[name]
    cache = described._get_cache(records.env)
    missing = [id_ for id_ in records._ids if id_ not in cache]
    if missing:
        records.browse(missing).fetch([name])
        cache = described._get_cache(records.env)
    blank = records.browse()
    return [
        (id_, plain_value(described, cache[id_], blank))
        for id_ in records._ids
        if id_ in cache
    ]


def take_pending(env):
    """What was collected, which is forgotten by this call.

    :return: a :class:`Pending`, or None when there is nothing, or when subscribers
        keep answering each other
    """
    data = env.cr.precommit.data
    pending = data.pop(_KEY, None)
    if pending is None:
        return None
    rounds = data[_ROUNDS_KEY] = data.get(_ROUNDS_KEY, 0) + 1
    if rounds > MOST_ROUNDS:
        _logger.error(
            "Subscribers to changes keep answering each other; not reported: %s",
            sorted({*pending.created, *pending.before, *pending.deleted}),
        )
        return None
    return pending


@contextmanager
def outside_rounds(env):
    """Take what is pending without using up the rounds of the running flush.

    :return: a function that tells whether anything is pending
    """
    data = env.cr.precommit.data
    rounds = data.pop(_ROUNDS_KEY, None)

    def is_pending():
        env.flush_all()
        return _KEY in data

    try:
        yield is_pending
    finally:
        data.pop(_ROUNDS_KEY, None)
        if rounds is not None:
            data[_ROUNDS_KEY] = rounds


def net_changes(env, model, before):
    """Which records differ from before.

    :param env: superuser environment
    :param model: name of the model
    :param before: {id: {field: value before the first change}}
    :return: {id: {field: old value}} of the changed fields of records that exist
    """
    records = env[model].browse(before)
    names = {name for old in before.values() for name in old}
    changes = defaultdict(dict)
    for name in names:
        asked = records.browse(id_ for id_, old in before.items() if name in old)
        for id_, value in stored_values(asked, name):
            if before[id_][name] != value:
                changes[id_][name] = before[id_][name]
    # The database may have deleted records itself, and the cache does not know.
    there = set(records.browse(changes).exists()._ids)
    return {id_: old for id_, old in changes.items() if id_ in there}


def _pending(env):
    precommit = env.cr.precommit
    pending = precommit.data.get(_KEY)
    if pending is None:
        pending = precommit.data[_KEY] = Pending()
        precommit.add(env["crm.changes"]._dispatch_pending)
    return pending


def _clean(env):
    """Values must not depend on the language, the rights or defaults of the saver."""
    return env(su=True, context={})


def plain_value(described, value, record):
    """A value of the cache as the collector reports it.

    :param described: the field
    :param value: what the cache of the field holds
    :param record: a record of the model, may be empty
    """
    if described.type == "many2one":
        return value or False
    if described.type in ("one2many", "many2many"):
        return tuple(sorted(id_ for id_ in value or () if id_))
    return described.convert_to_record(value, record)
