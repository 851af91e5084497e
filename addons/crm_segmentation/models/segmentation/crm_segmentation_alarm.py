from odoo import fields, models

from ...core.size_alarm import has_jumped, likely_cause
from ...engine.flow_sql import net_changes

# A new rule or a person's decision is no surprise.
_UNEXPECTED = ("nightly", "refresh", "request", "import")


class CrmSegmentation(models.Model):
    """The alarm when a category jumps in size: imports, blanks, archived partners."""

    _name = "crm.segmentation"
    _inherit = ["crm.segmentation", "mail.activity.mixin"]

    user_id = fields.Many2one(
        "res.users",
        string="Responsible",
        default=lambda self: self.env.user,
        tracking=True,
        help="Looks after the segmentation and is told when a category jumps in size.",
    )
    alarm_percent = fields.Float(
        string="Alarm above (%)",
        default=20,
        help="The responsible gets an activity when a category grows or shrinks by "
        "more than this in a day, other than by a new rule. 0: no alarm.",
    )
    alarm_minimum = fields.Integer(
        string="Alarm from (counterparties)",
        default=10,
        help="Smaller changes give no alarm, whatever the percentage.",
    )
    alarm_ids = fields.One2many(
        "crm.segment.alarm",
        "segmentation_id",
        groups="sales_team.group_sale_salesman",
    )

    _alarm_percent_positive = models.Constraint(
        "CHECK(alarm_percent >= 0 AND alarm_minimum >= 0)",
        "The alarm is set by numbers from zero up.",
    )

    def _classify(self, cause, **options):
        changed = super()._classify(cause, **options)
        if changed and cause in _UNEXPECTED:
            self.sudo()._raise_alarms()
        return changed

    def _raise_alarms(self):
        """Note today's jumps; each is told once, however often the day is looked at."""
        today = fields.Date.today()
        sizes = dict(
            self.env["crm.segment.membership"]._read_group(
                [("segmentation_id", "in", self.ids)], ["segment_id"], ["__count"]
            )
        )
        known = self.env["crm.segment.alarm"].search(
            [("segmentation_id", "in", self.ids), ("date", "=", today)]
        )
        vals_list = []
        for segmentation in self.filtered("alarm_percent"):
            segments = {s.id: s for s in segmentation.segment_ids - known.segment_id}
            query = net_changes(segmentation.id, today, _UNEXPECTED)
            for row in self.env.execute_query(query):
                if row[0] in segments:
                    vals_list += segmentation._alarm_vals(
                        segments[row[0]], today, sizes, row
                    )
        self.env["crm.segment.alarm"].create(vals_list)._tell()

    def _alarm_vals(self, segment, today, sizes, row):
        _id, change, came, went, new, gone = row
        after = sizes.get(segment, 0)
        before = after - int(change)
        if not has_jumped(before, after, self.alarm_percent, self.alarm_minimum):
            return []
        return [
            {
                "segment_id": segment.id,
                "date": today,
                "size_before": before,
                "size_after": after,
                "came": came,
                "went": went,
                "new": new,
                "gone": gone,
                "likely_cause": likely_cause(came, went, new, gone),
            }
        ]
