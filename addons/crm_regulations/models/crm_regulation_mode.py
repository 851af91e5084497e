from datetime import timedelta

from odoo import fields, models
from odoo.tools import SQL

_DAYS = 30


class CrmRegulation(models.Model):
    """From counting to reminding to telling managers, with one button each."""

    _inherit = "crm.regulation"

    would_send = fields.Text(
        string="What it would have sent",
        compute="_compute_would_send",
        compute_sudo=True,
        help="What whoever owes something and the managers would have got in the last "
        "30 days, had Odoo told them.",
    )

    def _compute_would_send(self):
        sent = self._sent()
        for regulation in self:
            regulation.would_send = regulation._told_sent(*sent[regulation])

    def _sent(self):
        """How much the last 30 days of all versions would have sent.

        :return: {regulation: (reminders, escalations, people)}
        """
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """SELECT version.company_id, version.code,
                          count(*) FILTER (WHERE event.kind <> 'escalated'),
                          count(*) FILTER (WHERE event.kind = 'escalated'),
                          count(DISTINCT obligation.user_id)
                     FROM crm_obligation_event AS event
                     JOIN crm_obligation AS obligation
                       ON obligation.id = event.obligation_id
                     JOIN crm_regulation AS version
                       ON version.id = obligation.regulation_id
                    WHERE event.kind IN ('opened', 'warned', 'escalated')
                      AND event.date >= %s
                      AND (version.company_id, version.code) IN (
                              SELECT company_id, code FROM crm_regulation
                               WHERE id IN %s)
                    GROUP BY version.company_id, version.code""",
                fields.Datetime.now() - timedelta(days=_DAYS),
                tuple(self.ids) or (0,),
            )
        )
        found = {(company, code): tuple(counts) for company, code, *counts in rows}
        return {r: found.get((r.company_id.id, r.code), (0, 0, 0)) for r in self}

    def _told_sent(self, reminders, escalations, people):
        if not reminders and not escalations:
            return self.env._(
                "In the last 30 days nothing was promised by this regulation, so Odoo "
                "would have told nobody."
            )
        return self.env._(
            "In the last 30 days Odoo would have sent %(reminders)s and "
            "%(escalations)s to %(people)s.",
            reminders=(
                self.env._("1 reminder")
                if reminders == 1
                else self.env._("%(number)s reminders", number=reminders)
            ),
            escalations=(
                self.env._("1 escalation")
                if escalations == 1
                else self.env._("%(number)s escalations", number=escalations)
            ),
            people=(
                self.env._("1 person")
                if people == 1
                else self.env._("%(number)s people", number=people)
            ),
        )

    def action_silence(self):
        """Only count from now on, and tell nobody.

        :return: True
        """
        return self._switch("silent")

    def action_remind(self):
        """Remind whoever owes something.

        :return: True
        """
        return self._switch("remind")

    def action_escalate(self):
        """Remind, and tell managers what is late.

        :return: True
        """
        return self._switch("escalate")

    def _switch(self, mode):
        self._require_coordinator(or_manager=True)
        self._require_state("draft", "review", "published")
        changed = self.filtered(lambda r: r.mode != mode)
        changed.sudo().write({"mode": mode})
        names = dict(self._fields["mode"]._description_selection(self.env))
        changed.sudo()._tell(self.env._("From now on: %(mode)s.", mode=names[mode]))
        return True
