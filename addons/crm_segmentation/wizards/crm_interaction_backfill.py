from datetime import datetime, time, timedelta

import pytz

from odoo import fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ..engine.autofill import activities, mail, meetings
from ..engine.autofill.touch import BATCH, fill

LONGEST_DAYS = 3 * 366


class CrmInteractionBackfill(models.TransientModel):
    _name = "crm.interaction.backfill"
    _description = "Fill Interactions from the Past"

    date_from = fields.Date(
        string="From",
        required=True,
        default=lambda self: fields.Date.context_today(self) - timedelta(days=365),
    )
    date_to = fields.Date(
        string="Until",
        required=True,
        default=fields.Date.context_today,
        help="The last day, inclusive.",
    )
    with_activities = fields.Boolean(string="Done activities", default=True)
    with_meetings = fields.Boolean(string="Meetings", default=True)
    with_mail = fields.Boolean(string="E-mails", default=True)
    assume_held = fields.Boolean(
        string="Take past meetings as held",
        help="Meetings with customers that are over, of which nobody has said how they "
        "ended, are marked as held. Otherwise they are left out.",
    )

    def action_fill(self):
        """Log the touches of a time that Odoo has kept, each once.

        What is found starts no promise and proves none: the past is not judged.

        :return: action that shows the interactions of that time
        :raises AccessError: only coordinators may
        :raises UserError: the days are in the wrong order or too many
        """
        self.ensure_one()
        if not self.env.user.has_group("crm_segmentation.group_crm_coordinator"):
            raise AccessError(
                self.env._(
                    "crm_segmentation.backfill_rights: Only a CRM coordinator may fill "
                    "interactions from the past."
                )
            )
        self._check_days()
        made = sum(self._fill_with(reader) for reader in self._readers())
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("%(n)s interactions from the past", n=made),
            "res_model": "crm.interaction",
            "views": [[False, "list"], [False, "form"]],
            "domain": [
                ("date", ">=", fields.Datetime.to_string(self._start())),
                ("date", "<", fields.Datetime.to_string(self._stop())),
                ("origin", "!=", "manual"),
            ],
        }

    def _check_days(self):
        if not 0 <= (self.date_to - self.date_from).days < LONGEST_DAYS:
            raise UserError(
                self.env._(
                    "crm_segmentation.backfill_days: From %(first)s until %(last)s is "
                    "no time of one to %(most)s days. Choose other days.",
                    first=self.date_from,
                    last=self.date_to,
                    most=LONGEST_DAYS,
                )
            )

    def _readers(self):
        chosen = {
            activities: self.with_activities,
            meetings: self.with_meetings,
            mail: self.with_mail,
        }
        return [reader for reader, wanted in chosen.items() if wanted]

    def _fill_with(self, reader):
        """Read batch after batch; returns how many interactions were made."""
        everything = self.sudo().with_context(active_test=False)
        model = everything.env[reader.MODEL]
        if reader is meetings and self.assume_held:
            everything._mark_held()
        during = reader.done_in(self._start(), self._stop())
        made, last = 0, 0
        while True:
            here = during & Domain("id", ">", last)
            records = model.search(here, order="id", limit=BATCH)
            if not records:
                return made
            last = records.ids[-1]
            touches = [
                touch
                for touch in reader.touches(records)
                if touch.company_id == self.env.company.id
            ]
            made += len(fill(everything.env, touches, announce=False))
            # A year of letters must not fill the memory.
            everything.env.flush_all()
            everything.env.invalidate_all()

    def _over(self):
        return min(self._stop(), fields.Datetime.now())

    def _mark_held(self):
        """By SQL: it is history, which nobody is told of and no promise hears."""
        events = self.env["calendar.event"].search(
            [
                ("outcome", "=", False),
                ("start", ">=", self._start()),
                ("stop", "<", self._over()),
                ("is_with_customer", "=", True),
                ("privacy", "!=", "private"),
                "|",
                ("user_id.company_id", "=", self.env.company.id),
                ("opportunity_id.company_id", "=", self.env.company.id),
            ]
        )
        # The organizer's setting is no column.
        open_ones = events.filtered(lambda event: not meetings.is_private(event))
        if open_ones:
            self.env.cr.execute(
                SQL(
                    "UPDATE calendar_event SET outcome = 'held' WHERE id IN %s",
                    open_ones._ids,
                )
            )
            open_ones.invalidate_recordset(["outcome"], flush=False)

    def _start(self):
        return self._instant(self.date_from)

    def _stop(self):
        return self._instant(self.date_to + timedelta(days=1))

    def _instant(self, day):
        """The beginning of a day where the coordinator lives, UTC."""
        zone = pytz.timezone(self.env.user.tz or "UTC")
        local = zone.localize(datetime.combine(day, time.min))
        return local.astimezone(pytz.utc).replace(tzinfo=None)
