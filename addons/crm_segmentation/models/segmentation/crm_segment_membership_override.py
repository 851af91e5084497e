from odoo import api, fields, models
from odoo.tools import SQL


class CrmSegmentMembership(models.Model):
    """A category set by hand beside the computed one."""

    _inherit = "crm.segment.membership"

    is_manual = fields.Boolean(string="Is set by hand", compute="_compute_is_manual")
    is_agreed = fields.Boolean(
        string="The rule agrees",
        compute="_compute_is_agreed",
        search="_search_is_agreed",
        help="Whether the category in force is the one that the rule gives.",
    )
    user_id = fields.Many2one(related="partner_id.user_id", string="Salesperson")

    @api.depends("origin")
    def _compute_is_manual(self):
        for membership in self:
            membership.is_manual = membership.origin == "manual"

    @api.depends("segment_id", "computed_segment_id")
    def _compute_is_agreed(self):
        for membership in self:
            membership.is_agreed = (
                membership.segment_id == membership.computed_segment_id
            )

    @api.model
    def _search_is_agreed(self, operator, value):
        if operator != "in":
            return NotImplemented
        agreeing = SQL(
            """SELECT id FROM crm_segment_membership
                WHERE segment_id IS NOT DISTINCT FROM computed_segment_id"""
        )
        found = fields.Domain.FALSE
        if True in value:
            found |= fields.Domain("id", "in", agreeing)
        if False in value:
            found |= fields.Domain("id", "not in", agreeing)
        return found

    def action_set_category(self):
        """The dialog for another category by hand, or more time for this one."""
        self.ensure_one()
        return self.partner_id._open_override(self.segmentation_id)

    def action_give_back(self):
        """Let the rule decide again, for one or several counterparties.

        :return: action that reloads the screen
        """
        for membership in self:
            membership.segmentation_id.give_back(membership.partner_id.id)
        return {"type": "ir.actions.client", "tag": "soft_reload"}
