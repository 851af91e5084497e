"""The clock of all promises: reminds, warns, escalates and marks what is overdue.

Rows are taken by the instant at which they must be looked at again, in batches, and
locked so that two workers never take the same one. A batch is committed whole: a worker
that is killed leaves its batch to the next. Whatever a batch does for the first time
stands in the log of events, which has each thing once.
"""

import logging
from collections import defaultdict
from datetime import datetime, timedelta

import psycopg2

from odoo.exceptions import ConcurrencyError
from odoo.tools import SQL

from ..core.case import BREACH, BREACHED, ESCALATE, WARN, Case
from ..core.judge import alarms
from . import bulk, opening
from .acting import act
from .clocks import Clocks
from .notice_letters import REMINDER, WARNING
from .rows import (
    ACTS,
    BEGINS,
    OPENED,
    REMINDED,
    coming_of,
    coming_values,
    triples,
)
from .settling import settle
from .steps import Steps
from .telling import Escalation, responsibles

_logger = logging.getLogger(__name__)
BATCH = 500
# What decides about a row; the rest is read of those of which somebody is told.
_DECISIVE = (
    "is_stale", "alarms", "state", "date_end", "date_due", "date_breach", "series_key",
    "mode",
)  # fmt: skip
# A row that fails is tried again after so many minutes, then twice as many, and so on.
FIRST_DELAY, LONGEST_DELAY = 5, 24 * 60


def due_batch(env, now, since=None, size=BATCH):
    """Lock the next obligations to look at.

    One whose due time is this very instant can still be kept, so it waits.

    :param env: superuser environment
    :param now: naive UTC instant
    :param since: where the batch before ended: what lies before it has been done, and
        PostgreSQL would walk over its remains again and again; None for all
    :param size: at most so many
    :return: crm.obligation records, and where they end
    """
    env.flush_all()
    rows = env.execute_query(
        SQL(
            """SELECT id, next_check FROM crm_obligation
                WHERE next_check < %s AND next_check >= %s
                ORDER BY next_check, id
                LIMIT %s
                  FOR NO KEY UPDATE SKIP LOCKED""",
            now,
            since or datetime.min,
            size,
        )
    )
    end = rows[-1][1] if rows else None
    return env["crm.obligation"].browse([row[0] for row in rows]), end


def advance(obligations, now):
    """Do what has come, and put off what fails.

    :param obligations: locked crm.obligation records, superuser environment
    :param now: naive UTC instant
    """
    env = obligations.env
    if not obligations:
        return
    env.flush_all()
    try:
        with env.cr.savepoint(flush=False):
            _advance(obligations, now)
            env.flush_all()
    except (psycopg2.OperationalError, psycopg2.InterfaceError, ConcurrencyError):
        raise
    except Exception as error:  # one promise must not stop the others
        env.transaction.clear()
        half = len(obligations) // 2
        if half:
            advance(obligations[:half], now)
            advance(obligations[half:], now)
        else:
            _put_off(obligations, now, error)


def _put_off(obligation, now, error):
    """Try again later, each time later than before."""
    _logger.warning("%s is put off: %s", obligation, error)
    delay = min(FIRST_DELAY * 2**obligation.attempts, LONGEST_DELAY)
    obligation.write(
        {
            "attempts": obligation.attempts + 1,
            "next_check": now + timedelta(minutes=delay),
        }
    )
    incidents = obligation.env["crm.regulation.incident"]
    incidents._record(obligation.regulation_id, obligation, error)


def _advance(obligations, now):
    obligations.fetch(_DECISIVE)
    stale = obligations.filtered("is_stale")
    if stale:
        _retime(stale)
    rows, reached = [], defaultdict(list)
    for obligation in obligations:
        coming = coming_of(obligation)
        come = [alarm for alarm in coming if alarm[0] < now]
        rest = coming[len(come) :]
        is_due = any(alarm[1] == BREACH for alarm in come)
        breached = is_due and not obligation.date_end
        if breached or obligation.state == BREACHED:
            state, breach = BREACHED, obligation.date_due
        else:
            state, breach = obligation.state, obligation.date_breach or None
        for alarm in come:
            if alarm[1] == WARN and breached:
                # It is too late to warn of what has been broken.
                continue
            reached[alarm[1]].append((obligation, alarm))
        rows.append(
            {
                "id": obligation.id,
                "state": state,
                "date_breach": breach,
                "attempts": 0,
                **coming_values(rest),
            }
        )
    bulk.update(obligations.env, "crm.obligation", rows)
    _begin_next(obligations.env, reached.pop(BEGINS, ()))
    later = _moments(reached.pop(ACTS, ()))
    _Telling(obligations.env, reached, now).run()
    act(obligations.env, later)


