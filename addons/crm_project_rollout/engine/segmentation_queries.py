"""Live queries of stage 4: are the counterparties typed, known and categorized?"""

from odoo.fields import Domain
from odoo.tools.translate import LazyTranslate

from . import duplicates
from .queries import LiveQuery, counterparties, register

_lt = LazyTranslate(__name__)

BEST_CATEGORY = "A"


@register
class UncategorizedPercent(LiveQuery):
    """Share of those meant by a published segmentation who have no category in it."""

    code = "uncategorized_percent"
    label = _lt("Counterparties without a category, %")
    unit = "%"

    def _by_company(self, companies):
        return {company.id: self._percent(company) for company in companies}

    def _percent(self, company):
        meant, missing = self._domains(company)
        partners = company.env["res.partner"]
        total = meant is not None and partners.search_count(meant)
        return 100 * partners.search_count(missing) / total if total else None

    @staticmethod
    def _domains(company):
        """Who is meant by any published segmentation, and who lacks one of its own."""
        meant, missing = [], []
        for segmentation in company.env["crm.segmentation"].search(
            [("company_id", "=", company.id), ("state", "=", "published")]
        ):
            domain = counterparties(company)
            if segmentation.unit == "person":
                domain &= Domain("is_company", "=", False)
            types = segmentation.counterparty_type_ids
            if types:
                domain &= Domain("counterparty_type_ids", "in", types.ids)
            meant.append(domain)
            has_one = Domain("segmentation_id", "=", segmentation.id)
            missing.append(domain & ~Domain("membership_ids", "any", has_one))
        if not meant:
            return None, Domain.FALSE
        return Domain.OR(meant), Domain.OR(missing)

    def offenders(self, rollout):
        return "res.partner", list(self._domains(rollout.company_id.sudo())[1])


class _TypesInUse(LiveQuery):
    """Base of what is asked of the counterparty types that a company uses."""

    @staticmethod
    def _in_use(company, *aggregates):
        """``(type, aggregate…)`` of each type that counterparties of a company have."""
        return company.env["res.partner"]._read_group(
            counterparties(company) & Domain("counterparty_type_ids", "!=", False),
            ["counterparty_type_ids"],
            list(aggregates),
        )


@register
class TypesWithoutProfile(_TypesInUse):
    """Counterparty types in use for which nobody said what must be known."""

    code = "types_without_profile"
    label = _lt("Counterparty types in use without required information")

    def _by_company(self, companies):
        return {company.id: len(self._bare(company)) for company in companies}

    def _bare(self, company):
        types = company.env["crm.counterparty.type"].union(
            *(type_ for (type_,) in self._in_use(company))
        )
        return types.filtered(lambda type_: not type_.requirement_ids)

    def offenders(self, rollout):
        bare = self._bare(rollout.company_id.sudo())
        return "crm.counterparty.type", [("id", "in", bare.ids)]


@register
class BuyingTypesWithoutSegmentation(LiveQuery):
    """Types of counterparties that buy from us and that no segmentation means."""

    code = "buying_types_without_segmentation"
    label = _lt("Counterparty types that buy, without a segmentation in force")

    def _by_company(self, companies):
        return {company.id: self._figure(company) for company in companies}

    def _figure(self, company):
        if not company.env["res.partner"].search_count(self._buyers(company), limit=1):
            return None
        return len(self._bare(company))

    @staticmethod
    def _buyers(company):
        """Whoever has a type and was invoiced, or has turnover outside accounting."""
        lines = company.env["crm.turnover.line"]._search(
            [("company_id", "=", company.id)]
        )
        return (
            counterparties(company)
            & Domain("counterparty_type_ids", "!=", False)
            & (
                Domain("customer_rank", ">", 0)
                | Domain("id", "in", lines.subselect("commercial_partner_id"))
            )
        )

    def _bare(self, company):
        """Types of buyers who have no type that a published segmentation means."""
        published = company.env["crm.segmentation"].search(
            [("company_id", "=", company.id), ("state", "=", "published")]
        )
        types = published.counterparty_type_ids
        # One without types is for everybody.
        if any(not one.counterparty_type_ids for one in published):
            return types.browse()
        left_out = ~Domain("counterparty_type_ids", "in", types.ids)
        groups = company.env["res.partner"]._read_group(
            self._buyers(company) & left_out, ["counterparty_type_ids"]
        )
        return types.browse().union(*(type_ for (type_,) in groups))

    def offenders(self, rollout):
        bare = self._bare(rollout.company_id.sudo())
        return "crm.counterparty.type", [("id", "in", bare.ids)]


