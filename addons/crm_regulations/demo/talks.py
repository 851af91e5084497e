"""A meeting that waits for its word, a missed call, and who is on duty.

Both regulations about them are in force in the demo company.
"""

from datetime import timedelta

from odoo import Command, fields

from ..engine.opening import open_told


class Talks:
    """Loads them once.

    :param promises: the :class:`~.promises.Promises` that are being loaded
    """

    def __init__(self, promises):
        self.env = promises.env
        self.company = promises.company
        self.sales = promises.sales
        self.manager = promises.manager
        self.coordinator = promises.coordinator
        self.customers = promises._customers()
        self.now = fields.Datetime.now()

    def load(self):
        """The duty roster, the regulations in force, a meeting and a call."""
        self._duty()
        self._publish()
        self._meeting()
        call = self._call()
        open_told(self.env, "crm.interaction", call.ids, {})

    def _duty(self):
        self.env["crm.duty"].create(
            {
                "user_id": self.sales.id,
                "date_from": self.now - timedelta(days=90),
                "company_id": self.company.id,
            }
        )

    def _publish(self):
        regulations = self.env["crm.regulation"].search(
            [
                ("company_id", "=", self.company.id),
                ("code", "in", ("after_meeting", "missed_call")),
            ]
        )
        regulations.write(
            {
                "mode": "remind",
                "owner_id": self.coordinator.id,
                "author_id": self.coordinator.id,
                "approver_id": self.manager.id,
            }
        )
        regulations.action_publish()

    def _meeting(self):
        """Over since an hour; nobody has said yet how it ended."""
        end = self.now.replace(second=0) - timedelta(hours=1)
        people = self.sales.partner_id | self.customers[2]
        self.env["calendar.event"].with_context(no_mail_to_attendees=True).create(
            {
                "name": self.env._("Demonstration of the analyser"),
                "start": end - timedelta(hours=1),
                "stop": end,
                "user_id": self.sales.id,
                "partner_ids": [Command.set(people.ids)],
            }
        )

    def _call(self):
        return self.env["crm.interaction"].create(
            {
                "type_id": self.env.ref("crm_segmentation.interaction_type_call").id,
                "partner_id": self.customers[3].id,
                "phone": self.customers[3].phone,
                "origin": "call_log",
                "outcome": "missed",
                "user_id": self.sales.id,
                "company_id": self.company.id,
                "date": self.now - timedelta(minutes=10),
            }
        )
