from freezegun import freeze_time

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from ..core.presets import by_amount, by_rfm, by_share
from ..core.proposal import SHARES
from ..core.scheme import Scheme
from .common import SegmentationCommon

TODAY = "2026-05-20"


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestSetup(SegmentationCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for number, amount in enumerate((600, 200, 110, 50, 40)):
            partner = cls._partner(f"Clinic {number}")
            cls._bought(partner, "2025-01-15", 0)
            cls._bought(partner, "2026-04-15", amount * 12)
        cls.sleeper = cls._partner("Sleeper")
        cls._bought(cls.sleeper, "2024-01-15", 9000)
        cls.newcomer = cls._partner("Newcomer")
        cls._bought(cls.newcomer, "2026-04-30", 5)
        cls.prospect = cls._partner("Prospect")
        cls.setups = cls.env["crm.segmentation.setup"].with_user(cls.coordinator)

    def _made(self, **values):
        action = self.setups.create(values).action_make()
        return self.env["crm.segmentation"].browse(action["res_id"])

    def _sizes(self, segmentation):
        codes = {s.id: s.code for s in segmentation.segment_ids}
        rows = segmentation.with_user(self.coordinator).preview()["rows"]
        return {codes[row["to_id"]]: row["count"] for row in rows}

    # --- presets --------------------------------------------------------------

    def test_presets_are_rules_without_flaws(self):
        """Nobody takes everybody of a later category, and one takes the rest."""
        for apart in (True, False):
            for levels, shares in SHARES.items():
                amounts = [1000 / (place + 1) for place in range(len(shares))]
                for presets in (by_amount(amounts, apart), by_share(levels, apart)):
                    self._assert_sound(presets)
        self._assert_sound(by_rfm())

    def _assert_sound(self, presets):
        scheme = Scheme(tuple(p.to_core(n) for n, p in enumerate(presets, 1)))
        self.assertEqual(scheme.flaws(), [])
        self.assertEqual([not p.rules for p in presets].count(True), 1)
        self.assertEqual(len({p.code for p in presets}), len(presets))

    # --- the dialog -----------------------------------------------------------

    def test_dialog_shows_own_numbers(self):
        with Form(self.setups) as form:
            self.assertEqual(form.name, "Clients by turnover")
            told = [(line["code"], line["count"]) for line in form.proposal]
            self.assertEqual(
                told, [("S", 1), ("N", 1), ("A", 2), ("B", 1), ("C", 2), ("P", 1)]
            )
            form.kind = "share"
            self.assertEqual(form.name, "Clients by share of turnover")
            form.name = "Mine"
            form.kind = "rfm"
            self.assertEqual(form.name, "Mine")
            self.assertEqual(len(form.proposal), 7)

    def test_figures_are_what_publishing_gives(self):
        for kind in ("amount", "share", "rfm"):
            setup = self.setups.create({"kind": kind})
            told = {
                line["code"]: line["count"] for line in setup.proposal if line["count"]
            }
            made = self.env["crm.segmentation"].browse(setup.action_make()["res_id"])
            with self.subTest(kind=kind):
                self.assertEqual(self._sizes(made), told)
                self.assertAlmostEqual(sum(line["part"] for line in setup.proposal), 1)
                made.with_user(self.coordinator).action_publish()
                found = {s.code: s.partner_count for s in made.segment_ids}
                self.assertEqual({c: n for c, n in found.items() if n}, told)

    def test_by_amount(self):
        made = self._made(levels="2")
        self.assertEqual(made.segment_ids.mapped("code"), list("SNABCP"))
        self.assertRecordValues(
            made.segment_ids[2:4].criterion_ids,
            [
                {"value_enter": 200, "value_leave": 170},
                {"value_enter": 110, "value_leave": 93},
            ],
        )
        self.assertEqual(made.state, "draft")
        self.assertEqual(made.stability, "normal")
        self.assertEqual(made.proposed_on, fields.Date.today())
        self.assertEqual(
            made.segment_ids.mapped("on_ladder"),
            [False, False, True, True, True, False],
        )

    def test_without_turnover_the_example(self):
        made = self._made(counterparty_type_ids=[Command.set(self.dealer.ids)])
        amounts = made.segment_ids[2:4].criterion_ids.mapped("value_enter")
        self.assertEqual(amounts, [100000, 30000])
        self.assertFalse(made.proposed_on)
        setup = self.setups.create(
            {"counterparty_type_ids": [Command.set(self.dealer.ids)]}
        )
        self.assertFalse(setup.has_turnover)

    def test_by_share_and_rfm(self):
        made = self._made(kind="share", levels="1", apart=False)
        self.assertEqual(made.method, "share")
        self.assertRecordValues(
            made.segment_ids.criterion_ids,
            [{"basis": "share", "operator": "<", "value_enter": 80}],
        )
        rfm = self._made(kind="rfm")
        self.assertEqual((rfm.method, rfm.stability), ("quantile", "immediate"))
        self.assertIn("quantile", rfm.segment_ids.criterion_ids.mapped("basis"))

    def test_roles(self):
        for user in (self.sales, self.manager, self.integration):
            with self.assertRaises(AccessError):
                self.setups.with_user(user).create({})

    def test_other_company(self):
        other = self.env["res.company"].sudo().create({"name": "South Med"})
        with self.assertRaises(AccessError):
            self.setups.create({"company_id": other.id}).action_make()


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestStarter(SegmentationCommon):
    def _starter(self):
        return self.env["crm.segmentation"].search(
            [("company_id", "=", self.company.id), ("code", "=", "starter")]
        )

    def test_every_company_has_it(self):
        starter = self._starter()
        self.assertEqual(starter.state, "draft")
        self.assertEqual(starter.stability, "normal")
        self.assertRecordValues(
            starter.segment_ids,
            [
                {"code": "S", "on_ladder": False, "grace_days": 0, "min_stay_days": 0},
                {"code": "N", "on_ladder": False, "grace_days": 0, "min_stay_days": 0},
                {"code": "A", "on_ladder": True, "grace_days": 60, "min_stay_days": 90},
                {"code": "B", "on_ladder": True, "grace_days": 60, "min_stay_days": 90},
                {"code": "C", "on_ladder": True, "grace_days": 0, "min_stay_days": 0},
                {"code": "P", "on_ladder": False, "grace_days": 0, "min_stay_days": 0},
            ],
        )
        self.assertEqual(
            starter.segment_ids[2].criterion_ids.mapped("enter_only"),
            [False, False, True],
        )

    def test_it_waits_for_thresholds(self):
        for number in range(9):
            partner = self._partner(f"Clinic {number}")
            self._bought(partner, "2024-01-15", 0)
            self._bought(partner, "2026-04-15", 120 * (number + 1))
        starter = self._starter().with_user(self.coordinator)
        with self.assertRaisesRegex(UserError, "crm_segmentation.no_threshold: .*A, B"):
            starter.preview()
        starter.action_propose_thresholds()
        criteria = starter.segment_ids.criterion_ids
        self.assertEqual(
            [
                (c.value_enter, c.value_leave)
                for c in criteria
                if c.metric_code == "turnover_month_avg"
            ],
            [(50, 42), (30, 25)],
        )
        starter.action_publish()
        sizes = {s.code: s.partner_count for s in starter.segment_ids}
        self.assertEqual((sizes["A"], sizes["B"], sizes["C"]), (5, 2, 2))

    def test_upgrade_gives_it_to_companies_that_lack_it_only(self):
        shipped = self.env.ref("crm_segmentation.segmentation_starter")
        self._starter().unlink()
        companies = self.company | self.env["res.company"].create({"name": "South"})
        for _time in range(2):
            companies._copy_shipped_segmentations(shipped)
            found = (
                self.env["crm.segmentation"]
                .sudo()
                .search_count(
                    [("company_id", "in", companies.ids), ("code", "=", "starter")]
                )
            )
            self.assertEqual(found, 2)
