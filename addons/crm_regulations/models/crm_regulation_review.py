from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError

from .crm_regulation_life import COORDINATOR

_TODO = "mail.mail_activity_data_todo"


class CrmRegulation(models.Model):
    """A regulation in force is looked at again when its day has come."""

    _name = "crm.regulation"
    _inherit = ["crm.regulation", "mail.activity.mixin"]

    date_review = fields.Date(
        string="Look at it again on",
        copy=False,
        tracking=True,
        help="On this day the owner is asked whether the regulation is still right. "
        "It may be changed at any time.",
    )
    date_review_told = fields.Date(
        readonly=True, copy=False, help="The day of which the owner has been told."
    )
    is_review_due = fields.Boolean(compute="_compute_is_review_due")

    @api.depends("date_review", "state", "owner_id")
    @api.depends_context("uid")
    def _compute_is_review_due(self):
        """Whether whoever looks is asked if it is still valid."""
        today, may = fields.Date.context_today(self), self._may_look_again()
        for regulation in self:
            date = regulation.date_review
            is_due = regulation.state == "published" and bool(date) and date <= today
            is_due = is_due and (may or regulation.owner_id == self.env.user)
            regulation.is_review_due = is_due

    def action_publish(self, open_obligations="keep"):
        done = super().action_publish(open_obligations=open_obligations)
        later = fields.Date.context_today(self) + relativedelta(years=1)
        self.sudo().filtered(lambda r: not r.date_review).date_review = later
        return done

    def action_still_valid(self):
        """Say that the regulation is still right; it is looked at again in a year.

        For its owner, the coordinator and sales managers.

        :return: True
        :raises UserError: not in force
        """
        self.check_access("read")
        self._require_owner()
        self._require_state("published")
        later = fields.Date.context_today(self) + relativedelta(years=1)
        for regulation in self.sudo():
            regulation.date_review = later
            regulation._tell(
                self.env._(
                    "Still valid. It is looked at again on %(date)s.",
                    date=fields.Date.to_string(later),
                )
            )
        self._review_activities().with_user(self.env.user).sudo().action_done()
        return True

    def _may_look_again(self):
        """Whether the caller looks after all regulations."""
        groups = (COORDINATOR, "sales_team.group_sale_manager")
        return self.env.su or any(map(self.env.user.has_group, groups))

    def _require_owner(self):
        others = self.sudo().filtered(lambda r: r.owner_id != self.env.user)
        if others and not self._may_look_again():
            raise AccessError(
                self.env._(
                    "crm_regulations.owner_only: Only the owner of the regulation, the "
                    "CRM coordinator or a sales manager may do this."
                )
            )

    def _review_activities(self):
        return self.sudo().activity_ids.filtered("crm_regulation_review")

    def _retire(self):
        done = super()._retire()
        self._review_activities().unlink()
        return done

    @api.model
    def _cron_life(self):
        """Every day: ask owners and readers, each thing once."""
        self._ask_owners(fields.Date.today())

    @api.model
    def _ask_owners(self, today):
        """One activity for the owner of each regulation whose day has come.

        :param today: the day
        """
        due = self.sudo().search(
            [("state", "=", "published"), ("date_review", "<=", today)]
        )
        due = due.filtered(lambda r: r.date_review_told != r.date_review)
        due._schedule(
            lambda r: r.owner_id.filtered("active") or r.author_id.filtered("active"),
            lambda env: env._("Is the regulation still valid?"),
            today,
            crm_regulation_review=True,
        )
        for date, regulations in due.grouped("date_review").items():
            regulations.date_review_told = date

    def _schedule(self, whom, summary, today, **values):
        """One activity on each, in the language of whoever gets it.

        Nothing is mailed.

        :param whom: regulation → users
        :param summary: environment of the person → text
        :param today: the day
        :param values: further values of the activities
        """
        todo = self.env.ref(_TODO, raise_if_not_found=False)
        model_id = self.env["ir.model"]._get_id(self._name)
        quick = self.env["mail.activity"].with_context(mail_activity_quick_update=True)
        quick.create(
            [
                {
                    "activity_type_id": todo.id if todo else False,
                    "res_model_id": model_id,
                    "res_id": regulation.id,
                    "user_id": user.id,
                    "summary": summary(self.with_context(lang=user.lang).env),
                    "date_deadline": today,
                    **values,
                }
                for regulation in self
                for user in whom(regulation)
            ]
        )


class MailActivity(models.Model):
    _inherit = "mail.activity"

    crm_regulation_review = fields.Boolean(
        help="Asks the owner of a regulation whether it is still valid."
    )
    crm_regulation_reading = fields.Boolean(
        help="Asks somebody to read a regulation and to confirm it."
    )
