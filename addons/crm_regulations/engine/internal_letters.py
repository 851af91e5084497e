"""Letters of Odoo to our own people: by e-mail, or into the inbox if they want that."""

from odoo.fields import Command


class InternalLetters:
    """Collects letters and queues them together.

    :param env: superuser environment
    """

    def __init__(self, env):
        self.env = env
        self.base_url = env["ir.config_parameter"].get_param("web.base.url")
        self._author_id = env["ir.model.data"]._xmlid_to_res_id("base.partner_root")
        self._mails = []

    def tell(self, user, company, subject, body):
        """One letter to one person.

        :param user: a res.users record
        :param company: who sends it
        :param body: HTML
        """
        if user.email and user.notification_type != "inbox":
            self._mails.append(self._mail(user, company, subject, body))
        else:
            self._put_into_inbox(user, subject, body)

    def queue(self):
        """Queue what is to go by e-mail.

        :return: mail.mail records
        """
        mails = self.env["mail.mail"].create(self._mails)
        self._mails = []
        if mails:
            self.env.ref("mail.ir_cron_mail_scheduler_action")._trigger()
        return mails

    def _mail(self, user, company, subject, body):
        sender = company.email_formatted or self.env.user.email_formatted
        return {
            "subject": subject,
            "body_html": body,
            "email_from": sender,
            "reply_to": sender,
            "recipient_ids": [Command.link(user.partner_id.id)],
            "author_id": self._author_id,
            "message_type": "user_notification",
            "is_internal": True,
            "auto_delete": True,
        }

    def _put_into_inbox(self, user, subject, body):
        message = self.env["mail.message"].create(
            {
                "subject": subject,
                "body": body,
                "author_id": self._author_id,
                "partner_ids": [Command.link(user.partner_id.id)],
                "message_type": "user_notification",
                "subtype_id": self.env["ir.model.data"]._xmlid_to_res_id(
                    "mail.mt_note"
                ),
                "is_internal": True,
            }
        )
        # By mail it would be lost, whatever the person's preference says.
        recipient = {"id": user.partner_id.id, "uid": user.id, "notif": "inbox"}
        self.env["mail.thread"]._notify_thread_by_inbox(message, [recipient])