@register
class TerritoriesWithoutOwner(LiveQuery):
    """Territories for which nobody who works here is responsible."""

    code = "territories_without_owner"
    label = _lt("Territories without a responsible person")

    def _by_company(self, companies):
        return {company.id: self._figure(company) for company in companies}

    def _figure(self, company):
        territories = company.env["crm.territory"]
        if not territories.search_count(self._domain(company), limit=1):
            return None
        return territories.search_count(self._bare(company))

    @staticmethod
    def _domain(company):
        return Domain("company_id", "in", [False, company.id])

    def _bare(self, company):
        return self._domain(company) & (
            Domain("user_id", "=", False) | Domain("user_id.active", "=", False)
        )

    def offenders(self, rollout):
        return "crm.territory", list(self._bare(rollout.company_id.sudo()))


@register
class CompletenessPercent(_TypesInUse):
    """Average completeness of the counterparty type about which least is known."""

    code = "completeness_percent"
    label = _lt("Required information that is known, worst counterparty type, %")
    unit = "%"

    def _by_company(self, companies):
        return {
            company.id: min(
                (percent for _type, percent in self._known(company)), default=None
            )
            for company in companies
        }

    def _known(self, company):
        rows = self._in_use(company, "completeness:avg")
        # Without any value the average is False; 0 is a value.
        return [(type_, percent) for type_, percent in rows if percent is not False]

    def offenders(self, rollout):
        return "res.partner", list(
            counterparties(rollout.company_id)
            & Domain("counterparty_type_ids", "!=", False)
            & Domain("completeness", "<", 100)
        )


@register
class CompletenessBestPercent(LiveQuery):
    """Average completeness of the counterparties in the categories with code A."""

    code = "completeness_best_percent"
    label = _lt("Required information that is known about category A, %")
    unit = "%"

    def _by_company(self, companies):
        return {company.id: self._average(company) for company in companies}

    def _average(self, company):
        partners = company.env["res.partner"]
        ((percent,),) = partners._read_group(
            self._best(company), [], ["completeness:avg"]
        )
        return None if percent is False else percent

    @staticmethod
    def _best(company):
        best = (
            Domain("segmentation_id.company_id", "=", company.id)
            & Domain("segmentation_id.state", "=", "published")
            & Domain("code", "=ilike", BEST_CATEGORY)
        )
        return counterparties(company) & Domain("own_segment_ids", "any", best)

    def offenders(self, rollout):
        best = self._best(rollout.company_id)
        return "res.partner", list(best & Domain("completeness", "<", 100))


@register
class DuplicatesPercent(LiveQuery):
    """Share of the counterparties that repeat one which was entered earlier."""

    code = "duplicates_percent"
    label = _lt("Counterparties that are probably entered twice, %")
    unit = "%"

    def _by_company(self, companies):
        return {company.id: self._percent(company) for company in companies}

    @staticmethod
    def _percent(company):
        total = company.env["res.partner"].search_count(counterparties(company))
        return 100 * len(duplicates.surplus(company)) / total if total else None

    def offenders(self, rollout):
        found = duplicates.groups(rollout.company_id.sudo())
        return "res.partner", [("id", "in", found)]
