from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.crm_segmentation.core.wire import words

from ..core.figures import Tally, has_helped
from ..engine import corrective


class CrmCorrectiveAction(models.Model):
    """What is done because promises were broken again and again, and whether it helped.

    The figures from before are frozen; those from after are of as many days.
    """

    _name = "crm.corrective.action"
    _description = "Corrective Action"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "state desc, date_due, id"
    _rec_name = "regulation_id"
    _check_company_auto = True

    regulation_id = fields.Many2one(
        "crm.regulation", required=True, ondelete="cascade", check_company=True
    )
    code = fields.Char(
        related="regulation_id.code", store=True, string="Code of the regulation"
    )
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    user_id = fields.Many2one(
        "res.users",
        string="Whose promises",
        ondelete="cascade",
        help="Who did not keep them on time; not who is to blame. Without a person and "
        "a department it is about everybody's.",
    )
    department_id = fields.Many2one(
        "hr.department",
        string="Promises of the department",
        ondelete="cascade",
        check_company=True,
        help="All who work in the department now, counted together.",
    )
    owner_id = fields.Many2one(
        "res.users",
        string="Who sees to it",
        required=True,
        ondelete="restrict",
        default=lambda self: self.env.user,
    )
    date_from = fields.Datetime(
        string="Looked at from",
        required=True,
        readonly=True,
        default=lambda self: (
            fields.Datetime.now() - timedelta(days=self.env.company.crm_corrective_days)
        ),
    )
    date_to = fields.Datetime(
        string="Looked at until",
        required=True,
        readonly=True,
        default=fields.Datetime.now,
    )
    date_due = fields.Date(
        string="Done by",
        required=True,
        default=lambda self: fields.Date.today() + timedelta(days=14),
    )
    date_done = fields.Datetime(string="Done", readonly=True, copy=False)
    cause = fields.Text(string="Why it happens", help="What you have found out.")
    action = fields.Text(string="What is done about it")
    counted_before = fields.Integer(string="Promises before", readonly=True)
    on_time_before = fields.Integer(string="On time before", readonly=True)
    counted_after = fields.Integer(string="Promises after", compute="_compute_after")
    on_time_after = fields.Integer(string="On time after", compute="_compute_after")
    verdict = fields.Selection(
        [
            ("wait", "Too early to say"),
            ("few", "Too few promises to say"),
            ("helped", "It has helped"),
            ("not", "It has not helped"),
        ],
        string="Did it help?",
        compute="_compute_after",
        help="More on time in as many days after it was done than before. Of fewer "
        "than 5 promises nothing is said.",
    )
    state = fields.Selection(
        [("open", "To do"), ("done", "Done"), ("cancelled", "Not needed")],
        default="open",
        required=True,
        readonly=True,
        copy=False,
    )

    _of_one = models.Constraint(
        "CHECK(user_id IS NULL OR department_id IS NULL)",
        "crm_regulations.corrective_who: A corrective action is about a person or "
        "about a department, not about both: leave one of them empty.",
    )
    _days_in_order = models.Constraint(
        "CHECK(date_from < date_to)",
        "crm_regulations.corrective_days: The time that is looked at begins before it "
        "ends.",
    )
    _open_once_department = models.UniqueIndex(
        "(company_id, code, department_id) WHERE state = 'open'",
        "A corrective action for this department and regulation is open already.",
    )
    _open_once_all = models.UniqueIndex(
        "(company_id, code) "
        "WHERE state = 'open' AND user_id IS NULL AND department_id IS NULL",
        "A corrective action for this regulation as a whole is open already.",
    )
    _open_once = models.UniqueIndex(
        "(company_id, code, user_id) WHERE state = 'open'",
        "A corrective action for this person and regulation is open already.",
    )

    @api.depends("state", "date_done", "date_from", "date_to")
    def _compute_after(self):
        done = self.filtered("date_done")
        # Whoever may see the action may see what came of it.
        found = corrective.kept(
            self.sudo().env,
            [
                action._asked(action.date_done, action._end_of_after())
                for action in done
            ],
        )
        for action in self:
            counted, on_time = found.get(action.id, (0, 0))
            action.counted_after, action.on_time_after = counted, on_time
            action.verdict = action.state == "done" and action._judged()

    def _asked(self, start, stop):
        """What is counted, see :func:`..engine.corrective.kept`."""
        return (
            self.id, self.company_id.id, self.code, self.user_id.id or None,
            self.department_id.id or None, start, stop,
        )  # fmt: skip

    def _end_of_after(self):
        """As many days after it was done as were looked at before."""
        return self.date_done + (self.date_to - self.date_from)

    def _judged(self):
        if fields.Datetime.now() < self._end_of_after():
            return "wait"
        before, after = (
            Tally(on_time=on_time, breached=counted - on_time)
            for counted, on_time in (
                (self.counted_before, self.on_time_before),
                (self.counted_after, self.on_time_after),
            )
        )
        return {None: "few", True: "helped", False: "not"}[has_helped(before, after)]

    @api.model_create_multi
    def create(self, vals_list):
        actions = super().create(vals_list)
        found = corrective.kept(
            self.sudo().env,
            [action._asked(action.date_from, action.date_to) for action in actions],
        )
        for action in actions:
            action.counted_before, action.on_time_before = found.get(action.id, (0, 0))
        actions._follow_up()
        return actions

    def action_done(self):
        """It is done; from now on it is watched whether it helps.

        :return: True
        :raises UserError: it is closed, or nobody said what is done
        """
        self._require_open()
        for action in self:
            if not words(action.action):
                raise UserError(
                    self.env._(
                        "crm_regulations.corrective_action: %(name)s: first say what "
                        "is done about it.",
                        name=action.display_name,
                    )
                )
        self.write({"state": "done", "date_done": fields.Datetime.now()})
        self.activity_unlink(["mail.mail_activity_data_todo"])
        return True

    def action_cancel(self):
        """It is not needed.

        :return: True
        :raises UserError: it is closed
        """
        self._require_open()
        self.write({"state": "cancelled", "date_done": fields.Datetime.now()})
        self.activity_unlink(["mail.mail_activity_data_todo"])
        return True

    def _require_open(self):
        self.check_access("write")
        closed = self.filtered(lambda action: action.state != "open")
        if closed:
            raise UserError(
                self.env._(
                    "crm_regulations.corrective_closed: %(name)s is closed already.",
                    name=closed[0].display_name,
                )
            )

    def _follow_up(self):
        """Tell the owners of new actions; others may make a task of it, too."""
        for action in self:
            action.sudo().activity_schedule(
                "mail.mail_activity_data_todo",
                date_deadline=action.date_due,
                user_id=action.owner_id.id,
                summary=self.env._(
                    "Broken again and again: %(person)s", person=action._whose()
                ),
            )

    def _whose(self):
        """The name of the person, of the department, else of the regulation."""
        about = self.sudo()
        return (about.user_id or about.department_id or about.regulation_id).name

    @api.model
    def _cron_open(self):
        """Every day: open what repeated breaches call for, company by company."""
        env, cron = self.sudo().env, self.env["ir.cron"]
        companies = env["res.company"].search([("crm_corrective", "=", True)])
        cron._commit_progress(remaining=len(companies))
        for company in companies:
            made = corrective.open_repeated(env, company, fields.Datetime.now())
            made._follow_up()
            if not cron._commit_progress(1):
                break


