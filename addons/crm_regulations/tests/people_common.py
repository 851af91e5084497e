from odoo import Command

from .common import RegulationsCommon, instant

MONDAY = "2026-05-04 09:00:00"


class PeopleCommon(RegulationsCommon):
    """A seller with a team, a department and managers above, and letters to them.

    One promise from Monday 9:00: warned at 12:00, due at 14:00.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.leader = cls._user("leader", "sales_team.group_sale_salesman_all_leads")
        cls.head = cls._user("head", "base.group_user")
        cls.director = cls._user("director", "base.group_user")
        cls.deputy = cls._user("deputy", "sales_team.group_sale_salesman")
        director = cls._employee(cls.director)
        head = cls._employee(cls.head, parent_id=director.id)
        cls.department = cls.env["hr.department"].create(
            {"name": "Sales", "manager_id": head.id, "company_id": cls.company.id}
        )
        cls.employee = cls._employee(
            cls.sales, parent_id=head.id, department_id=cls.department.id
        )
        cls.team = cls.env["crm.team"].create(
            {
                "name": "North",
                "user_id": cls.leader.id,
                "company_id": cls.company.id,
                "crm_team_member_ids": [Command.create({"user_id": cls.sales.id})],
            }
        )

    @classmethod
    def _employee(cls, user, **values):
        return cls.env["hr.employee"].create(
            {
                "name": user.name,
                "user_id": user.id,
                "company_id": cls.company.id,
                "resource_calendar_id": cls.calendar.id,
                **values,
            }
        )

    @classmethod
    def _ladder(cls, *roles, mode="escalate", **values):
        """A regulation that tells these one, two, … working hours after the breach."""
        rungs = [
            Command.create({"value": place, "unit": "work_hour", "whom": role})
            for place, role in enumerate(roles, 1)
        ]
        return cls._regulation({"rung_ids": rungs}, mode=mode, **values)

    def _open(self, regulation=None, at=MONDAY, **values):
        regulation = regulation or self._regulation(mode=values.pop("mode", "remind"))
        before = self._owed(regulation)
        with self._at(at):
            self._talk(**{"date": at, **values})
        return self._owed(regulation) - before

    def _mails(self, user=None):
        """The letters in the queue, of one person or of all."""
        mails = self.env["mail.mail"].search([("state", "=", "outgoing")], order="id")
        if user is None:
            return mails
        partner = getattr(user, "partner_id", user)
        return mails.filtered(lambda mail: partner in mail.recipient_ids)

    def _notices(self, owed, kind=None):
        notices = owed.notice_ids
        return notices.filtered(lambda n: n.kind == kind) if kind else notices

    def _away(self, user, deputy, start, end, **values):
        return self.env["crm.absence"].create(
            {
                "user_id": user.id,
                "deputy_id": deputy.id,
                "date_from": start,
                "date_until": end,
                "company_id": self.company.id,
                **values,
            }
        )

    def _kinds(self, owed):
        return owed.event_ids.sorted("id").mapped("kind")

    def _notes(self, owed, kind):
        events = owed.event_ids.filtered(lambda event: event.kind == kind)
        return events.sorted("id").mapped("note")


__all__ = ["MONDAY", "PeopleCommon", "instant"]
