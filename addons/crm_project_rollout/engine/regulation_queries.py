"""Live queries of stage 5: does every promise have what makes it kept?

What the regulations cover, and what is wrong among them, is decided where the coverage
of crm_regulations is; here it only becomes a figure of a gate.
"""

from datetime import timedelta

from odoo import fields
from odoo.fields import Domain
from odoo.tools.translate import LazyTranslate

from odoo.addons.crm_regulations.core.cover import NEVER_FIRED
from odoo.addons.crm_regulations.engine.capture import captured
from odoo.addons.crm_regulations.engine.cover import Cover, unexplained_cells

from .queries import LiveQuery, register

_lt = LazyTranslate(__name__)

CAPTURE_DAYS = 30


@register
class UnexplainedCells(LiveQuery):
    """Category × process without a regulation and without a word why not."""

    code = "unexplained_cells"
    label = _lt("Categories × processes without a regulation or an explanation")

    def _by_company(self, companies):
        return {
            company.id: len(unexplained_cells(company.env, company))
            if self._has_categories(company)
            else None
            for company in companies
        }

    @staticmethod
    def _has_categories(company):
        return company.env["crm.segmentation"].search_count(
            [("company_id", "=", company.id), ("state", "=", "published")], limit=1
        )

    def offenders(self, rollout):
        company = rollout.company_id.sudo()
        cells = unexplained_cells(company.env, company)
        return "crm.segment", [("id", "in", list({cell["id"] for cell in cells}))]


def _covered_departments(cover):
    """Ids of the departments with a regulation, or with a word why they need none."""
    gaps = cover.gaps("department")
    cells = cover.cells("department", cover.published)
    return {
        row.id
        for (row, process), ids in cells.items()
        if ids or (row.id, process) in gaps
    }


@register
class DepartmentsWithoutRegulation(LiveQuery):
    """Departments of the CRM project whose people keep no published regulation."""

    code = "departments_without_regulation"
    label = _lt("Departments of the project without a regulation")

    def values(self, rollouts):
        bare = self._bare(rollouts)
        return {rollout: len(departments) for rollout, departments in bare.items()}

    @staticmethod
    def _bare(rollouts):
        """``{rollout: departments without any regulation or explanation}``."""
        covered = {
            company: _covered_departments(Cover(company.env, company))
            for company in rollouts.sudo().company_id
        }
        return {
            rollout.with_env(rollouts.env): departments.filtered(
                lambda department, known=covered[rollout.company_id]: (
                    department.id not in known
                )
            )
            for rollout, departments in rollouts.sudo()._departments_in_scope().items()
        }

    def offenders(self, rollout):
        return "hr.department", [("id", "in", self._bare(rollout)[rollout].ids)]


class _PublishedFlaw(LiveQuery):
    """Base: how many published regulations of a company have a flaw."""

    model = "crm.regulation"

    def _by_company(self, companies):
        return {company.id: len(self._flawed(company)) for company in companies}

    def offenders(self, rollout):
        flawed = self._flawed(rollout.company_id.sudo())
        return self.model, [("id", "in", list(flawed))]

    def _flawed(self, company):
        """Ids of the records with the flaw."""
        raise NotImplementedError

    @staticmethod
    def _published(company):
        return company.env["crm.regulation"].search(
            [("company_id", "=", company.id), ("state", "=", "published")]
        )


@register
class CarelessSteps(_PublishedFlaw):
    """Steps in force without a limit, a responsible person or a proof of the system."""

    code = "careless_steps"
    label = _lt("Steps without a limit, a responsible person or a proof")
    model = "crm.regulation.step"

    def _flawed(self, company):
        cover = Cover(company.env, company)
        return set(cover.careless_steps()) & set(cover.published.step_ids.ids)


@register
class UntriedRegulations(_PublishedFlaw):
    """Published regulations that were never tried on the company's own past."""

    code = "untried_regulations"
    label = _lt("Regulations in force that were never tried on the past")

    def _flawed(self, company):
        published = self._published(company)
        return published.filtered(lambda r: r.realism == "untried").ids


