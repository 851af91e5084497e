from odoo.tests import tagged

from .common import MONDAY_9, RegulationsCommon, instant


@tagged("post_install", "-at_install")
class TestSalesperson(RegulationsCommon):
    """Since when another salesperson looks after a customer."""

    def test_only_a_change_from_one_to_another_counts(self):
        new, mine = self._partner("New", user_id=False), self._partner("Mine")
        mine.user_id = self.sales
        both = new | mine
        for user, at, since in (
            (self.sales, "2026-05-04 09:00:00", (False, False)),  # the first; the same
            (self.env["res.users"], "2026-05-04 09:10:00", (False, False)),  # nobody
        ):
            with self._at(at):
                both.user_id = user
            self.assertEqual(tuple(both.mapped("crm_salesperson_since")), since)
        mine.user_id = self.sales
        with self._at(MONDAY_9):
            both.write({"user_id": self.manager.id, "comment": "Since Monday"})
        self.assertEqual(
            both.mapped("crm_salesperson_since"), [False, instant(MONDAY_9)]
        )
        self.assertEqual(both.user_id, self.manager)
        self.assertEqual(len(set(both.mapped("comment"))), 1)
        self.assertFalse(mine.copy().crm_salesperson_since)
