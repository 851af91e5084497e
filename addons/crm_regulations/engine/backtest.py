"""What a regulation would have promised in the past, and what would have come of it.

The readers tell what happened, the same is owed that opening would insert rows of, and
the same judge says what became of it. Nothing is written and nobody is told.
Categories, salespeople and working hours are those of today.
"""

from collections import defaultdict
from dataclasses import replace

from odoo import fields
from odoo.tools import split_every

from ..core.case import EXCUSED, LATE, ON_TIME
from ..core.judge import judge
from ..core.step import AGAIN, EACH, RHYTHM
from ..core.trial import Outcome
from .clocks import Clocks
from .facts import KINDS
from .hearing import about_row, heard_about
from .making import Rows
from .opening import beginnings_of, followers

BATCH = 5000


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
            owed = maker.owed(beginnings)
            while owed:
                ended = self._judge(owed, found)
                owed = self._following(maker, ended)
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

    def _judge(self, owed, found):
        """Judge what would have been promised.

        :param owed: list of :class:`~.making.Owed`
        :return: (columns, step, end) of promises after which others begin
        """
        heard = heard_about(
            self.env,
            [(about_row(id_, one.columns), one.step) for id_, one in enumerate(owed)],
        )
        clocks = Clocks(self.env, self.company, is_quick=True)
        ended = []
        for ids in self._together(owed):
            some = {owed[id_].start.key: owed[id_] for id_ in ids}
            first = owed[ids[0]]
            told = [fact for id_ in ids for fact in heard[id_]]
            told += [one.start for one in some.values()]
            for case, taken, allowed in self._cases(clocks, first, told):
                row = some.get(case.root, first).columns
                outcome = self._outcome(case, taken, allowed, row)
                found[first.step.spec["code"]].append(outcome)
                if case.state in (ON_TIME, LATE, EXCUSED):
                    ended.append((row, first.step, case.end))
        return ended

    def _together(self, owed):
        """Numbers of what is judged together: one at a time on each record."""
        groups = defaultdict(list)
        for number, one in enumerate(owed):
            alone = one.step.judged.recurrence == EACH
            key = one.step.id, one.columns["res_id"], number if alone else -1
            groups[key].append(number)
        return groups.values()

    def _cases(self, clocks, owed, told):
        """(case, seconds taken, seconds allowed) of what one record's facts make."""
        step = owed.step
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
        return clocks.judged(step, owed.calendar, start, decide)

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
        """What is owed of the steps that begin when another one has ended."""
        owed = []
        for row, step, end in ended:
            for follower in followers(self.rule, step):
                key = row["fact_key"]
                after = maker.owed_after(row, key, self.rule, follower, end)
                if after:
                    owed.append(after)
        return owed


def _taken(case, limit, clock):
    """Seconds that a promise took, without its pauses."""
    if not case.done:
        return None
    return max(0.0, limit.measure(case.start, case.done, clock) - case.paused)
