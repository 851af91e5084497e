from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ..core.announcing import INFORMED, REASONS, TRACES, figures, may_write
from ..models.crm_announcement_recipient import REASONS as REASON_NAMES
from ..models.crm_announcement_recipient import STATES
from .core_common import examples


@tagged("post_install", "-at_install")
class TestAnnouncingCore(BaseCase):
    def test_figures(self):
        for counts, target, expected in (
            ({}, 95, (0, 0, 0, 0, 0.0, False)),
            ({"sent": 19, "to_call": 1}, 95, (20, 19, 0, 1, 95.0, True)),
            # Who was left out stays in the whole.
            ({"sent": 18, "excluded": 2}, 95, (20, 18, 2, 0, 90.0, False)),
            ({"opened": 1, "replied": 1, "told": 1, "sent": 1}, 100,
             (4, 4, 0, 0, 100.0, True)),
            # 94.96 % are shown as 95.0, but are less.
            ({"sent": 9496, "waiting": 504}, 95, (10000, 9496, 0, 504, 95.0, False)),
        ):  # fmt: skip
            found = figures(counts, target)
            names = ("total", "informed", "excluded", "open", "percent", "reached")
            with self.subTest(counts):
                self.assertEqual(tuple(found[name] for name in names), expected)

    @examples(100)
    @given(
        st.dictionaries(
            st.sampled_from([code for code, _name in STATES]), st.integers(0, 1000)
        ),
        st.integers(1, 100),
    )
    def test_everybody_is_in_one_place(self, counts, target):
        found = figures(counts, target)
        self.assertEqual(
            found["total"], found["informed"] + found["excluded"] + found["open"]
        )
        self.assertTrue(0 <= found["percent"] <= 100)

    def test_cap(self):
        for letters, cap, expected in ((3, 4, True), (4, 4, False), (99, 0, True)):
            self.assertEqual(may_write(letters, cap), expected)

    def test_words_for_everything(self):
        """Each state and reason that is decided has a name on the screen."""
        states, reasons = dict(STATES), dict(REASON_NAMES)
        self.assertLessEqual({state for _status, state, _reason in TRACES}, set(states))
        self.assertLessEqual(set(INFORMED), set(states))
        told = {reason for _status, _state, reason in TRACES if reason}
        self.assertLessEqual(told | {name for name, _way in REASONS}, set(reasons))
