"""The figures of a backtest, with the names that people know."""

from collections import defaultdict

from odoo import fields

from ..core.case import BREACHED, LATE, ON_TIME
from ..core.trial import (
    PROPOSED,
    REAL_PERCENT,
    length_met_by,
    rounded_up,
    shares_within,
    tallies,
    tally,
)
from .calendars import Calendars
from .facts.days import day_of, zone

HOUR, DAY = 3600, 86400
_EXAMPLES = 5


class TrialReport:
    """Makes the report of a :class:`~.backtest.Backtest`.

    :param trial: the backtest
    :param outcomes: {code of the step: its outcomes}
    """

    def __init__(self, trial, outcomes):
        self.env = trial.env
        self.rule = trial.rule
        self.company = trial.company
        self.start = trial.start
        self.end = trial.end
        self.outcomes = outcomes
        self.zone = zone(self.company)

    def told(self):
        """The report.

        :return: dictionary of plain values: ``count``, ``on_time``, ``late``,
            ``never``, ``open``, ``cancelled``, ``on_time_percent`` (False when nothing
            has ended), ``is_real`` and ``steps``, a list of the same for each step with
            ``by`` (category, person, team, month), ``reaction``, ``proposed``,
            ``working`` and ``examples``
        """
        everything = [o for some in self.outcomes.values() for o in some]
        total = self._counts(tally(everything))
        percent = total["on_time_percent"]
        return {
            **total,
            "is_real": percent is False or percent >= REAL_PERCENT,
            "steps": [
                self._step(step, self.outcomes.get(step.spec["code"], []))
                for step in self.rule.steps
            ],
        }

    def _step(self, step, outcomes):
        day = self._day(step)
        return {
            "code": step.spec["code"],
            **self._counts(tally(outcomes)),
            "in_working_time": step.judged.limit.in_working_time,
            "by": self._groups(outcomes),
            "reaction": self._reaction(outcomes, day),
            "proposed": self._proposed(outcomes, day),
            "working": self._working(step, outcomes),
            "examples": self._examples(outcomes),
        }

    def _counts(self, counted):
        percent = counted.percent
        return {
            "count": counted.count,
            "on_time": counted.on_time,
            "late": counted.late,
            "never": counted.never,
            "open": counted.open,
            "cancelled": counted.cancelled,
            "on_time_percent": False if percent is None else round(percent, 1),
        }

    def _day(self, step):
        """Seconds of a day of the step's time."""
        calendar = self.company.resource_calendar_id
        if step.spec["calendar_kind"] == "fixed":
            calendar = calendar.browse(step.spec["calendar_id"]).exists() or calendar
        if not step.judged.limit.in_working_time:
            return DAY
        return (calendar.hours_per_day or 8) * HOUR

    # --- groups ---------------------------------------------------------------

    def _groups(self, outcomes):
        teams = self._teams({o.traits["person"] for o in outcomes})
        return {
            "category": self._named(
                tallies(outcomes, lambda o: o.traits["category"]), "crm.segment"
            ),
            "person": self._named(
                tallies(outcomes, lambda o: o.traits["person"]), "res.users"
            ),
            "team": self._named(
                tallies(outcomes, lambda o: teams.get(o.traits["person"], 0)),
                "crm.team",
            ),
            "month": [
                {"id": 0, "name": month, **self._counts(counted)}
                for month, counted in sorted(tallies(outcomes, self._month).items())
            ],
        }

    def _month(self, outcome):
        return f"{day_of(outcome.start, self.zone):%Y-%m}"

    def _teams(self, user_ids):
        users = self.env["res.users"].browse(id_ for id_ in user_ids if id_)
        return {user.id: user.exists().sale_team_id.id or 0 for user in users}

    def _named(self, counted, model):
        records = self.env[model].browse(id_ for id_ in counted if id_).exists()
        names = {record.id: record.display_name for record in records}
        found = [
            {"id": id_, "name": names.get(id_, ""), **self._counts(one)}
            for id_, one in counted.items()
        ]
        return sorted(found, key=lambda group: (-group["count"], group["name"]))

    # --- time -----------------------------------------------------------------

    def _reaction(self, outcomes, day):
        lengths = {
            "15 min": 900,
            "30 min": 1800,
            "1 h": HOUR,
            "2 h": 2 * HOUR,
            "4 h": 4 * HOUR,
            "1 d": day,
            "2 d": 2 * day,
            "5 d": 5 * day,
        }
        shares = shares_within(outcomes, lengths.values())
        return [
            {"within": name, "percent": False if share is None else round(share, 1)}
            for name, share in zip(lengths, shares, strict=True)
        ]

    def _proposed(self, outcomes, day):
        found = []
        for percent in PROPOSED:
            length = length_met_by(outcomes, percent)
            value, unit = (0, "") if length is None else rounded_up(length, day)
            found.append({"percent": percent, "value": value, "unit": unit})
        return found

    def _working(self, step, outcomes):
        """Working hours that were promised, against those that people have.

        If every promise took all of its limit; several run at the same time.
        """
        limit = step.judged.limit
        people = {o.traits["person"] for o in outcomes if o.traits["person"]}
        calendars = Calendars(self.env, self.company)
        calendar = self.company.resource_calendar_id
        if not limit.in_working_time or calendars.problem(calendar):
            return {"people": len(people), "promised": False, "available": False}
        work = calendars.work_time(calendar, self.start, self.end)
        hours = work.between(self.start, self.end) / HOUR
        return {
            "people": len(people),
            "promised": round(sum(o.allowed for o in outcomes) / HOUR, 1),
            "available": round(hours * len(people), 1),
        }

    def _examples(self, outcomes):
        """Some of the last ones of each sort, to be opened."""
        found = defaultdict(list)
        for outcome in sorted(outcomes, key=lambda o: o.start, reverse=True):
            some = found[outcome.state]
            if outcome.state in (BREACHED, LATE, ON_TIME) and len(some) < _EXAMPLES:
                some.append(self._example(outcome))
        return [*found[BREACHED], *found[LATE], *found[ON_TIME]]

    def _example(self, outcome):
        model, res_id = outcome.source
        return {
            "state": outcome.state,
            "res_model": model,
            "res_id": res_id,
            "name": outcome.traits["name"],
            "date_start": fields.Datetime.to_string(outcome.start),
            "date_due": fields.Datetime.to_string(outcome.due),
            "date_done": fields.Datetime.to_string(outcome.done) or False,
        }
