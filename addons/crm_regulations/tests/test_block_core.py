from itertools import product

from odoo.tests import BaseCase, tagged

from ..core.blocking import (
    ACTS,
    ARCHIVE,
    CONFIRM,
    LEAVE,
    LOSE,
    WIN,
    Standing,
    acts_between,
    in_order,
)


@tagged("post_install", "-at_install")
class TestActs(BaseCase):
    def test_what_was_done(self):
        lead = Standing(stage=1, outcome="pending")
        for after, acts in (
            (lead, set()),
            (Standing(2, "pending"), {LEAVE}),
            (Standing(0, "pending"), {LEAVE}),
            (Standing(3, "won"), {LEAVE, WIN}),
            (Standing(1, "won"), {WIN}),
            (Standing(1, "lost", False), {LOSE, ARCHIVE}),
            (Standing(1, "pending", False), {ARCHIVE}),
            (Standing(1, "pending", True, True), {CONFIRM}),
        ):
            self.assertEqual(acts_between(lead, after), acts, after)

    def test_what_comes_back_is_no_act(self):
        for before, after in (
            (Standing(1, "lost", False), Standing(1, "pending")),
            (Standing(1, "won"), Standing(1, "pending")),
            (Standing(0), Standing(1)),
            (Standing(is_confirmed=True), Standing()),
        ):
            self.assertFalse(acts_between(before, after))

    def test_staying_is_never_an_act(self):
        everything = [
            Standing(*values)
            for values in product(
                (0, 1, 2), ("", "pending", "won", "lost"), (True, False), (True, False)
            )
        ]
        for before, after in product(everything, everything):
            acts = acts_between(before, after)
            if before == after:
                self.assertFalse(acts)
            self.assertLessEqual(acts, set(ACTS))
            self.assertFalse({WIN, LOSE} <= acts)
            # There and back: no act is told of both ways, but for changing the stage.
            self.assertLessEqual(acts & acts_between(after, before), {LEAVE, WIN, LOSE})

    def test_in_order(self):
        self.assertEqual(in_order({CONFIRM, LEAVE, WIN}), [LEAVE, WIN, CONFIRM])
