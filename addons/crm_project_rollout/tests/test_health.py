import doctest

from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from odoo.addons.crm_project_rollout.core import health
from odoo.addons.crm_project_rollout.core.health import GREEN, RED, YELLOW, Facts

from .test_gate import patient

DAYS = st.lists(st.tuples(st.sampled_from("abc"), st.integers(-30, 60)), max_size=4)
FACTS = st.builds(
    Facts,
    slips=DAYS.map(tuple),
    conditions=DAYS.map(tuple),
    risks=st.lists(st.tuples(st.just("r"), st.integers(1, 25)), max_size=4).map(tuple),
    budget_percent=st.none() | st.floats(0, 200),
    gone=st.lists(st.just("Ann"), max_size=1).map(tuple),
)


@tagged("post_install", "-at_install")
class TestHealth(BaseCase):
    """The pure rule: no database."""

    def test_table(self):
        table = [
            (Facts(), GREEN, []),
            (Facts(slips=(("1", 0), ("2", -5))), GREEN, []),
            (Facts(slips=(("1", 14),)), YELLOW, ["slip"]),
            (Facts(slips=(("1", 15),)), RED, ["slip"]),
            (Facts(conditions=(("c", 7),)), YELLOW, ["condition"]),
            (Facts(conditions=(("c", 8),)), RED, ["condition"]),
            (Facts(risks=(("r", 11),)), GREEN, []),
            (Facts(risks=(("r", 12),)), YELLOW, ["risk"]),
            (Facts(risks=(("r", 20),)), RED, ["risk"]),
            (Facts(budget_percent=100), GREEN, []),
            (Facts(budget_percent=100.5), YELLOW, ["budget"]),
            (Facts(budget_percent=111), RED, ["budget"]),
            (Facts(gone=("Ann",)), RED, ["gone"]),
            (Facts(goals_off=("g",), goals_total=2), YELLOW, ["goal"]),
            (Facts(goals_off=("g", "h"), goals_total=3), RED, ["goal", "goal"]),
            (
                Facts(slips=(("1", 3),), budget_percent=150),
                RED,
                ["budget", "slip"],
            ),
        ]
        for facts, color, codes in table:
            with self.subTest(facts=facts):
                found, reasons = health.judge(facts)
                self.assertEqual(found, color)
                self.assertEqual([reason.code for reason in reasons], codes)

    @patient
    @given(FACTS)
    def test_color_is_the_worst_reason(self, facts):
        color, reasons = health.judge(facts)
        colors = [reason.color for reason in reasons]
        worst = RED if RED in colors else YELLOW if colors else GREEN
        self.assertEqual(color, worst)
        self.assertEqual(colors, sorted(colors, key=lambda c: c != RED))

    @patient
    @given(FACTS, st.integers(1, 30))
    def test_later_is_never_better(self, facts, more):
        rank = [GREEN, YELLOW, RED].index
        later = Facts(
            **{
                **facts.__dict__,
                "slips": tuple((name, days + more) for name, days in facts.slips),
            }
        )
        before, after = health.judge(facts)[0], health.judge(later)[0]
        self.assertGreaterEqual(rank(after), rank(before))

    def test_examples(self):
        self.assertEqual(doctest.testmod(health).failed, 0)
