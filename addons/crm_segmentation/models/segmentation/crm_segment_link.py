from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL

from ...engine.pricelists import follow_pricelists

GRADE = "res.partner.grade"


class CrmSegment(models.Model):
    """What a category gives its counterparties: prices or a partner level."""

    _inherit = "crm.segment"

    pricelist_id = fields.Many2one(
        "product.pricelist",
        ondelete="restrict",
        domain="[('company_id', 'in', (False, company_id))]",
        help="Whoever gets into the category gets this pricelist, and loses it with "
        "the category. A pricelist that a person has chosen for a counterparty stays.",
    )
    grade_ref = fields.Reference(
        selection="_selection_grade",
        string="Partner level",
        help="Whoever gets into the category gets this partner level, which may bring "
        "a pricelist of its own. A level that a person has chosen stays.",
    )
    has_grades = fields.Boolean(compute="_compute_has_grades")

    @api.model
    def _selection_grade(self):
        """Odoo's partner levels, where they are installed."""
        known = GRADE in self.env
        return [(GRADE, self.env._("Partner level"))] if known else []

    def _compute_has_grades(self):
        self.has_grades = GRADE in self.env

    @api.constrains("pricelist_id", "grade_ref", "segmentation_id")
    def _check_links(self):
        linked = self.filtered(lambda s: s.pricelist_id or s.grade_ref)
        for segment in linked:
            problem = segment._link_problem()
            if problem:
                raise ValidationError(
                    self.env._(
                        "crm_segmentation.category_link: Category %(category)s cannot "
                        "give prices: %(problem)s.",
                        category=segment.display_name,
                        problem=problem,
                    )
                )

    def _link_problem(self):
        company = self.segmentation_id.company_id
        if self.pricelist_id and self.grade_ref:
            return self.env._(
                "choose a pricelist or a partner level, because a level brings its "
                "own pricelist"
            )
        if self.segmentation_id.unit != "company":
            return self.env._(
                "its segmentation classifies persons, and prices belong to their "
                "company"
            )
        if self.pricelist_id.company_id not in (company, company.browse()):
            return self.env._(
                "the pricelist “%(pricelist)s” belongs to another company",
                pricelist=self.pricelist_id.name,
            )
        other = self._other_linked(company)
        if other:
            return self.env._(
                "the categories of “%(other)s” do so already, and two would overwrite "
                "each other",
                other=other.name,
            )
        return ""

    def _other_linked(self, company):
        """Another segmentation of the company whose categories give prices."""
        return (
            self.sudo()
            .search(
                [
                    ("company_id", "=", company.id),
                    ("segmentation_id", "!=", self.segmentation_id.id),
                    ("segmentation_id.state", "!=", "archived"),
                    "|",
                    ("pricelist_id", "!=", False),
                    ("grade_ref", "!=", False),
                ],
                limit=1,
            )
            .segmentation_id
        )

    def write(self, vals):
        if not {"pricelist_id", "grade_ref"} & vals.keys():
            return super().write(vals)
        before = {s: (s.pricelist_id, s.grade_ref) for s in self}
        done = super().write(vals)
        for segment, (pricelist, grade) in before.items():
            segment._follow_new_link(pricelist, grade)
        return done

    def _follow_new_link(self, pricelist, grade):
        """Those who are in the category already get what it gives from now on."""
        members = SQL(
            """SELECT partner_id, %s::int AS before, %s::int AS after
                 FROM crm_segment_membership WHERE segment_id = %s""",
            pricelist.id or None,
            self.pricelist_id.id or None,
            self.id,
        )
        if pricelist != self.pricelist_id:
            follow_pricelists(self.env(su=True), self.company_id.id, members)
        if (grade or None) != (self.grade_ref or None):
            memberships = self.env["crm.segment.membership"].sudo()
            owners = memberships.search([("segment_id", "=", self.id)]).partner_id
            self._follow_grade(owners, grade, self.grade_ref)

    @api.model
    def _follow_grade(self, partners, before, after):
        """Odoo itself sets the pricelist that a level brings."""
        replaced = [False, before.id] if before else [False]
        following = partners.sudo().filtered_domain([("grade_id", "in", replaced)])
        following.write({"grade_id": after.id if after else False})


class CrmSegmentation(models.Model):
    _inherit = "crm.segmentation"

    def _after_moves(self, mark, everybody=False):
        done = super()._after_moves(mark, everybody)
        segments = self.sudo().with_context(active_test=False).segment_ids
        if segments.pricelist_id:
            self._pricelists_follow(mark)
        if GRADE in self.env and any(segments.mapped("grade_ref")):
            self._grades_follow(mark, segments)
        return done

    def _pricelists_follow(self, mark):
        moves = SQL(
            """
            SELECT move.partner_id, left_one.pricelist_id AS before,
                   entered.pricelist_id AS after
              FROM (%s) AS move
              LEFT JOIN crm_segment AS left_one ON left_one.id = move.from_segment_id
              LEFT JOIN crm_segment AS entered ON entered.id = move.to_segment_id
            """,
            self._moves_since(mark),
        )
        follow_pricelists(self.env(su=True), self.company_id.id, moves)

    def _grades_follow(self, mark, segments):
        """One write per pair of levels, however many counterparties moved."""
        grades = {segment.id: segment.grade_ref for segment in segments}
        groups = {}
        for partner, left_one, entered in self.env.execute_query(
            self._moves_since(mark)
        ):
            pair = grades.get(left_one), grades.get(entered)
            groups.setdefault(pair, []).append(partner)
        for (before, after), partner_ids in groups.items():
            if (before or None) != (after or None):
                partners = self.env["res.partner"].browse(partner_ids)
                segments._follow_grade(
                    partners.with_company(self.company_id), before, after
                )
