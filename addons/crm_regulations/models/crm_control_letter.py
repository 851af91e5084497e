import logging
from datetime import timedelta

from odoo import api, fields, models

from ..engine import bulk, control_letters, morning_letters
from ..engine.guard import REPEATED

_logger = logging.getLogger(__name__)
KEPT_DAYS = 90
_KINDS = {
    control_letters.WEEKLY: control_letters,
    morning_letters.MORNING: morning_letters,
}


class CrmControlLetter(models.Model):
    """Who got which regular letter for which day; each of them once."""

    _name = "crm.control.letter"
    _description = "Regular Letter Sent"
    _order = "id"
    _rec_name = "day"

    user_id = fields.Many2one(
        "res.users", string="Who got it", required=True, ondelete="cascade"
    )
    company_id = fields.Many2one("res.company", required=True, ondelete="cascade")
    kind = fields.Selection(
        [
            (control_letters.WEEKLY, "Weekly control report"),
            (morning_letters.MORNING, "Morning summary"),
        ],
        required=True,
        default=control_letters.WEEKLY,
    )
    day = fields.Date(required=True, help="When it was due.")

    _once = models.Constraint(
        "UNIQUE(user_id, company_id, kind, day)", "The letter was sent already."
    )
    _company_idx = models.Index("(company_id)")

    @api.model
    def _sent(self, kind, days):
        """What was sent already: {(user, company, day)}."""
        letters = self.search([("kind", "=", kind), ("day", "in", list(set(days)))])
        return {(one.user_id, one.company_id, one.day) for one in letters}

    @api.model
    def _begin(self, kind, user, company, day):
        """Note that a letter is sent.

        :return: False if it was sent already
        """
        row = {
            "user_id": user.id, "company_id": company.id, "kind": kind, "day": day,
        }  # fmt: skip
        return bool(bulk.insert(self.env, self._name, [row], ("id",)))

    @api.model
    def _cron_send(self):
        """Send the letters that are due, person by person."""
        env, now, cron = self.sudo().env, fields.Datetime.now(), self.env["ir.cron"]
        todo = [
            (kind, one)
            for kind, letters in _KINDS.items()
            for one in letters.due(env, now)
        ]
        cron._commit_progress(remaining=len(todo))
        for kind, one in todo:
            self._send_alone(kind, one)
            if not cron._commit_progress(1):
                break

    def _send_alone(self, kind, one):
        """A letter that fails hinders no other one; it is tried again."""
        env = self.sudo().env
        try:
            with env.cr.savepoint():
                _KINDS[kind].send(env, *one)
        except REPEATED:
            raise
        except Exception:  # whatever it is, the others get theirs
            _logger.exception("The letter “%s” to %s failed", kind, one[0].login)

    @api.autovacuum
    def _gc_letters(self):
        day = fields.Date.today() - timedelta(days=KEPT_DAYS)
        self.search([("day", "<", day)]).unlink()


class ResCompany(models.Model):
    _inherit = "res.company"

    crm_control_report = fields.Boolean(
        string="Weekly control report",
        help="On Monday, in working hours, CRM coordinators get the figures of last "
        "week by e-mail, and heads of departments those of their departments.",
    )
    crm_morning_summary = fields.Boolean(
        string="Morning summary",
        help="When their working day begins, people get what they owe today and what "
        "is overdue, in one letter. Who owes nothing gets none.",
    )


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    crm_control_report = fields.Boolean(
        related="company_id.crm_control_report", readonly=False
    )
    crm_morning_summary = fields.Boolean(
        related="company_id.crm_morning_summary", readonly=False
    )


class ResUsers(models.Model):
    """Everybody may do without the morning summary."""

    _inherit = "res.users"

    crm_morning_summary = fields.Boolean(
        string="Morning summary",
        default=True,
        help="What you owe today and what is overdue, in one letter when your working "
        "day begins, if your company has switched it on.",
    )

    @property
    def SELF_READABLE_FIELDS(self):
        return [*super().SELF_READABLE_FIELDS, "crm_morning_summary"]

    @property
    def SELF_WRITEABLE_FIELDS(self):
        return [*super().SELF_WRITEABLE_FIELDS, "crm_morning_summary"]
