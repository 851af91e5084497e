from functools import partial

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from odoo.addons.crm_segmentation.core.wire import words

from ..engine import control
from ..engine.guard import repeated

# What the person who looks may write.
_SAID, _SAID_OF_LINE = {"conclusion", "line_ids"}, {"verdict", "remark"}
_VERDICTS = [
    ("fine", "Fine"),
    ("not_fine", "Not fine"),
    ("unknown", "Could not tell"),
]


class CrmRegulationCheck(models.Model):
    """Somebody looks at a sample of promises and says whether they were well kept."""

    _name = "crm.regulation.check"
    _inherit = ["crm.checked", "mail.thread", "mail.activity.mixin"]
    _description = "Check of a Regulation"
    _order = "state desc, date_due, id"
    _rec_name = "regulation_id"

    regulation_id = fields.Many2one(
        "crm.regulation", required=True, readonly=True, ondelete="cascade"
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    date_from = fields.Datetime(string="Ended from", required=True, readonly=True)
    date_to = fields.Datetime(string="Until", required=True, readonly=True)
    date_due = fields.Date(string="To be done by", required=True, readonly=True)
    user_id = fields.Many2one(
        "res.users",
        string="Who looks",
        ondelete="set null",
        index="btree_not_null",
        domain=[("share", "=", False)],
    )
    population = fields.Integer(
        string="Promises that ended",
        readonly=True,
        help="Kept, broken or excused in this time; the sample was drawn from them.",
    )
    line_ids = fields.One2many("crm.regulation.check.line", "check_id", string="Sample")
    line_count = fields.Integer(string="Looked at", compute="_compute_figures")
    fine_count = fields.Integer(string="Fine", compute="_compute_figures")
    sample_text = fields.Char(string="Sample in words", compute="_compute_figures")
    note = fields.Text(related="regulation_id.control_note")
    conclusion = fields.Text(help="What was found, and what changes because of it.")
    state = fields.Selection(
        [("open", "To do"), ("done", "Done")],
        default="open",
        required=True,
        readonly=True,
        index=True,
    )
    date_done = fields.Datetime(string="Done on", readonly=True)
    done_by_id = fields.Many2one("res.users", string="Done by", readonly=True)

    _once = models.Constraint(
        "UNIQUE(regulation_id, date_from)", "This time has been checked already."
    )

    @api.depends("line_ids.verdict", "population")
    @api.depends_context("lang")
    def _compute_figures(self):
        for check in self:
            size = len(check.line_ids)
            check.line_count = size
            verdicts = check.line_ids.mapped("verdict")
            check.fine_count = verdicts.count("fine")
            if not check.population:
                check.sample_text = self.env._(
                    "No promise ended in this time, so there is nothing to look at. "
                    "Is that as it should be?"
                )
            else:
                check.sample_text = self.env._(
                    "Drawn by lot: %(size)s out of %(population)s.",
                    size=size,
                    population=check.population,
                )

    @api.depends("regulation_id", "date_from", "date_to")
    @api.depends_context("lang", "tz")
    def _compute_display_name(self):
        for check in self:
            check.display_name = self.env._(
                "%(regulation)s, %(start)s – %(end)s",
                regulation=check.regulation_id.name,
                start=format_date(self.env, check.date_from),
                end=format_date(self.env, check.date_to),
            )

    def action_done(self):
        """Close the check; from then on nobody changes it.

        :return: True
        :raises UserError: closed already, a promise without a verdict, no conclusion
        """
        self.check_access("write")
        self._refuse_done()
        for check in self:
            problem = check._unfinished()
            if problem:
                raise UserError(
                    self.env._(
                        "crm_regulations.check_open: %(name)s: %(problem)s.",
                        name=check.display_name,
                        problem=problem,
                    )
                )
        for check in self.sudo():
            check.activity_ids.action_feedback(feedback=check.conclusion)
        self.sudo().write(
            {
                "state": "done",
                "date_done": fields.Datetime.now(),
                "done_by_id": self.env.uid,
            }
        )
        return True

    def _unfinished(self):
        """What is missing before it can be closed, in words; else empty."""
        unseen = self.line_ids.filtered(lambda line: not line.verdict)
        if unseen:
            return self.env._(
                "say of each promise whether it is fine; missing: %(count)s",
                count=len(unseen),
            )
        if not words(self.conclusion):
            return self.env._("write down what was found, in a few words")
        return ""

    def write(self, vals):
        known = {name for name in vals if name in self._fields}
        own = {name for name in known if self._fields[name].store} - _OF_MAIL
        own |= known & {"line_ids"}
        if own:
            self._refuse_done()
        if "user_id" in own:
            self.regulation_id._require_coordinator(or_manager=True)
        elif own - _SAID and not self.env.su:
            raise UserError(
                self.env._(
                    "crm_regulations.use_buttons: Of a check only the verdicts, the "
                    "remarks and the conclusion are written by hand."
                )
            )
        done = super().write(vals)
        if "user_id" in own:
            self.sudo().activity_ids.write({"user_id": vals["user_id"] or self.env.uid})
        return done

    def _refuse_done(self):
        for check in self.filtered(lambda c: c.state == "done"):
            raise UserError(
                self.env._(
                    "crm_regulations.check_is_frozen: %(name)s is done; what was found "
                    "then stays as it was written down.",
                    name=check.display_name,
                )
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(
            self.env._(
                "crm_regulations.check_is_frozen: Checks are a record of who has "
                "looked when; they cannot be deleted."
            )
        )

    # --- drawing ----------------------------------------------------------------

    @api.model
    def _cron_draw(self):
        """Every day: draw the samples of the checks whose time has come."""
        env = self.sudo().env
        repeated(env, partial(control.draw, env, fields.Datetime.now()))

    def _tell_controllers(self):
        """An activity for each person who has to look."""
        todo = self.env.ref("mail.mail_activity_data_todo", raise_if_not_found=False)
        model_id = self.env["ir.model"]._get_id(self._name)
        # Odoo will ask for the names one by one; now they are read at once.
        self.mapped("display_name")
        quick = self.env["mail.activity"].with_context(mail_activity_quick_update=True)
        quick.create(
            [
                {
                    "activity_type_id": todo.id if todo else False,
                    "res_model_id": model_id,
                    "res_id": check.id,
                    "user_id": check.user_id.id,
                    "summary": self._summary_for(check.user_id),
                    "date_deadline": check.date_due,
                }
                for check in self.filtered("user_id")
            ]
        )

    @api.model
    def _summary_for(self, user):
        there = self.with_context(lang=user.lang)
        return there.env._("Look whether the promises were kept")


# Fields that the chatter writes; they are no part of what was found.
_OF_MAIL = {"message_main_attachment_id", "message_ids", "message_follower_ids",
            "activity_ids", "rating_ids", "website_message_ids"}  # fmt: skip


class CrmRegulationCheckLine(models.Model):
    """One promise of the sample, and what was found."""

    _name = "crm.regulation.check.line"
    _inherit = ["crm.checked"]
    _description = "Promise in a Check"
    _order = "id"

    check_id = fields.Many2one(
        "crm.regulation.check",
        required=True,
        readonly=True,
        ondelete="cascade",
        index=True,
    )
    company_id = fields.Many2one(related="check_id.company_id")
    obligation_id = fields.Many2one(
        "crm.obligation",
        string="Promise",
        required=True,
        readonly=True,
        ondelete="cascade",
        index=True,
    )
    name = fields.Char(related="obligation_id.name", string="What was owed")
    partner_id = fields.Many2one(related="obligation_id.partner_id")
    res_name = fields.Char(related="obligation_id.res_name")
    user_id = fields.Many2one(related="obligation_id.user_id", string="By whom")
    state = fields.Selection(related="obligation_id.state", string="Outcome")
    date_due = fields.Datetime(related="obligation_id.date_due")
    date_done = fields.Datetime(related="obligation_id.date_done")
    evidence_grade = fields.Selection(related="obligation_id.evidence_grade")
    note = fields.Text(related="obligation_id.note", string="What was said")
    is_open = fields.Boolean(string="Being checked", compute="_compute_is_open")
    verdict = fields.Selection(_VERDICTS)
    remark = fields.Char()

    _once = models.Constraint(
        "UNIQUE(check_id, obligation_id)", "This promise is in the sample already."
    )

    @api.depends("check_id.state")
    def _compute_is_open(self):
        for line in self:
            line.is_open = line.check_id.state == "open"

    def action_fine(self):
        """It was well kept.

        :return: True
        """
        return self._say("fine")

    def action_not_fine(self):
        """It was not.

        :return: True
        """
        return self._say("not_fine")

    def action_unknown(self):
        """It cannot be told.

        :return: True
        """
        return self._say("unknown")

    def _say(self, verdict):
        self.write({"verdict": verdict})
        return True

    def action_open_obligation(self):
        """Open the promise, for whoever may see it."""
        self.ensure_one()
        return self.obligation_id._window("crm.obligation", self.obligation_id.id)

    def write(self, vals):
        self.sudo().check_id._refuse_done()
        if vals.keys() - _SAID_OF_LINE:
            raise UserError(
                self.env._(
                    "crm_regulations.use_buttons: Of a check only the verdicts, the "
                    "remarks and the conclusion are written by hand."
                )
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        self.env["crm.regulation.check"]._unlink_never()
