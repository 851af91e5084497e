"""What facts did to promises: proof, pauses, cancellations and people's words.

Whoever hears of something, a signal, a person or the nightly run, asks the judge anew
with everything that is known of a promise, and writes what differs.
"""

from collections import defaultdict
from datetime import timedelta

from odoo import fields
from odoo.fields import Domain

from ..core.case import BREACHED, EXCUSED, LATE, ON_TIME, OPEN, Case
from ..core.judge import alarms, judge
from ..core.step import (
    CANCEL,
    EXCUSE,
    FULFIL,
    NEXT,
    PAUSE,
    RESET,
    RESUME,
    RHYTHM,
    VOID,
)
from . import bulk, opening
from .clocks import Clocks
from .facts.kind import seconds
from .guard import guarded
from .hearing import about, about_row, heard_about
from .rows import (
    ACTS,
    BEGINS,
    FULFILLED,
    REMINDED,
    coming_of,
    judged_values,
    pauses_of,
    triples,
)
from .steps import Steps

BATCH = 1000
# What the log calls what a fact did.
EVENT_OF_ROLE = {
    FULFIL: "fulfilled", PAUSE: "paused", RESUME: "resumed", RESET: "reset",
    CANCEL: "cancelled", VOID: "cancelled", EXCUSE: "excused",
}  # fmt: skip
_EVENT_OF_CLOCK = {role: EVENT_OF_ROLE[role] for role in (PAUSE, RESUME, RESET)}


def settle_touched(env, model, created, changes):
    """Look again at the open promises that new and changed records may be about.

    :param env: superuser environment
    :param model: name of the model of the records
    :param created: ids of new records
    :param changes: {id: {field: old value}} of changed ones
    """
    listening = env["crm.regulation"]._book().listening(model)
    for (code, voice), step_ids in listening.items():
        ids = [*(created if voice.by_creation else ()), *changes]
        if not ids:
            continue
        touched = voice.touched(env[model].browse(ids))
        if touched:
            settle(_open_about(env, touched, step_ids), kinds={code})


def settle(obligations, kinds=None, told=None, note="", is_safe=True):
    """Judge open promises with everything that is known of them.

    A rule that fails becomes an incident, and its promises stay as they are.

    :param obligations: crm.obligation records, superuser environment
    :param kinds: codes of the kinds of facts that are asked anew; None for all, empty
        for none
    :param told: id of the obligation → list of what people said, see
        :class:`~..core.case.Heard`
    :param note: what was said with it
    :param is_safe: whether a failure becomes an incident and is survived
    """
    env = obligations.env

    def work(some):
        return _Settling(some, kinds, told or {}, note).run()

    for start in range(0, len(obligations), BATCH):
        batch = obligations[start : start + BATCH]
        if is_safe:
            guarded(env, batch, work, lambda some: (some.regulation_id, some))
        else:
            work(batch)


def settle_new(env, rows):
    """Take what is there already of promises that were just made.

    Nearly always that is nothing, so it is found out from the rows as they were
    inserted, without reading them again.

    :param env: superuser environment
    :param rows: {id: its columns}
    """
    # Nobody has seen yet what this very transaction tells, so nobody has answered it:
    # it can be proved only by what holds already.
    begin = seconds(env.cr.now())
    earlier = {id_: row for id_, row in rows.items() if row["date_fact"] < begin}
    _settle_new(env, earlier)
    others = {id_: row for id_, row in rows.items() if id_ not in earlier}
    _settle_new(env, others, {"field_set"})


def _settle_new(env, rows, kinds=None):
    obligations = env["crm.obligation"]
    steps = Steps(env)
    owed = []
    for id_, row in rows.items():
        step = steps.get(row["regulation_id"], row["step_id"])
        if step.asking(kinds):
            owed.append((about_row(id_, row), step))
    if not owed:
        return

    def blame(pair):
        obligation = obligations.browse(pair[0].id)
        return obligation.regulation_id, obligation

    parts = guarded(env, owed, lambda some: heard_about(env, some, kinds), blame)
    ids = {id_ for heard in parts for id_, facts in heard.items() if facts}
    settle(obligations.browse(sorted(ids)), kinds)