@register
class PaperRegulations(_PublishedFlaw):
    """Published regulations that are 30 days in force and have never started."""

    code = "paper_regulations"
    label = _lt("Regulations that never started in 30 days (only paper)")

    def _flawed(self, company):
        return Cover(company.env, company).paper().get(NEVER_FIRED, [])


@register
class OrphanRegulations(_PublishedFlaw):
    """Published regulations without an owner who still works in the company."""

    code = "orphan_regulations"
    label = _lt("Regulations in force whose owner has left")

    def _flawed(self, company):
        return (
            self._published(company)
            .filtered(
                lambda r: (
                    not r.owner_id.active
                    or r.owner_id.share
                    or company not in r.owner_id.company_ids
                )
            )
            .ids
        )


@register
class UncontrolledRegulations(_PublishedFlaw):
    """Published regulations that nobody checks."""

    code = "uncontrolled_regulations"
    label = _lt("Regulations in force that nobody checks")

    def _flawed(self, company):
        return self._published(company).filtered(lambda r: not r.control_by).ids


@register
class ControlsDone(LiveQuery):
    """How many checks of regulations were carried out, not only planned."""

    code = "controls_done"
    label = _lt("Checks of regulations that were carried out")

    def _by_company(self, companies):
        rows = companies.env["crm.regulation.check"]._read_group(
            [("company_id", "in", companies.ids), ("state", "=", "done")],
            ["company_id"],
            ["__count"],
        )
        counts = {company.id: count for company, count in rows}
        return {company.id: counts.get(company.id, 0) for company in companies}

    def offenders(self, rollout):
        return "crm.regulation.check", [
            ("company_id", "=", rollout.company_id.id),
            ("state", "=", "open"),
        ]


@register
class AcknowledgedPercent(LiveQuery):
    """Share of those asked to read a regulation in force who say they have."""

    code = "acknowledged_percent"
    label = _lt("Regulations read by those who must read them, %")
    unit = "%"

    def _by_company(self, companies):
        rows = companies.env["crm.regulation.acknowledgement"]._read_group(
            self._asked(companies),
            ["company_id"],
            ["__count", "date_read:count"],
        )
        shares = {
            company.id: 100 * read / asked for company, asked, read in rows if asked
        }
        return {company.id: shares.get(company.id) for company in companies}

    @staticmethod
    def _asked(companies):
        return (
            Domain("company_id", "in", companies.ids)
            & Domain("regulation_state", "=", "published")
            & Domain("user_id.active", "=", True)
        )

    def offenders(self, rollout):
        unread = self._asked(rollout.company_id) & Domain("date_read", "=", False)
        return "crm.regulation.acknowledgement", list(unread)


@register
class CaptureRatePercent(LiveQuery):
    """Share of calls, meetings and leads of 30 days that were logged with an outcome.

    Without it a person who logs nothing would keep every promise.
    """

    code = "capture_rate_percent"
    label = _lt("Calls, meetings and leads logged with an outcome in 30 days, %")
    unit = "%"

    def _by_company(self, companies):
        return {company.id: self._percent(company) for company in companies}

    def _percent(self, company):
        happened = logged = 0
        for model, everything, with_outcome in self._captured(company).values():
            records = company.env[model]
            happened += records.search_count(everything)
            logged += records.search_count(with_outcome)
        return 100 * logged / happened if happened else None

    @staticmethod
    def _captured(company):
        now = fields.Datetime.now()
        env = company.with_context(allowed_company_ids=company.ids).env
        return captured(env, now - timedelta(days=CAPTURE_DAYS), now)

    def offenders(self, rollout):
        """The calls without an outcome: they are the most, and the easiest to mend."""
        model, calls, logged = self._captured(rollout.company_id.sudo())["calls"]
        return model, list(calls & ~logged)
