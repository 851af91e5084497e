from odoo import fields, models
from odoo.exceptions import AccessError, UserError


class CalendarEvent(models.Model):
    _inherit = "calendar.event"

    outcome = fields.Selection(
        [("held", "Held"), ("moved", "Moved"), ("no_show", "Nobody came")],
        copy=False,
        index="btree_not_null",
        # Customers see their own meetings in the portal, but not what we note of them.
        groups="base.group_user",
        help="How the meeting ended. With a customer it becomes an interaction.",
    )
    is_with_customer = fields.Boolean(
        string="With a customer",
        compute="_compute_is_with_customer",
        search="_search_is_with_customer",
        groups="base.group_user",
        help="Somebody from outside takes part, or it belongs to an opportunity.",
    )

    def _compute_is_with_customer(self):
        for event in self.sudo():
            outside = any(event.partner_ids.mapped("partner_share"))
            event.is_with_customer = outside or bool(event.opportunity_id)

    def _search_is_with_customer(self, operator, value):
        if operator != "in":
            return NotImplemented
        outside = fields.Domain("partner_ids.partner_share", "=", True)
        wanted = outside | fields.Domain("opportunity_id", "!=", False)
        return wanted if True in value else ~wanted

    def action_meeting_held(self):
        """Say that meetings took place.

        :return: True
        :raises UserError: one has not begun yet
        """
        return self._end_meeting("held")

    def action_meeting_moved(self):
        """Say that meetings were put off; they may be in the future.

        :return: True
        """
        return self._end_meeting("moved")

    def action_meeting_no_show(self):
        """Say that nobody came.

        :return: True
        :raises UserError: one has not begun yet
        """
        return self._end_meeting("no_show")

    def action_meeting_undo(self):
        """Take back what was said about meetings, with the interactions made of it.

        :return: True
        """
        return self._end_meeting(False)

    def _end_meeting(self, outcome):
        if not self.env.user.has_group("sales_team.group_sale_salesman"):
            raise AccessError(
                self.env._(
                    "crm_segmentation.meeting_rights: Only people of sales may say how "
                    "a meeting with a customer ended. Ask your administrator."
                )
            )
        self.check_access("write")
        early = self.filtered(lambda event: event.start > self.env.cr.now())
        if early and outcome in ("held", "no_show"):
            raise UserError(
                self.env._(
                    "crm_segmentation.meeting_not_begun: “%(name)s” has not begun yet. "
                    "Say how it ended afterwards, or press “Moved”.",
                    name=early[0].display_name,
                )
            )
        # One of a series ends alone.
        self.write({"outcome": outcome, "recurrence_update": "self_only"})
        return True
