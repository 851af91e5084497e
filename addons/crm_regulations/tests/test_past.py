from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ..core.deal import is_lost, is_won
from ..core.past import UNKNOWN, Change, broken, spans, states

BORN = datetime(2026, 5, 4, 9)


def _at(hours):
    return BORN + timedelta(hours=hours)


def _change(hours, **values):
    """A change from the first to the second value of each field."""
    old = {name: before for name, (before, _after) in values.items()}
    new = {name: after for name, (_before, after) in values.items()}
    return Change(_at(hours), old, new, source=hours)


def _told(found, name="a"):
    """(hours, value, is_sure) of one field."""
    return [
        (
            (state.date - BORN) // timedelta(hours=1),
            state.values.get(name),
            state.is_sure,
        )
        for state in found
    ]


def _is_one(values):
    return values["a"] == 1 if "a" in values else None


def _spans(found, fits=_is_one):
    """(start, end, is_guess) in hours."""
    hour = timedelta(hours=1)
    return [
        (
            (span.start - BORN) // hour,
            span.end and (span.end - BORN) // hour,
            span.is_guess,
        )
        for span in spans(found, fits)
    ]


_steps = st.lists(
    st.tuples(st.sampled_from("ab"), st.integers(0, 2), st.booleans()), max_size=8
)


