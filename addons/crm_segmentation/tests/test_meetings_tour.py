from datetime import timedelta

from odoo import Command, fields
from odoo.tests import HttpCase, new_test_user, tagged


@tagged("post_install", "-at_install")
class TestMeetingsTour(HttpCase):
    def test_one_tap(self):
        """A salesperson says how two meetings ended, one tap each."""
        self.env["res.lang"]._activate_lang("en_US")
        company = self.env.ref("base.main_company")
        user = new_test_user(
            self.env,
            login="meeting_seller",
            groups="base.group_user,sales_team.group_sale_salesman",
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
            lang="en_US",
        )
        clinic = self.env["res.partner"].create(
            {"name": "Clinic of the tour", "is_company": True}
        )
        ended = fields.Datetime.now() - timedelta(hours=1)
        events = self.env["calendar.event"].create(
            [
                {
                    "name": f"{what} of the tour",
                    "start": ended - timedelta(hours=1),
                    "stop": ended,
                    "user_id": user.id,
                    "partner_ids": [Command.set((user.partner_id | clinic).ids)],
                }
                for what in ("Reagents", "Gloves")
            ]
        )
        self.start_tour(
            "/odoo/meetings-to-confirm", "crm_segmentation_meetings", login=user.login
        )
        self.assertEqual(events.mapped("outcome"), ["held", "no_show"])
        self.assertEqual(
            set(clinic.interaction_ids.mapped("outcome")), {"held", "no_show"}
        )
