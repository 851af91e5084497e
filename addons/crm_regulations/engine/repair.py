"""What the history says of promises, against what their rows say.

The readers tell a regulation's facts once more and the judge judges them from the
beginning. What people said, stands in the log and is heard as well.
"""

from collections import defaultdict
from dataclasses import dataclass, replace
from functools import cached_property

from odoo import fields

from ..core.case import OPEN, Case, Heard
from ..core.judge import alarms, judge
from ..core.step import EXCUSE, FULFIL, PAUSE, RESUME, VOID
from . import bulk
from .clocks import Clocks
from .facts import KINDS
from .hearing import about, heard_as, narrowed
from .making import Rows, date_of, step_key
from .opening import Beginning, beginnings_of, open_all
from .rows import coming_values, judged_values, triples

_ROLE_OF_WORD = {
    "fulfilled": FULFIL, "paused": PAUSE, "resumed": RESUME, "excused": EXCUSE,
    "cancelled": VOID,
}  # fmt: skip
_COMPARED = ("state", "date_due", "date_done", "evidence_grade")


@dataclass(frozen=True)
class Missing:
    """A promise that should have been made.

    :param step_id: its step
    :param beginning: what began it
    """

    step_id: int
    beginning: Beginning


@dataclass(frozen=True)
class Different:
    """A promise of which the history says something else.

    :param obligation: the crm.obligation record
    :param values: the columns of its row as they should be
    """

    obligation: object
    values: dict

    @property
    def changes(self):
        """Name of the field → (as it is, as it should be)."""
        have = {name: self.obligation[name] or None for name in _COMPARED}
        return {
            name: (have[name], self.values[name])
            for name in _COMPARED
            if have[name] != self.values[name]
        }


class Repair:
    """The replay of one regulation over a time.

    :param regulation: a crm.regulation record that was published, superuser
    :param start: first instant
    :param end: first instant after them
    """

    def __init__(self, regulation, start, end):
        self.env = regulation.env
        self.rule = self.env["crm.regulation"]._rule_of(regulation)
        self.regulation = regulation
        self.start = start
        self.end = end
        self.now = fields.Datetime.now()

    def findings(self):
        """What differs.

        :return: (list of :class:`Missing`, list of :class:`Different`)
        """
        asked = replace(self.rule.asked, start=self.start, end=self.end)
        facts = KINDS[self.rule.kind].recounted(self.env, asked)
        facts = [fact for fact in facts if not fact.is_guess]
        beginnings = beginnings_of(self.env, self.rule, facts)
        owed = self.env["crm.obligation"].search(
            [
                ("regulation_id", "=", self.regulation.id),
                ("date_fact", ">=", self.start),
                ("date_fact", "<", self.end),
            ]
        )
        return self._missing(beginnings, owed), self._different(owed)

    def apply(self, missing, different):
        """Make promises as the history says; every change stands in the log.

        :param missing: list of :class:`Missing`
        :param different: list of :class:`Different`
        """
        opened = open_all(self.env, list({m.beginning for m in missing}))
        opened._log("repaired", note=self.env._("It had not been made."))
        for found in different:
            told = "; ".join(
                f"{name}: {before} → {after}"
                for name, (before, after) in found.changes.items()
            )
            found.obligation._log("repaired", key=str(self.now), note=told)
        bulk.update(
            self.env,
            "crm.obligation",
            [{"id": d.obligation.id, **d.values} for d in different],
        )
        ended = self.env["crm.obligation"].union(*(d.obligation for d in different))
        ended.filtered("date_end")._end_activities()

    # --- missing --------------------------------------------------------------

    def _missing(self, beginnings, owed):
        known = {(o.step_id.id, o.fact_key) for o in owed}
        running = {(o.step_id.id, o.serial_key) for o in owed if o.serial_key}
        found = []
        for beginning in beginnings:
            for step in self.rule.steps:
                subject = f"{self.rule.res_model},{beginning.res_id}"
                if (
                    self._begins(step, beginning)
                    and self._is_owed(step, beginning)
                    and (step.id, step_key(step, beginning)) not in known
                    and (step.id, subject) not in running
                ):
                    found.append(Missing(step.id, beginning))
        return found

    def _begins(self, step, beginning):
        """Whether a step begins with its regulation."""
        kind = step.spec.get("start_kind", "trigger")
        if kind != "date":
            return kind == "trigger"
        record = self.env[self.rule.res_model].browse(beginning.res_id)
        return bool(
            date_of(record, step.spec["start_field"], self.regulation.company_id)
        )

    def _is_owed(self, step, beginning):
        """Whether it is owed to the category that the customer has today."""
        if not step.exempt:
            return True
        record = self.env[self.rule.res_model].browse(beginning.res_id)
        return step.is_owed(self._rows.category(self.rule, record))

    @cached_property
    def _rows(self):
        return Rows(self.env, self.regulation.company_id)

    # --- different ------------------------------------------------------------

    def _different(self, owed):
        found = []
        for company, ours in owed.grouped("company_id").items():
            clocks = Clocks(self.env, company)
            for step, some in ours.grouped("step_id").items():
                found += self._of_step(clocks, self.rule.step(step.id), some)
        return found

    def _of_step(self, clocks, step, obligations):
        heard = self._words(obligations)
        abouts = [about(obligation) for obligation in obligations]
        for condition in step.conditions:
            told = KINDS[condition.kind].concerning(
                self.env, narrowed(condition.asked, abouts), abouts, condition.role
            )
            for id_, facts in told.items():
                heard[id_] += [heard_as(f, grade, condition) for f, grade in facts]
        found = []
        for obligation in obligations:
            values = self._judged(clocks, step, obligation, heard[obligation.id])
            difference = Different(obligation, values)
            if difference.changes:
                found.append(difference)
        return found

    def _judged(self, clocks, step, obligation, heard):
        step = step.limited(obligation.segment_id)
        start = self._start(obligation)

        def decide(clock):
            first = Case(
                obligation.fact_key,
                obligation.date_fact,
                start,
                step.judged.limit.due(start, clock),
                number=obligation.series_number,
                root=obligation.series_key or obligation.fact_key,
            )
            case = judge(step.judged, heard, clock, self.now, [first])[0]
            return case, triples(alarms(step.judged, case, clock))

        begin = min(obligation.date_fact, start)
        case, coming = clocks.judged(step, obligation.calendar_id, begin, decide)
        values = judged_values(obligation, case, coming)
        if values["state"] != OPEN:
            # What has come is not told again.
            values |= coming_values([a for a in coming if a[0] >= self.now])
        return values

    def _start(self, obligation):
        """When the clock began at first: the log knows of every setting back."""
        return obligation.date_begun or obligation.date_start

    def _words(self, obligations):
        """What people said of promises."""
        heard = defaultdict(list)
        events = self.env["crm.obligation.event"].search_fetch(
            [
                ("obligation_id", "in", obligations.ids),
                ("by_person", "=", True),
                ("kind", "in", list(_ROLE_OF_WORD)),
            ],
            ["obligation_id", "kind", "key", "date", "date_until"],
        )
        for event in events:
            owed = event.obligation_id
            heard[owed.id].append(
                Heard(
                    event.date,
                    _ROLE_OF_WORD[event.kind],
                    event.key or f"word:{event.id}",
                    grade="attested",
                    condition=-1,
                    until=event.date_until or None,
                    only=owed.fact_key,
                    source=(owed.res_model, owed.res_id),
                )
            )
        return heard
