import doctest

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from odoo.addons.crm_project_rollout.core import gate

NAMES = st.sampled_from(["goal", "task", "owner", "date"])
REQUIREMENTS = st.lists(st.tuples(NAMES, st.booleans(), st.booleans()), max_size=12)

# Hypothesis reads the constants of every imported module before the first draw, which
# takes seconds with the whole of Odoo imported.
patient = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


@tagged("post_install", "-at_install")
class TestGate(BaseCase):
    """The pure rules: no database."""

    def test_refusal_table(self):
        met, unmet = gate.Requirement("a", True), gate.Requirement("b", False)
        ready, closed = gate.Gate((met,)), gate.Gate((met, unmet))
        owing = gate.Gate((met,), ("owed",))
        table = [
            # gate, number, decision, reason, conditions, code, names
            (ready, 1, "go", "ok", (), None, ()),
            (ready, 7, "go", "ok", (), None, ()),
            (ready, 1, "perhaps", "ok", (), "unknown_decision", ("perhaps",)),
            (ready, 1, "go", " ", (), "reason_missing", ()),
            (ready, 1, "go", False, (), "reason_missing", ()),
            (ready, 1, "go", "ok", ("x",), "conditions_unexpected", ("x",)),
            (ready, 1, "hold", "ok", ("x",), "conditions_unexpected", ("x",)),
            (closed, 1, "go", "ok", (), "criteria_unmet", ("b",)),
            (closed, 1, "conditional", "ok", (), "conditions_missing", ("b",)),
            (closed, 1, "conditional", "ok", ("x",), None, ()),
            (
                closed,
                7,
                "conditional",
                "ok",
                ("x",),
                "conditional_at_last_gate",
                ("b",),
            ),
            (closed, 1, "hold", "ok", (), None, ()),
            (closed, 1, "stop", "ok", (), None, ()),
            (owing, 2, "go", "ok", (), "conditions_open", ("owed",)),
            (owing, 2, "conditional", "ok", ("x",), "conditions_open", ("owed",)),
            (owing, 2, "hold", "ok", (), None, ()),
            (owing, 2, "stop", "ok", (), None, ()),
        ]
        for facts, number, decision, reason, conditions, code, names in table:
            with self.subTest(decision=decision, code=code):
                refused = gate.refusal(facts, number, decision, reason, conditions)
                self.assertEqual(refused and refused.code, code)
                self.assertEqual(refused.names if refused else (), names)

    def test_outcome_table(self):
        table = [
            ("go", 1, True, "running", 2),
            ("conditional", 6, True, "running", 7),
            ("go", 7, True, "done", 0),
            ("hold", 3, False, "running", 0),
            ("stop", 3, False, "stopped", 0),
        ]
        for decision, number, passes, state, following in table:
            with self.subTest(decision=decision, number=number):
                self.assertEqual(
                    gate.outcome(decision, number),
                    gate.Outcome(passes, state, following),
                )

    def test_reaches(self):
        self.assertTrue(gate.reaches(2, "<=", 2))
        self.assertFalse(gate.reaches(2, "<", 2))
        self.assertTrue(gate.reaches(70.0, ">=", 70))
        self.assertFalse(gate.reaches(70, ">", 70))
        self.assertFalse(gate.reaches(None, "<=", 2), "no figure is not a good figure")

    @patient
    @given(REQUIREMENTS, st.lists(NAMES, max_size=3))
    def test_gate_opens_exactly_when_all_required_is_met(self, rows, owed):
        requirements = [gate.Requirement(*row) for row in rows]
        facts = gate.Gate(tuple(requirements), tuple(owed))
        everything = all(r.met for r in requirements if r.required)
        self.assertEqual(facts.is_open, everything and not owed)
        self.assertEqual(facts.readiness == 100, everything)
        self.assertTrue(0 <= facts.readiness <= 100)
        refused = gate.refusal(facts, 3, "go", "because", ())
        self.assertEqual(refused is None, facts.is_open)
        if refused:
            self.assertTrue(refused.names)

    @patient
    @given(
        st.floats(0, 100, allow_nan=False),
        st.sampled_from(gate.OPERATORS),
        st.integers(0, 1000).map(lambda tenths: tenths / 10),
    )
    def test_shown_figure_never_flatters(self, value, operator, threshold):
        if (
            not gate.reaches(value, operator, threshold)
            and abs(value - threshold) > 1e-6
        ):
            printed = gate.shown(value, operator)
            self.assertFalse(
                gate.reaches(printed, operator.rstrip("="), threshold),
                f"{value} is printed as {printed}",
            )

    def test_doctests(self):
        self.assertFalse(doctest.testmod(gate).failed)
