from datetime import timedelta

from odoo import Command

from .common import instant
from .people_common import PeopleCommon

MAY = {"date_from": "2026-05-01", "date_to": "2026-05-31"}


class BoardCommon(PeopleCommon):
    """A regulation and promises of it that ended in every way, by hand."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.regulation = cls._regulation(
            {"limit_unit": "hour"},
            mode="silent",
            interaction_type_ids=[Command.set(cls.materials.ids)],
        )
        cls.rows = cls.env["crm.obligation.report"]

    @classmethod
    def _end(cls, state, user=None, due="2026-05-06 10:00:00", minutes=0, **values):
        """A promise that ended like this so many minutes after its beginning."""
        cls.number = getattr(cls, "number", 0) + 1
        start = instant(due) - timedelta(hours=4)
        done = state.startswith("done") and start + timedelta(minutes=minutes)
        return cls.env["crm.obligation"].create(
            {
                "regulation_id": cls.regulation.id,
                "step_id": cls.regulation.step_ids.id,
                "fact_key": f"by hand {cls.number}",
                "res_model": "res.partner",
                "res_id": cls.customer.id,
                "partner_id": cls.customer.id,
                "user_id": (cls.sales if user is None else user).id,
                "company_id": cls.company.id,
                "evidence_kind": "manual",
                "date_fact": start,
                "date_start": start,
                "date_due": due,
                "date_done": done,
                "date_end": False if state in ("open", "breached") else done or due,
                "state": state,
                **values,
            }
        )

    def _board(self, user=None, **values):
        asked = self.rows.with_user(user or self.manager)
        return asked.control_board(**{**MAY, **values})
