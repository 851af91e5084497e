from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

# The proposal for the three usual categories, in days between two talks.
PROPOSED_DAYS = {"A": 30, "B": 60, "C": 180}
LONGEST_DAYS = 3660


class CrmContactNorm(models.Model):
    """How often a counterparty should be talked to: every so many days."""

    _name = "crm.contact.norm"
    _description = "Contact Norm"
    _order = "company_id, segment_id, counterparty_type_id, every_days, id"
    _rec_name = "sentence"

    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    counterparty_type_id = fields.Many2one(
        "crm.counterparty.type",
        ondelete="cascade",
        index="btree_not_null",
        help="For whom. Empty: for every type.",
    )
    segment_id = fields.Many2one(
        "crm.segment",
        string="Category",
        ondelete="cascade",
        index="btree_not_null",
        domain="[('company_id', '=', company_id)]",
        help="For whom. Empty: for every category. A norm for a category beats one "
        "for a type.",
    )
    interaction_type_id = fields.Many2one(
        "crm.interaction.type",
        ondelete="cascade",
        help="What is owed: a visit, a call … Empty: any talk will do.",
    )
    every_days = fields.Integer(
        string="Every (days)",
        required=True,
        default=30,
        help="At most so many calendar days between two talks.",
    )
    sentence = fields.Char(
        string="In words", compute="_compute_sentence", help="The norm as a sentence."
    )
    partner_count = fields.Integer(
        string="Counterparties",
        compute="_compute_counts",
        help="For how many counterparties this is the norm that counts.",
    )
    late_count = fields.Integer(
        string="Beyond the norm",
        compute="_compute_counts",
        help="How many of them were not talked to in time.",
    )

    _scope_unique = models.UniqueIndex(
        "(company_id, COALESCE(counterparty_type_id, 0), COALESCE(segment_id, 0), "
        "COALESCE(interaction_type_id, 0))",
        "There is a norm for this type, category and interaction already. Change its "
        "days instead; it may be archived.",
    )

    @api.depends(
        "counterparty_type_id", "segment_id", "interaction_type_id", "every_days"
    )
    @api.depends_context("lang")
    def _compute_sentence(self):
        for norm in self:
            norm.sentence = self.env._(
                "%(who)s: %(what)s every %(days)s days",
                who=norm._who(),
                what=norm.interaction_type_id.name or self.env._("a talk"),
                days=norm.every_days,
            )

    def _who(self):
        kind, category = self.counterparty_type_id.name, self.segment_id.display_name
        if kind and category:
            return self.env._("%(type)s in %(category)s", type=kind, category=category)
        return kind or category or self.env._("everybody")

    def _compute_counts(self):
        groups = self.env["crm.contact.plan"]._read_group(
            [("norm_id", "in", self.ids)], ["norm_id"], ["__count", "late:sum"]
        )
        counts = {norm: (count, late) for norm, count, late in groups}
        for norm in self:
            norm.partner_count, norm.late_count = counts.get(norm, (0, 0))

    @api.constrains("every_days", "counterparty_type_id", "segment_id", "company_id")
    def _check_norm(self):
        for norm in self:
            if not 1 <= norm.every_days <= LONGEST_DAYS:
                problem = self.env._(
                    "“every %(days)s days” is not a rhythm; give 1 to %(most)s days",
                    days=norm.every_days,
                    most=LONGEST_DAYS,
                )
            elif not norm.counterparty_type_id and not norm.segment_id:
                problem = self.env._("say for whom: a counterparty type or a category")
            elif norm.segment_id and norm.segment_id.company_id != norm.company_id:
                problem = self.env._(
                    "category %(category)s belongs to %(company)s",
                    category=norm.segment_id.display_name,
                    company=norm.segment_id.company_id.name,
                )
            else:
                continue
            raise ValidationError(
                self.env._(
                    "crm_segmentation.contact_norm: The contact norm was not saved: "
                    "%(problem)s.",
                    problem=problem,
                )
            )

    @api.model
    def action_propose(self):
        """Norms for categories A, B and C of the published segmentations.

        They are proposals, so they are archived: take the filter “Archived” off them
        one by one.

        :return: the action that shows them
        :raises UserError: no published segmentation has such categories, or all of
            them have a norm
        """
        self.browse().check_access("create")
        company = self.env.company
        segments = self.env["crm.segment"].search(
            [
                ("segmentation_id.company_id", "=", company.id),
                ("segmentation_id.state", "=", "published"),
                ("code", "in", list(PROPOSED_DAYS)),
            ]
        )
        known = self.with_context(active_test=False).search(
            [("segment_id", "in", segments.ids), ("counterparty_type_id", "=", False)]
        )
        todo = segments - known.segment_id
        if not todo:
            raise UserError(
                self.env._(
                    "crm_segmentation.no_proposal: There is nothing to propose: no "
                    "published segmentation of %(company)s has a category A, B or C "
                    "without a norm. Publish a segmentation, or write a norm by hand.",
                    company=company.name,
                )
            )
        norms = self.create(
            [
                {
                    "segment_id": segment.id,
                    "company_id": company.id,
                    "every_days": PROPOSED_DAYS[segment.code],
                    "active": False,
                }
                for segment in todo
            ]
        )
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_segmentation.action_contact_norm"
        )
        return {
            **action,
            "domain": [("id", "in", norms.ids)],
            "context": {"active_test": False},
        }

    def action_open_plan(self):
        """Whom this norm concerns, those beyond it first."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_segmentation.action_contact_plan"
        )
        return {
            **action,
            "display_name": self.sentence,
            "domain": [("norm_id", "=", self.id)],
            "context": {},
        }
