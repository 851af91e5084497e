from odoo import api, fields, models
from odoo.exceptions import AccessError

_MAY_LIFT = (
    "sales_team.group_sale_manager",
    "crm_segmentation.group_crm_coordinator",
)


class CrmCallWish(models.AbstractModel):
    """Whoever does not want to be called is not called: the wish and its warning."""

    _name = "crm.call.wish"
    _description = "Wish not to be Called"

    do_not_call = fields.Boolean(
        readonly=True,
        copy=False,
        help="They asked us not to call. Whoever opens a script is warned.",
    )
    do_not_call_date = fields.Datetime(string="Asked on", readonly=True, copy=False)
    do_not_call_user_id = fields.Many2one(
        "res.users", string="Asked whom", readonly=True, copy=False, ondelete="set null"
    )

    @api.model
    def _keep(self, talk):
        """Keep the wish with everybody whom the talk was with.

        :param talk: a crm.script.talk record, superuser environment
        """
        for record in (talk.partner_id, talk.lead_id):
            record.write(
                {
                    "do_not_call": True,
                    "do_not_call_date": talk.date_end,
                    "do_not_call_user_id": talk.user_id.id,
                }
            )

    @api.model
    def _warning(self, partner, lead):
        """What whoever is about to call must know; empty if nothing.

        A company that does not want calls speaks for its people.
        """
        partner, lead = partner.sudo(), lead.sudo()
        for record in (partner, partner.commercial_partner_id, lead):
            if record.do_not_call:
                return self.env._(
                    "%(name)s asked on %(date)s not to be called.",
                    name=record.display_name,
                    date=fields.Date.to_string(record.do_not_call_date)
                    if record.do_not_call_date
                    else "…",
                )
        return ""

    def action_may_be_called(self):
        """They may be called again.

        :return: True
        :raises AccessError: only a sales manager or the coordinator decides this
        """
        self.check_access("read")
        if not any(self.env.user.has_group(group) for group in _MAY_LIFT):
            raise AccessError(
                self.env._(
                    "crm_regulations.do_not_call: Only a sales manager or the CRM "
                    "coordinator can say that somebody may be called again."
                )
            )
        self.sudo().write(
            {
                "do_not_call": False,
                "do_not_call_date": False,
                "do_not_call_user_id": False,
            }
        )
        return True

    def action_call_by_script(self):
        """Open the dialog of a talk with this record.

        :return: an action
        """
        self.ensure_one()
        return self.env["crm.script.talk"]._dialog(self._name, self.id)


class ResPartner(models.Model):
    _name = "res.partner"
    _inherit = ["res.partner", "crm.call.wish"]


class CrmLead(models.Model):
    """Cold calls: how often, with what result, and when again."""

    _name = "crm.lead"
    _inherit = ["crm.lead", "crm.call.wish"]

    call_attempts = fields.Integer(
        string="Calls", readonly=True, copy=False, help="Talks by a script that ended."
    )
    last_call_result = fields.Selection(
        selection=lambda self: self.env["crm.script.talk"]._fields["result"].selection,
        string="Last result",
        readonly=True,
        copy=False,
    )
    last_call_date = fields.Datetime(string="Last call", readonly=True, copy=False)
    next_call_date = fields.Datetime(string="Next call", readonly=True, copy=False)

    def _count_calls(self):
        """Note the talks of leads on them.

        Superuser environment; for all of them at once.
        """
        talks = self.env["crm.script.talk"].search_fetch(
            [("lead_id", "in", self.ids), ("state", "=", "done")],
            ["lead_id", "result", "date", "next_date"],
        )
        by_lead = talks.grouped("lead_id")
        for lead in self:
            own = by_lead.get(lead, talks.browse())
            lead.write(
                {
                    "call_attempts": len(own),
                    "last_call_result": own[:1].result,
                    "last_call_date": own[:1].date,
                    "next_call_date": own[:1].next_date,
                }
            )

    def _merge_dependences(self, opportunities):
        """Talks and the wish not to be called belong to the lead that stays."""
        done = super()._merge_dependences(opportunities)
        lead, others = self.sudo(), opportunities.sudo()
        talks = lead.env["crm.script.talk"].search([("lead_id", "in", others.ids)])
        if talks:
            talks.lead_id = lead
            lead._count_calls()
        wished = others.filtered("do_not_call")[:1]
        if wished and not lead.do_not_call:
            lead.write(
                {
                    "do_not_call": True,
                    "do_not_call_date": wished.do_not_call_date,
                    "do_not_call_user_id": wished.do_not_call_user_id.id,
                }
            )
        return done


class CrmInteraction(models.Model):
    _inherit = "crm.interaction"

    def action_call_by_script(self):
        """Open the dialog of a talk about this interaction.

        :return: an action
        """
        self.ensure_one()
        return self.env["crm.script.talk"]._dialog(self._name, self.id)
