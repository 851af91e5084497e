from datetime import datetime, time, timedelta

import pytz
from dateutil.relativedelta import relativedelta

from odoo import fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import format_date

from ..engine.service_record import Period, ServiceRecord

_ALL = (
    "sales_team.group_sale_salesman_all_leads",
    "crm_segmentation.group_crm_coordinator",
)
_SALESPERSON = "sales_team.group_sale_salesman"
MONTHS = 12


class ResPartner(models.Model):
    """The customer service record: what we promised this customer and kept."""

    _inherit = "res.partner"

    def service_record(self, date_from=False, date_to=False):
        """The figures of the printed service record.

        The figures are those of the customer's whole company with our company in which
        the caller works, complete, whoever has served it.

        :param date_from: first day, by default twelve months before the last one
        :param date_to: last day, by default today
        :return: dictionary; shares are False when there are fewer than five promises
        :raises UserError: the days are wrong, or it is not the caller's customer
        """
        self.ensure_one()
        self._check_service_record()
        first, last = self._service_days(date_from, date_to)
        partner = self.sudo().commercial_partner_id
        company = self.env.company
        record = ServiceRecord(partner, company, self._service_period(first, last))
        by_rule, everything = record.promises()
        return {
            "partner_id": partner.id,
            "customer": partner.name or "",
            "company": company.name,
            "date_from": fields.Date.to_string(first),
            "date_to": fields.Date.to_string(last),
            "promises": [
                {"regulation": rule.name, **self._service_row(*figure)}
                for rule, figure in sorted(
                    by_rule.items(), key=lambda item: (-item[1][0].counted, item[0].id)
                )
            ],
            "total": self._service_row(*everything),
            "agreements": self._service_tally(record.agreements()),
            **self._service_quality(record.quality()),
            "touches": [
                {"type": kind.name, "count": count} for kind, count in record.touches()
            ],
        }

    def _check_service_record(self):
        """Refuse whoever may not read the customer or does not serve it."""
        self.check_access("read")
        user = self.env.user
        if self.env.su or any(user.has_group(group) for group in _ALL):
            return
        customer = self.sudo()
        theirs = customer.user_id | customer.commercial_partner_id.user_id
        if not user.has_group(_SALESPERSON) or (theirs and user not in theirs):
            raise AccessError(
                self.env._(
                    "crm_regulations.service_record: The service record of %(name)s is "
                    "for its salesperson, sales managers and CRM coordinators. Ask one "
                    "of them for it.",
                    name=customer.display_name,
                )
            )

    def _service_days(self, date_from, date_to):
        try:
            last = fields.Date.to_date(date_to) or fields.Date.context_today(self)
            first = fields.Date.to_date(date_from) or (
                last - relativedelta(months=MONTHS) + timedelta(days=1)
            )
        except (TypeError, ValueError) as error:
            raise ValidationError(
                self.env._(
                    "crm_regulations.service_period: A day of the period is no date. "
                    "Write it like 2026-01-31."
                )
            ) from error
        if first > last:
            raise UserError(
                self.env._(
                    "crm_regulations.service_period: The period begins on %(first)s, "
                    "after its end on %(last)s. Exchange the two days.",
                    first=first,
                    last=last,
                )
            )
        return first, last

    def _service_period(self, first, last):
        zone = pytz.timezone(self.env.user.tz or "UTC")

        def midnight(day):
            local = zone.localize(datetime.combine(day, time()))
            return local.astimezone(pytz.utc).replace(tzinfo=None)

        return Period(midnight(first), midnight(last + timedelta(days=1)), first, last)

    def _service_row(self, tally, reaction):
        minutes = reaction["p50"]
        return {
            **self._service_tally(tally),
            "excused": tally.excused,
            "cancelled": tally.cancelled,
            "reaction_minutes": False if minutes is None else round(minutes),
        }

    def _service_tally(self, tally):
        return {
            "on_time": tally.on_time,
            "late": tally.late,
            "not_kept": tally.breached,
            "counted": tally.counted,
            "open": tally.open,
            "percent": False if tally.percent is None else round(tally.percent, 1),
        }

    def _service_quality(self, answers):
        marks = answers.mapped("score")
        return {
            "quality": [
                {"date": fields.Datetime.to_string(one.date), "score": one.score}
                for one in answers
            ],
            "quality_mean": round(sum(marks) / len(marks), 2) if marks else False,
        }

    # --- on paper -----------------------------------------------------------------

    def _service_title(self, page):
        days = {
            name: format_date(self.env, page[name]) for name in ("date_from", "date_to")
        }
        return self.env._("Our service from %(date_from)s to %(date_to)s", **days)

    def _service_share(self, row):
        """The percentage in words, or why there is none."""
        if row["percent"] is not False:
            return f"{row['percent']:.0f} %"
        return self.env._("too few for a percentage") if row["counted"] else "–"

    def _service_time(self, minutes):
        """A time by the clock in a customer's words."""
        if minutes is False:
            return "–"
        if minutes < 60:
            return self.env._("%(number)s min", number=minutes)
        if minutes < 48 * 60:
            return self.env._("%(number)s h", number=f"{minutes / 60:.1f}")
        return self.env._("%(number)s days", number=f"{minutes / 1440:.1f}")

    def _service_day(self, text):
        return format_date(self.env, fields.Datetime.to_datetime(text).date())

    def _service_file_name(self):
        return self.env._("Service record %(name)s", name=self.display_name)
