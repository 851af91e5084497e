import contextlib
from contextlib import contextmanager

from freezegun import freeze_time

from odoo import Command, fields
from odoo.tools import SQL

from odoo.addons.crm_segmentation.tests.common import SegmentationCommon

MONDAY_9 = "2026-05-04 09:00:00"


def instant(text):
    return fields.Datetime.to_datetime(text)


class RegulationsCommon(SegmentationCommon):
    """A company that works from 8 to 12 and 13 to 17, and ways to make promises."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.calendar = cls._working_hours("Office")
        cls.company.resource_calendar_id = cls.calendar
        cls.customer = cls._partner("Clinic", email="clinic@example.com")
        cls.materials = cls.env.ref(
            "crm_segmentation.interaction_type_materials_request"
        )
        cls.service = cls.env.ref("crm_segmentation.interaction_type_service_request")

    @classmethod
    def _working_hours(cls, name, days=range(5), hours=((8, 12), (13, 17)), **values):
        return cls.env["resource.calendar"].create(
            {
                "name": name,
                "company_id": cls.company.id,
                "tz": "UTC",
                "attendance_ids": [Command.clear()]
                + [
                    Command.create(
                        {
                            "name": f"{day} {start}",
                            "dayofweek": str(day),
                            "hour_from": start,
                            "hour_to": end,
                            "day_period": "morning" if start < 12 else "afternoon",
                        }
                    )
                    for day in days
                    for start, end in hours
                ],
                **values,
            }
        )

    def _plan(self, query):
        """How PostgreSQL would read a query."""
        self.env.flush_all()
        rows = self.env.execute_query(SQL("EXPLAIN %s", query))
        return "\n".join(row for (row,) in rows)

    @classmethod
    def _draft(cls, *steps, **values):
        """A draft; without steps it promises an answer within 4 working hours."""
        return cls.env["crm.regulation"].create(
            {
                "name": "Answer requests",
                "company_id": cls.company.id,
                "owner_id": cls.coordinator.id,
                "mode": "remind",
                "step_ids": [
                    Command.create({"name": "Answer", **step}) for step in steps or [{}]
                ],
                **values,
            }
        )

    @classmethod
    def _regulation(cls, *steps, **values):
        """The same in force."""
        regulation = cls._draft(*steps, **values)
        regulation.action_publish()
        return regulation

    @classmethod
    def _on_leads(cls, *steps, **values):
        values = {"trigger_kind": "created", "res_model": "crm.lead", **values}
        return cls._regulation(*steps, **values)

    @classmethod
    def _on_requests(cls, **values):
        """Materials within two hours, as they are shipped."""
        step = {
            "limit_value": 2,
            "limit_unit": "hour",
            "evidence_domain": '["|", ("attachment_ids", "!=", False), '
            '("body", "ilike", "href=")]',
        }
        values.setdefault("interaction_type_ids", [Command.set(cls.materials.ids)])
        return cls._regulation(step, **values)

    @contextmanager
    def _at(self, text):
        """At an instant: Python's clock and the one of the database."""
        cursor = self.env.cr
        before = cursor._now
        with freeze_time(text):
            cursor._now = instant(text)
            try:
                yield instant(text)
            finally:
                cursor._now = before

    def _commit(self):
        """Do what is done before a commit."""
        self.env.cr.flush()

    def _sweep(self, now=None):
        """The cron that reminds, warns and marks, at an instant."""
        with contextlib.ExitStack() as stack:
            if now:
                stack.enter_context(self._at(now))
            self._commit()
            stack.enter_context(self.enter_registry_test_mode())
            self.env.ref("crm_regulations.ir_cron_sweep").method_direct_trigger()
        self.env.invalidate_all()

    def _talk(self, **values):
        """A customer asked for materials; what follows from it has happened."""
        talk = self._typed(**values)
        self._commit()
        return talk

    def _typed(self, **values):
        return self.env["crm.interaction"].create(
            {
                "type_id": self.materials.id,
                "partner_id": self.customer.id,
                "user_id": self.sales.id,
                "company_id": self.company.id,
                "date": MONDAY_9,
                **values,
            }
        )

    def _lead(self, **values):
        lead = self.env["crm.lead"].create(
            {
                "name": "Analyser",
                "partner_id": self.customer.id,
                "user_id": self.sales.id,
                "company_id": self.company.id,
                **values,
            }
        )
        self._commit()
        return lead

    def _owed(self, regulation):
        return self.env["crm.obligation"].search(
            [("regulation_id", "in", regulation.ids)], order="id"
        )

    def _promise(self, regulation=None, **values):
        """One open obligation about one talk."""
        regulation = regulation or self._regulation()
        self._talk(**values)
        return self._owed(regulation)

    def _write_to(self, record, user=None, attach=False, **values):
        """Somebody of us writes on the page of a record."""
        names = [("file.txt", b"text")] if attach else []
        message = (
            record.with_user(user or self.sales)
            .with_context(tracking_disable=True, mail_notify_force_send=False)
            .message_post(
                **{
                    "body": "Here it is",
                    "message_type": "comment",
                    "subtype_xmlid": "mail.mt_comment",
                    "attachments": names,
                    **values,
                }
            )
        )
        self._commit()
        return message

    def _incidents(self, regulation):
        return self.env["crm.regulation.incident"].search(
            [("regulation_id", "in", regulation.ids)]
        )