def _retime(obligations):
    """Measure again after working hours have changed.

    What cannot be measured keeps its old time: that is told as an incident, once.
    """
    settle(obligations, kinds=())
    obligations.filtered("is_stale").is_stale = False


def _begin_next(env, reached):
    """Open what the rhythm begins."""
    book = env["crm.regulation"]._book()
    rows = []
    for obligation, (start, _kind, _key) in reached:
        rule = book.published(obligation.regulation_id.id)
        if rule:
            step = rule.step(obligation.step_id.id).limited(obligation.segment_id)
            rows.append((obligation, *_beat(obligation, step, start)))
    opening.open_series(env, rows)


def _beat(obligation, step, start):
    """The next promise of a rhythm, and what comes of it by itself."""
    number = obligation.series_number + 1
    key = f"{obligation.series_key}#{number}"

    def begin(clock):
        due = step.judged.limit.due(start, clock)
        case = Case(key, start, start, due, number=number, root=obligation.series_key)
        after = step.judged.every.times(obligation.series_start, number, clock.zone)
        coming = triples(alarms(step.judged, case, clock))
        return case, sorted([*coming, (after, BEGINS, "")])

    clocks = Clocks(obligation.env, obligation.company_id)
    return clocks.judged(step, obligation.calendar_id, start, begin)


def _moments(reached):
    """Moment → promises, of what is to be done besides what comes by itself."""
    found = defaultdict(list)
    for obligation, (_date, _kind, moment) in reached:
        found[moment].append(obligation)
    return {moment: some[0].union(*some) for moment, some in found.items()}


class _Telling:
    """What has come is noted, and told, each thing once.

    :param env: superuser environment
    :param reached: kind → list of (obligation, (instant, kind, key))
    :param now: naive UTC instant
    """

    def __init__(self, env, reached, now):
        self.env = env
        self.reached = reached
        self.now = now

    def run(self):
        """Note it; unless the regulation only counts, act on it and have it told."""
        ladder = self._ladder()
        fresh = self._log(ladder)
        loud = {
            kind: [
                (obligation, alarm[2])
                for obligation, alarm in some
                if obligation.mode != "silent"
                and (obligation.id, kind, alarm[2]) in fresh
            ]
            for kind, some in self.reached.items()
        }
        if not any(loud.values()):
            return
        self._remind(loud.get(REMINDED, ()))
        self._act(loud)
        told = {WARNING: loud.get(WARN, ()), REMINDER: loud.get(BREACH, ())}
        responsibles(self.env, told, self.now)
        if ladder:
            ladder.note(
                (obligation, key)
                for obligation, key in loud.get(ESCALATE, ())
                if obligation.mode == "escalate"
            )

    def _ladder(self):
        """Whom the rungs tell that have come, if any has."""
        come = [
            (obligation, alarm)
            for obligation, alarm in self.reached.get(ESCALATE, ())
            if obligation.mode == "escalate"
        ]
        if not come:
            return None
        steps, rungs = Steps(self.env), []
        for obligation, (_date, _kind, key) in come:
            step = steps.get(obligation.regulation_id.id, obligation.step_id.id)
            role = step.role(key)
            rungs.append((obligation, key, role))
        return Escalation(self.env, rungs, self.now)

    def _log(self, ladder):
        """Note what has come.

        :return: (obligation id, kind, key) of what is new
        """
        return self.env["crm.obligation.event"]._add(
            {
                "obligation_id": obligation.id,
                "kind": kind,
                "key": key,
                "date": date,
                "note": self._words(ladder, kind, obligation, key),
            }
            for kind, some in self.reached.items()
            for obligation, (date, _kind, key) in some
        )

    def _words(self, ladder, kind, obligation, key):
        if kind != ESCALATE or obligation.mode != "escalate":
            return None
        return ladder.words(obligation, key)

    def _remind(self, begun):
        """Those who owe something find it among their activities."""
        # Of a series that is made up for, only what can still be kept is worth telling.
        broken = {o.id for o, _alarm in self.reached.get(BREACH, ()) if o.series_key}
        told = [obligation for obligation, _key in begun if obligation.id not in broken]
        self.env["crm.obligation"].union(*told)._create_activities()

    def _act(self, loud):
        """Do what the steps say at these moments."""
        moments = {OPENED: REMINDED, WARN: WARN, BREACH: BREACH}
        act(
            self.env,
            {
                moment: self.env["crm.obligation"].union(*(o for o, _key in loud[kind]))
                for moment, kind in moments.items()
                if loud.get(kind)
            },
        )
