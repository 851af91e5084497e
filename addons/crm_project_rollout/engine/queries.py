"""Live queries: figures that a gate criterion reads from the rest of the system.

A query answers for many rollouts at once, and tells which records are to blame. It is
written once and chosen by its code; nobody types a domain. Figures are read with full
rights inside the company of the rollout, so that everybody sees the same number; the
offenders open with the rights of the person who looks.

Another addon adds a query with :func:`register`.
"""

from datetime import timedelta

from odoo import fields
from odoo.fields import Domain
from odoo.tools.translate import LazyTranslate

from odoo.addons.crm_regulations.core.judge import on_time_percent

_lt = LazyTranslate(__name__)

ON_TIME_DAYS = 90
_KEPT = "done_on_time"
_BROKEN = ("done_late", "breached")

REGISTRY = {}


def register(query_class):
    """Class decorator: make a query known under its code."""
    REGISTRY[query_class.code] = query_class()
    return query_class


def counterparties(companies):
    """The counterparties that companies see, as a domain.

    Active commercial partners; neither own companies nor own users.

    :param companies: ``res.company`` records
    :return: a domain of ``res.partner``
    """
    return (
        (Domain("is_company", "=", True) | Domain("parent_id", "=", False))
        & Domain("active", "=", True)
        & Domain("ref_company_ids", "=", False)
        & Domain("user_ids", "=", False)
        & Domain("company_id", "in", [False, *companies.ids])
    )


class LiveQuery:
    """Base of the live queries.

    ``code`` is what a criterion stores, ``label`` what a person chooses, ``unit`` is
    printed behind the number ("%" or nothing).
    """

    code = label = None
    unit = ""

    def values(self, rollouts):
        """Measure.

        :param rollouts: ``crm.rollout`` records
        :return: ``{rollout: number}``; None instead of a number when there is nothing
            to measure yet
        """
        companies = rollouts.company_id.sudo()
        figures = self._by_company(companies)
        return {rollout: figures.get(rollout.company_id.id) for rollout in rollouts}

    def offenders(self, rollout):
        """Name what stands in the way.

        :param rollout: one ``crm.rollout`` record
        :return: ``(model name, domain)`` of the records to look at
        """
        raise NotImplementedError

    def _by_company(self, companies):
        """Measure per company.

        :param companies: ``res.company`` records with full rights
        :return: ``{company id: number or None}``
        """
        raise NotImplementedError


@register
class CoordinatorNamed(LiveQuery):
    """1 when the rollout has a coordinator who still works here, else 0."""

    code = "coordinator_named"
    label = _lt("A coordinator is named and active (1 = yes)")

    def values(self, rollouts):
        return {
            rollout: int(
                rollout.coordinator_id.sudo().active
                and rollout.company_id in rollout.coordinator_id.sudo().company_ids
            )
            for rollout in rollouts
        }

    def offenders(self, rollout):
        return "crm.rollout", [("id", "=", rollout.id)]


@register
class UntypedPartnersPercent(LiveQuery):
    """Share of the counterparties that carry no counterparty type."""

    code = "untyped_partners_percent"
    label = _lt("Counterparties without a type, %")
    unit = "%"

    def _by_company(self, companies):
        Partner = companies.env["res.partner"]
        everybody = counterparties(companies)
        untyped = everybody & Domain("counterparty_type_ids", "=", False)
        total = self._count(Partner, everybody, companies)
        missing = self._count(Partner, untyped, companies)
        return {
            company_id: 100 * missing[company_id] / count if count else None
            for company_id, count in total.items()
        }

    def offenders(self, rollout):
        domain = counterparties(rollout.company_id)
        return "res.partner", list(domain & Domain("counterparty_type_ids", "=", False))

    @staticmethod
    def _count(partners, domain, companies):
        """``{company id: count}``, partners shared by all companies counted in each."""
        groups = partners._read_group(domain, ["company_id"], ["__count"])
        counts = {company.id: count for company, count in groups}
        shared = counts.get(False, 0)
        return {company.id: counts.get(company.id, 0) + shared for company in companies}


class _PublishedCount(LiveQuery):
    """How many records of ``model`` the company has published."""

    model = None

    def _by_company(self, companies):
        groups = companies.env[self.model]._read_group(
            [("state", "=", "published"), ("company_id", "in", companies.ids)],
            ["company_id"],
            ["__count"],
        )
        return {company.id: 0 for company in companies} | {
            company.id: count for company, count in groups
        }

    def offenders(self, rollout):
        return self.model, [
            ("company_id", "=", rollout.company_id.id),
            ("state", "!=", "published"),
        ]


@register
class PublishedSegmentations(_PublishedCount):
    """How many segmentations the company has published."""

    code = "published_segmentations"
    label = _lt("Published segmentations")
    model = "crm.segmentation"


@register
class PublishedRegulations(_PublishedCount):
    """How many regulations the company has published."""

    code = "published_regulations"
    label = _lt("Published regulations")
    model = "crm.regulation"


@register
class RegulationOnTimePercent(LiveQuery):
    """Share of the promises due in the last 90 days that were kept on time.

    Excused, cancelled and open obligations do not count on either side.
    """

    code = "regulation_on_time_percent"
    label = _lt("Promises kept on time in the last 90 days, %")
    unit = "%"

    def _by_company(self, companies):
        groups = companies.env["crm.obligation"]._read_group(
            self._window(companies) & Domain("state", "in", [_KEPT, *_BROKEN]),
            ["company_id", "state"],
            ["__count"],
        )
        counts = {(company.id, state): count for company, state, count in groups}
        return {
            company.id: on_time_percent(
                counts.get((company.id, _KEPT), 0),
                *(counts.get((company.id, state), 0) for state in _BROKEN),
            )
            for company in companies
        }

    def offenders(self, rollout):
        domain = self._window(rollout.company_id) & Domain("state", "in", list(_BROKEN))
        return "crm.obligation", list(domain)

    @staticmethod
    def _window(companies):
        start = fields.Datetime.now() - timedelta(days=ON_TIME_DAYS)
        return Domain("company_id", "in", companies.ids) & Domain(
            "date_due", ">=", fields.Datetime.to_string(start)
        )
