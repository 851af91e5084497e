from odoo import fields, models


class CrmSegmentAlarm(models.Model):
    """A category grew or shrank more in a day than it should."""

    _name = "crm.segment.alarm"
    _description = "Size Alarm of a Category"
    _order = "date desc, id desc"
    _rec_name = "segment_id"

    segment_id = fields.Many2one(
        "crm.segment", string="Category", required=True, ondelete="cascade", index=True
    )
    segmentation_id = fields.Many2one(
        related="segment_id.segmentation_id", store=True, index=True
    )
    company_id = fields.Many2one(related="segment_id.company_id", store=True)
    date = fields.Date(required=True)
    size_before = fields.Integer(string="Before", aggregator=None)
    size_after = fields.Integer(string="After", aggregator=None)
    came = fields.Integer(help="Counterparties that came into the category that day.")
    went = fields.Integer(help="Counterparties that left it that day.")
    new = fields.Integer(
        string="Came new", help="Of those who came: without a category before."
    )
    gone = fields.Integer(
        string="Went for good", help="Of those who left: without a category now."
    )
    likely_cause = fields.Selection(
        [
            ("import", "Counterparties or turnover were loaded"),
            ("lost", "Counterparties were archived, merged or lost their type"),
            ("shift", "Numbers moved over a threshold"),
        ],
        readonly=True,
    )

    _day_unique = models.Constraint(
        "UNIQUE(segment_id, date)", "There is an alarm of this day already."
    )

    def action_open_movements(self):
        """The changes of category of that day, into and out of the category."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_segmentation.action_movement"
        )
        return {
            **action,
            "domain": [
                ("date", "=", self.date),
                "|",
                ("from_segment_id", "=", self.segment_id.id),
                ("to_segment_id", "=", self.segment_id.id),
            ],
            "context": {},
        }

    def _tell(self):
        """An activity for the responsible of each segmentation, one for all alarms."""
        for segmentation, alarms in self.grouped("segmentation_id").items():
            if not segmentation.user_id.active:
                continue
            segmentation.activity_schedule(
                "mail.mail_activity_data_todo",
                summary=self.env._("A category has jumped in size"),
                note="\n".join(alarm._sentence() for alarm in alarms),
                user_id=segmentation.user_id.id,
            )

    def _sentence(self):
        causes = dict(self._fields["likely_cause"]._description_selection(self.env))
        return self.env._(
            "%(category)s: %(before)s → %(after)s counterparties. Likely cause: "
            "%(cause)s.",
            category=self.segment_id.display_name,
            before=self.size_before,
            after=self.size_after,
            cause=causes[self.likely_cause],
        )
