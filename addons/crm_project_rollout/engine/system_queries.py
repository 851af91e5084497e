"""Live queries of stages 6 and 7: may the first day come, and has it worked?"""

from collections import defaultdict

from odoo.tools.translate import LazyTranslate

from ..core.training import trained_percent
from . import adoption
from .queries import LiveQuery, register

_lt = LazyTranslate(__name__)


class _OfRollout(LiveQuery):
    """Base: a figure about the records of the rollout itself."""

    model = None

    def _counts(self, rollouts, domain):
        rows = rollouts.env[self.model]._read_group(
            [("rollout_id", "in", rollouts.ids), *domain], ["rollout_id"], ["__count"]
        )
        return {rollout.id: count for rollout, count in rows}

    def _share(self, rollouts, domain):
        """Percent of the records of each rollout that fit a domain."""
        total, fitting = self._counts(rollouts, []), self._counts(rollouts, domain)
        return {
            rollout: 100 * fitting.get(rollout.id, 0) / total[rollout.id]
            if rollout.id in total
            else None
            for rollout in rollouts
        }


class _ShareMarked(_OfRollout):
    """Share of the records that carry a mark; those without it stand in the way.

    ``mark`` is the name of a stored checkbox of ``model``.
    """

    mark = None

    def values(self, rollouts):
        return self._share(rollouts, [(self.mark, "=", True)])

    def offenders(self, rollout):
        return self.model, [("rollout_id", "=", rollout.id), (self.mark, "=", False)]


@register
class LoadsSignedPercent(_ShareMarked):
    """Share of the data loads that somebody has counted and signed."""

    code = "loads_signed_percent"
    label = _lt("Data loads that are counted and signed, %")
    unit = "%"
    model = "crm.rollout.load"
    mark = "is_signed"


@register
class TrainedPercent(_OfRollout):
    """Share of the people who have passed a training, in the weakest role."""

    code = "trained_percent"
    label = _lt("People who have passed a training, weakest role, %")
    unit = "%"
    model = "crm.rollout.training.participant"

    def values(self, rollouts):
        roles = defaultdict(lambda: defaultdict(dict))
        for line in rollouts.env[self.model].search_fetch(
            [("rollout_id", "in", rollouts.ids)],
            ["rollout_id", "training_id", "user_id", "result"],
        ):
            people = roles[line.rollout_id.id][line.training_id.role]
            id_ = line.user_id.id
            people[id_] = people.get(id_, False) or line.result == "passed"
        people = adoption.workers(rollouts.company_id.sudo())
        return {
            rollout: trained_percent(
                people[rollout.company_id.id].ids, roles[rollout.id]
            )
            for rollout in rollouts
        }

    def offenders(self, rollout):
        """Whoever should work in the system or was invited, and has not passed."""
        company = rollout.company_id.sudo()
        lines = rollout.sudo().training_ids.participant_ids
        passed = lines.filtered(lambda line: line.result == "passed").user_id
        wanted = adoption.workers(company)[company.id] | lines.user_id
        return "res.users", [("id", "in", (wanted - passed).ids)]


@register
class OpenBlockers(_OfRollout):
    """Findings of the trial run that stop the work and are not solved."""

    code = "open_blockers"
    label = _lt("Findings of the trial run that stop the work")
    model = "crm.rollout.trial"
    _open = [("severity", "=", "1_blocker"), ("state", "=", "open")]

    def values(self, rollouts):
        """Nothing tried is nothing found out: no trial run, no figure."""
        tried, found = self._counts(rollouts, []), self._counts(rollouts, self._open)
        return {
            rollout: found.get(rollout.id, 0) if rollout.id in tried else None
            for rollout in rollouts
        }

    def offenders(self, rollout):
        return self.model, [("rollout_id", "=", rollout.id), *self._open]


@register
class CutoverReadyPercent(_ShareMarked):
    """Share of the steps of the first day with owner, time, check and way back."""

    code = "cutover_ready_percent"
    label = _lt("Steps of the first day that are complete, %")
    unit = "%"
    model = "crm.rollout.cutover"
    mark = "is_ready"


class _People(LiveQuery):
    """Base: how many people of a company something is true of."""

    def _found(self, companies):
        raise NotImplementedError

    def _by_company(self, companies):
        return {id_: len(users) for id_, users in self._found(companies).items()}

    def offenders(self, rollout):
        company = rollout.company_id.sudo()
        return "res.users", [("id", "in", self._found(company)[company.id].ids)]


@register
class AdminsWorking(_People):
    """Administrators who logged interactions or fulfilled promises in 30 days."""

    code = "admins_working"
    label = _lt("Administrators who do daily work")

    def _found(self, companies):
        return adoption.busy_administrators(companies)


@register
class UsersWithoutRole(_People):
    """People who owe or do something for customers without the rights for it."""

    code = "users_without_role"
    label = _lt("People who owe promises without the rights of a salesperson")

    def _found(self, companies):
        return adoption.without_role(companies)


@register
class ActiveUsersPercent(LiveQuery):
    """Share of those who should work in the system and did in the last 30 days."""

    code = "active_users_percent"
    label = _lt("People who worked in the system in 30 days, %")
    unit = "%"

    def _by_company(self, companies):
        months = adoption.last_days(companies)
        return {id_: month.active_percent for id_, month in months.items()}

    def offenders(self, rollout):
        company = rollout.company_id.sudo()
        idle = adoption.workers(company)[company.id] - adoption.active(company)
        return "res.users", [("id", "in", idle.ids)]


@register
class ActSigned(_OfRollout):
    """1 when the sponsor has signed the act of acceptance, else 0."""

    code = "act_signed"
    label = _lt("The act of acceptance is signed (1 = yes)")
    model = "crm.rollout.act"

    def values(self, rollouts):
        signed = self._counts(rollouts, [("is_signed", "=", True)])
        return {rollout: signed.get(rollout.id, 0) for rollout in rollouts}

    def offenders(self, rollout):
        return self.model, [("rollout_id", "=", rollout.id)]


@register
class HandoverAcknowledgedPercent(_ShareMarked):
    """Share of what is handed over that the new owner has acknowledged."""

    code = "handover_acknowledged_percent"
    label = _lt("Hand-overs that are acknowledged, %")
    unit = "%"
    model = "crm.rollout.handover"
    mark = "is_acknowledged"


@register
class NextReviewSet(LiveQuery):
    """1 when it is set when the company looks again, else 0."""

    code = "next_review_set"
    label = _lt("The date of the next review is set (1 = yes)")

    def values(self, rollouts):
        return {rollout: int(bool(rollout.date_review)) for rollout in rollouts}

    def offenders(self, rollout):
        return "crm.rollout", [("id", "=", rollout.id)]


@register
class ImprovementsListed(_OfRollout):
    """How many improvements are written down for later."""

    code = "improvements_listed"
    label = _lt("Improvements that are written down")
    model = "crm.rollout.improvement"

    def values(self, rollouts):
        counts = self._counts(rollouts, [])
        return {rollout: counts.get(rollout.id, 0) for rollout in rollouts}

    def offenders(self, rollout):
        return self.model, [("rollout_id", "=", rollout.id)]
