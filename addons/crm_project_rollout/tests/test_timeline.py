import doctest
from datetime import date, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import html

from odoo import Command
from odoo.tests import BaseCase, tagged

from ..core import timeline
from .common import RolloutCommon

START = date(2026, 1, 1)
DAYS = st.none() | st.integers(-30, 700).map(lambda n: START + timedelta(days=n))


class TestTimelineCore(BaseCase):
    """Where the bars lie."""

    def test_examples(self):
        self.assertEqual(doctest.testmod(timeline).failed, 0)

    @settings(
        max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow]
    )
    @given(
        st.lists(st.tuples(DAYS, DAYS, DAYS), max_size=7),
        st.integers(-30, 700),
    )
    def test_every_bar_lies_on_the_line(self, days, today):
        stages = [timeline.Stage(*line) for line in days]
        rows, place = timeline.draw(stages, START, START + timedelta(days=today))
        self.assertEqual(len(rows), len(stages))
        self.assertTrue(place is None or 0 <= place <= 100)
        for row in rows:
            self.assertGreaterEqual(row.days_late, 0)
            for bar in (row.promised, row.actual):
                if bar:
                    self.assertGreaterEqual(bar.left, 0)
                    self.assertGreater(bar.width, 0)
                    self.assertLessEqual(bar.left + bar.width, 100.0001)


@tagged("post_install", "-at_install")
class TestTimeline(RolloutCommon):
    """The pictures on the form."""

    def rows(self, picture):
        page = html.fromstring(str(picture))
        return page.xpath("//div[contains(@class, 'o_crm_rollout_timeline_row')]")

    def test_stages(self):
        rows = self.rows(self.rollout.timeline_html)
        self.assertEqual(len(rows), 7)
        names = [row.text_content().split()[0] for row in rows]
        self.assertEqual(names, [f"{number}." for number in range(1, 8)])
        self.assertFalse([row for row in rows if row.get("data-late")])
        first = self.stage(1)
        first._unguarded().date_promised = self.rollout.date_start.date() - timedelta(3)
        self.rollout.invalidate_recordset(["timeline_html"])
        late = [
            row for row in self.rows(self.rollout.timeline_html) if row.get("data-late")
        ]
        self.assertEqual(len(late), 1)
        self.assertIn("days", late[0].text_content())

    def test_money(self):
        self.assertFalse(self.rollout.budget_html)
        self.rollout.budget_ids = [
            Command.create({"name": "Set-up", "planned": 2000, "spent": 500}),
            Command.create({"name": "Training", "planned": 1000, "spent": 1500}),
        ]
        rows = self.rows(self.rollout.budget_html)
        self.assertEqual([row.get("data-late") for row in rows], [None, "1"])
        self.assertIn("2,000", rows[0].text_content())
        self.assertIn("width: 100.0%", html.tostring(rows[0]).decode())

    def test_who_reads_it(self):
        """Whoever reads the CRM project sees the picture, also without the rest."""
        for user in (self.sponsor, self.coordinator):
            self.assertTrue(self.rollout.with_user(user).timeline_html)
