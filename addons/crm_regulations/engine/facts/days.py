"""Days of our companies as instants."""

from datetime import datetime, time

import pytz


def zone(company):
    """The time zone in which the days of one of our companies begin.

    :param company: res.company record, superuser environment
    """
    name = company.partner_id.tz or company.resource_calendar_id.tz
    return pytz.timezone(name or "UTC")


def begin(day, tzinfo):
    """When a day begins.

    :param day: the day
    :param tzinfo: see :func:`zone`
    :return: naive UTC
    """
    local = tzinfo.localize(datetime.combine(day, time.min))
    return local.astimezone(pytz.utc).replace(tzinfo=None)


def day_of(instant, tzinfo):
    """The day of an instant.

    :param instant: naive UTC
    :param tzinfo: see :func:`zone`
    """
    return pytz.utc.localize(instant).astimezone(tzinfo).date()