def _open_about(env, touched, step_ids):
    """The open promises of steps that are about somebody or something."""
    domains = [
        Domain([("res_model", "=", model), ("res_id", "in", touched.ids(model))])
        for model in touched.places
    ]
    for field, model in (("lead_id", "crm.lead"), ("partner_id", "res.partner")):
        if touched.ids(model):
            domains.append(Domain(field, "in", touched.ids(model)))
    if touched.families:
        domains.append(Domain("commercial_partner_id", "in", list(touched.families)))
    is_open = Domain([("date_end", "=", False), ("step_id", "in", list(step_ids))])
    return env["crm.obligation"].search(is_open & Domain.OR(domains))


class _Settling:
    """Judges promises.

    :param obligations: crm.obligation records, superuser environment
    :param kinds: see :func:`settle`
    :param told: see :func:`settle`
    :param note: see :func:`settle`
    """

    def __init__(self, obligations, kinds, told, note):
        self.env = obligations.env
        self.obligations = obligations
        self.steps = Steps(self.env)
        self.kinds = kinds
        self.told = told
        self.note = note
        self.now = fields.Datetime.now()
        self._clocks = {}

    def run(self):
        """Ask, judge and write."""
        heard = self._asked()
        for id_, words in self.told.items():
            heard[id_] += words
        resets = self._leave_out_known(heard)
        self._write(
            {
                obligation: self._judge(obligation, heard[obligation.id], resets)
                for obligation in self.obligations
                # About the others nothing is known that was not known before.
                if heard[obligation.id] or obligation.is_stale
            }
        )

    def _step(self, obligation):
        step = self.steps.get(obligation.regulation_id.id, obligation.step_id.id)
        return step.limited(obligation.segment_id)

    # --- what is known --------------------------------------------------------

    def _asked(self):
        """What the readers tell."""
        asking = self.obligations.filtered(lambda o: self._step(o).asking(self.kinds))
        owed = [(about(obligation), self._step(obligation)) for obligation in asking]
        return heard_about(self.env, owed, self.kinds)

    def _leave_out_known(self, heard):
        """Forget facts that have done their part already; they stand in the log.

        :return: id of the obligation → how often its clock was set back
        """
        resets = defaultdict(int)
        obligations = self.obligations.filtered(
            lambda o: any(c.role in _EVENT_OF_CLOCK for c in self._step(o).conditions)
        )
        if not obligations:
            return resets
        events = self.env["crm.obligation.event"].search_fetch(
            [
                ("obligation_id", "in", obligations.ids),
                ("kind", "in", list(_EVENT_OF_CLOCK.values())),
            ],
            ["obligation_id", "kind", "key"],
        )
        known = {(e.obligation_id.id, e.kind, e.key) for e in events}
        for id_, facts in heard.items():
            heard[id_] = [
                fact
                for fact in facts
                if (id_, _EVENT_OF_CLOCK.get(fact.role), fact.key) not in known
            ]
        for id_, kind, _key in known:
            resets[id_] += kind == _EVENT_OF_CLOCK[RESET]
        return resets

    def _judge(self, obligation, heard, resets):
        """(case, its alarms) of one promise and of those that follow it."""
        step = self._step(obligation)
        # Other clocks may be ahead of ours; what was heard has happened.
        now = max([self.now, *(fact.date for fact in heard)])

        def decide(clock):
            first = standing(obligation, step.judged, clock, resets)
            cases = judge(step.judged, heard, clock, now, [first])
            if step.judged.recurrence == RHYTHM:
                # What follows begins by the clock, see the sweep.
                cases = cases[:1]
            return [(case, triples(alarms(step.judged, case, clock))) for case in cases]

        start = min(obligation.date_fact, obligation.date_start)
        clocks = self._clocks_of(obligation.company_id)
        return clocks.judged(step, obligation.calendar_id, start, decide)

    def _clocks_of(self, company):
        if company not in self._clocks:
            self._clocks[company] = Clocks(self.env, company)
        return self._clocks[company]

    # --- writing --------------------------------------------------------------

    def _write(self, judged):
        rows, ended, series = [], {}, []
        for obligation, ((case, coming), *others) in judged.items():
            values = self._values(obligation, case, coming)
            if differs(obligation, values):
                rows.append({"id": obligation.id, **values})
            if case.end and not obligation.date_end:
                ended[obligation] = case
            series += [(obligation, *other) for other in others]
        self._log(judged)
        bulk.update(self.env, "crm.obligation", rows)
        opening.open_series(self.env, series)
        self._after_end(ended)

    def _values(self, obligation, case, coming):
        """The columns of a promise as it was judged."""
        coming = _still_coming(obligation, case, coming)
        if self._begins_action(obligation, case):
            # Before now, so that the sweep does it right after the commit.
            moment = self.now - timedelta(seconds=1)
            coming = sorted([*coming, (moment, ACTS, FULFILLED)])
            self.env["crm.obligation"]._wake_sweep()
        values = judged_values(obligation, case, coming)
        is_said = any(act in self._words(obligation) for act in case.acts)
        note = self.note if self.note and is_said else obligation.note
        return {**values, "note": note or None, "is_stale": False}

    def _begins_action(self, obligation, case):
        """Whether Odoo does something because it is done now."""
        return (
            case.state in (ON_TIME, LATE)
            and not obligation.date_end
            and obligation.mode != "silent"
            and bool(self._step(obligation).actions(FULFILLED))
        )

    def _words(self, obligation):
        return self.told.get(obligation.id, ())

    def _log(self, judged):
        """Keep what changed something, each thing once."""
        events = self.env["crm.obligation.event"]
        events._add(
            {
                "obligation_id": obligation.id,
                "kind": "retimed",
                "key": fields.Datetime.to_string(obligation.date_due),
                "date": self.now,
                "note": self.env._(
                    "The working hours have changed; it was due %(before)s (UTC).",
                    before=obligation.date_due,
                ),
            }
            for obligation, ((case, _coming), *_others) in judged.items()
            if obligation.is_stale and case.due != obligation.date_due
        )
        events._add(
            {"obligation_id": obligation.id, "kind": "breached", "date": case.due}
            for obligation, ((case, _coming), *_others) in judged.items()
            if case.state == BREACHED and case.end
        )
        events._add(
            {
                "obligation_id": obligation.id,
                "kind": EVENT_OF_ROLE[act.role],
                "key": act.key,
                "date": act.date,
                "note": self.note if act in self._words(obligation) else None,
                "by_person": act in self._words(obligation),
                "date_until": act.until,
            }
            for obligation, ((case, _coming), *_others) in judged.items()
            for act in case.acts
            if act.role != FULFIL or act == case.proof
        )

    def _after_end(self, ended):
        """What the end of promises begins."""
        if not ended:
            return
        obligations = self.env["crm.obligation"].union(*ended)
        obligations._end_activities()
        for owed in obligations.grouped("step_id").values():
            rule, step = self.steps.rule(owed.regulation_id.id), self._step(owed[0])
            if step.judged.recurrence == NEXT:
                opening.open_missed(self.env, rule, owed)
            followed = {
                obligation: ended[obligation].end
                for obligation in owed
                if ended[obligation].state in (ON_TIME, LATE, EXCUSED)
            }
            opening.open_after(self.env, rule, step, followed)


