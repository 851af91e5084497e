import logging

import psycopg2

from odoo import api, models
from odoo.exceptions import ConcurrencyError

from ...engine.autofill import activities, mail, meetings
from ...engine.autofill.touch import fill
from ...engine.changes import stored_values
from ..crm_changes import merged

_logger = logging.getLogger(__name__)


class CrmChanges(models.AbstractModel):
    """Interactions that fill themselves."""

    _inherit = "crm.changes"

    @api.model
    def _watched_models(self):
        ours = {mail.MODEL, activities.MODEL, meetings.MODEL}
        return super()._watched_models() | ours

    @api.model
    def _watched_fields(self):
        ours = {
            activities.MODEL: frozenset({"active"}),
            meetings.MODEL: frozenset({"outcome", "start", "stop"}),
        }
        return merged(super()._watched_fields(), ours)

    @api.model
    def _on_created(self, model, ids):
        done = super()._on_created(model, ids)
        records = self.env[model].browse(ids)
        if model == mail.MODEL:
            self._fill_from(mail, mail.maybe(records))
        elif model == activities.MODEL:
            inactive = {id_ for id_, on in stored_values(records, "active") if not on}
            self._activities_done(records.browse(i for i in ids if i in inactive))
        elif model == meetings.MODEL:
            ended = {id_ for id_, how in stored_values(records, "outcome") if how}
            self._fill_from(meetings, records.browse(i for i in ids if i in ended))
        return done

    @api.model
    def _on_changed(self, model, changes):
        done = super()._on_changed(model, changes)
        records = self.env[model].browse(changes)
        if model == activities.MODEL:
            self._activities_done(records.filtered(lambda a: not a.active))
        elif model == meetings.MODEL:
            self._survive(records, self._meetings_changed)
        return done

    @api.model
    def _activities_done(self, done):
        if done:
            self._survive(done, self._confirm_meetings)
            self._fill_from(activities, done)

    @api.model
    def _confirm_meetings(self, done):
        """Whoever finishes the activity of a meeting says that it was held."""
        now = self.env.cr.now()
        events = done.calendar_event_id.filtered(
            lambda event: not event.outcome and event.start <= now
        )
        events.write({"outcome": "held"})

    @api.model
    def _meetings_changed(self, events):
        logged = self.env["crm.interaction"].search(
            [("source_model", "=", events._name), ("source_id", "in", events.ids)]
        )
        undone = events.filtered(lambda e: not e.outcome or meetings.is_private(e))
        logged.filtered(lambda talk: talk.source_id in undone._ids).unlink()
        by_source = logged.exists().grouped("source_id")
        for event in events - undone:
            if talks := by_source.get(event.id):
                talks._tell({"outcome": event.outcome, **meetings.timing(event)})
        fill(self.env, meetings.touches(events - undone))

    @api.model
    def _fill_from(self, reader, records):
        if records:
            work = self._fill_with
            self._survive(records, lambda part: work(reader, part))

    @api.model
    def _fill_with(self, reader, records):
        fill(self.env, reader.touches(records.exists()))

    @api.model
    def _survive(self, records, work):
        """A log that cannot be kept must not stop somebody's work.

        The administrator's log says what is missing; “Fill from the past” makes it up.
        """
        self.env.flush_all()
        try:
            with self.env.cr.savepoint(flush=False):
                work(records)
                self.env.flush_all()
        except (psycopg2.OperationalError, ConcurrencyError):
            raise
        except Exception:
            self.env.transaction.clear()
            _logger.exception("Interactions could not be made from %s", records)
