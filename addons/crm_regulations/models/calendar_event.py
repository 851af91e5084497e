from odoo import api, fields, models
from odoo.tools import html2plaintext

from odoo.addons.crm_segmentation.engine.autofill.parties import Parties


class CalendarEvent(models.Model):
    """After a meeting: notes, what was agreed, and the letter about it."""

    _inherit = "calendar.event"

    agreement_ids = fields.One2many(
        "crm.agreement", "event_id", string="Agreements", groups="base.group_user"
    )
    customer_lang = fields.Char(
        string="Customer's language",
        compute="_compute_customer_lang",
        groups="base.group_user",
        help="The letter after the meeting is written in it.",
    )

    @api.depends("partner_ids.lang", "opportunity_id.partner_id.lang")
    def _compute_customer_lang(self):
        for event in self:
            customers = event.sudo()._customers()
            event.customer_lang = customers[:1].lang or self.env.user.lang

    def action_meeting_minutes(self):
        """The meeting took place: say so, then take notes and agreements.

        :return: a window action: the dialog
        :raises UserError: the meeting has not begun yet
        """
        self.ensure_one()
        if self.outcome != "held":
            self.action_meeting_held()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("After the meeting"),
            "res_model": "crm.meeting.minutes",
            "views": [[False, "form"]],
            "target": "new",
            "context": {"default_event_id": self.id},
        }

    def _customers(self):
        """Those on the other side who may be written to: all contacts, none of ours.

        Who declined was not there. Without others it is the customer of the
        opportunity.
        """
        self.ensure_one()
        parties = Parties(self.env)
        declined = self.attendee_ids.filtered(lambda a: a.state == "declined")
        present = self.partner_ids - declined.partner_id
        theirs = present.filtered(lambda partner: not parties.is_ours(partner))
        return theirs or self.opportunity_id.partner_id

    def _take_minutes(self, notes):
        """Keep the notes on the meeting and on the interactions made of it.

        :param notes: HTML
        """
        self.ensure_one()
        if (self.notes or "") != (notes or ""):
            self.write({"notes": notes, "recurrence_update": "self_only"})
        # The interactions are made at the end of what was just saved.
        self.env["crm.changes"]._dispatch_pending()
        talks = (
            self.env["crm.interaction"]
            .sudo()
            .search([("source_model", "=", self._name), ("source_id", "=", self.id)])
        )
        talks._tell({"note": html2plaintext(notes or "").strip()})

    def action_write_letter(self):
        """A draft to the customers who were there: thanks, and what was agreed.

        :return: a window action: Odoo's mail composer
        """
        self.ensure_one()
        self.check_access("read")
        template = self.env.ref(
            "crm_regulations.mail_template_after_meeting", raise_if_not_found=False
        )
        context = {"default_template_id": template.id} if template else {}
        # Somebody has deleted the template: then the letter is written by hand.
        context = context or {"default_subject": self.name or ""}
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Letter after the meeting"),
            "res_model": "mail.compose.message",
            "views": [[False, "form"]],
            "target": "new",
            "context": {
                "default_model": self._name,
                "default_res_ids": self.ids,
                "default_composition_mode": "comment",
                "default_partner_ids": self.sudo()._customers().ids,
                **context,
            },
        }