@tagged("post_install", "-at_install")
class TestPast(BaseCase):
    @given(st.integers(0, 2), st.integers(0, 2), _steps)
    def test_walking_back_is_what_went_forward(self, a, b, steps):
        values, forward, changes = {"a": a, "b": b}, [], []
        forward.append((BORN, dict(values)))
        for hours, (name, value, both) in enumerate(steps, 1):
            new = {name: value, **({"a": value, "b": value} if both else {})}
            new = {n: v for n, v in new.items() if values[n] != v}
            if not new:
                continue
            changes.append(Change(_at(hours), {n: values[n] for n in new}, new))
            values.update(new)
            forward.append((_at(hours), dict(values)))
        found = states(BORN, forward[-1][0], values, changes)
        self.assertEqual([(s.date, s.values) for s in found], forward)
        self.assertTrue(all(state.is_sure for state in found))
        self.assertFalse(broken(values, changes))
        # A span of a fit begins and ends where the naive look says.
        fitted, naive = False, []
        for date, then in forward:
            if (then["a"] == 1) != fitted:
                fitted = not fitted
                naive.append(date)
        bounds = [
            date
            for span in spans(found, lambda v: v["a"] == 1)
            for date in (span.start, span.end)
            if date
        ]
        self.assertEqual(bounds, naive)

    def test_nothing_changed(self):
        found = states(BORN, BORN, {"a": 1}, untold={"b"})
        self.assertEqual(_told(found), [(0, 1, True)])
        self.assertEqual(_spans(found), [(0, None, False)])

    def test_untold_field_is_known_since_the_last_change_of_the_record(self):
        found = states(BORN, _at(5), {"a": 1}, untold={"a"})
        self.assertEqual(_told(found), [(0, None, True), (5, 1, False)])
        self.assertEqual(_spans(found), [(5, None, True)])

    def test_last_told_value_is_not_the_present_one(self):
        changes = [_change(2, a=(0, 2))]
        found = states(BORN, _at(5), {"a": 1}, changes)
        self.assertEqual(_told(found), [(0, 0, True), (2, 2, True), (5, 1, False)])
        self.assertEqual(_spans(found), [(5, None, True)])
        self.assertEqual(broken({"a": 1}, changes), {"a": 2})
        # In the transaction of the creation as well.
        found = states(BORN, BORN, {"a": 1}, [_change(0, a=(0, 2))])
        self.assertEqual(_told(found), [(0, 0, True), (0, 2, True), (0, 1, False)])

    def test_gap_between_two_changes(self):
        changes = [_change(2, a=(0, 2)), _change(4, a=(3, 1))]
        found = states(BORN, _at(4), {"a": 1}, changes)
        self.assertEqual(_told(found), [(0, 0, True), (2, 2, True), (4, 1, False)])
        self.assertEqual(_spans(found), [(4, None, True)])

    def test_old_value_that_cannot_be_read(self):
        changes = [_change(2, a=(UNKNOWN, 1))]
        found = states(BORN, _at(2), {"a": 1, "b": 7}, changes)
        self.assertEqual(_told(found), [(0, None, True), (2, 1, True)])
        self.assertEqual(_spans(found), [(2, None, True)])
        self.assertEqual(_told(found, "b"), [(0, 7, True), (2, 7, True)])

    def test_what_hangs_on_a_field_is_unknown_before_it_changed(self):
        present = {"a": 1, "of a": True, "of b": True}
        hanging = {"a": ["of a"], "b": ["of b"]}
        found = states(BORN, _at(2), present, [_change(2, a=(3, 1))], (), hanging)
        self.assertEqual(_told(found, "of a"), [(0, None, True), (2, True, True)])
        self.assertEqual(_told(found, "of b"), [(0, True, True), (2, True, True)])

    def test_doubt_begins_with_the_change_that_may_have_made_it_fit(self):
        # “a” was told, “b” never: together they fit now.
        def fits(values):
            if values.get("a") != 1:
                return False
            return values["b"] == 1 if "b" in values else None

        changes = [_change(2, a=(0, 1))]
        found = states(BORN, _at(5), {"a": 1, "b": 1}, changes, untold={"b"})
        self.assertEqual(_spans(found, fits), [(2, None, True)])
        # Nothing explains a fit that may be as old as the record.
        found = states(BORN, _at(5), {"a": 1, "b": 1}, untold={"b"})
        self.assertEqual(_spans(found, fits), [(5, None, True)])

    def test_an_answer_lives_on_through_doubt(self):
        changes = [_change(1, a=(1, UNKNOWN)), _change(2, a=(UNKNOWN, 1))]
        found = states(BORN, _at(2), {"a": 1}, changes)
        self.assertEqual(_spans(found), [(0, None, False)])
        changes = [
            _change(1, a=(1, UNKNOWN)),
            _change(2, a=(UNKNOWN, 0)),
            _change(3, a=(0, 1)),
        ]
        found = states(BORN, _at(3), {"a": 1}, changes)
        self.assertEqual(_spans(found), [(0, 2, False), (3, None, False)])

    def test_values_that_are_the_same(self):
        now = {"price": 0.1 + 0.2, "date": datetime(2026, 5, 4, 9, 0, 0, 5), "name": ""}
        told = {"price": 0.3, "date": datetime(2026, 5, 4, 9), "name": False}
        self.assertFalse(broken(now, [Change(BORN, {}, told)]))
        told = {"price": 0.31, "date": datetime(2026, 5, 4, 10), "name": "A"}
        self.assertEqual(broken(now, [Change(BORN, {}, told)]), told)


@tagged("post_install", "-at_install")
class TestDeal(BaseCase):
    def test_won_and_lost(self):
        table = [
            # active, type, won_status: won, lost
            (True, "opportunity", "pending", False, False),
            (False, "opportunity", "pending", False, True),
            (False, "opportunity", "lost", False, True),
            (False, "opportunity", False, False, True),
            (True, "opportunity", "won", True, False),
            # A won deal that is tidied away stays won.
            (False, "opportunity", "won", True, False),
            # Junk is no deal; but what somebody marks as lost is lost.
            (False, "lead", "pending", False, False),
            (False, "lead", "lost", False, True),
        ]
        for active, kind, status, won, lost in table:
            values = {"active": active, "type": kind, "won_status": status}
            with self.subTest(**values):
                self.assertIs(is_won(values), won)
                self.assertIs(is_lost(values), lost)

    def test_unknown(self):
        self.assertIsNone(is_won({}))
        self.assertIsNone(is_lost({"active": False, "type": "opportunity"}))
