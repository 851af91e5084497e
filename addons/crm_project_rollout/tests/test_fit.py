from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from odoo.addons.crm_project_rollout.core import fit
from odoo.addons.crm_project_rollout.core.fit import Statement as S

from .test_gate import patient

STATEMENTS = st.lists(
    st.builds(
        S,
        text=st.sampled_from("abcdef"),
        kind=st.sampled_from(fit.KINDS),
        weight=st.integers(1, 10),
        score=st.none() | st.integers(0, fit.TOP_SCORE),
    ),
    max_size=14,
)


@tagged("post_install", "-at_install")
class TestFit(BaseCase):
    """The pure rule: no database."""

    def test_table(self):
        crm, stock = S("late", "crm", 2, 3), S("stock", "logistics", 1, 0)
        table = [
            # statements, verdict, best, margin, reasons
            ((), fit.NOTHING, "", 0, ()),
            ((S("late", "crm"),), fit.NOTHING, "", 0, ()),
            ((crm, S("stock", "logistics")), fit.INCOMPLETE, "", 0, ()),
            ((S("late", "crm", 1, 0), stock), fit.NO_PAIN, "", 0, ()),
            ((crm, stock), fit.CLEAR, "crm", 100, ("late",)),
            ((crm,), fit.CLEAR, "crm", 100, ("late",)),
            (
                (crm, S("stock", "logistics", 9, 3)),
                fit.CLOSE,
                "crm",
                0,
                ("late",),
            ),
            (
                (S("late", "crm", 1, 1), S("stock", "logistics", 1, 3)),
                fit.CLEAR,
                "logistics",
                200 / 3,
                ("stock",),
            ),
        ]
        for statements, verdict, best, margin, reasons in table:
            with self.subTest(statements=statements):
                found = fit.judge(statements)
                self.assertEqual(
                    (found.verdict, found.best, found.reasons), (verdict, best, reasons)
                )
                self.assertAlmostEqual(found.margin, margin)

    def test_margin_of_a_call(self):
        """Ten points are enough, a little less is too close."""
        other = [S("o", "other", 9, 3), S("p", "other", 1, 0)]  # 90 %
        self.assertEqual(fit.judge([S("c", "crm", 1, 3), *other]).verdict, fit.CLEAR)
        nearly = [S("o", "other", 10, 3), S("p", "other", 1, 0)]  # 90.9 %
        self.assertEqual(fit.judge([S("c", "crm", 1, 3), *nearly]).verdict, fit.CLOSE)

    def test_heaviest_reasons_first(self):
        lines = [S(str(w), "crm", w, 3) for w in (1, 4, 2, 3)] + [S("x", "crm", 9, 0)]
        self.assertEqual(fit.judge(lines).reasons, ("4", "3", "2"))

    @patient
    @given(STATEMENTS)
    def test_always_sound(self, statements):
        found = fit.judge(statements)
        self.assertEqual(found.asked, len(statements))
        self.assertEqual(found, fit.judge(iter(statements)))
        values = [value for _kind, value in found.percents]
        for value in values:
            self.assertTrue(value is None or 0 <= value <= 100)
        self.assertEqual(found.answered == 0, found.verdict == fit.NOTHING)
        if found.best:
            self.assertEqual(dict(found.percents)[found.best], max(values))
            self.assertEqual(
                found.verdict == fit.CLEAR, found.margin >= fit.CLOSE_MARGIN
            )
        else:
            self.assertFalse(found.reasons or found.margin)

    @patient
    @given(STATEMENTS, st.integers(2, 5))
    def test_scale_of_weights_does_not_matter(self, statements, factor):
        heavier = [S(s.text, s.kind, s.weight * factor, s.score) for s in statements]
        found, other = fit.judge(statements), fit.judge(heavier)
        self.assertEqual(found.best, other.best)
        self.assertAlmostEqual(found.margin, other.margin)
