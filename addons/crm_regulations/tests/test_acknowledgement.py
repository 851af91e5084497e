from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import RegulationsCommon


@tagged("post_install", "-at_install")
class TestAcknowledgement(RegulationsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.seller = cls._user("second", "sales_team.group_sale_salesman")

    def _asking(self, *readers, **values):
        """A regulation in force that some people must read, asked on 4 May at 9."""
        people = self.env["res.users"].union(*readers)
        values = {"reader_ids": [Command.set(people.ids)], **values}
        with self._at("2026-05-04 09:00:00"):
            draft = self._draft(**values)
            draft.readers_chosen = bool(people)
            draft.action_publish()
        return draft

    def _daily(self, day):
        with self._at(f"{day} 10:00:00"), self.enter_registry_test_mode():
            self.env.ref("crm_regulations.ir_cron_life").method_direct_trigger()
        self.env.invalidate_all()

    def _reminders(self, regulation, user=None):
        activities = regulation.activity_ids.filtered("crm_regulation_reading")
        return activities.filtered(lambda a: not user or a.user_id == user)

    # --- who is asked ---------------------------------------------------------

    def test_all_salespeople_by_default(self):
        regulation = self._regulation()
        everybody = self.sales | self.seller | self.manager | self.coordinator
        self.assertEqual(regulation.reader_ids, everybody)
        self.assertEqual(regulation.acknowledgement_ids.user_id, everybody)
        self.assertNotIn(self.integration, regulation.reader_ids)

    def test_the_people_named_in_the_steps(self):
        fixed = {"responsible_kind": "fixed", "responsible_user_id": self.seller.id}
        self.assertEqual(self._regulation(fixed).reader_ids, self.seller)
        both = self._regulation(fixed, {})
        self.assertIn(self.sales, both.reader_ids)

    def test_chosen_readers(self):
        draft = self._draft().with_user(self.coordinator)
        draft.reader_ids = self.sales
        draft.sudo().action_publish()
        self.assertEqual(draft.acknowledgement_ids.user_id, self.sales)
        draft.reader_ids = [Command.link(self.seller.id)]
        self.assertEqual(draft.acknowledgement_ids.user_id, self.sales | self.seller)
        draft.with_user(self.sales).action_acknowledge()
        draft.reader_ids = self.manager
        self.assertEqual(
            draft.acknowledgement_ids.user_id, self.sales | self.manager,
            "what was read stays known; who is not to read any more is not asked",
        )  # fmt: skip

    def test_people_who_come_and_go(self):
        regulation = self._regulation()
        late = self._user("late", "sales_team.group_sale_salesman")
        self.seller.action_archive()
        self._daily("2026-05-05")
        self.assertIn(late, regulation.acknowledgement_ids.user_id)
        self.assertEqual(regulation.reader_count, 4, "five, and one has left")
        chosen = self._asking(self.sales)
        self._daily("2026-05-06")
        self.assertEqual(chosen.reader_ids, self.sales)

    def test_a_new_version_asks_anew(self):
        first = self._asking(self.sales)
        first.with_user(self.sales).action_acknowledge()
        action = first.with_user(self.coordinator).action_new_version()
        second = first.browse(action["res_id"])
        self.assertEqual(second.reader_ids, self.sales, "who was chosen, is again")
        self.assertFalse(second.acknowledgement_ids)
        second.action_publish()
        self.assertEqual(second.acknowledgement_ids.user_id, self.sales)
        self.assertFalse(second.acknowledgement_ids.date_read)
        self.assertTrue(first.acknowledgement_ids.date_read)
        third = self._regulation().copy()
        self.assertFalse(third.reader_ids, "found anew when it comes into force")

    # --- reading --------------------------------------------------------------

    def test_read(self):
        regulation = self._asking(self.sales, self.seller, self.manager)
        mine = regulation.with_user(self.sales)
        self.assertTrue(mine.must_read)
        with self._at("2026-05-04 12:00:00") as then:
            self.assertIs(mine.action_acknowledge(), True)
        with self._at("2026-05-05 12:00:00"):
            self.assertIs(mine.action_acknowledge(), True, "twice is once")
        read = regulation.acknowledgement_ids.filtered("date_read")
        self.assertEqual((read.user_id, read.date_read), (self.sales, then))
        self.assertFalse(mine.must_read)
        self.assertEqual((regulation.read_count, regulation.reader_count), (1, 3))
        self.assertEqual(regulation.acknowledged_percent, 33)

    def test_read_wrongly(self):
        regulation = self._asking(self.sales)
        with self.assertRaisesRegex(UserError, "^crm_regulations.not_a_reader: "):
            regulation.with_user(self.seller).action_acknowledge()
        self.assertFalse(regulation.with_user(self.seller).must_read)
        with self.assertRaisesRegex(UserError, "^crm_regulations.wrong_state: "):
            self._draft().with_user(self.sales).action_acknowledge()
        regulation.action_retire()
        self.assertFalse(regulation.with_user(self.sales).must_read)

    # --- reminders ------------------------------------------------------------

    def test_after_three_days_then_weekly(self):
        regulation = self._asking(self.sales, self.seller)
        regulation.with_user(self.seller).action_acknowledge()
        self._daily("2026-05-06")
        self.assertFalse(self._reminders(regulation))
        for day in ("2026-05-07", "2026-05-08"):
            self._daily(day)
        first = self._reminders(regulation)
        self.assertEqual(first.user_id, self.sales, "one, and only who has not read")
        self.assertEqual(first.summary, "Please read the regulation and confirm it")
        self._daily("2026-05-20")
        self.assertEqual(self._reminders(regulation), first, "it is still there")
        first.unlink()
        self._daily("2026-05-21")
        self.assertFalse(self._reminders(regulation), "not more often than weekly")
        self._daily("2026-05-27")
        self.assertEqual(len(self._reminders(regulation)), 1)

    def test_the_reminder_ends_with_the_reading(self):
        regulation = self._asking(self.sales)
        self._daily("2026-05-10")
        regulation.with_user(self.sales).action_acknowledge()
        self.assertFalse(self._reminders(regulation).filtered("active"))
        self._daily("2026-06-10")
        self.assertFalse(self._reminders(regulation).filtered("active"))

    def test_finishing_the_activity_says_it_was_read(self):
        regulation = self._asking(self.sales, self.seller)
        self._daily("2026-05-10")
        self._reminders(regulation, self.sales).with_user(self.sales).action_done()
        theirs = self._reminders(regulation, self.seller)
        theirs.with_user(self.coordinator).action_done()
        read = regulation.acknowledgement_ids.filtered("date_read")
        self.assertEqual(read.user_id, self.sales, "nobody reads for another")

    def test_who_left_is_not_reminded(self):
        regulation = self._asking(self.sales)
        self.sales.action_archive()
        self._daily("2026-05-10")
        self.assertFalse(self._reminders(regulation))
        self.assertEqual((regulation.reader_count, regulation.read_count), (0, 0))

    def test_a_retired_one_is_not_to_be_read(self):
        regulation = self._asking(self.sales)
        self._daily("2026-05-10")
        regulation.action_retire()
        self.assertFalse(self._reminders(regulation))
        self._daily("2026-05-30")
        self.assertFalse(self._reminders(regulation))

    # --- roles ----------------------------------------------------------------

    def test_roles(self):
        regulation = self._asking(self.sales, self.seller)
        sheet = self.env["crm.regulation.acknowledgement"]
        domain = [("regulation_id", "=", regulation.id)]
        self.assertEqual(sheet.with_user(self.sales).search(domain).user_id, self.sales)
        self.assertFalse(sheet.with_user(self.integration).search(domain))
        for user in (self.manager, self.coordinator):
            self.assertEqual(len(sheet.with_user(user).search(domain)), 2)
        for user in (self.sales, self.manager, self.coordinator, self.integration):
            lines = sheet.search(domain).with_user(user)
            values = {
                "regulation_id": regulation.id,
                "user_id": user.id,
                "company_id": self.company.id,
                "date_asked": "2026-01-01",
            }
            for act in (
                lambda lines=lines: lines.write({"date_read": "2026-01-01"}),
                lambda lines=lines, values=values: lines.create(values),
                lines.unlink,
                lambda user=user: regulation.with_user(user).write(
                    {"acknowledgement_ids": [Command.clear()]}
                ),
            ):
                with (
                    self.assertRaises(UserError),
                    mute_logger("odoo.models"),
                ):
                    act()
        self.assertEqual(len(sheet.search(domain)), 2)
        percent = regulation.with_user(self.sales).acknowledged_percent
        self.assertEqual(percent, 0, "the figure is no secret")

    def test_second_company(self):
        other = self.env["res.company"].create({"name": "South Med"})
        stranger = self._user("south", "crm_segmentation.group_crm_coordinator", other)
        regulation = self._asking(self.sales)
        env = self.env(user=stranger, context={"allowed_company_ids": other.ids})
        self.assertFalse(env["crm.regulation.acknowledgement"].search([]))
        with self.assertRaises(AccessError), mute_logger("odoo.models"):
            regulation.with_env(env).action_acknowledge()
        with self.assertRaises(UserError):
            self._asking(stranger)

    def test_open(self):
        regulation = self._asking(self.sales)
        line = regulation.acknowledgement_ids.with_user(self.sales)
        self.assertEqual(line.action_open_regulation()["res_id"], regulation.id)
        shown = regulation.with_user(self.manager).action_open_acknowledgements()
        self.assertEqual(shown["domain"], [("regulation_id", "=", regulation.id)])
