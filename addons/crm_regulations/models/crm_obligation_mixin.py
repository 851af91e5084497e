from odoo import api, fields, models

# More lines are no glance; the button above them opens all.
_MOST = 20
# What the lines need, read once for the lines of all records.
_LINE_FIELDS = (
    "calendar_id", "company_id", "date_done", "date_due", "date_end", "date_grace",
    "date_paused", "date_warn", "regulation_id", "state", "step_id", "user_id",
)  # fmt: skip


class CrmObligationMixin(models.AbstractModel):
    """The smart button and the panel of a record that promises are about."""

    _name = "crm.obligation.mixin"
    _description = "Promises about a Record"

    obligation_open_count = fields.Integer(
        string="Open promises", compute="_compute_open_obligations"
    )
    obligation_late_count = fields.Integer(
        string="Late promises", compute="_compute_open_obligations"
    )
    open_obligation_ids = fields.Many2many(
        "crm.obligation",
        string="Promises",
        compute="_compute_open_obligations",
        help="The most urgent ones of those that are open.",
    )

    def _obligation_field(self):
        """The field of crm.obligation that points here."""
        raise NotImplementedError

    def _obligation_id(self):
        """What the field must hold for a record."""
        return self._origin.id

    def _obligation_domain(self):
        """The obligations that are shown on the pages of these records."""
        ids = [record._obligation_id() for record in self]
        return [(self._obligation_field(), "in", [id_ for id_ in ids if id_])]

    @api.depends_context("uid")
    def _compute_open_obligations(self):
        # A form that is read right after it was saved shows what the save began.
        self.env["crm.changes"]._dispatch_pending()
        field, now = self._obligation_field(), fields.Datetime.now()
        owed = self.env["crm.obligation"].search_fetch(
            [*self._obligation_domain(), ("date_end", "=", False)],
            [field, *_LINE_FIELDS],
            order="date_due, id",
        )
        # Whether somebody was told decides who may look; asked once, not for each page.
        owed.sudo().mapped("notice_ids")
        found = owed.grouped(lambda o: getattr(o[field], "id", o[field]))
        for record in self:
            mine = found.get(record._obligation_id(), owed.browse())
            record.obligation_open_count = len(mine)
            record.obligation_late_count = len(mine.filtered(_is_late(now)))
            record.open_obligation_ids = mine[:_MOST]

    def action_open_obligations(self):
        """The promises about this record, those that are most urgent first."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_regulations.action_obligation"
        )
        return {**action, "domain": self._obligation_domain(), "context": {}}


def _is_late(now):
    """Whether the time of a promise is over."""
    return lambda o: (
        not o.date_paused and max(o.date_due, o.date_grace or o.date_due) < now
    )
