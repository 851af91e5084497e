"""Who has which role for a promise: deputy, leaders, managers, coordinator, owner.

Nothing is asked for each promise: whoever owes in a company is looked up with all the
others.
"""

from collections import defaultdict

from ..core.ladder import ROLES, first_on
from .presence import Presence, employees_of

COORDINATOR = "crm_segmentation.group_crm_coordinator"
# Nobody has so many managers above; two who are each other's do.
_HIGHEST = 20


class Ladder:
    """The people around some promises.

    :param obligations: crm.obligation records, superuser environment
    :param presence: a :class:`~.presence.Presence`
    """

    def __init__(self, obligations, presence=None):
        self.env = obligations.env
        self.presence = presence or Presence(self.env)
        self._employees = {}
        self._coordinators = {}
        for company, some in obligations.grouped("company_id").items():
            found = employees_of(self.env, some.user_id, company)
            self._employees[company] = found
            self._coordinators[company] = self._coordinators_of(company)

    def person(self, obligation, role, told=()):
        """The first one from a rung upwards who is there.

        :param obligation: the promise
        :param role: see :data:`~..core.ladder.ROLES`
        :param told: ids of users that are left out
        :return: a res.users record, the deputy of somebody who is away; nobody if
            nobody is left, up to the owner of the regulation
        """
        company, holders = obligation.company_id, self._holders
        people = {
            # Only as far up as it takes.
            name: (self.presence.present(user, company).id for user in users)
            for name in ROLES
            for users in [holders(obligation, name)]
        }
        return self.env["res.users"].browse(first_on(role, people, told) or [])

    def _holders(self, obligation, role):
        """Who has a role, whether there or not, the nearest first."""
        user, owner = obligation.user_id, obligation.regulation_id.owner_id
        if role == "responsible":
            yield user
        elif role == "deputy":
            yield self._deputy(user)
        elif role == "team_leader":
            yield obligation.lead_id.team_id.user_id
            yield user.sale_team_id.user_id
        elif role == "coordinator":
            yield from self._coordinator(obligation.company_id, owner)
        elif role == "owner":
            yield owner
        else:
            employee = self._employees[obligation.company_id][user.id]
            for manager in self._managers(employee, role):
                yield manager.user_id

    def _managers(self, employee, role):
        """The head of the department, else the own manager; or who is above them."""
        heads, chain = list(_heads(employee.department_id)), list(_above(employee))
        if role == "department_manager":
            return [*heads, *chain[:1]]
        return [*chain[1:], *(manager for head in heads for manager in _above(head))]

    def _deputy(self, user):
        """Who stands in now, else the standing deputy."""
        away = self.presence.away.get(user.id)
        return user.browse(away) if away else user.crm_deputy_id

    def _coordinator(self, company, owner):
        coordinators = self._coordinators[company]
        return [owner] if owner in coordinators else coordinators[:1]

    def _coordinators_of(self, company):
        group = self.env.ref(COORDINATOR)
        found = self.env["res.users"].search(
            [("all_group_ids", "in", group.ids), ("company_ids", "in", company.ids)],
            order="id",
        )
        # Administrators have every role; the work is somebody else's.
        return found.sorted(lambda user: user.has_group("base.group_system"))


def _above(employee):
    """The managers above an employee, the nearest first."""
    seen, manager = employee, employee.parent_id
    while manager and manager not in seen and len(seen) < _HIGHEST:
        yield manager
        seen |= manager
        manager = manager.parent_id


def _heads(department):
    """The manager of a department, and of those that it belongs to."""
    seen = department.browse()
    while department and department not in seen and len(seen) < _HIGHEST:
        if department.manager_id:
            yield department.manager_id
        seen |= department
        department = department.parent_id


def by_role(obligations, role, presence=None):
    """The person of a role for each of some promises.

    :param obligations: crm.obligation records
    :param role: see :data:`~..core.ladder.ROLES`
    :return: res.users record → its promises; nobody is a key as well
    """
    ladder = Ladder(obligations, presence)
    found = defaultdict(lambda: obligations.browse())
    for obligation in obligations:
        found[ladder.person(obligation, role)] |= obligation
    return found
