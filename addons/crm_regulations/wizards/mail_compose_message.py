from odoo import models


class MailComposeMessage(models.TransientModel):
    """A letter that began with a material's template uses the material."""

    _inherit = "mail.compose.message"

    def _action_send_mail(self, auto_commit=False):
        materials = self.env["crm.material"]._of_template(self.template_id.ids)
        materials._refuse_expired()
        mails, messages = super()._action_send_mail(auto_commit=auto_commit)
        if materials:
            letters = messages.sudo() | mails.exists().mail_message_id
            materials._use("letter", [letter._letter_use() for letter in letters])
        return mails, messages
