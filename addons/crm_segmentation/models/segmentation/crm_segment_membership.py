from odoo import fields, models


class CrmSegmentMembership(models.Model):
    """The category of a counterparty now: one row per counterparty and segmentation.

    The engine writes the rows by SQL; people change them through
    ``crm.segmentation.set_override`` only. The table is also the relation of
    ``res.partner.own_segment_ids``, which makes categories searchable and groupable.
    """

    _name = "crm.segment.membership"
    _description = "Category of a Counterparty"
    _order = "segmentation_id, segment_id, id"
    _rec_name = "segment_id"

    partner_id = fields.Many2one(
        "res.partner",
        string="Counterparty",
        required=True,
        ondelete="cascade",
        index=True,
    )
    segmentation_id = fields.Many2one(
        "crm.segmentation", required=True, ondelete="cascade", index=True
    )
    segment_id = fields.Many2one(
        "crm.segment", string="Category", required=True, ondelete="cascade", index=True
    )
    computed_segment_id = fields.Many2one(
        "crm.segment",
        string="Computed",
        ondelete="set null",
        index="btree_not_null",
        help="What the rule says, also while a category set by hand is in force.",
    )
    computed_since = fields.Date(
        help="Since when the rule has given the computed category.",
    )
    wanted_segment_id = fields.Many2one(
        "crm.segment",
        string="Wanted by the numbers",
        ondelete="set null",
        index="btree_not_null",
        help="The category that today's numbers deserve, while grace, minimum stay, "
        "single steps or a missing confirmation hold it back.",
    )
    wanted_since = fields.Date(
        help="The day from which the numbers have wanted to go that way.",
    )
    held_back = fields.Selection(
        [
            ("promotion", "Promotion to confirm"),
            ("demotion", "Demotion held back"),
        ],
        index="btree_not_null",
        help="Which way the wanted category leads.",
    )
    wanted_due = fields.Date(
        string="Demotion on",
        compute="_compute_wanted_due",
        help="The day on which the held back demotion happens unless the numbers "
        "recover. With single steps it is the day of the first one.",
    )
    outlook = fields.Selection(
        [("close", "Close to promotion"), ("risk", "At risk")],
        index="btree_not_null",
        help="Close: a little more and the numbers deserve a better category. At "
        "risk: a little less and they deserve a worse one, or they do already.",
    )
    company_id = fields.Many2one("res.company", required=True, ondelete="cascade")
    date_from = fields.Date(string="Since", required=True)
    origin = fields.Selection(
        [("rule", "By the rule"), ("manual", "Set by hand")],
        default="rule",
        required=True,
    )
    override_until = fields.Date(string="Set by hand until")
    override_reason = fields.Text(string="Reason")
    override_user_id = fields.Many2one("res.users", string="Set by")

    _partner_segmentation_unique = models.Constraint(
        "UNIQUE(partner_id, segmentation_id)",
        "A counterparty has one category per segmentation.",
    )

    def action_explain(self):
        """Why the counterparty has this category, in a dialog."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Why this category?"),
            "res_model": "crm.segment.explanation",
            "view_mode": "form",
            "target": "new",
            "context": {
                "default_partner_id": self.partner_id.id,
                "default_segmentation_id": self.segmentation_id.id,
            },
        }
