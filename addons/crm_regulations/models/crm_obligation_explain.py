from odoo import fields, models

from ..engine.rows import coming_of

# What is said of a promise by the name of a choice.
_CHOICES = ("state", "evidence_grade")


class CrmObligation(models.Model):
    """What :meth:`explain` says in words, for people."""

    _inherit = "crm.obligation"

    def _explain_in_words(self):
        """More of the same dictionary; instants are UTC texts or False."""
        self.ensure_one()
        step = self._rule_step()
        return {
            "name": self.name or False,
            "customer": self.partner_id.display_name or False,
            "about": self.res_name or False,
            "fact_note": self.fact_note or False,
            "limit": self.step_id._sentence_limit_of(self.segment_id),
            "in_working_time": step.judged.limit.in_working_time,
            "hours_zone": self._hours_zone(step),
            "note": self.note or False,
            "date_fact": _text(self.date_fact),
            "date_breach": _text(self.date_breach),
            "date_grace": _text(self.date_grace),
            "coming": self._explain_coming(),
            **{f"{name}_label": self._label(name) for name in _CHOICES},
        }

    def _hours_zone(self, step):
        """The time zone of the working hours, False if only the clock counts."""
        if not step.judged.needs_calendar:
            return False
        calendar = self.calendar_id or self.company_id.resource_calendar_id
        return calendar.tz or False

    def _explain_coming(self):
        """What comes by itself if nothing happens."""
        events = self.env["crm.obligation.event"]
        names = dict(events._fields["kind"]._description_selection(self.env))
        return [
            {"date": _text(date), "kind": kind, "label": names.get(kind, kind)}
            for date, kind, _key in coming_of(self)
        ]

    def _label(self, name):
        return dict(self._fields[name]._description_selection(self.env))[self[name]]


def _text(instant):
    return fields.Datetime.to_string(instant) or False
