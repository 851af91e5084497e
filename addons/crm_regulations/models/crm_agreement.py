from odoo import api, fields, models
from odoo.exceptions import UserError


class CrmAgreement(models.Model):
    """What was agreed in a meeting: who of us does what until when, and for whom."""

    _name = "crm.agreement"
    _description = "Agreement"
    _order = "date_deadline, id"
    _check_company_auto = True

    event_id = fields.Many2one(
        "calendar.event",
        string="Meeting",
        required=True,
        ondelete="cascade",
        index=True,
        readonly=True,
    )
    name = fields.Char(string="What", required=True)
    user_id = fields.Many2one(
        "res.users",
        string="Who of us",
        required=True,
        ondelete="restrict",
        index=True,
        domain=[("share", "=", False)],
    )
    date_deadline = fields.Date(string="Until", required=True)
    partner_id = fields.Many2one(
        "res.partner",
        string="For whom",
        ondelete="set null",
        index="btree_not_null",
        check_company=True,
    )
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    activity_id = fields.Many2one(
        "mail.activity",
        ondelete="set null",
        index="btree_not_null",
        copy=False,
        readonly=True,
        help="The activity in which it is done; finishing one finishes the other.",
    )
    date_done = fields.Date(string="Done", copy=False, readonly=True)
    is_done = fields.Boolean(
        string="Is done", compute="_compute_is_done", search="_search_is_done"
    )
    is_late = fields.Boolean(string="Late", compute="_compute_is_done")

    @api.depends("date_done", "date_deadline")
    def _compute_is_done(self):
        today = fields.Date.context_today(self)
        for agreement in self:
            agreement.is_done = bool(agreement.date_done)
            due = agreement.date_deadline
            agreement.is_late = bool(due) and not agreement.date_done and due < today

    def _search_is_done(self, operator, value):
        if operator != "in":
            return NotImplemented
        return [("date_done", "!=" if True in value else "=", False)]

    def action_done(self):
        """What was agreed is done; its activity is finished as well.

        :return: True
        :raises UserError: the caller is not the one who promised it, nor a manager
        """
        self.check_access("read")
        user = self.env.user
        is_manager = self.env["crm.obligation"]._is_manager()
        for agreement in self.filtered(lambda a: not a.date_done):
            if agreement.user_id != user and not is_manager:
                raise UserError(
                    self.env._(
                        "crm_regulations.agreement: “%(name)s” is %(user)s's part. "
                        "That person or a sales manager can mark it as done.",
                        name=agreement.name,
                        user=agreement.user_id.name,
                    )
                )
            activity = agreement.sudo().activity_id.filtered("active")
            if activity:
                activity.with_user(user).sudo().action_feedback()
            agreement.sudo()._finish()
        return True

    def action_open_event(self):
        """Open the meeting in which it was agreed."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "calendar.event",
            "res_id": self.event_id.id,
            "views": [[False, "form"]],
        }

    def _finish(self):
        today = fields.Date.context_today(self)
        self.filtered(lambda a: not a.date_done).write({"date_done": today})

    def _plan(self):
        """Make the activities in which the agreements are kept."""
        todo = self.env.ref("mail.mail_activity_data_todo", raise_if_not_found=False)
        for agreement in self.filtered(lambda a: not a.activity_id):
            place = agreement._activity_place()
            agreement.sudo().activity_id = (
                self.env["mail.activity"]
                .with_context(mail_activity_quick_update=True)
                .sudo()
                .create(
                    {
                        "activity_type_id": todo.id if todo else False,
                        "res_model_id": self.env["ir.model"]._get_id(place._name),
                        "res_id": place.id,
                        "user_id": agreement.user_id.id,
                        "summary": agreement.name,
                        "note": agreement._activity_note(),
                        "date_deadline": agreement.date_deadline,
                    }
                )
            )

    def _activity_place(self):
        """The lead of the meeting, else the customer, else the meeting itself.

        Whoever must do it can open the page.
        """
        self.ensure_one()
        event = self.event_id.sudo()
        customer = self.partner_id or event._customers()[:1]
        places = (event.opportunity_id, customer.sudo(), event)
        person = self.user_id
        return next(
            place
            for place in places
            if place
            and (
                place == event or place.with_user(person).sudo(False).has_access("read")
            )
        )

    def _activity_note(self):
        return self.env._(
            "Agreed with %(customer)s in the meeting “%(meeting)s”.",
            customer=self.partner_id.display_name or self.env._("the customer"),
            meeting=self.event_id.sudo().name or "",
        )


class MailActivity(models.Model):
    """Finishing the activity keeps the agreement."""

    _inherit = "mail.activity"

    def _action_done(self, feedback=False, attachment_ids=None):
        agreements = self.env["crm.agreement"].sudo()
        kept = agreements.search([("activity_id", "in", self.ids)])
        done = super()._action_done(feedback=feedback, attachment_ids=attachment_ids)
        kept._finish()
        return done