def standing(obligation, step, clock, resets):
    """A promise as its row has it, with nothing decided yet.

    What is broken or paused was so by the working hours of then. Only those of open
    promises whose working hours have changed are measured again.

    :param obligation: a crm.obligation record
    :param step: a :class:`~..core.step.Step`
    :param clock: a :class:`~..core.limit.Clock`
    :param resets: id of the obligation → how often its clock was set back
    :return: a :class:`~..core.case.Case`
    """
    due = obligation.date_due
    if obligation.is_stale:
        start = obligation.date_start
        due = step.limit.due(start, clock, obligation.paused_seconds)
    return Case(
        key=obligation.fact_key,
        since=obligation.date_fact,
        start=obligation.date_start,
        began=obligation.date_begun or None,
        due=due,
        pauses=pauses_of(obligation),
        paused=obligation.paused_seconds,
        resets=resets[obligation.id],
        number=obligation.series_number,
        root=obligation.series_key or obligation.fact_key,
        state=EXCUSED if obligation.date_grace else OPEN,
        grace=obligation.date_grace or None,
    )


def differs(record, values):
    """Whether a record has other values than these columns."""
    for name, value in values.items():
        field = record._fields[name]
        have = field.convert_to_column(
            field.convert_to_cache(record[name], record), record
        )
        if field.type == "json":
            have = record[name]
        if (have or None) != (value or None):
            return True
    return False


def _still_coming(obligation, case, coming):
    """What comes by itself, with what the judge does not know of."""
    kept = [
        alarm
        for alarm in coming_of(obligation)
        if alarm[1] == ACTS
        or (alarm[1] == BEGINS and not case.is_last)
        or (alarm[1] == REMINDED and not case.end)
    ]
    return sorted([*kept, *coming])
