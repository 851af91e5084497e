"""The roster of a company, read once."""

from functools import cached_property

from ..core.roster import Duty, on_duty


class Duties:
    """Who is on duty in a company.

    :param env: superuser environment
    :param company: a res.company record
    """

    def __init__(self, env, company):
        self.env = env
        self.company = company

    def users(self, rule, instant):
        """Who owes what a rule promises then, those first who are meant most.

        :param rule: a :class:`~.rules.Rule`
        :param instant: naive UTC
        """
        regulation = self.env["crm.regulation"].browse(rule.regulation_id)
        ids = on_duty(self._roster, instant, rule.process, regulation.code)
        return self.env["res.users"].browse(ids)

    @cached_property
    def _roster(self):
        rows = self.env["crm.duty"].search([("company_id", "=", self.company.id)])
        return [row_of(row) for row in rows]


def row_of(duty):
    """A row of the roster as :mod:`core.roster` sees it."""
    return Duty(
        duty.id,
        duty.user_id.id,
        duty.date_from,
        duty.date_until or None,
        duty.process or "",
        duty.regulation_code or "",
    )
