from odoo.exceptions import AccessError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .people_common import PeopleCommon, instant


@tagged("post_install", "-at_install")
class TestAbsence(PeopleCommon):
    """The seller is away from Tuesday 8:00 until Thursday 8:00."""

    def _leave(self, user=None, deputy=None, start="05 08", end="07 08", **values):
        with self._at("2026-05-04 08:30:00"):
            return self._away(
                user or self.sales,
                deputy or self.deputy,
                f"2026-05-{start}:00:00",
                f"2026-05-{end}:00:00",
                **values,
            )

    def test_handed_over_and_returned(self):
        regulation = self._regulation({"limit_value": 10, "limit_unit": "work_hour"})
        owed = self._open(regulation)  # due on Tuesday at 10
        self._sweep("2026-05-04 09:00:01")
        self._leave()
        self._sweep("2026-05-04 17:00:00")
        self.assertEqual(owed.user_id, self.sales, "not yet")
        for _twice in range(2):
            self._sweep("2026-05-05 08:00:01")
        self.assertEqual(owed.user_id, self.deputy)
        self.assertEqual(owed.absent_user_id, self.sales)
        self.assertEqual(owed.activity_ids.user_id, self.deputy)
        self.assertEqual(self._kinds(owed), ["opened", "reminded", "reassigned"])
        self.assertIn("is away", self._notes(owed, "reassigned")[0])
        for _twice in range(2):
            self._sweep("2026-05-07 08:00:00")
        self.assertEqual(owed.user_id, self.sales)
        self.assertFalse(owed.absent_user_id)
        self.assertEqual(owed.activity_ids.user_id, self.sales)
        self.assertEqual(len(self._notes(owed, "reassigned")), 2)
        self.assertIn("is back", self._notes(owed, "reassigned")[1])

    def test_what_is_due_after_the_return_stays(self):
        regulation = self._regulation({"limit_value": 4, "limit_unit": "work_day"})
        owed = self._open(regulation)
        self._leave()
        self._sweep("2026-05-05 09:00:00")
        self.assertEqual(owed.user_id, self.sales)

    def test_what_is_done_meanwhile_stays_the_deputy_s(self):
        owed = self._open(self._regulation({"limit_value": 10}))
        self._leave()
        self._sweep("2026-05-05 08:00:01")
        with self._at("2026-05-05 09:00:00"):
            owed.with_user(self.deputy).fulfil("Done instead")
        self._sweep("2026-05-07 09:00:00")
        self.assertEqual((owed.user_id, owed.state), (self.deputy, "done_on_time"))

    def test_new_promises_go_to_the_deputy(self):
        self._leave()
        regulation = self._regulation({"limit_value": 3, "limit_unit": "work_day"})
        owed = self._open(regulation, at="2026-05-06 10:00:00")
        self.assertEqual(owed.user_id, self.deputy)
        self.assertEqual(owed.absent_user_id, self.sales)
        self._sweep("2026-05-06 10:00:01")
        self.assertEqual(owed.user_id, self.deputy)
        self._sweep("2026-05-07 08:00:00")
        self.assertEqual(owed.user_id, self.sales)

    def test_a_series_comes_back_to_whose_it_is(self):
        regulation = self._regulation(
            {"recurrence": "rhythm", "every_value": 1, "every_unit": "day",
             "limit_value": 1}
        )  # fmt: skip
        self._leave()
        first = self._open(regulation, at="2026-05-06 09:00:00")
        self.assertEqual(first.user_id, self.deputy)
        with self._at("2026-05-06 09:30:00"):
            first.with_user(self.deputy).fulfil("Done")
        for _time in range(2):
            self._sweep("2026-05-07 09:00:01")
        second = self._owed(regulation) - first
        self.assertEqual(second.user_id, self.sales)

    def test_deputies_of_deputies(self):
        self._leave()
        self._leave(user=self.deputy, deputy=self.leader)
        owed = self._open(at="2026-05-05 10:00:00")
        self.assertEqual(owed.user_id, self.leader)
        self.assertEqual(owed.absent_user_id, self.sales)
        self._sweep("2026-05-05 10:00:01")
        self.assertEqual(owed.user_id, self.leader)

    def test_a_circle_ends_at_the_owner(self):
        self._leave()
        self._leave(user=self.deputy, deputy=self.sales)
        owed = self._open(at="2026-05-05 10:00:00")
        self.assertEqual(owed.user_id, self.coordinator)
        self.assertEqual(owed.absent_user_id, self.sales)

    def test_the_deputy_goes_away_too(self):
        """It is still the seller's, who comes back first."""
        owed = self._open(self._regulation({"limit_value": 10}))
        self._leave()
        self._sweep("2026-05-05 08:00:01")
        self._leave(user=self.deputy, deputy=self.leader, start="05 12", end="09 08")
        self._sweep("2026-05-05 12:00:01")
        self.assertEqual((owed.user_id, owed.absent_user_id), (self.leader, self.sales))
        self._sweep("2026-05-07 08:00:00")
        self.assertEqual(owed.user_id, self.sales)

    def test_deleting_and_shortening_returns(self):
        regulation = self._regulation({"limit_value": 10})
        for act in (
            lambda absence: absence.unlink(),
            lambda absence: absence.write({"date_until": "2026-05-05 09:30:00"}),
            lambda absence: absence.action_back(),
        ):
            owed = self._open(regulation)
            absence = self._leave()
            self._sweep("2026-05-05 08:00:01")
            self.assertEqual(owed.user_id, self.deputy)
            with self._at("2026-05-05 10:00:00"):
                act(absence)
            self._sweep("2026-05-05 10:00:00")
            self.assertEqual(owed.user_id, self.sales)
            self.env["crm.absence"].search([]).unlink()

    def test_woken_by_what_is_written(self):
        cron = self.env.ref("crm_regulations.ir_cron_sweep")
        triggers = self.env["ir.cron.trigger"]
        before = triggers.search_count([("cron_id", "=", cron.id)])
        self._leave()
        self._commit()
        after = triggers.search_count([("cron_id", "=", cron.id)])
        self.assertEqual(after, before + 1)

    def test_whoever_left_gets_nothing_back(self):
        owed = self._open(self._regulation({"limit_value": 10}))
        self._leave()
        self._sweep("2026-05-05 08:00:01")
        self.sales.active = False
        self._sweep("2026-05-07 08:00:00")
        self.assertEqual(owed.user_id, self.deputy)
        self.assertFalse(owed.absent_user_id)

    def test_refused(self):
        other = self.env["res.company"].create({"name": "South Med"})
        stranger = self._user("south", "sales_team.group_sale_salesman", other)
        gone = self._user("gone", "sales_team.group_sale_salesman")
        gone.active = False
        nobody = self.env["res.users"]
        self._leave()
        cases = (
            ("absence_deputy_self", {"deputy": self.sales}),
            ("absence_deputy_inactive", {"deputy": gone}),
            ("absence_deputy_company", {"deputy": stranger}),
            ("absence_deputy:", {"deputy": self.integration}),
            ("absence_order", {"end": "05 08"}),
            ("absence_order", {"start": "08 08"}),
            ("absence_overlap", {}),
            ("absence_overlap", {"start": "06 08", "end": "20 08"}),
        )
        for code, values in cases:
            with (
                self.subTest(code),
                self.assertRaisesRegex(ValidationError, f"^crm_regulations.{code}"),
            ):
                self._leave(**values)
        with self.assertRaisesRegex(ValidationError, "absence_deputy:"):
            self.env["crm.absence"].create(
                {"user_id": self.sales.id, "deputy_id": nobody.id,
                 "date_until": "2027-01-01 00:00:00"}
            )  # fmt: skip
        self.assertTrue(self._leave(start="07 08", end="08 08"), "the next one")

    def test_the_standing_deputy_is_proposed(self):
        self.sales.with_user(self.sales).crm_deputy_id = self.deputy
        absences = self.env["crm.absence"].with_user(self.sales)
        with Form(absences) as form:
            self.assertEqual(form.user_id, self.sales)
            self.assertEqual(form.deputy_id, self.deputy)
            form.date_until = "2030-05-07 08:00:00"
        for wrong in (self.sales, self.env.ref("base.public_user")):
            with self.assertRaisesRegex(ValidationError, "crm_regulations.deputy:"):
                self.sales.crm_deputy_id = wrong

    def test_who_may(self):
        mine = self._leave()
        absences = self.env["crm.absence"]
        values = {"date_until": "2030-01-01 00:00:00", "deputy_id": self.sales.id}
        for user in (self.manager, self.coordinator):
            theirs = absences.with_user(user).create(
                {**values, "user_id": self.deputy.id}
            )
            self.assertIn(mine, absences.with_user(user).search([]))
            theirs.unlink()
        theirs = self._leave(user=self.deputy, deputy=self.sales, start="20 08",
                             end="21 08")  # fmt: skip
        own = absences.with_user(self.sales)
        self.assertEqual(own.search([]), mine | theirs, "of whom one stands in, too")
        strange = self._leave(user=self.leader, start="20 08", end="21 08")
        self.assertNotIn(strange, own.search([]))
        acts = (
            lambda: own.create({**values, "user_id": self.leader.id}),
            lambda: mine.with_user(self.sales).write({"user_id": self.leader.id}),
            lambda: theirs.with_user(self.sales).write({"note": "Mine"}),
            lambda: theirs.with_user(self.sales).unlink(),
            lambda: strange.with_user(self.sales).read(["note"]),
            lambda: strange.with_user(self.sales).action_back(),
        )
        for act in acts:
            with self.assertRaises(AccessError), mute_logger("odoo.models"):
                act()
        mine.with_user(self.sales).note = "At the exhibition"

    def test_second_company(self):
        self._leave()
        other = self.env["res.company"].create({"name": "South Med"})
        stranger = self._user("south", "crm_segmentation.group_crm_coordinator", other)
        env = self.env(user=stranger, context={"allowed_company_ids": other.ids})
        self.assertFalse(env["crm.absence"].search([]))

    def test_nobody_away_costs_no_query(self):
        regulation = self._regulation()
        self._talk()
        self._commit()
        self.env["crm.absence"]._roster()
        with self.assertQueryCount(0):
            self.env["crm.absence"]._roster()
        self.assertTrue(self._owed(regulation))

    def test_state_in_words(self):
        absence = self._leave()
        for now, state in (
            ("2026-05-04 10:00:00", "planned"),
            ("2026-05-05 08:00:00", "away"),
            ("2026-05-07 08:00:00", "back"),
        ):
            absence.invalidate_recordset()
            with self._at(now):
                self.assertEqual(absence.state, state)
        self.assertEqual(absence.date_until, instant("2026-05-07 08:00:00"))
