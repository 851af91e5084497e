from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..engine import bulk

_SALESPERSON = "sales_team.group_sale_salesman"
FIRST_REMINDER, NEXT_REMINDER = timedelta(days=3), timedelta(days=7)


class CrmRegulationAcknowledgement(models.Model):
    """Who was asked to read a version of a regulation, and who has."""

    _name = "crm.regulation.acknowledgement"
    _description = "Acknowledgement of a Regulation"
    _order = "date_read desc, date_asked desc, id"
    _rec_name = "regulation_id"

    regulation_id = fields.Many2one(
        "crm.regulation", required=True, ondelete="cascade", index=True, readonly=True
    )
    user_id = fields.Many2one(
        "res.users",
        string="Reader",
        required=True,
        ondelete="cascade",
        index=True,
        readonly=True,
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    regulation_state = fields.Selection(related="regulation_id.state", store=True)
    date_asked = fields.Datetime(string="Asked on", required=True, readonly=True)
    date_read = fields.Datetime(string="Read on", readonly=True)
    date_reminded = fields.Datetime(string="Reminded on", readonly=True)

    _once = models.Constraint(
        "UNIQUE(regulation_id, user_id)",
        "This person has been asked to read this version already.",
    )

    def action_open_regulation(self):
        """Open what is to be read."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "crm.regulation",
            "res_id": self.regulation_id.id,
            "view_mode": "form",
            "views": [(False, "form")],
        }

    @api.model
    def _ask(self, regulations):
        """Ask the readers of regulations; whoever was asked is not asked again.

        :param regulations: published, superuser environment
        """
        now = fields.Datetime.now()
        rows = [
            {
                "regulation_id": regulation.id,
                "user_id": reader.id,
                "company_id": regulation.company_id.id,
                "regulation_state": regulation.state,
                "date_asked": now,
            }
            for regulation in regulations
            for reader in regulation.reader_ids.filtered("active")
        ]
        self.env.flush_all()
        if bulk.insert(self.env, self._name, rows):
            regulations.invalidate_recordset(["acknowledgement_ids"], flush=False)

    @api.model
    def _remind(self, now):
        """One activity for whoever has not read: after three days, then weekly.

        :param now: naive UTC instant
        """
        late = self.sudo().search(
            [
                ("date_read", "=", False),
                ("regulation_state", "=", "published"),
                ("date_asked", "<=", now - FIRST_REMINDER),
                ("user_id.active", "=", True),
                "|",
                ("date_reminded", "=", False),
                ("date_reminded", "<=", now - NEXT_REMINDER),
            ]
        )
        open_ones = late.regulation_id.activity_ids.filtered("crm_regulation_reading")
        asked = {(activity.res_id, activity.user_id.id) for activity in open_ones}
        fresh = late.filtered(lambda a: (a.regulation_id.id, a.user_id.id) not in asked)
        for regulation, group in fresh.grouped("regulation_id").items():
            regulation._schedule(
                lambda _regulation, group=group: group.user_id,
                lambda env: env._("Please read the regulation and confirm it"),
                now.date(),
                crm_regulation_reading=True,
            )
        late.date_reminded = now


class MailActivity(models.Model):
    """Whoever finishes the activity says the same as by the button."""

    _inherit = "mail.activity"

    def _action_done(self, feedback=False, attachment_ids=None):
        for activity in self.filtered("crm_regulation_reading"):
            regulation = self.env["crm.regulation"].sudo().browse(activity.res_id)
            if activity.user_id == self.env.user:
                regulation._acknowledge(self.env.user)
        return super()._action_done(feedback=feedback, attachment_ids=attachment_ids)


class CrmRegulation(models.Model):
    """Those who owe something have read it."""

    _inherit = "crm.regulation"

    reader_ids = fields.Many2many(
        "res.users",
        "crm_regulation_reader_rel",
        string="Who must read it",
        domain=[("share", "=", False)],
        check_company=True,
        help="Empty: when it comes into force, everybody who may owe something by it: "
        "the people named in its steps, else all salespeople of the company.",
    )
    readers_chosen = fields.Boolean(
        readonly=True,
        help="Somebody has chosen the readers; they are the same in the next version.",
    )
    acknowledgement_ids = fields.One2many(
        "crm.regulation.acknowledgement", "regulation_id", string="Read by"
    )
    reader_count = fields.Integer(
        string="Readers", compute="_compute_acknowledged", compute_sudo=True
    )
    read_count = fields.Integer(
        string="Have read it", compute="_compute_acknowledged", compute_sudo=True
    )
    acknowledged_percent = fields.Integer(
        string="Read, %",
        compute="_compute_acknowledged",
        compute_sudo=True,
        help="Of the people who were asked and still work here, so many have said that "
        "they have read it.",
    )
    must_read = fields.Boolean(compute="_compute_must_read", compute_sudo=True)

    @api.depends("acknowledgement_ids.date_read", "acknowledgement_ids.user_id.active")
    def _compute_acknowledged(self):
        for regulation in self:
            asked = regulation._asked()
            read = asked.filtered("date_read")
            regulation.reader_count = len(asked)
            regulation.read_count = len(read)
            regulation.acknowledged_percent = (
                100 * len(read) // len(asked) if asked else 0
            )

    @api.depends("state", "acknowledgement_ids.date_read")
    @api.depends_context("uid")
    def _compute_must_read(self):
        for regulation in self:
            unread = regulation._asked().filtered(lambda a: not a.date_read)
            regulation.must_read = (
                regulation.state == "published" and self.env.user in unread.user_id
            )

    def _asked(self):
        """The acknowledgements that count: of people who still work here."""
        return self.acknowledgement_ids.filtered("user_id.active")

    def action_acknowledge(self):
        """Say “I have read it”; said again, the first time counts.

        :return: True
        :raises UserError: not in force, or the caller was not asked to read it
        """
        self.check_access("read")
        self._require_state("published")
        user = self.env.user
        for regulation in self.sudo():
            if not regulation._acknowledge(user):
                raise UserError(
                    self.env._(
                        "crm_regulations.not_a_reader: You were not asked to read "
                        "%(name)s, so there is nothing to confirm.",
                        name=regulation.display_name,
                    )
                )
        self._reading_activities(user).with_user(user).sudo().action_done()
        return True

    def _acknowledge(self, user):
        """Note that a person has read it, once; whether the person was asked."""
        mine = self.acknowledgement_ids.filtered(lambda a: a.user_id == user)
        mine.filtered(lambda a: not a.date_read).date_read = fields.Datetime.now()
        return bool(mine)

    def action_open_acknowledgements(self):
        """The people who were asked to read it."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_regulations.action_acknowledgement"
        )
        domain = [("regulation_id", "=", self.id)]
        return {**action, "domain": domain, "context": {}}

    def action_publish(self, open_obligations="keep"):
        done = super().action_publish(open_obligations=open_obligations)
        self.sudo()._ask_readers()
        return done

    def write(self, vals):
        done = super().write(vals)
        if "reader_ids" in vals and not self.env.su:
            self.sudo()._choose_readers()
        return done

    def _choose_readers(self):
        """The readers are other people now: ask the new ones, and no more the old."""
        self.readers_chosen = True
        for regulation in self:
            unread = regulation.acknowledgement_ids.filtered(lambda a: not a.date_read)
            gone = unread.filtered(
                lambda a, readers=regulation.reader_ids: a.user_id not in readers
            )
            regulation._reading_activities(gone.user_id).unlink()
            gone.unlink()
        self.filtered(lambda r: r.state == "published")._ask_readers()

    @api.model_create_multi
    def create(self, vals_list):
        made = super().create(vals_list)
        if not self.env.su:
            made.filtered("reader_ids").sudo().readers_chosen = True
        return made

    def copy_data(self, default=None):
        copies = super().copy_data(default)
        for regulation, vals in zip(self, copies, strict=True):
            # Who reads by default is found anew: people come and go.
            if not regulation.readers_chosen and "reader_ids" not in (default or {}):
                vals.pop("reader_ids", None)
        return copies

    def _ask_readers(self):
        """Ask everybody who must read it; published, superuser environment."""
        for regulation in self.filtered(lambda r: not r.readers_chosen):
            likely = regulation._likely_readers()
            if likely - regulation.reader_ids:
                regulation.reader_ids |= likely
        self.env["crm.regulation.acknowledgement"].sudo()._ask(self)

    def _likely_readers(self):
        """Everybody who may owe something by it."""
        steps = self.step_ids
        fixed = steps.filtered(lambda s: s.responsible_kind == "fixed")
        people = fixed.responsible_user_id
        if fixed != steps or not people:
            people |= self._salespeople()
        return people.filtered(lambda u: u.active and not u.share)

    def _salespeople(self):
        return (
            self.env["res.users"]
            .sudo()
            .search(
                [
                    ("share", "=", False),
                    ("company_ids", "in", self.company_id.ids),
                    ("all_group_ids", "in", self.env.ref(_SALESPERSON).ids),
                ]
            )
        )

    def _reading_activities(self, people=None):
        """The activities that ask to read it, those of some people or all."""
        activities = self.sudo().activity_ids.filtered("crm_regulation_reading")
        if people is None:
            return activities
        return activities.filtered(lambda a: a.user_id in people)

    def _retire(self):
        done = super()._retire()
        self._reading_activities().unlink()
        return done

    @api.model
    def _cron_life(self):
        done = super()._cron_life()
        published = self.sudo().search([("state", "=", "published")])
        published._ask_readers()
        self.env["crm.regulation.acknowledgement"]._remind(fields.Datetime.now())
        return done
