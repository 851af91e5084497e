from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain


class CrmAffiliation(models.Model):
    _name = "crm.affiliation"
    _description = "Affiliation"
    _order = "date_to desc nulls first, is_main desc, date_from desc nulls last, id"

    person_id = fields.Many2one(
        "res.partner",
        required=True,
        ondelete="cascade",
        index=True,
        domain="[('is_company', '=', False)]",
        help="Who belongs to the organization: a doctor, a consultant, a buyer …",
    )
    organization_id = fields.Many2one(
        "res.partner",
        required=True,
        ondelete="cascade",
        index=True,
        domain="[('is_company', '=', True)]",
        help="A clinic, a department, an association … The turnover of the person does "
        "not count for it: that stays with the company under which Odoo keeps the "
        "contact.",
    )
    role_id = fields.Many2one(
        "crm.affiliation.role",
        ondelete="restrict",
        index="btree_not_null",
        help="What the person is there.",
    )
    date_from = fields.Date(string="From", help="Empty: since ever, or not known.")
    date_to = fields.Date(string="To", help="The last day. Empty: until today.")
    is_main = fields.Boolean(
        string="Main workplace",
        help="Where the person is found most often. Marking one unmarks the others of "
        "the same time.",
    )
    is_current = fields.Boolean(
        string="Current",
        compute="_compute_is_current",
        search="_search_is_current",
        help="In force today.",
    )
    note = fields.Char(string="Notes", help="Such as visiting days or the room.")

    _two_partners = models.Constraint(
        "CHECK (person_id <> organization_id)",
        "Nobody is affiliated with themselves.",
    )
    _dates_in_order = models.Constraint(
        "CHECK (date_from IS NULL OR date_to IS NULL OR date_from <= date_to)",
        "An affiliation ends before it begins.",
    )
    _once = models.UniqueIndex(
        "(person_id, organization_id, COALESCE(role_id, 0),"
        " COALESCE(date_from, '-infinity'::date))",
        "This person has this role in this organization from this day on already.",
    )

    @api.depends("date_from", "date_to")
    @api.depends_context("tz")
    def _compute_is_current(self):
        today = fields.Date.context_today(self)
        for one in self:
            begun = not one.date_from or one.date_from <= today
            one.is_current = begun and (not one.date_to or one.date_to >= today)

    @api.model
    def _search_is_current(self, operator, value):
        if operator != "in":
            return NotImplemented
        today = fields.Date.context_today(self)
        current = Domain("date_from", "=", False) | Domain("date_from", "<=", today)
        current &= Domain("date_to", "=", False) | Domain("date_to", ">=", today)
        return current if True in value else ~current

    @api.depends("person_id", "organization_id", "role_id")
    def _compute_display_name(self):
        for one in self:
            parts = (
                one.person_id.name,
                one.role_id.name,
                one.organization_id.display_name,
            )
            one.display_name = " · ".join(part for part in parts if part)

    # --- keeping them sound -----------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        affiliations = super().create(vals_list)
        affiliations.filtered("is_main")._unmark_others()
        return affiliations

    def write(self, vals):
        result = super().write(vals)
        if {"is_main", "person_id", "date_from", "date_to"} & vals.keys():
            self.filtered("is_main")._unmark_others()
        return result

    def _unmark_others(self):
        """The main workplace just marked is the only one of its time."""
        marked = self.browse()
        for one in self:
            others = one._of_the_same_time(
                one.person_id.sudo().workplace_ids.filtered("is_main") - one
            )
            (others - marked).is_main = False
            marked |= one

    def _of_the_same_time(self, others):
        """Those of other affiliations whose time overlaps with this one's."""
        self.ensure_one()
        return others.filtered(
            lambda other: (
                _before(self.date_from, other.date_to)
                and _before(other.date_from, self.date_to)
            )
        )

    @api.constrains("person_id", "organization_id", "role_id", "date_from", "date_to")
    def _check_affiliation(self):
        self.person_id.sudo().workplace_ids.fetch(
            ["organization_id", "role_id", "date_from", "date_to"]
        )
        for one in self:
            one._check_dates()
            one._check_partners()
            one._check_overlap()

    def _check_dates(self):
        if not _before(self.date_from, self.date_to):
            raise ValidationError(
                self.env._(
                    "crm_segmentation.affiliation_dates: %(person)s would leave "
                    "%(organization)s on %(to)s, before beginning on %(from)s. Correct "
                    "one of the dates.",
                    person=self.person_id.display_name,
                    organization=self.organization_id.display_name,
                    **{"to": self.date_to, "from": self.date_from},
                )
            )

    def _check_partners(self):
        person, organization = self.person_id, self.organization_id
        if person == organization:
            raise ValidationError(
                self.env._(
                    "crm_segmentation.affiliation_itself: %(partner)s cannot be "
                    "affiliated with itself. Choose a person and an organization.",
                    partner=person.display_name,
                )
            )
        if person.is_company or not organization.is_company:
            wrong = person if person.is_company else organization
            raise ValidationError(
                self.env._(
                    "crm_segmentation.affiliation_kind: A person is affiliated with an "
                    "organization, but %(partner)s is %(kind)s. Change its kind on "
                    "its form, or choose another one.",
                    partner=wrong.display_name,
                    kind=self.env._("a company")
                    if wrong.is_company
                    else self.env._("a person"),
                )
            )
        companies = (person.company_id | organization.company_id).sudo()
        if len(companies) > 1:
            raise ValidationError(
                self.env._(
                    "crm_segmentation.affiliation_company: %(person)s belongs to "
                    "%(one)s and %(organization)s to %(two)s. Share one of them "
                    "between the companies first.",
                    person=person.display_name,
                    one=companies[0].name,
                    organization=organization.display_name,
                    two=companies[1].name,
                )
            )

    def _check_overlap(self):
        same = self.person_id.sudo().workplace_ids.filtered(
            lambda other: (
                other.organization_id == self.organization_id
                and other.role_id == self.role_id
            )
        )
        for other in self._of_the_same_time(same - self):
            raise ValidationError(
                self.env._(
                    "crm_segmentation.affiliation_overlap: %(person)s is "
                    "“%(role)s” at %(organization)s already, from %(from)s to %(to)s. "
                    "End that affiliation first, or change it.",
                    person=self.person_id.display_name,
                    role=self.role_id.name or self.env._("without a role"),
                    organization=self.organization_id.display_name,
                    **{
                        "from": other.date_from or self.env._("ever"),
                        "to": other.date_to or self.env._("now"),
                    },
                )
            )


def _before(first, last):
    """Whether a beginning lies not after an end; either may be open."""
    return not first or not last or first <= last
