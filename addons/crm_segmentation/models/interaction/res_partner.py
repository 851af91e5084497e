from odoo import fields, models


class ResPartner(models.Model):
    _inherit = "res.partner"

    interaction_ids = fields.One2many("crm.interaction", "partner_id", copy=False)
    interaction_count = fields.Integer(
        string="Interactions", compute="_compute_interaction_count"
    )
    last_interaction_date = fields.Datetime(
        string="Last touch",
        groups="base.group_user",
        readonly=True,
        copy=False,
        help="When somebody last talked with this company or one of its contacts. "
        "Missed calls and meetings that nobody came to do not count.",
    )
    utm_source_id = fields.Many2one(
        "utm.source",
        string="Heard of us through",
        ondelete="set null",
        copy=False,
        index="btree_not_null",
        help="What they answered at the first contact.",
    )
    phone_number_ids = fields.One2many(
        "crm.phone.number", "partner_id", string="Further numbers", copy=False
    )

    # For the look-up of callers; core indexes neither.
    _caller_tail_idx = models.Index(
        "(RIGHT(REGEXP_REPLACE(phone, '[^0-9]', '', 'g'), 7)) WHERE phone IS NOT NULL"
    )
    _caller_email_idx = models.Index(
        "(email_normalized) WHERE email_normalized IS NOT NULL"
    )

    def _compute_interaction_count(self):
        counts = dict(
            self.env["crm.interaction"]._read_group(
                [("commercial_partner_id", "in", self.commercial_partner_id.ids)],
                ["commercial_partner_id"],
                ["__count"],
            )
        )
        for partner in self:
            partner.interaction_count = counts.get(partner.commercial_partner_id, 0)

    def action_open_interactions(self):
        """The interactions with this counterparty and its contacts."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_segmentation.action_interaction"
        )
        return {
            **action,
            "domain": [("partner_id", "child_of", self.commercial_partner_id.ids)],
            "context": {"default_partner_id": self.id},
        }

    def action_log_interaction(self):
        """The quick dialog for a talk with this counterparty."""
        self.ensure_one()
        return self.env["crm.interaction"]._quick_dialog(default_partner_id=self.id)
