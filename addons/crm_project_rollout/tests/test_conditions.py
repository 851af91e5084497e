from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import RolloutCommon


@tagged("post_install", "-at_install")
class TestConditions(RolloutCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.due = fields.Date.today() + timedelta(days=30)
        stage = cls.rollout.stage_id.with_user(cls.sponsor)
        stage.decide(
            "conditional",
            "The rest follows",
            [
                "Name the owners",
                {
                    "name": "Buy telephones",
                    "user_id": cls.salesperson.id,
                    "date": fields.Date.to_string(cls.due),
                },
            ],
        )
        cls.by_name = {line.name: line for line in cls.rollout.condition_ids}

    def test_owner_and_date(self):
        plain, full = self.by_name["Name the owners"], self.by_name["Buy telephones"]
        self.assertEqual(plain.user_id, self.coordinator)
        self.assertEqual(plain.date, fields.Date.today() + timedelta(days=14))
        self.assertEqual(full.user_id, self.salesperson)
        self.assertEqual(full.date, self.due)

    def test_block_the_next_gate_until_closed(self):
        self.assertEqual(self.stage(2).state, "open")
        with self.figures_reached():
            self.meet(2)
            for decision, conditions in (("go", ()), ("conditional", ["more"])):
                with self.assertRefused("conditions_open", UserError) as caught:
                    self.stage(2).decide(decision, "On we go", conditions)
                for name in self.by_name:
                    self.assertIn(name, str(caught.exception))
            self.assertIn("Buy telephones", self.stage(2).gate_summary)
            self.by_name["Name the owners"].action_close("minutes of Monday")
            with self.assertRefused("conditions_open", UserError):
                self.stage(2).decide("go", "On we go")
            self.by_name["Buy telephones"].with_user(self.salesperson).action_close()
            self.stage(2).decide("go", "On we go")
        closed = self.by_name["Buy telephones"]
        self.assertEqual(closed.closed_by_id, self.salesperson)
        self.assertEqual(self.by_name["Name the owners"].note, "minutes of Monday")

    def test_closing_twice_keeps_the_first(self):
        line = self.by_name["Buy telephones"]
        line.with_user(self.salesperson).action_close("bought")
        self.assertIs(line.with_user(self.sponsor).action_close("again"), True)
        self.assertEqual(line.note, "bought")
        self.assertEqual(line.closed_by_id, self.salesperson)

    def test_who_may_close(self):
        other = self.new_user("rt_sales2", "sales_team.group_sale_salesman")
        with self.assertRefused("not_condition_owner", AccessError):
            self.by_name["Buy telephones"].with_user(other).action_close()
        self.by_name["Buy telephones"].with_user(self.sponsor).action_close()

    def test_cannot_be_written_away(self):
        lines = self.rollout.condition_ids
        for vals in (
            {"is_closed": True},
            {"date": "2050-01-01"},
            {"name": "Easier"},
            {"user_id": self.sponsor.id},
        ):
            with (
                self.subTest(vals=vals),
                self.assertRefused("field_is_guarded", AccessError),
            ):
                lines.sudo().write(vals)
        with self.assertRefused("field_is_guarded", AccessError):
            lines.sudo().unlink()
        lines[0].note = "we are at it"
        lines[0].action_close()
        with self.assertRefused("condition_is_closed", UserError):
            lines[0].note = "we were at it"
