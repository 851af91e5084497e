"""What a regulation would have promised in the past, and what would have come of it.

The readers tell what happened, the same rows are made that opening would insert, and
the same judge says what became of each. Nothing is written and nobody is told.
Categories, salespeople and working hours are those of today.
"""

from collections import defaultdict
from dataclasses import replace

from odoo import fields
from odoo.tools import split_every

from ..core.judge import EXCUSED, LATE, ON_TIME, Heard, judge
from ..core.step import AGAIN, EACH, RHYTHM, START
from ..core.trial import Outcome
from .clocks import Clocks
from .facts import KINDS
from .making import Rows
from .opening import beginnings_of, followers
from .settling import about_row, heard_about

BATCH = 2000


class Backtest:
    """The trial of one regulation over a time.

    :param env: superuser environment
    :param rule: a :class:`~.rules.Rule`, also that of a draft
    :param start: first instant
    :param end: first instant after them
    """

    def __init__(self, env, rule, start, end):
        self.env = env
        self.rule = rule
        self.start = start
        self.end = end
        self.now = fields.Datetime.now()
        self.company = env["res.company"].browse(rule.company_id)

    def outcomes(self):
        """What would have become of each promise.

        :return: {code of the step: list of :class:`~..core.trial.Outcome`}
        """
        found = defaultdict(list)
        for beginnings in self._by_record():
            maker = Rows(self.env, self.company)
            rows = maker.of(beginnings)
            while rows:
                ended = self._judge(rows, found)
                rows = self._following(maker, ended)
            # Of a hundred thousand records only the figures are kept.
            self.env.invalidate_all()
        return found

    def _by_record(self):
        """What begins, in parts; all that begins on one record is in one part."""
        asked = replace(self.rule.asked, start=self.start, end=self.end)
        facts = KINDS[self.rule.kind].recounted(self.env, asked)
        by_record = defaultdict(list)
        for some in split_every(BATCH, facts, list):
            for beginning in beginnings_of(self.env, self.rule, some):
                by_record[beginning.res_id].append(beginning)
        for ids in split_every(BATCH, by_record, list):
            yield [beginning for id_ in ids for beginning in by_record[id_]]

    def _judge(self, rows, found):
        """Judge rows that would have been inserted.

        :return: (row, step, end) of promises after which others begin
        """
        steps = {step.id: step for step in self.rule.steps}
        numbered = dict(enumerate(rows, 1))
        owed = [
            (about_row(id_, row), steps[row["step_id"]])
            for id_, row in numbered.items()
        ]
        heard = heard_about(self.env, owed)
        clocks = Clocks(self.env, self.company, is_quick=True)
        ended = []
        for ids in self._together(numbered, steps):
            some = {row["fact_key"]: row for row in map(numbered.get, ids)}
            first = numbered[ids[0]]
            step = self._limited(steps[first["step_id"]], first)
            told = [fact for id_ in ids for fact in heard[id_]]
            told += [
                Heard(row["date_start"], START, key, row["date_fact"])
                for key, row in some.items()
            ]
            for case, taken, allowed in self._cases(clocks, step, first, told):
                row = some.get(case.root) or first
                outcome = self._outcome(case, taken, allowed, row)
                found[step.spec["code"]].append(outcome)
                if case.state in (ON_TIME, LATE, EXCUSED):
                    ended.append((row, step, case.end))
        return ended

    def _limited(self, step, row):
        """The step with the limit of the row's category."""
        return step.limited(self.env["crm.segment"].browse(row["segment_id"] or []))

    def _together(self, numbered, steps):
        """Ids of rows that are judged together: one at a time on each record."""
        groups = defaultdict(list)
        for id_, row in numbered.items():
            alone = steps[row["step_id"]].judged.recurrence == EACH
            groups[row["step_id"], row["res_id"], id_ if alone else 0].append(id_)
        return groups.values()

    def _cases(self, clocks, step, row, told):
        """(case, seconds taken, seconds allowed) of what one record's facts make."""
        calendar = self.env["resource.calendar"].browse(row["calendar_id"] or [])
        limit = step.judged.limit
        is_series = step.judged.recurrence in (AGAIN, RHYTHM)

        def decide(clock):
            allowed = limit.seconds(clock.hours_per_day)
            return [
                (case, _taken(case, limit, clock), allowed)
                for case in judge(step.judged, told, clock, self.now)
                # A series goes on by itself, also after the time of the trial.
                if not is_series or case.start < self.end
            ]

        start = min(fact.begin for fact in told)
        return clocks.judged(step, calendar, start, decide)

    def _outcome(self, case, taken, allowed, row):
        return Outcome(
            state=case.state,
            start=case.start,
            due=case.due,
            done=case.done,
            taken=taken,
            allowed=allowed,
            source=(row["res_model"], row["res_id"]),
            traits={
                "category": row["segment_id"] or 0,
                "person": row["user_id"] or 0,
                "name": row["res_name"] or "",
                "customer": row["partner_id"] or 0,
            },
        )

    def _following(self, maker, ended):
        """Rows of the steps that begin when another one has ended."""
        rows = []
        for row, step, end in ended:
            for follower in followers(self.rule, step):
                after = maker.after(row, row["fact_key"], self.rule, follower, end)
                if after:
                    rows.append(after)
        return rows


def _taken(case, limit, clock):
    """Seconds that a promise took, without its pauses."""
    if not case.done:
        return None
    return max(0.0, limit.measure(case.start, case.done, clock) - case.paused)
