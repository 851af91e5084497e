import json
from datetime import date, timedelta
from functools import partial

from freezegun import freeze_time
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo.exceptions import AccessError, UserError
from odoo.tests import BaseCase, TransactionCase, tagged
from odoo.tools import SQL

from ..core.scheme import Category, Comparison, Group, Scheme
from ..core.stability import Stability, Standing, Step
from ..engine.criteria_sql import scheme_to_sql
from ..engine.stability_sql import StabilitySql
from .common import SegmentationCommon

NEW, A, B, C, D = 9, 1, 2, 3, 4
TODAY = date(2026, 5, 20)


def _steps(grace=0, stay=0):
    return (
        Step(NEW, on_ladder=False),
        *(Step(category, True, grace, stay) for category in (A, B, C, D)),
    )


def _ago(days):
    return TODAY - timedelta(days=days)


def _always(category):
    return lambda _current: category


@tagged("post_install", "-at_install")
class TestStability(BaseCase):
    def test_what_follows_at_once(self):
        """Whatever the settings, these never wait."""
        strict = Stability(_steps(90, 180), "confirmed", True, "month_start")
        table = [
            ("the first category", Standing(), A),
            ("beside the ladder", Standing(A, _ago(3)), NEW),
            ("onto the ladder", Standing(NEW, _ago(3)), A),
            ("no longer covered", Standing(A, _ago(3)), None),
            ("out of a category that is no more", Standing(77, _ago(3)), D),
        ]
        for title, standing, target in table:
            with self.subTest(title):
                after = strict.decide(standing, _always(target), TODAY)
                self.assertEqual(after, Standing(target, TODAY if target else None))

    def test_grace_and_stay(self):
        """A demotion waits for the later end of the two."""
        table = [
            # grace, stay, since, wanted since → stays?
            (0, 0, 1, None, False),
            (10, 0, 100, None, True),
            (10, 0, 100, 9, True),
            (10, 0, 100, 10, False),
            (0, 30, 29, 20, True),
            (0, 30, 30, 1, False),
            (10, 30, 25, 15, True),
            (10, 30, 35, 5, True),
            (10, 30, 35, 10, False),
            # A night was missed: still the next one.
            (10, 30, 99, 60, False),
        ]
        for grace, stay, since, wanted, stays in table:
            stability = Stability(_steps(grace, stay))
            held = wanted is not None
            standing = Standing(
                A, _ago(since), C if held else None, _ago(wanted) if held else None
            )
            with self.subTest(grace=grace, stay=stay, since=since, wanted=wanted):
                after = stability.decide(standing, _always(C), TODAY)
                if stays:
                    self.assertEqual(
                        after, Standing(A, _ago(since), C, _ago(wanted or 0))
                    )
                else:
                    self.assertEqual(after, Standing(C, TODAY))

    def test_month_start(self):
        stability = Stability(_steps(10), demote_on="month_start")
        table = [
            (date(2026, 5, 2), date(2026, 6, 1)),
            (date(2026, 4, 21), date(2026, 5, 1)),
            (date(2026, 4, 22), date(2026, 6, 1)),
            (date(2026, 12, 30), date(2027, 2, 1)),
            (date(2024, 2, 19), date(2024, 3, 1)),
        ]
        for wanted_since, due in table:
            held = Standing(A, date(2020, 1, 1), B, wanted_since)
            with self.subTest(wanted_since=wanted_since):
                self.assertEqual(stability.due(held), due)
                for day, category in ((due - timedelta(1), A), (due, B)):
                    after = stability.decide(held, _always(B), day)
                    self.assertEqual(after.category, category)

    def test_one_step_a_day(self):
        stability = Stability(_steps(), one_step=True)
        first = stability.decide(Standing(A, _ago(5)), _always(D), TODAY)
        self.assertEqual(first, Standing(B, TODAY, D, TODAY))
        again = stability.decide(first, _always(D), TODAY)
        self.assertEqual(again, first, "however often it is computed")
        second = stability.decide(first, _always(D), TODAY + timedelta(1))
        self.assertEqual(second.category, C)
        third = stability.decide(second, _always(D), TODAY + timedelta(2))
        self.assertEqual(third, Standing(D, TODAY + timedelta(2)))

    def test_confirmed_promotion_waits(self):
        stability = Stability(_steps(), promotion="confirmed")
        held = stability.decide(Standing(C, _ago(5)), _always(B), TODAY)
        self.assertEqual(held, Standing(C, _ago(5), B, TODAY))
        later = TODAY + timedelta(7)
        better = stability.decide(held, _always(A), later)
        self.assertEqual(better, Standing(C, _ago(5), A, TODAY))
        over = stability.decide(better, _always(C), later)
        self.assertEqual(over, Standing(C, _ago(5)))

    def test_recovery_and_turning_round_start_the_clock_anew(self):
        stability = Stability(_steps(10), promotion="confirmed")
        held = Standing(B, _ago(50), C, _ago(9))
        self.assertEqual(
            stability.decide(held, _always(B), TODAY), Standing(B, _ago(50))
        )
        self.assertEqual(
            stability.decide(held, _always(A), TODAY), Standing(B, _ago(50), A, TODAY)
        )


