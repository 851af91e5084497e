"""A record came to fit a domain, for example a field reached a value.

The signal compares what a record is like with what it was before the flush. The reader
rebuilds the former values from what Odoo tracked. Both call it a fact when a record did
not fit before and does now; if nobody can say whether it fitted before, it did not.

The past of fields that are not tracked is unknown. The reader then takes the first
change that may have made the record fit, or else the last change of the record at all,
and marks the fact as a guess.
"""

from dataclasses import replace

from ...core.step import CANCEL, FULFIL, PAUSE, RESUME, START
from .fact import Fact
from .kind import seconds
from .record_kind import RecordKind, filter_of, is_plain, likely, of_company
from .tracking import Past, answers

#: Roles in which it counts that a record fits, not that it comes to fit.
_HOLDING = (FULFIL, CANCEL, PAUSE, RESUME)
#: Those of them that are over with the first fact.
_ONCE = (FULFIL, CANCEL)


class FieldSet(RecordKind):
    code = "field_set"
    date_field = "write_date"

    def watched(self, env, asked):
        fields = env[asked.model]._fields
        return {n for n in filter_of(env, asked).roots if is_plain(fields.get(n))}

    # --- signal ---------------------------------------------------------------

    def told(self, env, asked, created, changes):
        turned = self.turned(env, asked, changes)
        ids = list(dict.fromkeys([*created, *turned]))
        if not ids:
            return []
        present = likely(env, asked, ids)
        if not present:
            return []
        # Only now that some may fit, the database is asked.
        wanted = filter_of(env, asked)
        records = env[asked.model].browse(present).exists()
        records = records.filtered_domain(of_company(env, asked))
        for condition in wanted.open:
            for id_, answer in answers(records, condition):
                present[id_][condition] = answer
        now = seconds(env.cr.now())
        return [
            self._fact(record, now)
            for record in records
            if wanted.fits(present[record.id])
            and not _fitted(wanted, present[record.id], changes.get(record.id))
        ]

    # --- reader ---------------------------------------------------------------

    def recounted(self, env, asked, role=START):
        facts = [
            self._fact(record, seconds(span.start), span.is_guess)
            for record, found in self._spans(env, asked)
            for span in found
        ]
        # Twice within a second is once.
        once = {fact.key: fact for fact in reversed(facts)}
        return self.in_time(once.values(), asked)

    def concerning(self, env, asked, abouts, role):
        # What fits since long fits as well.
        known = {
            record.id: (record, found)
            for record, found in self._spans(env, replace(asked, start=None))
        }
        result = {}
        for about in abouts:
            ids = sorted(id_ for model, id_ in about.places if model == asked.model)
            facts = [
                fact
                for id_ in ids
                if id_ in known
                for fact in self._during(*known[id_], about, role)
            ]
            weighed = [(fact, self.weigh(fact, about)) for fact in facts]
            mine = [(fact, grade) for fact, grade in weighed if grade]
            if mine:
                result[about.id] = mine
        return result

    def _during(self, record, found, about, role):
        """What happened to a promise, as one record tells it."""
        facts = []
        for span in found:
            start = seconds(span.start)
            is_over = span.end is not None and seconds(span.end) <= about.since
            if is_over or (start <= about.since and role not in _HOLDING):
                continue
            if start <= about.since:
                facts.append(self._held(record, about.since, span.is_guess))
            else:
                facts.append(self._fact(record, start, span.is_guess))
            if role in _ONCE:
                break
        return facts

    def _spans(self, env, asked):
        """The times in which records fitted, as pairs of a record and its spans."""
        wanted = filter_of(env, asked)
        records = self._records(env, asked)
        past = Past(env, asked.model, wanted.names, wanted.open)
        found = past.spans(records, wanted.fits)
        return [(record, found[record.id]) for record in records if found[record.id]]

    def _records(self, env, asked):
        """The records that may have come to fit in the time that is asked for."""
        model = env[asked.model].with_context(active_test=False)
        if not model._log_access:
            return model
        # Whoever changed after an instant was written after it.
        domain = of_company(env, asked) & self.within(replace(asked, end=None))
        if asked.touched is not None:
            domain &= self.narrowed(env, asked)
        return model.search(domain, order="id")

    def silence(self, env, asked):
        """As always; costs as much as reading, if all fields are tracked."""
        model = env[asked.model]
        if not model._log_access:
            return env._("Odoo does not keep when these records were changed.")
        wanted = filter_of(env, asked)
        past = Past(env, asked.model, wanted.names, wanted.open)
        unclear = past.unclear | {condition.root for condition in wanted.open}
        if unclear:
            return env._(
                "Odoo does not keep the former values of: %(fields)s. Since when a "
                "record is as wanted is guessed from its last change.",
                fields=_labels(model, unclear),
            )
        broken = past.broken(self._records(env, asked))
        if broken:
            return env._(
                "Some values were changed without a note in the history of the record: "
                "%(fields)s. Since when such a record is as wanted is guessed from its "
                "last change.",
                fields=_labels(model, broken),
            )
        return ""

    def _fact(self, record, date, is_guess=False):
        key = f"{self.code}:{record._name},{record.id}:{date:%Y%m%dT%H%M%S}"
        return Fact(self.code, key, date, record._name, record.id, is_guess=is_guess)

    def _held(self, record, since, is_guess):
        """It fitted before already."""
        key = f"{self.code}:{record._name},{record.id}:held"
        return Fact(self.code, key, since, record._name, record.id, is_guess=is_guess)


def _fitted(wanted, values, old):
    """Whether a record surely fitted before a change.

    :param values: field → value now
    :param old: field → value before, of the fields that changed; None: it is new
    """
    if old is None:
        return False
    before = {**values, **old}
    for condition in wanted.open:
        if condition.root in old:
            before.pop(condition, None)
    return bool(wanted.fits(before))


def _labels(model, names):
    """What fields are called, as a text."""
    described = model.fields_get(list(names), ["string"])
    return ", ".join(
        sorted(described[n]["string"] if n in described else n for n in names)
    )