class ResCompany(models.Model):
    _inherit = "res.company"

    crm_corrective = fields.Boolean(
        string="Corrective actions",
        help="When somebody breaks promises of the same regulation again and again, "
        "the owner of the regulation is asked to do something about it.",
    )
    crm_corrective_department = fields.Boolean(
        string="For departments, too",
        help="When at least two people of a department break promises of a regulation, "
        "the head of the department is asked; else its owner.",
    )
    crm_corrective_broken = fields.Integer(string="Broken promises", default=3)
    crm_corrective_days = fields.Integer(string="Within (days)", default=14)
    crm_corrective_percent = fields.Float(
        string="And on time less than (%)", default=60, digits=(5, 1)
    )

    _crm_corrective_sound = models.Constraint(
        "CHECK(crm_corrective_broken > 0 AND crm_corrective_days BETWEEN 1 AND 366 "
        "AND crm_corrective_percent BETWEEN 0 AND 100)",
        "Corrective actions: at least 1 broken promise, 1 to 366 days, 0 to 100 %.",
    )


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    crm_corrective = fields.Boolean(related="company_id.crm_corrective", readonly=False)
    crm_corrective_department = fields.Boolean(
        related="company_id.crm_corrective_department", readonly=False
    )
    crm_corrective_broken = fields.Integer(
        related="company_id.crm_corrective_broken", readonly=False
    )
    crm_corrective_days = fields.Integer(
        related="company_id.crm_corrective_days", readonly=False
    )
    crm_corrective_percent = fields.Float(
        related="company_id.crm_corrective_percent", readonly=False
    )
