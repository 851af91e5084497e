from datetime import datetime, time, timedelta

import pytz

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.crm_segmentation.core.wire import is_text
from odoo.addons.crm_segmentation.models.wire_json import WireJson

PROMISE, ACTIVITY = "promise", "activity"
# Activities of others are shown where everybody who may see all promises may look, too.
_SHARED = ("crm.lead", "crm.interaction", "res.partner", "sale.order")


class CrmToday(models.Model):
    """What somebody owes: open promises, and activities with no promise behind them.

    A query, not a table. The id of a promise's row is twice its own; that of an
    activity's row is one more than twice its own.
    """

    _name = "crm.today"
    _description = "Today"
    _auto = False
    _order = "rank, date_due, id"
    _rec_name = "name"
    _depends = {
        "crm.interaction": ["company_id", "lead_id", "partner_id"],
        "crm.lead": ["company_id", "partner_id", "phone"],
        "crm.obligation": [
            "company_id", "date_due", "date_end", "date_grace", "date_paused",
            "lead_id", "partner_id", "regulation_id", "res_id", "res_model",
            "res_name", "segment_id", "step_id", "user_id",
        ],
        "crm.regulation.step": ["name"],
        "crm.segment.membership": ["company_id", "partner_id", "segment_id"],
        "mail.activity": [
            "activity_type_id", "active", "date_deadline", "obligation_id", "res_id",
            "res_model", "res_name", "summary", "user_id",
        ],
        "mail.activity.type": ["name"],
        "res.partner": ["commercial_partner_id", "company_id", "phone"],
        "sale.order": ["company_id", "opportunity_id", "partner_id"],
    }  # fmt: skip

    kind = fields.Selection(
        [(PROMISE, "Promise"), (ACTIVITY, "Activity")],
        readonly=True,
        help="A promise comes from a regulation; an activity was planned by somebody.",
    )
    obligation_id = fields.Many2one("crm.obligation", string="Promise", readonly=True)
    activity_id = fields.Many2one("mail.activity", readonly=True)
    name = fields.Char(string="What to do", readonly=True)
    about = fields.Char(readonly=True, help="What it is about, as it is called.")
    res_model = fields.Char(string="Model", readonly=True)
    res_id = fields.Many2oneReference(
        model_field="res_model", string="Record", readonly=True
    )
    lead_id = fields.Many2one("crm.lead", readonly=True)
    partner_id = fields.Many2one("res.partner", string="Customer", readonly=True)
    segment_id = fields.Many2one("crm.segment", string="Category", readonly=True)
    regulation_id = fields.Many2one("crm.regulation", readonly=True)
    user_id = fields.Many2one("res.users", string="Responsible", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    phone = fields.Char(readonly=True)
    date_due = fields.Datetime(
        string="Due", readonly=True, help="An activity is due at the end of its day."
    )
    date_paused = fields.Datetime(string="Paused since", readonly=True)
    date_grace = fields.Datetime(string="Excused until", readonly=True)
    urgency = fields.Selection(
        [
            ("late", "Late"),
            ("today", "Today"),
            ("tomorrow", "Tomorrow"),
            ("week", "Next 7 days"),
            ("later", "Later"),
            ("paused", "Paused"),
        ],
        readonly=True,
        group_expand=True,
    )
    rank = fields.Integer(
        readonly=True, aggregator=None, help="The place of its urgency."
    )
    countdown = WireJson(
        string="Countdown",
        compute="_compute_countdown",
        help="See crm.obligation; an activity has only its day.",
    )
    material_ids = fields.Many2many(
        "crm.material", string="Materials", compute="_compute_material_ids"
    )
    is_of_my_people = fields.Boolean(
        string="My people's",
        compute="_compute_is_of_my_people",
        search="_search_is_of_my_people",
    )

    @property
    def _table_query(self):
        now = fields.Datetime.now()
        ends = [self._end_of_day(now, days) for days in (0, 1, 7)]
        return SQL(
            """
            SELECT item.*,
                   -- Looked up for the rows of a page, not joined for all of them.
                   COALESCE((SELECT phone FROM res_partner WHERE id = item.partner_id),
                            (SELECT phone FROM crm_lead WHERE id = item.lead_id))
                       AS phone,
                   CASE WHEN item.date_paused IS NOT NULL THEN 'paused'
                        WHEN item.date_due < %(now)s THEN 'late'
                        WHEN item.date_due < %(today)s THEN 'today'
                        WHEN item.date_due < %(tomorrow)s THEN 'tomorrow'
                        WHEN item.date_due < %(week)s THEN 'week'
                        ELSE 'later' END AS urgency,
                   CASE WHEN item.date_paused IS NOT NULL THEN 5
                        WHEN item.date_due < %(now)s THEN 0
                        WHEN item.date_due < %(today)s THEN 1
                        WHEN item.date_due < %(tomorrow)s THEN 2
                        WHEN item.date_due < %(week)s THEN 3
                        ELSE 4 END AS rank
              FROM (%(promises)s UNION ALL %(activities)s) AS item
            """,
            now=now,
            today=ends[0],
            tomorrow=ends[1],
            week=ends[2],
            promises=self._promises_sql(),
            activities=self._activities_sql(),
        )

    def _promises_sql(self):
        return SQL(
            """
            SELECT 2 * owed.id AS id, 'promise' AS kind, owed.id AS obligation_id,
                   NULL::int4 AS activity_id,
                   COALESCE(step.name ->> %(lang)s, step.name ->> 'en_US') AS name,
                   owed.res_name::text AS about, owed.res_model::text AS res_model,
                   owed.res_id, owed.lead_id, owed.partner_id, owed.segment_id,
                   owed.regulation_id, owed.user_id, owed.company_id,
                   GREATEST(owed.date_due, owed.date_grace) AS date_due,
                   owed.date_paused, owed.date_grace
              FROM crm_obligation AS owed
              JOIN crm_regulation_step AS step ON step.id = owed.step_id
             WHERE owed.date_end IS NULL
            """,
            lang=self.env.lang or "en_US",
        )

    def _activities_sql(self):
        return SQL(
            """
            SELECT 2 * todo.id + 1 AS id, 'activity' AS kind,
                   NULL::int4 AS obligation_id, todo.id AS activity_id,
                   COALESCE(NULLIF(todo.summary, ''), type.name ->> %(lang)s,
                            type.name ->> 'en_US') AS name,
                   todo.res_name::text AS about, todo.res_model::text AS res_model,
                   todo.res_id, lead.id AS lead_id, customer.id AS partner_id,
                   category.segment_id, NULL::int4 AS regulation_id, todo.user_id,
                   COALESCE(lead.company_id, sale.company_id, talk.company_id,
                            customer.company_id) AS company_id,
                   timezone('UTC', timezone(%(tz)s, todo.date_deadline + time '24:00'))
                       - interval '1 second' AS date_due,
                   NULL::timestamp AS date_paused, NULL::timestamp AS date_grace
              FROM mail_activity AS todo
              LEFT JOIN mail_activity_type AS type ON type.id = todo.activity_type_id
              LEFT JOIN crm_obligation AS owed ON owed.id = todo.obligation_id
              LEFT JOIN sale_order AS sale
                ON todo.res_model = 'sale.order' AND sale.id = todo.res_id
              LEFT JOIN crm_interaction AS talk
                ON todo.res_model = 'crm.interaction' AND talk.id = todo.res_id
              LEFT JOIN crm_lead AS lead
                ON lead.id = CASE WHEN todo.res_model = 'crm.lead' THEN todo.res_id
                                  ELSE COALESCE(sale.opportunity_id, talk.lead_id) END
              LEFT JOIN res_partner AS customer
                ON customer.id =
                   CASE WHEN todo.res_model = 'res.partner' THEN todo.res_id
                        ELSE COALESCE(sale.partner_id, talk.partner_id,
                                      lead.partner_id) END
              LEFT JOIN LATERAL (
                    SELECT member.segment_id
                      FROM crm_segment_membership AS member
                     WHERE member.partner_id = customer.commercial_partner_id
                       AND member.company_id = ANY(%(companies)s)
                     ORDER BY member.segmentation_id
                     LIMIT 1) AS category ON TRUE
             WHERE todo.active
               AND (owed.id IS NULL OR owed.date_end IS NOT NULL
                    OR owed.user_id IS DISTINCT FROM todo.user_id)
               AND (todo.user_id = %(uid)s OR todo.res_model = ANY(%(shared)s))
            """,
            lang=self.env.lang or "en_US",
            tz=self._zone().zone,
            companies=self.env.companies.ids,
            uid=self.env.uid,
            shared=list(_SHARED),
        )

    def _zone(self):
        """Whose days are meant."""
        name = self.env.context.get("tz") or self.env.user.tz
        return pytz.timezone(name if name in pytz.all_timezones_set else "UTC")

    def _end_of_day(self, now, days):
        """When the day ends that comes so many days after an instant, naive UTC."""
        zone = self._zone()
        day = pytz.utc.localize(now).astimezone(zone).date() + timedelta(days=days + 1)
        midnight = zone.localize(datetime.combine(day, time.min))
        return midnight.astimezone(pytz.utc).replace(tzinfo=None)

    @api.depends("obligation_id")
    def _compute_countdown(self):
        now = fields.Datetime.to_string(fields.Datetime.now())
        for row in self.sudo():
            row.countdown = row.obligation_id.countdown or {
                "kind": "day",
                "now": now,
                "due": fields.Datetime.to_string(row.date_due),
            }

    @api.depends("obligation_id")
    def _compute_material_ids(self):
        for row in self:
            row.material_ids = row.sudo().obligation_id.material_ids.ids

    @api.depends("user_id")
    @api.depends_context("uid")
    def _compute_is_of_my_people(self):
        people = self._my_people()
        for row in self:
            row.is_of_my_people = row.user_id in people

    def _search_is_of_my_people(self, operator, value):
        if operator != "in" or True not in value:
            return NotImplemented
        return Domain("user_id", "in", self._my_people().ids)

    def _my_people(self):
        """Members of the teams that the user leads, and whose manager the user is."""
        env = self.sudo().env
        teams = env["crm.team"].search([("user_id", "=", self.env.uid)])
        employees = env["hr.employee"].search(
            [
                ("company_id", "in", self.env.companies.ids),
                "|",
                ("parent_id", "child_of", self.env.user.employee_ids.ids),
                ("department_id.manager_id.user_id", "=", self.env.uid),
            ]
        )
        return (teams.member_ids | employees.user_id) - self.env.user

    # --- what people do -------------------------------------------------------

    def done(self, note=""):
        """Say of rows that they are done.

        :param note: how, in a few words; kept with a promise and with an activity
        :return: True
        :raises UserError: it is closed already, or the note is no text
        :raises AccessError: it is somebody else's
        """
        if note and not is_text(note):
            raise UserError(
                self.env._(
                    "crm_regulations.note: The note must be a text that says how it "
                    "was done."
                )
            )
        promises, activities = self._promises(), self._activities()
        self._refuse_finished(promises, activities)
        if promises:
            promises.fulfil(note or "")
        if activities:
            activities.action_feedback(feedback=note or False)
        self.invalidate_model(flush=False)
        return True

    def action_done(self):
        """The button of :meth:`done`."""
        return self.done()

    def action_done_note(self):
        """Ask how it was done."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_regulations.action_today_done"
        )
        return {
            **action,
            "context": {
                "default_obligation_ids": self._promises().ids,
                "default_activity_ids": self._activities().ids,
            },
        }

    def action_excuse(self):
        """Ask why the promises are excused."""
        return self._only_promises().action_excuse()

    def action_ask_excuse(self):
        """Ask why somebody should excuse the promises."""
        return self._only_promises().action_ask_excuse()

    def action_pause(self):
        """Ask why the clock of the promises stops."""
        return self._only_promises().action_pause()

    def action_resume(self):
        """Let the clock of the promises go on."""
        return self._only_promises().resume()

    def action_explain(self):
        """How the due time came about."""
        return self._only_promises().action_explain()

    def action_open(self):
        """The promise; of an activity, the record where the work is done."""
        self.ensure_one()
        promise = self._promises()
        if not promise:
            return self.action_open_record()
        return promise._window(promise._name, promise.id)

    def action_open_record(self):
        """The record where the work is done."""
        self.ensure_one()
        promise, activity = self._promises(), self._activities()
        if promise:
            return promise.action_open_record()
        if activity.res_model and activity.res_id:
            return promise._window(activity.res_model, activity.res_id)
        return promise._window(activity._name, activity.id)

    def action_write(self):
        """A letter to the customer, on the page where the work is done."""
        self.ensure_one()
        promise, activity = self._promises(), self._activities()
        if promise:
            return promise.action_write()
        place = self._letter_place(activity)
        return promise._composer(*place, self.sudo().partner_id)

    def _letter_place(self, activity):
        """Model and id of a page with letters: the record's, else the customer's."""
        model = activity.res_model
        if model and "message_ids" in self.env[model]._fields:
            return model, activity.res_id
        return "res.partner", self.sudo().partner_id.id

    def action_open_material(self):
        """What is to be used for it: the material, or all of them."""
        self.ensure_one()
        return self._only_promises().action_open_material()

    def _only_promises(self):
        promises = self._promises()
        if not promises:
            raise UserError(
                self.env._(
                    "crm_regulations.no_promise: This is an activity without a "
                    "promise; choose promises."
                )
            )
        return promises

    def _promises(self):
        return self.env["crm.obligation"].browse(
            id_ // 2 for id_ in self.ids if not id_ % 2
        )

    def _activities(self):
        return self.env["mail.activity"].browse(id_ // 2 for id_ in self.ids if id_ % 2)

    def _refuse_finished(self, promises, activities):
        """Somebody may have been quicker than the screen."""
        there = activities.exists()
        if promises.exists() != promises or there.filtered("active") != activities:
            raise UserError(
                self.env._(
                    "crm_regulations.step_closed: It is done or deleted already; look "
                    "at the list again."
                )
            )
