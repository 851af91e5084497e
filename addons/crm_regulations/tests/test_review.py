from odoo.exceptions import AccessError, UserError
from odoo.fields import Date
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import RegulationsCommon


@tagged("post_install", "-at_install")
class TestReview(RegulationsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.regulation = cls._regulation(date_review="2026-06-01")

    def _daily(self, day):
        with self._at(f"{day} 05:00:00"), self.enter_registry_test_mode():
            self.env.ref("crm_regulations.ir_cron_life").method_direct_trigger()
        self.env.invalidate_all()

    def _asked(self, regulation=None):
        regulation = regulation or self.regulation
        return regulation.activity_ids.filtered("crm_regulation_review")

    def test_a_year_later_by_default(self):
        with self._at("2026-05-04 09:00:00"):
            self.assertEqual(self._regulation().date_review, Date.to_date("2027-05-04"))
        self.assertEqual(self.regulation.date_review, Date.to_date("2026-06-01"))

    def test_the_owner_is_asked_once(self):
        self._daily("2026-05-31")
        self.assertFalse(self._asked())
        for day in ("2026-06-01", "2026-06-02", "2026-07-01"):
            self._daily(day)
        activity = self._asked()
        self.assertRecordValues(
            activity,
            [
                {
                    "user_id": self.coordinator.id,
                    "summary": "Is the regulation still valid?",
                    "date_deadline": Date.to_date("2026-06-01"),
                }
            ],
        )
        self.assertFalse(self.env["mail.mail"].search([("res_id", "=", activity.id)]))
        activity.unlink()
        self._daily("2026-07-02")
        self.assertFalse(self._asked(), "of this day the owner was told")
        self.regulation.with_user(self.coordinator).date_review = "2026-07-03"
        self._daily("2026-07-03")
        self.assertEqual(len(self._asked()), 1)

    def test_without_an_owner_who_is_there(self):
        self.regulation.write({"owner_id": False, "author_id": self.manager.id})
        self._daily("2026-06-01")
        self.assertEqual(self._asked().user_id, self.manager)
        alone = self._regulation(date_review="2026-06-02")
        alone.write({"owner_id": False, "author_id": False})
        self._daily("2026-06-02")
        self.assertFalse(self._asked(alone))

    def test_only_what_is_in_force(self):
        draft = self._draft(date_review="2026-06-01")
        self._daily("2026-06-01")
        self.assertFalse(self._asked(draft))
        self.assertTrue(self._asked())
        self.regulation.action_retire()
        self.assertFalse(self._asked(), "nobody is asked about what is over")

    def test_in_the_language_of_the_owner(self):
        self.env["res.lang"]._activate_lang("ru_RU")
        self.coordinator.lang = "ru_RU"
        self._daily("2026-06-01")
        russian = self.env(context={"lang": "ru_RU"})
        self.assertEqual(
            self._asked().summary, russian._("Is the regulation still valid?")
        )

    def test_still_valid(self):
        self._daily("2026-06-01")
        owned = self.regulation.with_user(self.coordinator)
        with self._at("2026-06-10 09:00:00"):
            self.assertTrue(owned.is_review_due)
            self.assertIs(owned.action_still_valid(), True)
            self.assertFalse(owned.is_review_due)
        self.assertEqual(owned.date_review, Date.to_date("2027-06-10"))
        self.assertFalse(self._asked().filtered("active"))
        said = " ".join(owned.message_ids.mapped("body"))
        self.assertIn("Still valid. It is looked at again on 2027-06-10.", said)

    def test_roles(self):
        for user in (self.manager, self.coordinator):
            self.regulation.with_user(user).action_still_valid()
        for user in (self.sales, self.integration):
            with self.assertRaisesRegex(AccessError, "^crm_regulations.owner_only: "):
                self.regulation.with_user(user).action_still_valid()
            with self._at("2028-06-01 09:00:00"):
                self.assertFalse(self.regulation.with_user(user).is_review_due)
        self.regulation.owner_id = self.sales
        self.regulation.with_user(self.sales).action_still_valid()
        with self.assertRaisesRegex(UserError, "^crm_regulations.wrong_state: "):
            self._draft().with_user(self.coordinator).action_still_valid()

    def test_second_company(self):
        other = self.env["res.company"].create({"name": "South Med"})
        stranger = self._user("south", "crm_segmentation.group_crm_coordinator", other)
        env = self.env(user=stranger, context={"allowed_company_ids": other.ids})
        with self.assertRaises(AccessError), mute_logger("odoo.models"):
            self.regulation.with_env(env).action_still_valid()
