import contextlib

from freezegun import freeze_time
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo.exceptions import UserError, ValidationError
from odoo.tests import BaseCase, tagged
from odoo.tools import mute_logger

from ..core.scheme import Category, Comparison, Group, Scheme, value_key
from ..core.spec import complete
from ..models.segmentation.crm_segmentation_classify import LOCK_SPACE
from .common import SegmentationCommon

A, B, C = 1, 2, 3
_CLASSIFY = "odoo.addons.crm_segmentation.models.segmentation.crm_segmentation_classify"


def _scheme(first, second, match=("all", "all")):
    """A and B with comparisons of x (operator, threshold) or (name, …); C the rest."""
    rules = [
        Group(
            how,
            tuple(
                Comparison(*(part if len(part) == 3 else ("x", *part)))
                for part in parts
            ),
        )
        for how, parts in zip(match, (first, second), strict=True)
    ]
    return Scheme(
        (Category(A, "A", rules[0]), Category(B, "B", rules[1]), Category(C, "C"))
    )


@tagged("post_install", "-at_install")
class TestFlaws(BaseCase):
    def test_categories_that_nobody_gets_into(self):
        y = ("y", ">=", 1)
        table = [
            # A, B, how they match, flaw
            ([(">=", 10)], [(">=", 20)], ("all", "all"), "hidden"),
            ([(">=", 10)], [(">", 10)], ("all", "all"), "hidden"),
            ([(">=", 10)], [(">=", 10)], ("all", "all"), "same"),
            ([(">", 10)], [(">=", 10)], ("all", "all"), None),
            ([(">=", 20)], [(">=", 10)], ("all", "all"), None),
            ([("<", 20)], [("<", 10)], ("all", "all"), "hidden"),
            ([("<", 10)], [("<", 20)], ("all", "all"), None),
            ([(">=", 10)], [("<", 20)], ("all", "all"), None),
            ([(">=", 10)], [(">=", 20), y], ("all", "all"), "hidden"),
            ([(">=", 10), y], [(">=", 20)], ("all", "all"), None),
            ([(">=", 10), y], [(">=", 20)], ("any", "all"), "hidden"),
            ([(">=", 10)], [(">=", 20), y], ("all", "any"), None),
            ([(">=", 10), y], [y, (">=", 10)], ("any", "any"), "same"),
            ([(">=", 30)], [(">=", 10), ("<", 10)], ("all", "all"), "impossible"),
            ([(">=", 30)], [(">=", 10), ("<=", 10)], ("all", "all"), None),
            ([(">=", 30)], [(">=", 10), ("<", 10)], ("all", "any"), None),
        ]
        for first, second, match, flaw in table:
            with self.subTest(first=first, second=second, match=match):
                found = _scheme(first, second, match).flaws()
                self.assertEqual([kind for kind, _e, _c in found], [flaw][: bool(flaw)])

    def test_another_basis_is_another_number(self):
        share = Comparison("x", "<", 80, None, "share")
        value = Comparison("x", "<", 60)
        self.assertFalse(value.implies(share) or share.implies(value))
        self.assertEqual(value_key("x", "share"), share.key)

    _group = st.builds(
        Group,
        st.sampled_from(["all", "any"]),
        st.lists(
            st.builds(
                Comparison,
                st.sampled_from(["x", "y"]),
                st.sampled_from([">=", ">", "<=", "<"]),
                st.integers(0, 4),
            ),
            min_size=1,
            max_size=3,
        ).map(tuple),
    )

    @given(_group, _group)
    @settings(max_examples=300, deadline=None, derandomize=True, database=None)
    def test_what_is_refused_is_never_reached(self, first, second):
        scheme = Scheme(
            (Category(A, "A", first), Category(B, "B", second), Category(C, "C"))
        )
        refused = {category.id for _kind, _earlier, category in scheme.flaws()}
        points = [n / 2 for n in range(-1, 10)]
        reached = {scheme.decide({"x": x, "y": y}) for x in points for y in points}
        self.assertFalse(refused & reached)

    @given(_group, st.integers(-1, 9), st.integers(-1, 9), st.sampled_from([5, 25]))
    @settings(max_examples=300, deadline=None, derandomize=True, database=None)
    def test_easier_is_easier(self, rule, x, y, percent):
        """Whoever meets a rule meets the easier one; the harder one is not easier."""
        values = {"x": x / 2, "y": y / 2}
        harder, plain, easier = (
            part.evaluate(values, False)
            for part in (rule.moved(-percent), rule, rule.moved(percent))
        )
        self.assertLessEqual(harder, plain)
        self.assertLessEqual(plain, easier)

    def test_outlook(self):
        scheme = _scheme([(">=", 100)], [(">=", 50)])
        table = [
            (100, A, "risk"),
            (109, A, "risk"),
            (111, A, None),
            (99, B, "close"),
            (89, B, None),
            (56, B, None),
            (54, B, "risk"),
            (46, C, "close"),
            (44, C, None),
        ]
        for value, current, outlook in table:
            with self.subTest(value=value):
                self.assertEqual(
                    scheme.outlook({"x": value}, current, 10, {A, B, C}),
                    outlook,
                )
        self.assertIsNone(scheme.outlook({"x": 99}, B, 10, {B, C}), "beside the ladder")
        self.assertIsNone(scheme.outlook({"x": 99}, B, 0, {A, B, C}))

    def test_rules_of_the_first_version_run(self):
        """Published before bases, stability and own metrics existed."""
        old = {
            "company_id": 1,
            "unit": "company",
            "type_ids": [],
            "untyped_buyers": True,
            "categories": [
                {
                    "id": A,
                    "code": "A",
                    "rule": {
                        "match": "all",
                        "parts": [
                            {
                                "metric": "tenure_years",
                                "operator": ">",
                                "enter": 5,
                                "leave": None,
                            }
                        ],
                    },
                },
                {"id": C, "code": "C", "rule": None},
            ],
        }
        new = complete(old)
        self.assertEqual(complete(new), new)
        self.assertEqual(
            new["metrics"], {"turnover_month_avg": None, "tenure_years": None}
        )
        self.assertEqual(new["stability"]["promotion"], "at_once")
        part = new["categories"][0]["rule"]["parts"][0]
        self.assertEqual(part["basis"], "value")


