"""Who is there, who is away, and who stands in."""

from collections import defaultdict

from odoo import fields

from ..core.absence import stand_in


class Presence:
    """Who does whose work at an instant.

    Nobody away costs no query: absences are remembered in the registry.

    :param env: superuser environment
    :param now: naive UTC; None for now
    """

    def __init__(self, env, now=None):
        self.env = env
        self.away = {
            user_id: deputy_id
            for user_id, spans in env["crm.absence"]._roster().items()
            for start, end, deputy_id in spans
            if start <= (now or fields.Datetime.now()) < end
        }
        self._able = {}

    def able(self, user, company):
        """Whether somebody can owe promises of a company, and so be told of them."""
        key = user.id, company.id
        if key not in self._able:
            self._able[key] = can_owe(user, company)
        return self._able[key]

    def stand_in(self, user, company, owner):
        """Who does somebody's work.

        :param user: a res.users record
        :param company: for which company
        :param owner: who does it if the line of deputies ends with nobody
        :return: the person or one who stands in; the person as well if nobody can
        """
        if user.id not in self.away:
            return user
        found = user.browse(
            stand_in(
                user.id,
                self.away,
                lambda id_: self.able(user.browse(id_), company),
            )
            or []
        )
        if found:
            return found
        return owner if self.able(owner, company) else user

    def present(self, user, company):
        """The same without an owner: nobody if nobody who can is there."""
        id_ = stand_in(
            user.id, self.away, lambda id_: self.able(user.browse(id_), company)
        )
        found = user.browse(id_ or [])
        return found if self.able(found, company) else user.browse()


def can_owe(user, company):
    """Whether a user can owe promises of a company."""
    return bool(
        user
        and user.active
        and user._is_internal()
        # A program that logs for people owes nobody anything.
        and not user.has_group("crm_segmentation.group_crm_integration")
        and company in user.company_ids
    )


def employees_of(env, users, company):
    """The employees behind users of a company.

    :param env: superuser environment
    :param users: res.users records
    :param company: the company
    :return: id of the user → hr.employee record
    """
    found = defaultdict(lambda: env["hr.employee"])
    employees = env["hr.employee"].search(
        [("user_id", "in", users.ids), ("company_id", "=", company.id)], order="id desc"
    )
    for employee in employees:
        found[employee.user_id.id] = employee
    return found
