from odoo.tests import BaseCase, tagged

from ..core.roster import Duty, on_duty
from .core_common import at


@tagged("post_install", "-at_install")
class TestRoster(BaseCase):
    def _on(self, roster, clock="10:00", process="relations", code="missed_call"):
        return on_duty(roster, at(clock), process, code)

    def test_from_until(self):
        row = [Duty(1, 7, at("9:00"), at("11:00"))]
        self.assertEqual(self._on(row, "8:59:59"), [])
        self.assertEqual(self._on(row, "9:00"), [7])
        self.assertEqual(self._on(row, "10:59:59"), [7])
        self.assertEqual(self._on(row, "11:00"), [])

    def test_until_further_notice(self):
        self.assertEqual(self._on([Duty(1, 7, at("9:00"))], "+300 9:00"), [7])

    def test_who_is_meant_most(self):
        roster = [
            Duty(1, 1, at("9:30")),
            Duty(2, 2, at("9:00"), process="relations"),
            Duty(3, 3, at("8:00"), code="missed_call"),
            Duty(4, 4, at("9:00"), process="sales"),
            Duty(5, 5, at("9:00"), code="service_4wh"),
        ]
        self.assertEqual(self._on(roster), [3, 2, 1])
        self.assertEqual(self._on(roster, code="service_4wh"), [5, 2, 1])
        self.assertEqual(self._on(roster, process="sales", code="x"), [4, 1])

    def test_the_stand_in_goes_before(self):
        roster = [Duty(1, 1, at("8:00")), Duty(2, 2, at("9:00"), at("11:00"))]
        self.assertEqual(self._on(roster), [2, 1])
        self.assertEqual(self._on(roster, "11:00"), [1])
        same = [Duty(1, 1, at("8:00")), Duty(2, 2, at("8:00"))]
        self.assertEqual(self._on(same), [2, 1])
