from odoo import api, models
from odoo.exceptions import UserError

from ...core.spec import complete
from ...core.stability import Stability, Standing


class CrmSegmentMembership(models.Model):
    """What stability holds back, and promotions that a person confirms."""

    _inherit = "crm.segment.membership"

    @api.depends("wanted_since", "held_back", "computed_segment_id", "computed_since")
    def _compute_wanted_due(self):
        rules = {
            segmentation: Stability.from_json(
                complete(segmentation.sudo().spec)["stability"]
            )
            for segmentation in self.segmentation_id
            if segmentation.sudo().spec
        }
        for membership in self:
            rule = rules.get(membership.segmentation_id)
            waits = rule and membership.held_back == "demotion"
            membership.wanted_due = waits and rule.due(
                Standing(
                    membership.computed_segment_id.id,
                    membership.computed_since or membership.date_from,
                    membership.wanted_segment_id.id,
                    membership.wanted_since,
                )
            )

    def action_confirm(self):
        """Confirm promotions: the better category comes into force.

        The numbers are looked at again: who does not deserve it any more stays.

        :return: True
        :raises UserError: nothing waits to be confirmed
        """
        segmentations = self.segmentation_id
        segmentations._require_coordinator(or_manager=True)
        self.check_access("read")
        settled = self.filtered(lambda m: m.held_back != "promotion")
        if settled or not self:
            raise UserError(
                self.env._(
                    "crm_segmentation.nothing_to_confirm: No promotion waits for a "
                    "confirmation: %(partners)s. Choose from “Promotions to confirm”.",
                    partners=", ".join(settled.partner_id.mapped("display_name"))
                    or self.env._("nobody was chosen"),
                )
            )
        for segmentation in segmentations:
            mine = self.filtered(lambda m, s=segmentation: m.segmentation_id == s)
            segmentation._classify(
                "confirmed", confirmed=True, partner_ids=mine.partner_id.ids
            )
        return True
