from odoo import api, fields, models
from odoo.http import request

from ...core.touch import is_automatic_mail

_PLUGIN_ROUTE = "/mail_plugin/log_mail_content"


class ResCompany(models.Model):
    _inherit = "res.company"

    fill_from_activities = fields.Boolean(
        string="Activities",
        default=True,
        help="A done call, meeting or e-mail activity becomes an interaction.",
    )
    fill_from_meetings = fields.Boolean(
        string="Meetings",
        default=True,
        help="A meeting with a customer becomes an interaction as soon as somebody "
        "says how it ended.",
    )
    fill_from_mail = fields.Boolean(
        string="E-mails",
        default=True,
        help="Letters from and to customers become interactions; notes, automatic "
        "replies and mass mailings do not.",
    )
    fill_from_plugin = fields.Boolean(
        string="Mail plugin",
        default=True,
        help="E-mails that the plugin for Outlook or Gmail logs become interactions.",
    )


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    fill_from_activities = fields.Boolean(
        related="company_id.fill_from_activities", readonly=False
    )
    fill_from_meetings = fields.Boolean(
        related="company_id.fill_from_meetings", readonly=False
    )
    fill_from_mail = fields.Boolean(related="company_id.fill_from_mail", readonly=False)
    fill_from_plugin = fields.Boolean(
        related="company_id.fill_from_plugin", readonly=False
    )


class CrmInteractionType(models.Model):
    _inherit = "crm.interaction.type"

    fills_itself = fields.Boolean(
        default=True,
        help="Odoo may log interactions of this type from activities, meetings and "
        "e-mails. Without it they are typed in or come from other programs.",
    )


class MailActivityType(models.Model):
    _inherit = "mail.activity.type"

    interaction_type_id = fields.Many2one(
        "crm.interaction.type",
        string="Logged as",
        ondelete="set null",
        help="A done activity of this type on a counterparty, a lead, an order or an "
        "invoice becomes an interaction of that type. Empty: it is not logged.",
    )

    @api.model
    def _map_to_interactions(self):
        """Map calls, meetings and e-mails where nobody has decided yet.

        Called once, at installation or by the upgrade that brings the field.
        """
        email = self.env.ref("mail.mail_activity_data_email", False)
        open_types = self.with_context(active_test=False).search(
            [("interaction_type_id", "=", False)]
        )
        for code, chosen in {
            "call": open_types.filtered(lambda t: t.category == "phonecall"),
            "meeting": open_types.filtered(lambda t: t.category == "meeting"),
            "email": open_types & (email or open_types.browse()),
        }.items():
            kind = self.env.ref(f"crm_segmentation.interaction_type_{code}", False)
            chosen.interaction_type_id = kind or False


class MailMessage(models.Model):
    _inherit = "mail.message"

    touch_mark = fields.Selection(
        [("automatic", "Automatic reply"), ("plugin", "Mail plugin")],
        string="Mark",
        readonly=True,
        copy=False,
        default=lambda self: self._default_touch_mark(),
        help="What only the moment of its arrival tells of a message.",
    )

    def _default_touch_mark(self):
        if self.env.context.get("is_automatic_mail"):
            return "automatic"
        if request and request.httprequest.path == _PLUGIN_ROUTE:
            return "plugin"
        return False


class MailThread(models.AbstractModel):
    _inherit = "mail.thread"

    def _message_route_process(self, message, message_dict, routes):
        """The headers are gone once the message is posted."""
        if is_automatic_mail(dict(message.items()), message_dict.get("subject")):
            self = self.with_context(is_automatic_mail=True)
        return super()._message_route_process(message, message_dict, routes)


class MergePartners(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    def _update_foreign_keys(self, src_partners, dst_partner):
        """One letter to two counterparties that are one now was one touch."""
        both = src_partners | dst_partner
        families = both.commercial_partner_id
        talks = self.env["crm.interaction"].sudo()
        found = talks.search(
            [("source_id", "!=", False), ("commercial_partner_id", "in", families.ids)],
            order="id",
        )
        merged = found.filtered(lambda talk: talk.partner_id in both)
        seen, twice = set(), talks
        for talk in merged:
            source = (talk.source_model, talk.source_id)
            twice |= talk if source in seen else talks
            seen.add(source)
        twice.unlink()
        return super()._update_foreign_keys(src_partners, dst_partner)