_day = st.integers(0, 200).map(_ago)
_category = st.sampled_from([None, NEW, A, B, C, D, 77])
_rows = st.lists(
    st.tuples(
        _category,
        _day,
        st.none() | st.tuples(_category.filter(bool), _day),
        st.integers(0, 60),
    ),
    min_size=1,
    max_size=40,
)
_stability = st.builds(
    Stability,
    st.tuples(
        *(
            st.builds(
                Step,
                st.just(category),
                st.booleans() if category != D else st.just(True),
                st.sampled_from([0, 1, 10, 30]),
                st.sampled_from([0, 1, 45]),
            )
            for category in (NEW, A, B, C, D)
        )
    ),
    st.sampled_from(["at_once", "confirmed"]),
    st.booleans(),
    st.sampled_from(["any_day", "month_start"]),
)
_scheme = st.lists(
    st.tuples(st.integers(10, 50), st.integers(0, 9)), min_size=4, max_size=4
).map(
    lambda limits: Scheme(
        (
            *(
                Category(
                    category,
                    str(category),
                    Group("all", (Comparison("x", ">=", enter, enter - easier),)),
                )
                for category, (enter, easier) in zip(
                    (NEW, A, B, C), limits, strict=True
                )
            ),
            Category(D, "D"),
        )
    )
)