@tagged("post_install", "-at_install")
@freeze_time("2026-05-20")
class TestRules(SegmentationCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.clinics = [cls._partner(f"Clinic {n}") for n in range(4)]
        cls.lines = [cls._bought(clinic, "2026-04-15", 0) for clinic in cls.clinics]

    def test_publishing_names_both_categories(self):
        draft = self._segmentation(
            ("A", ("turnover_total", ">=", 10)),
            ("B", ("turnover_total", ">=", 20)),
            ("C",),
        )
        for method in ("action_publish", "preview"):
            with self.assertRaisesRegex(
                UserError, "crm_segmentation.overlap: .* category B, because A comes"
            ):
                getattr(draft, method)()
        draft.segment_ids[1].criterion_ids.value_enter = 10
        with self.assertRaisesRegex(UserError, "overlap: .* A and B have the same"):
            draft.action_publish()
        draft.segment_ids[1].criterion_ids.value_enter = 5
        draft.action_publish()

    def test_shares_and_ranks_are_percentages(self):
        for method in ("share", "quantile"):
            for limits in ((101,), (-1,), (50, 101)):
                with (
                    self.subTest(method=method, limits=limits),
                    self.assertRaisesRegex(ValidationError, "crm_segmentation.percent"),
                ):
                    self._segmentation(
                        ("A", ("turnover_total", "<", *limits)), ("C",), method=method
                    )

    def test_one_category_may_mix_bases(self):
        for line, amount in zip(self.lines, (6000, 3000, 900, 100), strict=True):
            line.amount = amount
        mixed = self._segmentation(
            ("A", ("turnover_total", "<", 80), ("turnover_total", ">=", 1000)),
            ("B", ("days_since_purchase", "<=", 100)),
            ("C",),
        )
        mixed.segment_ids[0].criterion_ids[0].basis = "share"
        mixed.action_publish()
        codes = [self._category(clinic, mixed) for clinic in self.clinics]
        self.assertEqual(codes, ["A", "A", "B", "B"])
        told = mixed.explain(self.clinics[1].id)
        self.assertEqual(told["values"]["turnover_total:share"], 60.0)

    def test_less_is_better_for_some_metrics(self):
        days = self.metrics["days_since_purchase"]
        days.sudo().better = "low"
        for line, day in zip(self.lines, (1, 5, 10, 15), strict=True):
            line.write({"date": f"2026-04-{day:02}", "amount": 10})
        recent = self._segmentation(
            ("A", ("days_since_purchase", ">=", 50)), ("C",), method="quantile"
        )
        recent.action_publish()
        codes = [self._category(clinic, recent) for clinic in self.clinics]
        self.assertEqual(codes, ["C", "C", "A", "A"])
        self.assertEqual(recent.spec["low_is_better"], ["days_since_purchase"])

    def test_a_rule_of_the_first_version_is_not_changed(self):
        segmentation = self._by_turnover()
        segmentation.action_publish()
        spec = segmentation.spec
        for key in ("metrics", "low_is_better", "stability", "outlook_margin"):
            spec.pop(key)
        for part in spec["categories"][0]["rule"]["parts"]:
            part.pop("basis")
        segmentation.sudo().spec = spec
        self.assertFalse(segmentation.is_changed)
        self.lines[0].amount = 5000
        self.assertEqual(segmentation.classify(), {"changed": 1})

    # --- preview --------------------------------------------------------------

    @given(
        st.lists(st.integers(0, 40), min_size=4, max_size=4),
        st.lists(st.integers(0, 40), min_size=4, max_size=4),
        st.tuples(st.integers(1, 40), st.integers(1, 40)),
        st.sampled_from(["threshold", "share", "quantile"]),
        st.sampled_from(["calm", "normal", "immediate"]),
    )
    @settings(
        max_examples=25,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    def test_publishing_does_what_the_preview_says(
        self, before, after, limits, method, stability
    ):
        savepoint = self.env.cr.savepoint()
        try:
            high, low = max(limits) + 1, min(limits)
            segmentation = self._segmentation(
                ("A", ("turnover_total", ">=", high)),
                ("B", ("turnover_total", ">=", low)),
                ("C",),
                stability=stability,
            )
            self._set_amounts(before)
            segmentation.action_publish()
            self._set_amounts(after)
            segmentation.classify()
            segmentation.method = method
            now = self._in_force(segmentation)
            told = segmentation.preview()["rows"]
            segmentation.action_publish()
            after = self._in_force(segmentation)
            done = {}
            for partner in now.keys() | after.keys():
                pair = (now.get(partner, False), after.get(partner, False))
                done[pair] = done.get(pair, 0) + 1
            self.assertEqual(
                {(row["from_id"], row["to_id"]): row["count"] for row in told}, done
            )
        finally:
            savepoint.close(rollback=True)
            self.env.invalidate_all()

    def _set_amounts(self, amounts):
        for line, amount in zip(self.lines, amounts, strict=True):
            line.amount = amount

    def _in_force(self, segmentation):
        self.env.invalidate_all()
        return {
            m.partner_id.id: m.segment_id.id for m in segmentation.sudo().membership_ids
        }

    # --- interrupted, and two at once -----------------------------------------

    def test_an_interrupted_run_is_made_up_for(self):
        """Whatever the last statement was, all or nothing is there."""
        segmentation = self._by_turnover()
        segmentation.action_publish()
        self.lines[0].amount = 5000
        before = self._in_force(segmentation)
        with contextlib.suppress(InterruptedError), self.env.cr.savepoint():
            segmentation.classify()
            raise InterruptedError
        self.assertEqual(self._in_force(segmentation), before)
        self.assertEqual(segmentation.classify(), {"changed": 1})
        self.assertEqual(segmentation.classify(), {"changed": 0})

    def test_no_category_is_deleted_beneath_a_run(self):
        draft = self._segmentation(
            ("A", ("turnover_total", ">=", 10)),
            ("B", ("turnover_total", ">=", 5)),
            ("C",),
        )
        with self.registry.cursor() as other:
            # What a run in another process does first.
            other.execute(
                "SELECT pg_advisory_xact_lock(%s, %s)", [LOCK_SPACE, draft.id]
            )
            with self.assertRaisesRegex(UserError, "crm_segmentation.running"):
                draft.segment_ids[1].unlink()
            other.rollback()
        draft.segment_ids[1].unlink()
        draft.action_publish()

    def test_refreshing_lets_a_running_one_alone(self):
        segmentation = self._by_turnover()
        segmentation.action_publish()
        self.lines[0].amount = 5000
        with self.registry.cursor() as other:
            segmentation.sudo().env.cr.execute("SELECT 1")
            locked = self._by_turnover(code="another")
            other.execute(
                "SELECT pg_advisory_xact_lock(%s, %s)", [LOCK_SPACE, locked.id]
            )
            self.assertIsNone(locked._refresh_unless_running())
            other.rollback()

    def test_archiving_ends_everybody_at_once(self):
        segmentation = self._by_turnover()
        segmentation.action_publish()
        before = self.env.cr.sql_log_count
        segmentation.action_archive_segmentation()
        self.assertLess(self.env.cr.sql_log_count - before, 25)
        self.assertFalse(segmentation.membership_ids)
        self.assertEqual(
            self._movements(self.clinics[0], segmentation)[-1], ("C", False, "archive")
        )

    def test_a_broken_rule_is_logged_and_stops_nobody(self):
        broken = self._by_turnover(code="broken", sequence=1)
        broken.action_publish()
        broken.sudo().spec = {**broken.spec, "categories": [{"id": 0}]}
        good = self._by_turnover(code="good")
        good.action_publish()
        self.lines[0].amount = 5000
        with self.enter_registry_test_mode(), mute_logger(_CLASSIFY):
            self.env.ref("crm_segmentation.ir_cron_refresh").method_direct_trigger()
        self.env.invalidate_all()
        self.assertEqual(self._category(self.clinics[0], good), "A")
