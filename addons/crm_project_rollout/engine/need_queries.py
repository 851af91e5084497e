"""Live queries of stages 1 and 2: problems, fit, people, money, the opening."""

from odoo import fields
from odoo.tools.translate import LazyTranslate

from .queries import LiveQuery, register

_lt = LazyTranslate(__name__)


def percent(part, whole):
    """Part of a whole in percent; None when there is nothing to measure yet."""
    return 100 * part / whole if whole else None


class _OwnRecords(LiveQuery):
    """A figure of records of the rollout itself: ``model`` is what an offender is."""

    model = None

    def values(self, rollouts):
        return {rollout: self._of(rollout) for rollout in rollouts.sudo()}

    def offenders(self, rollout):
        return self.model, [("id", "in", self._missing(rollout.sudo()).ids)]

    def _of(self, rollout):
        """The figure of one rollout, its records fetched for all at once."""
        raise NotImplementedError

    def _missing(self, rollout):
        """The records that stand in the way."""
        raise NotImplementedError


@register
class ProblemsWithOwner(_OwnRecords):
    """How many problems are written down and have an owner who works here."""

    code = "problems_with_owner"
    label = _lt("Problems that have an owner")
    model = "crm.rollout.problem"

    def _of(self, rollout):
        return len(rollout.problem_ids - self._missing(rollout))

    def _missing(self, rollout):
        return rollout.problem_ids.filtered(lambda line: not line.owner_id.active)


@register
class ProblemsWithOwnerPercent(ProblemsWithOwner):
    """Share of the problems that have an owner who works here."""

    code = "problems_with_owner_percent"
    label = _lt("Problems that have an owner, %")
    unit = "%"

    def _of(self, rollout):
        return percent(super()._of(rollout), len(rollout.problem_ids))


@register
class ProblemsAboutCustomers(_OwnRecords):
    """How many problems are about relations with customers, wholly."""

    code = "problems_about_customers"
    label = _lt("Problems about relations with customers")
    model = "crm.rollout.problem"

    def _of(self, rollout):
        return len(rollout.problem_ids - self._missing(rollout))

    def _missing(self, rollout):
        return rollout.problem_ids.filtered(lambda p: p.about_customers != "yes")


@register
class FitDecided(_OwnRecords):
    """1 when the sponsor has decided that this is a CRM project."""

    code = "fit_decided"
    label = _lt("The sponsor has decided on fit (1 = yes)")
    model = "crm.rollout"

    def _of(self, rollout):
        return int(rollout.fit_decision_id.decision == "is_crm")

    def _missing(self, rollout):
        return rollout.browse() if self._of(rollout) else rollout


class _Departments(_OwnRecords):
    """Share of the departments in scope for which something is there."""

    model = "crm.rollout.department"
    unit = "%"

    def _of(self, rollout):
        lines = rollout.department_line_ids
        return percent(len(lines - self._missing(rollout)), len(lines))


@register
class DepartmentsWithHoursPercent(_Departments):
    """Departments in scope that give a named person of their own with hours."""

    code = "departments_with_hours_percent"
    label = _lt("Departments that give a named person with hours, %")

    def _missing(self, rollout):
        return rollout.department_line_ids.filtered(
            lambda line: not any(line._people().mapped("hours_planned"))
        )


@register
class ExpertsPercent(_Departments):
    """Departments in scope that have a subject expert in the team."""

    code = "experts_percent"
    label = _lt("Departments that have a subject expert, %")

    def _missing(self, rollout):
        return rollout.department_line_ids.filtered(
            lambda line: "expert" not in line._people().mapped("role")
        )


@register
class DeputyNamed(_OwnRecords):
    """1 when a deputy coordinator is named who works here."""

    code = "deputy_named"
    label = _lt("A deputy coordinator is named and active (1 = yes)")
    model = "crm.rollout.member"

    def _of(self, rollout):
        deputies = rollout.member_ids.filtered(lambda line: line.role == "deputy")
        # Who has become coordinator in the meantime does not stand in any more.
        others = deputies.user_id - rollout.coordinator_id
        return int(any(others.mapped("active")))

    def _missing(self, rollout):
        return rollout.member_ids.filtered(
            lambda line: line.role == "deputy" and not line.user_id.active
        )


class _Opening(_OwnRecords):
    """Share of the people invited to any opening meeting; each person counts once."""

    model = "crm.rollout.kickoff.attendee"
    unit = "%"

    def _of(self, rollout):
        lines = rollout.kickoff_ids.attendee_ids
        reached = (lines - self._missing(rollout)).partner_id
        return percent(len(reached), len(lines.partner_id))

    def _missing(self, rollout):
        lines = rollout.kickoff_ids.attendee_ids
        reached = lines.filtered(self._is_reached).partner_id
        return lines.filtered(lambda line: line.partner_id not in reached)

    @staticmethod
    def _is_reached(line):
        raise NotImplementedError


@register
class KickoffAttendancePercent(_Opening):
    """Invited people who came to the opening."""

    code = "kickoff_attendance_percent"
    label = _lt("Invited people who came to the opening, %")

    @staticmethod
    def _is_reached(line):
        return line.attended


@register
class KickoffReachedPercent(_Opening):
    """Invited people who came, or have confirmed that they read the minutes."""

    code = "kickoff_reached_percent"
    label = _lt("Invited people who came to the opening or read its minutes, %")

    @staticmethod
    def _is_reached(line):
        return line.attended or line.is_acknowledged


@register
class BudgetSpentPercent(_OwnRecords):
    """Money spent of the money planned."""

    code = "budget_spent_percent"
    label = _lt("Budget spent, %")
    unit = "%"
    model = "crm.rollout.budget"

    def _of(self, rollout):
        return percent(rollout.budget_spent, rollout.budget_planned)

    def _missing(self, rollout):
        return rollout.budget_ids


@register
class HighRisksUnanswered(_OwnRecords):
    """Open high risks without an owner and a response, or with one that is too late."""

    code = "high_risks_unanswered"
    label = _lt("High risks that nobody answers")
    model = "crm.rollout.risk"

    def _of(self, rollout):
        return len(self._missing(rollout))

    def _missing(self, rollout):
        today = fields.Date.context_today(rollout)
        return rollout.risk_ids.filtered(
            lambda risk: risk.level == "high" and risk._is_unanswered(today)
        )
