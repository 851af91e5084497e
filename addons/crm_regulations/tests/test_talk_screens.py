from datetime import timedelta

from odoo import fields
from odoo.tests import HttpCase, tagged

from .test_after_meeting import MeetingCommon
from .test_roles_daily import DepartmentCommon
from .test_service_queue import QueueCommon

PHONE = "390x844"


class _Screens(HttpCase):
    def _tour(self, path, name, user, size="1366x768"):
        self.browser_size = size
        self.start_tour(path, name, login=user.login)


@tagged("post_install", "-at_install")
class TestMeetingScreens(_Screens, MeetingCommon):
    def setUp(self):
        super().setUp()
        self.ended = fields.Datetime.now() - timedelta(minutes=5)
        self.event = self._meeting(
            self.doctor,
            start=self.ended - timedelta(minutes=20),
            stop=self.ended,
            opportunity_id=self.lead.id,
        )
        self._commit()

    def _assert_all_is_there(self):
        self.assertEqual(self.event.outcome, "held")
        self.assertIn("two analysers", self.event.notes)
        agreement = self.event.agreement_ids
        self.assertEqual(agreement.name, "Send the offer")
        self.assertEqual(agreement.activity_id.res_id, self.lead.id)
        owed = self._all()
        self.assertEqual((owed.state, owed.evidence_grade), ("done_on_time", "system"))

    def test_after_a_meeting(self):
        self._tour(
            "/odoo/meetings-to-confirm", "crm_regulations_after_meeting", self.sales
        )
        self._assert_all_is_there()

    def test_after_a_meeting_on_a_phone(self):
        self._tour(
            "/odoo/meetings-to-confirm",
            "crm_regulations_after_meeting_phone",
            self.sales,
            PHONE,
        )
        self._assert_all_is_there()

    def test_in_the_calendar(self):
        self._tour("/odoo/calendar", "crm_regulations_meeting_popover", self.sales)
        self.assertEqual(self.event.outcome, "held")


@tagged("post_install", "-at_install")
class TestQueueScreens(_Screens, QueueCommon):
    def setUp(self):
        super().setUp()
        self.duty.user_id = self.sales
        self._talk(
            type_id=self.service.id,
            name="Error 42",
            date=fields.Datetime.now() - timedelta(minutes=5),
        )

    def test_service_person(self):
        self._tour(
            "/odoo/service-queue", "crm_regulations_service_queue", self.technician
        )
        owed = self._all()
        self.assertEqual(owed.user_id, self.technician)
        self.assertEqual((owed.state, owed.evidence_grade), ("done_on_time", "system"))

    def test_service_person_on_a_phone(self):
        self._tour(
            "/odoo/service-queue",
            "crm_regulations_service_queue_phone",
            self.technician,
            PHONE,
        )
        owed = self._all()
        self.assertEqual(owed.user_id, self.technician)
        self.assertEqual(owed.evidence_grade, "attested")

    def test_roster(self):
        self._tour("/odoo/duty-roster", "crm_regulations_duty", self.manager)
        duty = self.env["crm.duty"].search(
            [("company_id", "=", self.company.id)], limit=1
        )
        self.assertEqual((duty.user_id, duty.date_until), (self.manager, False))
        self.assertEqual(duty.company_id, self.company)


@tagged("post_install", "-at_install")
class TestHeadScreens(_Screens, DepartmentCommon):
    def test_head_excuses(self):
        self._talk(date=fields.Datetime.now())
        self._tour("/odoo/promises", "crm_regulations_head_excuses", self.head)
        self.assertEqual(self._owed(self.regulation).state, "excused")
