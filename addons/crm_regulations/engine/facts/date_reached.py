"""A date of a record arrived, or it is so many hours before or after one.

Nothing tells that time passes: the reader looks which dates lie in the time that is
asked for, until now if no end is given. A day without a time arrives at midnight in the
time zone of the company. A date that is corrected later is another fact, because its
key holds the date.

Settings: ``date_field``, a stored date of the record; ``offset_hours``, how long after
it, negative for before.
"""

from dataclasses import replace
from datetime import datetime, time, timedelta

import pytz

from odoo.fields import Domain

from ...core.step import START
from .days import zone
from .fact import Fact
from .kind import seconds
from .record_kind import RecordKind

# Dates before it are slips of the pen; near the year 1 Python cannot reckon.
_FIRST = datetime(1900, 1, 1)


class DateReached(RecordKind):
    code = "date_reached"
    by_creation = False
    by_time = True

    def told(self, env, asked, created, changes):
        return []

    def recounted(self, env, asked, role=START):
        clock = _Clock(env, asked)
        if asked.end is None:
            # What lies ahead has not happened.
            now = seconds(env.cr.now()) + timedelta(seconds=1)
            asked = replace(asked, end=now)
        asked = self.ours(env, asked)
        domain = asked.domain & clock.within(asked)
        if asked.touched is not None:
            domain &= self.narrowed(env, asked)
        model = env[asked.model].with_context(active_test=False)
        records = model.search_fetch(domain, [clock.name], order="id")
        return self.in_time([self._fact(record, clock) for record in records], asked)

    def _fact(self, record, clock):
        value = record[clock.name]
        key = f"{self.code}:{record._name},{record.id}:{value.isoformat()}"
        return Fact(self.code, key, clock.arrival(value), record._name, record.id)


class _Clock:
    """When the dates of one field arrive.

    :param env: superuser environment
    :param asked: an :class:`~.fact.Asked`
    :raises ValueError: the settings name no stored date
    """

    def __init__(self, env, asked):
        self.name = asked.setting("date_field")
        field = env[asked.model]._fields.get(self.name)
        if not field or field.type not in ("date", "datetime") or not field.store:
            raise ValueError(
                env._(
                    "“%(field)s” is no stored date of %(model)s. Choose a date of the "
                    "record itself.",
                    field=self.name or "",
                    model=env["ir.model"]._get(asked.model).name,
                )
            )
        self._is_day = field.type == "date"
        self._offset = timedelta(hours=asked.setting("offset_hours") or 0)
        self._zone = zone(env["res.company"].browse(asked.company_id))

    def arrival(self, value):
        """When a date arrives.

        :param value: a day or an instant
        :return: naive UTC instant in whole seconds
        """
        if self._is_day:
            value = datetime.combine(value, time.min)
            value = self._zone.localize(value).astimezone(pytz.utc).replace(tzinfo=None)
        return seconds(value + self._offset)

    def within(self, asked):
        """Domain of the records whose dates may arrive in the time asked for."""
        # Midnight is at most a day away from that of UTC.
        margin = timedelta(days=1) if self._is_day else timedelta(0)
        start = asked.start or _FIRST
        domain = Domain(self.name, ">=", self._day(start, -margin))
        return domain & Domain(self.name, "<=", self._day(asked.end, margin))

    def _day(self, instant, margin):
        value = instant - self._offset + margin
        return value.date() if self._is_day else value