@tagged("post_install", "-at_install")
class TestStabilitySql(TransactionCase):
    @given(_rows, _stability, _scheme)
    @settings(
        max_examples=250,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    def test_both_visitors_agree_and_the_second_run_rests(
        self, rows, stability, scheme
    ):
        standings = [
            (Standing(now, now and since, *(held or (None, None))), value)
            for now, since, held, value in rows
        ]
        expected = [
            stability.decide(
                standing, partial(scheme.decide, {"x": float(value)}), TODAY
            )
            for standing, value in standings
        ]
        self.assertEqual(
            self._by_sql(standings, stability, scheme),
            [(s.category, s.wanted, s.wanted_since) for s in expected],
        )
        for after, (_before, value) in zip(expected, standings, strict=True):
            rule = partial(scheme.decide, {"x": float(value)})
            self.assertEqual(stability.decide(after, rule, TODAY), after)

    def _by_sql(self, standings, stability, scheme):
        layers = StabilitySql(stability, scheme, TODAY)
        rows = [
            {
                "n": n,
                "computed_id": standing.category,
                "computed_since": standing.since and str(standing.since),
                "held_id": standing.wanted,
                "held_since": standing.wanted_since and str(standing.wanted_since),
                "metric_x": value,
            }
            for n, (standing, value) in enumerate(standings)
        ]
        query = SQL(
            """WITH judged AS (
                    SELECT *, %(target)s AS target_id
                      FROM json_to_recordset(%(rows)s) AS given(
                           n int, computed_id int, computed_since date, held_id int,
                           held_since date, metric_x float8)),
                    weighed AS (SELECT *, %(decision)s FROM judged OFFSET 0)
               SELECT next_id, wanted_id, wanted_since
                 FROM (SELECT *, %(outcome)s FROM weighed) AS decided ORDER BY n""",
            target=scheme_to_sql(scheme, SQL("computed_id")),
            rows=json.dumps(rows),
            decision=layers.decision(),
            outcome=layers.outcome(),
        )
        return self.env.execute_query(query)

    @given(_rows, _stability, _scheme, st.sampled_from([1.0, 10.0, 40.0]))
    @settings(max_examples=60, deadline=None, derandomize=True, database=None)
    def test_idle_stability_follows(self, rows, _stability, scheme, _margin):
        idle = Stability(tuple(Step(c) for c in (NEW, A, B, C, D)))
        self.assertTrue(idle.is_idle)
        for now, since, _held, value in rows:
            rule = partial(scheme.decide, {"x": float(value)})
            after = idle.decide(Standing(now, since), rule, TODAY)
            self.assertEqual((after.category, after.wanted), (rule(now), None))


@tagged("post_install", "-at_install")
class TestStabilityOfMemberships(SegmentationCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with freeze_time("2026-01-10"):
            cls.partner = cls._partner()
            cls.line = cls._bought(cls.partner, "2025-12-15", 4000)
            cls.segmentation = cls._segmentation(
                ("A", ("turnover_total", ">=", 3000)),
                ("B", ("turnover_total", ">=", 2000)),
                ("C", ("turnover_total", ">=", 1000)),
                ("D",),
                stability="normal",
            )
            cls.segmentation.action_publish()

    def _classify_on(self, day):
        with freeze_time(day):
            self.segmentation.classify()
            self.env.invalidate_all()
            membership = self.partner.membership_ids
            return (
                membership.segment_id.code,
                membership.wanted_segment_id.code,
                membership.held_back,
                str(membership.wanted_due or ""),
            )

    def test_presets_fill_the_numbers_which_stay_editable(self):
        segment = self.segmentation.segment_ids[0]
        self.assertEqual((segment.grace_days, segment.min_stay_days), (60, 90))
        self.assertEqual(self.segmentation.demote_on, "month_start")
        segment.grace_days = 5
        self.segmentation.promotion = "confirmed"
        self.assertTrue(self.segmentation.is_changed)
        self.assertEqual(self.segmentation.stability, "normal")
        self.segmentation.stability = "immediate"
        self.assertEqual((segment.grace_days, segment.min_stay_days), (0, 0))
        self.assertEqual(self.segmentation.promotion, "at_once")

    def test_normal_goes_down_step_by_step(self):
        self.line.amount = 0
        table = [
            # Grace until March 13, stay until April 10.
            ("2026-01-12", ("A", "D", "demotion", "2026-05-01")),
            ("2026-04-30", ("A", "D", "demotion", "2026-05-01")),
            # The night of the first was missed.
            ("2026-05-03", ("B", "D", "demotion", "2026-08-01")),
            ("2026-05-03", ("B", "D", "demotion", "2026-08-01")),
            ("2026-08-01", ("C", "D", "demotion", "2026-11-01")),
            ("2026-11-01", ("D", False, False, "")),
        ]
        for day, expected in table:
            with self.subTest(day=day):
                self.assertEqual(self._classify_on(day), expected)
        self.assertEqual(
            [m[:2] for m in self._movements(self.partner, self.segmentation)],
            [(False, "A"), ("A", "B"), ("B", "C"), ("C", "D")],
        )

    def test_who_recovers_stays(self):
        self.line.amount = 0
        self._classify_on("2026-02-01")
        self.line.amount = 3500
        self.assertEqual(self._classify_on("2026-04-20"), ("A", False, False, ""))

    def test_publishing_decides_at_once_and_so_does_its_preview(self):
        self.line.amount = 0
        self._classify_on("2026-02-01")
        with freeze_time("2026-02-02"):
            self.segmentation.segment_ids[1].criterion_ids.value_enter = 2500
            moved = [
                row
                for row in self.segmentation.preview()["rows"]
                if row["from_id"] != row["to_id"]
            ]
            ids = self.segmentation.segment_ids.ids
            self.assertEqual(
                [(r["from_id"], r["to_id"], r["count"]) for r in moved],
                [(ids[0], ids[3], 1)],
            )
            self.segmentation.action_publish()
        self.assertEqual(self._classify_on("2026-02-02"), ("D", False, False, ""))

    def test_override_hides_no_clock(self):
        """What the rule would do goes on beneath a category set by hand."""
        with freeze_time("2026-01-11"):
            self.segmentation.set_override(
                self.partner.id, self.segmentation.segment_ids[0].id, "Opens soon"
            )
        self.line.amount = 0
        self.assertEqual(
            self._classify_on("2026-02-01"), ("A", "D", "demotion", "2026-05-01")
        )
        self._classify_on("2026-05-01")
        membership = self.partner.membership_ids
        self.assertEqual(membership.segment_id.code, "A")
        self.assertEqual(membership.computed_segment_id.code, "B")

    # --- confirmed promotions -------------------------------------------------

    def _promotion(self):
        with freeze_time("2026-01-11"):
            self.line.amount = 1500
            self.segmentation.stability = "calm"
            self.segmentation.action_publish()
            self.line.amount = 5000
            self.segmentation.classify()
            self.env.invalidate_all()
        membership = self.partner.membership_ids
        self.assertEqual(membership.segment_id.code, "C")
        self.assertEqual(membership.held_back, "promotion")
        return membership

    @freeze_time("2026-01-12")
    def test_confirming_promotes(self):
        membership = self._promotion()
        self.assertFalse(membership.wanted_due)
        self.assertIs(membership.with_user(self.manager).action_confirm(), True)
        self.assertRecordValues(
            membership,
            [{"wanted_segment_id": False, "held_back": False, "origin": "rule"}],
        )
        self.assertEqual(membership.segment_id.code, "A")
        self.assertEqual(
            self._movements(self.partner, self.segmentation)[-1],
            ("C", "A", "confirmed"),
        )
        movement = self.env["crm.segment.movement"].search(
            [("partner_id", "=", self.partner.id)], limit=1
        )
        self.assertEqual(movement.metric_values["turnover_total"], 5000.0)
        self.assertEqual(movement.create_uid, self.manager)

    @freeze_time("2026-01-12")
    def test_confirming_looks_at_the_numbers_again(self):
        membership = self._promotion()
        self.line.amount = 1200
        membership.with_user(self.coordinator).action_confirm()
        self.assertEqual(membership.segment_id.code, "C")
        self.assertFalse(membership.held_back)
        self.line.amount = 0
        self.segmentation.classify()

    @freeze_time("2026-01-12")
    def test_only_what_waits_is_confirmed_by_who_may(self):
        membership = self._promotion()
        for user in (self.sales, self.integration):
            with self.assertRaisesRegex(AccessError, "coordinator_only"):
                membership.with_user(user).action_confirm()
        by_manager = membership.with_user(self.manager)
        by_manager.action_confirm()
        for nothing in (by_manager, by_manager.browse()):
            with self.assertRaisesRegex(UserError, "nothing_to_confirm"):
                nothing.action_confirm()
