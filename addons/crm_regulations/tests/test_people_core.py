from datetime import timezone

from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ..core.absence import stand_in
from ..core.ladder import ROLES, first_on
from ..core.limit import Clock
from ..core.telling import when
from ..core.worktime import WindowTooShort, WorkTime
from .core_common import OFFICE, at, examples


@tagged("post_install", "-at_install")
class TestPeopleCore(BaseCase):
    def test_who_is_there_stands_for_oneself(self):
        self.assertEqual(stand_in(1, {}), 1)
        self.assertEqual(stand_in(1, {2: 3}), 1)

    def test_the_line_of_deputies(self):
        self.assertEqual(stand_in(1, {1: 2}), 2)
        self.assertEqual(stand_in(1, {1: 2, 2: 3}), 3)
        self.assertEqual(stand_in(1, {1: 0}), 0)
        self.assertEqual(stand_in(1, {1: 2, 2: 0}), 0)

    def test_a_circle_ends_with_nobody(self):
        self.assertEqual(stand_in(1, {1: 2, 2: 1}), 0)
        self.assertEqual(stand_in(1, {1: 1}), 0)
        self.assertEqual(stand_in(1, {1: 2, 2: 3, 3: 2}), 0)

    def test_who_cannot_do_it_stands_for_nobody(self):
        self.assertEqual(stand_in(1, {1: 2}, lambda id_: id_ != 2), 0)

    @examples(200)
    @given(st.dictionaries(st.integers(1, 9), st.integers(0, 9)), st.integers(1, 9))
    def test_nobody_who_is_away_stands_in(self, away, user):
        found = stand_in(user, away)
        self.assertNotIn(found, {0: None, **away} if found else {})

    def test_the_rung_and_those_above(self):
        people = {"team_leader": [0, 4], "department_manager": [5], "owner": [9]}
        self.assertEqual(first_on("team_leader", people), 4)
        self.assertEqual(first_on("team_leader", people, {4}), 5)
        self.assertEqual(first_on("next_manager", people), 9)
        self.assertEqual(first_on("owner", people, {9}), 0)
        self.assertEqual(first_on("deputy", {}), 0)

    @examples(200)
    @given(
        st.dictionaries(st.sampled_from(ROLES), st.lists(st.integers(0, 5))),
        st.sampled_from(ROLES),
        st.sets(st.integers(1, 5)),
    )
    def test_nobody_below_and_nobody_twice(self, people, role, told):
        person = first_on(role, people, told)
        above = {p for r in ROLES[ROLES.index(role) :] for p in people.get(r, ())}
        self.assertIn(person, (above - told - {0}) or {0})

    def test_when_somebody_may_be_told(self):
        clock = Clock(OFFICE)
        self.assertEqual(when(at("9:30"), clock), at("9:30"))
        self.assertEqual(when(at("12:00"), clock), at("13:00"))
        self.assertEqual(when(at("18:00"), clock), at("+1 8:00"))
        self.assertEqual(when(at("6:00"), clock, True), at("8:00"))
        self.assertEqual(when(at("8:00"), clock, True), at("8:00"))
        self.assertEqual(when(at("8:01"), clock, True), at("+1 8:00"))
        self.assertEqual(when(at("12:30"), clock, True), at("+1 8:00"))
        self.assertEqual(when(at("3:00"), Clock()), at("3:00"))
        with self.assertRaises(WindowTooShort):
            when(at("+4 9:00"), clock, True)

    def test_around_the_clock_a_day_begins_at_midnight(self):
        always = WorkTime([(at("0:00"), at("+9 0:00"))], timezone.utc)
        self.assertEqual(always.day_opening(at("9:00")), at("+1 0:00"))
        self.assertEqual(always.day_opening(at("+3 0:00")), at("+3 0:00"))
