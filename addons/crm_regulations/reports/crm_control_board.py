from datetime import date, datetime, time, timedelta

import pytz

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.crm_segmentation.core.wire import is_id, is_text

from ..core.figures import SMALL, Tally, share, weeks, worst_first
from ..engine import figures
from ..engine.capture import captured

GROUPS = {
    "regulation": "newest_id",
    "department": "department_id",
    "person": "user_id",
    "category": "segment_id",
    "process": "process",
}
WEEKS = 12
LONGEST_DAYS = 3660
LONGEST_LIST = 5  # rules and queues in the short lists of the worst


class CrmObligationReport(models.Model):
    """The control board: everything a manager looks at on Monday, in one call."""

    _inherit = "crm.obligation.report"

    @api.model
    def control_board(self, date_from, date_to, group_by="regulation"):
        """The figures of a time, of the promises the user may see.

        Every figure has a ``domain`` of crm.obligation.report behind it: that of its
        row together with the one of its kind in ``kinds``.

        :param date_from: first day on which promises were due, ``2026-05-01``
        :param date_to: last day
        :param group_by: regulation, department, person, category or process
        :return: dictionary with ``total``, ``rows`` (the worst first), ``weeks``,
            ``overdue``, ``capture``, ``worst``, ``queues``, ``causes`` and ``kinds``
        :raises UserError: no such days or no such grouping
        """
        self.check_access("read")
        first, last = self._board_days(date_from, date_to)
        if not (isinstance(group_by, str) and group_by in GROUPS):
            raise UserError(
                self.env._(
                    "crm_regulations.board_group: Group by one of these: %(known)s.",
                    known=", ".join(GROUPS),
                )
            )
        start, end = self._board_instant(first), self._board_instant(last, days=1)
        domain = self._board_domain(start, end)
        column = GROUPS[group_by]
        rows, total = figures.by(self.env, domain, column)
        rules, causes = figures.broken(self.env, domain)
        order = worst_first({key: row[0] for key, row in rows.items()})
        broken_rules = {key: t for key, t in rules.items() if t.broken}
        names = self._board_names({"newest_id": [*broken_rules]} | {column: order})
        return {
            "date_from": str(first),
            "date_to": str(last),
            "group_by": group_by,
            "small": SMALL,
            "kinds": {
                kind: list(map(list, of_kind))
                for kind, of_kind in (figures.KINDS | figures.SUMS).items()
            },
            "total": self._board_figure(*total, domain),
            "rows": [
                {
                    "id": key or False,
                    "name": names[column, key],
                    **self._board_figure(
                        *rows[key], [*domain, [column, "=", key or False]]
                    ),
                }
                for key in order
            ],
            "weeks": self._board_weeks(last),
            "overdue": self._board_overdue(),
            "capture": self._board_capture(start, end),
            "worst": [
                {
                    "id": key or False,
                    "name": names["newest_id", key],
                    **self._board_tally(
                        broken_rules[key], [*domain, ["newest_id", "=", key or False]]
                    ),
                }
                for key in worst_first(broken_rules)[:LONGEST_LIST]
            ],
            "causes": self._board_causes(causes, domain),
        }  # fmt: skip

    # --- what was asked -------------------------------------------------------------

    def _board_days(self, date_from, date_to):
        days = [self._board_day(day) for day in (date_from, date_to)]
        first, last = days
        if first > last or (last - first).days > LONGEST_DAYS:
            raise UserError(
                self.env._(
                    "crm_regulations.board_days: The first day comes before the last "
                    "one, and there are at most %(days)s days between them.",
                    days=LONGEST_DAYS,
                )
            )
        return days

    def _board_day(self, value):
        if type(value) is date:
            return value
        try:
            # Far from the ends of time, so that weeks and zones can be reckoned.
            day = date.fromisoformat(value) if is_text(value) else None
        except ValueError:
            day = None
        if day is None or not 1970 <= day.year <= 2999:
            raise UserError(
                self.env._(
                    "crm_regulations.board_day: Give the first and the last day like "
                    "this: 2026-05-31."
                )
            )
        return day

    def _board_zone(self):
        return pytz.timezone(self.env.user.tz or "UTC")

    def _board_today(self):
        return pytz.utc.localize(fields.Datetime.now()).astimezone(
            self._board_zone()
        ).date()  # fmt: skip

    def _board_instant(self, day, days=0):
        """The beginning of a day of the person who looks, naive UTC."""
        midnight = datetime.combine(day + timedelta(days=days), time())
        local = self._board_zone().localize(midnight)
        return local.astimezone(pytz.utc).replace(tzinfo=None)

    def _board_domain(self, start, end):
        """Promises that were due in a time."""
        text = fields.Datetime.to_string
        return [
            *self._board_scope(),
            ["date_due", ">=", text(start)],
            ["date_due", "<", text(end)],
        ]

    def _board_scope(self):
        """Which promises are meant: the context may ask for some departments only."""
        scope = [["company_id", "in", self.env.companies.ids]]
        departments = self._board_departments()
        return scope + [["department_id", "child_of", departments]] * bool(departments)

    def _board_departments(self):
        asked = self.env.context.get("crm_board_departments") or ()
        return [id_ for id_ in asked if is_id(id_)]

    # --- what is told ---------------------------------------------------------------

    def _board_tally(self, tally, domain):
        """A tally for the wire."""
        counts = {kind: getattr(tally, kind) for kind in figures.KINDS}
        percent = tally.percent
        return {
            **counts,
            "counted": tally.counted,
            "broken": tally.broken,
            "percent": False if percent is None else round(percent, 1),
            "domain": domain,
        }

    def _board_figure(self, tally, reaction, domain):
        """The same with the speed; shares are of all that is counted."""
        percentiles = {
            name: False if reaction[name] is None else round(reaction[name])
            for name in figures.PERCENTILES
        }
        within = {name: share(reaction[name], tally.counted) for name in figures.WITHIN}
        attested = share(tally.attested, tally.done)
        return {
            **self._board_tally(tally, domain),
            "done": tally.done,
            "attested_percent": False if attested is None else round(attested, 1),
            "reaction": percentiles,
            "within": {
                name: False if value is None else round(value, 1)
                for name, value in within.items()
            },
        }

    def _board_names(self, wanted):
        """(column, value) → what it is called; of each column in one go."""
        names = {}
        for column, values in wanted.items():
            field = self._fields[column]
            if field.type == "selection":
                known = dict(field._description_selection(self.env))
            else:
                ids = [value for value in values if value]
                # Who may see a promise may see whose it is and what it comes from.
                records = self.env[field.comodel_name].sudo().browse(ids)
                known = {record.id: record.display_name for record in records}
            for value in values:
                names[column, value] = known.get(value) or self.env._("None")
        return names

    def _board_weeks(self, last):
        """On time by week, the last one being that of the last day or of today."""
        mondays = weeks(min(last, self._board_today()), WEEKS)
        start = self._board_instant(mondays[0])
        end = self._board_instant(mondays[-1], days=7)
        zone = self._board_zone().zone
        found = figures.by_week(self.env, self._board_domain(start, end), zone)
        return [
            {
                "start": str(monday),
                **self._board_tally(
                    found.get(monday, Tally()),
                    self._board_domain(
                        self._board_instant(monday),
                        self._board_instant(monday, days=7),
                    ),
                ),
            }
            for monday in mondays
        ]

    def _board_overdue(self):
        """What is overdue now, whenever it was due, and who has most of it."""
        domain = [*self._board_scope(), *map(list, figures.KINDS["overdue"])]
        longest, count = figures.queues(self.env, domain, LONGEST_LIST)
        names = self._board_names({"user_id": [user_id for user_id, _n in longest]})
        return {
            "count": count,
            "domain": domain,
            "queues": [
                {
                    "id": user_id or False,
                    "name": names["user_id", user_id],
                    "count": number,
                    "domain": [*domain, ["user_id", "=", user_id or False]],
                }
                for user_id, number in longest
            ],
        }

    def _board_causes(self, causes, domain):
        known = self._fields["cause"]._description_selection(self.env)
        return [
            {
                "key": key,
                "name": name,
                "count": causes[key],
                "domain": [*domain, ["cause", "=", key]],
            }
            for key, name in sorted(known, key=lambda c: -causes.get(c[0], 0))
            if key in causes
        ]

    def _board_capture(self, start, end):
        """What was logged of what happened, see :mod:`..engine.capture`."""
        people = None if self._board_sees_all() else self._board_people()
        names = {
            "calls": self.env._("Calls with a result"),
            "meetings": self.env._("Meetings with a result"),
            "leads": self.env._("New leads that were contacted"),
        }
        told = []
        for kind, (model, happened, logged) in captured(
            self.env, start, end, people
        ).items():
            records = self.env[model]
            # Who has no access to calls has none to count.
            if not records.has_access("read"):
                continue
            whole = records.search_count(happened)
            part = records.search_count(logged)
            percent = share(part, whole)
            told.append(
                {
                    "kind": kind,
                    "name": names[kind],
                    "happened": whole,
                    "logged": part,
                    "percent": False if percent is None else round(percent, 1),
                    "model": model,
                    "domain": self._board_wire(happened),
                }
            )
        return told

    def _board_sees_all(self):
        sees_all = self.env.user.has_group("sales_team.group_sale_salesman_all_leads")
        return sees_all and not self._board_departments()

    def _board_people(self):
        headed = self.env.user._headed_people()
        companies = self.env.companies.ids
        found = {user for company, users in headed.items() if company in companies
                 for user in users}  # fmt: skip
        return sorted({self.env.uid, *found})

    @api.model
    def _board_wire(self, domain):
        """A domain as JSON can carry it."""

        def plain(part):
            if not isinstance(part, (list, tuple)):
                return part
            field, operator, value = part
            if isinstance(value, datetime):
                value = fields.Datetime.to_string(value)
            return [
                field,
                operator,
                value if type(value) in (str, bool, int) else list(value),
            ]

        return [plain(part) for part in domain]
