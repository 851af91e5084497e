from odoo import api, fields, models

from ..core.announcing import INFORMED


class CrmInteraction(models.Model):
    """A talk in which the customer was told of something new."""

    _inherit = "crm.interaction"

    announcement_id = fields.Many2one(
        "crm.announcement",
        string="Told of",
        ondelete="set null",
        index="btree_not_null",
        check_company=True,
        domain="[('state', '=', 'running')]",
        help="The announcement that the customer heard of in this talk.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        talks = super().create(vals_list)
        talks._tell_announcement()
        return talks

    def write(self, vals):
        done = super().write(vals)
        if {"announcement_id", "outcome", "partner_id"} & vals.keys():
            self._tell_announcement()
        return done

    def _tell_announcement(self):
        """What was told in these talks counts for their customers."""
        talks = self.sudo().filtered(
            lambda talk: (
                talk.announcement_id.state == "running"
                and talk._is_heard_after(talk.announcement_id.date_start)
            )
        )
        if not talks:
            return
        rows = self.env["crm.announcement.recipient"].sudo()
        rows = rows.search(
            [
                ("announcement_id", "in", talks.announcement_id.ids),
                ("partner_id", "in", talks.commercial_partner_id.ids),
                ("state", "not in", list(INFORMED)),
            ]
        )
        waiting = {(row.announcement_id, row.partner_id): row for row in rows}
        for talk in talks:
            key = (talk.announcement_id, talk.commercial_partner_id)
            if key in waiting:
                by_exchange = talk.origin == "call_log" and talk.outcome == "answered"
                waiting.pop(key)._tell(
                    talk.name or "", "call" if by_exchange else "word", talk.date_end
                )

    def _is_heard_after(self, start):
        """Whether both sides talked, after an instant."""
        is_talk = self.outcome in ("answered", "held") or (
            not self.outcome and self.type_id.is_talk
        )
        return is_talk and self.date_end >= start
