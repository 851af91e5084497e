"""The SQL visitor of the rule in ``core/stability.py``, for everybody at once.

Each function gives the columns of one more layer of the statement, which reads the
columns of the layer below. See ``engine/classification.py``.
"""

from odoo.tools import SQL

from ..core.scheme import Scheme
from ..core.stability import Stability
from .criteria_sql import scheme_to_sql


class StabilitySql:
    """The layers that say which category follows from what the rule wants.

    The layer below has ``computed_id``, ``computed_since``, ``held_id``,
    ``held_since`` (where a partner is) and ``target_id`` (what the rule gives).

    :param stability: how categories follow
    :param scheme: the rule, asked again after a single step
    :param today: the day of the computation
    """

    def __init__(self, stability: Stability, scheme: Scheme, today):
        self.stability = stability
        self.scheme = scheme
        self.today = today
        self.ladder = [step.id for step in stability.ladder]

    def place(self, category: SQL) -> SQL:
        """The place of a category on the ladder; NULL for those beside it."""
        return SQL("array_position(%s::int[], %s)", self.ladder, category)

    def decision(self) -> SQL:
        """Columns ``move`` (hold, step or follow) and ``hold_since``."""
        return SQL("%s AS hold_since, %s AS move", self._hold_since(), self._move())

    def outcome(self) -> SQL:
        """Columns ``next_id``, ``wanted_id`` and ``wanted_since``."""
        stepped = self._stepped()
        wanted = scheme_to_sql(self.scheme, stepped)
        return SQL(
            """CASE move WHEN 'hold' THEN computed_id
                         WHEN 'step' THEN %(stepped)s
                         ELSE target_id END AS next_id,
               CASE move WHEN 'hold' THEN target_id
                         WHEN 'step' THEN NULLIF(%(wanted)s, %(stepped)s)
                         END AS wanted_id,
               CASE move WHEN 'hold' THEN hold_since
                         WHEN 'step'
                         THEN CASE WHEN %(wanted)s <> %(stepped)s
                                   THEN %(today)s::date END
                         END AS wanted_since""",
            stepped=stepped,
            wanted=wanted,
            today=self.today,
        )

    def _hold_since(self):
        """Since when the rule wants that way, today if it turned round."""
        here = self.place(SQL("computed_id"))
        return SQL(
            """CASE WHEN target_id IS NOT DISTINCT FROM computed_id THEN NULL
                    WHEN held_since IS NOT NULL
                     AND (%(before)s < %(here)s) = (%(there)s < %(here)s)
                    THEN held_since
                    ELSE %(today)s::date END""",
            before=self.place(SQL("held_id")),
            here=here,
            there=self.place(SQL("target_id")),
            today=self.today,
        )

    def _move(self):
        here = self.place(SQL("computed_id"))
        there = self.place(SQL("target_id"))
        promotion = "follow" if self.stability.promotion == "at_once" else "hold"
        return SQL(
            """CASE WHEN target_id IS NOT DISTINCT FROM computed_id THEN 'follow'
                    WHEN %(here)s IS NULL OR %(there)s IS NULL THEN 'follow'
                    WHEN %(there)s < %(here)s THEN %(promotion)s::text
                    WHEN %(today)s::date < %(due)s THEN 'hold'
                    WHEN %(one_step)s AND %(there)s > %(here)s + 1 THEN 'step'
                    ELSE 'follow' END""",
            here=here,
            there=there,
            promotion=promotion,
            today=self.today,
            due=self._due(),
            one_step=self.stability.one_step,
        )

    def _due(self):
        """See :meth:`core.stability.Stability.due`."""
        since = self._hold_since()
        least = 1 if self.stability.one_step else 0
        day = SQL(
            "GREATEST(%s + %s, COALESCE(computed_since, %s) + %s)",
            since,
            self._days({s.id: s.grace_days for s in self.stability.ladder}),
            since,
            self._days(
                {s.id: max(s.min_stay_days, least) for s in self.stability.ladder}
            ),
        )
        if self.stability.demote_on != "month_start":
            return day
        # The day before, so that the first of a month stays itself.
        return SQL("(date_trunc('month', %s - 1) + interval '1 month')::date", day)

    def _days(self, by_category):
        branches = SQL(" ").join(
            SQL("WHEN %s THEN %s", category, days)
            for category, days in by_category.items()
        )
        return SQL("CASE computed_id %s END", branches)

    def _stepped(self):
        return SQL("(%s::int[])[%s + 1]", self.ladder, self.place(SQL("computed_id")))
