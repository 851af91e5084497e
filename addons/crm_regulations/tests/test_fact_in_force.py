from odoo import Command
from odoo.exceptions import ValidationError
from odoo.tests import tagged

from ..engine.facts import KINDS
from ..engine.facts.fact import Touched
from .common import MONDAY_9, instant
from .facts_common import FactsCommon

STEP = {
    "name": "Tidy the data",
    "limit_value": 3,
    "limit_unit": "work_day",
    "ends_with_day": True,
    "recurrence": "rhythm",
    "every_value": 1,
    "every_unit": "month",
    "evidence_kind": "manual",
}


@tagged("post_install", "-at_install")
class TestInForce(FactsCommon):
    kind = "in_force"

    def _since(self, text=MONDAY_9, **values):
        return self._asked(
            "res.company", settings=(("since", instant(text)),), **values
        )

    def _duty(self, text=MONDAY_9, *steps, **values):
        """Published at an instant."""
        values = {"trigger_kind": "in_force", "res_model": "res.company", **values}
        with self._at(text):
            return self._regulation(*(steps or [STEP]), **values)

    def _run(self, cron, text):
        with self._at(text):
            self._commit()
            with self.enter_registry_test_mode():
                self.env.ref(f"crm_regulations.{cron}").method_direct_trigger()
        self.env.invalidate_all()

    # --- the kind ----------------------------------------------------------------

    def test_nothing_is_told(self):
        asked = self._since()
        with self._hearing(asked) as told:
            self.company.name = "North Medical"
            self.env["res.company"].create({"name": "South Med"})
        self.assertFalse(told)
        self.assertFalse(KINDS["in_force"].watched(self.env, asked))

    def test_once_when_it_has_come(self):
        asked = self._since()
        with self._at("2026-05-04 08:59:59"):
            self.assertFalse(self._read(asked))
        with self._at("2026-06-04 09:00:00"):
            (fact,) = self._read(asked)
        self.assertEqual(fact.date, instant(MONDAY_9))
        self.assertEqual(fact.teller, ("res.company", self.company.id))
        self.assertEqual(
            fact.key, f"in_force:res.company,{self.company.id}:2026-05-04T09:00:00"
        )

    def test_the_time_that_is_asked_for(self):
        with self._at("2026-06-04 09:00:00"):
            for start, end, is_in in (
                (MONDAY_9, "2026-05-04 09:00:01", True),
                ("2026-05-04 08:00:00", MONDAY_9, False),
                ("2026-05-04 09:00:01", "2026-06-01 00:00:00", False),
            ):
                asked = self._since(start=instant(start), end=instant(end))
                self.assertEqual(bool(self._read(asked)), is_in, start)

    def test_only_its_own_company(self):
        other = self.env["res.company"].create({"name": "South Med"})
        touched = Touched()
        touched.add([("res.company", other.id)], ())
        with self._at("2026-06-04 09:00:00"):
            self.assertFalse(self._read(self._since(touched=touched)))
            touched.add([("res.company", self.company.id)], ())
            self.assertEqual(len(self._read(self._since(touched=touched))), 1)
            gone = self._since(company_id=2_000_000_000)
            self.assertFalse(self._read(gone))

    def test_it_proves_nothing_and_is_about_companies_only(self):
        evidence = dict(self.env["crm.regulation.step"]._selection_evidence_kind())
        self.assertNotIn("in_force", evidence)
        with self.assertRaisesRegex(ValidationError, "^crm_regulations.trigger:"):
            self._draft(trigger_kind="in_force", res_model="crm.lead")

    # --- the duty ----------------------------------------------------------------

    def test_a_monthly_duty(self):
        regulation = self._duty()
        self._run("ir_cron_by_time", "2026-05-04 09:15:00")
        self._run("ir_cron_by_time", "2026-05-04 09:30:00")
        first = self._owed(regulation)
        self.assertRecordValues(
            first,
            [
                {
                    "res_model": "res.company",
                    "res_id": self.company.id,
                    "res_name": "North Med",
                    "partner_id": self.company.partner_id.id,
                    "user_id": self.coordinator.id,
                    "date_start": instant(MONDAY_9),
                    "date_due": instant("2026-05-07 17:00:00"),
                }
            ],
        )
        self._sweep("2026-05-04 09:20:00")
        self.assertEqual(first.activity_ids.res_id, self.company.partner_id.id)
        with self._at("2026-05-06 12:00:00"):
            first.with_user(self.coordinator).fulfil("412 before, 7 after")
        self.assertEqual(first.state, "done_on_time")
        self._sweep("2026-06-04 09:01:00")
        second = self._owed(regulation) - first
        self.assertEqual(second.date_start, instant("2026-06-04 09:00:00"))
        self.assertEqual(second.date_due, instant("2026-06-09 17:00:00"))
        self.assertEqual(second.state, "open")

    def test_from_a_later_day_on(self):
        regulation = self._duty(date_from="2026-06-01 08:00:00")
        self._run("ir_cron_by_time", "2026-05-31 09:00:00")
        self.assertFalse(self._owed(regulation))
        self._run("ir_cron_by_time", "2026-06-01 08:10:00")
        self.assertEqual(
            self._owed(regulation).date_start, instant("2026-06-01 08:00:00")
        )

    def test_published_late(self):
        """From when on is in the past: it begins when it is published."""
        regulation = self._duty(date_from="2026-01-01 08:00:00")
        self._run("ir_cron_reconcile", "2026-05-05 00:00:00")
        self.assertEqual(self._owed(regulation).date_start, instant(MONDAY_9))

    def test_a_new_version_begins_anew_and_the_old_one_ends(self):
        regulation = self._duty()
        self._run("ir_cron_by_time", "2026-05-04 09:15:00")
        with self._at("2026-05-20 09:00:00"):
            draft = regulation.action_new_version()["res_id"]
            newer = regulation.browse(draft)
            newer.action_publish(open_obligations="cancel")
        self._run("ir_cron_by_time", "2026-05-20 09:15:00")
        self._sweep("2026-07-01 09:00:00")
        self.assertEqual(len(self._owed(regulation)), 1)
        self.assertEqual(
            [str(o.date_start) for o in self._owed(newer)],
            ["2026-05-20 09:00:00", "2026-06-20 09:00:00"],
        )

    def test_shipped_drafts(self):
        for code, unit, days, months in (
            ("data_upkeep", "work_day", 3, 1),
            ("rule_review", "work_day", 10, 3),
        ):
            draft = self.env["crm.regulation"].search(
                [("code", "=", code), ("company_id", "=", self.company.id)]
            )
            self.assertRecordValues(
                draft.step_ids,
                [
                    {
                        "limit_unit": unit,
                        "limit_value": days,
                        "every_unit": "month",
                        "every_value": months,
                        "evidence_kind": "manual",
                    }
                ],
            )
            self.assertEqual(draft.state, "draft")
            self.assertIn("come into force", draft.sentence)
            with self._at(MONDAY_9):
                draft.with_user(self.coordinator).action_publish()
            self.assertEqual(draft.owner_id, self.coordinator)
            self._run("ir_cron_by_time", "2026-05-04 09:15:00")
            self.assertEqual(self._owed(draft).user_id, self.coordinator)

    def test_two_companies(self):
        other = self.env["res.company"].create({"name": "South Med"})
        self.env.user.company_ids = [Command.link(other.id)]
        theirs = self._duty(company_id=other.id, owner_id=self.env.user.id)
        mine = self._duty()
        self._run("ir_cron_by_time", "2026-05-04 09:15:00")
        for regulation in theirs, mine:
            owed = self._owed(regulation)
            self.assertEqual(owed.res_id, regulation.company_id.id)
            self.assertEqual(owed.company_id, regulation.company_id)
